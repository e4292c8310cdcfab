"""The V3 face: JSON over HTTP. Nothing of it is played yet; each call is told so and kept in the journal."""

from functools import partial

from aiohttp import web

from sandbox.api.services import Services
from sandbox.v3.unsupported import decline, strays

__all__ = ["add_routes", "strays"]


def add_routes(app: web.Application, services: Services) -> None:
    """Answer whatever is called under /v3/."""
    app.router.add_route("*", "/v3/{rest:.*}", partial(decline, services=services))
