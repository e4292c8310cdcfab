"""Who may look and meddle. Installed where console and control routes are registered, so that none can forget it.

Source: contract, "Access": a token or loopback with a known Host, no cross-site requests, small bodies.
"""

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.config import is_loopback
from sandbox.core.hosts import WECHAT_HOSTS
from sandbox.core.merchants import Secret
from sandbox.web.errors import Refused
from sandbox.web.guesses import Guesses

SESSION_COOKIE = "wxpay_sandbox_session"
BODY_LIMIT = 1024 * 1024
SAFE = {"GET", "HEAD", "OPTIONS"}
OWN = frozenset({"_sandbox", "console", "cashier", "static"})
"""Where the sandbox's own addresses begin; what is wrong there is told there."""
CONSOLE = "/console/"
LOGIN = CONSOLE + "login"
"""The way in: the only page of the console that is open to all."""

_CROSS_SITE = "Requests from another site's page are refused."
_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\]|(?P<name>[A-Za-z0-9._-]+))(?::[0-9]{1,5})?")
"""A Host header, whole: a name or IPv4 address, or an IPv6 one in brackets; a port. Source: RFC 9110, 7.2."""


def is_guarded(path: str) -> bool:
    """Whether a page is for those alone who may look and meddle."""
    return path.startswith(CONSOLE) and path != LOGIN


@dataclass(slots=True)
class Access:
    """The rules in force. `key` is the database's: a login holds at all processes there, until the token is another."""

    admin_token: Secret
    listens_on_loopback: bool
    public_host: str
    key: Secret
    _guesses: Guesses = field(default_factory=Guesses, repr=False)

    @property
    def _session(self) -> str:
        """What the cookie of who has logged in says."""
        return hmac.new(self.key.encode(), b"session " + self.admin_token.encode(), "sha256").hexdigest()

    async def login(self, request: web.Request, token: str) -> str | None:
        """The session cookie's value for the right token, else None; raises Refused."""
        return self._session if self.admin_token and await self._is_right(request, token) else None

    async def check(self, request: web.Request) -> None:
        """Raise Refused unless this request may pass."""
        self._check_site(request)
        if self.admin_token:
            await self._check_token(request)
        else:
            self._check_host(request)

    def check_site(self, request: web.Request) -> None:
        """Only the cross-site rule, for pages that are open to all (the cashier)."""
        self._check_site(request)

    def check_caller(self, request: web.Request) -> None:
        """WeChat's API is for backends: no page of another site calls it, but where it was led by WeChat's own name.

        A page whose own name was made to mean this machine (DNS rebinding) is another site's, too.
        """
        if "Origin" not in request.headers and "Sec-Fetch-Site" not in request.headers:
            return  # no browser: it says one of these
        host = _host_name(request)
        rebound = "Origin" in request.headers and not self._is_own(host)
        if host not in WECHAT_HOSTS and (rebound or _is_foreign(request)):
            raise Refused(403, "cross_site", _CROSS_SITE)

    def _check_site(self, request: web.Request) -> None:
        if request.method not in SAFE and _is_foreign(request):
            raise Refused(403, "cross_site", _CROSS_SITE)

    async def _check_token(self, request: web.Request) -> None:
        if _same(request.cookies.get(SESSION_COOKIE, ""), self._session):
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and await self._is_right(request, token):
            return
        raise Refused(401, "unauthorized", "This sandbox asks for its admin token (Authorization: Bearer ...).")

    async def _is_right(self, request: web.Request, token: str) -> bool:
        peer = request.remote or ""
        self._guesses.look(peer)
        if _same(token, self.admin_token):
            return True
        await self._guesses.wrong(peer, request.path)
        return False

    def _check_host(self, request: web.Request) -> None:
        if not self.listens_on_loopback:
            raise Refused(403, "token_needed", "Listening beyond loopback, the console needs --admin-token.")
        host = _host_name(request)
        if not self._is_own(host):
            raise Refused(403, "host", f"The Host header names {host!r}, not this sandbox (DNS rebinding?).")

    def _is_own(self, host: str) -> bool:
        return is_loopback(host) or bool(self.public_host and host == self.public_host)


def _is_foreign(request: web.Request) -> bool:
    """Whether a browser says that another site's page made it send this; programs say nothing of the kind."""
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin.partition("://")[2] != request.headers.get("Host")
    return foreign or request.headers.get("Sec-Fetch-Site") == "cross-site"


def _host_name(request: web.Request) -> str:
    """The name in the Host header, in lower case and without its port; "" unless there is exactly one, and a right one.

    Not `request.host`, which stands in for a header that is missing.
    """
    given = request.headers.getall("Host", [])
    found = _HOST.fullmatch(given[0]) if len(given) == 1 else None
    return (found["v6"] or found["name"]).lower() if found else ""


def _same(given: str, expected: str) -> bool:
    """Headers may hold any byte, which aiohttp gives as surrogates."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())


def guard(access: Access, open_paths: Collection[str] = ()) -> Middleware:
    """The middleware of an application whose every route is protected, but for the few that are named."""

    @web.middleware
    async def protect(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in open_paths:
            await access.check(request)
        return await handler(request)

    return protect
