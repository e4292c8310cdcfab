"""The debugging tool's work, for console and control API alike: build, sign, send, check."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from sandbox.core.debugging import Api, ClientChannel, ExampleContext, Notice, NoticeKind, Signing, signing
from sandbox.core.errors import MessageUnreadable, OrderNotFound
from sandbox.core.invocation import CHANNELS, DIALECTS, Invocation
from sandbox.core.journal import Exchange, Message
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.core.ports.queries import CallFilter, OrderFilter
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.core.world import World
from sandbox.signing.doctor import MASK, Diagnosis, diagnose
from sandbox.signing.flat import SignType, sign

_JSON_SIGNS = ("sign", "paySign")


class NoKey(Exception):
    """Neither a key nor a merchant of this sandbox was named."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A message's signature: `signing` how it should be made, `diagnosis` why it is not so made."""

    fields: Mapping[str, str]
    signing: Signing
    diagnosis: Diagnosis
    merchant: Merchant | None


@dataclass(frozen=True, slots=True)
class Called:
    """A call that was sent; `call_id` is its number in the journal, 0 where it is not found there.

    `answer` are the fields of the answer, and `checked` its signature; None where it has none (a bill, a refusal).
    """

    exchange: Exchange
    call_id: int = 0
    answer: Mapping[str, str] = field(default_factory=dict)
    checked: Checked | None = None


@dataclass(frozen=True, slots=True)
class CallDraft:
    """A call as it was filled in, and what signs it."""

    fields: Mapping[str, str]
    key: str
    sign_type: SignType

    @property
    def mch_id(self) -> str:
        return self.fields.get("mch_id", "")

    @property
    def sign(self) -> str:
        return sign(self.fields, self.key, self.sign_type)

    def signing(self, *, shown: bool) -> Signing:
        return steps(self.fields, self.key, self.sign_type, shown=shown)


def steps(fields: Mapping[str, str], key: str, sign_type: SignType, *, shown: bool) -> Signing:
    """How fields are signed, step by step; the key is hidden unless it is to be shown."""
    return signing(fields, key, sign_type, "" if shown else MASK)


@dataclass(frozen=True, slots=True)
class SecondSignature:
    """A second signature: the fields that are handed over, the sign among them, and how it is made."""

    fields: Mapping[str, str]
    signing: Signing
    order: Order


