"""What a person's browser proves before a page changes anything: every route, every form."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from sandbox import v2, v3
from sandbox.config import Settings, shipped
from sandbox.core.merchants import Secret
from sandbox.core.outgoing import Outgoing
from sandbox.server import Server
from sandbox.web.access import SAFE
from sandbox.web.proof import FIELD, HEADER, PageTokens
from sandbox.web.templates import FormTokens, environment
from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.support.pages import token_of

PROGRAMS = ("/_sandbox/", "/sample/notify", "/canary/")
"""Where the routes lie that no page of ours leads to; every other one that takes a POST is for people, or WeChat's."""
FITTING = {"act": "revoke", "change": "sign", "how": "json", "serial_no": "A" * 40}
"""What stands in an address whose parts are not free."""
BROWSER = {"Accept": "text/html", "Accept-Language": "en"}
CLEAR = "/console/clear"


def changing(app: web.Application) -> set[str]:
    """An address of each route of an application that may change something."""
    found = set()
    for route in app.router.routes():
        if route.method not in SAFE and route.resource is not None:
            found.add(re.sub(r"\{(\w+)\}", lambda part: FITTING.get(part[1], "x"), route.resource.canonical))
    return found


def url_of(session: aiohttp.ClientSession) -> str:
    return str(session._base_url).rstrip("/")


async def post(session: aiohttp.ClientSession, path: str, data: object = b"", **headers: str) -> tuple[int, str]:
    async with session.post(path, data=data, headers=headers, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def test_every_route_that_is_not_for_programs_asks_for_proof(
    server: Server, session: aiohttp.ClientSession
) -> None:
    wechat = web.Application()
    v2.add_routes(wechat, server.parts.services)
    v2.add_rest(wechat, server.parts.services)
    v3.add_routes(wechat, server.parts.services)
    runner = server.listeners.runner
    assert runner is not None
    of_people = {path for path in changing(runner.app) - changing(wechat) if not path.startswith(PROGRAMS)}
    assert {CLEAR, "/console/login", "/console/orders/x/x/pay", "/cashier/x"} <= of_people
    assert {path for path in of_people if (await post(session, path))[0] != 403} == set()


async def test_a_route_that_nobody_declared_asks_for_proof(server: Server, session: aiohttp.ClientSession) -> None:
    """As it is composed, a new route is for people until it is said to be for programs."""
    from sandbox.web.access import Access
    from sandbox.web.door import Audience, Door

    async def forgotten(request: web.Request) -> web.Response:
        raise AssertionError("it was let in")

    app = web.Application()
    door = Door(Access(Secret(""), True, "", Secret("k")), PageTokens(Secret("k")), Outgoing())
    app.router.add_post("/known", forgotten)
    door.for_programs(app)
    app.router.add_post("/new", forgotten)
    assert [door.audience(route) for route in app.router.routes()] == [Audience.PROGRAMS, Audience.PEOPLE]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_a_form_that_is_none_is_no_proof(session: aiohttp.ClientSession, method: str) -> None:
    async with session.request(method, CLEAR) as answer:
        assert answer.status == 405


@pytest.mark.parametrize(
    "given", ["", "guess", "0" * 64, "%ED%B3%BF", "x" * 100_000], ids=["empty", "guess", "zeros", "bytes", "long"]
)
async def test_a_wrong_token_changes_nothing(
    session: aiohttp.ClientSession, merchant: Merchant, control: Control, given: str
) -> None:
    await merchant.order("KEPT01")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await post(session, CLEAR, f"{FIELD}={given}".encode(), **form))[0] == 403
    assert (await control.order("KEPT01"))["trade_state"] == "NOTPAY"


async def test_the_token_may_come_in_a_header(server: Server, session: aiohttp.ClientSession) -> None:
    status, _ = await post(session, CLEAR, **{HEADER: await token_of(server, CLEAR)})
    assert status == 303


@pytest.mark.parametrize("page", ["/cashier/", "/console/login"])
async def test_the_token_of_pages_that_are_open_to_all_opens_nothing_of_the_consoles(
    server: Server, session: aiohttp.ClientSession, page: str
) -> None:
    assert (await post(session, CLEAR, {FIELD: await token_of(server, page)}))[0] == 403


async def test_the_token_does_not_let_another_sites_page_pass(server: Server, session: aiohttp.ClientSession) -> None:
    form = {FIELD: await token_of(server, CLEAR)}
    assert (await post(session, CLEAR, form, Origin="https://evil.example"))[0] == 403
    assert (await post(session, CLEAR, form, **{"Sec-Fetch-Site": "cross-site"}))[0] == 403


