"""One transaction for all who ask at the same time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from sandbox.core.errors import StorageFailed
from sandbox.core.ports.storage import UnitOfWork
from sandbox.delivery.together import MOST, Together
from sandbox.store import Store
from sandbox.store.sqlite.database import FILE_NAME
from tests.store.helpers import open_store
from tests.support.databases import Place


@pytest.fixture
async def store(kept_database: Place) -> AsyncIterator[Store]:
    opened = await open_store(kept_database)
    yield opened
    await opened.close()


async def ask(store: Store, *asked: str) -> tuple[list[str | BaseException], list[int]]:
    """What each is given by one that makes capitals, and how many were asked for in each transaction."""
    sizes = []

    def capitals(tx: UnitOfWork, some: Sequence[str]) -> Sequence[str]:
        sizes.append(len(some))
        return [one.encode("ascii").decode().upper() for one in some]

    together = Together(store.write, capitals)
    return await asyncio.gather(*map(together.ask, asked), return_exceptions=True), sizes


async def test_who_asks_at_the_same_time_shares_a_transaction(store: Store) -> None:
    assert await ask(store, "a", "b", "c") == (["A", "B", "C"], [3])


async def test_many_have_several(store: Store) -> None:
    given, sizes = await ask(store, *["a"] * (MOST + 1))
    assert given == ["A"] * (MOST + 1)
    assert sizes == [MOST, 1]


async def test_a_fault_that_one_meets_costs_no_other(store: Store) -> None:
    (first, second, third), sizes = await ask(store, "a", "ä", "c")
    assert (first, third) == ("A", "C")
    assert isinstance(second, UnicodeEncodeError)
    assert sizes == [3, 1, 1, 1]


@pytest.mark.sqlite_only("the file is moved away")
async def test_what_the_storage_refuses_is_refused_to_all_and_asked_for_anew(store: Store, tmp_path: Path) -> None:
    together = Together[str, str](store.write, lambda tx, some: some)
    (tmp_path / FILE_NAME).rename(tmp_path / "elsewhere")
    refused = await asyncio.gather(*map(together.ask, "abc"), return_exceptions=True)
    (tmp_path / "elsewhere").rename(tmp_path / FILE_NAME)
    assert [type(one) for one in refused] == [StorageFailed] * 3
    assert await together.ask("d") == "d"


async def test_who_is_cut_off_takes_nobody_along(store: Store) -> None:
    together = Together[str, str](store.write, lambda tx, some: some)
    asking = [asyncio.ensure_future(together.ask(one)) for one in "ab"]
    await asyncio.sleep(0)
    asking[0].cancel()
    assert await asking[1] == "b"
