"""What WeChat's H5 page (中间页) checks before it leads to the cashier. Source: V2 notes, 6.3 and 6.4.

Without domains it lets everybody through, as before they could be set; the order's timeline warns of that.
"""

from dataclasses import dataclass

from sandbox.core.merchants import Merchant
from sandbox.core.text import Text
from sandbox.core.web_addresses import in_domains
from sandbox.words import cashier as words


@dataclass(frozen=True, slots=True)
class Came:
    """Who opened the page: from where (Referer), back to where, from which address."""

    referer: str
    redirect_url: str
    client_ip: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What WeChat says, and why: `explanation` takes `given` and `expected`."""

    sentence: Text
    name: str
    explanation: Text
    given: str = ""
    expected: str = ""


def refusal(came: Came, merchant: Merchant, spbill_create_ip: str) -> Refused | None:
    """Why the page does not open; None when it does."""
    domains, known = merchant.h5_domains, ", ".join(merchant.h5_domains)
    if domains and not came.referer:
        return Refused(words.H5_MALFORMED, "referer_missing", words.H5_REFERER_MISSING, expected=known)
    if domains and not in_domains(came.referer, domains):
        return Refused(words.H5_UNSET, "referer", words.H5_REFERER_FOREIGN, came.referer, known)
    if domains and came.redirect_url and not in_domains(came.redirect_url, domains):
        return Refused(words.H5_UNSET, "redirect_url", words.H5_REDIRECT_FOREIGN, came.redirect_url, known)
    if merchant.h5_check_ip and came.client_ip != spbill_create_ip:
        return Refused(words.H5_NETWORK, "ip", words.H5_OTHER_IP, came.client_ip, spbill_create_ip)
    return None
