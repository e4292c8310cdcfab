"""The door of the whole application: for whom each route is, and what is asked of who comes.

What nobody declared is for people, who prove that they come from a page of ours: no new route can forget to ask.
"""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from aiohttp.web_urldispatcher import AbstractRoute

from sandbox.web.access import SAFE, Access, is_guarded
from sandbox.web.proof import PageTokens


class Door:
    """Declared while routes are added: `for_merchants` and `for_programs` take those that have no audience yet."""

    def __init__(self, access: Access, tokens: PageTokens) -> None:
        self._access, self._tokens = access, tokens
        self._merchants: set[AbstractRoute] = set()
        self._programs: set[AbstractRoute] = set()

    def for_merchants(self, app: web.Application) -> None:
        """WeChat's API: any backend may call it, no page of another site."""
        self._merchants |= set(app.router.routes()) - self._programs

    def for_programs(self, app: web.Application) -> None:
        """Open to programs by their nature, or guarded by themselves."""
        self._programs |= set(app.router.routes()) - self._merchants

    def is_for_people(self, route: AbstractRoute) -> bool:
        return route not in self._merchants and route not in self._programs

    def middleware(self) -> Middleware:
        @web.middleware
        async def stand(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.match_info.http_exception is None:  # else nothing lies there that could be done
                await self._ask(request, request.match_info.route)
            return await handler(request)

        return stand

    async def _ask(self, request: web.Request, route: AbstractRoute) -> None:
        if route in self._merchants:
            self._access.check_caller(request)
        elif self.is_for_people(route) and request.method not in SAFE:
            await self._ask_person(request)

    async def _ask_person(self, request: web.Request) -> None:
        if is_guarded(request.path):
            await self._access.check(request)  # who has to log in first is told so first
        else:
            self._access.check_site(request)
        await self._tokens.check(request)
