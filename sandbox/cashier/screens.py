"""Which screen an order shows to its payer. Pure: order, moment, what the payer has just done."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from sandbox.core.causes import Cause
from sandbox.core.client import ClientResult, Outcome
from sandbox.core.errors import OrderClosed, OrderExpired, OrderPaid, OrderReversed, PaymentFailed, PrepayExpired
from sandbox.core.orders import ClosedBy, Order, TradeType
from sandbox.core.text import Text
from sandbox.core.web_addresses import parts_of
from sandbox.words import cashier as words


class Screen(StrEnum):
    """The screens; each has its template."""

    PAY = "pay"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DEAD = "dead"


_AFTER = {Outcome.ERROR: Screen.FAILED, Outcome.CANCEL: Screen.CANCELLED}


@dataclass(frozen=True, slots=True)
class CashierScreen:
    """A screen and its sentence: WeChat's reason where it refuses."""

    screen: Screen
    sentence: Text | None = None


def screen_of(
    order: Order, at: datetime, just_done: ClientResult | None = None, hindrance: Cause | None = None
) -> CashierScreen:
    """What the payer sees; `just_done` is the act that led here, believed only where the order agrees.

    `hindrance` keeps the payer's phone from paying anything.
    """
    reason = reason_against(order, at)
    if reason is words.ORDER_PAID and just_done and just_done.outcome is Outcome.SUCCESS:
        return CashierScreen(Screen.PAID)
    if order.closed_by is ClosedBy.PAYER and just_done and just_done.outcome is Outcome.CANCEL:
        return CashierScreen(Screen.CANCELLED)
    if reason is not None:
        return CashierScreen(Screen.DEAD, reason)
    if hindrance is not None and not just_done:
        return CashierScreen(Screen.DEAD, words.HINDRANCES[hindrance])
    return CashierScreen(_AFTER.get(just_done.outcome, Screen.PAY) if just_done else Screen.PAY)


def reason_against(order: Order, at: datetime) -> Text | None:
    """WeChat's sentence for an order that cannot be paid at `at`; None for one that can."""
    scanned = order.terms.trade_type is TradeType.NATIVE
    try:
        order.require_payable(at)
    except OrderPaid:
        return words.ORDER_PAID
    except OrderClosed:
        return words.CODE_EXPIRED if scanned else words.ORDER_CLOSED
    except OrderExpired:
        late = words.TIME_EXPIRED if order.terms.time_expire else words.PREPAY_EXPIRED
        return words.CODE_EXPIRED if scanned else late
    except OrderReversed:
        return words.ORDER_CLOSED
    except PaymentFailed:
        return words.PAYMENT_FAILED
    except PrepayExpired:
        return words.CODE_EXPIRED if scanned else words.PREPAY_EXPIRED
    return None


def code_lives(order: Order, code: str, at: datetime) -> bool:
    """Whether the code in the payer's link is the order's and not past its life (NATIVE two hours, H5 five minutes)."""
    expires_at = order.prepay.code_expires_at(order.terms.trade_type)
    return code != "" and code == order.prepay.code and expires_at is not None and at < expires_at


def token_of(code_url: str) -> str:
    """The `pr` of a code_url, or the bare token that was given."""
    given = code_url.strip()
    return parse_qs(parts_of(given).query).get("pr", [""])[0] or given


def safe_redirect(url: str) -> str:
    """A redirect_url as far as it may be followed: an absolute http(s) URL; empty otherwise."""
    if len(url) > 2048 or re.search(r"[\x00-\x20\\]", url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def just_done_of(result: str, cause: str) -> ClientResult | None:
    """The act that the page's own address tells of (`?result=error&cause=balance`)."""
    if result not in set(Outcome):
        return None
    known = Cause(cause) if cause in set(Cause) else Cause.OTHER
    return ClientResult(Outcome(result), known if result == Outcome.ERROR else None)
