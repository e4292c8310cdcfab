"""What every handler of the control API needs."""

from dataclasses import dataclass

from aiohttp import web

from sandbox.core.catalogue import Lang
from sandbox.core.world import World
from sandbox.web.pages import language


@dataclass(frozen=True, slots=True)
class Desk:
    world: World
    default_lang: str

    def language(self, request: web.Request) -> Lang:
        return language(request, self.default_lang)
