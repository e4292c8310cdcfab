"""One transaction: what the core calls a unit of work."""

from propcache.api import cached_property
from sqlalchemy import Connection, Table, bindparam, delete, func, insert, literal_column, select

from sandbox.core.changes import AccountKind
from sandbox.core.journal import Event, Exchange
from sandbox.core.merchants import Accounts
from sandbox.core.notifications import Notification
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import ChangeSet
from sandbox.store.census import counted
from sandbox.store.holding import NOTHING, Holding
from sandbox.store.journal_tables import journal
from sandbox.store.key_tables import merchant_certificates, platform_certificates, platform_public_keys
from sandbox.store.payer_tables import auth_codes, payers
from sandbox.store.prepared import Prepared
from sandbox.store.repositories.account_changes import ChangeRepository
from sandbox.store.repositories.accounts import AppRepository, KnownAccounts, MerchantRepository
from sandbox.store.repositories.burnt_numbers import BurntNumberRepository
from sandbox.store.repositories.choices import ChoiceRepository, TallyRepository
from sandbox.store.repositories.clocks import ClockRepository
from sandbox.store.repositories.codes import CodeRepository
from sandbox.store.repositories.comments import CommentRepository
from sandbox.store.repositories.journal import JournalRepository
from sandbox.store.repositories.journal_rows import event_values, exchange_values
from sandbox.store.repositories.ledger import LedgerRepository
from sandbox.store.repositories.merchant_certificates import CertificateRepository
from sandbox.store.repositories.notifications import NotificationRepository
from sandbox.store.repositories.orders import OrderRepository
from sandbox.store.repositories.own_keys import OwnCertificateRepository, SecretRepository
from sandbox.store.repositories.payers import PayerRepository
from sandbox.store.repositories.platform_keys import PlatformKeyRepository
from sandbox.store.repositories.refunds import RefundRepository
from sandbox.store.repositories.scenarios import ApplicationRepository, ScenarioRepository
from sandbox.store.repositories.sharings import SharingRepository
from sandbox.store.repositories.short_urls import ShortUrlRepository
from sandbox.store.repositories.transfers import TransferRepository
from sandbox.store.rows import Values
from sandbox.store.scenario_tables import choices, tallies
from sandbox.store.sharing_tables import frozen_money, sharing_receivers, sharing_returns, sharings
from sandbox.store.tables import (
    account_changes,
    applications,
    apps,
    burnt_numbers,
    comments,
    ledger,
    ledger_days,
    merchants,
    notifications,
    orders,
    refunds,
    scenarios,
    short_urls,
)
from sandbox.store.transfer_tables import transfers

_add_journal = Prepared(insert(journal), [column.name for column in journal.columns if column.name != "id"])
# Compiled once too: a test run makes a merchant per test and drops it again.


def _dropping(table: Table, key: str = "mch_id") -> Prepared:
    return Prepared(delete(table).where(table.c[key] == bindparam("key")))


_OF_ORDERS = (
    *(orders, burnt_numbers, notifications, journal, refunds, transfers, ledger, ledger_days, short_urls, comments),
    *(sharings, frozen_money, sharing_returns, choices, tallies),
)
"""What a merchant has done, orders before all, and goes with them."""
_drop_of_merchant = {table.name: _dropping(table) for table in _OF_ORDERS}
_size_of_all = select(func.sum(journal.c.size))
_size_of_merchant = Prepared(_size_of_all.where(journal.c.mch_id == bindparam("key")))
_OF_MERCHANT = (
    *(merchants, merchant_certificates, platform_certificates, platform_public_keys),
    *(scenarios, applications, sharing_receivers),
)
_drop_merchant = {table.name: _dropping(table) for table in _OF_MERCHANT}
_drop_codes = Prepared(
    delete(auth_codes).where(auth_codes.c.openid.in_(select(payers.c.openid).where(payers.c.appid == bindparam("key"))))
)
_of_payers = account_changes.c.account.in_(select(payers.c.openid).where(payers.c.appid == bindparam("key")))
_drop_changes = Prepared(delete(account_changes).where(account_changes.c.kind == literal_column("'payer'"), _of_payers))
_drop_app = [_dropping(apps, "appid"), _drop_codes, _drop_changes, _dropping(payers, "appid")]


def write_lines(connection: Connection, lines: list[Values]) -> None:
    """Store what is to stand in the journal: many lines at once cost little more than one."""
    if lines:
        _add_journal.run_all(connection, lines)
        lines.clear()


