"""The way of a call: a tuple of named steps, run by one loop.

A step is a function of the call. It leaves what it found out in the call's fields, raises Refused where the call ends,
and returns False where there was nothing for it to do. Each face lists its own steps, in its own order.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar

from aiohttp import web

from sandbox.api.call import Call, Refused
from sandbox.core.errors import StorageFailed
from sandbox.core.ports.storage import UnitOfWork

AnyCall = TypeVar("AnyCall", bound=Call)
Step = Callable[[AnyCall], Awaitable[None] | bool | None]

TOLD = frozenset({"read", "parse", "validate", "find_merchant", "verify_sign", "perform", "sign"})
"""The steps that journal, logs, metrics and pages tell of, by the name of their function; others are not told.

`write` is one too: whichever step answers tells it (`Call.answer`).
"""


class Pipeline(Generic[AnyCall]):
    """Answers calls: by `steps` as long as all goes well, by one of the `endings` after an error that it names."""

    def __init__(
        self,
        *,
        steps: tuple[Step[AnyCall], ...],
        endings: Mapping[type[Refused | StorageFailed], tuple[Step[AnyCall], ...]] | None = None,
    ) -> None:
        self._steps = _with_names(steps)
        self._endings = {error: _with_names(ending) for error, ending in (endings or {}).items()}

    async def run(self, call: AnyCall) -> web.StreamResponse:
        """Take a call through the steps; its answer."""
        if (news := call.services.storage.catch_up()) is not None:
            # Who cannot be told goes on with what is remembered: without the database the call ends by itself.
            with suppress(StorageFailed):
                await news
        try:
            await _run(call, self._steps)
        except (Refused, StorageFailed) as error:
            ending = self._endings.get(type(error))
            if ending is None:
                raise
            call.refused = error
            if isinstance(error, Refused):
                call.exchange.explain(error.fault, error.facts)
            await _run(call, ending)
        return call.response


AnyStep = TypeVar("AnyStep", bound=Callable[..., object])


def _with_names(steps: tuple[AnyStep, ...]) -> tuple[tuple[AnyStep, str], ...]:
    """Each step with the name by which it is told of; "" where it is not."""
    names = [getattr(step, "__name__", "") for step in steps]
    return tuple((step, name if name in TOLD else "") for step, name in zip(steps, names, strict=True))


async def _run(call: AnyCall, steps: tuple[tuple[Step[AnyCall], str], ...]) -> None:
    for step, name in steps:
        done = step(call)
        if done is not None and not isinstance(done, bool):
            await done
        if name and done is not False:
            call.note_step(name)


class InTransaction(Generic[AnyCall]):
    """A step that is made of others, which run inside the call's transaction, with its `tx`.

    A call that changes something is journalled there too: order, answer and line are stored together. One that only
    reads has a reader's connection, and its line follows soon.
    """

    def __init__(self, *steps: Callable[[AnyCall], bool | None]) -> None:
        self._steps = _with_names(steps)

    async def __call__(self, call: AnyCall) -> None:
        storage, endpoint = call.services.storage, call.endpoint
        if endpoint.reads:
            look = storage.read if endpoint.bulky else storage.read_now
            await look(partial(self._work, call))
            if (journalled := storage.journal_later(call.exchange)) is not None:
                await journalled
        else:
            # Not guarded: the use cases decide before they store.
            await storage.write(partial(self._work, call), guarded=False)

    def _work(self, call: AnyCall, tx: UnitOfWork) -> None:
        """The plain function of the transaction."""
        call.tx = tx
        for step, name in self._steps:
            if step(call) is not False and name:
                call.note_step(name)
        exchange = call.complete()
        if not call.endpoint.reads:
            tx.record(exchange)


def journal(call: Call) -> Awaitable[None] | None:
    """Have the journal keep a call that needed no transaction."""
    return call.services.storage.journal_later(call.complete())
