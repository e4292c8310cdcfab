"""Fixtures: a store in a file, with a merchant in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.store import Store
from tests.store.helpers import open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path)
    yield opened
    await opened.close()
