"""The names that the sandbox answers to over TLS: WeChat Pay's hosts, this machine, and the public URL's host."""

import ipaddress
from urllib.parse import urlsplit

from sandbox.core.hosts import WECHAT_HOSTS

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def server_names(public_url: str) -> tuple[str, ...]:
    """Host names and addresses of the server's certificate, each once; those that everybody has come first."""
    host = public_host(public_url)
    return tuple(dict.fromkeys((*WECHAT_HOSTS, *LOCAL_NAMES, *([host] if host else []))))


def public_host(public_url: str) -> str:
    """The public URL's host as DNS, certificates and Host headers have it: 例子.test is xn--fsqu00a.test; or empty."""
    host = urlsplit(public_url).hostname or ""
    return host if host.isascii() else host.encode("idna").decode()


def is_address(name: str) -> bool:
    """Whether a name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
