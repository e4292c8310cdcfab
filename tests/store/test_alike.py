"""What two databases could see differently they see alike: the order of strings, letters' case, bytes in bytes, NUL."""

import re

import aiohttp

from tests.support.control import Control
from tests.support.merchant import Merchant

BODIES = {"NUMBER-1": "Green_Tea, 100%", "number-2": "绿茶 GREEN TEA", "Number-3": "绿茶"}


async def found(session: aiohttp.ClientSession, search: str) -> list[str]:
    """The numbers of the orders that the search box finds."""
    async with session.get("/console/", params={"q": search}) as response:
        assert response.status == 200
        return re.findall(r'class="open mono" href="[^"]*">([\w-]+)<', await response.text())


async def test_a_search_finds_the_same(merchant: Merchant, session: aiohttp.ClientSession) -> None:
    """Numbers begin so, letter by letter; bodies have it somewhere, in whatever case."""
    for number, body in BODIES.items():
        await merchant.order(number, body=body)
    table = {
        "green": ["number-2", "NUMBER-1"],
        "TEA": ["number-2", "NUMBER-1"],
        "n_t": ["NUMBER-1"],
        "%": ["NUMBER-1"],
        "NUM": ["NUMBER-1"],
        "num": ["number-2"],
        "N": ["Number-3", "number-2", "NUMBER-1"],
    }
    assert {search: await found(session, search) for search in table} == table


async def test_calls_are_found_by_what_stands_in_them(merchant: Merchant, control: Control) -> None:
    for number in ("ORDER001", "ORDER002"):
        await merchant.order(number)
    (call,) = (await control.get("/journal", contains="ORDER002"))["items"]
    assert call["out_trade_no"] == "ORDER002"


async def test_nul_harms_nothing(session: aiohttp.ClientSession, merchant: Merchant, control: Control) -> None:
    for path in ("/pay/x%00y", "/_sandbox/orders/1900000109/a%00b"):
        async with session.get(path) as response:
            assert response.status == 404
    assert await found(session, "a\0b") == []
    await merchant.query("NOWHERE1")
    newest, before = (await control.get("/journal"))["items"]
    assert newest["path"] == "/pay/orderquery"
    assert before["path"].startswith("/pay/x")
