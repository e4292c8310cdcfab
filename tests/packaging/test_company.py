"""What compose.postgresql.yaml starts, without a container engine.

Two processes as the image starts them, with the environment that the file gives them, on a database that was made as
docs/deploy.md says, behind nginx with the file's configuration.
"""

import re
import secrets
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import yaml

from sandbox.control.orders.handlers import LONGEST_WAIT
from sandbox.web.proof import FIELD
from tests.conftest import need
from tests.control.test_watching import next_event
from tests.packaging.test_container import as_in_the_image
from tests.support.balancer import CONFIGURATION, balancer, free_ports, name_server
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.postgresql import Databases
from tests.support.process import ROOT, SandboxProcess
from tests.support.v3 import V3Merchant

COMPOSE, GUIDE = ROOT / "compose.postgresql.yaml", ROOT / "docs" / "deploy.md"
ADDRESSES = ("127.0.0.2", "127.0.0.3")
"""Of the sandboxes, whose ports are the same."""
TOKEN = "token-of-the-company"
pytestmark = [
    pytest.mark.skipif(not COMPOSE.exists(), reason="the recipes are not installed; run it in a checkout"),
    pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address of this machine on Linux alone"),
]


@dataclass
class Company:
    """Two sandboxes and the ways in, by the ports that nginx.conf names."""

    sandboxes: list[SandboxProcess]
    ports: dict[int, int]

    def url(self, port: int, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.ports[port]}"


def services() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text())["services"])


def filled(text: str, values: dict[str, str]) -> str:
    """A value of the compose file with its variables: ${NAME:?why}, ${NAME:-default}."""

    def value(found: re.Match[str]) -> str:
        name, rule, rest = found.groups()
        assert rule == ":-" or name in values, f"{name} has no value, and must have one"
        return values.get(name) or rest

    return re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", value, text)


