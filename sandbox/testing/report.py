"""What a failing test's report tells of its merchant: the timelines of its orders, and the calls that were refused."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sandbox.core.text import Text
from sandbox.testing.calls import Calls
from sandbox.testing.clients import Client
from sandbox.testing.connection import LANGUAGE
from sandbox.testing.shapes import Entry, Order
from sandbox.words import testing as words

ORDERS = 5
LINES = 30
SECONDS = 5.0
"""A report waits no longer than this for what it tells."""

Section = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Watched:
    """A test's merchant. `alone`: the sandbox serves this process only, so that a stranger's call is the test's."""

    client: Client
    alone: bool
    began: float = field(default_factory=time.monotonic)

    def story(self) -> list[Section]:
        """Sections for a report. What cannot be told takes nothing from the report."""
        try:
            return self.client._run(asyncio.wait_for(self._told(self.client._calls), SECONDS))
        except Exception as error:
            return [_section(words.UNTOLD, [repr(error)])]

    async def _told(self, calls: Calls) -> list[Section]:
        orders, refused = await asyncio.gather(calls.orders(), calls.journal(outcome="failed"))
        placed = {order.out_trade_no for order in orders}
        sections = [await _timeline(calls, order) for order in orders[:ORDERS]]
        if len(orders) > ORDERS:
            sections.append(_section(words.OLDER, [], n=len(orders) - ORDERS))
        told = {words.REFUSED: [call for call in refused if call.out_trade_no not in placed]}
        if self.alone:
            told[words.STRANGERS] = await self._strangers(calls)
        return sections + [_section(title, _lines(entries[::-1])) for title, entries in told.items() if entries]

    async def _strangers(self, calls: Calls) -> list[Entry]:
        """Refused calls since the test began that no merchant of this sandbox made."""
        clock = await calls.sandbox_clock()
        since = clock.now - timedelta(seconds=(time.monotonic() - self.began) * clock.scale)
        return [call for call in await calls.everyones_journal(outcome="failed", since=since) if not call.mch_id]


async def _timeline(calls: Calls, order: Order) -> Section:
    lines = [f"{order!r} notify_url={order.notify_url}", *_lines(await calls.timeline(order.out_trade_no))]
    return _section(words.TIMELINE, lines, out_trade_no=order.out_trade_no)


def _lines(entries: Sequence[Entry]) -> list[str]:
    """The last of them, each with what explains it and how to mend it."""
    kept = entries[-LINES:]
    earlier = [words.EARLIER.say(LANGUAGE, n=len(entries) - LINES)] if len(entries) > LINES else []
    return earlier + [line for entry in kept for line in (str(entry), *_why(entry))]


def _why(entry: Entry) -> list[str]:
    told = entry.fix if entry.verdict else entry.explanation
    return [f"{'':13}{told}"] if told and entry.verdict != "ok" else []


def _section(title: Text, lines: Sequence[str], **facts: object) -> Section:
    return f"wxpay-sandbox: {title.say(LANGUAGE, **facts)}", "\n".join(lines)
