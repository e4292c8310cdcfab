"""Someone who looks: over plain HTTP, and in a browser."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from playwright.async_api import Browser, Page

from sandbox.server import Server
from sandbox.web.proof import FIELD
from tests.support.pages import token_of
from tests.support.patience import PATIENCE

Form = dict[str, str] | list[tuple[str, str]]
"""The fields of a form; a list where one comes several times."""


@dataclass(frozen=True)
class Answer:
    """A page as it came."""

    status: int
    text: str
    headers: dict[str, str]
    size: int


class Visitor:
    """Fetches pages and sends forms as a browser without script does; follows nothing by itself, keeps cookies."""

    def __init__(self, server: Server, session: aiohttp.ClientSession) -> None:
        self.server, self.session = server, session
        self.headers = {"Accept-Language": "zh-CN", "Accept": "text/html"}
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, **headers: str) -> Answer:
        return await self._ask("GET", path, None, headers)

    async def post(self, path: str, form: Form | None = None, **headers: str) -> Answer:
        fields = list(form.items()) if isinstance(form, dict) else form or []
        return await self._ask("POST", path, [(FIELD, await token_of(self.server, path)), *fields], headers)

    async def send(self, path: str, **form: str) -> Answer:
        """Send a form and look at the page that it leads to."""
        answer = await self.post(path, form)
        assert answer.status == 303, answer.text
        return await self.get(answer.headers["Location"])

    async def _ask(self, method: str, path: str, form: Form | None, headers: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)
        sent = {**self.headers, "Cookie": cookies, **headers}
        async with self.session.request(method, path, data=form, headers=sent, allow_redirects=False) as answer:
            self.cookies |= {name: cookie.value for name, cookie in answer.cookies.items()}
            size = int(answer.headers.get("Content-Length", 0))
            return Answer(answer.status, await answer.text(), dict(answer.headers), size)


@pytest.fixture
def visitor(server: Server, session: aiohttp.ClientSession) -> Visitor:
    return Visitor(server, session)


@dataclass
class Watched:
    """A browser's page, and all that went wrong on it."""

    page: Page
    own: str
    trouble: list[str] = field(default_factory=list)

    async def open(self, path: str) -> Page:
        await self.page.goto(self.own + path)
        await self.page.wait_for_selector("#live", state="visible")
        return self.page


class Watchers:
    """Opens pages in the browser; remembers them, so that a test fails for what went wrong on any."""

    def __init__(self, browser: Browser, own: str) -> None:
        self.browser, self.own = browser, own
        self.opened: list[Watched] = []

    async def __call__(self, **context: object) -> Watched:
        settings = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **context}
        page = await (await self.browser.new_context(**settings)).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE * 1000)
        watched = Watched(page, self.own)
        page.on("pageerror", lambda error: watched.trouble.append(f"script: {error}"))
        page.on("console", lambda said: watched.trouble.append(said.text) if said.type == "error" else None)
        page.on("request", lambda sent: watched.trouble.append(sent.url) if self._foreign(sent.url) else None)
        self.opened.append(watched)
        return watched

    def _foreign(self, url: str) -> bool:
        return not url.startswith((self.own, "data:", "about:"))


@pytest.fixture
async def watch(browser: Browser, server: Server) -> AsyncIterator[Watchers]:
    watchers = Watchers(browser, server.url)
    yield watchers
    for watched in watchers.opened:
        await watched.page.context.close()
        assert watched.trouble == []
