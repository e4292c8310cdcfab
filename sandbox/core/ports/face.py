"""What the other rooms ask of a face (a version of WeChat Pay's API); joined in `parts.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sandbox.core.client import Refusal
from sandbox.core.credentials import MOST_OTHERS, Credentials
from sandbox.core.errors import MessageUnreadable
from sandbox.core.events import EventName
from sandbox.core.invocation import Channel, Invocation
from sandbox.core.journal import Exchange, Message
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.native import Asked
from sandbox.core.notifications import Notification, NotificationKind
from sandbox.core.orders import Order, Terms
from sandbox.core.origin import Origin
from sandbox.core.platform_keys import PlatformIdentity
from sandbox.core.ports.calls import Api, Diagnosis, ExampleContext, Notice, Repeat, Signable, SignedText, Signing, Told
from sandbox.core.ports.lessons import Lessons
from sandbox.core.ports.repositories import Sieve
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.refunds import Refund
from sandbox.core.repertoire import Repertoire
from sandbox.core.transfers import Transfer
from sandbox.core.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """A merchant's reply to a notification, as far as it was read: `cut` says that its body went on."""

    status: int
    message: Message
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ForgeryContext:
    """What an altered message borrows: another merchant (its key), another paid order, a canary's address.

    And the true message that was sent `earlier` of the same payment, refund or transfer.
    """

    other_merchant: Merchant | None
    other_order: Order | None
    canary_url: str
    earlier: Message | None = None


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """All that an attempt to deliver a notification needs: the `subject` that it tells of, a `refund` of that.

    `sub_orders` are those of a combined order. Where the face signs by certificates, WeChat Pay's keys are there.
    """

    notification: Notification
    subject: Order | Transfer
    credentials: Credentials
    around: ForgeryContext
    refund: Refund | None = None
    sub_orders: Sequence[Order] = ()

    @property
    def order(self) -> Order:
        """The order, of what tells of a payment or a refund."""
        assert isinstance(self.subject, Order)
        return self.subject

    @property
    def transfer(self) -> Transfer:
        """The transfer, of what tells of one."""
        assert isinstance(self.subject, Transfer)
        return self.subject

    @property
    def merchant(self) -> Merchant:
        """Who is notified."""
        return self.credentials.merchant

    @property
    def sent_at(self) -> datetime:
        """When this attempt is made, in real time, whatever the sandbox's clock shows."""
        return self.credentials.at

    @property
    def signed_by(self) -> PlatformIdentity | None:
        """With which of WeChat Pay's keys a scenario has this attempt signed; None: with what the call asked for."""
        note, plan = self.notification, self.subject.plan
        if plan is None or plan.signed_by is None:
            return None
        public = plan.signed_by.public(note.id, note.attempts + 1)
        return PlatformIdentity.PUBLIC_KEY if public else PlatformIdentity.CERTIFICATE


@dataclass(frozen=True, slots=True)
class Reading:
    """What one side of an exchange says: its fields, or the flaw for which it cannot be read (any more).

    `opened` are the fields that were sealed in it, as far as the reader was given their key.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    opened: Mapping[str, str] = field(default_factory=dict)
    flaw: MessageUnreadable | None = None


class Messages(Protocol):
    """How a face reads and writes a message that a person shows us, or that an exchange holds."""

    def fits(self, body: bytes) -> bool:
        """Whether it looks like a message of this face, be it a broken one."""

    def read(self, body: bytes) -> Mapping[str, str]:
        """Its fields in their order; raises MessageUnreadable, which says why and where."""

    def write(self, fields: Mapping[str, str | int]) -> str:
        """The fields as a message; raises MessageUnreadable for what it cannot hold."""

    def request(self, exchange: Exchange, credentials: Credentials | None = None) -> Reading:
        """What was asked in an exchange, as the face itself has read or written it; opened only with credentials."""

    def reply(self, exchange: Exchange, credentials: Credentials | None = None) -> Reading:
        """What was answered."""

    def signed(self, exchange: Exchange) -> Sequence[SignedText]:
        """What was signed in an exchange, the request's first; nothing where the signature is over its fields."""

    def sieve(self, fields: Mapping[str, str]) -> Sieve | None:
        """Passes every request that may have these fields, and few others; None where that is not quick.

        An empty value may be any.
        """

    def secrets(self, exchange: Exchange) -> Sequence[str]:
        """Keys that an answer hands out, which nobody else may see."""


