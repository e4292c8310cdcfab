"""Host names made into addresses, by the system's own rules: /etc/hosts, nsswitch, name servers.

The system's look-up (getaddrinfo) knows no time-out and cannot be called off. So each name is asked for in a thread of
its own, for which nobody waits longer than `LOOK_UP_SECONDS`, and which does not hold up the end of the process. The
event loop's own look-ups share a few threads: one dead name server takes them all, and joins them at the end.
"""

import asyncio
import contextlib
import functools
import ipaddress
import socket
import threading
from typing import cast

from sandbox.descriptors import share

LOOK_UP_SECONDS = 4.0
MOST_LOOK_UPS = 128
"""How many names may be asked for at a time, those included for which nobody waits any more."""

AddressInfo = tuple[int, int, int, str, tuple[str | int, ...]]
"""Family, type, protocol, canonical name, socket address: as getaddrinfo gives it."""


class LookUpFailed(OSError):
    """A host's name means no address, or nobody said so in time; `strerror` is the reason."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(None, reason)
        self.host = host


class Resolver:
    """Looks names up. Who asks for a name that is being asked for shares that look-up."""

    def __init__(self, seconds: float = LOOK_UP_SECONDS, most: int | None = None) -> None:
        self._seconds, self._most = seconds, most or share(16, MOST_LOOK_UPS)
        self._running: dict[str, asyncio.Future[list[AddressInfo] | LookUpFailed]] = {}
        self._closed = False

    async def addresses(self, host: str, port: int) -> list[AddressInfo]:
        """Where to connect to, the best first; raises LookUpFailed. Addresses and localhost need no look-up."""
        found = _known(host) or await self._look_up(host)
        return [(*info[:4], (info[4][0], port, *info[4][2:])) for info in found]

    def close(self) -> None:
        """Cut off who waits, now and later: a stop has no time for name servers."""
        self._closed = True
        for running in self._running.values():
            running.cancel()

    async def _look_up(self, host: str) -> list[AddressInfo]:
        running = self._running.get(host) or self._start(host)
        try:
            async with asyncio.timeout(self._seconds):
                found = await asyncio.shield(running)
        except TimeoutError:
            raise LookUpFailed(host, "no name server answered in time") from None
        if isinstance(found, LookUpFailed):
            raise found
        return found

    def _start(self, host: str) -> "asyncio.Future[list[AddressInfo] | LookUpFailed]":
        if self._closed:
            raise asyncio.CancelledError
        if len(self._running) >= self._most:
            raise LookUpFailed(host, "too many names are being looked up")
        loop = asyncio.get_running_loop()
        running = self._running[host] = loop.create_future()

        def landed(found: list[AddressInfo] | LookUpFailed) -> None:
            del self._running[host]
            if not running.done():
                running.set_result(found)

        def ask() -> None:
            found = _asked(host)
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(landed, found)

        threading.Thread(target=ask, name=f"look-up of {host}", daemon=True).start()
        return running


@functools.lru_cache(1024)
def _known(host: str) -> tuple[AddressInfo, ...]:
    """What nobody has to be asked for: an address, or localhost (RFC 6761); nothing for a name."""
    if host.lower() in ("localhost", "localhost."):
        return (*_known("127.0.0.1"), *_known("::1"))
    try:
        ipaddress.ip_address(host)
        return tuple(_getaddrinfo(host, socket.AI_NUMERICHOST))
    except (OSError, ValueError):
        return ()


def _asked(host: str) -> list[AddressInfo] | LookUpFailed:
    """What the system says, however long it takes."""
    try:
        return _getaddrinfo(host, 0)
    except socket.gaierror as error:
        return LookUpFailed(host, error.strerror or "no such name")
    except (OSError, ValueError) as error:  # a name that is too long, or holds what no name may
        return LookUpFailed(host, str(error))


def _getaddrinfo(host: str, flags: int) -> list[AddressInfo]:
    return cast(list[AddressInfo], socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=flags))
