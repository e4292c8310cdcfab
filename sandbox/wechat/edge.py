"""The edge of `/_sandbox/client/`: open to any page and app, with small bodies.

It stands for the app on the payer's phone, so no Host and no Origin is foreign; the second signature protects it.
"""

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


@web.middleware
async def open_to_all(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let any page call, preflight included."""
    if request.method == "OPTIONS":
        return web.Response(status=204, headers=_CORS | _PREFLIGHT)
    response = await handler(request)
    response.headers.update(_CORS)
    return response
