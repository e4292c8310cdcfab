"""Request shapes: a class per endpoint declares its fields; the declaration drives validation and its wording.

class CloseOrder(V2Request):
    out_trade_no = String(32, "商户订单号", pattern=OUT_TRADE_NO)

A sentence without a second one is the same in both generations of V2's words, as far as anybody has seen.
"""

import contextlib
import ipaddress
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar, Generic, TypeVar, cast, overload
from urllib.parse import urlsplit

from sandbox.core.currency import ACCEPTED
from sandbox.core.errors import PaymentError, SubMerchantMissing
from sandbox.core.ids import BEIJING
from sandbox.core.merchants import Merchant
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Terms
from sandbox.core.ports.storage import UnitOfWork
from sandbox.signing.flat import SignType
from sandbox.v2 import sentences

T = TypeVar("T")
Kind = TypeVar("Kind", bound=StrEnum)

OUT_TRADE_NO = re.compile(r"[0-9A-Za-z_\-|*@]+")
_TOLD = {OUT_TRADE_NO: r"^[0-9a-zA-Z_\-\|\*]+$"}
"""The regular expressions as today's sentences have them, where they were seen; our own take what was taken before."""

_NOTIFY_URL_TOLD = r"^https?://([^\s/?#\[\]\@]+\@)?([^\s/?#\@:]+)(?::\d{2,5})?([^\s?#\[\]]*)$"
CURRENCY = re.compile("|".join(ACCEPTED))
_APPID = re.compile(r"[0-9A-Za-z_\-]+")
_DIGITS = re.compile(r"[0-9]+")
_FEN = re.compile(r"[1-9][0-9]*")
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_TIME = re.compile(r"[0-9]{14}")
_DAY = re.compile(r"[0-9]{8}")
_SPACE = re.compile(r"\s")
REMEMBERED = 1024
"""So many addresses, and so many URLs, are remembered as right or wrong."""
LARGEST_FEN = 1_000_000_000
"""Ten million yuan: a developer saw more than that refused (docs/fidelity.md)."""


class RequestInvalid(PaymentError):
    """A field is not as the documents ask.

    `message` is WeChat's wording of 2016, `today` the newer one where it differs; `fault` (a name from
    `words.faults`) and `facts` tell the developer more.
    """

    def __init__(self, message: str, fault: str, field: str, *, today: str = "", **facts: str | int) -> None:
        super().__init__(message)
        self.message, self.today, self.fault, self.field, self.facts = message, today, fault, field, facts


class Field(Generic[T]):
    """One element of a request. An optional one that is absent or empty reads as `default`.

    A request that has been read holds the values under the same names, before which its class's fields step back.

    `caption` is its name in the documents. `form`, `limit` (bytes) and `choices` describe it to people: see
    `v2.description`.
    """

    name: str
    form: str = "text"
    limit: int | None = None
    choices: tuple[str, ...] = ()

    def __init__(self, caption: str, default: T, *, required: bool, malformed: str = "{name}参数格式错误") -> None:
        self.caption = caption
        self.default = default
        self.required = required
        self._malformed = malformed

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "Field[T]": ...
    @overload
    def __get__(self, instance: "V2Request", owner: type) -> T: ...
    def __get__(self, instance: "V2Request | None", owner: type) -> "Field[T] | T":
        if instance is None:
            return self
        raise AttributeError(self.name)  # the request has not been read

    def convert(self, raw: str) -> T:
        """The value of what was sent, or RequestInvalid."""
        raise NotImplementedError

    def lacking(self, raw: str | None) -> T:
        """The same of a required one that is absent, or empty."""
        if raw is None:
            raise RequestInvalid("缺少参数", "missing", self.name, today=sentences.missing(self.name, self.caption))
        return self.empty()

    def empty(self) -> T:
        """What an element without content is worth where one is needed."""
        raise self.wrong_length("", 1)

    def malformed(self, raw: str, fault: str = "format", *, today: str = "") -> RequestInvalid:
        return RequestInvalid(self._malformed.format(name=self.name), fault, self.name, today=today, got=raw[:64])

    def no_integer(self, raw: str, fault: str = "format") -> RequestInvalid:
        return self.malformed(raw, fault, today=sentences.no_integer(self.name, self.caption))

    def wrong_length(self, raw: str, limit: int) -> RequestInvalid:
        got = len(raw.encode())
        today = sentences.wrong_length(self.name, self.caption, got, limit)
        return RequestInvalid(f"{self.name}参数长度有误", "length", self.name, today=today, got_bytes=got, limit=limit)


