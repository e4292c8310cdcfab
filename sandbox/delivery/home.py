"""Whether an address is the sandbox itself. What it sends never reaches its own pages and APIs, but for the mailbox."""

import socket
from collections.abc import Callable, Collection

from yarl import URL

from sandbox.core.addresses import IP, plain
from sandbox.core.links import MAILBOXES

SocketAddress = tuple[str | int, ...]
"""Address and port; with IPv6 the flow and the scope behind them."""


class Home:
    """`bound` gives the addresses and ports on which the sandbox listens, whatever they are for."""

    def __init__(self, bound: Callable[[], Collection[SocketAddress]] = tuple) -> None:
        self._bound = bound

    def is_at(self, where: SocketAddress) -> bool:
        """Whether a connection to this address would be to one of the sandbox's own listeners."""
        here = [own for own in self._bound() if own[1] == where[1]]
        reached = _reached(str(where[0])) if here else None
        return any(reached == plain(str(own[0])) or (_is_any(own) and _is_of_this_machine(where)) for own in here)


def is_mailbox(url: URL) -> bool:
    """Whether a URL is that of a sample mailbox, where the sandbox may send to itself."""
    return url.raw_path in MAILBOXES


def _reached(address: str) -> IP:
    """Where a connection goes: who connects to no address (0.0.0.0, ::) is led to this machine."""
    found = plain(address)
    return plain("::1" if found.version == 6 else "127.0.0.1") if found.is_unspecified else found


def _is_any(own: SocketAddress) -> bool:
    return plain(str(own[0])).is_unspecified


def _is_of_this_machine(where: SocketAddress) -> bool:
    """Only on an address of this machine's own can a socket be bound."""
    address = plain(str(where[0]))
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0, *(where[2:] if address.version == 6 else ())))
    except OSError:
        return False
    return True
