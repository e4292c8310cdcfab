"""What the parts ask of each other beside the store and the faces; joined in `parts.py`."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sandbox.core.certificates import Certificate, MerchantCertificate, UnknownCertificate
from sandbox.core.changes import Author
from sandbox.core.client import ClientSays, Outcome
from sandbox.core.health import Trouble
from sandbox.core.invocation import ClientChannel
from sandbox.core.journal import Exchange, Message
from sandbox.core.merchants import Merchant
from sandbox.core.native import Scanned
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Terms
from sandbox.core.origin import Origin
from sandbox.core.plans import Plan, ReasonName
from sandbox.core.platform_keys import PlatformCertificate, PlatformKeys
from sandbox.core.ports.calls import Signable
from sandbox.core.ports.face import Answer, Face
from sandbox.core.ports.queries import Entry
from sandbox.core.ports.storage import ChangeSet, UnitOfWork
from sandbox.core.scenarios import Application, Definition, Scenario
from sandbox.core.text import Lang
from sandbox.core.verdicts import Verdict


class Subscription(Protocol):
    async def next(self) -> ChangeSet:
        """What has changed since the last call, several transactions in one; waits while nothing has."""


class Changes(Protocol):
    """Where people and programs learn that something changed."""

    def publish(self, committed: ChangeSet) -> None: ...
    def subscribe(self) -> AbstractContextManager[Subscription]: ...
    def end(self) -> None:
        """The sandbox stops: whoever watches is cancelled, for what he waits for does not come any more."""


class Scanner(Protocol):
    """What a payer's camera does with a static code (Native 模式一)."""

    async def scan(self, code: str, openid: str = "") -> Scanned:
        """Ask the merchant for an order, in real time; raises OpenidInvalid."""


@dataclass(frozen=True, slots=True)
class CallContext:
    """The merchant's call that a use case serves: its path, its headers, and the scenario that one of them names.

    What it places has its `origin`; None where no merchant called. `base` is the address by which it called: scheme,
    host and port.
    """

    path: str = ""
    wanted: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = None
    base: str = ""


class Scenarios(Protocol):
    """The scenarios at hand, those in force, and what they decide."""

    def may_choose(self, tx: UnitOfWork, key: OrderKey, terms: Terms, call_context: CallContext) -> bool:
        """Whether `choose` may find a plan, or has something to count: a look, which changes nothing."""

    def choose(self, tx: UnitOfWork, key: OrderKey, terms: Terms, call_context: CallContext) -> Plan | None:
        """The plan for an order that is placed now: the one that was chosen ahead, if any. Counts for *nth*."""

    def choose_ahead(self, tx: UnitOfWork, key: OrderKey, terms: Terms, call_context: CallContext) -> Plan | None:
        """The same for an order that may come to be: it stays chosen until the order is placed."""

    def standing(self, mch_id: str) -> Plan | None:
        """The plan for a call about no order: what was applied to the merchant, or to all, whatever the order."""

    def misnamed(self, key: OrderKey, terms: Terms) -> str:
        """The name of a scenario that an order's attach asks for and nobody knows; empty otherwise."""

    def used(self, tx: UnitOfWork, key: OrderKey, plan: Plan) -> None:
        """An order was placed with this plan, chosen in this transaction: what was for the next order is used up."""

    def followed(self, tx: UnitOfWork) -> None:
        """An order or a transfer follows a plan from now on: whoever makes a call about it is looked at."""

    def cannot_apply(self, call_context: CallContext, attach: str) -> bool:
        """Whether no scenario can concern this call; then nobody needs to look further."""

    def plan(self, name: str, mch_id: str, why: ReasonName) -> Plan:
        """The plan of a scenario that somebody names; raises ScenarioUnknown."""

    def wished(self, name: str, mch_id: str) -> bool:
        """Whether a merchant knows a scenario of this name."""

    def all(self, mch_id: str = "") -> Sequence[Scenario]:
        """Built-in ones, those of files, those that were put; with a merchant's own where it is named."""

    def get(self, name: str, mch_id: str = "") -> Scenario:
        """A scenario as a merchant sees it; raises ScenarioUnknown."""

    def applied(self, name: str, mch_id: str = "") -> Sequence[Application]: ...
    def in_force(self, mch_id: str = "") -> Sequence[Application]:
        """What is applied to all, to a merchant or to its next order; of all merchants where none is named."""

    def read(self, text: str, name: str, mch_id: str = "") -> Scenario:
        """A scenario from YAML or JSON text; raises ScenarioInvalid."""

    def write(self, definition: Mapping[str, Any]) -> str:
        """A definition as YAML, as it stands in a file."""

    def recorded(self, order: Order, entries: Sequence[Entry]) -> Definition:
        """What happened to an order, by its timeline (oldest first), as a scenario's definition."""

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of a scenario file."""

    async def put(self, scenario: Scenario) -> None:
        """Keep it; raises ScenarioBuiltIn."""

    async def delete(self, name: str, mch_id: str = "") -> None:
        """Raises ScenarioUnknown, ScenarioBuiltIn."""

    async def apply(self, application: Application) -> None:
        """Put a scenario in force; raises ScenarioUnknown."""

    async def end(self, application: Application) -> None: ...


class ManualSender(Protocol):
    """Sends what a person has built by hand."""

    async def call(self, message: Signable, face: Face) -> Exchange:
        """Call the sandbox itself over HTTP, as a merchant's backend would; `status` is None where no answer came."""

    async def deliver(self, url: str, message: Message, face: Face) -> Exchange:
        """Send a notification to any URL that may be notified; `face` judges its reply. It is not kept."""


