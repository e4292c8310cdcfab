"""V3's messages, as people show them and as the journal keeps them. Implements Messages.

A member that stands deeper is named by its way there: `amount.total`, `sub_orders[0].mchid`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

from sandbox.api.body import BODY_LIMIT
from sandbox.core.credentials import Credentials
from sandbox.core.errors import MessageUnreadable, NoticeUnopened
from sandbox.core.journal import Exchange, ExchangeKind, Message, header
from sandbox.core.ports.calls import SignedText
from sandbox.core.ports.face import Reading
from sandbox.core.ports.repositories import Sieve
from sandbox.signing import aead, rsa
from sandbox.v3 import authorization
from sandbox.v3.answers import written

_OURS = re.compile(
    rb"""WECHATPAY2-SHA256-RSA2048 | ^Wechatpay-Signature\s*: | "ciphertext"\s*:
    | "signType"\s*:\s*"RSA" | "(?:paySign|sign)"\s*:\s*"[A-Za-z0-9+/]{300}""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
HIDDEN_CHARACTERS = 344
"""Of what a key of 2048 bits has encrypted, as Base64."""
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def flat(value: object, at: str = "") -> dict[str, str]:
    """The members of a JSON value, those of its members too, each under the way to it; a text stands as it is."""
    return dict(_flat(value, at))


def _flat(value: object, at: str) -> Iterator[tuple[str, str]]:
    pairs: list[tuple[str, object]]
    if isinstance(value, dict) and value:
        pairs = [(f"{at}.{name}" if at else str(name), one) for name, one in value.items()]
    elif isinstance(value, list) and value:
        pairs = [(f"{at}[{n}]", one) for n, one in enumerate(value)]
    else:
        yield at, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return
    for name, one in pairs:
        yield from _flat(one, name)


def nested(fields: Mapping[str, str | int | float]) -> dict[str, Any]:
    """The opposite of `flat`; numbers stay numbers, all else is text."""
    made: dict[str, Any] = {}
    for name, value in fields.items():
        put(made, steps(name), value)
    return made


def steps(name: str) -> list[str | int]:
    """The way to a member: names, and places in lists."""
    return [int(one[2]) if one[2] else one[1] for one in _STEP.finditer(name)]


def put(made: Any, way: list[str | int], value: object) -> None:
    """Have a member say this; what is on the way there is made where there is none yet, or something else."""
    for step, following in pairwise(way):
        fresh: Any = [] if isinstance(following, int) else {}
        inner = _member(made, step, fresh)
        if type(inner) is not type(fresh):
            inner = fresh
            _set(made, step, inner)
        made = inner
    if way:
        _set(made, way[-1], value)


def _set(made: Any, step: str | int, value: object) -> None:
    if isinstance(made, list) and isinstance(step, int):
        made[step : step + 1] = [value]
    else:
        made[str(step)] = value


def _member(made: Any, step: str | int, otherwise: object) -> Any:
    """A member of an object or array, put there where there is none yet."""
    if isinstance(made, dict):
        return made.setdefault(str(step), otherwise)
    assert isinstance(step, int), "an object is made for a name"
    if step >= len(made):
        made.append(otherwise)
    return made[min(step, len(made) - 1)]


class V3Messages:
    def fits(self, body: bytes) -> bool:
        """By its headers, what it seals, or an RSA signature for the client; other JSON may be anybody's."""
        return _OURS.search(body) is not None

    def read(self, body: bytes) -> Mapping[str, str]:
        return flat(parsed(body))

    def write(self, fields: Mapping[str, str | int]) -> str:
        return written(nested(fields)).decode()

    def request(self, exchange: Exchange, credentials: Credentials | None = None) -> Reading:
        """A call's query and body, its sensitive fields opened; what a notification has sealed, by the APIv3 key."""
        reading = _kept(exchange.request.body)
        if exchange.kind is ExchangeKind.API:
            asked = {**dict(parse_qsl(exchange.query, keep_blank_values=True)), **reading.fields}
            return Reading(asked, _revealed(exchange, asked, credentials), flaw=reading.flaw)
        if credentials is None or reading.flaw is not None:
            return reading
        return Reading(reading.fields, opened(exchange.request.body, credentials.merchant.api_v3_key))

    def reply(self, exchange: Exchange, credentials: Credentials | None = None) -> Reading:
        return _kept(exchange.reply.body)

    def signed(self, exchange: Exchange) -> Sequence[SignedText]:
        """A call's five lines and its answer's three; a notification's three."""
        if exchange.kind is ExchangeKind.API:
            return tuple(filter(None, (_of_call(exchange), _of_wechat(exchange.reply, of_reply=True))))
        return tuple(filter(None, (_of_wechat(exchange.request, of_reply=False),)))

    def sieve(self, fields: Mapping[str, str]) -> Sieve | None:
        return None

    def secrets(self, exchange: Exchange) -> Sequence[str]:
        return ()


