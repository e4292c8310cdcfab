"""Routes that are added when something below their prefix is first asked for: no start pays for their modules."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from aiohttp import web
from aiohttp.web_urldispatcher import AbstractRoute, PrefixResource, UrlMappingMatchInfo
from yarl import URL

from sandbox.importing import quickly


def add_late(app: web.Application, prefix: str, add: Callable[[web.Application], None]) -> None:
    """What `add` adds answers as if it had been added to `app` at once; all of it has to lie below `prefix`."""
    late = _Late(prefix, add)
    app.router.register_resource(late)
    app.on_shutdown.append(late.shutdown)
    app.on_cleanup.append(late.cleanup)


class _Late(PrefixResource):
    def __init__(self, prefix: str, add: Callable[[web.Application], None]) -> None:
        super().__init__(prefix.rstrip("/"))
        self._add = add

    @cached_property
    def _app(self) -> web.Application:
        made = web.Application()
        with quickly():
            self._add(made)
        made.pre_freeze()
        return made

    async def resolve(self, request: web.Request) -> tuple[UrlMappingMatchInfo | None, set[str]]:
        found = await self._app.router.resolve(request)
        missed = found.http_exception
        if missed is None or found.apps:  # what a sub-application lacks is not looked for elsewhere
            return found, set()
        return None, set(missed.allowed_methods) if isinstance(missed, web.HTTPMethodNotAllowed) else set()

    async def shutdown(self, _: web.Application) -> None:
        if "_app" in vars(self):
            await self._app.shutdown()

    async def cleanup(self, _: web.Application) -> None:
        if "_app" in vars(self):
            await self._app.cleanup()

    # -- what else a resource has to have ------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[AbstractRoute]:
        return iter(self._app.router.routes())

    def __len__(self) -> int:
        return len(self._app.router.routes())

    def get_info(self) -> Any:
        return {"prefix": self.canonical}

    def url_for(self, **parts: str) -> URL:
        raise RuntimeError("Many routes have no one address.")
