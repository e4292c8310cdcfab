"""Sends one notification over HTTP: no redirects, no proxies, five real seconds, only to allowed addresses."""

import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Sequence

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from sandbox.core.journal import KEPT_BYTES, Exchange, Message
from sandbox.core.notifications import ATTEMPT_SECONDS, Verdict
from sandbox.core.ports import Answer

LARGE = 64 * 1024

_OWN_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class AddressForbidden(OSError):
    """The sandbox may not notify this address."""


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
        ip = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        if not self._named_only:
            return not ip.is_link_local
        return host.lower() in self._hosts or any(ip in network for network in self._networks)


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None


class _RulingResolver(AbstractResolver):
    """Resolves names at each attempt, and keeps only the addresses that the rules permit."""

    def __init__(self, rules: AddressRules) -> None:
        self._rules = rules
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        permitted = [one for one in found if self._rules.permit(host, one["host"])]
        if not permitted:
            raise AddressForbidden(f"{host} ({found[0]['host']})")
        return permitted

    async def close(self) -> None:
        await self._resolver.close()


class Sender:
    """One session for all merchants, without a limit of its own: the lines of `Deliveries` limit each merchant.

    `seconds` is how long an answer may take, in real time.
    """

    def __init__(self, rules: AddressRules, seconds: float = ATTEMPT_SECONDS) -> None:
        self._rules = rules
        connector = aiohttp.TCPConnector(limit=0, resolver=_RulingResolver(rules), use_dns_cache=False)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_OWN_HEADERS,
            trust_env=False,
        )

    async def close(self) -> None:
        await self._session.close()

    async def carry(self, exchange: Exchange, sent: Message) -> Answer | Verdict:
        """Send the message of an exchange, and note there what came back and how long that took."""
        began = time.perf_counter()
        result = await self.send(exchange.path, sent)
        exchange.duration_ms = round((time.perf_counter() - began) * 1000, 3)
        if isinstance(result, Answer):
            exchange.status, exchange.reply = result.status, result.message
            if result.cut:
                exchange.facts["reply_cut"] = KEPT_BYTES
        return result

    async def send(self, url: str, message: Message) -> Answer | Verdict:
        """The merchant's answer, or the verdict on why there is none."""
        try:
            self._check_literal(URL(url))
            return await self._exchange(url, message)
        except TimeoutError:
            return Verdict("timeout")
        except aiohttp.InvalidURL:
            return Verdict("bad_url", (("url", url[:200]),))
        except (aiohttp.ClientError, OSError) as error:  # a certificate's error is a ValueError too: this comes first
            return _verdict_on(error, URL(url))
        except ValueError:
            return Verdict("bad_url", (("url", url[:200]),))

    async def _exchange(self, url: str, message: Message) -> Answer | Verdict:
        post = self._session.post(
            URL(url, encoded=True), data=_payload(message.body), headers=dict(message.headers), allow_redirects=False
        )
        async with post as response:
            headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers)
            body = await _read(response)
            if cut := len(body) > KEPT_BYTES:
                response.close()
            return Answer(response.status, Message(headers, body[:KEPT_BYTES]), cut)

    def _check_literal(self, url: URL) -> None:
        """An address in the URL itself never meets the resolver."""
        host = url.host or ""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return
        if not self._rules.permit(host, str(address)):
            raise AddressForbidden(host)


def _payload(body: bytes) -> bytes | io.BytesIO:
    """A large body is sent piece by piece, as aiohttp asks, so that it does not hold the loop."""
    return io.BytesIO(body) if len(body) > LARGE else body


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body, cut one byte over what is kept."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > KEPT_BYTES:
            break
    return bytes(body[: KEPT_BYTES + 1])


def _verdict_on(error: Exception, url: URL) -> Verdict:
    if isinstance(error, aiohttp.NonHttpUrlClientError):
        return Verdict("bad_url", (("url", str(url)[:200]),))
    cause = getattr(error, "os_error", error)
    if isinstance(cause, AddressForbidden):
        return Verdict("forbidden_address", (("address", str(cause)),))
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Verdict("dns", (("host", url.host or ""),))
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return Verdict("tls", (("reason", _tls_reason(error)),))
    if isinstance(error, aiohttp.ClientConnectorError):
        return Verdict("refused", (("address", f"{url.host}:{url.port}"),))
    return Verdict("reset", (("reason", str(error)[:200] or type(error).__name__),))


def _tls_reason(error: Exception) -> str:
    certificate_error = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    return str(getattr(certificate_error, "verify_message", None) or certificate_error)[:200]
