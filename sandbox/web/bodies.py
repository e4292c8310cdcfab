"""The JSON body of a request."""

from collections.abc import Sequence
from typing import Any

import msgspec
from aiohttp import web

from sandbox.web.errors import Refused

JSON = "application/json"
_LARGEST_EXACT = 2**53
"""Up to here, every whole number is a float of its own."""

Sent = dict[str, Any]
"""A body's object as it came, with what its shape does not know."""


def _number(text: str) -> int | float:
    """JSON has one kind of number: 254.0 is 254."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) <= _LARGEST_EXACT else number


_DECODER = msgspec.json.Decoder(float_hook=_number)


async def read_object(request: web.Request, limit: int) -> Sent:
    """The JSON object that was sent, an empty one where nothing was; raises Refused."""
    text = await read_text(request, limit, (JSON,))
    try:
        sent = _DECODER.decode(text or "{}")
    except msgspec.DecodeError as error:
        raise Refused(400, "not_json", f"The body is not JSON: {error}.") from None
    except RecursionError:
        raise Refused(400, "not_json", "The body is nested too deeply.") from None
    if not isinstance(sent, dict):
        raise Refused(400, "invalid", "The body must be a JSON object.")
    return sent


async def read_text(request: web.Request, limit: int, accepts: Sequence[str]) -> str:
    """The text that was sent, of one of these media types; raises Refused."""
    raw = await _read(request, limit)
    if raw and request.content_type not in accepts:
        raise Refused(415, "content_type", f"The body must be {' or '.join(accepts)}.")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Refused(400, "invalid", "The body is not UTF-8.") from None


async def _read(request: web.Request, limit: int) -> bytes:
    """The body, as far as it is short enough: it is counted as it comes, unpacked, whatever Content-Length says."""
    body = bytearray()
    try:
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > limit:
                raise Refused(413, "too_large", f"The body is over {limit} bytes.")
    except web.RequestPayloadError:
        raise Refused(400, "invalid", "The body is not packed as Content-Encoding says.") from None
    return bytes(body)
