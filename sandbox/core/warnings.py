"""What the sandbox accepts and the real server would not, or a document advises against: said on the timeline."""

import ipaddress
from urllib.parse import urlsplit

from sandbox.core.currency import CNY
from sandbox.core.events import EventName
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Terms


def warnings_of(terms: Terms, merchant: Merchant) -> list[EventName]:
    """Names of warnings (sentences in `words.events`). Source: V2 notes, 5.4 and 10."""
    found = notify_url_warnings(terms.notify_url) if terms.notify_url else []
    if not terms.spbill_create_ip:
        found.append(EventName.WARNING_SPBILL_CREATE_IP_EMPTY)
    elif ":" in terms.spbill_create_ip:
        found.append(EventName.WARNING_SPBILL_CREATE_IP_V6)
    if terms.fee_type != CNY:
        found.append(EventName.WARNING_FOREIGN_CURRENCY)
    if terms.trade_type == "NATIVE" and not terms.product_id:
        found.append(EventName.WARNING_PRODUCT_ID_MISSING)
    if terms.trade_type == "MWEB" and not merchant.h5_domains:
        found.append(EventName.WARNING_H5_DOMAINS_UNSET)
    return found


def notify_url_warnings(url: str) -> list[EventName]:
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
