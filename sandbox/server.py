"""A sandbox that runs: start, stop, locks, listeners."""

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from functools import partial

import msgspec
from filelock import FileLock, Timeout

from sandbox import __version__, logs
from sandbox.application import application
from sandbox.config import Settings, language, shipped
from sandbox.core.changes import Author
from sandbox.core.clock import Clock
from sandbox.core.databases import is_postgresql, shown
from sandbox.core.errors import PaymentError, StorageFailed
from sandbox.core.merchants import Secret
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.storage import ChangeSet, UnitOfWork
from sandbox.core.scenarios import ScenarioInvalid
from sandbox.delivery.sender import AddressRules
from sandbox.ingress.authority import Authority
from sandbox.ingress.listeners import CannotListen, Listeners
from sandbox.ingress.names import public_host, server_names
from sandbox.instance import RUNNING_FILE, CannotStart, running
from sandbox.parts import FACES, Parts, joined
from sandbox.resolver import Resolver
from sandbox.scenario import ScenarioRegistry
from sandbox.store import DatabaseUnusable, Limits, Store
from sandbox.store.sqlite.database import MEMORY, database_locks
from sandbox.web.access import Access
from sandbox.web.errors import Refused
from sandbox.web.proof import KEY_NAME, PageTokens

log = logging.getLogger(__name__)

STOP_SECONDS = 1.5
"""How long what runs may go on after the listeners have closed."""

LOCK_SECONDS = 0.3
"""How long a start waits for a lock: a command that only looks holds it for a moment."""


class Server:
    """A sandbox that runs. Made by `start`; `listeners` say where it listens, `stop` ends it."""

    _access: Access

    def __init__(self, settings: Settings, parts: Parts, listeners: Listeners, resolver: Resolver) -> None:
        self.settings, self.parts, self.listeners, self._resolver = settings, parts, listeners, resolver
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
                await server._begin(quiet=quiet)
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
        await self.parts.courier.stop()
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

    async def _begin(self, *, quiet: bool) -> None:
        """Make what was asked for, deliver, and listen."""
        settings, parts = self.settings, self.parts
        async with parts.storage.exclusively("start"):
            await self._make_accounts()
            key = await self._key()
        if not quiet:
            await parts.scenarios.apply_asked()
            await parts.scheduler.start()
        self._access = Access(settings.admin_token, settings.loopback, public_host(settings.public_url), key)
        app = application(parts, settings, self._access, PageTokens(key), self.ways)
        await self.listeners.start(app, STOP_SECONDS / 2)

    @classmethod
    async def _open(cls, settings: Settings, limits: Limits, faces: Faces) -> "Server":
        try:
            address_rules = AddressRules(settings.notify_allow)
        except ValueError as error:
            raise CannotStart(f"notify_allow: {str(error)!r} is no host name, address or CIDR.") from None
        try:
            store = await Store.open(settings.database, settings.data_dir, limits)
        except DatabaseUnusable as error:
            raise CannotStart(str(error)) from None
        scenarios = ScenarioRegistry(store, faces)
        await cls._load_scenarios(settings, store, scenarios)
        clock = Clock()
        store.follow(partial(_read_clocks, clock))
        clock.restore(await store.read_now(lambda tx: tx.clocks.all()))
        authority, resolver = Authority(store, clock, server_names(settings.public_url)), Resolver()
        listeners = Listeners(settings, authority, resolver)
        try:
            # So that links are known from here on; who connects already waits until the listeners start.
            listeners.bind()
        except CannotListen as error:
            resolver.close()
            await listeners.stop()
            await store.close()
            raise CannotStart(str(error)) from None
        parts = joined(settings, store, clock, authority, scenarios, listeners, address_rules, resolver, faces)
        return cls(settings, parts, listeners, resolver)

    @staticmethod
    async def _load_scenarios(settings: Settings, store: Store, scenarios: ScenarioRegistry) -> None:
        """Built-in ones, those that were put before, those that this start asks for, with what is doubtful in these."""
        lang = language(settings.lang)
        try:
            scenarios.load(shipped("scenarios"))
            store.follow(scenarios.follow)  # before it reads, so that nothing is missed that changes meanwhile
            await store.read_now(scenarios.restore)
            for warning in scenarios.ask_for(settings.scenario):
                log.warning("%s", warning.told(lang))
        except ScenarioInvalid as invalid:
            await store.close()
            raise CannotStart(f"scenario: {invalid.told(lang)}") from None

    async def _key(self) -> Secret:
        """What logins and the pages' tokens derive from: made at the first start, kept like the others."""
        kept = await self.parts.storage.read_now(lambda tx: tx.secrets.find(KEY_NAME))
        if kept is None:
            kept = Secret(secrets.token_hex(32))
            await self.parts.storage.write(lambda tx: tx.secrets.save(KEY_NAME, kept))
        return kept

    async def _make_accounts(self) -> None:
        """The default merchant, those of the configuration file, and the speed that was asked for."""
        await self.parts.storage.write(lambda tx: self.parts.usecases.accounts(tx, Author.FILE).ensure_default())
        if self.settings.accounts:
            await self.parts.storage.write(self._configure)
        if self.settings.time_scale is not None:
            await self.parts.clock_control.rescale(self.settings.time_scale)

    def _configure(self, tx: UnitOfWork) -> None:
        from sandbox.web.drafts import AppBody, MerchantBody, PayerBody
        from sandbox.web.shapes import converted

        accounts = self.parts.usecases.accounts(tx, Author.FILE)
        shapes: dict[str, Callable[[object], object]] = {
            # payers first: an appid that has none is given one
            "payers": lambda raw: accounts.add_payer(converted(raw, PayerBody).draft()),
            "merchants": lambda raw: accounts.bring_up_to_date(converted(raw, MerchantBody).draft()),
            "apps": lambda raw: accounts.keep_app(converted(raw, AppBody).draft()),
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


def _read_clocks(clock: Clock, tx: UnitOfWork, news: ChangeSet) -> None:
    """A follower of the store."""
    if news.clocks:
        clock.restore(tx.clocks.all())


def _limits(settings: Settings) -> Limits:
    return Limits(settings.keep_calls, settings.keep_orders, settings.keep_megabytes * 1024 * 1024)


@contextlib.contextmanager
def _told_of(settings: Settings) -> Iterator[None]:
    """A database that fails in the middle of the start ends it in a sentence."""
    try:
        yield
    except StorageFailed as failed:
        which, why = shown(settings.database) or f"in {settings.data_dir}", failed.__cause__ or "see the log"
        raise CannotStart(f"The database {which} cannot be used: {why}.") from None


def _lock(settings: Settings) -> list[FileLock]:
    """One process a data dir, and one a database: locks of the operating system, which die with the process."""
    if settings.database == MEMORY:
        return []
    held: list[FileLock] = []
    path = settings.data_dir
    try:
        for path in (settings.data_dir / "lock", *database_locks(settings.database, settings.data_dir)):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(path, mode=0o600)
            lock.acquire(timeout=LOCK_SECONDS)
            held.append(lock)
    except Timeout:
        _unlock(held)
        what = f"database {path.with_suffix('')}" if held else f"data dir {settings.data_dir}"
        known = running(settings.data_dir) if not held else None
        where = f" at {known['url']}" if known and known["url"] else ""
        advice = "; those that share a database need a --data-dir each" if is_postgresql(settings.database) else ""
        raise CannotStart(f"A sandbox already runs on the {what}{where}{advice}.") from None
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
