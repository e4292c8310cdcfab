"""What a sandbox is made of: every part, joined with what it uses."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sandbox import logs, v2
from sandbox.api.credentials import KnownCredentials
from sandbox.api.services import Services
from sandbox.config import Settings
from sandbox.core.clock import Clock
from sandbox.core.ids import Ids
from sandbox.core.links import Links
from sandbox.core.merchants import Wording
from sandbox.core.outgoing import Outgoing
from sandbox.core.ports.face import Face
from sandbox.core.ports.faces import Faces
from sandbox.core.usecases.context import Rules
from sandbox.core.usecases.making import UseCases
from sandbox.delivery.clock_driver import ClockDriver
from sandbox.delivery.courier import HttpCourier
from sandbox.delivery.dispatcher import Dispatcher
from sandbox.delivery.home import Home
from sandbox.delivery.manual_sender import HttpManualSender
from sandbox.delivery.scheduler import Scheduler
from sandbox.delivery.sender import AddressRules, Sender
from sandbox.delivery.switchboard import Switchboard
from sandbox.importing import quickly
from sandbox.ingress.authority import Authority
from sandbox.ingress.listeners import Listeners
from sandbox.resolver import Resolver
from sandbox.scenario import ScenarioRegistry
from sandbox.store import Store
from sandbox.web.changes import ChangeFeed
from sandbox.web.metrics import Metrics

if TYPE_CHECKING:
    from sandbox import wechat
    from sandbox.debugging.again import OrderRepeater
    from sandbox.debugging.service import DebugService
    from sandbox.delivery.native import NativeCallbacks


def _v3() -> Face:
    with quickly():
        from sandbox import v3

    return v3.FACE


FACES = Faces(v2.FACE, later={"v3": _v3})
"""The versions of the API that are played, the one first that is meant where nobody says which."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a sandbox is made of. Nobody is handed all of it: each part is given what it uses.

    Those that only people and the control API use are imported and made for the first of these.
    """

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
    sender: Sender
    manual_sender: HttpManualSender
    switchboard: Switchboard
    courier: HttpCourier
    metrics: Metrics

    @cached_property
    def scanner(self) -> "NativeCallbacks":
        from sandbox.delivery.native import NativeCallbacks

        return NativeCallbacks(self.storage, self.clock, self.ids, self.faces, self.usecases, self.sender)

    @cached_property
    def client(self) -> "wechat.WeChatClient":
        from sandbox import wechat

        return wechat.WeChatClient(self.storage, self.links, self.faces, self.usecases)

    @cached_property
    def debug(self) -> "DebugService":
        from sandbox.debugging.service import DebugService

        return DebugService(self.storage, self.clock, self.ids, self.faces, self.manual_sender, self.certificates)

    @cached_property
    def repeater(self) -> "OrderRepeater":
        from sandbox.debugging.again import OrderRepeater

        return OrderRepeater(self.storage, self.clock, self.ids, self.faces, self.usecases, self.debug)

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
    switchboard = Switchboard(store, sender, outgoing)
    dispatcher = Dispatcher(store, clock, ids, links, faces, authority, switchboard)
    scheduler = Scheduler(store, clock, usecases, dispatcher)
    credentials = KnownCredentials(store, clock)
    metrics = Metrics(store, clock, faces)
    store.listen(credentials.committed)
    store.listen(scheduler.committed)
    store.listen(changes.publish)
    store.listen(switchboard.committed)
    clock_control = ClockDriver(store, clock, changes, scheduler, dispatcher)
    store.follow(clock_control.follow)
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
        clock_control=clock_control,
        sender=sender,
        manual_sender=HttpManualSender(clock, ids, links, sender, resolver),
        switchboard=switchboard,
        courier=HttpCourier(store, clock, ids, switchboard),
        metrics=metrics,
    )
