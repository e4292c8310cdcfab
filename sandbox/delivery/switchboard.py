"""Who listens in a terminal: hears of each call and attempt, and may carry notifications to where the sandbox cannot.

A listener lasts as long as its stream: who is killed is gone with the connection, and the next attempt goes out as
always. Nothing of it is stored.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Protocol

from sandbox.core.errors import ForwardTaken, ForwardUnknown, StorageFailed
from sandbox.core.journal import KEPT_BYTES, Event, Exchange, Message
from sandbox.core.notifications import ATTEMPT_SECONDS
from sandbox.core.outgoing import Outgoing
from sandbox.core.ports.face import Answer
from sandbox.core.ports.queries import Entry
from sandbox.core.ports.services import Handed
from sandbox.core.ports.storage import ChangeSet, Storage, UnitOfWork
from sandbox.core.verdicts import Verdict, VerdictName

LOOK_BACK = 200
"""So far behind the newest line may one be that another process stores later."""

MOST_WAITING = 1000
"""Lines that wait for one listener; of more, the oldest are lost."""

Result = Answer | Verdict


class Carrier(Protocol):
    """Sends the message of an exchange, and notes there what came back."""

    async def carry(self, exchange: Exchange, sent: Message) -> Result: ...


@dataclass(eq=False, slots=True)
class Listener:
    """One stream. `mch_ids` are whose lines it hears, empty for all; `target` says where it carries notifications."""

    mch_ids: frozenset[str]
    target: str
    _lines: deque[Exchange] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    _handed: deque[Handed] = field(default_factory=deque)
    _something: asyncio.Event = field(default_factory=asyncio.Event)

    def hears(self, mch_id: str) -> bool:
        return not self.mch_ids or mch_id in self.mch_ids

    def tell(self, item: Exchange | Handed) -> None:
        if isinstance(item, Handed):
            self._handed.append(item)
        else:
            self._lines.append(item)
        self._something.set()

    async def next(self) -> Exchange | Handed:
        """What is to be done comes before what is only told."""
        while not (self._handed or self._lines):
            self._something.clear()
            await self._something.wait()
        return self._handed.popleft() if self._handed else self._lines.popleft()


def _last(tx: UnitOfWork) -> Sequence[Entry]:
    return tx.journal.exchanges_after(tx.journal.newest() - LOOK_BACK, LOOK_BACK)


def _after(number: int, tx: UnitOfWork) -> Sequence[Entry]:
    return tx.journal.exchanges_after(number, MOST_WAITING)


class Switchboard:
    """Implements `Switchboard`. Notifications leave by whoever carries a merchant's, else by the sender."""

    def __init__(self, storage: Storage, sender: Carrier, outgoing: Outgoing) -> None:
        self._storage, self._sender, self._outgoing = storage, sender, outgoing
        self._listeners: list[Listener] = []
        self._told: set[int] = set()
        self._reading: asyncio.Task[None] | None = None
        self._more = False
        self._open: dict[str, tuple[Listener, asyncio.Future[Result]]] = {}

    def on_records(self, recorded: Sequence[Event | Exchange]) -> None:
        """An observer of the store; where other processes write too, all is read from the journal instead."""
        if not self._storage.owed.shared:
            self._tell(recorded)

    def committed(self, changes: ChangeSet) -> None:
        """A listener of the store, which tells of other processes' commits, too."""
        if not (self._listeners and changes.calls and self._storage.owed.shared):
            return
        self._more = True
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_on(), name="switchboard")

    async def _read_on(self) -> None:
        """Tell of the lines that were not told yet. Of two processes' the later number may be stored first."""
        try:
            while self._more:
                after = max(self._told, default=0) - LOOK_BACK
                self._more = False
                found = await self._storage.read(partial(_after, after))
                self._more |= len(found) == MOST_WAITING
                for entry in found:
                    if entry.id not in self._told:
                        self._told.add(entry.id)
                        self._tell([entry.what])
                self._told = {number for number in self._told if number > after}
        except StorageFailed:
            pass  # of that the store tells; the next commit leads here again
        finally:
            self._reading = None

    def _tell(self, recorded: Sequence[Event | Exchange]) -> None:
        for listener in self._listeners:
            for what in recorded:
                if isinstance(what, Exchange) and listener.hears(what.party):
                    listener.tell(what)

    @asynccontextmanager
    async def listen(self, mch_ids: frozenset[str], target: str) -> AsyncIterator[Listener]:
        """Raises ForwardTaken where somebody carries the notifications of one of these merchants already."""
        listener = Listener(mch_ids, target)
        if target and any(one.target and one.mch_ids == mch_ids for one in self._listeners):
            raise ForwardTaken
        if not self._listeners and self._storage.owed.shared:
            self._told = {entry.id for entry in await self._storage.read(_last)}
        self._listeners.append(listener)
        try:
            yield listener
        finally:
            self._listeners.remove(listener)
            for ours, answer in list(self._open.values()):
                if ours is listener and not answer.done():
                    answer.set_result(Verdict(VerdictName.RESET, (("reason", "listen ended"),)))

    def answer(self, number: str, result: Result) -> None:
        """What became of a message that was handed over; raises ForwardUnknown where nobody waits for it."""
        if number not in self._open or self._open[number][1].done():
            raise ForwardUnknown(number)
        self._open[number][1].set_result(result)

    async def carry(self, exchange: Exchange, sent: Message) -> Result:
        listener = self._carrier_of(exchange.party)
        return await self._hand_over(listener, exchange, sent) if listener else await self._sender.carry(exchange, sent)

    def _carrier_of(self, mch_id: str) -> Listener | None:
        """Who carries what a merchant is told: who names it before who takes all."""
        carriers = [one for one in self._listeners if one.target and one.hears(mch_id)]
        return max(carriers, key=lambda one: bool(one.mch_ids), default=None)

    async def _hand_over(self, listener: Listener, exchange: Exchange, sent: Message) -> Result:
        number, answer = secrets.token_hex(8), asyncio.get_running_loop().create_future()
        exchange.facts["forwarded_to"] = listener.target
        self._open[number] = (listener, answer)
        began = perf_counter()
        listener.tell(Handed(number, exchange.path, sent))
        try:
            with self._outgoing.sending(sent) as errand:
                async with asyncio.timeout(ATTEMPT_SECONDS):
                    result: Result = await answer
            if errand.came_home:
                result = Verdict(VerdictName.OWN_ADDRESS, (("address", listener.target[:200]),))
        except TimeoutError:
            result = Verdict(VerdictName.TIMEOUT)
        finally:
            del self._open[number]
            exchange.duration_ms = round((perf_counter() - began) * 1000, 3)
        if isinstance(result, Answer):
            exchange.status = result.status
            exchange.reply = Message(result.message.headers, result.message.body[:KEPT_BYTES])
            if result.cut:
                exchange.reply_cut = True
        return result
