"""What is kept, each thing with its repository; those of one transaction are in its `UnitOfWork`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from sandbox.core.certificates import Certificate, MerchantCertificate
from sandbox.core.changes import AccountKind, Change
from sandbox.core.clock import ClockSetting
from sandbox.core.codes import AuthCode
from sandbox.core.comments import Comment
from sandbox.core.journal import Exchange
from sandbox.core.ledger import Account, DaySum, Line, Owner
from sandbox.core.merchants import App, Merchant, Secret
from sandbox.core.notifications import Notification
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order
from sandbox.core.payers import Payer
from sandbox.core.platform_keys import PlatformCertificate, PlatformKeys, PublicKey
from sandbox.core.ports.queries import CallFilter, Counters, Entry, ListedOrder, OrderFilter, Page
from sandbox.core.refunds import Refund
from sandbox.core.sharing import Frozen, Receiver, Recipient, Return, Sharing
from sandbox.core.short_urls import ShortUrl
from sandbox.core.transfers import Transfer

Sieve = Callable[[bytes], bool]
"""A quick look at the body of a request, by which most of those are passed over that are not looked for."""


class Journal(Protocol):
    def timeline(self, key: OrderKey) -> Sequence[Entry]:
        """Everything that happened to an order or a transfer, oldest first."""

    def timeline_before(self, key: OrderKey, cursor: str | None, limit: int) -> Page[Entry]:
        """The last of its entries, oldest first, with the clock's jumps among them; `next` leads to those before."""

    def timeline_after(self, key: OrderKey, cursor: str | None, limit: int) -> Page[Entry]:
        """The first of its entries, oldest first, with the clock's jumps among them; `next` leads to those behind."""

    def marks(self, key: OrderKey, limit: int) -> Sequence[Entry]:
        """The last of its entries that are no API calls: what happened, and attempts to notify; oldest first."""

    def last_of(self, key: OrderKey) -> int:
        """The number of its last entry; 0 where there is none."""

    def calls(self, chosen: CallFilter, cursor: str | None, limit: int) -> Page[Entry]:
        """API calls, newest first; with `next` there may be more, though fewer than `limit` were found."""

    def call_numbers(self, chosen: CallFilter, cursor: str | None, limit: int) -> Page[int]:
        """The same calls' numbers, of which `entry` gives one at a time."""

    def calls_after(self, chosen: CallFilter, entry_id: int, limit: int, sieve: Sieve | None = None) -> Sequence[Entry]:
        """API calls with a larger number, oldest first; with a sieve those alone whose request's body passes it."""

    def horizon(self, chosen: CallFilter, lines: int) -> int:
        """The oldest of the newest `lines` of a filter's merchant and order; 0 where there are fewer."""

    def exchanges_after(self, entry_id: int, limit: int) -> Sequence[Entry]:
        """Calls and attempts with a larger number, oldest first."""

    def newest(self) -> int:
        """The number of the newest line; 0 where there is none."""

    def entry(self, entry_id: int) -> Entry | None: ...
    def attempts(self, notification_id: str) -> Sequence[Exchange]:
        """The attempts of a notification, oldest first."""

    def receipts(self, notification_ids: Collection[str]) -> Mapping[str, int]:
        """How many attempts of each of these notifications the merchant has acknowledged, of those with any."""

    def settled(self, exchange: Exchange) -> Exchange:
        """The exchange; a verdict that is open (see `forgeries`) as it stands by now, as in all that is read here."""


