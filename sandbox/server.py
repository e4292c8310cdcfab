"""The composition root: the only place that knows every part. Start, stop, listeners."""

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
from aiohttp import web
from filelock import FileLock, Timeout

from sandbox import __version__, cashier, console, control, logs, v2, v3, wechat
from sandbox.api.services import Services
from sandbox.config import Settings, language, shipped
from sandbox.core.changes import Author
from sandbox.core.clock import Clock
from sandbox.core.errors import PaymentError, StorageFailed
from sandbox.core.ids import Ids
from sandbox.core.links import CANARY, MAILBOX, Links
from sandbox.core.merchants import Secret, Wording
from sandbox.core.outgoing import Outgoing
from sandbox.core.ports.face import Faces
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.scenarios import ScenarioInvalid
from sandbox.core.usecases.context import Rules
from sandbox.core.usecases.making import UseCases
from sandbox.debugging.again import OrderRepeater
from sandbox.debugging.service import DebugService
from sandbox.delivery.clock_driver import ClockDriver
from sandbox.delivery.dispatcher import Dispatcher
from sandbox.delivery.home import Home
from sandbox.delivery.manual_sender import HttpManualSender
from sandbox.delivery.native import NativeCallbacks
from sandbox.delivery.scheduler import Scheduler
from sandbox.delivery.sender import AddressRules, Sender
from sandbox.delivery.switchboard import Switchboard
from sandbox.ingress.authority import Authority
from sandbox.ingress.listeners import CannotListen, Listeners
from sandbox.ingress.names import public_host, server_names
from sandbox.instance import RUNNING_FILE, CannotStart, running
from sandbox.resolver import Resolver
from sandbox.scenario import ScenarioRegistry
from sandbox.store import DatabaseUnusable, Limits, Store
from sandbox.store.database import MEMORY, database_lock
from sandbox.web.access import CONSOLE, Access
from sandbox.web.canary import Canary
from sandbox.web.changes import ChangeFeed
from sandbox.web.door import Door
from sandbox.web.drafts import AppBody, MerchantBody, PayerBody
from sandbox.web.errors import Refused
from sandbox.web.metrics import Metrics
from sandbox.web.pages import Pages
from sandbox.web.proof import KEY_NAME, PageTokens
from sandbox.web.refusing import refusals
from sandbox.web.shapes import converted
from sandbox.web.static import StaticFiles

log = logging.getLogger(__name__)

STOP_SECONDS = 1.5
"""How long what runs may go on after the listeners have closed."""

LOCK_SECONDS = 0.3
"""How long a start waits for a lock: a command that only looks holds it for a moment."""

FACES = Faces(v2.FACE)
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
    debug: DebugService
    repeater: OrderRepeater
    metrics: Metrics