@asynccontextmanager
async def set_up(postgresql: Databases) -> AsyncIterator[str]:
    """A database as the guide says; gives its URL, but for the scheme."""
    import asyncpg

    name = f"wxpay_{secrets.token_hex(6)}"  # another worker may have one
    (statements,) = re.findall(r"```sql\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    server = await asyncpg.connect(postgresql.url("postgres"))
    for statement in filter(str.strip, statements.replace("wxpay", name).split(";")):
        await server.execute(statement)
    try:
        yield f"{name}:PASSWORD@{urlsplit(postgresql.address).netloc.rpartition('@')[2]}/{name}"
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.execute(f"DROP ROLE {name}")
        await server.close()


@pytest.fixture(scope="module")
async def company(postgresql: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    nginx = need("nginx", "nginx libnginx-mod-stream")
    http, https, proxy = free_ports(3, *ADDRESSES)
    listening = ("--port", str(http), "--https-port", str(https), "--proxy-port", str(proxy))
    given = {"POSTGRES_PASSWORD": "PASSWORD", "WXPAY_SANDBOX_ADMIN_TOKEN": TOKEN}
    environment = {name: filled(value, given) for name, value in services()["sandbox"]["environment"].items()}
    in_compose = environment.pop("WXPAY_SANDBOX_DATABASE")
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(set_up(postgresql))
        assert in_compose == "postgresql://wxpay:PASSWORD@postgresql/wxpay"
        environment["WXPAY_SANDBOX_DATABASE"] = f"postgresql://{here}"
        sandboxes = []
        for address in ADDRESSES:
            folder = tmp_path_factory.mktemp("data")
            sandbox = as_in_the_image(folder, *listening, "--host", address, **environment)
            sandboxes.append(await stack.enter_async_context(sandbox))
        names, ports = await stack.enter_async_context(name_server(*ADDRESSES)), {8686: http, 8687: https, 8688: proxy}
        yield Company(sandboxes, stack.enter_context(balancer(nginx, tmp_path_factory.mktemp("nginx"), names, ports)))


@pytest.fixture
async def session(company: Company) -> AsyncIterator[aiohttp.ClientSession]:
    """A program that calls nginx, on a new connection each time, as many programs would."""
    connector = aiohttp.TCPConnector(force_close=True)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(company.url(8686), headers=headers, connector=connector) as opened:
        yield opened


@pytest.fixture
async def trusted(session: aiohttp.ClientSession) -> ssl.SSLContext:
    """Trust in the sandboxes' CA."""
    async with session.get("/_sandbox/ca.pem") as answer:
        return ssl.create_default_context(cadata=await answer.text())


async def calls_answered(sandbox: SandboxProcess) -> float:
    """How many calls of merchants it has answered so far."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(sandbox.url) as it, it.get("/_sandbox/metrics", headers=headers) as answer:
        counts = re.findall(r"^wxpay_api_calls_total\{.*\} (.*)$", await answer.text(), re.MULTILINE)
        return sum(map(float, counts))


async def test_each_answers_its_share(company: Company, merchant: Merchant) -> None:
    for number in range(30):
        assert (await merchant.order(f"SHARED{number:04}"))["result_code"] == "SUCCESS"
    assert all([await calls_answered(sandbox) for sandbox in company.sandboxes])


async def test_what_was_signed_arrives_as_it_was_sent(control: Control) -> None:
    merchant = await V3Merchant.of(control)
    assert (await merchant.place("SIGNED*01")).status == 200
    found = await merchant.query("SIGNED*01")  # its path has %2A
    assert found.json["trade_state"] == "NOTPAY"
    assert found.headers["Server"] == "nginx"  # as the real one says, and nginx leaves it


async def test_events_arrive_while_their_stream_goes_on(
    session: aiohttp.ClientSession, merchant: Merchant, control: Control
) -> None:
    async with session.get("/_sandbox/events") as stream:
        for number in range(4):  # at whichever process
            await merchant.order(f"HEARD{number:04}")
            assert (await next_event(stream, "order"))["out_trade_no"] == f"HEARD{number:04}"


async def test_who_waits_at_one_hears_of_a_notification_that_another_sent(
    inbox: Inbox, merchant: Merchant, control: Control
) -> None:
    await merchant.order("TOLD0001")
    await control.pay("TOLD0001")
    assert (await control.wait("TOLD0001", "notified"))["trade_state"] == "SUCCESS"
    assert len(inbox.received) == 1


async def test_a_login_holds_at_all(company: Company) -> None:
    jar, connector = aiohttp.CookieJar(unsafe=True), aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(company.url(8686), cookie_jar=jar, connector=connector) as browser:
        async with browser.get("/console/login") as page:
            (proof,) = re.findall(rf'name="{FIELD}" value="([^"]+)"', await page.text())
        form = {FIELD: proof, "token": TOKEN, "next": "/console/calls"}
        origin = {"Origin": company.url(8686), "Sec-Fetch-Site": "same-origin"}
        async with browser.post("/console/login", data=form, headers=origin) as led:
            assert led.url.path == "/console/calls"
        for _ in range(10):
            async with browser.get("/console/calls", allow_redirects=False) as page:
                assert page.status == 200


async def test_sdks_with_the_host_hard_coded_come_by_the_proxy(
    company: Company, merchant: Merchant, trusted: ssl.SSLContext
) -> None:
    await merchant.order("PROXIED01")
    connector = aiohttp.TCPConnector(ssl=trusted, force_close=True)
    host, proxy = "https://api.mch.weixin.qq.com", company.url(8688)
    async with aiohttp.ClientSession(host, proxy=proxy, connector=connector) as sdk:
        for _ in range(4):  # all show the same certificate
            assert (await replace(merchant, session=sdk).query("PROXIED01"))["trade_state"] == "NOTPAY"


async def test_https_ends_at_the_sandboxes(company: Company, merchant: Merchant, trusted: ssl.SSLContext) -> None:
    await merchant.order("SECURE01")
    async with aiohttp.ClientSession(company.url(8687, "https"), connector=aiohttp.TCPConnector(ssl=trusted)) as sdk:
        assert (await replace(merchant, session=sdk).query("SECURE01"))["trade_state"] == "NOTPAY"


def test_nginx_waits_longer_than_anybody_asks_it_to() -> None:
    hours = [int(hours) for hours in re.findall(r"(?:read|proxy)_timeout (\d+)h;", CONFIGURATION.read_text())]
    assert min(hours) * 3600 > LONGEST_WAIT


async def test_one_that_is_killed_is_missed_by_nobody(company: Company, merchant: Merchant, control: Control) -> None:
    await company.sandboxes[0].kill()
    for number in range(10):
        assert (await merchant.order(f"AFTER{number:04}"))["result_code"] == "SUCCESS"
    assert (await control.get("/health"))["status"] == "ok"
