"""The debugging tool's work: build, sign, send, check. What belongs to a version of the API is asked of its face."""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sandbox.core.clock import Clock
from sandbox.core.credentials import Credentials
from sandbox.core.errors import MessageUnreadable, NoValidCertificate, OrderNotFound
from sandbox.core.ids import Ids
from sandbox.core.invocation import CHANNELS, DIALECTS, ClientChannel, Invocation
from sandbox.core.journal import Exchange, Message, header
from sandbox.core.merchants import Merchant
from sandbox.core.notifications import NotificationKind
from sandbox.core.orders import Order
from sandbox.core.outgoing import REQUEST_ID
from sandbox.core.ports.calls import Api, Diagnosis, ExampleContext, Notice, Signable, Signing
from sandbox.core.ports.face import Face
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import CallFilter, OrderFilter
from sandbox.core.ports.services import Certificates, ManualSender
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.verdicts import Verdict, VerdictName

NOTHING = Signable(fields={})
_LOOKED_AT = 20
"""So many of a merchant's newest orders are looked at for one of a face."""


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

    face: Face
    api: Api
    fields: Mapping[str, str]
    key: str
    algorithm: str
    credentials: Credentials | None = None
    nonce_str: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def sign(self) -> str:
        return self.signing(shown=False).sign

    def signing(self, *, shown: bool) -> Signing:
        """How it is signed; the key is hidden unless it is to be shown."""
        return self.face.signatures.steps(self._unsigned(self.fields), self.key, self.algorithm, shown=shown)

    def message(self, sign: str = "") -> Signable:
        """The call to send; raises MessageUnreadable for what it cannot hold. A `sign` is taken as it is given."""
        filled = {name: value for name, value in self.fields.items() if value != ""}
        return self.face.signatures.signed(self._unsigned(filled), sign or self.sign)

    def _unsigned(self, fields: Mapping[str, str]) -> Signable:
        call = self.face.api.request(self.api, fields)
        return self.face.signatures.prepared(call, self.credentials, self.nonce_str)


@dataclass(frozen=True, slots=True)
class SecondSignature:
    """A second signature: the fields that are handed over, the sign among them, and how it is made."""

    fields: Mapping[str, str]
    signing: Signing
    order: Order


