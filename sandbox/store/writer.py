"""The one writer: a thread that owns the only write connection and commits in groups.

It takes all that wait, runs each in its savepoint, syncs once, and only then are the answers given. So durability costs
one disk sync a group, not one an order.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from sandbox.core.merchants import Accounts
from sandbox.core.ports import Committed
from sandbox.store.transaction import Transaction

GROUP = 256

Work = Callable[[Transaction], Any]


@dataclass(slots=True)
class _Job:
    work: Work
    future: "asyncio.Future[Any]"
    result: Any = None
    failure: BaseException | None = None


class Writer:
    """Runs transactions, many in one commit. `told` hears of each group on the event loop, before its answers."""

    def __init__(self, engine: Engine, accounts: Accounts, told: Callable[[Committed], None]) -> None:
        self._engine = engine
        self._accounts = accounts
        self._told = told
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> "asyncio.Future[Any]":
        future = self._loop.create_future()
        self._jobs.put(_Job(work, future))
        return future

    async def stop(self) -> None:
        """Finish what waits, then end."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while (group := self._take()) is not None:
                self._commit(connection, group)

    def _take(self) -> list[_Job] | None:
        """All that wait, at least one; None at the end."""
        first = self._jobs.get()
        if first is None:
            return None
        group = [first]
        while len(group) < GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            group.append(job)
        return group

    def _commit(self, connection: Connection, group: list[_Job]) -> None:
        done: list[Transaction] = []
        try:
            with connection.begin():
                for job in group:
                    self._perform(connection, job, done)
        except BaseException as failure:
            # The group did not reach the disk: nobody may be told that it did.
            done.clear()
            for job in group:
                job.failure = failure
        if done:
            self._accounts.become(done[-1].accounts)
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._answer, group, [one.committed for one in done])

    def _perform(self, connection: Connection, job: _Job, done: list[Transaction]) -> None:
        transaction = Transaction(connection, done[-1].accounts if done else self._accounts)
        cursor = connection.connection.cursor()
        cursor.execute("SAVEPOINT job")
        try:
            job.result = job.work(transaction)
            transaction.finish()
        except Exception as failure:
            job.failure = failure
            cursor.execute("ROLLBACK TO SAVEPOINT job")
        else:
            done.append(transaction)
        cursor.execute("RELEASE SAVEPOINT job")

    def _answer(self, group: list[_Job], changes: list[Committed]) -> None:
        told = Committed()
        for committed in changes:
            told.merge(committed)
        if told:
            self._told(told)
        for job in group:
            if job.future.done():
                continue
            if job.failure is not None:
                job.future.set_exception(job.failure)
            else:
                job.future.set_result(job.result)
