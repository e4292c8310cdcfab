"""Wrong admin tokens cost time: who guesses is answered later and later, everybody else at once."""

import asyncio
import ipaddress
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.core.addresses import plain
from sandbox.web.errors import Refused

log = logging.getLogger(__name__)

FREE = 3
"""Wrong ones that cost nothing: people mistype."""
FIRST_SECONDS = 0.25
LONGEST_SECONDS = 4.0
MOST_WAITING = 8
"""How many of one peer's may wait for their answer; while they do, no more of its tokens are looked at."""
FORGOTTEN_AFTER = 300.0
MOST_PEERS = 1000


@dataclass(slots=True)
class Peer:
    """What is known of one: wrong tokens so far, answers that wait, when the last came (monotonic seconds)."""

    wrong: int = 0
    waiting: int = 0
    last: float = 0.0


class Guesses:
    """Counts by address, for a few minutes; `pause` waits real seconds."""

    def __init__(
        self, pause: Callable[[float], Awaitable[None]] = asyncio.sleep, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._pause, self._now = pause, now
        self._peers: dict[str, Peer] = {}

    def look(self, address: str) -> None:
        """Raise Refused where too many of this peer's wrong tokens wait: then the next is not even compared."""
        peer = self._peers.get(_peer(address))
        if peer is not None and peer.waiting >= MOST_WAITING:
            raise Refused(429, "slow_down", "Too many wrong admin tokens; try again in a few seconds.")

    async def wrong(self, address: str, path: str) -> None:
        """A token was wrong: say so in the log, and hold its answer back."""
        peer = self._known(_peer(address))
        peer.wrong, peer.last = peer.wrong + 1, self._now()
        where = path[:100].encode("unicode_escape").decode()
        log.warning("wrong admin token from %s at %s (%d so far)", address, where, peer.wrong)
        if peer.wrong <= FREE:
            return
        peer.waiting += 1
        try:
            await self._pause(seconds_after(peer.wrong))
        finally:
            peer.waiting -= 1

    def _known(self, name: str) -> Peer:
        oldest = self._now() - FORGOTTEN_AFTER
        for known in [one for one, peer in self._peers.items() if peer.last < oldest and not peer.waiting]:
            del self._peers[known]
        if name not in self._peers and len(self._peers) >= MOST_PEERS:
            del self._peers[min(self._peers, key=lambda one: self._peers[one].last)]
        return self._peers.setdefault(name, Peer())


def seconds_after(wrong: int) -> float:
    """How long the answer to the n-th wrong token in a row waits."""
    return float(min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(wrong - FREE - 1, 16))) if wrong > FREE else 0.0


def _peer(address: str) -> str:
    """Who has one address of IPv6 has the 2^64 of its network."""
    try:
        found = plain(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False) if found.version == 6 else found)
