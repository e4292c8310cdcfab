"""The calls of `Calls` as tests use them: for code that waits (`Client`), and as coroutines (`AsyncClient`).

There is one implementation. Whoever asks, it runs on the loop of the background thread, so that a client outlives the
event loop of any one test, and needs none.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, Unpack

from sandbox.testing.background import Background
from sandbox.testing.calls import Calls
from sandbox.testing.errors import ControlApiError
from sandbox.testing.options import MerchantFields
from sandbox.testing.owned import Owned

P = ParamSpec("P")
R = TypeVar("R")
Call = Callable[Concatenate[Calls, P], Coroutine[Any, Any, R]]

_TOLD = (ControlApiError, AssertionError)
"""Errors that say all that matters: a failing test's traceback ends at its own line."""


class _Known:
    """What both kinds of client know of their merchant."""

    def __init__(self, calls: Calls, background: Background) -> None:
        self._calls = calls
        self._background = background
        self.merchant = Owned(calls.merchant, lambda: background.run(calls.credentials()))
        """Its ids and keys. Those of APIv3 (`private_key`, `serial_no`, ...) are made when one is first read."""

    def __repr__(self) -> str:
        return f"<wxpay-sandbox {self.url}, merchant {self.merchant.mch_id}, appid {self.merchant.appid}>"

    @property
    def url(self) -> str:
        """Where the sandbox listens: in place of https://api.mch.weixin.qq.com."""
        return self._calls.url

    @property
    def openid(self) -> str:
        """A payer of the merchant's appid."""
        return self.merchant.openid

    def environment(self) -> dict[str, str]:
        """What a merchant's backend is configured with, by the names of `settings.env`."""
        return {
            "WXPAY_BASE_URL": self.url,
            "WXPAY_MCH_ID": self.merchant.mch_id,
            "WXPAY_APPID": self.merchant.appid,
            "WXPAY_API_KEY": self.merchant.api_key,
            "WXPAY_API_V3_KEY": self.merchant.api_v3_key,
        }