class Server:
    """A sandbox that runs. Made by `start`; `listeners` say where it listens, `stop` ends it."""

    def __init__(
        self, settings: Settings, parts: Parts, access: Access, listeners: Listeners, resolver: Resolver
    ) -> None:
        self.settings, self.parts, self.listeners = settings, parts, listeners
        self._access, self._resolver = access, resolver
        self._locks: list[FileLock] = []
        self._announced = b""

    @classmethod
    async def start(cls, settings: Settings, *, quiet: bool = False, faces: Faces = FACES) -> "Server":
        """Lock, migrate, bind, deliver: when this returns, the sandbox takes orders. Raises CannotStart.

        A `quiet` one is opened for one command's sake: it delivers nothing, drops nothing and is not announced.
        """
        locks = _lock(settings)
        try:
            with _told_of(settings):
                server = await cls._open(settings, Limits() if quiet else _limits(settings), faces)
        except BaseException:
            _unlock(locks)
            raise
        server._locks = locks
        try:
            with _told_of(settings):
                await server._make_accounts()
                if not quiet:
                    await server.parts.scheduler.start()
                tokens = PageTokens(await server._page_key())
                await server.listeners.start(server._application(tokens), STOP_SECONDS / 2)
                if not quiet:
                    server._announce()
                    logs.note("start", f"wxpay-sandbox {__version__} listens on {server.url}", url=server.url)
        except BaseException:
            await server.stop()
            raise
        return server

    async def stop(self) -> None:
        """Listeners close; what runs has a moment; what is cut off is done again at the next start."""
        self._retract()
        ran = self.listeners.runner is not None
        self.parts.changes.end()
        self._resolver.close()
        self.parts.clock_control.halt()  # else a jump of the clock would begin new attempts while it stops
        await asyncio.gather(self.listeners.stop(), self.parts.scheduler.stop(STOP_SECONDS))
        await self.parts.storage.close()
        _unlock(self._locks)
        if ran:
            logs.note("stop", "wxpay-sandbox has stopped", url=self.url)

    @property
    def url(self) -> str:
        """Where it listens for plain HTTP."""
        return self.listeners.http

    def ways(self) -> dict[str, str]:
        """The ways in beside plain HTTP: "https", "proxy" and the file "ca"; what there is not is absent."""
        here = self.listeners
        return {name: str(way) for name, way in (("https", here.https), ("proxy", here.proxy), ("ca", here.ca)) if way}

    # -- starting ------------------------------------------------------------------------------------------------------

    @classmethod
    async def _open(cls, settings: Settings, limits: Limits, faces: Faces) -> "Server":
        try:
            address_rules = AddressRules(settings.notify_allow)
            store = await Store.open(settings.database, settings.data_dir, limits)
        except ValueError as error:
            raise CannotStart(f"notify_allow: {str(error)!r} is no host name, address or CIDR.") from None
        except DatabaseUnusable as error:
            raise CannotStart(str(error)) from None
        scenarios = ScenarioRegistry(store, faces)
        await cls._load_scenarios(settings, store, scenarios)
        clock = Clock()
        clock.restore(await store.read_now(lambda tx: tx.clocks()))
        authority, resolver = Authority(store, clock, server_names(settings.public_url)), Resolver()
        listeners = Listeners(settings, authority, clock, resolver)
        try:
            # So that links are known from here on; who connects already waits until the listeners start.
            listeners.bind()
        except CannotListen as error:
            await store.close()
            raise CannotStart(str(error)) from None
        parts = _joined(settings, store, clock, authority, scenarios, listeners, address_rules, resolver, faces)
        access = Access(settings.admin_token, settings.loopback)
        access.public_host = public_host(settings.public_url)
        return cls(settings, parts, access, listeners, resolver)

    @staticmethod
    async def _load_scenarios(settings: Settings, store: Store, scenarios: ScenarioRegistry) -> None:
        """Built-in ones, those that were put before, those that this start asks for, with what is doubtful in these."""
        lang = language(settings.lang)
        try:
            scenarios.load(shipped("scenarios"))
            await store.read_now(scenarios.restore)
            for warning in scenarios.ask_for(settings.scenario):
                log.warning("%s", warning.told(lang))
        except ScenarioInvalid as invalid:
            await store.close()
            raise CannotStart(f"scenario: {invalid.told(lang)}") from None

    @property
    def services(self) -> Services:
        """What the calls of all faces are served with."""
        parts = self.parts
        return Services(
            storage=parts.storage,
            clock=parts.clock,
            ids=parts.ids,
            rules=parts.rules,
            usecases=parts.usecases,
            scenarios=parts.scenarios,
            certificates=parts.certificates,
            changes=parts.changes,
            faces=parts.faces,
        )

    def _application(self, tokens: PageTokens) -> web.Application:
        parts, services, access = self.parts, self.services, self._access
        pages = Pages(tokens, self.settings.lang)
        door = Door(access, tokens, parts.outgoing)
        strays = (v3.strays(services), v2.strays(services))
        app = web.Application(middlewares=[refusals(pages, parts.storage), door.middleware(), *strays])
        app.router.add_post(MAILBOX, console.receive_sample)
        app.router.add_post(MAILBOX + "/{how:login|json}", console.receive_sample_badly)
        door.for_own_messages(app)
        v2.add_routes(app, services)
        v3.add_routes(app, services)
        door.for_merchants(app)
        app.add_subapp("/_sandbox/client/", self._client())
        app.add_subapp("/_sandbox/", self._control())
        canary = Canary(parts.storage, parts.clock)
        app.router.add_route("*", f"{CANARY}/{{notification_id}}/{{which}}", canary.handle)
        door.for_programs(app)
        # All that follows is for people: who changes something there proves that one of our pages sent it.
        cashier.add_routes(app, self._cashier(pages))
        app.add_subapp(CONSOLE, console.application(self._console(pages)))
        app.router.add_get("/static/{name:.+}", StaticFiles(shipped("static")).handle)
        app.router.add_get("/", _to_console)
        app.router.add_get("/console", _to_console)
        return app

    def _client(self) -> web.Application:
        parts = self.parts
        return wechat.application(
            storage=parts.storage,
            changes=parts.changes,
            links=parts.links,
            faces=parts.faces,
            scanner=parts.scanner,
            usecases=parts.usecases,
            default_lang=self.settings.lang,
        )

    def _control(self) -> web.Application:
        parts = self.parts
        return control.application(
            access=self._access,
            metrics=parts.metrics,
            default_lang=self.settings.lang,
            storage=parts.storage,
            clock=parts.clock,
            changes=parts.changes,
            links=parts.links,
            certificates=parts.certificates,
            scenarios=parts.scenarios,
            faces=parts.faces,
            clock_control=parts.clock_control,
            client=parts.client,
            switchboard=parts.switchboard,
            usecases=parts.usecases,
            debug=parts.debug,
            repeater=parts.repeater,
        )

    def _cashier(self, pages: Pages) -> cashier.Cashier:
        parts = self.parts
        return cashier.Cashier(
            storage=parts.storage,
            clock=parts.clock,
            links=parts.links,
            faces=parts.faces,
            scanner=parts.scanner,
            usecases=parts.usecases,
            pages=pages,
        )

    def _console(self, pages: Pages) -> console.Console:
        parts = self.parts
        return console.Console(
            storage=parts.storage,
            clock=parts.clock,
            usecases=parts.usecases,
            scenarios=parts.scenarios,
            faces=parts.faces,
            links=parts.links,
            changes=parts.changes,
            certificates=parts.certificates,
            clock_control=parts.clock_control,
            client=parts.client,
            manual_sender=parts.manual_sender,
            debug=parts.debug,
            repeater=parts.repeater,
            pages=pages,
            access=self._access,
            settings=self.settings,
            ways=self.ways,
        )

    async def _page_key(self) -> Secret:
        """The key of the pages' tokens: made at the first start, kept like the others."""
        kept = await self.parts.storage.read_now(lambda tx: tx.secret(KEY_NAME))
        if kept is None:
            kept = Secret(secrets.token_hex(32))
            await self.parts.storage.write(lambda tx: tx.save_secret(KEY_NAME, kept))
        return kept

    async def _make_accounts(self) -> None:
        """The default merchant, those of the configuration file, and the speed that was asked for."""
        await self.parts.storage.write(lambda tx: self.parts.usecases.accounts(tx, Author.FILE).ensure_default())
        await self.parts.storage.write(self._configure)
        if self.settings.time_scale is not None:
            await self.parts.clock_control.rescale(self.settings.time_scale)

    def _configure(self, tx: UnitOfWork) -> None:
        enrolment = self.parts.usecases.accounts(tx, Author.FILE)
        shapes: dict[str, Callable[[object], object]] = {
            # payers first: an appid that has none is given one
            "payers": lambda raw: enrolment.add_payer(converted(raw, PayerBody).draft()),
            "merchants": lambda raw: enrolment.bring_up_to_date(converted(raw, MerchantBody).draft()),
            "apps": lambda raw: enrolment.keep_app(converted(raw, AppBody).draft()),
        }
        for name, make in shapes.items():
            for number, raw in enumerate(self.settings.accounts.get(name, []), 1):
                try:
                    make(raw)
                except (Refused, PaymentError) as error:
                    hint = " (put numbers that are names in quotes)" if "got `int`" in str(error) else ""
                    raise CannotStart(f"config: {name}, entry {number}: {error}{hint}") from None

    def _announce(self) -> None:
        """running.json: where this sandbox listens, for the commands that speak to it."""
        if not self._locks:
            return
        content = {"url": self.url, **self.ways(), "token": str(self.settings.admin_token), "pid": os.getpid()}
        self._announced = msgspec.json.encode(content)
        path = self.settings.data_dir / RUNNING_FILE
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(self._announced)

    def _retract(self) -> None:
        """Remove running.json, unless it is another's: of one that was started when somebody had removed the lock."""
        path = self.settings.data_dir / RUNNING_FILE
        with contextlib.suppress(OSError):
            if self._locks and path.read_bytes() == self._announced:
                path.unlink()


