"""Fixtures: a whole sandbox per test, on a free port; a merchant; an inbox for its notifications."""

import gc
import inspect
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import hypothesis
import pytest
from aiohttp import web
from coverage import Coverage
from playwright.async_api import Browser, async_playwright, expect

from sandbox.config import Settings
from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.patience import PATIENCE
from tests.support.postgresql import Cluster, Databases, cluster_of_run, own_cluster, places

if TYPE_CHECKING:
    from tests.support.databases import Place

pytest_plugins = ["tests.support.databases"]

hypothesis.settings.register_profile("busy", deadline=None)  # a machine that has much to do is no failure
hypothesis.settings.load_profile("busy")
expect.set_options(timeout=PATIENCE * 1000)

SLOW_FOLDERS = {"examples", "interop", "packaging", "process"}
"""What starts programs of other languages, builds packages, or runs sandbox or shop as a process."""
FEW = 5
"""So many sandboxes are started for a module in the fast lane: it is to be through in a minute."""
FAST = pytest.StashKey[dict[Path, int]]()
"""Of each module that was collected, how many of its tests are in the fast lane."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark as `slow` what the fast lane leaves out, beside what is marked where it stands.

    Those folders, what a browser shows, what runs on SQLite too, of each table whose rows call a sandbox all but the
    first, and of a module whose tests each start one all but the first few.
    """
    from tests.support.databases import (
        folder_of,
        on_postgresql,
    )  # a plugin, whose assertions pytest is to rewrite first

    rows: Counter[str] = Counter()
    starts: Counter[Path] = Counter()
    config.stash[FAST] = {}
    for item in items:
        assert isinstance(item, pytest.Function)
        table = item.nodeid.partition("[")[0]
        rows[table] += 1
        further = rows[table] > 1 and inspect.iscoroutinefunction(item.function)
        if "server" in item.fixturenames and not further:
            starts[item.path] += 1
            further = starts[item.path] > FEW
        further |= "chromium" in item.fixturenames or on_postgresql(item)
        if folder_of(item.path) in SLOW_FOLDERS or further:
            item.add_marker(pytest.mark.slow)
        fast = item.get_closest_marker("slow") is None
        config.stash[FAST][item.path] = config.stash[FAST].get(item.path, 0) + fast


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """In CI, where the whole is run and coverage is that of the fast lane, what is slow is not measured, nor slowed.

    What a slow test starts for its module stays unmeasured in those after it: the figure may be too low, not too high.
    """
    measuring = Coverage.current() if os.environ.get("CI") and item.get_closest_marker("slow") else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def settings() -> dict[str, object]:
    """What differs from the defaults; a test module may override it."""
    return {}


@pytest.fixture
async def server(database: "Place", settings: dict[str, object]) -> AsyncIterator[Server]:
    """A sandbox with the default merchant."""
    running = await Server.start(Settings(**{"port": 0, **database, **settings}))
    yield running
    await running.stop()


@pytest.fixture(scope="module")
async def shared_server(shared_database: "Place") -> AsyncIterator[Server]:
    """One sandbox for all tests of a module, which therefore must not depend on each other's orders."""
    running = await Server.start(Settings(port=0, **shared_database))
    yield running
    await running.stop()


@pytest.fixture
async def session(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as open_session:
        yield open_session


@pytest.fixture
def control(session: aiohttp.ClientSession) -> Control:
    return Control(session)


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    """Receives notifications; answers SUCCESS until told otherwise."""
    received = Inbox()
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_route("*", "/notify", received.handle)
    app.router.add_route("*", "/hang", received.hang)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    received.url = f"http://127.0.0.1:{runner.addresses[0][1]}/notify"
    yield received
    received.released.set()
    if received.gate is not None:
        received.gate.set()
    await runner.cleanup()


@pytest.fixture
def merchant(session: aiohttp.ClientSession, inbox: Inbox) -> Merchant:
    """The default merchant."""
    return Merchant(
        session, "1900000109", "wx8888888888888888", "sandboxv2key00000000000000000000", notify_url=inbox.url
    )


def need(program: str, package: str, places: str | None = None) -> str:
    """The path of a program that a machine may lack: skips the test saying what to install; in CI it fails."""
    found = shutil.which(program, path=places)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{program} is missing: apt-get install {package}")
    return found


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The run's PostgreSQL, one for all workers."""
    need("initdb", "postgresql", places())
    own = tmp_path_factory.getbasetemp()
    with cluster_of_run(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) as databases:
        yield databases


@pytest.fixture
async def postgresql_url(postgresql: Databases) -> AsyncIterator[str]:
    """An empty database of PostgreSQL."""
    async with postgresql.empty() as url:
        yield url


@pytest.fixture(scope="module")
async def shared_postgresql_url(postgresql: Databases) -> AsyncIterator[str]:
    """One, empty at first, for all tests of a module."""
    async with postgresql.empty() as url:
        yield url


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of the test's own, to be stopped, killed and started again."""
    need("initdb", "postgresql", places())
    with own_cluster() as running:
        yield running


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """A real Chromium, without the connections of its own that it makes otherwise.

    It is the one without windows where there is one: half the work.
    """
    program = shutil.which("chromium-headless-shell") or need("chromium", "chromium-headless-shell")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=program, args=arguments)
        yield opened
        await opened.close()


@pytest.fixture
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """The module's Chromium, in which no test finds a context of another: its start takes longer than most tests."""
    yield chromium
    for context in chromium.contexts:
        await context.close()
