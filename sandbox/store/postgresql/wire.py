"""The connection on which a process listens: it hears what others have stored, and by it others know that it lives.

Each process has a number, and holds PostgreSQL's advisory lock of it as long as it lives: where it is killed, or its
machine goes, the server ends its session and the lock with it. So nothing has to be tidied up, no clock compared.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Iterable
from typing import Any

import asyncpg
import msgspec

from sandbox.core.ports.storage import ChangeSet
from sandbox.store.postgresql.news import News
from sandbox.store.postgresql.sessions import DRIVER_ERRORS, Sessions

log = logging.getLogger(__name__)

CHANNEL = "wxpay_sandbox"
KIND = 0x5750
"""Of all advisory locks of two numbers those that begin with this one are of processes."""

BEAT_SECONDS = 1.0
"""How often a process asks who lives, and whether it is still heard of itself."""

LIVING = f"""
SELECT objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND classid = {KIND} AND objsubid = 2 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 - our own number
"""The numbers of the processes that live."""

SETTLE_SECONDS = 5.0
"""How long a process that has been cut off leaves the others' work alone: they were cut off too."""

_EVERYTHING = ChangeSet(calls=True, clocks=True, scenarios=True)
"""What may have changed while nothing was heard: whoever watches looks again."""


class Wire:
    """One process's. `number` names it; `living` are those of all processes, its own among them, as of a second ago."""

    def __init__(
        self,
        sessions: Sessions,
        heard: Callable[[ChangeSet], None],
        beaten: Callable[[], None],
        failed: Callable[[BaseException | None], None],
    ) -> None:
        """`heard` is told what others have stored, `failed` what the connection meets, or that it met nothing.

        `beaten` is called again and again as long as the process is heard of.
        """
        self.number = secrets.randbelow(2**31 - 1) + 1
        self.living = frozenset({self.number})
        self._sessions = sessions
        self._heard, self._beaten, self._failed = heard, beaten, failed
        self._driver: asyncpg.Connection[Any] | None = None
        self._settles_at = 0.0
        self._one_at_a_time = asyncio.Lock()
        self._beating: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen, and be known to those who do; raises one of DRIVER_ERRORS."""
        await self._begin()
        await self.tell([msgspec.json.encode(News(process=self.number))])
        self._beating = asyncio.create_task(self._beat(), name="store-wire")

    async def stop(self) -> None:
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait([self._beating])
        if self._driver is not None:
            with contextlib.suppress(*DRIVER_ERRORS):
                await self._driver.close(timeout=1)

    async def tell(self, messages: Iterable[bytes]) -> None:
        """Tell the others; where that fails, they look by themselves a little later."""
        async with self._one_at_a_time:
            if self._driver is None:
                return
            with contextlib.suppress(*DRIVER_ERRORS):
                for message in messages:
                    await self._driver.execute("SELECT pg_notify($1, $2)", CHANNEL, message.decode())

    async def _begin(self) -> None:
        driver = await self._sessions.listening()
        try:
            # What is told is told again by the books: it need not reach the disk, and must not wait for it.
            await driver.execute("SET synchronous_commit = off")
            while not await driver.fetchval("SELECT pg_try_advisory_lock($1, $2)", KIND, self.number):
                self.number = secrets.randbelow(2**31 - 1) + 1
            await driver.add_listener(CHANNEL, self._on_message)
            await self._look(driver)
        except BaseException:
            driver.terminate()
            raise
        self._driver = driver

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                async with self._one_at_a_time:
                    await self._look_again()
            except DRIVER_ERRORS as error:
                self._failed(error)
                if self._driver is not None:
                    self._driver.terminate()
                    self._driver = None
                continue
            self._failed(None)
            self._beaten()

    async def _look_again(self) -> None:
        if self._driver is not None:
            return await self._look(self._driver)
        await self._begin()
        self._settles_at = asyncio.get_running_loop().time() + SETTLE_SECONDS
        return self._heard(_EVERYTHING)

    @property
    def settled(self) -> bool:
        """Whether who holds no lock has ended: where the database was away, others may be about to come again."""
        return asyncio.get_running_loop().time() >= self._settles_at

    async def _look(self, driver: "asyncpg.Connection[Any]") -> None:
        found = await driver.fetch(LIVING)
        self.living = frozenset({row[0] for row in found} | {self.number})

    def _on_message(self, _connection: object, _process: int, _channel: str, payload: object) -> None:
        try:
            news = msgspec.json.decode(str(payload), type=News)
        except msgspec.MsgspecError as error:
            log.warning("what another process told cannot be read: %s", error)
            return
        if news.process == self.number:
            return
        self.living |= {news.process}
        if changes := news.changes():
            self._heard(changes)