class DebugService:
    """Everything but the forms and the pages. `face` is whose calls are built: the first unless one is given."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        ids: Ids,
        faces: Faces,
        manual_sender: ManualSender,
        certificates: Certificates,
        face: Face | None = None,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids
        self._faces = faces
        self._manual_sender = manual_sender
        self._certificates = certificates
        self.face = face or faces.first

    def of(self, face: Face) -> "DebugService":
        """The tool for a face that one has found out, or chosen."""
        sender, certificates = self._manual_sender, self._certificates
        return DebugService(self._storage, self._clock, self._ids, self._faces, sender, certificates, face)

    async def of_newest_paid(self, merchant: Merchant) -> "DebugService":
        """The tool for the face of a merchant's newest paid order; for the present one where nothing is paid."""
        paid = await self._storage.read(lambda tx: next(_newest(tx, merchant.mch_id, "SUCCESS", 1), None))
        return self.of(self._faces.of(paid)) if paid else self

    # -- who signs -----------------------------------------------------------------------------------------------------

    def merchant(self, mch_id: str = "", message: Signable = NOTHING) -> Merchant | None:
        """The merchant that is named, by whoever asks or by the message."""
        merchants, named = self._storage.accounts.merchants, self.face.signatures.named(message)
        return next((merchants[one] for one in (mch_id, *named) if one in merchants), None)

    async def credentials(self, merchant: Merchant) -> Credentials:
        """What signs a merchant's messages, and what may have signed them wrongly; now, in real time."""
        if self.face.signs_by_certificate:
            await self._certificates.platform_keys(merchant.mch_id)
            with contextlib.suppress(NoValidCertificate):
                await self._certificates.merchant(merchant.mch_id)
        now = self._clock.real_now()
        return await self._storage.read(lambda tx: self.face.credentials(tx, merchant, now, others=True))

    async def key(self, key: str, merchant: Merchant | None, message: Signable | None = None) -> str:
        """The key to sign with: the one given, else the merchant's, of a message that is shown its signer's.

        Raises NoKey.
        """
        if key:
            return key
        if merchant is None:
            raise NoKey
        return self.face.signatures.key(await self.credentials(merchant), message)

    async def draft(
        self, api: Api, fields: Mapping[str, str], merchant: Merchant | None, *, key: str = "", algorithm: str = ""
    ) -> CallDraft:
        """A call with these fields, signed with the key that is given, else the merchant's; raises NoKey."""
        credentials = await self.credentials(merchant) if merchant else None
        if not key and credentials is None:
            raise NoKey
        signer = key or self.face.signatures.key(credentials) if credentials else key
        return CallDraft(self.face, api, fields, signer, algorithm or self.algorithm(fields), credentials)

    def algorithm(self, fields: Mapping[str, str], *otherwise: str) -> str:
        """The algorithm that a message names, else the first of the others that there is, else the usual one."""
        known = self.face.signatures.algorithms
        named = (self.face.signatures.algorithm(fields), *otherwise)
        return next((one for one in named if one in known), known[0])

    # -- building ------------------------------------------------------------------------------------------------------

    async def case(self, merchant: Merchant, notify_url: str = "") -> ExampleContext:
        """Whose accounts and orders example values are made of; the orders are those of the face."""

        def look(tx: UnitOfWork) -> ExampleContext:
            payer = tx.payers.first_of(merchant.appids[0]) if merchant.appids else None
            code = tx.codes.newest_of(payer.openid) if payer else None
            return ExampleContext(
                merchant=merchant,
                payer=payer,
                order=self._newest(tx, merchant.mch_id),
                paid=self._newest(tx, merchant.mch_id, "SUCCESS"),
                auth_code=code.auth_code if code else self._ids.auth_code(),
                notify_url=merchant.notify_url or notify_url,
                now=self._clock.now(merchant.mch_id),
                ids=self._ids,
            )

        return await self._storage.read(look)

    def _newest(self, tx: UnitOfWork, mch_id: str, trade_state: str = "") -> Order | None:
        newest = _newest(tx, mch_id, trade_state, _LOOKED_AT)
        return next((order for order in newest if self._faces.of(order) is self.face), None)

    async def second(
        self, channel: ClientChannel, prepay_id: str, *, nonce_str: str = "", timestamp: str = "", key: str = ""
    ) -> SecondSignature:
        """What the backend hands to the client for an order; raises OrderNotFound. A given key is shown."""
        order, credentials = await self._storage.read(lambda tx: self._prepaid(tx, prepay_id))
        merchant = credentials.merchant
        at = timestamp or str(int(self._clock.now(merchant.mch_id).timestamp()))
        face = self._faces.of(order)
        fields = face.client.request(CHANNELS[channel], order, credentials, nonce_str or secrets.token_hex(16), at)
        covered, signatures = face.client.covered(Invocation(CHANNELS[channel], fields)), face.signatures
        signer, algorithm = key or signatures.key(credentials), signatures.algorithm_of(order)
        made = signatures.steps(Signable(fields=covered), signer, algorithm, shown=bool(key))
        return SecondSignature({**fields, DIALECTS[CHANNELS[channel]].sign: made.sign}, made, order)

    def _prepaid(self, tx: UnitOfWork, prepay_id: str) -> tuple[Order, Credentials]:
        """An order that a prepay_id leads to, and what its merchant signs with; raises OrderNotFound."""
        order = tx.orders.by_prepay_id(prepay_id)
        if order is None:
            raise OrderNotFound(prepay_id)
        merchant = tx.accounts.merchant(order.key.mch_id)
        return order, self._faces.of(order).credentials(tx, merchant, self._clock.real_now())

    async def notice(self, kind: NotificationKind, merchant: Merchant, changes: Mapping[str, str] = {}) -> Notice:
        """A notification of the newest paid order, or of one made up, with fields changed; an empty one is left out."""
        made = self.face.notifications.example(kind, await self.case(merchant))
        beside = {name: value for name, value in changes.items() if name not in made.sealed}
        inside = {name: value for name, value in changes.items() if name in made.sealed}
        return Notice(_filled({**made.fields, **beside}), _filled({**made.sealed, **inside}))

    def notice_key(self, key: str, merchant: Merchant | None) -> str:
        """What signs or seals a notification: the key given, else the merchant's; raises NoKey."""
        if key:
            return key
        if merchant is None:
            raise NoKey
        return self.face.notifications.key(merchant)

    async def written(
        self, kind: NotificationKind, notice: Notice, merchant: Merchant, key: str, algorithm: str
    ) -> Message:
        """A notification as it is sent; raises MessageUnreadable for what it cannot hold."""
        credentials = await self.credentials(merchant)
        return self.face.notifications.write(kind, notice, key, algorithm, credentials)

    async def deliver(
        self, kind: NotificationKind, notice: Notice, message: Message, *, url: str, key: str, merchant: Merchant
    ) -> Exchange:
        """Send a notification to any URL that may be notified; that one was taken which is not true is no praise."""
        attempt = await self._manual_sender.deliver(url, message, self.face)
        taken = attempt.verdict is not None and attempt.verdict.accepted
        if taken and not (key == self.face.notifications.key(merchant) and await self._true(kind, notice, merchant)):
            attempt.verdict = Verdict(VerdictName.OK_ALTERED).of_face(self.face.name)
        return attempt

    async def _true(self, kind: NotificationKind, notice: Notice, merchant: Merchant) -> bool:
        """Whether it tells what WeChat would: of a payment that was made, with nothing changed but its nonce."""
        case = await self.case(merchant)
        made = self.face.notifications.example(kind, case)
        return kind is NotificationKind.PAYMENT and case.paid is not None and _but_nonce(made) == _but_nonce(notice)

    # -- checking ------------------------------------------------------------------------------------------------------

    async def check(self, message: Signable, key: str = "", mch_id: str = "", *, algorithm: str = "") -> Checked:
        """Whether a signature is right, over which string, and if not, why; raises NoKey. A given key is shown.

        `algorithm` signs a message that names none, in place of the usual one.
        """
        merchant, signatures = self.merchant(mch_id, message), self.face.signatures
        credentials = await self.credentials(merchant) if merchant else None
        if not key and credentials is None:
            raise NoKey
        used = key or signatures.key(credentials, message) if credentials else key
        kind, accounts = self.algorithm(message.texts, algorithm), self._storage.accounts
        # In a thread: a thorough search takes a tenth of a second, and orders should not wait for it.
        diagnosis = await asyncio.to_thread(signatures.diagnose, message, used, credentials, accounts, kind)
        made = signatures.steps(message, used, kind, shown=bool(key))
        return Checked(message.texts, made, diagnosis, merchant)

    # -- sending -------------------------------------------------------------------------------------------------------

    async def call(
        self, api: Api, message: Signable, *, key: str = "", mch_id: str = "", algorithm: str = ""
    ) -> Called:
        """Send a message to one of the sandbox's own endpoints, and check what comes back."""
        exchange = await self._manual_sender.call(message, self.face)
        call_id = await self._journalled(message.target.partition("?")[0], exchange)
        try:
            answer = self.face.messages.read(exchange.reply.body)
        except MessageUnreadable:
            return Called(exchange, call_id)
        reply = Signable(fields=answer, headers=exchange.reply.headers, body=exchange.reply.body)
        if not self.face.signatures.given(reply) or not (key or self.merchant(mch_id, reply)):
            return Called(exchange, call_id, answer)
        checked = await self.check(reply, key, mch_id, algorithm=algorithm or api.algorithm)
        return Called(exchange, call_id, answer, checked)

    async def _journalled(self, path: str, exchange: Exchange) -> int:
        """The number of a call in the journal."""
        chosen = CallFilter(path=path)
        page = await self._storage.read(lambda tx: tx.journal.calls(chosen, None, 20))
        return next((one.id for one in page.items if isinstance(one.what, Exchange) and _same(one.what, exchange)), 0)


def _same(kept: Exchange, sent: Exchange) -> bool:
    """Whether a call in the journal is the one that was sent: by the Request-ID of its answer.

    Where that tells none, by what was sent, in which nonce and signature are the call's own.
    """
    request_id = header(sent.reply.headers, REQUEST_ID)
    if request_id:
        return kept.request_id == request_id
    arrived = {name.lower(): value for name, value in kept.request.headers}
    return kept.request.body == sent.request.body and all(
        arrived.get(name.lower()) == value for name, value in sent.request.headers
    )


def _but_nonce(notice: Notice) -> Mapping[str, str]:
    return _filled({name: value for name, value in notice.fields.items() if name != "nonce_str"})


def _filled(fields: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in fields.items() if value}


def _newest(tx: UnitOfWork, mch_id: str, trade_state: str, most: int) -> Iterator[Order]:
    page = tx.orders.page(OrderFilter(mch_id=mch_id, trade_state=trade_state), None, most)
    return (one.order for one in page.items if one.order.combine is None)
