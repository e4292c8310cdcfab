"""What an IP address means. Several forms of IPv6 hold an address of IPv4, to which a network may lead what is sent."""

import ipaddress
from collections.abc import Iterator
from functools import lru_cache

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOW_32 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "::/96",  # IPv4-compatible, RFC 4291
        "::ffff:0:0:0/96",  # IPv4-translated, RFC 2765
        "64:ff9b::/96",  # NAT64, RFC 6052
    )
)
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
"""RFC 8215: each network chooses its prefix in it, of 48, 56, 64 or 96 bits."""
_ISATAP = (0x00005EFE, 0x02005EFE)
"""The first half of an interface's identifier whose second half is of IPv4. Source: RFC 5214."""


@lru_cache(1024)  # merchants' servers, at each notification again
def plain(address: str) -> IP:
    """An address without its zone; one of IPv4 without the dress of IPv6 (::ffff:127.0.0.1). Raises ValueError."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found


def is_link_local(address: str) -> bool:
    """Whether an address, or one that it holds, is good on one link only: 169.254.0.0/16, fe80::/10."""
    found = plain(address)
    return any(one.is_link_local for one in (found, *_held(found)))


def _held(address: IP) -> Iterator[ipaddress.IPv4Address]:
    """The addresses of IPv4 that an address of IPv6 holds."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    number = int(address)
    if any(address in network for network in _LOW_32) or (number >> 32) & 0xFFFFFFFF in _ISATAP:
        yield ipaddress.IPv4Address(number & 0xFFFFFFFF)
    if address in _LOCAL_NAT64:
        yield from _behind_a_prefix(number)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo


def _behind_a_prefix(number: int) -> Iterator[ipaddress.IPv4Address]:
    """What a NAT64 address may hold, by the length of its prefix; the bits 64 to 71 are left out (RFC 6052, 2.2)."""
    joined = (number >> 64 << 56) | (number & (1 << 56) - 1)
    for prefix in (48, 56, 64):
        yield ipaddress.IPv4Address(joined >> (88 - prefix) & 0xFFFFFFFF)
    yield ipaddress.IPv4Address(number & 0xFFFFFFFF)
