"""Merchants and apps. All of them are in memory too, where everybody reads them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from sandbox.core.merchants import (
    Accounts,
    App,
    AppKind,
    Capability,
    FormerKey,
    Merchant,
    ProductState,
    Review,
    Secret,
    SubMerchant,
    Wording,
)
from sandbox.core.platform_keys import PlatformIdentity
from sandbox.core.ports.storage import ChangeSet
from sandbox.store.prepared import Prepared
from sandbox.store.rows import AnyRow, Values
from sandbox.store.tables import apps, merchants


class _Kept:
    """Rows that one column names: added, changed where they stand (lists keep their order), dropped."""

    def __init__(self, table: Table, key: str) -> None:
        names = [column.name for column in table.columns if column.name != "seq"]
        self._key = key
        self._add = Prepared(insert(table), names)
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names if name != key}
        self._change = Prepared(update(table).where(table.c[key] == bindparam("key")).values(changed))

    def add(self, connection: Connection, values: Values) -> None:
        self._add.run(connection, values)

    def change(self, connection: Connection, values: Values) -> None:
        self._change.run(connection, {"key": values[self._key], **{f"new_{name}": values[name] for name in values}})


_merchants = _Kept(merchants, "mch_id")
_apps = _Kept(apps, "appid")


@dataclass(slots=True)
class KnownAccounts:
    """The accounts as one transaction has them."""

    now: Accounts


class MerchantRepository:
    def __init__(self, connection: Connection, known: KnownAccounts, committed: ChangeSet) -> None:
        self._connection, self._known, self._committed = connection, known, committed

    def save(self, merchant: Merchant) -> None:
        keep = _merchants.change if merchant.mch_id in self._known.now.merchants else _merchants.add
        keep(self._connection, merchant_values(merchant))
        self._known.now = self._known.now.having(merchant)
        self._committed.account(merchant.mch_id)


class AppRepository:
    def __init__(self, connection: Connection, known: KnownAccounts, committed: ChangeSet) -> None:
        self._connection, self._known, self._committed = connection, known, committed

    def save(self, app: App) -> None:
        keep = _apps.change if app.appid in self._known.now.apps else _apps.add
        keep(self._connection, app_values(app))
        self._known.now = self._known.now.having(app)
        self._committed.apps.add(app.appid)


def load_accounts(connection: Connection) -> Accounts:
    """All that are kept, in the order in which they came."""
    return Accounts(
        [merchant_of(row) for row in connection.execute(select(merchants).order_by(merchants.c.seq))],
        [app_of(row) for row in connection.execute(select(apps).order_by(apps.c.seq))],
    )


def load_some(connection: Connection, known: Accounts, mch_ids: Collection[str], appids: Collection[str]) -> Accounts:
    """The accounts that are known, with some of them as they are now."""
    now = known
    if mch_ids:
        query = select(merchants).where(merchants.c.mch_id.in_(mch_ids)).order_by(merchants.c.seq)
        found = {row.mch_id: merchant_of(row) for row in connection.execute(query)}
        kept = {**{name: one for name, one in now.merchants.items() if name in found or name not in mch_ids}, **found}
        now = Accounts(kept.values(), now.apps.values())
    if appids:
        apps_now = select(apps).where(apps.c.appid.in_(appids)).order_by(apps.c.seq)
        those = {row.appid: app_of(row) for row in connection.execute(apps_now)}
        rest = {**{name: one for name, one in now.apps.items() if name in those or name not in appids}, **those}
        now = Accounts(now.merchants.values(), rest.values())
    return now


def merchant_values(merchant: Merchant) -> Values:
    return {
        "mch_id": merchant.mch_id,
        "name": merchant.name,
        "appids": list(merchant.appids),
        "api_key": str(merchant.api_key),
        "api_v3_key": str(merchant.api_v3_key),
        "products": {name: state.value for name, state in merchant.products.items()},
        "service_provider": merchant.service_provider,
        "sub_merchants": [_sub_merchant_values(sub) for sub in merchant.sub_merchants],
        "notify_url": merchant.notify_url,
        "refund_notify_url": merchant.refund_notify_url,
        "native_callback_url": merchant.native_callback_url,
        "rate": merchant.rate,
        "former_keys": [[str(one.key), one.replaced_at] for one in merchant.former_keys],
        "jsapi_directories": list(merchant.jsapi_directories),
        "h5_domains": list(merchant.h5_domains),
        "h5_check_ip": merchant.h5_check_ip,
        "wording": merchant.wording,
        "platform_identity": merchant.platform_identity.value,
        "separate_platform_keys": merchant.separate_platform_keys,
        "sharing_notify_url": merchant.sharing_notify_url,
        "sharing_ratio": merchant.sharing_ratio,
    }


def _sub_merchant_values(sub: SubMerchant) -> list[Any]:
    return [sub.sub_mch_id, list(sub.sub_appids), {name: state.value for name, state in sub.products.items()}]


def _sub_merchant_of(
    sub_mch_id: str, sub_appids: Sequence[str], products: Mapping[str, str] = MappingProxyType({})
) -> SubMerchant:
    """Those that were stored before the third revision have no products."""
    opened = {name: ProductState(state) for name, state in products.items()}
    return SubMerchant(sub_mch_id, tuple(sub_appids), opened)


def merchant_of(row: AnyRow) -> Merchant:
    return Merchant(
        mch_id=row.mch_id,
        name=row.name,
        appids=tuple(row.appids),
        api_key=Secret(row.api_key),
        api_v3_key=Secret(row.api_v3_key),
        products={name: ProductState(state) for name, state in row.products.items()},
        service_provider=row.service_provider,
        sub_merchants=tuple(_sub_merchant_of(*values) for values in row.sub_merchants),
        notify_url=row.notify_url,
        refund_notify_url=row.refund_notify_url,
        native_callback_url=row.native_callback_url,
        rate=row.rate,
        former_keys=tuple(FormerKey(Secret(key), datetime.fromisoformat(at)) for key, at in row.former_keys),
        jsapi_directories=tuple(row.jsapi_directories),
        h5_domains=tuple(row.h5_domains),
        h5_check_ip=row.h5_check_ip,
        wording=row.wording and Wording(row.wording),
        platform_identity=PlatformIdentity(row.platform_identity),
        separate_platform_keys=row.separate_platform_keys,
        sharing_notify_url=row.sharing_notify_url,
        sharing_ratio=row.sharing_ratio,
    )


def app_values(app: App) -> Values:
    return {
        "appid": app.appid,
        "name": app.name,
        "kind": app.kind.value,
        "package_name": app.package_name,
        "app_signature": app.app_signature,
        "bundle_id": app.bundle_id,
        "universal_link": app.universal_link,
        "payment": app.payment.value,
        "review": app.review.value,
    }


def app_of(row: AnyRow) -> App:
    return App(
        appid=row.appid,
        name=row.name,
        kind=AppKind(row.kind),
        package_name=row.package_name,
        app_signature=row.app_signature,
        bundle_id=row.bundle_id,
        universal_link=row.universal_link,
        payment=Capability(row.payment),
        review=Review(row.review),
    )
