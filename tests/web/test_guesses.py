"""Wrong admin tokens: later and later answers, a line each in the log, and nobody else waits."""

import asyncio
import logging

import aiohttp
import pytest

from sandbox.core.merchants import Secret
from sandbox.server import Server
from sandbox.web.errors import Refused
from sandbox.web.guesses import FORGOTTEN_AFTER, FREE, LONGEST_SECONDS, MOST_PEERS, MOST_WAITING, Guesses, seconds_after
from tests.support.pages import token_of

TOKEN = "correct-horse-battery-staple"


class Watch:
    """Real time as a test has it; `pauses` are what was waited for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []
        self.paused = asyncio.Event()
        self.gate: asyncio.Event | None = None

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.paused.set()
        if self.gate is not None:
            await self.gate.wait()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def guesses(watch: Watch) -> Guesses:
    return Guesses(watch.pause, lambda: watch.now)


async def guess(guesses: Guesses, times: int, peer: str = "192.0.2.7") -> None:
    for _ in range(times):
        guesses.look(peer)
        await guesses.wrong(peer, "/_sandbox/clock")


async def test_who_mistypes_waits_for_nothing_who_guesses_waits_longer_and_longer(
    guesses: Guesses, watch: Watch
) -> None:
    await guess(guesses, FREE)
    assert watch.pauses == []
    await guess(guesses, 8)
    assert watch.pauses == [0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0]
    assert seconds_after(10**9) == LONGEST_SECONDS


async def test_others_wait_for_nothing(guesses: Guesses, watch: Watch) -> None:
    await guess(guesses, 20)
    watch.pauses.clear()
    await guess(guesses, FREE, "192.0.2.8")
    assert watch.pauses == []


async def test_one_network_of_ipv6_is_one_peer(guesses: Guesses, watch: Watch) -> None:
    for number in range(FREE + 1):
        await guess(guesses, 1, f"2001:db8::{number:x}")
    assert watch.pauses == [0.25]


async def test_many_at_a_time_are_not_even_compared(guesses: Guesses, watch: Watch) -> None:
    await guess(guesses, FREE)
    watch.gate = asyncio.Event()
    waiting = [asyncio.ensure_future(guess(guesses, 1)) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Refused) as refused:
        guesses.look("192.0.2.7")
    assert refused.value.status == 429
    guesses.look("192.0.2.8")
    watch.gate.set()
    await asyncio.gather(*waiting)
    guesses.look("192.0.2.7")


async def test_after_some_minutes_it_is_forgotten_and_never_kept_for_too_many(guesses: Guesses, watch: Watch) -> None:
    await guess(guesses, 10)
    watch.now += FORGOTTEN_AFTER + 1
    watch.pauses.clear()
    await guess(guesses, FREE)
    assert watch.pauses == []
    for number in range(MOST_PEERS + 50):
        await guess(guesses, 1, f"10.0.{number // 250}.{number % 250}")
    assert len(guesses._peers) == MOST_PEERS


class TestOverHttp:
    """The control API and the login."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"admin_token": Secret(TOKEN)}

    @pytest.fixture
    def clocked(self, server: Server, watch: Watch) -> Watch:
        server._access._guesses = Guesses(watch.pause, lambda: watch.now)
        return watch

    async def status(self, session: aiohttp.ClientSession, token: str) -> int:
        async with session.get("/_sandbox/clock", headers={"Authorization": f"Bearer {token}"}) as answer:
            return answer.status

    async def test_wrong_ones_are_slowed_and_logged_without_the_token(
        self, session: aiohttp.ClientSession, clocked: Watch, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING):
            assert [await self.status(session, f"s3cret{n}") for n in range(FREE + 2)] == [401] * (FREE + 2)
        assert clocked.pauses == [0.25, 0.5]
        lines = [record.getMessage() for record in caplog.records if "token" in record.getMessage()]
        assert lines[-1] == "wrong admin token from 127.0.0.1 at /_sandbox/clock (5 so far)"
        assert len(lines) == FREE + 2
        assert "s3cret" not in caplog.text

    async def test_while_one_waits_the_right_one_does_not(self, session: aiohttp.ClientSession, clocked: Watch) -> None:
        for _ in range(FREE):
            await self.status(session, "guess")
        clocked.gate = asyncio.Event()
        waiting = asyncio.ensure_future(self.status(session, "guess"))
        await clocked.paused.wait()
        assert await self.status(session, TOKEN) == 200
        assert not waiting.done()
        clocked.gate.set()
        assert await waiting == 401

    async def test_the_login_counts_too(
        self, server: Server, session: aiohttp.ClientSession, clocked: Watch, caplog: pytest.LogCaptureFixture
    ) -> None:
        form = {"token": "guess", "page_token": await token_of(server, "/console/login")}
        for _ in range(FREE + 1):
            async with session.post("/console/login", data=form) as answer:
                assert answer.status == 401
        assert clocked.pauses == [0.25]
        assert "wrong admin token from 127.0.0.1 at /console/login" in caplog.text

    async def test_who_brings_none_has_guessed_nothing(
        self, session: aiohttp.ClientSession, clocked: Watch, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(FREE + 2):
            async with session.get("/_sandbox/clock") as answer:
                assert answer.status == 401
        assert (clocked.pauses, caplog.text) == ([], "")
