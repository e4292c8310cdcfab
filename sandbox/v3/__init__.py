"""The V3 face: JSON over HTTP, RSA signatures, AES-GCM notifications."""

from functools import partial

from aiohttp import web

from sandbox.api.services import Services
from sandbox.v3 import bills as bills  # each registers its endpoints
from sandbox.v3 import certificates as certificates
from sandbox.v3 import codepay as codepay
from sandbox.v3 import combine as combine
from sandbox.v3 import echo as echo
from sandbox.v3 import orders as orders
from sandbox.v3 import prepay as prepay
from sandbox.v3 import refunds as refunds
from sandbox.v3 import sharing as sharing
from sandbox.v3 import sharing_receivers as sharing_receivers
from sandbox.v3 import transfers as transfers
from sandbox.v3.endpoint import ENDPOINTS
from sandbox.v3.face import FACE
from sandbox.v3.nonces import SeenNonces
from sandbox.v3.pipeline import handle
from sandbox.v3.unsupported import decline, refuse_method

__all__ = ["FACE", "add_routes"]


def add_routes(app: web.Application, services: Services) -> None:
    """Answer every V3 endpoint, and whatever else is called under /v3/."""
    nonces = SeenNonces()
    for path in dict.fromkeys(endpoint.path for endpoint in ENDPOINTS):
        # Whatever stands in a member's place is that member, be it the braces that a program forgot to fill in.
        resource = app.router.add_resource(path.replace("}", ":[^/]+}"))
        for endpoint in ENDPOINTS:
            if endpoint.path == path:
                resource.add_route(
                    endpoint.method, partial(handle, services=services, endpoint=endpoint, nonces=nonces)
                )
        resource.add_route("*", partial(refuse_method, services=services))
    app.router.add_route("*", "/v3/{rest:.*}", partial(decline, services=services))