def _joined(
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
    dispatcher = Dispatcher(store, clock, ids, links, faces, switchboard)
    scheduler = Scheduler(store, clock, usecases, dispatcher)
    manual_sender = HttpManualSender(clock, ids, links, sender, resolver)
    debug = DebugService(store, clock, ids, faces, manual_sender)
    metrics = Metrics(store, clock)
    store.listen(scenarios.committed)
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
        debug=debug,
        repeater=OrderRepeater(store, clock, ids, faces, usecases, debug),
        metrics=metrics,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(settings.keep_calls, settings.keep_orders, settings.keep_megabytes * 1024 * 1024)


@contextlib.contextmanager
def _told_of(settings: Settings) -> Iterator[None]:
    """A database that fails in the middle of the start ends it in a sentence."""
    try:
        yield
    except StorageFailed as failed:
        why = failed.__cause__ or "see the log"
        raise CannotStart(f"The database in {settings.database or settings.data_dir} cannot be used: {why}.") from None


def _lock(settings: Settings) -> list[FileLock]:
    """One process a data dir, and one a database: locks of the operating system, which die with the process."""
    if settings.database == MEMORY:
        return []
    held: list[FileLock] = []
    path = settings.data_dir
    try:
        for path in (settings.data_dir / "lock", database_lock(settings.database, settings.data_dir)):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(path, mode=0o600)
            lock.acquire(timeout=LOCK_SECONDS)
            held.append(lock)
    except Timeout:
        _unlock(held)
        what = f"database {path.with_suffix('')}" if held else f"data dir {settings.data_dir}"
        known = running(settings.data_dir) if not held else None
        where = f" at {known['url']}" if known and known["url"] else ""
        raise CannotStart(f"A sandbox already runs on the {what}{where}.") from None
    except DatabaseUnusable as error:
        _unlock(held)
        raise CannotStart(str(error)) from None
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead round in a circle, before Python 3.13
        _unlock(held)
        what = f"folder of the database, {path.parent}," if held else f"data dir {settings.data_dir}"
        raise CannotStart(f"The {what} cannot be used: {getattr(error, 'strerror', None) or error}.") from None
    return held


def _unlock(held: list[FileLock]) -> None:
    for lock in held:
        lock.release()


async def _to_console(request: web.Request) -> web.Response:
    raise web.HTTPFound("/console/")
