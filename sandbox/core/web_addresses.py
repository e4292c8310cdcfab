"""Where on the web a merchant's payments may be invoked: directories of JSAPI pages, domains of H5.

Pure. Source: V2 notes, 6.3 and 6.4.
"""

from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit


def in_directories(page: str, directories: Sequence[str]) -> bool:
    """Whether a page lies in one of the directories: they are prefixes of its address up to the last `/`.

    Scheme and host have no case; the path has. A query and a fragment are no part of it.
    """
    path = parts_of(page).path or "/"
    folder = _origin(page) + path.rpartition("/")[0] + "/"
    return any(folder.startswith(_origin(one) + parts_of(one).path) for one in directories)


def in_domains(address: str, domains: Sequence[str]) -> bool:
    """Whether an address is of one of the domains: the very host, with its port where the domain names one.

    No wildcards; and `www.` is another host.
    """
    host = parts_of(address).netloc.rpartition("@")[2]
    return bool(host) and (host in domains or host.partition(":")[0] in domains)


def parts_of(address: str) -> SplitResult:
    """The parts of an address; all are empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:  # http://[
        return SplitResult("", "", "", "", "")


def _origin(address: str) -> str:
    parts = parts_of(address)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"
