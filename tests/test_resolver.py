"""Names are looked up apart from each other, for a bounded time, and hold up nobody's end."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.resolver import LookUpFailed, Resolver

REAL = socket.getaddrinfo


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A name server that never answers for names below `dead.example`; gives what it was asked."""
    asked: list[str] = []
    over = threading.Event()

    def getaddrinfo(host: str, *rest: Any, **options: Any) -> Any:
        if options.get("flags") == socket.AI_NUMERICHOST:
            return REAL(host, *rest, **options)
        asked.append(host)
        if host.endswith("dead.example"):
            over.wait()
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return REAL("192.0.2.7", *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield asked
    over.set()


def hosts(found: list[Any]) -> list[tuple[Any, ...]]:
    return [info[4][:2] for info in found]


async def test_a_look_up_that_nobody_answers_fails_in_time(dead: list[str]) -> None:
    with pytest.raises(LookUpFailed) as failed:
        await Resolver(seconds=0.05).addresses("shop.dead.example", 80)
    assert failed.value.host == "shop.dead.example"
    assert failed.value.strerror == "no name server answered in time"


@pytest.mark.slow
async def test_others_are_looked_up_while_a_hundred_hang(dead: list[str]) -> None:
    resolver = Resolver(seconds=30, most=128)
    hanging = [asyncio.create_task(resolver.addresses(f"{n}.dead.example", 80)) for n in range(100)]
    await asyncio.sleep(0)
    assert hosts(await resolver.addresses("shop.example", 8080)) == [("192.0.2.7", 8080)]
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_there_are_never_more_than_so_many(dead: list[str]) -> None:
    resolver = Resolver(seconds=0.05, most=3)
    found = await asyncio.gather(
        *[resolver.addresses(f"{n}.dead.example", 80) for n in range(5)], return_exceptions=True
    )
    assert all(isinstance(one, LookUpFailed) for one in found)
    assert len(dead) == 3


async def test_who_asks_for_the_same_name_shares_the_look_up(dead: list[str]) -> None:
    resolver = Resolver(seconds=0.05)
    await asyncio.gather(*[resolver.addresses("dead.example", 80) for _ in range(50)], return_exceptions=True)
    assert dead == ["dead.example"]


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("localhost", [("127.0.0.1", 80), ("::1", 80)]),
        ("LOCALHOST.", [("127.0.0.1", 80), ("::1", 80)]),
        ("192.0.2.1", [("192.0.2.1", 80)]),
        ("::1", [("::1", 80)]),
    ],
)
async def test_an_address_and_localhost_need_no_name_server(
    dead: list[str], host: str, found: list[tuple[str, int]]
) -> None:
    assert hosts(await Resolver().addresses(host, 80)) == found
    assert dead == []


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "with\0null", ".example"])
async def test_what_is_no_name_fails_as_any_other(host: str) -> None:
    with pytest.raises(LookUpFailed):
        await Resolver().addresses(host, 80)


async def test_a_stop_waits_for_no_name_server(dead: list[str]) -> None:
    resolver = Resolver(seconds=30)
    waiting = asyncio.create_task(resolver.addresses("dead.example", 80))
    await asyncio.sleep(0)
    resolver.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(asyncio.CancelledError):
        await resolver.addresses("other.dead.example", 80)