class DebugService:
    """Everything but the forms and the pages."""

    def __init__(self, world: World) -> None:
        self._world = world

    # -- who signs -----------------------------------------------------------------------------------------------------

    def merchant(self, mch_id: str = "", fields: Mapping[str, str] = {}) -> Merchant | None:
        """The merchant that is named, by whoever asks or by the message; `mchid` and `partnerid` name it too."""
        merchants = self._world.storage.accounts.merchants
        named = (mch_id, *(fields.get(name, "").strip() for name in ("mch_id", "mchid", "partnerid")))
        return next((merchants[one] for one in named if one in merchants), None)

    def key(self, key: str, merchant: Merchant | None) -> str:
        """The key to sign with: the one given, else the merchant's; raises NoKey."""
        if key:
            return key
        if merchant is None:
            raise NoKey
        return merchant.api_key

    # -- building ------------------------------------------------------------------------------------------------------

    async def case(self, merchant: Merchant, notify_url: str = "") -> ExampleContext:
        """Whose accounts and orders example values are made of."""

        def look(tx: UnitOfWork) -> ExampleContext:
            payer = tx.payers.first_of(merchant.appids[0]) if merchant.appids else None
            code = tx.codes.newest_of(payer.openid) if payer else None
            return ExampleContext(
                merchant=merchant,
                payer=payer,
                order=_newest(tx, merchant.mch_id),
                paid=_newest(tx, merchant.mch_id, "SUCCESS"),
                auth_code=code.auth_code if code else self._world.ids.auth_code(),
                notify_url=merchant.notify_url or notify_url,
                now=self._world.clock.now(merchant.mch_id),
                ids=self._world.ids,
            )

        return await self._world.storage.read(look)

    def message(self, fields: Mapping[str, str], sign: str) -> str:
        """The message to send; raises MessageUnreadable for what XML cannot hold."""
        unsigned = {name: value for name, value in fields.items() if name != "sign" and value != ""}
        return self._world.faces.first.messages.write({**unsigned, "sign": sign})

    async def second(
        self, channel: ClientChannel, prepay_id: str, *, nonce_str: str = "", timestamp: str = "", key: str = ""
    ) -> SecondSignature:
        """What the backend hands to the client for an order; raises OrderNotFound. A given key is shown."""
        order = await self._world.storage.read(lambda tx: tx.orders.by_prepay_id(prepay_id))
        if order is None:
            raise OrderNotFound(prepay_id)
        merchant = self._world.storage.accounts.merchant(order.key.mch_id)
        at = timestamp or str(int(self._world.clock.now(merchant.mch_id).timestamp()))
        face = self._world.faces.of(order)
        fields = face.client.request(CHANNELS[channel], order, merchant, nonce_str or secrets.token_hex(16), at)
        covered = face.client.covered(Invocation(CHANNELS[channel], fields))
        made = steps(covered, key or merchant.api_key, SignType(order.origin.facts["sign_type"]), shown=bool(key))
        return SecondSignature({**fields, DIALECTS[CHANNELS[channel]].sign: made.sign}, made, order)

    async def notice(self, kind: NoticeKind, merchant: Merchant, changes: Mapping[str, str] = {}) -> Notice:
        """A notification of the newest paid order, or of one made up, with fields changed; an empty one is left out."""
        made = self._world.faces.first.notifications.example(kind, await self.case(merchant))
        beside = {name: value for name, value in changes.items() if name not in made.sealed}
        inside = {name: value for name, value in changes.items() if name in made.sealed}
        return Notice(_filled({**made.fields, **beside}), _filled({**made.sealed, **inside}))

    async def deliver(
        self, kind: NoticeKind, notice: Notice, message: Message, *, url: str, key: str, merchant: Merchant
    ) -> Exchange:
        """Send a notification to any URL that may be notified; that one was taken which is not true is no praise."""
        attempt = await self._world.courier.deliver(url, message, self._world.faces.first)
        taken = attempt.verdict is not None and attempt.verdict.accepted
        if taken and not (key == merchant.api_key and await self._true(kind, notice, merchant)):
            attempt.verdict = Verdict(VerdictName.OK_ALTERED)
        return attempt

    async def _true(self, kind: NoticeKind, notice: Notice, merchant: Merchant) -> bool:
        """Whether it tells what WeChat would: of a payment that was made, with nothing changed but its nonce."""
        case = await self.case(merchant)
        made = self._world.faces.first.notifications.example(kind, case)
        return kind == "payment" and case.paid is not None and _but_nonce(made) == _but_nonce(notice)

    # -- checking ------------------------------------------------------------------------------------------------------

    def read(self, text: str) -> Mapping[str, str]:
        """The fields of an XML message, or of a flat JSON object such as a second signature; `paySign` is its sign.

        Raises MessageUnreadable.
        """
        if text.lstrip().startswith("{"):
            return _fields_of_json(text)
        body = text.encode()
        return self._world.faces.fitting(body).messages.read(body)

    async def check(
        self, fields: Mapping[str, str], key: str = "", mch_id: str = "", *, sign_type: SignType = SignType.MD5
    ) -> Checked:
        """Whether a signature is right, over which string, and if not, why; raises NoKey. A given key is shown."""
        merchant = self.merchant(mch_id, fields)
        used = self.key(key, merchant)
        named = fields.get("sign_type") or fields.get("signType") or sign_type
        kind = SignType(named) if named in set(SignType) else sign_type
        others = merchant.other_keys(official=False) if merchant and used == merchant.api_key else []
        accounts = self._world.storage.accounts
        search = partial(diagnose, fields, used, accounts, own_keys=others, thorough=True, sign_type=kind)
        # In a thread: a thorough search takes a tenth of a second, and orders should not wait for it.
        diagnosis = await asyncio.to_thread(search)
        return Checked(fields, steps(fields, used, kind, shown=bool(key)), diagnosis, merchant)

    # -- sending -------------------------------------------------------------------------------------------------------

    async def call(
        self, api: Api, message: str, *, key: str = "", mch_id: str = "", sign_type: SignType | None = None
    ) -> Called:
        """Send a message to one of the sandbox's own endpoints, and check what comes back."""
        face = self._world.faces.first
        exchange = await self._world.courier.call(api, face.api.request(api, message), face)
        call_id = await self._journalled(api, exchange)
        try:
            answer = self._world.faces.of(exchange).messages.read(exchange.reply.body)
        except MessageUnreadable:
            return Called(exchange, call_id)
        if not answer.get("sign") or not (key or self.merchant(mch_id, answer)):
            return Called(exchange, call_id, answer)
        return Called(
            exchange, call_id, answer, await self.check(answer, key, mch_id, sign_type=sign_type or api.sign_type)
        )

    async def _journalled(self, api: Api, exchange: Exchange) -> int:
        """The number of a call in the journal, found by the Request-ID of its answer."""
        request_id = next((value for name, value in exchange.reply.headers if name.lower() == "request-id"), "")
        chosen = CallFilter(path=api.path)
        page = await self._world.storage.read(lambda tx: tx.journal.calls(chosen, None, 20))
        same = (
            one.id for one in page.items if isinstance(one.what, Exchange) and one.what.request_id == request_id != ""
        )
        return next(same, 0)


def _but_nonce(notice: Notice) -> Mapping[str, str]:
    return _filled({name: value for name, value in notice.fields.items() if name != "nonce_str"})


def _filled(fields: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in fields.items() if value}


def _newest(tx: UnitOfWork, mch_id: str, trade_state: str = "") -> Order | None:
    page = tx.orders.page(OrderFilter(mch_id=mch_id, trade_state=trade_state), None, 1)
    return page.items[0].order if page.items else None


def _fields_of_json(text: str) -> Mapping[str, str]:
    try:
        sent: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise MessageUnreadable("json_malformed", detail=str(error)) from None
    if any(isinstance(value, dict | list) for value in sent.values()) or not any(name in sent for name in _JSON_SIGNS):
        raise MessageUnreadable("json")
    fields = {name: str(value) for name, value in sent.items() if value is not None}
    sign = fields.pop("paySign", "") or fields.get("sign", "")
    return {**fields, "sign": sign}
