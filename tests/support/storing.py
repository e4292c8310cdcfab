"""Rows written past the public way, where a test needs thousands of them."""

from collections.abc import Callable

from sandbox.core.ports.storage import UnitOfWork


def repeated(times: int, act: Callable[[UnitOfWork], None]) -> Callable[[UnitOfWork], None]:
    """The same work so many times, in one transaction."""

    def work(tx: UnitOfWork) -> None:
        for _ in range(times):
            act(tx)

    return work
