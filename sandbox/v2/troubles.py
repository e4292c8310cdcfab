"""What can be wrong with an answer that a scenario has put a fault on: what stands in it, and how it travels."""

import asyncio
import contextlib
import os
import socket
import struct

from aiohttp import web

from sandbox.core.orders import Order
from sandbox.core.plans import AnswerFault, CallFault
from sandbox.core.signature import SignType, sign
from sandbox.v2.forgeries import NOBODYS_KEY, broken, spoiled

LONGEST_SILENCE = 65.0
"""How long an answer that never comes keeps its connection, unless the client goes first; real seconds."""

_LOOK_EVERY = 0.1
_HTML_502 = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    b"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
SILENT = frozenset({AnswerFault.TIMEOUT, AnswerFault.RESET})
"""The merchant gets no answer at all."""

Fields = dict[str, str | int]


def altered(fields: Fields, fault: CallFault, other: Order | None) -> Fields:
    """The answer's fields before they are signed."""
    changed: Fields = dict(fields)
    if fault.fault is AnswerFault.OTHER_ORDER:
        changed |= {name: value for name, value in _of_other(fields, other).items() if name in fields}
    changed |= {name: int(value) if _bare(fields, name, value) else value for name, value in fault.set.items()}
    return {name: value for name, value in changed.items() if name not in fault.remove}


def _bare(fields: Fields, name: str, value: str) -> bool:
    return isinstance(fields.get(name), int) and value.isascii() and value.isdigit()


def _of_other(fields: Fields, other: Order | None) -> Fields:
    """What fits another order of the merchant; one that nobody placed where there is none."""
    if other is None or other.payment is None:
        return {
            "out_trade_no": "OTHER0000000001",
            "prepay_id": "wx24000000000000other00000000000000",
            "transaction_id": "4200000000201001010000000000",
            "code_url": "weixin://wxpay/bizpayurl?pr=otherOrder",
        }
    return {
        "out_trade_no": other.key.out_trade_no,
        "prepay_id": other.prepay.prepay_id,
        "transaction_id": other.payment.transaction_id,
        "code_url": f"weixin://wxpay/bizpayurl?pr={other.prepay.code}",
    }


def missigned(fields: Fields, fault: CallFault, sign_type: SignType) -> Fields:
    """The signed answer with a sign that is wrong, or none."""
    match fault.fault:
        case AnswerFault.WRONG_SIGN:
            return {**fields, "sign": spoiled(str(fields["sign"]))}
        case AnswerFault.NO_SIGN:
            return {name: value for name, value in fields.items() if name != "sign"}
        case AnswerFault.OTHER_KEY:
            unsigned = {name: str(value) for name, value in fields.items() if name != "sign"}
            return {**fields, "sign": sign(unsigned, NOBODYS_KEY, sign_type)}
    return fields


def distorted(status: int, headers: dict[str, str], body: bytes, fault: CallFault) -> tuple[int, dict[str, str], bytes]:
    """The answer as bytes, as far as the fault lies there; cut short by `deliver` where it breaks off on its way."""
    match fault.fault:
        case AnswerFault.EMPTY_BODY:
            return status, headers, b""
        case AnswerFault.HTML_502:
            return 502, {**headers, "Content-Type": "text/html"}, _HTML_502
        case AnswerFault.MALFORMED_XML:
            return status, headers, broken(body)
        case AnswerFault.WRONG_CONTENT_TYPE:
            return status, {**headers, "Content-Type": "application/json"}, body
    return status, headers, body


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
