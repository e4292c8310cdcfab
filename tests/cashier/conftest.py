"""A payer's phone: fetches the cashier's pages, sends its forms."""

from dataclasses import dataclass

import aiohttp
import pytest

from sandbox.server import Server
from sandbox.web.proof import FIELD
from tests.support.pages import token_of


@dataclass
class Page:
    """A page as it came."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def location(self) -> str:
        return self.headers["Location"]


class Payer:
    """`token` stands in the forms of the pages that show any: a payer may come back to one that was open."""

    def __init__(self, session: aiohttp.ClientSession, token: str) -> None:
        self.session, self.token = session, token

    async def get(self, path: str, accepts: str = "zh-CN", **query: str) -> Page:
        headers = {"Accept-Language": accepts}
        async with self.session.get(path, params=query, headers=headers, allow_redirects=False) as answer:
            return Page(answer.status, await answer.text(), dict(answer.headers))

    async def open(self, prepay_id: str, accepts: str = "zh-CN", **query: str) -> Page:
        return await self.get(f"/cashier/{prepay_id}", accepts, **query)

    async def send(
        self, prepay_id: str, headers: dict[str, str] | None = None, query: str = "", /, **form: str
    ) -> Page:
        path, form = f"/cashier/{prepay_id}{query}", {FIELD: self.token, **form}
        async with self.session.post(path, data=form, headers=headers, allow_redirects=False) as answer:
            return Page(answer.status, await answer.text(), dict(answer.headers))

    async def pay(self, prepay_id: str, password: str = "123456", **form: str) -> Page:
        return await self.send(prepay_id, act="pay", password=password, **form)


@pytest.fixture
async def payer(server: Server, session: aiohttp.ClientSession) -> Payer:
    return Payer(session, await token_of(server, "/cashier/"))
