"""What the sandbox accepts and the real server would not, or a document advises against: said on the timeline."""

import ipaddress
from urllib.parse import urlsplit

from sandbox.core.currency import CNY
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Terms


def warnings_of(terms: Terms, merchant: Merchant) -> list[str]:
    """Names of warnings (sentences in `words.events`). Source: V2 notes, 5.4 and 10."""
    found = notify_url_warnings(terms.notify_url) if terms.notify_url else []
    if not terms.spbill_create_ip:
        found.append("warning_spbill_create_ip_empty")
    elif ":" in terms.spbill_create_ip:
        found.append("warning_spbill_create_ip_v6")
    if terms.fee_type != CNY:
        found.append("warning_foreign_currency")
    if terms.trade_type == "NATIVE" and not terms.product_id:
        found.append("warning_product_id_missing")
    if terms.trade_type == "MWEB" and not merchant.h5_domains:
        found.append("warning_h5_domains_unset")
    return found


def notify_url_warnings(url: str) -> list[str]:
    parts = urlsplit(url)
    found = []
    if parts.query:
        found.append("warning_notify_url_query")
    if parts.path in ("", "/"):
        found.append("warning_notify_url_no_path")
    if _is_local(parts.hostname or ""):
        found.append("warning_notify_url_local")
    return found


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith((".local", ".localhost")) or ("." not in host and ":" not in host):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
