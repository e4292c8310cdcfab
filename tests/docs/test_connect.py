"""docs/connect.md and the console's Connect page tell the same, and it is what works."""

import asyncio
import html
import os
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from sandbox.console.first_steps.runtimes import HOSTS_LINE, RUNTIMES, Runtime
from sandbox.core.hosts import WECHAT_HOSTS
from sandbox.server import Server
from tests.conftest import need

DOCS = Path(__file__).parents[2] / "docs"
FACTS = {"proxy": "http://127.0.0.1:8688", "host": "127.0.0.1", "port": "8688", "ca": "$PWD/.wxpay-sandbox/ca.pem"}


@pytest.fixture
def settings() -> dict[str, object]:
    return {"https_port": 0, "proxy_port": 0}


@pytest.mark.parametrize("name", ["connect.md", "connect.zh-CN.md"])
@pytest.mark.parametrize("runtime", RUNTIMES, ids=lambda one: one.name)
def test_the_document_has_every_runtimes_lines(name: str, runtime: Runtime) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    assert runtime.by_hand(FACTS, proxied=True) in text
    assert HOSTS_LINE in text
    assert all(f"`{host}`" in text for host in WECHAT_HOSTS)


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
async def test_the_page_has_the_ports_and_files_of_this_sandbox(
    server: Server, session: aiohttp.ClientSession, language: str
) -> None:
    for runtime in RUNTIMES:
        query = {"language": runtime.name, "face": "v2"}
        async with session.get("/console/connect", params=query, headers={"Accept-Language": language}) as answer:
            page = html.unescape(await answer.text())
        for way in server.ways().values():
            assert way in page
        assert 'href="/_sandbox/ca.pem"' in page
        # One language, three ways in: nothing is folded away.
        assert page.count('class="card way"') == 3
        assert "<details" not in page
        address = urlsplit(server.ways()["proxy"])
        facts = {**server.ways(), "host": str(address.hostname), "port": str(address.port)}
        assert all(runtime.by_hand(facts, proxied=proxied) in page for proxied in (True, False))
        assert "wxpay-sandbox exec" not in page  # nobody else finds a sandbox in memory


async def test_the_lines_for_curl_work(server: Server, tmp_path: Path) -> None:
    need("curl", "curl")
    curl = next(one for one in RUNTIMES if one.name == "curl")
    (tmp_path / "order.xml").write_text("<xml/>")
    script = curl.by_hand(server.ways(), proxied=True)
    process = await asyncio.create_subprocess_exec(
        "sh", "-ec", script, cwd=tmp_path, env=dict(os.environ), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert "此字段为必填项" in out.decode()
