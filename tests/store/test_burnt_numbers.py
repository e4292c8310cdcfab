"""Burnt numbers as they are kept."""

from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import UnitOfWork
from sandbox.store.repositories.burnt_numbers import KEPT
from sandbox.store.tables import burnt_numbers
from sandbox.store.transaction import Transaction
from tests.store.helpers import MCH_ID, NOON, numbered, open_store
from tests.support.databases import Place


def number(n: int) -> OrderKey:
    return OrderKey(MCH_ID, f"NUMBER{n}", "1900000201")


async def test_they_are_kept_over_a_restart_each_with_its_sub_merchant(kept_database: Place) -> None:
    store = await open_store(kept_database)
    await store.write(lambda tx: tx.burnt_numbers.add(number(1), NOON))
    await store.close()
    store = await open_store(kept_database)
    assert await store.read(lambda tx: tx.burnt_numbers.has(number(1)))
    assert not await store.read(lambda tx: tx.burnt_numbers.has(OrderKey(MCH_ID, "NUMBER1")))
    await store.close()


async def test_the_oldest_are_forgotten(kept_database: Place) -> None:
    store = await open_store(kept_database)

    def later(tx: UnitOfWork) -> None:
        assert isinstance(tx, Transaction)
        numbered(tx, burnt_numbers, KEPT, mch_id=MCH_ID, out_trade_no="LAST01", sub_mch_id="", at=NOON)

    def burn(tx: UnitOfWork) -> None:
        tx.burnt_numbers.add(number(1), NOON)

    await store.write(burn)
    await store.write(later)
    assert await store.read(lambda tx: tx.burnt_numbers.has(number(1)))
    await store.write(lambda tx: tx.burnt_numbers.add(number(2), NOON))
    found = await store.read(lambda tx: [tx.burnt_numbers.has(number(n)) for n in (1, 2)])
    assert found == [False, True]
    await store.close()
