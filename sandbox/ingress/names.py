"""The names that the sandbox answers to over TLS: WeChat Pay's hosts, this machine, and the public URL's host."""

import ipaddress
from urllib.parse import urlsplit

from sandbox.core.hosts import WECHAT_HOSTS

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def server_names(public_url: str) -> tuple[str, ...]:
    """Host names and addresses of the server's certificate, each once; those that everybody has come first."""
    host = urlsplit(public_url).hostname or ""
    return tuple(dict.fromkeys((*WECHAT_HOSTS, *LOCAL_NAMES, *([_ascii(host)] if host else []))))


def is_address(name: str) -> bool:
    """Whether a name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _ascii(host: str) -> str:
    """A host as DNS and certificates have it: 例子.test is xn--fsqu00a.test."""
    return host if host.isascii() else host.encode("idna").decode()
