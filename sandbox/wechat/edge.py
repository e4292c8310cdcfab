"""The edge of `/_sandbox/client/`: open to any page and app, JSON in, JSON out, small bodies.

It stands for the app on the payer's phone, so no Host and no Origin is foreign; the second signature protects it.
"""

import re
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

BODY_LIMIT = 64 * 1024

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Private-Network": "true",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
    "Vary": "Access-Control-Request-Private-Network",
}


class BadRequest(Exception):
    """A request that cannot be understood: status, a code for programs, a sentence, the field at fault."""

    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field

    def answer(self) -> web.Response:
        error = {"code": self.code, "message": self.message}
        return answer({"error": error | ({"field": self.field} if self.field else {})}, self.status)


def answer(body: dict[str, Any], status: int = 200) -> web.Response:
    """The one way out."""
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


@web.middleware
async def open_to_all(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let any page call, preflight included; say what is wrong as JSON."""
    if request.method == "OPTIONS":
        return web.Response(status=204, headers=_CORS | _PREFLIGHT)
    try:
        response = await handler(request)
    except BadRequest as bad:
        response = bad.answer()
    except web.HTTPMethodNotAllowed as wrong:
        response = BadRequest(405, "method_not_allowed", "This address takes another method.").answer()
        response.headers["Allow"] = ", ".join(sorted(wrong.allowed_methods))
    except web.HTTPNotFound:
        response = BadRequest(404, "not_found", "The WeChat client has nothing at this address.").answer()
    response.headers.update(_CORS)
    return response


async def read_object(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent; raises BadRequest."""
    if request.content_type != "application/json":
        raise BadRequest(415, "media_type", "The body must be application/json.")
    try:
        sent = msgspec.json.decode(await _read(request))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(400, "not_json", f"The body is no JSON: {error}.") from None
    except RecursionError:
        raise BadRequest(400, "not_json", "The body is nested too deeply.") from None
    if not isinstance(sent, dict):
        raise BadRequest(400, "not_object", "The body must be a JSON object.")
    return sent


async def _read(request: web.Request) -> bytes:
    """The body, as far as it is short enough: it is counted as it comes, unpacked, whatever Content-Length says."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise BadRequest(413, "too_large", f"The body may have {BODY_LIMIT // 1024} KB.")
    return bytes(body)


_AT_FIELD = re.compile(r" - at `\$\.([\w.]+)[^`]*`$")


def shape_error(error: msgspec.ValidationError) -> BadRequest:
    """What msgspec minded, with the field it names."""
    message = str(error)
    where = _AT_FIELD.search(message)
    return BadRequest(400, "invalid_field", _AT_FIELD.sub("", message) + ".", where[1] if where else "")