def _revealed(exchange: Exchange, fields: Mapping[str, str], credentials: Credentials | None) -> Mapping[str, str]:
    """The sensitive fields of a call, as far as the key that it names opens them."""
    platform = credentials.platform if credentials else None
    key = platform.opener(header(exchange.request.headers, "Wechatpay-Serial").strip()) if platform else None
    found: dict[str, str] = {}
    if key is None:
        return found
    for name, value in fields.items():
        if len(value) == HIDDEN_CHARACTERS:
            with suppress(ValueError):
                found[name] = rsa.decrypt(value, key.private_key)
    return found


def parsed(body: bytes) -> dict[str, Any]:
    """The members of a message; raises MessageUnreadable."""
    if len(body) > BODY_LIMIT:
        raise MessageUnreadable("too_large", limit=BODY_LIMIT)
    if not body.strip():
        raise MessageUnreadable("empty")
    try:
        said = json.loads(body)
    except UnicodeDecodeError:
        raise MessageUnreadable("not_utf8") from None
    except json.JSONDecodeError as error:
        raise MessageUnreadable("json_malformed", error.lineno, error.colno, detail=error.msg) from None
    except RecursionError:
        raise MessageUnreadable("json_malformed", detail="too deep") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise MessageUnreadable("json_malformed", detail=str(error)) from None
    if not isinstance(said, dict):
        raise MessageUnreadable("json_malformed", detail="no object")
    return said


def opened(body: bytes, api_v3_key: str) -> Mapping[str, str]:
    """What a notification has sealed; nothing where it cannot be opened."""
    try:
        return flat(json.loads(unsealed(parsed(body).get("resource"), api_v3_key)))
    except (MessageUnreadable, NoticeUnopened, ValueError, AttributeError):
        return {}


def unsealed(resource: Any, api_v3_key: str) -> bytes:
    """What a `resource` holds; raises NoticeUnopened where it is none, or was sealed with another key."""
    try:
        return aead.unseal(resource["ciphertext"], api_v3_key, resource["nonce"], resource.get("associated_data") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoticeUnopened from None


def _kept(body: bytes) -> Reading:
    if not body:
        return Reading()
    try:
        return Reading(flat(parsed(body)))
    except MessageUnreadable as flaw:
        return Reading(flaw=flaw)


def _of_call(call: Exchange) -> SignedText | None:
    """What a merchant must have signed; nothing where its header does not say the rest."""
    shown = authorization.read(header(call.request.headers, "Authorization"))
    if shown is None:
        return None
    lines = rsa.lines(call.method, call.target, shown.timestamp, shown.nonce_str, call.request.body)
    text = lines.decode(errors="replace")
    return SignedText(of_reply=False, text=text, signature=shown.signature, serial_no=shown.serial_no)


def _of_wechat(message: Message, *, of_reply: bool) -> SignedText | None:
    """What WeChat Pay has signed, in an answer or a notification; nothing where it has not."""
    signature = header(message.headers, "Wechatpay-Signature")
    if not signature:
        return None
    timestamp, nonce = (header(message.headers, f"Wechatpay-{name}") for name in ("Timestamp", "Nonce"))
    text = rsa.lines(timestamp, nonce, message.body).decode(errors="replace")
    serial_no = header(message.headers, "Wechatpay-Serial")
    return SignedText(of_reply=of_reply, text=text, signature=signature, serial_no=serial_no)
