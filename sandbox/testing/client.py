"""The calls of `AsyncClient` for code without an event loop: each runs on the loop of a background thread."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from sandbox.testing.calls import WAIT_SECONDS, AsyncClient
from sandbox.testing.shapes import Clock, Entry, Merchant, Notification, Order, Paid, Verification

T = TypeVar("T")


class Client:
    """One merchant of one sandbox. `aio` has the same methods as coroutines, for tests that are coroutines.

    In such a test these methods would hold up the loop in which the merchant's own code runs: use `aio` there.
    """

    def __init__(self, calls: AsyncClient, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.aio = calls

    def __repr__(self) -> str:
        return repr(self.aio)

    @property
    def url(self) -> str:
        return self.aio.url

    @property
    def merchant(self) -> Merchant:
        return self.aio.merchant

    @property
    def openid(self) -> str:
        """A payer of the merchant's appid."""
        return self.aio.openid

    def environment(self) -> dict[str, str]:
        return self.aio.environment()

    def pay(self, out_trade_no: str, outcome: str = "", **more: str) -> Paid:
        return self._run(self.aio.pay(out_trade_no, outcome, **more))

    def cancel(self, out_trade_no: str) -> Paid:
        return self._run(self.aio.cancel(out_trade_no))

    def fail(self, out_trade_no: str, reason: str = "other") -> Paid:
        return self._run(self.aio.fail(out_trade_no, reason))

    def order(self, out_trade_no: str) -> Order:
        return self._run(self.aio.order(out_trade_no))

    def orders(self) -> list[Order]:
        return self._run(self.aio.orders())

    def timeline(self, out_trade_no: str) -> list[Entry]:
        return self._run(self.aio.timeline(out_trade_no))

    def notifications(self, out_trade_no: str = "") -> list[Notification]:
        return self._run(self.aio.notifications(out_trade_no))

    def journal(self, **filters: str) -> list[Entry]:
        return self._run(self.aio.journal(**filters))

    def notify(self, out_trade_no: str, fault: str = "") -> Order:
        return self._run(self.aio.notify(out_trade_no, fault))

    def wait_paid(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:
        return self._run(self.aio.wait_paid(out_trade_no, timeout))

    def wait_notified(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:
        return self._run(self.aio.wait_notified(out_trade_no, timeout))

    def wait_closed(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:
        return self._run(self.aio.wait_closed(out_trade_no, timeout))

    def wait_refunded(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:
        return self._run(self.aio.wait_refunded(out_trade_no, timeout))

    def verify(self, **expectation: Any) -> Verification:
        return self._run(self.aio.verify(**expectation))

    def wait_called(self, timeout: float = WAIT_SECONDS, **expectation: Any) -> Verification:
        return self._run(self.aio.wait_called(timeout, **expectation))

    def clock(self) -> Clock:
        return self._run(self.aio.clock())

    def advance(self, seconds: float) -> Clock:
        return self._run(self.aio.advance(seconds))

    def scale(self, speed: float) -> Clock:
        return self._run(self.aio.scale(speed))

    def scenario(self, name: str, definition: Mapping[str, Any] | str) -> None:
        self._run(self.aio.scenario(name, definition))

    def apply(self, name: str, out_trade_no: str = "", *, next: bool = False) -> None:
        self._run(self.aio.apply(name, out_trade_no, next=next))

    def end(self, name: str, out_trade_no: str = "", *, next: bool = False) -> None:
        self._run(self.aio.end(name, out_trade_no, next=next))

    def reset(self) -> None:
        self._run(self.aio.reset())

    def invoke_app(self, request: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        return self._run(self.aio.invoke_app(request, **more))

    def invoke_jsapi(self, request: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        return self._run(self.aio.invoke_jsapi(request, **more))

    def new_merchant(self, **fields: Any) -> "Client":
        """Another merchant on the same sandbox; delete it when it is no longer needed."""
        other = self._run(self.aio.new_merchant(**fields))
        return Client(other, self._loop)

    def delete_merchant(self) -> None:
        self._run(self.aio.delete_merchant())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