# -- what people see ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "said"), [("zh-CN", "请重新打开页面再试一次"), ("en", "Open the page again")])
async def test_a_page_of_long_ago_is_explained(session: aiohttp.ClientSession, lang: str, said: str) -> None:
    came = {"Referer": f"{url_of(session)}/console/calls?outcome=ok"}
    status, text = await post(session, CLEAR, {FIELD: "old"}, **{**BROWSER, "Accept-Language": lang, **came})
    assert status == 403
    assert said in text
    assert 'href="/console/calls?outcome=ok"' in text


@pytest.mark.parametrize("referer", ["https://evil.example/console/", "http://127.0.0.1//evil.example/", "javascript:"])
async def test_nobody_is_led_elsewhere(session: aiohttp.ClientSession, referer: str) -> None:
    _, text = await post(session, CLEAR, {FIELD: "old"}, **{**BROWSER, "Referer": referer})
    assert "evil.example" not in text
    assert "javascript" not in text


async def test_a_live_page_is_told_in_a_line(session: aiohttp.ClientSession) -> None:
    live = {**BROWSER, "HX-Request": "true"}
    async with session.post("/console/clock", data={FIELD: "old"}, headers=live) as answer:
        assert (answer.status, answer.headers["HX-Retarget"]) == (403, "#said")
        text = await answer.text()
    assert "toast bad" in text
    assert "<html" not in text


@pytest.mark.parametrize(("path", "header"), [("/console/", {"Host": "evil.example"}), (CLEAR, {"Origin": "null"})])
async def test_other_refusals_are_in_the_readers_language(
    session: aiohttp.ClientSession, path: str, header: dict[str, str]
) -> None:
    async with session.request(
        "POST" if path == CLEAR else "GET", path, headers={"Accept": "text/html", "Accept-Language": "zh", **header}
    ) as answer:
        text = await answer.text()
        assert answer.status == 403
    assert "不能访问" in text
    assert "refused" not in text


BROKEN = [
    ("application/x-www-form-urlencoded; charset=nonsense", b"page_token=x"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"abc"),
    ("application/x-www-form-urlencoded", b"page_token=\xff\xfe"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(5000))),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=", b"x"),
    ("multipart/form-data; boundary=" + "b" * 80, b"x"),
    ("multipart/form-data; boundary=b", b"x"),
    ("multipart/form-data; boundary=b", b"--b\r\n\r\nnameless\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end'),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=?\r\n\r\nx\r\n--b--\r\n',
    ),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Encoding: magic\r\n\r\nx\r\n--b--\r\n',
    ),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: magic\r\n\r\nx\r\n--b--\r\n',
    ),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n--b--\r\n"),
]


@pytest.mark.parametrize("path", ["/console/login", CLEAR, "/cashier/wx0"])
async def test_a_broken_form_is_refused_and_no_accident(
    server: Server, session: aiohttp.ClientSession, path: str
) -> None:
    token = {HEADER: await token_of(server, path)}
    for content_type, body in BROKEN:
        status, text = await post(session, path, body, **{"Content-Type": content_type, **BROWSER, **token})
        assert status in (303, 400, 401, 404, 413), (content_type, body[:60])
        assert "Internal" not in text


# -- every form carries it ---------------------------------------------------------------------------------------------


def test_every_form_of_every_template_that_posts_carries_the_token() -> None:
    reader = FormTokens(environment())
    for template in shipped("templates").rglob("*.html"):
        source = template.read_text()
        forms = len(re.findall(r"""method\s*=\s*['"]?post""", source, re.IGNORECASE))
        assert reader.preprocess(source, None).count(f'name="{FIELD}"') == forms, template
        assert "formaction" not in source, f"{template}: it would lead the form, and its token, elsewhere"
        assert source.count("multipart/form-data") == source.count(f"?{FIELD}={{{{ {FIELD} }}}}"), template


class TestRestart:
    """A page that stayed open."""

    @pytest.fixture
    async def restarted(self, tmp_path: Path) -> AsyncIterator[tuple[str, Server]]:
        settings = Settings(port=0, data_dir=tmp_path)
        first = await Server.start(settings)
        token = await token_of(first, CLEAR)
        await first.stop()
        second = await Server.start(settings)
        yield token, second
        await second.stop()

    async def test_its_forms_work_after_a_restart(self, restarted: tuple[str, Server]) -> None:
        token, server = restarted
        async with aiohttp.ClientSession(server.url) as session:
            assert (await post(session, CLEAR, {FIELD: token}))[0] == 303

    async def test_another_sandbox_has_another(self, restarted: tuple[str, Server], server: Server) -> None:
        assert await token_of(server, CLEAR) != restarted[0]
