"""What holds on every page: protection, languages, weight, nothing inline, nothing from elsewhere."""

import re
from pathlib import Path

import pytest

from sandbox.server import Server
from tests.console.conftest import Visitor
from tests.support.control import Control
from tests.support.merchant import Merchant

PAGES = [
    "/",
    "/refunds",
    "/calls",
    "/notifications",
    "/scenarios",
    "/scenarios/forged-wrong-sign",
    "/scenario-editor",
    "/merchants",
    "/merchants/1900000109",
    "/merchants/1900000109/certificates",
    "/merchants/1900000109/ledger",
    "/merchants/1900000109/bills",
    "/merchants/1900000109/bills/2026-01-01",
    "/connect",
    "/clear",
    "/nowhere",
]
STATIC = re.compile(r'(?:src|href)="(/static/[^"]+)"')
IMPORT = re.compile(r"(?:from |import |import\()'\./(\w+\.js)'")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
async def test_every_page_is_complete_and_protected(visitor: Visitor, path: str, language: str) -> None:
    visitor.headers["Accept-Language"] = language
    page = await visitor.get("/console" + path)
    assert page.status == (404 if path == "/nowhere" else 200)
    assert f'<html lang="{language if language == "zh-CN" else "en"}"' in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?! src=)|hx-on|javascript:", page.text)
    assert not re.search(r'(?:src|action)="(?:https?:)?//', page.text)


async def test_a_page_weighs_under_100_kilobytes(visitor: Visitor, merchant: Merchant) -> None:
    for number in range(60):
        await merchant.order(f"WEIGHT{number:02}", body="龙井茶 明前特级 250g")
    page = await visitor.get("/console/", **{"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    total = page.size
    waiting, seen = STATIC.findall(page.text), set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        file = await visitor.get(address, **{"Accept-Encoding": "gzip"})
        assert file.status == 200, address
        total += file.size
        waiting += ["/static/console/" + script for script in IMPORT.findall(file.text)]
    assert {"/static/console/live.js", "/static/console/palette.js"} <= seen
    assert total < 100_000


@pytest.mark.parametrize(
    "path",
    ["/?cursor=" + "9" * 40, "/?cursor=٣", "/?q=%00%ff", "/calls/" + "9" * 18, "/calls/" + "9" * 5000, "/?lang=xx"],
)
async def test_a_strange_address_is_no_accident(visitor: Visitor, path: str) -> None:
    assert (await visitor.get("/console" + path)).status in (200, 404)


async def test_language_and_theme_are_remembered(visitor: Visitor) -> None:
    page = await visitor.send("/console/preferences", lang="en", back="/console/calls")
    assert "No calls yet." in page.text
    page = await visitor.send("/console/preferences", theme="dark", back="/console/calls")
    assert 'data-theme="dark"' in page.text
    page = await visitor.send("/console/preferences", theme="", back="/console/calls")
    assert 'data-theme=""' in page.text
    assert (await visitor.post("/console/preferences", {"back": "//evil.example"})).headers["Location"] == "/console/"


async def test_keys_leave_only_when_asked_for(visitor: Visitor) -> None:
    path = "/console/merchants/1900000109"
    assert "sandboxv2key" not in (await visitor.get(path)).text
    shown = await visitor.post(path + "/reveal", {"field": "api_key"})
    assert "sandboxv2key00000000000000000000" in shown.text
    assert "sandboxv3key" not in shown.text
    plain = await visitor.post(path + "/reveal", {"field": "settings"}, Accept="text/plain")
    assert "WXPAY_API_V3_KEY=sandboxv3key00000000000000000000" in plain.text
    certificate = await visitor.post(path + "/reveal", {"field": "certificate"}, Accept="text/plain")
    assert "BEGIN CERTIFICATE" in certificate.text
    assert (await visitor.post(path + "/reveal", {"field": "private_key"})).status == 400


async def test_several_merchants_can_be_told_apart(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await merchant.order("MINE01")
    other = await control.post("/merchants", {"name": "Tea & <b>Co</b>", "certificate": False}, status=201)
    page = await visitor.get("/console/")
    assert "Tea &amp; &lt;b&gt;Co&lt;/b&gt;" in page.text
    assert "<b>Co</b>" not in page.text
    page = await visitor.get(f"/console/?mch_id={other['mch_id']}")
    assert "MINE01" not in page.text
    assert f"/console/calls?mch_id={other['mch_id']}" in page.text


class TestWithToken:
    """With --admin-token every page asks for it."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        from sandbox.core.merchants import Secret

        return {"admin_token": Secret("letmein")}

    async def test_people_are_led_to_the_login_and_on(self, visitor: Visitor, server: Server) -> None:
        turned_away = await visitor.get("/console/calls?outcome=ok")
        assert turned_away.status == 303
        assert turned_away.headers["Location"] == "/console/login?next=%2Fconsole%2Fcalls%3Foutcome%3Dok"
        login = await visitor.get(turned_away.headers["Location"])
        assert 'type="password"' in login.text
        wrong = await visitor.post("/console/login", {"token": "guess", "next": "/console/calls"})
        assert wrong.status == 401
        assert "令牌不对" in wrong.text
        right = await visitor.post("/console/login", {"token": "letmein", "next": "/console/calls"})
        assert right.headers["Location"] == "/console/calls"
        assert "HttpOnly" in right.headers["Set-Cookie"]
        assert "SameSite=Strict" in right.headers["Set-Cookie"]
        assert (await visitor.get("/console/calls")).status == 200

    async def test_after_login_one_stays_on_the_console(self, visitor: Visitor) -> None:
        answer = await visitor.post("/console/login", {"token": "letmein", "next": "https://evil.example/"})
        assert answer.headers["Location"] == "/console/"

    @pytest.mark.parametrize("path", ["/console/events", "/console/calls/1/raw"])
    async def test_programs_are_told(self, visitor: Visitor, path: str) -> None:
        assert (await visitor.get(path, Accept="*/*")).status == 401

    async def test_acts_are_refused(self, visitor: Visitor) -> None:
        answer = await visitor.post("/console/sample", {}, **{"HX-Request": "true"})
        assert answer.status == 401
        assert answer.headers["HX-Redirect"] == "/console/login"

    async def test_only_the_mailbox_takes_posts_from_anybody(self, visitor: Visitor) -> None:
        assert "SUCCESS" in (await visitor.post("/sample/notify")).text


async def test_another_sites_page_cannot_act(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("CSRF01")
    path = "/console/orders/1900000109/CSRF01/pay"
    refused = await visitor.post(path, {"outcome": "success"}, Origin="https://evil.example")
    assert refused.status == 403
    assert "不能访问" in refused.text
    assert (await visitor.get("/console/", Host="evil.example")).status == 403


def test_every_vendored_script_has_its_licence() -> None:
    static = Path(__file__).parents[2] / "static"
    scripts = {path.name.split(".")[0].split("-")[0] for path in (static / "vendor").glob("*.js")}
    assert scripts <= {path.stem for path in (static / "licenses").glob("*.txt")}
