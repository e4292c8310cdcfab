"""One transaction: what the core calls a unit of work."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, insert, literal_column, select, update
from sqlalchemy.sql.elements import ColumnElement

from sandbox.core.certificates import Certificate
from sandbox.core.changes import AccountKind
from sandbox.core.clock import ClockSetting
from sandbox.core.journal import Event, Exchange
from sandbox.core.merchants import Accounts, App, Merchant, Secret
from sandbox.core.notifications import Notification
from sandbox.core.orders import OrderKey
from sandbox.core.ports.storage import ChangeSet
from sandbox.core.scenarios import Application, Scenario
from sandbox.store import rows
from sandbox.store.certificates import CertificateRepository
from sandbox.store.changes import ChangeRepository
from sandbox.store.codes import CodeRepository
from sandbox.store.money import LedgerRepository, RefundRepository
from sandbox.store.prepared import Prepared
from sandbox.store.repositories import JournalRepository, NotificationRepository, OrderRepository, PayerRepository
from sandbox.store.sayings import CommentRepository, ShortUrlRepository
from sandbox.store.tables import (
    account_changes,
    applications,
    apps,
    auth_codes,
    certificates,
    clocks,
    comments,
    journal,
    ledger,
    merchant_certificates,
    merchants,
    notifications,
    orders,
    payers,
    refunds,
    scenarios,
    secrets,
    short_urls,
)

_add_journal = Prepared(insert(journal), [column.name for column in journal.columns if column.name != "id"])

# Compiled once too: a test run makes a merchant per test and drops it again.


class _Kept:
    """Rows that one column names: added, changed where they stand (lists keep their order), dropped."""

    def __init__(self, table: Table, key: str) -> None:
        names = [column.name for column in table.columns if column.name != "seq"]
        self._key = key
        self._add = Prepared(insert(table), names)
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names if name != key}
        self._change = Prepared(update(table).where(table.c[key] == bindparam("key")).values(changed))

    def add(self, connection: Connection, values: rows.Values) -> None:
        self._add.run(connection, values)

    def change(self, connection: Connection, values: rows.Values) -> None:
        self._change.run(connection, {"key": values[self._key], **{f"new_{name}": values[name] for name in values}})


def _dropping(table: Table, key: str = "mch_id") -> Prepared:
    return Prepared(delete(table).where(table.c[key] == bindparam("key")))


_merchants = _Kept(merchants, "mch_id")
_apps = _Kept(apps, "appid")
_OF_ORDERS = (orders, notifications, journal, refunds, ledger, short_urls, comments)
"""What belongs to a merchant's orders, and goes with them."""
_drop_of_merchant = {table.name: _dropping(table) for table in _OF_ORDERS}
_size_of_all = select(func.sum(journal.c.size))
_size_of_merchant = Prepared(_size_of_all.where(journal.c.mch_id == bindparam("key")))
_drop_merchant = [_dropping(table) for table in (merchants, merchant_certificates, scenarios, applications)]
_drop_codes = Prepared(
    delete(auth_codes).where(auth_codes.c.openid.in_(select(payers.c.openid).where(payers.c.appid == bindparam("key"))))
)
_of_payers = account_changes.c.account.in_(select(payers.c.openid).where(payers.c.appid == bindparam("key")))
_drop_changes = Prepared(delete(account_changes).where(account_changes.c.kind == literal_column("'payer'"), _of_payers))
_drop_app = [_dropping(apps, "appid"), _drop_codes, _drop_changes, _dropping(payers, "appid")]
_drop_clock = _dropping(clocks)


