"""Where on the web a merchant's payments may be invoked: directories of JSAPI pages, domains of H5.

Pure. Source: protocol notes, sections 6.3 and 6.4.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit


def in_directories(page: str, directories: Sequence[str]) -> bool:
    """Whether a page lies in one of the directories: they are prefixes of its address up to the last `/`.

    Scheme and host have no case; the path has. A query and a fragment are no part of it.
    """
    parts = urlsplit(page)
    path = (parts.path or "/").rpartition("/")[0] + "/"
    folder = _origin(page) + path
    return any(folder.startswith(_origin(one) + urlsplit(one).path) for one in directories)


def in_domains(address: str, domains: Sequence[str]) -> bool:
    """Whether an address is of one of the domains: the very host, with its port where the domain names one.

    No wildcards; and `www.` is another host.
    """
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return bool(host) and (host in domains or host.partition(":")[0] in domains)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"
