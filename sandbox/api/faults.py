"""What can be wrong with an answer on its way, when a scenario has put a fault on it: its bytes, and how it travels."""

import asyncio
import contextlib
import os
import socket
import struct
from typing import ClassVar, Protocol

from aiohttp import web

from sandbox.core.plans import AnswerFault, CallFault

LONGEST_SILENCE = 65.0
"""How long an answer that never comes keeps its connection, unless the client goes first; real seconds."""

_LOOK_EVERY = 0.1
_HTML_502 = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    b"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
SILENT = frozenset({AnswerFault.TIMEOUT, AnswerFault.RESET})
"""The merchant gets no answer at all."""


class Spoiler(Protocol):
    """What spoils the answers of one face."""

    foreign_type: ClassVar[str]
    """A Content-Type that no answer of it has."""

    def broken(self, body: bytes) -> bytes:
        """A body that its reader cannot read to the end."""


Sent = tuple[int, dict[str, str], bytes]
"""Status, headers and body of an answer."""


def distorted(sent: Sent, fault: CallFault, face: Spoiler) -> Sent:
    """The answer as bytes, as far as the fault lies there; cut short by `deliver` where it breaks off on its way."""
    status, headers, body = sent
    match fault.fault:
        case AnswerFault.EMPTY_BODY:
            return status, headers, b""
        case AnswerFault.HTML_502:
            return 502, {**headers, "Content-Type": "text/html"}, _HTML_502
        case AnswerFault.MALFORMED_BODY:
            return status, headers, face.broken(body)
        case AnswerFault.WRONG_CONTENT_TYPE:
            return status, {**headers, "Content-Type": face.foreign_type}, body
    return sent


async def deliver(request: web.Request, response: web.Response, fault: CallFault) -> web.StreamResponse:
    """Send the answer the way the fault has it: late, drop by drop, in part, or not at all."""
    match fault.fault:
        case AnswerFault.SLOW:
            await _while_connected(request, fault.seconds)
        case AnswerFault.DRIP:
            return await _drip(request, response, fault.seconds)
        case AnswerFault.TIMEOUT:
            await _while_connected(request, LONGEST_SILENCE)
            _break_off(request)
        case AnswerFault.RESET:
            _reset(request)
        case AnswerFault.TRUNCATED:
            return await _truncated(request, response)
    return response


async def _while_connected(request: web.Request, seconds: float) -> None:
    """Wait, but no longer than the client does."""
    until = asyncio.get_running_loop().time() + seconds
    while (left := until - asyncio.get_running_loop().time()) > 0:
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(min(_LOOK_EVERY, left))


async def _drip(request: web.Request, response: web.Response, seconds: float) -> web.StreamResponse:
    body = _bytes(response)
    stream = web.StreamResponse(status=response.status, headers=response.headers)
    stream.content_length = len(body)
    await stream.prepare(request)
    clock = asyncio.get_running_loop().time
    began = clock()
    with contextlib.suppress(ConnectionError):
        for n, byte in enumerate(body, 1):
            await stream.write(bytes([byte]))
            # By its own moment, not by a pause each: short pauses last longer than they should, and add up.
            await asyncio.sleep(began + seconds * n / len(body) - clock())
    return stream


async def _truncated(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Half of the body, though the length of all of it was announced."""
    body = _bytes(response)
    stream = web.StreamResponse(status=response.status, headers=response.headers)
    stream.content_length = len(body)
    await stream.prepare(request)
    await stream.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return stream


def _bytes(response: web.Response) -> bytes:
    assert isinstance(response.body, bytes)
    return response.body


def _reset(request: web.Request) -> None:
    """Close with a TCP reset: no lingering, by an option on the connection itself."""
    transport = request.transport
    found = transport.get_extra_info("socket") if transport is not None else None
    if found is not None:
        with socket.socket(fileno=os.dup(found.fileno())) as same:
            same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    _break_off(request)


def _break_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
