"""Where the proxy leads a request. Decides, and does nothing."""

import re
from dataclasses import dataclass
from typing import Literal

from sandbox.core.addresses import is_link_local, plain
from sandbox.core.hosts import WECHAT_HOSTS

PAYMENT_DOMAIN = ".mch.weixin.qq.com"
"""Hosts below it take payments. The sandbox never lets a call through to the real ones, whichever it plays."""

_AUTHORITY = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^\[\]:/?#@\s]+))(?::(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class ToSandbox:
    """One of WeChat Pay's hosts: the sandbox answers, behind TLS or in plain."""

    tls: bool


@dataclass(frozen=True, slots=True)
class PassOn:
    """Somebody else's host: bytes go through untouched."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing is done; the status and a sentence are the answer."""

    status: int
    sentence: str


Decision = ToSandbox | PassOn | Refusal
Asked = Literal["connect", "http", "https"]
"""CONNECT, or a request in plain whose target is a whole http:// or https:// address."""


def decide(asked: Asked, authority: str, *, proxy_only: bool = False) -> Decision:
    """Where a request leads that names `authority`, HOST or HOST:PORT."""
    found = _AUTHORITY.fullmatch(authority)
    port = int(found["port"] or {"connect": 0, "http": 80, "https": 443}[asked]) if found else 0
    if found is None or not 0 < port < 65536:
        return Refusal(400, f"The proxy cannot read the target {authority[:100]!r}: HOST:PORT is wanted.")
    host = (found["v6"] or found["name"]).lower().rstrip(".")
    if host in WECHAT_HOSTS:
        return _of_wechat(asked, host, port)
    if host.endswith(PAYMENT_DOMAIN):
        played = ", ".join(WECHAT_HOSTS)
        return Refusal(403, f"The sandbox does not play {host} (it plays {played}), and lets nothing through to it.")
    if proxy_only:
        return Refusal(403, f"This proxy leads to WeChat Pay's hosts only (--proxy-only), not to {host}.")
    if asked == "https":
        return Refusal(400, f"To reach https://{host} by this proxy, use CONNECT: it speaks TLS for nobody else.")
    return PassOn(host, port)


def _of_wechat(asked: Asked, host: str, port: int) -> Decision:
    if port not in (80, 443):
        return Refusal(403, f"The sandbox plays {host} on the ports 443 and 80, not on {port}.")
    return ToSandbox(tls=asked == "connect" and port == 443)


def forbidden(client: str, address: str) -> str | None:
    """Why a client may not be led to an address (both IP); None when it may.

    Nobody is led to link-local addresses, where a cloud keeps its machines' keys. Who sits at this machine reaches
    everything else anyway. Others reach no more by the proxy than they would without: not what listens here for this
    machine alone; and nobody from the internet is passed on.
    """
    if is_link_local(address):
        return f"{address} is link-local (a cloud's metadata service?), where this proxy leads nobody."
    who, where = plain(client), plain(address)
    if who.is_loopback:
        return None
    if where.is_loopback or where.is_unspecified:
        return f"{address} is this machine's own, which the proxy opens to nobody from elsewhere."
    if not (who.is_private or who.is_link_local):
        return "This proxy passes on for its own machine and private networks only."
    return None
