"""Fixtures: a store in a file, with a merchant in it."""

from collections.abc import AsyncIterator

import pytest

from sandbox.store import Store
from tests.store.helpers import open_store
from tests.support.databases import Place


@pytest.fixture
async def store(kept_database: Place) -> AsyncIterator[Store]:
    opened = await open_store(kept_database)
    yield opened
    await opened.close()
