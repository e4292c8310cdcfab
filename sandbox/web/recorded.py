"""A call to WeChat's API as every face of it takes one: what is read of it, and the exchange that the journal keeps."""

import time
from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web

from sandbox.core.journal import KEPT_BYTES, Exchange, Message
from sandbox.core.merchants import Merchant
from sandbox.core.orders import OrderKey
from sandbox.core.outgoing import REQUEST_ID
from sandbox.core.world import World

BODY_LIMIT = 64 * 1024
"""How long a message may be, in bytes."""

DRAIN_LIMIT = 32 * 1024 * 1024
"""A body over the limit is read and dropped, up to this, so that its sender gets the answer and not a reset."""


class RecordedCall:
    """One call on its way through the steps, with the exchange that the journal keeps of it."""

    headers: ClassVar[Mapping[str, str]] = {"Server": "nginx"}
    """What every answer has."""

    def __init__(self, request: web.Request, world: World) -> None:
        self.http, self._world = request, world
        self._began = self._step_began = time.perf_counter()
        at = world.clock.now()
        self.exchange = Exchange(
            at=at,
            kind="api",
            method=request.method,
            path=request.path,
            request=Message(_pairs(request)),
            request_id=world.ids.request_id(at),
            client=request.remote or "",
        )

    def step(self, name: str) -> None:
        """Note that a step has ended."""
        now = time.perf_counter()
        self.exchange.steps.append((name, round((now - self._step_began) * 1000, 3)))
        self._step_began = now

    async def read(self) -> bytes:
        """The body, or as good as nothing where its encoding is broken; the journal keeps its beginning."""
        try:
            body = await read_body(self.http)
        except web.RequestPayloadError:
            body = b""
        self.exchange.request = Message(self.exchange.request.headers, body[:KEPT_BYTES])
        self.step("read")
        return body

    def belongs_to(self, mch_id: str, out_trade_no: str = "", sub_mch_id: str = "") -> Merchant | None:
        """Note whose call it is, for the journal: even a refused call belongs on its order's timeline."""
        merchant = self._world.storage.accounts.merchants.get(mch_id)
        if merchant is None:
            return None
        self.exchange.mch_id = mch_id
        self.exchange.at = self._world.clock.now(mch_id)
        if out_trade_no:
            self.exchange.key = OrderKey(mch_id, out_trade_no[:64], sub_mch_id[:32])
        return merchant

    def answered(self, body: bytes, more: Mapping[str, str] | None = None, status: int = 200) -> web.Response:
        """The reply; from here on the exchange is complete."""
        headers = self.headed(more)
        self.keep_reply(status, headers, body)
        return self.ended(status, headers, body)

    def headed(self, more: Mapping[str, str] | None) -> dict[str, str]:
        """The headers of an answer."""
        return {**self.headers, REQUEST_ID: self.exchange.request_id, **(more or {})}

    def keep_reply(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Note for the journal what is answered."""
        self.exchange.status = status
        self.exchange.reply = Message(tuple(headers.items()), body[:KEPT_BYTES])

    def ended(self, status: int, headers: Mapping[str, str], body: bytes) -> web.Response:
        """What goes out, and how long it took."""
        self.step("write")
        self.exchange.duration_ms = round((time.perf_counter() - self._began) * 1000, 3)
        return web.Response(status=status, body=body, headers=headers)


def _pairs(request: web.Request) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.raw_headers)


async def read_body(request: web.Request) -> bytes:
    """The body, cut one byte over the limit; the rest is read and dropped."""
    small = (request.content_length or 0) <= BODY_LIMIT
    if small and "Transfer-Encoding" not in request.headers and "Content-Encoding" not in request.headers:
        return await request.read()
    kept = bytearray()
    dropped = 0
    async for chunk in request.content.iter_any():
        room = BODY_LIMIT + 1 - len(kept)
        kept += chunk[:room]
        dropped += len(chunk[room:])
        if dropped > DRAIN_LIMIT:
            break
    return bytes(kept)
