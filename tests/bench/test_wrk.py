"""wrk's load is what the benchmarks say: each request once, every answer looked at."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bench.messages import Request
from bench.wrk import Misled, load, send
from tests.conftest import need


class Shop:
    """A server that counts what it was sent, and thanks for it."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: Counter[bytes] = Counter()
        self.refused = b""

    async def answer(self, request: web.BaseRequest) -> web.Response:
        body = await request.read()
        self.bodies[body] += 1
        return web.Response(text="no" if body == self.refused else "thanks")


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    need("wrk", "wrk")
    one = Shop()
    runner = web.ServerRunner(web.Server(one.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield one
    await runner.cleanup()


def requests(count: int) -> list[Request]:
    return [Request("/orders", b"order %d\n" % number) for number in range(count)]


async def test_each_body_is_sent_once(shop: Shop) -> None:
    await send(shop.url, requests(500), b"thanks", callers=8)
    assert shop.bodies == Counter({one.body: 1 for one in requests(500)})


async def test_fewer_bodies_than_callers_are_sent_once_too(shop: Shop) -> None:
    await send(shop.url, requests(3), b"thanks", callers=8)
    assert shop.bodies == Counter({one.body: 1 for one in requests(3)})


async def test_one_wrong_answer_ends_it_with_what_was_said(shop: Shop) -> None:
    shop.refused = requests(500)[250].body
    with pytest.raises(Misled, match="200 no"):
        await send(shop.url, requests(500), b"thanks")


async def test_what_runs_out_of_bodies_is_no_measurement(shop: Shop) -> None:
    with pytest.raises(Misled, match="prepare more"):
        await load(shop.url, requests(50), 8, b"thanks")


async def test_a_second_tells_how_many_were_answered_and_how_long_callers_waited(shop: Shop) -> None:
    told = await load(shop.url, requests(30_000), 4, b"thanks")
    assert set(shop.bodies.values()) == {1}
    assert shop.bodies.total() - 4 <= told.answered <= shop.bodies.total()
    assert 0 < told.p50_ms <= told.p99_ms < told.seconds * 1000
