"""The JSON control API under /_sandbox/: for CI, scripts, and any language. Source: docs/contract.md."""

from functools import partial

from aiohttp import web

from sandbox.control.about.handlers import PREFIX, AboutHandlers
from sandbox.control.about.watching import WatchingHandlers
from sandbox.control.accounts.certificates import CertificateHandlers
from sandbox.control.accounts.changes import ChangeHandlers
from sandbox.control.accounts.handlers import AccountHandlers
from sandbox.control.accounts.ledgers import LedgerHandlers
from sandbox.control.accounts.platform_certificates import PlatformCertificateHandlers
from sandbox.control.clock.handlers import ClockHandlers
from sandbox.control.debugging.handlers import DebugHandlers
from sandbox.control.journal.handlers import JournalHandlers
from sandbox.control.notifications.handlers import NotificationHandlers
from sandbox.control.notifications.listening import ListeningHandlers
from sandbox.control.orders.handlers import OrderHandlers
from sandbox.control.refunds.handlers import RefundHandlers
from sandbox.control.scenarios.handlers import ScenarioHandlers
from sandbox.control.sharings.handlers import SharingHandlers
from sandbox.control.signatures.handlers import SignatureHandlers
from sandbox.control.transfers.handlers import TransferHandlers
from sandbox.core.clock import Clock
from sandbox.core.links import Links
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import Certificates, Changes, ClientSimulator, ClockControl, Scenarios, Switchboard
from sandbox.core.ports.storage import Storage
from sandbox.core.usecases.making import UseCases
from sandbox.debugging.again import OrderRepeater
from sandbox.debugging.service import DebugService
from sandbox.web.access import Access, guard
from sandbox.web.errors import errors_as_json
from sandbox.web.metrics import Metrics
from sandbox.web.operations import operations_of, routes
from sandbox.web.pages import language as language_of


def application(
    *,
    access: Access,
    metrics: Metrics,
    default_lang: str,
    storage: Storage,
    clock: Clock,
    changes: Changes,
    links: Links,
    certificates: Certificates,
    scenarios: Scenarios,
    faces: Faces,
    clock_control: ClockControl,
    client: ClientSimulator,
    switchboard: Switchboard,
    usecases: UseCases,
    debug: DebugService,
    repeater: OrderRepeater,
) -> web.Application:
    """The control API, to be mounted at /_sandbox/. Every route is protected but those that are declared open."""
    language = partial(language_of, default=default_lang)
    handlers: list[object] = [
        AboutHandlers(
            storage, links, certificates, clock_control, language, metrics, token_needed=bool(access.admin_token)
        ),
        OrderHandlers(storage, clock, changes, links, scenarios, faces, clock_control, usecases, repeater, language),
        RefundHandlers(storage, usecases),
        TransferHandlers(storage, links, faces, usecases, language),
        SharingHandlers(storage, usecases),
        AccountHandlers(storage, clock, certificates, usecases),
        CertificateHandlers(storage, clock, certificates, usecases),
        PlatformCertificateHandlers(storage, clock, certificates, usecases),
        ChangeHandlers(storage),
        LedgerHandlers(storage),
        ScenarioHandlers(storage, scenarios, usecases, language),
        SignatureHandlers(storage, faces, debug, language),
        DebugHandlers(storage, links, faces, client, debug, language),
        JournalHandlers(storage, clock, changes, links, faces, language),
        NotificationHandlers(storage, clock_control, faces, usecases, language),
        ClockHandlers(storage, clock, clock_control),
        WatchingHandlers(storage, changes),
        ListeningHandlers(storage, changes, switchboard, language),
    ]
    open_paths = [PREFIX.rstrip("/") + one.path for part in handlers for one in operations_of(part) if one.is_open]
    app = web.Application(middlewares=[errors_as_json, guard(access, open_paths)])
    for part in handlers:
        app.add_routes(routes(part))
    return app
