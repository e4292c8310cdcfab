"""What the sandbox accepts and the real server would not, or a document advises against: said on the timeline.

What is a version's own, its face says (`Face.warnings`).
"""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from sandbox.core.events import EventName
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Terms


def warnings_of(terms: Terms, merchant: Merchant, own: Sequence[EventName]) -> list[EventName]:
    """Names of warnings (sentences in `words.events`), with the face's `own`. Source: V2 notes, 5.4 and 10."""
    found = [*(notify_url_warnings(terms.notify_url) if terms.notify_url else ()), *own]
    if terms.trade_type == "MWEB" and not merchant.h5_domains:
        found.append(EventName.WARNING_H5_DOMAINS_UNSET)
    return found


@lru_cache(1024)  # a shop has a few, at each of its orders again
def notify_url_warnings(url: str) -> Sequence[EventName]:
    parts = urlsplit(url)
    found = []
    if parts.query:
        found.append(EventName.WARNING_NOTIFY_URL_QUERY)
    if parts.path in ("", "/"):
        found.append(EventName.WARNING_NOTIFY_URL_NO_PATH)
    if _is_local(parts.hostname or ""):
        found.append(EventName.WARNING_NOTIFY_URL_LOCAL)
    return found


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith((".local", ".localhost")) or ("." not in host and ":" not in host):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
