"""The V2 face: XML over HTTP, MD5 and HMAC-SHA256."""

from functools import partial

from aiohttp import web

from sandbox.api.services import Services
from sandbox.v2 import bills as bills  # registers its endpoints, as the others do
from sandbox.v2 import micropay as micropay
from sandbox.v2 import orders as orders
from sandbox.v2 import refunds as refunds
from sandbox.v2 import tools as tools
from sandbox.v2.endpoint import ENDPOINTS
from sandbox.v2.face import FACE
from sandbox.v2.official import SITES
from sandbox.v2.pipeline import handle
from sandbox.v2.signkey import ISSUERS, give_signkey
from sandbox.v2.site import ORDINARY, Site

__all__ = ["FACE", "add_rest", "add_routes"]


def add_routes(app: web.Application, services: Services) -> None:
    """Answer every V2 endpoint, whatever the method: a GET gets WeChat's words too."""
    _add_endpoints(app, services, ORDINARY)


def add_rest(app: web.Application, services: Services) -> None:
    """Answer what few ask for: the endpoints of the official sandbox, and those that are not played."""
    from sandbox.v2.unsupported import ROUTE, decline

    for site in SITES:
        if site.official:
            _add_endpoints(app, services, site)
        app.router.add_route("*", site.prefix + ROUTE, partial(decline, services=services, site=site))
    for path, issuer in ISSUERS.items():
        app.router.add_route("*", path, partial(give_signkey, services=services, issuer=issuer))


def _add_endpoints(app: web.Application, services: Services, site: Site) -> None:
    for endpoint in ENDPOINTS:
        played = partial(handle, services=services, site=site, endpoint=endpoint)
        app.router.add_route("*", site.prefix + endpoint.path, played)
