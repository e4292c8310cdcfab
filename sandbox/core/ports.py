"""What the parts ask of each other; joined in `server.py`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from sandbox.core.catalogue import Lang
from sandbox.core.certificates import Certificate, MerchantCertificate, Stranger
from sandbox.core.changes import AccountKind, Author, Change
from sandbox.core.client import Outcome
from sandbox.core.clock import ClockSetting
from sandbox.core.codes import AuthCode
from sandbox.core.comments import Comment
from sandbox.core.debugging import ClientChannel, ClientSays
from sandbox.core.health import Trouble
from sandbox.core.journal import Event, Exchange, Message
from sandbox.core.ledger import Account, DaySum, Line, Owner
from sandbox.core.merchants import Accounts, App, Merchant, Secret
from sandbox.core.native import Scanned
from sandbox.core.notifications import Notification, Standing, Verdict
from sandbox.core.orders import Order, OrderKey, Terms
from sandbox.core.payers import Payer
from sandbox.core.plans import CallFault, Plan
from sandbox.core.refunds import Refund
from sandbox.core.scenarios import Application, Scenario
from sandbox.core.short_urls import ShortUrl

T = TypeVar("T")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list, newest first; `next` is the cursor of the part after it, None at the end."""

    items: Sequence[Item]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders to list; what is empty does not filter.

    `search` is the beginning of a number (out_trade_no, transaction_id, prepay_id, out_refund_no, refund_id) or of an
    openid, an amount as a person writes it, or words of the body.
    `notification` is a Standing, "failed" for each that needs a person, or "none" for orders that owe nothing.
    `scenario` names the one that decides.
    """

    mch_id: str = ""
    out_trade_no: str = ""
    trade_state: str = ""
    trade_type: str = ""
    notification: str = ""
    scenario: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """A row of the list of orders: the order, and how its notifications stand (None: nothing owed)."""

    id: int
    order: Order
    notification: Standing | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which API calls to list; what is empty does not filter.

    `outcome` is "ok" or "failed", `signature` "ok", "wrong" or "missing"; `since` is sandbox time; `contains` is text
    that stands in the request's body.
    """

    mch_id: str = ""
    path: str = ""
    out_trade_no: str = ""
    outcome: str = ""
    signature: str = ""
    since: datetime | None = None
    contains: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a timeline or journal, with its number, which grows as things happen."""

    id: int
    what: Event | Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """The console's strip: what each of its filters would list; each stops counting at 1000.

    Signature errors are those of the last hour.
    """

    waiting: int
    paid: int
    failed_notifications: int
    signature_errors: int


class Journal(Protocol):
    def timeline(self, key: OrderKey) -> Sequence[Entry]:
        """Everything that happened to an order, oldest first."""

    def calls(self, chosen: CallFilter, cursor: str | None, limit: int) -> Page[Entry]:
        """API calls, newest first; with `next` there may be more, though fewer than `limit` were found."""

    def call_numbers(self, chosen: CallFilter, cursor: str | None, limit: int) -> Page[int]:
        """The same calls' numbers, of which `entry` gives one at a time."""

    def calls_after(self, chosen: CallFilter, entry_id: int, limit: int) -> Sequence[Entry]:
        """API calls with a larger number, oldest first."""

    def horizon(self, chosen: CallFilter, lines: int) -> int:
        """The oldest of the newest `lines` of a filter's merchant and order; 0 where there are fewer."""

    def newest(self) -> int:
        """The number of the newest line; 0 where there is none."""

    def entry(self, entry_id: int) -> Entry | None: ...
    def attempts(self, notification_id: str) -> Sequence[Exchange]:
        """The attempts of a notification, oldest first."""

    def settled(self, exchange: Exchange) -> Exchange:
        """The exchange; a verdict that is open (see `forgeries`) as it stands by now, as in all that is read here."""


