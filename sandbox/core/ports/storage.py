"""Where everything is kept: one transaction, what it changed, and the storage itself."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from sandbox.core.health import Trouble
from sandbox.core.journal import Event, Exchange
from sandbox.core.merchants import Accounts
from sandbox.core.notifications import Notification
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.repositories import (
    AccountChanges,
    Apps,
    BurntNumbers,
    Clocks,
    Codes,
    Comments,
    Journal,
    Ledger,
    MerchantCertificates,
    Merchants,
    Notifications,
    Orders,
    OwnCertificates,
    Payers,
    PlatformKeyRing,
    Refunds,
    Secrets,
    Sharings,
    ShortUrls,
    Transfers,
)
from sandbox.core.ports.scenario_repositories import Applications, Choices, KeptScenarios, Tallies

T = TypeVar("T")


class UnitOfWork(Protocol):
    """One transaction: all of it is stored, or nothing. Used in one thread, never across an `await`."""

    @property
    def accounts(self) -> Accounts:
        """All merchants and apps, as they are by now."""

    @property
    def merchants(self) -> Merchants: ...
    @property
    def apps(self) -> Apps: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def burnt_numbers(self) -> BurntNumbers: ...
    @property
    def payers(self) -> Payers: ...
    @property
    def notifications(self) -> Notifications: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def transfers(self) -> Transfers: ...
    @property
    def sharings(self) -> Sharings: ...
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
    def platform_keys(self) -> PlatformKeyRing: ...
    @property
    def own_certificates(self) -> OwnCertificates: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def scenarios(self) -> KeptScenarios: ...
    @property
    def applications(self) -> Applications: ...
    @property
    def choices(self) -> Choices: ...
    @property
    def tallies(self) -> Tallies: ...
    @property
    def clocks(self) -> Clocks: ...
    @property
    def journal(self) -> Journal: ...

    def owe(self, notification: Notification) -> None:
        """Queue a notification: the only way to do so."""

    def note(self, event: Event) -> None:
        """Write a line of the timeline."""

    def record(self, exchange: Exchange) -> None:
        """Write an exchange of messages into the journal."""

    def forget_orders(self, mch_id: str = "") -> None:
        """Drop orders, notifications and journal, of one merchant or of all."""

    def delete_app(self, appid: str) -> None:
        """Drop an app with its payers."""

    def delete_merchant(self, mch_id: str) -> None:
        """Drop a merchant with all that belongs to it."""


@dataclass(slots=True)
class Census:
    """How many there are in each state; or how many more, or less, than before."""

    orders: Counter[str] = field(default_factory=Counter)
    """By trade_state."""
    notifications: Counter[str] = field(default_factory=Counter)

    def merge(self, more: "Census") -> None:
        self.orders.update(more.orders)
        self.notifications.update(more.notifications)

    def __bool__(self) -> bool:
        return bool(self.orders or self.notifications)


@dataclass(slots=True)
class ChangeSet:
    """What one transaction changed, told after it is on disk."""

    orders: set[OrderKey] = field(default_factory=set)
    owed: list[Notification] = field(default_factory=list)
    dues: dict[str, datetime] = field(default_factory=dict)
    """When the first of a merchant's orders expires, its payer acts by a scenario, a refund or a transfer goes on."""
    merchants: set[str] = field(default_factory=set)
    """Those of which something was changed that pages show: account, money, certificates."""
    accounts: set[str] = field(default_factory=set)
    """Those of them whose account, keys or certificates were: what every process remembers."""
    apps: set[str] = field(default_factory=set)
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
    transfers: int = 0
    """The same of transfers."""
    census: Census = field(default_factory=Census)
    scenarios: bool = False
    """Whether one was put or deleted, what they are applied to changed, or something follows one for the first time."""

    def account(self, mch_id: str) -> None:
        """A merchant's account, keys or certificates were changed."""
        self.merchants.add(mch_id)
        self.accounts.add(mch_id)

    @property
    def remembered(self) -> bool:
        """Whether it changes what every process on the database remembers."""
        return bool(self.accounts or self.apps or self.clocks or self.scenarios)

    def due(self, mch_id: str, at: datetime) -> None:
        """Something falls due at a merchant's orders, refunds or transfers."""
        self.dues[mch_id] = min(at, self.dues.get(mch_id, at))

    def merge(self, other: "ChangeSet") -> None:
        """Add what a later transaction changed."""
        self.orders |= other.orders
        self.owed += other.owed
        for mch_id, at in other.dues.items():
            self.due(mch_id, at)
        self.merchants |= other.merchants
        self.accounts |= other.accounts
        self.apps |= other.apps
        self.clocks |= other.clocks
        self.calls |= other.calls
        self.forgotten |= other.forgotten
        self.lines += other.lines
        self.bytes += other.bytes
        self.placed += other.placed
        self.transfers += other.transfers
        self.census.merge(other.census)
        self.scenarios |= other.scenarios

    def __bool__(self) -> bool:
        changed = self.calls or self.orders or self.owed or self.dues or self.merchants or self.apps
        return bool(changed or self.clocks or self.lines or self.scenarios or self.census)


