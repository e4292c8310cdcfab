"""Sends one notification over HTTP: no redirects, no proxies, five real seconds, only to allowed addresses."""

import asyncio
import functools
import ipaddress
import ssl
import time
from collections.abc import Sequence

from aiohappyeyeballs import start_connection
from yarl import URL

from sandbox.core.addresses import is_link_local, plain
from sandbox.core.journal import Exchange, Message
from sandbox.core.notifications import ATTEMPT_SECONDS
from sandbox.core.outgoing import Outgoing
from sandbox.core.ports.face import Answer
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.delivery.exchange import HeadTooLong, NotHttp, Stream, exchange
from sandbox.delivery.home import Home, is_mailbox
from sandbox.descriptors import share
from sandbox.resolver import LookUpFailed, Resolver

MOST_AT_A_TIME = 4096
NEXT_ADDRESS_SECONDS = 0.25
"""How long a host's first address is tried alone (RFC 8305)."""


class AddressForbidden(OSError):
    """The sandbox may not notify this address."""


class OwnAddress(OSError):
    """This is the sandbox itself."""


class Unreached(OSError):
    """No address takes a connection."""


class AddressRules:
    """Which addresses may be notified: all but link-local ones, or only those named (host names, addresses, CIDRs).

    Raises ValueError for an entry that is neither.
    """

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._hosts = {entry.lower() for entry in allowed if _network(entry) is None}
        self._networks = [network for entry in allowed if (network := _network(entry)) is not None]
        self._named_only = bool(allowed)
        for host in self._hosts:
            if "/" in host or not host.strip():
                raise ValueError(host)

    def permit(self, host: str, address: str) -> bool:
        """Whether `address`, to which `host` resolved, may be notified."""
        ip = plain(address)
        if not self._named_only:
            return not is_link_local(address)
        return host.lower() in self._hosts or any(ip in network for network in self._networks)


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None


class Sender:
    """Sends for all merchants. The lines of `Dispatcher` limit each merchant; here only descriptors do.

    Each message has a connection of its own, so that what a merchant sends behind a reply is never taken for another's.
    `seconds` is how long an answer may take, in real time. Nothing is sent to the sandbox's own listeners (`home`);
    what gets there by roundabout ways is known at the door by what is `outgoing`.
    """

    def __init__(
        self,
        rules: AddressRules,
        resolver: Resolver,
        seconds: float = ATTEMPT_SECONDS,
        *,
        home: Home | None = None,
        outgoing: Outgoing | None = None,
    ) -> None:
        self._rules, self._resolver, self._seconds = rules, resolver, seconds
        self._places = asyncio.Semaphore(share(8, MOST_AT_A_TIME))
        self._home, self._outgoing = home or Home(), outgoing or Outgoing()

    async def carry(self, exchange: Exchange, sent: Message) -> Answer | Verdict:
        """Send the message of an exchange, and note there what came back and how long that took."""
        began = time.perf_counter()
        result = await self.send(exchange.path, sent, exchange.method)
        exchange.duration_ms = round((time.perf_counter() - began) * 1000, 3)
        if isinstance(result, Answer):
            exchange.status, exchange.reply = result.status, result.message
            if result.cut:
                exchange.reply_cut = True
        return result

    async def send(self, url: str, message: Message, method: str = "POST") -> Answer | Verdict:
        """The merchant's answer, or the verdict on why there is none."""
        with self._outgoing.sending(message) as errand:
            result = await self._attempt(method, url, message)
        return Verdict(VerdictName.OWN_ADDRESS, (("address", url[:200]),)) if errand.came_home else result

    async def _attempt(self, method: str, url: str, message: Message) -> Answer | Verdict:
        try:
            async with self._places, asyncio.timeout(self._seconds):
                return await self._exchange(method, _usable(url), message)
        except HeadTooLong:
            return Verdict(VerdictName.TOO_LARGE)
        except NotHttp as problem:
            return Verdict(VerdictName.NOT_HTTP, (("start", str(problem)),))
        except OSError as error:  # a certificate's error is a ValueError too: this comes first
            return _verdict_on(error, self._seconds)
        except ValueError:
            return Verdict(VerdictName.BAD_URL, (("url", url[:200]),))

    async def _exchange(self, method: str, url: URL, message: Message) -> Answer:
        reader, writer = await self._connect(url)
        try:
            return await exchange((reader, writer), method, url, message)
        finally:
            writer.transport.abort()  # what still waits to be sent or read is wanted by nobody

    async def _connect(self, url: URL) -> Stream:
        """To the first address that answers, of those that the rules permit. Names are looked up at each attempt."""
        host, port = url.raw_host or "", url.port or 0
        found = await self._resolver.addresses(host, port)
        if not is_mailbox(url) and any(self._home.is_at(info[4]) for info in found):
            raise OwnAddress(f"{url.host_port_subcomponent}{url.raw_path}"[:200])
        permitted = [info for info in found if self._rules.permit(host, str(info[4][0]))]
        if not permitted:
            raise AddressForbidden(f"{host} ({found[0][4][0]})")
        try:
            if url.scheme == "http" and len(permitted) == 1:
                # The loop's own way costs half, and knows no second address to be tried beside the first.
                return await asyncio.open_connection(str(permitted[0][4][0]), port)
            connected = await start_connection(permitted, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS)
        except OSError:
            raise Unreached(f"{host}:{port}") from None
        if url.scheme == "http":
            return await asyncio.open_connection(sock=connected)
        return await asyncio.open_connection(sock=connected, ssl=self._tls, server_hostname=host.rstrip("."))

    @functools.cached_property
    def _tls(self) -> ssl.SSLContext:
        """Whom this machine trusts."""
        return ssl.create_default_context()


@functools.lru_cache(1024)
def _usable(url: str) -> URL:
    """An address as it was given, with its host as it is looked up; raises ValueError."""
    given, host = URL(url, encoded=True), URL(url).raw_host
    if given.scheme not in ("http", "https") or not host:
        raise ValueError(url)
    return given.with_host(host)


def _verdict_on(error: OSError, seconds: float) -> Verdict:
    if isinstance(error, TimeoutError):
        return Verdict(VerdictName.TIMEOUT, (("seconds", f"{seconds:g}"),))
    if isinstance(error, OwnAddress):
        return Verdict(VerdictName.OWN_ADDRESS, (("address", str(error)),))
    if isinstance(error, AddressForbidden):
        return Verdict(VerdictName.FORBIDDEN_ADDRESS, (("address", str(error)),))
    if isinstance(error, LookUpFailed):
        return Verdict(VerdictName.DNS, (("host", error.host),))
    if isinstance(error, Unreached):
        return Verdict(VerdictName.REFUSED, (("address", str(error)),))
    if isinstance(error, ssl.SSLError):
        return Verdict(VerdictName.TLS, (("reason", str(getattr(error, "verify_message", None) or error)[:200]),))
    return Verdict(VerdictName.RESET, (("reason", str(error)[:200] or type(error).__name__),))