class Notifications(Protocol):
    """How a face writes notifications, whatever they are about, and reads a merchant's reply."""

    def build(self, delivery: DeliveryContext) -> Message:
        """The message; it tells the same at every attempt, but may be signed anew."""

    def judge(self, answer: Answer) -> Verdict:
        """What a merchant's reply is worth to a true notification."""

    def receipt(self) -> Message:
        """What a merchant answers that has taken a notification."""

    def example(self, kind: NotificationKind, case: ExampleContext) -> Notice:
        """A notification of the newest paid order, or of one made up."""

    def key(self, merchant: Merchant) -> str:
        """What signs or seals a merchant's notifications: a secret that both have."""

    def write(
        self, kind: NotificationKind, notice: Notice, key: str, algorithm: str, credentials: Credentials
    ) -> Message:
        """A notification from its fields, as it is sent: signed and sealed, with a key that may be another's."""

    def open(self, body: bytes, key: str) -> Notice:
        """A sealed notification's fields; raises MessageUnreadable, NoticeUnopened."""


class Native(Protocol):
    """A face's static codes (Native 模式一): how it reads one, asks the merchant for an order, and reads its answer."""

    origin: Origin
    """Of the exchange in which the merchant is asked."""

    def fields(self, code: str) -> Mapping[str, str] | None:
        """The fields of a static code, appid, mch_id and product_id among them; None for any other text."""

    def wrong_with(self, fields: Mapping[str, str], accounts: Accounts) -> Verdict | None:
        """What makes a code one that was not built by the rule; None for a right one."""

    def ask(self, asked: Asked, nonce_str: str) -> Message: ...
    def read(self, answer: Answer, asked: Asked) -> Verdict | str:
        """The prepay_id that the merchant gives, or what is wrong with its answer."""


class Signatures(Protocol):
    """How a face signs its messages, and why one is signed otherwise. Algorithms are known by their names."""

    @property
    def algorithms(self) -> Sequence[str]:
        """All that there are, the usual one first."""

    def key(self, credentials: Credentials, message: Signable | None = None) -> str:
        """What signs a merchant's calls: a secret, or a private key; or what signs a message that is shown."""

    def keys(self, merchant: Merchant) -> Sequence[str]:
        """All keys of a merchant's that nobody may see."""

    def named(self, message: Signable) -> Sequence[str]:
        """The numbers of merchants that a message names, the likeliest first."""

    def algorithm(self, fields: Mapping[str, str]) -> str:
        """What a message says that it is signed with, be it known or not; empty where it says nothing."""

    def algorithm_of(self, order: Order) -> str:
        """What signs all that is said of an order."""

    def given(self, message: Signable) -> str:
        """The signature that stands in a message, or in its headers."""

    def message(self, shown: bytes) -> Signable:
        """A message as somebody shows it, alone or with what stands around it; raises MessageUnreadable."""

    def read(self, text: str) -> Signable:
        """A message, or what is handed to the client; raises MessageUnreadable."""

    def prepared(self, message: Signable, credentials: Credentials | None, nonce_str: str) -> Signable:
        """A call with all that its signature is over, of the moment of the credentials; still unsigned."""

    def signed(self, message: Signable, signature: str) -> Signable:
        """A message as it is sent, with this signature and no other; raises MessageUnreadable."""

    def steps(self, message: Signable, key: str, algorithm: str, *, shown: bool) -> Signing:
        """How a message is signed; the key is hidden unless it is to be shown. Raises KeyUnreadable."""

    def diagnose(
        self, message: Signable, key: str, credentials: Credentials | None, accounts: Accounts, algorithm: str = ""
    ) -> Diagnosis:
        """Whether a message's signature is right for a key, and if not, why: a search that takes its time.

        Without a key, what can be said all the same; where it is a merchant's own, the merchant's others are tried.
        `algorithm` signs a message that names none.
        """


