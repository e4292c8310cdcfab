"""What every handler of the control API needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import web

from sandbox.core.errors import MessageUnreadable
from sandbox.core.text import Lang
from sandbox.core.world import World
from sandbox.web.errors import Refused
from sandbox.web.pages import language


@dataclass(frozen=True, slots=True)
class ControlContext:
    world: World
    default_lang: str

    def language(self, request: web.Request) -> Lang:
        return language(request, self.default_lang)


@contextmanager
def fields_of_xml() -> Iterator[None]:
    """A body's `fields` become a message here; raises Refused where XML cannot hold them."""
    try:
        yield
    except MessageUnreadable:
        raise Refused(400, "invalid", "fields holds a name or value that XML cannot.", "fields") from None