class String(Field[str]):
    """Text of at most `limit` bytes of UTF-8, as the server counts (docs/fidelity.md)."""

    def __init__(
        self, limit: int, caption: str, *, required: bool = True, pattern: re.Pattern[str] | None = None
    ) -> None:
        super().__init__(caption, "", required=required)
        self.limit: int = limit
        self.pattern = pattern

    def convert(self, raw: str) -> str:
        if (len(raw) if raw.isascii() else len(raw.encode())) > self.limit:
            raise self.wrong_length(raw, self.limit)
        if self.pattern is not None and self.pattern.fullmatch(raw) is None:
            told = _TOLD.get(self.pattern, "")
            raise self.malformed(raw, today=told and sentences.unmatched(self.name, self.caption, told))
        return raw


class Choice(Field[Kind]):
    """One of an enumeration's values, or of those `among` them that the endpoint takes."""

    def __init__(
        self, kind: type[Kind], caption: str, default: Kind | None = None, *, among: Iterable[Kind] = ()
    ) -> None:
        super().__init__(caption, cast(Kind, default), required=default is None)
        self._values = {one.value: one for one in (tuple(among) or kind)}
        self.choices = tuple(self._values)

    def convert(self, raw: str) -> Kind:
        try:
            return self._values[raw]
        except KeyError:
            raise self.malformed(raw) from None


class Fen(Field[int]):
    """An amount: whole fen, from 1. `no_integer` is how an endpoint words what is no integer at all."""

    form = "fen"

    def __init__(self, caption: str, *, no_integer: str = "") -> None:
        super().__init__(caption, 0, required=True, malformed="invalid {name}")
        self._no_integer = no_integer

    def convert(self, raw: str) -> int:
        if _INTEGER.fullmatch(raw) is None:
            raise self.no_integer(raw)
        if int(raw) < 1 and not self._no_integer:
            raise self.malformed(raw, "fen", today=sentences.too_small(self.name, self.caption, 1))
        if _FEN.fullmatch(raw) is None or int(raw) > LARGEST_FEN:
            raise self.malformed(raw, "fen")
        return int(raw)

    def empty(self) -> int:
        raise self.no_integer("")

    def no_integer(self, raw: str, fault: str = "fen") -> RequestInvalid:
        if self._no_integer:
            return RequestInvalid(self._no_integer, fault, self.name, got=raw[:64])
        return super().no_integer(raw, fault)


class Whole(Field[int | None]):
    """A whole number from 0; None when not sent."""

    form = "whole"

    def __init__(self, caption: str, *, required: bool = False) -> None:
        super().__init__(caption, None, required=required)

    def convert(self, raw: str) -> int:
        if _DIGITS.fullmatch(raw) is None or len(raw) > 9:
            raise self.no_integer(raw)
        return int(raw)