Follower = Callable[["UnitOfWork", ChangeSet], None]
"""Reads again what was changed of what is remembered, by whichever process; memory alone is changed."""


@dataclass(frozen=True, slots=True)
class Moments:
    """What the clocks of merchants show: `own` of those that are named, `of_all` of all others."""

    of_all: datetime | None
    """None where those that are named are all that is meant."""
    own: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Owing:
    """A notification that is due at `at`, so far as it must be known to find its turn."""

    id: str
    mch_id: str
    told: str
    url: str
    at: datetime


class OwedWork(Protocol):
    """Who does what is owed, where several processes on one database may."""

    shared: bool
    """Whether there may be others: else nobody need be asked."""

    @property
    def processes(self) -> int:
        """How many there are, this one among them, as far as is known."""

    async def take(self, notification_id: str, now: datetime) -> bool:
        """Take a notification for an attempt, unless another process has, or it is not due (any more).

        `now` is what the merchant's clock shows. It is held until the attempt is recorded, or this process has ended.
        """

    async def untaken(self, moments: Moments, known: Collection[str]) -> Sequence[Owing]:
        """What is due by then and nobody is at, the earliest first; many of them, not all.

        `known` are those that this process is at.
        """

    async def owing(self, until: Moments) -> Sequence[Owing]:
        """All that is due by then, taken or not, in no order."""

    async def is_done(self, moments: Moments) -> bool:
        """Whether nothing is due by then but what this process has taken."""


class Alone:
    """Implements `OwedWork` where there is one process."""

    shared = False
    processes = 1

    async def take(self, notification_id: str, now: datetime) -> bool:
        return True

    async def untaken(self, moments: Moments, known: Collection[str]) -> Sequence[Owing]:
        return ()

    async def owing(self, until: Moments) -> Sequence[Owing]:
        return ()

    async def is_done(self, moments: Moments) -> bool:
        return True


class Storage(Protocol):
    """Where everything is kept. `work` is a plain function of the transaction, without `await`."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""

    @property
    def owed(self) -> OwedWork: ...
    async def counted(self) -> Census:
        """How many there are of all that is stored."""

    def write(self, work: Callable[[UnitOfWork], T], *, guarded: bool = True) -> Awaitable[T]:
        """Run `work` in a transaction; the result comes only after it is on disk.

        What it raises undoes it. One that raises nothing once it has stored something need not be `guarded`, which
        costs; should it do so all the same, what others store at that moment fails with it.
        """

    def exclusively(self, name: str) -> AbstractAsyncContextManager[None]:
        """One at a time, among all processes on the database; raises StorageFailed."""

    def read(self, work: Callable[[UnitOfWork], T]) -> Awaitable[T]:
        """Run `work` on a read-only connection, after all that was answered before."""

    def read_now(self, work: Callable[[UnitOfWork], T]) -> Awaitable[T]:
        """A quick look by key: without waiting for journal lines that are still to be written."""

    def journal_later(self, exchange: Exchange) -> Awaitable[None] | None:
        """Journal a call that changed nothing, soon; every later `read` sees it.

        What comes back is to be awaited before the call is answered: a later `read` may be another process's.
        """

    def catch_up(self) -> Awaitable[None] | None:
        """What is to be awaited before anybody relies on what is remembered: accounts, clocks, scenarios.

        Another process may have changed them; None where there is no other. Raises StorageFailed.
        """

    def trouble(self) -> Trouble | None:
        """Why it cannot be used, as far as is known at once."""

    async def examine(self) -> Trouble | None:
        """The same after a look; after a trial write where something failed lately."""
