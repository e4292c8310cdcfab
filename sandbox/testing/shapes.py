"""What the control API answers, typed. Members that a newer sandbox adds are ignored. Amounts are fen.

The `repr` of each is what one wants to read in a failing assertion.
"""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

Outcome = Literal["success", "error", "cancel"]
RefundOutcome = Literal["success", "change", "close"]
"""What becomes of a refund: paid out, 退款异常 (CHANGE), closed (REFUNDCLOSE)."""

Reason = Literal[
    "app-signature",
    "sign",
    "appid-unregistered",
    "appid-mismatch",
    "no-permission",
    "logged-out",
    "not-installed",
    "too-old",
    "order-expired",
    "order-closed",
    "wrong-scene",
    "bank-refused",
    "balance",
    "risk",
    "network",
    "other",
]
"""Why WeChat gives -1."""

TradeType = Literal["NATIVE", "JSAPI", "APP", "MWEB"]
AnyTradeType = Literal["NATIVE", "JSAPI", "APP", "MWEB", "MICROPAY"]
"""Those of all orders; `TradeType` has those that unifiedorder takes."""


class Merchant(Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """A merchant with what its backend is configured with; PEM texts are empty where they were not asked for."""

    mch_id: str
    appids: list[str]
    api_key: str
    api_v3_key: str
    name: str = ""
    openid: str = ""
    products: dict[str, str] = {}
    notify_url: str = ""
    serial_no: str = ""
    certificate: str = ""
    private_key: str = ""
    platform_serial_no: str = ""
    platform_certificate: str = ""
    platform_public_key: str = ""
    platform_public_key_id: str = ""
    platform_identity: str = ""
    separate_platform_keys: bool = False

    @property
    def appid(self) -> str:
        """Its first appid; "" where it has none."""
        return self.appids[0] if self.appids else ""

    def __repr__(self) -> str:
        """No key is shown."""
        return f"<Merchant {self.mch_id} {self.appid}>"


class Message(Struct, frozen=True):
    """A side of an exchange. `status` where it is a reply; `body_base64` where the body is not UTF-8."""

    headers: list[tuple[str, str]] = []
    body: str = ""
    body_base64: str = ""
    method: str = ""
    path: str = ""
    status: int = 0


class Attempt(Struct, frozen=True, kw_only=True):
    """One attempt to notify; `verdict` is "ok" or the name of what was wrong with the reply, "" while in flight."""

    n: int
    at: datetime
    duration_ms: float = 0.0
    request: Message = Message()
    reply: Message | None = None
    verdict: str = ""
    explanation: str = ""
    fix: str = ""

    def __repr__(self) -> str:
        return f"<Attempt {self.n} at {_time(self.at)}: {_said(self.verdict or 'in flight', self.explanation)}>"


class Notification(Struct, frozen=True, kw_only=True):
    """A notification owed: `state` is pending, delivered or given_up; `fault` what was asked to be wrong with it."""

    id: str
    kind: str
    out_trade_no: str
    url: str
    state: str
    out_refund_no: str = ""
    out_order_no: str = ""
    receiver: str = ""
    attempts: list[Attempt] = []
    fault: str = ""
    hostile: bool = False
    once: bool = False
    next_at: datetime | None = None

    def __repr__(self) -> str:
        fault = f", with the fault {self.fault}" if self.fault else ""
        return f"<{self.kind} notification of {self.out_trade_no} to {self.url}{fault}: {self.standing}>"

    @property
    def standing(self) -> str:
        """How it stands, in a line: `pending after 2 attempts, next at 10:00:15; the last: http_status (...)`."""
        due = f", next at {_time(self.next_at)}" if self.next_at else ""
        last = self.attempts[-1] if self.attempts else None
        why = f"; the last: {_said(last.verdict, last.explanation)}" if last and last.verdict != "ok" else ""
        return f"{self.state} after {_count(len(self.attempts), 'attempt')}{due}{why}"


class Refund(Struct, frozen=True, kw_only=True):
    """A refund: `refund_status` is PROCESSING until `due_at`, then SUCCESS, CHANGE or REFUNDCLOSE.

    `out_trade_no` is there where a refund was asked for, not in an order's refunds.
    """

    out_refund_no: str
    refund_id: str
    refund_fee: int
    refund_status: str
    refund_fee_type: str = "CNY"
    created_at: datetime
    cash_refund_fee: int = 0
    coupon_refund_fee: int = 0
    settlement_refund_fee: int = 0
    refund_recv_accout: str = ""
    refund_channel: str = "ORIGINAL"
    refund_desc: str = ""
    notify_url: str = ""
    out_trade_no: str = ""
    face: str = "v2"
    due_at: datetime | None = None
    success_at: datetime | None = None

    def __repr__(self) -> str:
        return f"<Refund {self.out_refund_no} {self.refund_status}, {self.refund_fee} fen>"


class LedgerLine(Struct, frozen=True, kw_only=True):
    """A move of money from one account to another. `account` is the merchant's own, with its `balance` afterwards."""

    at: datetime
    movement: str
    source: str
    target: str
    fen: int
    account: str = ""
    balance: int = 0
    flow_no: str = ""
    business_no: str = ""
    out_trade_no: str = ""
    out_refund_no: str = ""
    remark: str = ""

    def __repr__(self) -> str:
        return f"<{self.movement} {self.fen} fen from {self.source} to {self.target}>"


class Balances(Struct, frozen=True):
    """What lies in each account of the merchant's own."""

    balances: dict[str, int]


class SubOrder(Struct, frozen=True, kw_only=True):
    """A sub-order of a combined order; `order()` gives it whole."""

    mch_id: str
    out_trade_no: str
    total_fee: int
    trade_state: str
    body: str = ""
    sub_mch_id: str = ""
    transaction_id: str = ""


class Order(Struct, frozen=True, kw_only=True):
    """An order. Its refunds and notifications are there where one order was asked for, not in a list of orders.

    `face` is the API that it was placed by: "v2" or "v3" (a refund's: that it was asked for by).
    """

    mch_id: str
    out_trade_no: str
    trade_type: str
    trade_state: str
    total_fee: int
    prepay_id: str
    notify_url: str
    cashier_url: str
    face: str = "v2"
    created_at: datetime
    expires_at: datetime
    body: str = ""
    attach: str = ""
    appid: str = ""
    sub_mch_id: str = ""
    sub_appid: str = ""
    sign_type: str = ""
    fee_type: str = "CNY"
    cash_fee: int | None = None
    cash_fee_type: str = ""
    rate_value: int | None = None
    coupon_fee: int | None = None
    code_url: str = ""
    mweb_url: str = ""
    transaction_id: str = ""
    openid: str = ""
    bank_type: str = ""
    paid_at: datetime | None = None
    closed_at: datetime | None = None
    scenario: str = ""
    refunds: list[Refund] = []
    notifications: list[Notification] = []
    unsplit_amount: int | None = None
    combined: bool = False
    combine_mch_id: str = ""
    combine_out_trade_no: str = ""
    sub_orders: list[SubOrder] = []

    @property
    def paid(self) -> bool:
        """Whether the payer has paid, refunded since or not."""
        return self.trade_state in ("SUCCESS", "REFUND")

    def __repr__(self) -> str:
        scenario = f", scenario {self.scenario}" if self.scenario else ""
        back = "".join(f"; refund {one.out_refund_no} {one.refund_status}" for one in self.refunds)
        owed = "".join(f"; {one.kind} notification {one.standing}" for one in self.notifications)
        unit = "fen" if self.fee_type == "CNY" else self.fee_type
        terms = f"{self.trade_type}, {self.total_fee} {unit}{scenario}"
        return f"<Order {self.out_trade_no} {self.trade_state}, {terms}{back}{owed}>"


class ClientResult(Struct, frozen=True, kw_only=True):
    """What the WeChat client told the app (`err_code` 0, -1, -2) or the page (`err_msg`)."""

    err_code: int = field(name="errCode")
    err_str: str = field(name="errStr", default="")
    cause: str = ""
    err_msg: str = ""


class AuthCode(Struct, frozen=True):
    """A payment code on a payer's phone: good once, for a minute of sandbox time."""

    auth_code: str
    expires_at: datetime


class Paid(Struct, frozen=True):
    """What the payer's act came to."""

    order: Order
    client_result: ClientResult


class Invoked(Struct, frozen=True, kw_only=True):
    """What the WeChat client made of a payment request; `err_code` is None until the payer has acted.

    `explanation` and `string_to_sign` (key hidden) are there where the client refused.
    """

    err_code: int | None = field(name="errCode", default=None)
    err_str: str = field(name="errStr", default="")
    err_msg: str | None = None
    err_desc: str = ""
    cause: str = ""
    cashier_url: str | None = None
    explanation: str = ""
    string_to_sign: str = ""


class Entry(Struct, frozen=True, kw_only=True):
    """A line of a timeline or of the journal; `str` gives it as a line of text."""

    at: datetime
    kind: str
    summary: str
    id: int = 0
    name: str = ""
    mch_id: str = ""
    out_trade_no: str = ""
    path: str = ""
    request: Message | None = None
    reply: Message | None = None
    signature: str = ""
    outcome: str = ""
    n: int = 0
    verdict: str = ""
    explanation: str = ""
    fix: str = ""
    duration_ms: float = 0.0
    notification_id: str = ""
    facts: dict[str, Any] = {}

    def __str__(self) -> str:
        number = f"#{self.n} {self.verdict}: " if self.verdict else ""
        return f"{_time(self.at)} {self.kind:<12} {number}{self.summary}"

    def __repr__(self) -> str:
        return f"<{self}>"


class Clock(Struct, frozen=True):
    """Sandbox time, its speed, and the seconds that it was moved on."""

    now: datetime
    scale: float
    advanced: float


class Application(Struct, frozen=True, kw_only=True):
    """What a scenario is in force for; nothing named means every order."""

    mch_id: str = ""
    out_trade_no: str = ""
    next: bool = False


class Scenario(Struct, frozen=True, kw_only=True):
    """A scenario at hand, and what it is applied to."""

    name: str
    title: str
    source: str
    description: str = ""
    good_merchant: str = ""
    how_to_see: str = ""
    group: str = ""
    hostile: bool = False
    applied_to: list[Application] = []

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.title}>"


class Difference(Struct, frozen=True):
    """What a call that almost matched had else. The values are JSON."""

    what: str
    expected: Any = None
    got: Any = None


class NearMiss(Struct, frozen=True):
    """A call that almost matched an expectation."""

    id: int
    summary: str = ""
    differences: list[Difference] = []


class Verification(Struct, frozen=True, kw_only=True):
    """Whether the merchant's calls were as expected; `near_misses` are the closest that were not."""

    matched: bool
    count: int = 0
    items: list[Entry] = []
    near_misses: list[NearMiss] = []
    unmatched: int | None = None
    explanation: str = ""

    def __str__(self) -> str:
        lines = [self.explanation or f"{_count(self.count, 'call')} as expected."]
        for miss in self.near_misses:
            lines.append(f"  almost: {miss.summary}")
            lines += [f"    {one.what}: expected {one.expected!r}, got {one.got!r}" for one in miss.differences]
        return "\n".join(lines)


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")[11:23]


def _said(name: str, explanation: str) -> str:
    return f"{name} ({explanation})" if explanation else name


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