class BeijingTime(Field[datetime | None]):
    """yyyyMMddHHmmss in Beijing; None when not sent."""

    form = "time"

    def __init__(self, caption: str, *, required: bool = False) -> None:
        super().__init__(caption, None, required=required)

    def convert(self, raw: str) -> datetime:
        if len(raw) != 14:
            raise self.wrong_length(raw, 14)
        if _TIME.fullmatch(raw) is None:
            raise self.malformed(raw)
        try:
            return datetime.strptime(raw, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
        except ValueError:
            raise self.malformed(raw) from None


class IpAddress(Field[str]):
    """One IPv4 or IPv6 address. An empty element is let through (a widely copied shop sends it so)."""

    form = "ip"

    def __init__(self, caption: str) -> None:
        super().__init__(caption, "", required=True, malformed="invalid {name}")

    def convert(self, raw: str) -> str:
        if len(raw) > 64:
            raise self.wrong_length(raw, 64)
        if not _is_address(raw):
            raise self.malformed(raw)
        return raw

    def empty(self) -> str:
        return ""


@lru_cache(REMEMBERED)
def _is_address(raw: str) -> bool:
    """Whether it is one IPv4 or IPv6 address. A shop's servers are few, and its payers come again."""
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:
        return False
    return not (isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped)


@lru_cache(REMEMBERED)
def _is_usable(url: str) -> bool:
    """Whether a notification could be sent there: a shop has a few such URLs, at each order again."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return usable and _SPACE.search(url) is None


class NotifyUrl(Field[str]):
    """An absolute http(s) URL of at most 256 characters."""

    form = "url"
    limit = 256

    def __init__(self, caption: str, *, required: bool = True) -> None:
        super().__init__(caption, "", required=required, malformed="invalid {name}")

    def convert(self, raw: str) -> str:
        if len(raw) > 256:
            raise self.wrong_length(raw, 256)
        if not _is_usable(raw):
            raise self.malformed(raw, "url", today=sentences.unmatched(self.name, self.caption, _NOTIFY_URL_TOLD))
        return raw

    def empty(self) -> str:
        raise self.malformed("", "url", today=sentences.wrong_length(self.name, self.caption, 0, 1))


class BeijingDay(Field[date]):
    """yyyyMMdd in Beijing."""

    form = "day"

    def __init__(self, caption: str) -> None:
        super().__init__(caption, date.min, required=True)

    def convert(self, raw: str) -> date:
        if _DAY.fullmatch(raw) is None:
            raise self.malformed(raw)
        try:
            return datetime.strptime(raw, "%Y%m%d").replace(tzinfo=BEIJING).date()
        except ValueError:
            raise self.malformed(raw) from None


class V2Request:
    """What every request of a merchant brings. Subclasses add the endpoint's own fields, and `check` their rules."""

    fields: ClassVar[dict[str, Field[Any]]] = {}
    _defaults: ClassVar[dict[str, Any]] = {}

    appid = String(32, "公众账号ID", pattern=_APPID)
    mch_id = String(32, "商户号", pattern=_DIGITS)
    sub_appid = String(32, "子商户公众账号ID", required=False, pattern=_APPID)
    sub_mch_id = String(32, "子商户号", required=False, pattern=_DIGITS)
    nonce_str = String(32, "随机字符串")
    sign_type = Choice(SignType, "签名类型", SignType.MD5)
    # A missing sign is a wrong one, not a missing parameter.
    sign = String(64, "签名", required=False)

    def __init_subclass__(cls) -> None:
        found = {name: value for owner in reversed(cls.__mro__) for name, value in vars(owner).items()}
        cls.fields = {name: value for name, value in found.items() if isinstance(value, Field)}
        cls._defaults = {name: field.default for name, field in cls.fields.items()}

    def __init__(self, message: Mapping[str, str]) -> None:
        """Read a message; raises RequestInvalid for the first field that is wrong."""
        self.message = message
        fields, values = self.fields, self.__dict__
        for name in message:
            if name not in fields:
                raise RequestInvalid(f"不识别的参数{name[:64]}", "unknown", name[:64], today=sentences.UNKNOWN)
        values.update(self._defaults)
        for name, field in fields.items():
            if raw := message.get(name):
                values[name] = field.convert(raw)
            elif field.required:
                values[name] = field.lacking(raw)
        self.check()

    def check(self) -> None:
        """Rules that need more than one field; raises RequestInvalid."""

    def terms(self) -> Terms | None:
        """The terms of the order that this request would place; None where it places none."""
        return None

    def require_accounts(self, merchant: Merchant) -> None:
        """Raise unless the accounts that this request names belong together."""
        merchant.require_pairing(self.appid, self.sub_mch_id, self.sub_appid)

    @property
    def signed(self) -> Mapping[str, str]:
        """What the sign is over: the message as it came."""
        return self.message

    @property
    def attached(self) -> str:
        """What the merchant attaches to its order; by it a scenario may be chosen."""
        return self.message.get("attach", "")

    @property
    def key(self) -> OrderKey:
        """The order that this request names by its out_trade_no."""
        return OrderKey(self.mch_id, self._given("out_trade_no"), self.sub_mch_id)

    def named_order(self, tx: UnitOfWork) -> OrderKey:
        """The order that this request is about, by whichever number it names it; `key` where nothing is found."""
        order = refund = None
        if refund_id := self._given("refund_id"):
            refund = tx.refunds.by_refund_id(self.mch_id, refund_id)
        elif not (self._given("transaction_id") or self._given("out_trade_no")):
            refund = tx.refunds.find(self.mch_id, self._given("out_refund_no"), self.sub_mch_id)
        if transaction_id := self._given("transaction_id"):
            order = tx.orders.by_transaction_id(self.mch_id, transaction_id)
        found = refund or order
        return found.key if found and found.key.sub_mch_id == self.sub_mch_id else self.key

    def _given(self, name: str) -> str:
        return self.message.get(name, "")


class OwnRequest(V2Request):
    """A request that a service provider may make for itself and all its sub-merchants: it need not name one."""

    def require_accounts(self, merchant: Merchant) -> None:
        with contextlib.suppress(SubMerchantMissing):
            super().require_accounts(merchant)