class ClientSignature(Protocol):
    """The second signature: the one that a merchant makes for the WeChat client."""

    def request(
        self, channel: Channel, order: Order, credentials: Credentials, nonce_str: str, timestamp: str
    ) -> Mapping[str, str]:
        """What the backend hands to the client, still unsigned, under the names of the channel."""

    def covered(self, invocation: Invocation) -> Mapping[str, str]:
        """The fields that the signature covers, as they are signed."""

    def mistaken(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        """What is often signed in place of the fields that an app hands over."""

    def wrong_with(self, invocation: Invocation, order: Order, credentials: Credentials) -> Refusal | None:
        """What is wrong with the signature, with the likeliest mistake; None for a right one."""


class ApiDescription(Protocol):
    """What a face declares of its calls, for the debugging tool."""

    def apis(self) -> Sequence[Api]:
        """Every call that the sandbox has, in the order in which a merchant meets them."""

    def api(self, path: str) -> Api:
        """One of them; raises ApiUnknown."""

    def examples(self, api: Api, case: ExampleContext) -> Mapping[str, str]:
        """A value for each field that a first call needs, in the order of its fields."""

    def curl(self, merchant: Merchant, base: str, notify_url: str, now: datetime) -> str:
        """A command that places a first order at the sandbox of that address, to be pasted into a shell."""

    def request(self, api: Api, fields: Mapping[str, str]) -> Signable:
        """A call of these fields, still unsigned: each where it belongs, in path, query or body.

        Raises MessageUnreadable for what it cannot hold.
        """

    def told(self, answer: Mapping[str, str]) -> Told:
        """What the fields of an answer say."""

    def repeats(self, order: Order) -> bool:
        """Whether there is a call that places an order again."""

    def again(self, order: Order, merchant: Merchant, out_trade_no: str, auth_code: str, now: datetime) -> Repeat:
        """The call that places an order again under another number; `auth_code` where the payer's code is scanned."""

    def at(self, path: str) -> Api | None:
        """The call that a merchant makes at a path, under whichever prefix; None where there is none."""

    def placing(self) -> Sequence[str]:
        """The paths at which orders are placed, under every prefix."""

    def choices(self, name: str) -> tuple[str, ...]:
        """The values that a field of this name takes, in whichever message; empty where they are not few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One version of WeChat Pay's API as the other rooms need it.

    `origin` is that of what people make by hand, of an order as of a message; `faults` are those that it can commit;
    `native` is None where it has no Native mode 1. `codes` are those with which its calls may fail; `warnings` names
    what its documents forbid in the terms of an order, and the sandbox takes (`words.events` has the sentences);
    `shown` is what people see of an origin's facts, by documented names; `identified` makes the Request-ID of a
    notification of the one that it is given. What
    `signs_by_certificate` is handed certificates, which a face that signs with the merchant's secrets neither needs
    nor pays for.
    """

    name: str
    origin: Origin
    messages: Messages
    notifications: Notifications
    signatures: Signatures
    client: ClientSignature
    api: ApiDescription
    faults: Repertoire
    lessons: Lessons
    native: Native | None = None
    codes: frozenset[str] = frozenset()
    warnings: Callable[[Terms], Sequence[EventName]] = lambda terms: ()
    shown: Callable[[Origin], Mapping[str, str]] = lambda origin: {}
    identified: Callable[[str], str] = lambda request_id: request_id
    signs_by_certificate: bool = False

    def credentials(self, tx: UnitOfWork, merchant: Merchant, at: datetime, *, others: bool = False) -> Credentials:
        """What its messages to and from a merchant are signed with, at a moment of real time.

        With those of `others`, for who asks why a signature is wrong.
        """
        if not self.signs_by_certificate:
            return Credentials(merchant, at)
        kept, mch_id = tx.merchant_certificates, merchant.mch_id
        strangers = kept.of_others(mch_id, MOST_OTHERS) if others else ()
        return Credentials(merchant, at, kept.of(mch_id), tx.platform_keys.of(merchant, at), strangers)
