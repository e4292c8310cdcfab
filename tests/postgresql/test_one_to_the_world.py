"""Sandboxes on one database are one to the world: what they present, who may come in, what they tell of themselves."""

import asyncio
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sandbox.core.merchants import Secret
from sandbox.instance import running
from sandbox.server import Server
from tests.postgresql.conftest import DEFAULT, Side, begun
from tests.support.control import Control
from tests.support.pages import token_of
from tests.support.postgresql import Cluster
from tests.support.process import run_command, start

MCH_ID = DEFAULT[0]
TOKEN = Secret("correct-horse-battery-staple")


async def ca_of(server: Server) -> str:
    """The CA that programs on its machine are pointed at."""
    return await asyncio.to_thread(Path(server.ways()["ca"]).read_text)


async def presented(server: Server, ca: str) -> bytes:
    """The certificate that a client is shown by TLS who trusts this CA."""
    trusting = ssl.create_default_context(cadata=ca)
    port = urlsplit(server.ways()["https"]).port
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname="one.test")
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return bytes(shown)


async def told(url: str, path: str) -> object:
    async with aiohttp.ClientSession(url) as session:
        return await Control(session).get(path)


async def test_those_that_start_at_once_make_one_of_each(postgresql_url: str, tmp_path: Path) -> None:
    accounts = {"merchants": [{"mch_id": "1900000200", "api_key": "k" * 32}]}
    ways = {"https_port": 0, "public_url": "https://one.test", "accounts": accounts}
    servers = await asyncio.gather(*[begun(postgresql_url, tmp_path / name, **ways) for name in "abc"])
    try:
        ca, *cas = [await ca_of(server) for server in servers]
        assert cas == [ca, ca]
        shown, *also_shown = await asyncio.gather(*[presented(server, ca) for server in servers])
        assert also_shown == [shown, shown]
        for path in ("/merchants", "/apps", "/payers", f"/merchants/{MCH_ID}", "/merchants/1900000200"):
            first_told, *others_told = await asyncio.gather(*[told(server.url, path) for server in servers])
            assert others_told == [first_told, first_told]
    finally:
        await asyncio.gather(*[server.stop() for server in servers])


async def test_another_public_url_is_in_what_both_present(database: str, tmp_path: Path) -> None:
    first = await begun(database, tmp_path / "a", https_port=0, public_url="https://two.test")
    second = await begun(database, tmp_path / "b", https_port=0, public_url="https://one.test")
    ca = await ca_of(second)
    assert await presented(first, ca) == await presented(second, ca)
    assert await ca_of(first) == ca
    for server in (first, second):
        await server.stop()


async def test_who_has_logged_in_at_one_is_in_at_the_other(database: str, tmp_path: Path) -> None:
    servers = [await begun(database, tmp_path / name, admin_token=TOKEN) for name in "ab"]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        form = {"token": TOKEN, "page_token": await token_of(servers[1], "/console/login")}
        async with browser.post(f"{servers[0].url}/console/login", data=form) as answer:
            assert answer.status == 200
        # Cookies are of a host, whatever the port: as behind a balancer.
        async with browser.get(f"{servers[1].url}/console/", allow_redirects=False) as answer:
            assert answer.status == 200
    for server in servers:
        await server.stop()


async def test_health_tells_of_the_database_and_who_is_on_it(sides: list[Side]) -> None:
    for side in sides:
        parts = (await side.control.get("/health"))["parts"]
        assert parts["database"] == {"status": "ok", "kind": "postgresql", "processes": 2}


async def test_metrics_of_the_database_are_alike_and_those_of_a_process_its_own(sides: list[Side]) -> None:
    one, other = sides
    await one.merchant.order("ORDER001")
    pages = []
    for side in (one, other):
        async with side.session.get("/_sandbox/metrics") as answer:
            families = text_string_to_metric_families(await answer.text())
        pages.append(
            {(one.name, *sorted(one.labels.items())): one.value for family in families for one in family.samples}
        )
    shared = [{name: value for name, value in page.items() if ("scope", "database") in name} for page in pages]
    placed = ("wxpay_orders", ("scope", "database"), ("trade_state", "NOTPAY"))
    assert [page[placed] for page in shared] == [1, 1]
    assert shared[0].keys() == shared[1].keys()
    calls = ("wxpay_api_calls_total", ("outcome", "ok"), ("path", "/pay/unifiedorder"), ("signature", "ok"))
    assert [page.get(calls) for page in pages] == [1, None]


async def test_a_command_opens_the_database_where_no_sandbox_runs_on_its_data_dir(
    sides: list[Side], database: str, tmp_path: Path
) -> None:
    at = ("--database", database, "--data-dir", str(tmp_path / "apart"))
    status, out, errors = await run_command("merchant", "add", "--mch-id", "1900000201", *at)
    assert (status, errors) == (0, "")
    for side in sides:
        assert (await side.control.get("/merchants/1900000201"))["api_key"] in out


@pytest.mark.slow
async def test_nothing_that_is_said_or_written_holds_the_password(cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.url("postgres")
    people_read = url.replace(url.partition("//")[2].partition("@")[0] + "@", "")
    serve = ["serve", "--port", "0", "--data-dir", str(tmp_path), "--lang", "en"]
    process = await start(serve, {"WXPAY_SANDBOX_DATABASE": url})
    said = ""
    while "Ctrl+C" not in said:
        said += (await process.stdout.readline()).decode()
    assert people_read in said
    known = running(tmp_path)
    assert known is not None
    async with aiohttp.ClientSession(known["url"]) as session:
        for path in ("/_sandbox/metrics", "/console/", "/console/connect"):
            async with session.get(path) as answer:
                assert answer.status == 200
                said += await answer.text()
        await asyncio.to_thread(cluster.stop, "immediate")
        async with session.get("/_sandbox/health", headers={"Accept-Language": "en"}) as answer:
            health = await answer.json()
    assert health["parts"]["database"]["status"] == "failing"
    assert people_read in health["failing"][0]["message"]
    process.terminate()
    for text in (str(health), *[one.decode() for one in await process.communicate()]):
        said += text
    said += (await run_command("serve", "--help", WXPAY_SANDBOX_DATABASE=url))[1]
    said += await asyncio.to_thread(all_in, tmp_path)
    assert str(urlsplit(url).password) not in said


def all_in(folder: Path) -> str:
    return "".join([path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()])
