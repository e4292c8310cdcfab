"""The door of the whole application: for whom each route is, and what is asked of who comes.

What nobody declared is for people, who prove that they come from a page of ours: no new route can forget to ask.
"""

from enum import Enum, auto

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from aiohttp.web_urldispatcher import AbstractRoute

from sandbox.core.outgoing import REQUEST_ID, Outgoing
from sandbox.web.access import SAFE, Access, is_guarded
from sandbox.web.errors import Refused
from sandbox.web.proof import PageTokens


class Audience(Enum):
    """For whom a route is."""

    SANDBOX = auto()
    MERCHANTS = auto()
    PROGRAMS = auto()
    PEOPLE = auto()


class Door:
    """Declared while routes are added: each `for_...` takes those that have no audience yet."""

    def __init__(self, access: Access, tokens: PageTokens, outgoing: Outgoing) -> None:
        self._access, self._tokens, self._outgoing = access, tokens, outgoing
        self._audiences: dict[AbstractRoute, Audience] = {}

    def for_own_messages(self, app: web.Application) -> None:
        """The sample mailbox: open to all, and to what the sandbox itself sends."""
        self._declare(app, Audience.SANDBOX)

    def for_merchants(self, app: web.Application) -> None:
        """WeChat's API: any backend may call it, no page of another site."""
        self._declare(app, Audience.MERCHANTS)

    def for_programs(self, app: web.Application) -> None:
        """Open to programs by their nature, or guarded by themselves."""
        self._declare(app, Audience.PROGRAMS)

    def audience(self, route: AbstractRoute) -> Audience:
        return self._audiences.get(route, Audience.PEOPLE)

    def _audience_of(self, request: web.Request) -> Audience:
        """What lies nowhere is taken for a call that WeChat's API may have; parts of their own say so themselves."""
        if request.match_info.http_exception is None:
            return self.audience(request.match_info.route)
        return Audience.MERCHANTS if len(request.match_info.apps) == 1 else Audience.PROGRAMS

    def _declare(self, app: web.Application, audience: Audience) -> None:
        for route in app.router.routes():
            self._audiences.setdefault(route, audience)

    def middleware(self) -> Middleware:
        @web.middleware
        async def stand(request: web.Request, handler: Handler) -> web.StreamResponse:
            audience = self._audience_of(request)
            if audience is not Audience.SANDBOX:
                self._turn_back(request)
            if audience is Audience.MERCHANTS:
                self._access.check_caller(request)
            if audience is Audience.PEOPLE and request.method not in SAFE:
                await self._ask_person(request)
            return await handler(request)

        return stand

    def _turn_back(self, request: web.Request) -> None:
        """What the sandbox itself has sent goes no further, whatever way it came (a proxy, a forwarded port)."""
        request_id = request.headers.get(REQUEST_ID)
        if request_id and self._outgoing.comes_home(request_id, request.headers.get("Content-Length", "")):
            raise Refused(508, "own_message", "The sandbox itself has sent this; it takes nothing of its own.")

    async def _ask_person(self, request: web.Request) -> None:
        if is_guarded(request.path):
            await self._access.check(request)  # who has to log in first is told so first
        else:
            self._access.check_site(request)
        await self._tokens.check(request)