class Transaction:
    """All that is read and written together. `committed` gathers what others must learn once it is on disk.

    `accounts` show what was changed here; everybody else sees it after the commit.
    """

    def __init__(self, connection: Connection, accounts: Accounts) -> None:
        self._connection = connection
        self.accounts = accounts
        self.committed = ChangeSet()
        self._noted: list[Event] = []
        self.recorded: list[Event | Exchange] = []
        """What was written into the journal, for those who count and log it."""
        self.orders = OrderRepository(connection, self.committed)
        self.payers = PayerRepository(connection)
        self.notifications = NotificationRepository(connection, self.orders)
        self.refunds = RefundRepository(connection, self.committed)
        self.ledger = LedgerRepository(connection, self.committed)
        self.short_urls = ShortUrlRepository(connection)
        self.comments = CommentRepository(connection)
        self.codes = CodeRepository(connection)
        self.account_changes = ChangeRepository(connection)
        self.merchant_certificates = CertificateRepository(connection, self.committed)
        self.journal = JournalRepository(connection, self.notifications)

    @property
    def connection(self) -> Connection:
        """For the store's own work, of which no face knows."""
        return self._connection

    def owe(self, notification: Notification) -> None:
        self.notifications.add(notification)
        self.committed.owed.append(notification)

    def note(self, event: Event) -> None:
        self._noted.append(event)
        if event.key.out_trade_no:
            self.committed.orders.add(event.key)

    def finish(self) -> None:
        """Write the events behind the call that brought them about."""
        for event in self._noted:
            self._write(rows.event_values(event))
            self.recorded.append(event)
        self._noted.clear()

    def record(self, exchange: Exchange) -> None:
        self._write(rows.exchange_values(exchange))
        self.recorded.append(exchange)
        self._told(exchange.key)

    def _write(self, line: rows.Values) -> None:
        _add_journal.run(self._connection, line)
        self.committed.lines += 1
        self.committed.bytes += line["size"]

    def save_merchant(self, merchant: Merchant) -> None:
        keep = _merchants.change if merchant.mch_id in self.accounts.merchants else _merchants.add
        keep(self._connection, rows.merchant_values(merchant))
        self.accounts = self.accounts.having(merchant)
        self.committed.merchants.add(merchant.mch_id)

    def save_app(self, app: App) -> None:
        keep = _apps.change if app.appid in self.accounts.apps else _apps.add
        keep(self._connection, rows.app_values(app))
        self.accounts = self.accounts.having(app)

    def save_scenario(self, scenario: Scenario) -> None:
        named = and_(scenarios.c.mch_id == scenario.mch_id, scenarios.c.name == scenario.name)
        values = {"mch_id": scenario.mch_id, "name": scenario.name, "definition": dict(scenario.definition)}
        self._put(scenarios, named, values)
        self.committed.scenarios = True

    def delete_scenario(self, mch_id: str, name: str) -> None:
        named = and_(scenarios.c.mch_id == mch_id, scenarios.c.name == name)
        self._connection.execute(delete(scenarios).where(named))
        self.committed.scenarios = True

    def scenarios(self) -> Sequence[tuple[str, str, Mapping[str, Any]]]:
        found = self._connection.execute(select(scenarios).order_by(scenarios.c.seq))
        return [(row.mch_id, row.name, row.definition) for row in found]

    def save_application(self, application: Application) -> None:
        self.delete_application(application)
        self._connection.execute(insert(applications), rows.application_values(application))

    def delete_application(self, application: Application) -> None:
        values = rows.application_values(application)
        same = and_(*[applications.c[name] == value for name, value in values.items()])
        self._connection.execute(delete(applications).where(same))
        self.committed.scenarios = True

    def applications(self) -> Sequence[Application]:
        found = self._connection.execute(select(applications).order_by(applications.c.seq))
        return [rows.application_of(row) for row in found]

    def save_clock(self, mch_id: str, setting: ClockSetting | None) -> None:
        _drop_clock.run(self._connection, {"key": mch_id})
        if setting is not None:
            self._connection.execute(insert(clocks), rows.clock_values(mch_id, setting))
        self.committed.clocks = True

    def clocks(self) -> Mapping[str, ClockSetting]:
        return {row.mch_id: rows.clock_of(row) for row in self._connection.execute(select(clocks))}

    def certificate(self, name: str) -> Certificate | None:
        row = self._connection.execute(select(certificates).where(certificates.c.name == name)).first()
        return None if row is None else Certificate(row.serial_no, row.certificate, row.private_key)

    def save_certificate(self, name: str, certificate: Certificate) -> None:
        self._connection.execute(delete(certificates).where(certificates.c.name == name))
        self._connection.execute(
            insert(certificates),
            {
                "name": name,
                "serial_no": certificate.serial_no,
                "certificate": certificate.certificate,
                "private_key": certificate.private_key,
            },
        )

    def secret(self, name: str) -> Secret | None:
        value = self._connection.execute(select(secrets.c.value).where(secrets.c.name == name)).scalar()
        return None if value is None else Secret(value)

    def save_secret(self, name: str, value: Secret) -> None:
        self._put(secrets, secrets.c.name == name, {"name": name, "value": str(value)})

    def forget_orders(self, mch_id: str = "") -> None:
        if mch_id:
            self.committed.bytes -= _size_of_merchant.run(self._connection, {"key": mch_id}).fetchone()[0] or 0
            gone = {
                name: drop.run(self._connection, {"key": mch_id}).rowcount for name, drop in _drop_of_merchant.items()
            }
        else:
            self.committed.bytes -= self._connection.execute(_size_of_all).scalar() or 0
            gone = {table.name: self._connection.execute(delete(table)).rowcount for table in _OF_ORDERS}
        self.committed.placed -= gone["orders"]
        self.committed.lines -= gone["journal"]
        self.committed.orders.add(OrderKey(mch_id, ""))
        self.committed.forgotten.add(mch_id)

    def delete_app(self, appid: str) -> None:
        for drop in _drop_app:
            drop.run(self._connection, {"key": appid})
        self.account_changes.drop(AccountKind.APP, appid)
        self.accounts = self.accounts.without_app(appid)

    def delete_merchant(self, mch_id: str) -> None:
        self.forget_orders(mch_id)
        for drop in _drop_merchant:
            drop.run(self._connection, {"key": mch_id})
        self.account_changes.drop(AccountKind.MERCHANT, mch_id)
        self.save_clock(mch_id, None)
        self.accounts = self.accounts.without(mch_id)
        self.committed.merchants.add(mch_id)

    def _put(self, table: Table, named: ColumnElement[bool], values: rows.Values) -> None:
        """Change a row where it stands, or add it: lists keep their order."""
        if self._connection.execute(update(table).where(named).values(values)).rowcount == 0:
            self._connection.execute(insert(table), values)

    def _told(self, key: OrderKey | None) -> None:
        self.committed.calls = True
        if key is not None and key.out_trade_no:
            self.committed.orders.add(key)