class Orders(Protocol):
    def find(self, key: OrderKey) -> Order | None: ...
    def by_transaction_id(self, mch_id: str, transaction_id: str) -> Order | None: ...
    def by_prepay_id(self, prepay_id: str) -> Order | None: ...
    def by_code(self, code: str) -> Order | None: ...
    def named(self, mch_id: str, out_trade_no: str) -> Sequence[Order]:
        """The orders that one number names: several only where sub-merchants share it."""

    def add(self, order: Order) -> None: ...
    def save(self, order: Order) -> None: ...
    def expired(self, mch_id: str, at: datetime, limit: int) -> Sequence[Order]:
        """Unpaid orders whose time has passed by `at`, oldest first."""

    def acting(self, mch_id: str, at: datetime, limit: int) -> Sequence[Order]:
        """Orders whose scenario has an act due by `at`, the earliest first."""

    def deceived(self, key: OrderKey) -> None:
        """Keep that the merchant took a forged notification of this order for true."""

    def next_due_of(self, mch_id: str) -> datetime | None:
        """When the first of the merchant's orders expires unpaid, its payer acts by a scenario, or its refund ends."""

    def with_plan(self) -> bool:
        """Whether any order follows a scenario."""

    def another(self, key: OrderKey) -> Order | None:
        """The merchant's newest other order that is paid, else None."""

    def paid_in(self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Sequence[Order]:
        """A merchant's orders paid in [begin, end), oldest first: a sub-merchant's, or all where none is named."""

    def reversed_in(
        self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime
    ) -> Sequence[tuple[Order, datetime]]:
        """The same of paid orders that were reversed then, each with that moment."""

    def page(self, chosen: OrderFilter, cursor: str | None, limit: int) -> Page[ListedOrder]:
        """Orders, newest first."""

    def counters(self, chosen: OrderFilter, hour_ago: datetime) -> Counters:
        """The strip over a list, whose other filters and search it follows."""

    def by_state(self) -> Mapping[str, int]:
        """How many orders there are in each trade_state."""


class Payers(Protocol):
    def find(self, openid: str) -> Payer | None: ...
    def first_of(self, appid: str) -> Payer | None: ...
    def page(self, cursor: str | None, limit: int) -> Page[Payer]: ...
    def save(self, payer: Payer) -> None: ...


class Notifications(Protocol):
    def find(self, notification_id: str) -> Notification | None: ...
    def of_order(self, key: OrderKey) -> Sequence[Notification]: ...
    def page(
        self, mch_id: str, out_trade_no: str, state: str, cursor: str | None, limit: int, search: str = ""
    ) -> Page[Notification]:
        """Notifications, newest first; `state` is a NotificationState, or one of its parts: "untried", "failing", or
        "failed", which is failing or given up. `search` is the beginning of a number, or a part of the address."""

    def pending(self) -> Sequence[Notification]:
        """All that are still owed."""

    def waiting_beyond(self, at: datetime, limit: int) -> Sequence[Notification]:
        """Those whose next attempt is later than `at`."""

    def undelivered(self) -> Mapping[str, int]:
        """How many are pending, and how many were given up."""

    def save(self, notification: Notification) -> None: ...


class Refunds(Protocol):
    def find(self, mch_id: str, out_refund_no: str, sub_mch_id: str = "") -> Refund | None: ...
    def by_refund_id(self, mch_id: str, refund_id: str) -> Refund | None: ...
    def named(self, mch_id: str, out_refund_no: str) -> Sequence[Refund]:
        """The refunds that one number names: several only where sub-merchants share it."""

    def of_order(self, key: OrderKey) -> Sequence[Refund]:
        """An order's refunds, oldest first."""

    def add(self, refund: Refund) -> None: ...
    def save(self, refund: Refund) -> None: ...
    def due(self, mch_id: str, at: datetime, limit: int) -> Sequence[Refund]:
        """Refunds that end by themselves by `at`, the earliest first."""

    def accepted_in(self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Sequence[Refund]:
        """A merchant's refunds accepted in [begin, end), oldest first: a sub-merchant's, or all where none is named."""

    def page(self, mch_id: str, status: str, cursor: str | None, limit: int, search: str = "") -> Page[Refund]:
        """Refunds, newest first; what is empty does not filter. `search`: the beginning of a number, or an amount."""


class Ledger(Protocol):
    """The lines of all ledgers, which are only ever added to."""

    def add(self, line: Line) -> None: ...
    def balance(self, owner: Owner, account: Account) -> int:
        """What lies in an account of the merchant's own, in fen."""

    def owners(self, mch_id: str) -> Sequence[Owner]:
        """The merchant and its sub-merchants, as far as they have lines."""

    def flow(self, mch_id: str, account: Account, begin: datetime, end: datetime) -> Sequence[Line]:
        """A merchant's own lines of one of its accounts in [begin, end), oldest first."""

    def days(self, mch_id: str, since: datetime) -> Sequence[DaySum]:
        """What moved in the accounts of a merchant and its sub-merchants, day by day, the newest first."""

    def page(self, owner: Owner, cursor: str | None, limit: int) -> Page[Line]:
        """A ledger, newest line first."""

    def totals(self, owner: Owner) -> Mapping[Account, int]:
        """What each account has been given less what it gave, over all lines; together they are 0."""


class ShortUrls(Protocol):
    def find(self, token: str) -> ShortUrl | None: ...
    def add(self, short_url: ShortUrl) -> None: ...


class Comments(Protocol):
    def add(self, comment: Comment) -> None: ...
    def between(
        self, mch_id: str, begin: datetime, end: datetime, offset: int, limit: int
    ) -> Sequence[tuple[int, Comment]]:
        """A merchant's comments from `begin` to `end` with their numbers, in whose order; those above `offset`."""


class Codes(Protocol):
    def find(self, auth_code: str) -> AuthCode | None: ...
    def newest_of(self, openid: str) -> AuthCode | None: ...
    def add(self, code: AuthCode) -> None: ...
    def save(self, code: AuthCode) -> None: ...
    def drop(self, openid: str, before: datetime) -> None:
        """Forget a payer's codes that were made before then."""


class AccountChanges(Protocol):
    """The timeline of accounts. What belongs to an account goes with it."""

    def add(self, change: Change) -> None: ...
    def page(self, kind: AccountKind, account: str, cursor: str | None, limit: int) -> Page[Change]:
        """What was changed of an account, newest first."""


class MerchantCertificates(Protocol):
    """What was issued to merchants. It goes with the merchant."""

    def find(self, serial_no: str) -> MerchantCertificate | None: ...
    def of(self, mch_id: str) -> Sequence[MerchantCertificate]:
        """A merchant's, the newest first."""

    def add(self, certificate: MerchantCertificate) -> None: ...
    def save(self, certificate: MerchantCertificate) -> None:
        """Keep its end, and since when it is revoked."""


class UnitOfWork(Protocol):
    """One transaction: all of it is stored, or nothing. Used in one thread, never across an `await`."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def payers(self) -> Payers: ...
    @property
    def notifications(self) -> Notifications: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def short_urls(self) -> ShortUrls: ...
    @property
    def comments(self) -> Comments: ...
    @property
    def codes(self) -> Codes: ...
    @property
    def account_changes(self) -> AccountChanges: ...
    @property
    def merchant_certificates(self) -> MerchantCertificates: ...
    @property
    def journal(self) -> Journal: ...

    def owe(self, notification: Notification) -> None:
        """Queue a notification: the only way to do so."""

    def note(self, event: Event) -> None:
        """Write a line of the timeline."""

    def record(self, exchange: Exchange) -> None:
        """Write an exchange of messages into the journal."""

    def save_merchant(self, merchant: Merchant) -> None: ...
    def save_app(self, app: App) -> None: ...
    def save_scenario(self, scenario: Scenario) -> None:
        """Keep a scenario that was put: by its owner ("" for everybody) and name."""

    def delete_scenario(self, mch_id: str, name: str) -> None: ...
    def scenarios(self) -> Sequence[tuple[str, str, Mapping[str, Any]]]:
        """Those that were put: owner, name, definition."""

    def save_application(self, application: Application) -> None: ...
    def delete_application(self, application: Application) -> None: ...
    def applications(self) -> Sequence[Application]:
        """What is applied to what, in the order in which it was."""

    def save_clock(self, mch_id: str, setting: ClockSetting | None) -> None: ...
    def clocks(self) -> Mapping[str, ClockSetting]: ...
    def certificate(self, name: str) -> Certificate | None:
        """One of the sandbox's own: its CA's, its server's, the platform's."""

    def save_certificate(self, name: str, certificate: Certificate) -> None: ...
    def secret(self, name: str) -> Secret | None:
        """Another key of the sandbox's own, by the name of what it is for."""

    def save_secret(self, name: str, value: Secret) -> None: ...

    def forget_orders(self, mch_id: str = "") -> None:
        """Drop orders, notifications and journal, of one merchant or of all."""

    def delete_app(self, appid: str) -> None:
        """Drop an app with its payers."""

    def delete_merchant(self, mch_id: str) -> None:
        """Drop a merchant with all that belongs to it."""


@dataclass(slots=True)
class Committed:
    """What one transaction changed, told after it is on disk."""

    orders: set[OrderKey] = field(default_factory=set)
    owed: list[Notification] = field(default_factory=list)
    dues: dict[str, datetime] = field(default_factory=dict)
    """When the first of a merchant's orders expires, its payer acts by a scenario, or a refund of it ends."""
    merchants: set[str] = field(default_factory=set)
    clocks: bool = False
    calls: bool = False
    forgotten: set[str] = field(default_factory=set)
    """Merchants whose orders were dropped; "" means all."""
    lines: int = 0
    """How many journal lines there are more (or, where some were dropped, less) than before."""
    bytes: int = 0
    """The same of what those lines hold."""
    placed: int = 0
    """The same of orders."""
    scenarios: bool = False
    """Whether one was put or deleted, or what they are applied to changed."""

    def due(self, mch_id: str, at: datetime) -> None:
        """Something falls due at a merchant's orders or refunds."""
        self.dues[mch_id] = min(at, self.dues.get(mch_id, at))

    def merge(self, other: "Committed") -> None:
        """Add what a later transaction changed."""
        self.orders |= other.orders
        self.owed += other.owed
        for mch_id, at in other.dues.items():
            self.due(mch_id, at)
        self.merchants |= other.merchants
        self.clocks |= other.clocks
        self.calls |= other.calls
        self.forgotten |= other.forgotten
        self.lines += other.lines
        self.bytes += other.bytes
        self.placed += other.placed
        self.scenarios |= other.scenarios

    def __bool__(self) -> bool:
        changed = self.calls or self.orders or self.owed or self.dues or self.merchants
        return bool(changed or self.clocks or self.lines or self.scenarios)


class Storage(Protocol):
    """Where everything is kept. `work` is a plain function of the transaction, without `await`."""

    @property
    def accounts(self) -> Accounts: ...

    def write(self, work: Callable[[UnitOfWork], T]) -> Awaitable[T]:
        """Run `work` in a transaction; the result comes only after it is on disk."""

    def read(self, work: Callable[[UnitOfWork], T]) -> Awaitable[T]:
        """Run `work` on a read-only connection, after all that was answered before."""

    def peek(self, work: Callable[[UnitOfWork], T]) -> Awaitable[T]:
        """A quick look by key: without waiting for journal lines that are still to be written."""

    def jot(self, exchange: Exchange) -> None:
        """Journal a call that changed nothing, soon; every later `read` sees it."""

    def trouble(self) -> Trouble | None:
        """Why it cannot be used, as far as is known at once."""

    async def examine(self) -> Trouble | None:
        """The same after a look; after a trial write where something failed lately."""


class Subscription(Protocol):
    async def next(self) -> Committed:
        """What has changed since the last call, several transactions in one; waits while nothing has."""


class Changes(Protocol):
    """Where people and programs learn that something changed."""

    def publish(self, committed: Committed) -> None: ...
    def subscribe(self) -> AbstractContextManager[Subscription]: ...
    def end(self) -> None:
        """The sandbox stops: whoever watches is cancelled, for what he waits for does not come any more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A merchant's reply to a notification, as far as it was read: `cut` says that its body went on."""

    status: int
    message: Message
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an altered message borrows: another merchant (its key), another paid order, a canary's address."""

    other_merchant: Merchant | None
    other_order: Order | None
    canary_url: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """All that an attempt to deliver a notification needs; `refund` where it is about one."""

    notification: Notification
    order: Order
    merchant: Merchant
    around: Surroundings
    refund: Refund | None = None


class Scanner(Protocol):
    """What a payer's camera does with a static code (Native 模式一)."""

    async def scan(self, code: str, openid: str = "") -> Scanned:
        """Ask the merchant for an order, in real time; raises OpenidInvalid."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """The merchant's call that a use case serves: its path, its headers, and the scenario that one of them names.

    `official` tells that it was made in the official sandbox, under one of its prefixes.
    """

    path: str = ""
    wanted: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    official: bool = False


class Scenarios(Protocol):
    """The scenarios at hand, those in force, and what they decide."""

    def choose(self, key: OrderKey, terms: Terms, occasion: Occasion) -> Plan | None:
        """The plan for a new order; the same answer until the order is placed."""

    def standing(self, mch_id: str) -> Plan | None:
        """The plan for a call about no order: what was applied to the merchant, or to all, whatever the order."""

    def misnamed(self, key: OrderKey, terms: Terms) -> str:
        """The name of a scenario that an order's attach asks for and nobody knows; empty otherwise."""

    def used(self, tx: UnitOfWork, key: OrderKey, plan: Plan) -> None:
        """An order was placed with this plan: what was applied to the next order only is used up."""

    def quiet(self, occasion: Occasion, attach: str) -> bool:
        """Whether no scenario can concern this call; then nobody needs to look further."""

    def fault(self, key: OrderKey, call: str, plan: Plan) -> CallFault | None:
        """What becomes of this call of an order; counts it."""

    def plan(self, name: str, mch_id: str, why: str) -> Plan:
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

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of a scenario file."""

    async def put(self, scenario: Scenario) -> None:
        """Keep it; raises ScenarioBuiltIn."""

    async def delete(self, name: str, mch_id: str = "") -> None:
        """Raises ScenarioUnknown, ScenarioBuiltIn."""

    async def apply(self, application: Application) -> None:
        """Put a scenario in force; raises ScenarioUnknown."""

    async def end(self, application: Application) -> None: ...


Judge = Callable[[Answer], Verdict]
"""What a merchant's reply to a notification is worth."""


class Courier(Protocol):
    """Sends what a person has built by hand."""

    async def call(self, method: str, path: str, message: Message) -> Exchange:
        """Call the sandbox itself over HTTP, as a merchant's backend would; `status` is None where no answer came."""

    async def deliver(self, url: str, message: Message, judge: Judge) -> Exchange:
        """Send a notification to any URL that may be notified, and judge its reply. It is not kept."""


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

    def listen(self, mch_ids: frozenset[str], target: str) -> AbstractContextManager[Hearing]:
        """Hear of merchants' calls and attempts, of all where none is named, and, with a target, carry notifications.

        Raises ForwardTaken.
        """

    def answer(self, number: str, result: Answer | Verdict) -> None:
        """What became of a notification that was carried; raises ForwardUnknown."""


class ClientBench(Protocol):
    """The second signature, and what the WeChat client says to it."""

    def request(
        self, channel: ClientChannel, order: Order, merchant: Merchant, nonce_str: str, timestamp: str
    ) -> Mapping[str, str]:
        """What the backend hands to the client, still unsigned, under the names of the channel."""

    def signed(self, channel: ClientChannel, fields: Mapping[str, str]) -> tuple[Mapping[str, str], str]:
        """The fields that the second signature covers, and the name of the field that holds it."""

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
    async def platform(self) -> Certificate: ...
    async def merchant(self, mch_id: str) -> Certificate:
        """A merchant's newest valid one; its first is made now. Raises MerchantUnknown, NoValidCertificate."""

    async def issue(self, mch_id: str, author: Author, days: int | None = None) -> MerchantCertificate:
        """One more, good for so many days (0: it has ended already); raises MerchantUnknown, CertificatesEnough."""

    def public_key(self, certificate: Certificate) -> str:
        """The public key alone, PEM."""

    def public_key_id(self, certificate: Certificate) -> str: ...
    def pkcs12(self, certificate: Certificate, mch_id: str) -> bytes:
        """apiclient_cert.p12; its password is the mch_id."""

    async def recognise(self, der: bytes) -> MerchantCertificate | Stranger:
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


class Pulse(Protocol):
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


Listener = Callable[[Committed], None]
