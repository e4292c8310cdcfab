"""Burnt numbers as they are kept."""

from pathlib import Path

from sqlalchemy import insert

from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import UnitOfWork
from sandbox.store.repositories.burnt_numbers import KEPT
from sandbox.store.tables import burnt_numbers
from sandbox.store.transaction import Transaction
from tests.store.helpers import MCH_ID, NOON, open_store


def number(n: int) -> OrderKey:
    return OrderKey(MCH_ID, f"NUMBER{n}", "1900000201")


async def test_they_are_kept_over_a_restart_each_with_its_sub_merchant(tmp_path: Path) -> None:
    store = await open_store(tmp_path)
    await store.write(lambda tx: tx.burnt_numbers.add(number(1), NOON))
    await store.close()
    store = await open_store(tmp_path)
    assert await store.read(lambda tx: tx.burnt_numbers.has(number(1)))
    assert not await store.read(lambda tx: tx.burnt_numbers.has(OrderKey(MCH_ID, "NUMBER1")))
    await store.close()


async def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    store = await open_store(tmp_path)

    def later(tx: UnitOfWork) -> None:
        assert isinstance(tx, Transaction)
        last = {"id": KEPT, "mch_id": MCH_ID, "out_trade_no": "LAST01", "sub_mch_id": "", "at": NOON}
        tx.connection.execute(insert(burnt_numbers), last)

    def burn(tx: UnitOfWork) -> None:
        tx.burnt_numbers.add(number(1), NOON)

    await store.write(burn)
    await store.write(later)
    assert await store.read(lambda tx: tx.burnt_numbers.has(number(1)))
    await store.write(lambda tx: tx.burnt_numbers.add(number(2), NOON))
    found = await store.read(lambda tx: [tx.burnt_numbers.has(number(n)) for n in (1, 2)])
    assert found == [False, True]
    await store.close()
