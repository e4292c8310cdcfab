"""Payers."""

from sqlalchemy import Connection, bindparam, insert, select, update

from sandbox.core.payers import Card, Payer
from sandbox.core.ports.queries import Page
from sandbox.store.holding import Holding
from sandbox.store.paging import Asked, page
from sandbox.store.payer_tables import payers
from sandbox.store.prepared import Prepared, PreparedQuery
from sandbox.store.rows import AnyRow, Values

_PAYER_COLUMNS = ("openid", "appid", "balance_fen", "device", "logged_in", "wechat_version", "cards")
_find_payer = PreparedQuery(select(payers).where(payers.c.openid == bindparam("id")))
_first_payer = PreparedQuery(select(payers).where(payers.c.appid == bindparam("id")).order_by(payers.c.id).limit(1))
_save_payer = Prepared(
    update(payers)
    .where(payers.c.openid == bindparam("key_openid"))
    .values({name: bindparam(f"new_{name}") for name in _PAYER_COLUMNS if name != "openid"})
)
_add_payer = Prepared(insert(payers), list(_PAYER_COLUMNS))


class PayerRepository:
    def __init__(self, connection: Connection, holding: Holding) -> None:
        self._connection, self._holding = connection, holding

    def find(self, openid: str) -> Payer | None:
        return _one(_find_payer.first(self._connection, {"id": openid}))

    def hold(self, openid: str) -> Payer | None:
        return _one(self._holding.first(_find_payer, self._connection, {"id": openid}))

    def first_of(self, appid: str) -> Payer | None:
        return _one(_first_payer.first(self._connection, {"id": appid}))

    def page(self, cursor: str | None, limit: int) -> Page[Payer]:
        return page(self._connection, payers.c.id, Asked(), cursor, limit, payer_of)

    def save(self, payer: Payer) -> None:
        row = payer_values(payer)
        values = {"key_openid": payer.openid, **{f"new_{name}": value for name, value in row.items()}}
        if _save_payer.run(self._connection, values).rowcount == 0:
            _add_payer.run(self._connection, row)


def _one(row: AnyRow | None) -> Payer | None:
    return None if row is None else payer_of(row)


def payer_values(payer: Payer) -> Values:
    return {
        "openid": payer.openid,
        "appid": payer.appid,
        "balance_fen": payer.balance_fen,
        "device": payer.device,
        "logged_in": payer.logged_in,
        "wechat_version": payer.wechat_version,
        "cards": None if payer.cards is None else [[card.bank_type, card.balance_fen] for card in payer.cards],
    }


def payer_of(row: AnyRow) -> Payer:
    return Payer(
        openid=row.openid,
        appid=row.appid,
        balance_fen=row.balance_fen,
        device=row.device,
        logged_in=row.logged_in,
        wechat_version=row.wechat_version,
        cards=cards_of(row.cards),
    )


def cards_of(kept: list[tuple[str, int | None]] | None) -> tuple[Card, ...] | None:
    return None if kept is None else tuple(Card(*card) for card in kept)