class Orders(Protocol):
    def find(self, key: OrderKey) -> Order | None: ...
    def find_all(self, keys: Collection[OrderKey]) -> Mapping[OrderKey, Order]:
        """Those that there are."""

    def by_transaction_id(self, mch_id: str, transaction_id: str) -> Order | None: ...
    def by_prepay_id(self, prepay_id: str) -> Order | None: ...
    def by_code(self, code: str) -> Order | None: ...
    def named(self, mch_id: str, out_trade_no: str) -> Sequence[Order]:
        """The orders that one number names: several only where sub-merchants share it."""

    def sub_orders(self, combined: OrderKey) -> Sequence[Order]:
        """The sub-orders of a combined order, in the order in which they were added."""

    def add(self, order: Order) -> None: ...
    def save(self, order: Order) -> None: ...
    def expired(self, mch_id: str, at: datetime, limit: int) -> Sequence[Order]:
        """Unpaid orders whose time has passed by `at`, oldest first."""

    def acting(self, mch_id: str, at: datetime, limit: int) -> Sequence[Order]:
        """Orders whose scenario has an act due by `at`, the earliest first."""

    def deceived(self, key: OrderKey) -> None:
        """Keep that the merchant took a forged notification of this order for true."""

    def next_due_of(self, mch_id: str) -> datetime | None:
        """When the first of the merchant's orders expires unpaid, its payer acts by a scenario, its refund ends, its
        sharing, or what is frozen of it, or a transfer changes its state."""

    def next_dues(self) -> Mapping[str, datetime]:
        """The same of all merchants that have any."""

    def with_plan(self) -> bool:
        """Whether any order follows a scenario."""

    def another(self, key: OrderKey) -> Order | None:
        """The merchant's newest other order that is paid, and no part of a combined one; else None."""

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


class BurntNumbers(Protocol):
    """Numbers that were closed before any order had them."""

    def has(self, key: OrderKey) -> bool: ...
    def add(self, key: OrderKey, at: datetime) -> None: ...


class Payers(Protocol):
    def find(self, openid: str) -> Payer | None: ...
    def hold(self, openid: str) -> Payer | None:
        """The same for whoever is about to change it: nobody else does until the transaction ends."""

    def first_of(self, appid: str) -> Payer | None: ...
    def page(self, cursor: str | None, limit: int) -> Page[Payer]: ...
    def save(self, payer: Payer) -> None: ...


class Notifications(Protocol):
    def find(self, notification_id: str) -> Notification | None: ...
    def find_all(self, notification_ids: Collection[str]) -> Mapping[str, Notification]:
        """Those that there are, by their ids."""

    def of_order(self, key: OrderKey) -> Sequence[Notification]: ...
    def of_all(self, keys: Collection[OrderKey]) -> Mapping[OrderKey, Sequence[Notification]]:
        """The same of several orders or transfers."""

    def page(
        self, mch_id: str, out_trade_no: str, state: str, cursor: str | None, limit: int, search: str = ""
    ) -> Page[Notification]:
        """Notifications, newest first; a merchant's are those about its orders and transfers, and what it is told of
        shares. `state` is a NotificationState, or one of its parts: "untried", "failing", or "failed", which is failing
        or given up. `search` is the beginning of a number, or a part of the address."""

    def pending(self) -> Sequence[Notification]:
        """All that are still owed."""

    def waiting_beyond(self, at: datetime, limit: int) -> Sequence[Notification]:
        """Those whose next attempt is later than `at`."""

    def save_all(self, changed: Sequence[Notification], about: Mapping[OrderKey, Sequence[Notification]]) -> None:
        """Keep where these stand in their schedules now, and how their orders stand by it.

        `about` is all that was told of those before, as `of_all` gives it.
        """


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


class Transfers(Protocol):
    def find(self, key: OrderKey) -> Transfer | None: ...
    def by_bill_no(self, transfer_bill_no: str) -> Transfer | None: ...
    def by_package(self, package_info: str) -> Transfer | None: ...
    def add(self, transfer: Transfer) -> None: ...
    def save(self, transfer: Transfer) -> None: ...
    def due(self, mch_id: str, at: datetime, limit: int) -> Sequence[Transfer]:
        """Transfers whose state changes by itself by `at`, the earliest first."""

    def page(self, mch_id: str, state: str, cursor: str | None, limit: int, search: str = "") -> Page[Transfer]:
        """Transfers, newest first; what is empty does not filter. `search`: the beginning of a number, or an amount."""

    def with_plan(self) -> bool:
        """Whether any transfer follows a scenario."""


