"""The JSON control API under /_sandbox/: for CI, scripts, and any language. Source: docs/contract.md."""

from aiohttp import web

from sandbox.control.about import PREFIX, AboutHandlers
from sandbox.control.accounts import AccountHandlers
from sandbox.control.certificates import CertificateHandlers
from sandbox.control.changes import ChangeHandlers
from sandbox.control.context import ControlContext
from sandbox.control.debugging import DebugHandlers
from sandbox.control.journal import JournalHandlers
from sandbox.control.ledgers import LedgerHandlers
from sandbox.control.listening import ListeningHandlers
from sandbox.control.orders import OrderHandlers
from sandbox.control.refunds import RefundHandlers
from sandbox.control.scenarios import ScenarioHandlers
from sandbox.control.signatures import SignatureHandlers
from sandbox.control.watching import WatchingHandlers
from sandbox.core.world import World
from sandbox.web.access import Access, guard
from sandbox.web.errors import errors_as_json
from sandbox.web.metrics import Metrics
from sandbox.web.operations import operations_of, routes

FAMILIES = (
    OrderHandlers,
    RefundHandlers,
    AccountHandlers,
    CertificateHandlers,
    ChangeHandlers,
    LedgerHandlers,
    ScenarioHandlers,
    SignatureHandlers,
    DebugHandlers,
    JournalHandlers,
    WatchingHandlers,
    ListeningHandlers,
)


def application(world: World, access: Access, metrics: Metrics, default_lang: str = "") -> web.Application:
    """The control API, to be mounted at /_sandbox/. Every route is protected but those that are declared open."""
    context = ControlContext(world, default_lang)
    about = AboutHandlers(context, metrics, token_needed=bool(access.admin_token))
    handlers = [about, *(family(context) for family in FAMILIES)]
    open_paths = [PREFIX.rstrip("/") + one.path for part in handlers for one in operations_of(part) if one.is_open]
    app = web.Application(middlewares=[errors_as_json, guard(access, open_paths)])
    for part in handlers:
        app.add_routes(routes(part))
    return app
