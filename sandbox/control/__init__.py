"""The JSON control API under /_sandbox/: for CI, scripts, and any language. Source: the contract."""

from aiohttp import web

from sandbox.control.accounts import AccountHandlers
from sandbox.control.desk import Desk
from sandbox.control.journal import JournalHandlers
from sandbox.control.orders import OrderHandlers
from sandbox.control.replies import errors_as_json
from sandbox.control.scenarios import ScenarioHandlers
from sandbox.control.signatures import SignatureHandlers
from sandbox.control.watching import WatchingHandlers, ca_pem, health
from sandbox.core.world import World
from sandbox.web.access import BODY_LIMIT, Access, guard
from sandbox.web.metrics import Metrics

OPEN = ("/_sandbox/health", "/_sandbox/ca.pem")


def application(world: World, access: Access, metrics: Metrics, default_lang: str = "") -> web.Application:
    """The control API, to be mounted at /_sandbox/. Every route is protected but the few that the contract opens."""
    desk = Desk(world, default_lang)
    app = web.Application(middlewares=[errors_as_json, guard(access, OPEN)], client_max_size=BODY_LIMIT)
    families = (OrderHandlers, AccountHandlers, ScenarioHandlers, SignatureHandlers, JournalHandlers, WatchingHandlers)
    for family in families:
        app.add_routes(family(desk).routes())
    app.add_routes([web.get("/health", health), ca_pem(desk), _metrics(metrics)])
    return app


def _metrics(metrics: Metrics) -> web.RouteDef:
    async def get(request: web.Request) -> web.Response:
        headers = {"Content-Type": "text/plain; version=1.0.0; charset=utf-8"}
        return web.Response(body=await metrics.text(), headers=headers)

    return web.get("/metrics", get)
