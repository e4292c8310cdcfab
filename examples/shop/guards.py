"""What stands around every handler: errors in the asker's form, posts from our own pages only, safe headers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

log = logging.getLogger("shop")


class Page(Protocol):
    """Renders a page for this request."""

    def __call__(self, request: web.Request, name: str, status: int = 200, **values: object) -> web.Response:
        """Render the page called `name`."""


def errors(page: Page) -> Middleware:
    """Show an error as JSON to programs and as a page to people, never as a traceback."""

    @web.middleware
    async def show(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            response = describe(request, error.status, error.text or error.reason)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
            return response
        except web.RequestPayloadError:
            return describe(request, 400, "the body broke off")
        except Exception:
            log.exception("%s %s", request.method, request.path)
            return describe(request, 500, "internal error")

    def describe(request: web.Request, status: int, message: str) -> web.Response:
        if request.path.endswith(".json"):
            return web.json_response({"error": {"code": f"HTTP_{status}", "message": message}}, status=status)
        kind = status if status in (403, 404, 500) else 400
        return page(request, "error.html", status, title=f"error_{kind}")

    return show


def own_pages_only(public_url: str, notify_paths: Collection[str]) -> Middleware:
    """Take posts from our own pages or from no browser at all; only WeChat Pay's notifications speak for themselves."""
    own = urlsplit(public_url).netloc

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method == "POST" and request.path not in notify_paths and not is_ours(request):
            raise web.HTTPForbidden(text="posts from other sites are refused")
        return await handler(request)

    def is_ours(request: web.Request) -> bool:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = request.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc in (own, request.host)

    return guard


def security_headers(browser_gateway: str) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Let pages use scripts, pictures and frames of ourselves and of WeChat Pay, and nothing else."""
    gateway = urlsplit(browser_gateway)
    origin = f"{gateway.scheme}://{gateway.netloc}"
    # form-action names no host: the H5 form is answered with a redirect to mweb_url, wherever WeChat Pay says that is.
    policy = (
        f"default-src 'none'; script-src 'self' {origin}; connect-src 'self' {origin}; img-src 'self' {origin}; "
        f"frame-src {origin}; style-src 'self'; form-action http: https:; base-uri 'none'; frame-ancestors 'self'"
    )

    async def add(_: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        # H5 payment wants our origin as Referer, and no more than that.
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"

    return add
