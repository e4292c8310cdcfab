"""The control API, as a test calls it."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import aiohttp

from tests.support.patience import PATIENCE

T = TypeVar("T")


async def started(work: Awaitable[T]) -> "asyncio.Future[T]":
    """What has sent its request, and goes on beside the test."""
    task = asyncio.ensure_future(work)
    for _ in range(50):
        await asyncio.sleep(0)
    return task


class Control:
    """Calls under /_sandbox/; raises AssertionError for a status that was not expected."""

    def __init__(self, session: aiohttp.ClientSession, mch_id: str = "1900000109") -> None:
        self.session = session
        self.mch_id = mch_id

    async def call(self, method: str, path: str, body: object = None, status: int = 200, /, **query: str) -> Any:
        async with self.session.request(method, f"/_sandbox{path}", json=body, params=query) as response:
            answer = await response.json() if response.status != 204 else None
            assert response.status == status, answer
            return answer

    async def get(self, path: str, status: int = 200, /, **query: str) -> Any:
        return await self.call("GET", path, None, status, **query)

    async def post(self, path: str, body: object = None, status: int = 200) -> Any:
        return await self.call("POST", path, body if body is not None else {}, status)

    async def pay(self, out_trade_no: str, outcome: str = "success", status: int = 200, **more: object) -> Any:
        path = f"/orders/{self.mch_id}/{out_trade_no}/pay"
        return await self.post(path, {"outcome": outcome, **more}, status)

    async def auth_code(self, openid: str = "oSandboxPayer000000000000001") -> str:
        """A new payment code on a payer's phone."""
        return str((await self.post(f"/payers/{openid}/auth-code", None, 201))["auth_code"])

    async def password(self, out_trade_no: str, outcome: str = "success", status: int = 200) -> Any:
        return await self.post(f"/orders/{self.mch_id}/{out_trade_no}/password", {"outcome": outcome}, status)

    async def advance(self, seconds: float, mch_id: str = "") -> Any:
        return await self.post("/clock", {"advance": seconds, "mch_id": mch_id})

    async def order(self, out_trade_no: str) -> Any:
        return await self.get(f"/orders/{self.mch_id}/{out_trade_no}")

    async def timeline(self, out_trade_no: str) -> list[dict[str, Any]]:
        answer = await self.get(f"/orders/{self.mch_id}/{out_trade_no}/timeline")
        return list(answer["items"])

    async def wait(self, out_trade_no: str, event: str) -> Any:
        query = {"mch_id": self.mch_id, "out_trade_no": out_trade_no, "for": event, "timeout": str(PATIENCE)}
        return await self.get("/wait", **query)

    async def notification(self, out_trade_no: str) -> dict[str, Any]:
        return dict((await self.order(out_trade_no))["notifications"][0])
