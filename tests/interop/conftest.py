"""One sandbox for the module with every way in; one shop after the other, for each library and way."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.core.usecases.accounts import DEFAULT_MERCHANT
from tests.interop.libraries import Library, Way
from tests.interop.report import PROPERTY, Report
from tests.interop.shops import Sandbox, Shop, hosts_refused
from tests.interop.toolchains import command_for, warm
from tests.interop.trade import Trade
from tests.support.control import Control
from tests.support.process import SandboxProcess, run_command


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--interop-report", type=Path, help="write which library passed which flow to this file")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--interop-report", None)
    if path is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Report(path))


@pytest.fixture(autouse=True)
def told(request: pytest.FixtureRequest, record_property: object) -> None:
    """What the test proves stands in its report."""
    mark = request.node.get_closest_marker("interop")
    if mark is not None:
        library, entry, *flows = mark.args
        told = [str(library.face), library.name, entry, [str(flow) for flow in flows]]
        record_property(PROPERTY, told)  # type: ignore[operator]  # plain strings: workers send nothing else


@pytest.fixture(scope="module")
async def sandbox(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """HTTP, HTTPS and proxy; on a loopback address of its own, so that workers do not meet at port 443."""
    data, pid = tmp_path_factory.mktemp("sandbox"), os.getpid()
    address = f"127.86.{pid // 250 % 250}.{pid % 250 + 1}"
    no_hosts = hosts_refused(address)
    listening = ["--port", "0", "--proxy-port", "0", "--proxy-only"]
    listening += [] if no_hosts else ["--host", address, "--https-port", "443"]
    async with SandboxProcess(data, *listening) as process:
        warm(request.config.cache.mkdir("interop"))  # not before: it would be the start that is slow
        environment = await _exported(data, tmp_path_factory.mktemp("merchant"))
        yield Sandbox(process.url, address, data, Path(process.ready["ca"]), environment, no_hosts)


async def _exported(data: Path, folder: Path) -> dict[str, str]:
    """What `merchant export` gives a merchant, as environment: settings.env, and where the certificates are."""
    status, _, errors = await run_command(
        "merchant", "export", DEFAULT_MERCHANT.mch_id, str(folder), "--data-dir", str(data)
    )
    assert status == 0, errors
    settings = dict(line.split("=", 1) for line in (folder / "settings.env").read_text().splitlines())
    return {**settings, "WXPAY_FILES": str(folder)}


def required(way: Way, sandbox: Sandbox) -> None:
    """Skip the test where its way in cannot be gone on this machine; in CI it fails."""
    if way is Way.HOSTS and sandbox.no_hosts:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(sandbox.no_hosts)


@pytest.fixture(scope="module")
async def trade(request: pytest.FixtureRequest, sandbox: Sandbox) -> AsyncIterator[Trade]:
    """The parameter is a library and its way in."""
    library: Library
    way: Way
    library, way = request.param
    required(way, sandbox)
    command = command_for(library, request.config.cache.mkdir("interop"))
    async with aiohttp.ClientSession(sandbox.url) as session, Shop(command, way, sandbox) as shop:
        control = Control(session)
        yield Trade(shop, control)
        await control.post("/clock", {"reset": True})  # wechatpy sends time_expire by its own clock