class Transaction:
    """All that is read and written together. `committed` gathers what others must learn once it is on disk.

    `accounts` show what was changed here; everybody else sees it after the commit.
    """

    def __init__(
        self,
        connection: Connection,
        accounts: Accounts,
        holding: Holding = NOTHING,
        lines: list[Values] | None = None,
    ) -> None:
        """`lines` of the journal are gathered where several of these are one transaction of the database.

        Then whoever commits it stores them (`write_lines`).
        """
        self._connection = connection
        self._gathers = lines is not None
        self._lines = [] if lines is None else lines
        self._holding = holding
        self._known = KnownAccounts(accounts)
        self.committed = ChangeSet()
        self._noted: list[Event] = []
        self.recorded: list[Event | Exchange] = []
        """What was written into the journal, for those who count and log it."""

    # Each repository is made when it is asked for: there is one of these for each call, which needs one or two of them.

    @cached_property
    def orders(self) -> OrderRepository:
        return OrderRepository(self._connection, self.committed, self._holding)

    @cached_property
    def payers(self) -> PayerRepository:
        return PayerRepository(self._connection, self._holding)

    @cached_property
    def notifications(self) -> NotificationRepository:
        return NotificationRepository(self._connection, self.orders, self.committed, self._holding)

    @property
    def journal(self) -> JournalRepository:
        write_lines(self._connection, self._lines)
        return JournalRepository(self._connection, self.notifications)

    @cached_property
    def merchants(self) -> MerchantRepository:
        return MerchantRepository(self._connection, self._known, self.committed)

    @cached_property
    def apps(self) -> AppRepository:
        return AppRepository(self._connection, self._known, self.committed)

    @cached_property
    def burnt_numbers(self) -> BurntNumberRepository:
        return BurntNumberRepository(self._connection)

    @cached_property
    def refunds(self) -> RefundRepository:
        return RefundRepository(self._connection, self.committed, self._holding)

    @cached_property
    def transfers(self) -> TransferRepository:
        return TransferRepository(self._connection, self.committed, self._holding)

    @cached_property
    def sharings(self) -> SharingRepository:
        return SharingRepository(self._connection, self.committed, self._holding)

    @cached_property
    def ledger(self) -> LedgerRepository:
        return LedgerRepository(self._connection, self.committed, self._holding)

    @cached_property
    def short_urls(self) -> ShortUrlRepository:
        return ShortUrlRepository(self._connection)

    @cached_property
    def comments(self) -> CommentRepository:
        return CommentRepository(self._connection)

    @cached_property
    def codes(self) -> CodeRepository:
        return CodeRepository(self._connection, self._holding)

    @cached_property
    def account_changes(self) -> ChangeRepository:
        return ChangeRepository(self._connection)

    @cached_property
    def merchant_certificates(self) -> CertificateRepository:
        return CertificateRepository(self._connection, self.committed)

    @cached_property
    def platform_keys(self) -> PlatformKeyRepository:
        return PlatformKeyRepository(self._connection, self.committed)

    @cached_property
    def own_certificates(self) -> OwnCertificateRepository:
        return OwnCertificateRepository(self._connection)

    @cached_property
    def secrets(self) -> SecretRepository:
        return SecretRepository(self._connection)

    @cached_property
    def scenarios(self) -> ScenarioRepository:
        return ScenarioRepository(self._connection, self.committed)

    @cached_property
    def applications(self) -> ApplicationRepository:
        return ApplicationRepository(self._connection, self.committed)

    @cached_property
    def choices(self) -> ChoiceRepository:
        return ChoiceRepository(self._connection)

    @cached_property
    def tallies(self) -> TallyRepository:
        return TallyRepository(self._connection)

    @cached_property
    def clocks(self) -> ClockRepository:
        return ClockRepository(self._connection, self.committed)

    @property
    def accounts(self) -> Accounts:
        return self._known.now

    @property
    def connection(self) -> Connection:
        """For the store's own work, of which no face knows."""
        return self._connection

    def owe(self, notification: Notification) -> None:
        self.notifications.add(notification)
        self.committed.owed.append(notification)

    def note(self, event: Event) -> None:
        self._noted.append(event)
        if event.key.number:
            self.committed.orders.add(event.key)

    def finish(self) -> None:
        """Have the events written behind the call that brought them about."""
        for event in self._noted:
            self._write(event_values(event))
            self.recorded.append(event)
        self._noted.clear()
        if not self._gathers:
            write_lines(self._connection, self._lines)

    def record(self, exchange: Exchange) -> None:
        self._write(exchange_values(exchange))
        self.recorded.append(exchange)
        self._told(exchange.key)

    def _write(self, line: Values) -> None:
        self._lines.append(line)
        self.committed.lines += 1
        self.committed.bytes += line["size"]

    def forget_orders(self, mch_id: str = "") -> None:
        write_lines(self._connection, self._lines)
        there = counted(self._connection, mch_id)
        self.committed.census.orders.subtract(there.orders)
        self.committed.census.notifications.subtract(there.notifications)
        if mch_id:
            self.committed.bytes -= _size_of_merchant.run(self._connection, {"key": mch_id}).fetchone()[0] or 0
            gone = {
                name: drop.run(self._connection, {"key": mch_id}).rowcount for name, drop in _drop_of_merchant.items()
            }
        else:
            self.committed.bytes -= self._connection.execute(_size_of_all).scalar() or 0
            gone = {table.name: self._connection.execute(delete(table)).rowcount for table in _OF_ORDERS}
        self.committed.placed -= gone["orders"]
        self.committed.transfers -= gone["transfers"]
        self.committed.lines -= gone["journal"]
        self.committed.orders.add(OrderKey(mch_id, ""))
        self.committed.forgotten.add(mch_id)

    def delete_app(self, appid: str) -> None:
        for drop in _drop_app:
            drop.run(self._connection, {"key": appid})
        self.account_changes.drop(AccountKind.APP, appid)
        self.committed.apps.add(appid)
        self._known.now = self._known.now.without_app(appid)

    def delete_merchant(self, mch_id: str) -> None:
        self.forget_orders(mch_id)
        gone = {name: drop.run(self._connection, {"key": mch_id}).rowcount for name, drop in _drop_merchant.items()}
        if gone["scenarios"] or gone["applications"]:
            self.scenarios.changed()
        self.account_changes.drop(AccountKind.MERCHANT, mch_id)
        self.clocks.save(mch_id, None)
        self._known.now = self._known.now.without(mch_id)
        self.committed.account(mch_id)

    def _told(self, key: OrderKey | None) -> None:
        self.committed.calls = True
        if key is not None and key.number:
            self.committed.orders.add(key)
