"""The body of a call, and how much of one is read."""

from aiohttp import web

from sandbox.api.call import Call
from sandbox.core.journal import KEPT_BYTES, Message

BODY_LIMIT = 64 * 1024
"""How long a message may be, in bytes."""

DRAIN_LIMIT = 32 * 1024 * 1024
"""A body over the limit is read and dropped, up to this, so that its sender gets the answer and not a reset."""


async def read(call: Call) -> None:
    """Take the body, cut one byte over the limit; nothing, and a note, where its Content-Encoding is broken."""
    try:
        call.body = await _bounded(call.http)
    except web.RequestPayloadError:
        call.body, call.packing_broken = b"", True
    call.exchange.request = Message(call.exchange.request.headers, call.body[:KEPT_BYTES])


async def _bounded(request: web.Request) -> bytes:
    """The body as far as the limit; the rest is read and dropped."""
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
