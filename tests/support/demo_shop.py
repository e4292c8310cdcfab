"""The demo shop as a process of its own, and what a customer or a test asks of it over HTTP."""

import asyncio
import os
import sys
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any

import aiohttp

from sandbox.config import shipped
from tests.support.patience import PATIENCE


class DemoShop(AbstractAsyncContextManager["DemoShop"]):
    """It queries only after 600 s, so that notifications are what counts, unless `arguments` say otherwise.

    `times` has it send time_start and time_expire by its own clock, for a sandbox whose clock was not moved before.
    An answer may take a second, and what got none is sent again at once: tests wait for nothing longer.
    """

    def __init__(self, gateway: str, *arguments: str, times: bool = False) -> None:
        defaults = ["--look-after", "600", "--answer-within", "1", "--retry-after", "0.01,0.01,0.01"]
        clock = [] if times else ["--no-times"]
        self._arguments = ["--port", "0", "--gateway", gateway, *defaults, *clock, *arguments]
        self._process: asyncio.subprocess.Process
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> "DemoShop":
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(shipped("examples") / "shop" / "shop.py"),
            *self._arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=os.environ,
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = (await self._process.stdout.readline()).decode()
        self._session = aiohttp.ClientSession(line.removeprefix("shop ready at ").strip())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        self._process.terminate()
        await self._process.wait()

    async def buy(self, trade_type: str = "NATIVE") -> dict[str, Any]:
        """An order as the shop has it after placing it, also one that WeChat Pay would not take."""
        async with self._session.post("/orders.json", json={"item": "longjing", "trade_type": trade_type}) as response:
            answer: dict[str, Any] = await response.json()
            assert response.status in (201, 502), answer
            order: dict[str, Any] = answer.get("order", answer)
            assert (order["state"] == "failed") == (response.status == 502)
            return order

    async def look(self, out_trade_no: str) -> dict[str, Any]:
        async with self._session.get(f"/orders/{out_trade_no}.json") as response:
            assert response.status == 200
            order: dict[str, Any] = await response.json()
            return order

    async def check(self, out_trade_no: str) -> dict[str, Any]:
        """The customer says that it is paid."""
        return await self._act(out_trade_no, "check")

    async def cancel(self, out_trade_no: str) -> dict[str, Any]:
        return await self._act(out_trade_no, "cancel")

    async def refund(self, out_trade_no: str, yuan: str, status: int = 200) -> dict[str, Any]:
        """The staff gives money back."""
        return await self._act(out_trade_no, "refund", {"amount": yuan}, status)

    async def page(self, out_trade_no: str) -> str:
        """The order's page, in English."""
        async with self._session.get(f"/orders/{out_trade_no}", headers={"Accept-Language": "en"}) as answer:
            assert answer.status == 200
            return await answer.text()

    async def _act(
        self, out_trade_no: str, act: str, form: dict[str, str] | None = None, status: int = 200
    ) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        async with self._session.post(f"/orders/{out_trade_no}/{act}", data=form, headers=headers) as answer:
            assert answer.status == status
            if status != 200:
                return {}
            order: dict[str, Any] = await answer.json()
            return order