class Sharings(Protocol):
    """Sharings, what they have left frozen, what was given back, and to whom may be given."""

    def find(self, mch_id: str, out_order_no: str, sub_mch_id: str = "") -> Sharing | None: ...
    def by_order_id(self, mch_id: str, order_id: str) -> Sharing | None: ...
    def named(self, mch_id: str, out_order_no: str) -> Sequence[Sharing]:
        """The sharings that one number names: several only where sub-merchants share it."""

    def of_order(self, key: OrderKey) -> Sequence[Sharing]:
        """An order's sharings, oldest first."""

    def add(self, sharing: Sharing) -> None: ...
    def save(self, sharing: Sharing) -> None: ...
    def due(self, mch_id: str, at: datetime, limit: int) -> Sequence[Sharing]:
        """Those that are carried out by `at`, the earliest first."""

    def ended_in(self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Sequence[Sharing]:
        """Those carried out in [begin, end), oldest first: a sub-merchant's, or all where none is named."""

    def page(self, mch_id: str, state: str, cursor: str | None, limit: int, search: str = "") -> Page[Sharing]:
        """Sharings, newest first; what is empty does not filter. `search`: the beginning of a number, or an amount."""

    def frozen(self, key: OrderKey) -> Frozen | None:
        """What waits to be shared of an order; None of one that was not placed to be shared."""

    def keep_frozen(self, frozen: Frozen) -> None: ...
    def thawing(self, mch_id: str, at: datetime, limit: int) -> Sequence[Frozen]:
        """What is unfrozen by itself by `at`, the earliest first."""

    def find_return(self, mch_id: str, out_return_no: str, sub_mch_id: str = "") -> Return | None: ...
    def returns(self, key: OrderKey) -> Sequence[Return]:
        """What was given back of an order's sharings, oldest first."""

    def returned_in(self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Sequence[Return]:
        """What was given back in [begin, end), as `ended_in`."""

    def add_return(self, back: Return) -> None: ...
    def receiver(self, mch_id: str, sub_mch_id: str, to: Recipient) -> Receiver | None: ...
    def put_receiver(self, receiver: Receiver) -> None: ...
    def drop_receiver(self, mch_id: str, sub_mch_id: str, to: Recipient) -> None: ...


class Ledger(Protocol):
    """The lines of all ledgers, which are only ever added to."""

    def add(self, line: Line) -> None: ...
    def balance(self, owner: Owner, account: Account) -> int:
        """What lies in an account of the merchant's own, in fen."""

    def owners(self, mch_id: str) -> Sequence[Owner]:
        """The merchant and its sub-merchants, as far as they have lines."""

    def flow(self, owner: Owner, account: Account, begin: datetime, end: datetime) -> Sequence[Line]:
        """The lines of one of an owner's accounts in [begin, end), oldest first."""

    def days(self, mch_id: str, since: date) -> Sequence[DaySum]:
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

    def of_others(self, mch_id: str, most: int) -> Sequence[MerchantCertificate]:
        """The newest of all other merchants'."""

    def add(self, certificate: MerchantCertificate) -> None: ...
    def save(self, certificate: MerchantCertificate) -> None:
        """Keep its end, and since when it is revoked."""


class Merchants(Protocol):
    def save(self, merchant: Merchant) -> None:
        """Keep a merchant; `UnitOfWork.accounts` has it from now on."""


class Apps(Protocol):
    def save(self, app: App) -> None:
        """Keep an app; `UnitOfWork.accounts` has it from now on."""


class PlatformKeyRing(Protocol):
    """WeChat Pay's keys, everybody's (SHARED) and merchants' own. Those go with the merchant."""

    def of(self, merchant: Merchant, at: datetime) -> PlatformKeys | None:
        """A merchant's at a moment of real time; None where they have not been made yet, or must be made anew."""

    def certificates(self, mch_id: str) -> Sequence[PlatformCertificate]:
        """A merchant's own, or SHARED ones, valid or not, the newest first."""

    def add(self, certificate: PlatformCertificate) -> None: ...
    def save(self, certificate: PlatformCertificate) -> None:
        """Keep its end, and whether it signs."""

    def public_key(self, mch_id: str) -> PublicKey | None: ...
    def keep_public_key(self, mch_id: str, key: PublicKey) -> None: ...


class OwnCertificates(Protocol):
    """The sandbox's own: its CA's, its server's."""

    def find(self, name: str) -> Certificate | None: ...
    def save(self, name: str, certificate: Certificate) -> None: ...


class Secrets(Protocol):
    """Other keys of the sandbox's own, by the name of what each is for."""

    def find(self, name: str) -> Secret | None: ...
    def save(self, name: str, value: Secret) -> None: ...


class Clocks(Protocol):
    """How people have set the sandbox's clock ("") and those of merchants."""

    def save(self, mch_id: str, setting: ClockSetting | None) -> None: ...
    def all(self) -> Mapping[str, ClockSetting]: ...
