"""What a sandbox is made of: every part, joined with what it uses."""

from dataclasses import dataclass

from sandbox import logs, v2, v3, wechat
from sandbox.api.credentials import KnownCredentials
from sandbox.api.services import Services
from sandbox.config import Settings
from sandbox.core.clock import Clock
from sandbox.core.ids import Ids
from sandbox.core.links import Links
from sandbox.core.merchants import Wording
from sandbox.core.outgoing import Outgoing
from sandbox.core.ports.faces import Faces
from sandbox.core.usecases.context import Rules
from sandbox.core.usecases.making import UseCases
from sandbox.debugging.again import OrderRepeater
from sandbox.debugging.service import DebugService
from sandbox.delivery.clock_driver import ClockDriver
from sandbox.delivery.courier import HttpCourier
from sandbox.delivery.dispatcher import Dispatcher
from sandbox.delivery.home import Home
from sandbox.delivery.manual_sender import HttpManualSender
from sandbox.delivery.native import NativeCallbacks
from sandbox.delivery.scheduler import Scheduler
from sandbox.delivery.sender import AddressRules, Sender
from sandbox.delivery.switchboard import Switchboard
from sandbox.ingress.authority import Authority
from sandbox.ingress.listeners import Listeners
from sandbox.resolver import Resolver
from sandbox.scenario import ScenarioRegistry
from sandbox.store import Store
from sandbox.web.changes import ChangeFeed
from sandbox.web.metrics import Metrics

FACES = Faces(v2.FACE, v3.FACE)
"""The versions of the API that are played, the one first that is meant where nobody says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a sandbox is made of. Nobody is handed all of it: each part is given what it uses."""

    storage: Store
    clock: Clock
    ids: Ids
    changes: ChangeFeed
    rules: Rules
    links: Links
    certificates: Authority
    credentials: KnownCredentials
    scenarios: ScenarioRegistry
    faces: Faces
    outgoing: Outgoing
    usecases: UseCases
    scheduler: Scheduler
    clock_control: ClockDriver
    scanner: NativeCallbacks
    manual_sender: HttpManualSender
    client: wechat.WeChatClient
    switchboard: Switchboard
    courier: HttpCourier
    debug: DebugService
    repeater: OrderRepeater
    metrics: Metrics

    @property
    def services(self) -> Services:
        """What the calls of all faces are served with."""
        return Services(
            storage=self.storage,
            clock=self.clock,
            ids=self.ids,
            rules=self.rules,
            usecases=self.usecases,
            scenarios=self.scenarios,
            certificates=self.certificates,
            courier=self.courier,
            credentials=self.credentials,
            changes=self.changes,
            faces=self.faces,
        )


def joined(
    settings: Settings,
    store: Store,
    clock: Clock,
    authority: Authority,
    scenarios: ScenarioRegistry,
    listeners: Listeners,
    address_rules: AddressRules,
    resolver: Resolver,
    faces: Faces,
) -> Parts:
    """All parts, each with what it uses, and with whom each is told of what was stored."""
    ids, changes, outgoing = Ids(settings.seed), ChangeFeed(), Outgoing()
    rules = Rules(
        strict_openids=settings.strict_openids,
        refund_seconds=settings.refund_seconds,
        require_client_cert=settings.require_client_cert,
        wording=Wording(settings.wording),
    )
    own = listeners.http
    links = Links(settings.public_url.rstrip("/") or own, settings.code_url == "cashier", own)
    usecases = UseCases(clock, ids, scenarios, links, rules, faces)
    sender = Sender(address_rules, resolver, home=Home(listeners.bound), outgoing=outgoing)
    switchboard = Switchboard(sender, outgoing)
    dispatcher = Dispatcher(store, clock, ids, links, faces, authority, switchboard)
    scheduler = Scheduler(store, clock, usecases, dispatcher)
    manual_sender = HttpManualSender(clock, ids, links, sender, resolver)
    debug = DebugService(store, clock, ids, faces, manual_sender, authority)
    credentials = KnownCredentials(store, clock)
    metrics = Metrics(store, clock, faces.codes())
    store.listen(scenarios.committed)
    store.listen(credentials.committed)
    store.listen(scheduler.committed)
    store.listen(changes.publish)
    store.observe(metrics.on_records)
    store.observe(logs.on_records)
    store.observe(switchboard.on_records)
    return Parts(
        storage=store,
        clock=clock,
        ids=ids,
        changes=changes,
        rules=rules,
        links=links,
        certificates=authority,
        credentials=credentials,
        scenarios=scenarios,
        faces=faces,
        outgoing=outgoing,
        usecases=usecases,
        scheduler=scheduler,
        clock_control=ClockDriver(store, clock, changes, scheduler, dispatcher),
        scanner=NativeCallbacks(store, clock, ids, faces, usecases, sender),
        manual_sender=manual_sender,
        client=wechat.WeChatClient(store, links, faces, usecases),
        switchboard=switchboard,
        courier=HttpCourier(store, clock, ids, switchboard),
        debug=debug,
        repeater=OrderRepeater(store, clock, ids, faces, usecases, debug),
        metrics=metrics,
    )