def _awaited(call: "Call[P, R]") -> "Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, R]]":
    @wraps(call)
    async def awaited(client: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> R:
        __tracebackhide__ = True
        return await client._join(call(client._calls, *args, **kwargs))

    return awaited


def _blocking(call: "Call[P, R]") -> "Callable[Concatenate[Client, P], R]":
    @wraps(call)
    def blocking(client: "Client", /, *args: P.args, **kwargs: P.kwargs) -> R:
        __tracebackhide__ = True
        return client._run(call(client._calls, *args, **kwargs))

    return blocking


def _waiting(call: "Call[P, R]") -> "Callable[Concatenate[Client, P], R]":
    """A call that may wait for the merchant: where an event loop runs, the merchant's code may be in it."""

    @wraps(call)
    def waiting(client: "Client", /, *args: P.args, **kwargs: P.kwargs) -> R:
        __tracebackhide__ = True
        if asyncio._get_running_loop() is not None:
            name = call.__name__
            raise RuntimeError(
                f"{name}() would hold up the event loop of this thread, and with it a merchant that runs there: "
                f"use `await wxpay.aio.{name}(...)`."
            )
        return client._run(call(client._calls, *args, **kwargs))

    return waiting


class AsyncClient(_Known):
    """One merchant of one sandbox, for tests that are coroutines."""

    pay = _awaited(Calls.pay)
    cancel = _awaited(Calls.cancel)
    auth_code = _awaited(Calls.auth_code)
    password = _awaited(Calls.password)
    fail = _awaited(Calls.fail)
    refund = _awaited(Calls.refund)
    refunds = _awaited(Calls.refunds)
    balance = _awaited(Calls.balance)
    set_balance = _awaited(Calls.set_balance)
    ledger = _awaited(Calls.ledger)
    invoke_app = _awaited(Calls.invoke_app)
    invoke_jsapi = _awaited(Calls.invoke_jsapi)
    order = _awaited(Calls.order)
    orders = _awaited(Calls.orders)
    timeline = _awaited(Calls.timeline)
    notifications = _awaited(Calls.notifications)
    journal = _awaited(Calls.journal)
    verify = _awaited(Calls.verify)
    notify = _awaited(Calls.notify)
    wait_paid = _awaited(Calls.wait_paid)
    wait_notified = _awaited(Calls.wait_notified)
    wait_closed = _awaited(Calls.wait_closed)
    wait_refunded = _awaited(Calls.wait_refunded)
    wait_called = _awaited(Calls.wait_called)
    clock = _awaited(Calls.clock)
    advance = _awaited(Calls.advance)
    scale = _awaited(Calls.scale)
    reset_clock = _awaited(Calls.reset_clock)
    scenarios = _awaited(Calls.scenarios)
    scenario = _awaited(Calls.scenario)
    apply = _awaited(Calls.apply)
    end = _awaited(Calls.end)
    place = _awaited(Calls.place)
    place_refund = _awaited(Calls.place_refund)
    reset = _awaited(Calls.reset)
    credentials = _awaited(Calls.credentials)
    export = _awaited(Calls.export)
    delete_merchant = _awaited(Calls.delete_merchant)

    async def new_merchant(self, **fields: Unpack[MerchantFields]) -> "AsyncClient":
        """Another merchant on the same sandbox. It is deleted with this one, or before."""
        return AsyncClient(await self._join(self._calls.new_merchant(**fields)), self._background)

    async def _join(self, work: Coroutine[Any, Any, R]) -> R:
        __tracebackhide__ = True
        try:
            return await self._background.join(work)
        except _TOLD as error:
            raise error.with_traceback(None) from None


class Client(_Known):
    """One merchant of one sandbox. `aio` has the same calls as coroutines, for tests that are coroutines.

    In such a test a call that waits for the merchant would hold up the very loop in which the merchant's code runs, so
    these refuse to: `await wxpay.aio.wait_notified(...)` there.
    """

    pay = _blocking(Calls.pay)
    cancel = _blocking(Calls.cancel)
    auth_code = _blocking(Calls.auth_code)
    password = _blocking(Calls.password)
    fail = _blocking(Calls.fail)
    refund = _blocking(Calls.refund)
    refunds = _blocking(Calls.refunds)
    balance = _blocking(Calls.balance)
    set_balance = _blocking(Calls.set_balance)
    ledger = _blocking(Calls.ledger)
    invoke_app = _blocking(Calls.invoke_app)
    invoke_jsapi = _blocking(Calls.invoke_jsapi)
    order = _blocking(Calls.order)
    orders = _blocking(Calls.orders)
    timeline = _blocking(Calls.timeline)
    notifications = _blocking(Calls.notifications)
    journal = _blocking(Calls.journal)
    verify = _blocking(Calls.verify)
    notify = _waiting(Calls.notify)
    wait_paid = _waiting(Calls.wait_paid)
    wait_notified = _waiting(Calls.wait_notified)
    wait_closed = _waiting(Calls.wait_closed)
    wait_refunded = _waiting(Calls.wait_refunded)
    wait_called = _waiting(Calls.wait_called)
    clock = _blocking(Calls.clock)
    advance = _waiting(Calls.advance)
    scale = _blocking(Calls.scale)
    reset_clock = _blocking(Calls.reset_clock)
    scenarios = _blocking(Calls.scenarios)
    scenario = _blocking(Calls.scenario)
    apply = _blocking(Calls.apply)
    end = _blocking(Calls.end)
    place = _blocking(Calls.place)
    place_refund = _blocking(Calls.place_refund)
    reset = _blocking(Calls.reset)
    credentials = _blocking(Calls.credentials)
    export = _blocking(Calls.export)
    delete_merchant = _blocking(Calls.delete_merchant)

    @property
    def aio(self) -> AsyncClient:
        """The same merchant for coroutines."""
        return AsyncClient(self._calls, self._background)

    def new_merchant(self, **fields: Unpack[MerchantFields]) -> "Client":
        """Another merchant on the same sandbox. It is deleted with this one, or before."""
        return Client(self._run(self._calls.new_merchant(**fields)), self._background)

    def _run(self, work: Coroutine[Any, Any, R]) -> R:
        __tracebackhide__ = True
        try:
            return self._background.run(work)
        except _TOLD as error:
            raise error.with_traceback(None) from None