class Courier(Protocol):
    """Sends a merchant what is about no order."""

    def send(self, url: str, message: Message, merchant: Merchant, face: Face) -> None:
        """Send it once, soon, beside whatever goes on; the journal keeps it with its reply, which `face` judges."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A notification that somebody who listens is to carry; its number stands in the answer."""

    number: str
    url: str
    message: Message


class Hearing(Protocol):
    """One who listens."""

    async def next(self) -> Exchange | Handed:
        """The next call or attempt that was made, or a notification to carry."""


class Switchboard(Protocol):
    """Who listens in a terminal."""

    def listen(self, mch_ids: frozenset[str], target: str) -> AbstractAsyncContextManager[Hearing]:
        """Hear of merchants' calls and attempts, of all where none is named, and, with a target, carry notifications.

        Raises ForwardTaken.
        """

    def answer(self, number: str, result: Answer | Verdict) -> None:
        """What became of a notification that was carried; raises ForwardUnknown."""


class ClientSimulator(Protocol):
    """What the WeChat client says to a payment request."""

    async def invoke(
        self,
        channel: ClientChannel,
        fields: Mapping[str, str],
        lang: Lang,
        *,
        outcome: Outcome | None = None,
        device: Mapping[str, str] = {},
        page: str = "",
    ) -> ClientSays:
        """What the client makes of it; with an `outcome` the payer acts at once.

        `page`: the address of the page that invokes it (jsapi), empty where it is not known.
        """


class Certificates(Protocol):
    """The sandbox's certificates. Its own, and a merchant's first, are made when first needed."""

    async def ca(self) -> Certificate: ...
    async def platform_keys(self, mch_id: str) -> PlatformKeys:
        """WeChat Pay's for a merchant; what is not there yet is made now. Raises MerchantUnknown."""

    async def issue_platform(self, mch_id: str, author: Author) -> PlatformCertificate:
        """One more platform certificate, for this merchant alone; the old one goes on signing.

        Raises MerchantUnknown, PlatformCertificatesEnough.
        """

    async def merchant(self, mch_id: str) -> Certificate:
        """A merchant's newest valid one; its first is made now. Raises MerchantUnknown, NoValidCertificate."""

    async def issue(self, mch_id: str, author: Author, days: int | None = None) -> MerchantCertificate:
        """One more, good for so many days (0: it has ended already); raises MerchantUnknown, CertificatesEnough."""

    def pkcs12(self, certificate: Certificate, mch_id: str) -> bytes:
        """apiclient_cert.p12; its password is the mch_id."""

    async def recognise(self, der: bytes) -> MerchantCertificate | UnknownCertificate:
        """The certificate (DER) that a client has shown, if it was issued to a merchant: valid or not."""


@dataclass(frozen=True, slots=True)
class Underway:
    """An attempt that waits for its merchant's reply, since a moment of real time."""

    key: OrderKey
    url: str
    n: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """A clock that is being moved on: `done` of `seconds` so far, and the attempts that it waits for."""

    mch_id: str
    seconds: float
    done: float
    since: datetime
    waits_for: Sequence[Underway]


class ClockControl(Protocol):
    """Runs what falls due; the console's and control API's clock buttons press it."""

    def movement(self) -> Movement | None:
        """The clock that is being moved on now, if it takes so long that somebody may ask."""

    def halt(self) -> None:
        """Have the clock that is being moved on stop where it is: whoever moved it is answered."""

    async def advance(self, seconds: float, mch_id: str = "") -> None:
        """Move the clock, running everything due on the way, in order; return when it has run, or at a halt."""

    async def rescale(self, scale: float, mch_id: str = "") -> None: ...
    async def reset(self, mch_id: str = "") -> None: ...
    async def attempt_now(self, notification_id: str) -> None:
        """Make one attempt outside the schedule; return when it is recorded."""

    def trouble(self) -> Trouble | None:
        """Why nothing falls due any more."""


Listener = Callable[[ChangeSet], None]
