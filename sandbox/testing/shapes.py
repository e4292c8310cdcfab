"""What the control API answers, typed. Members that a newer sandbox adds are ignored. Amounts are fen."""

from datetime import datetime
from typing import Any

from msgspec import Struct, field


class ControlApiError(Exception):
    """The sandbox refused a call: `status`, `code`, `message`, and the `field` that is wrong."""

    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        where = f" ({field})" if field else ""
        super().__init__(f"{status} {code}{where}: {message}")
        self.status, self.code, self.message, self.field = status, code, message, field


class Merchant(Struct, frozen=True):
    """A merchant of its own, with what its backend is configured with. `repr` shows no key."""

    mch_id: str
    appids: list[str]
    api_key: str
    api_v3_key: str
    name: str = ""

    @property
    def appid(self) -> str:
        return self.appids[0]

    def __repr__(self) -> str:
        return f"Merchant(mch_id={self.mch_id!r}, appids={self.appids!r})"


class Message(Struct, frozen=True):
    """A side of an exchange. `status` where it is a reply."""

    headers: list[list[str]] = []
    body: str = ""
    status: int = 0


class Attempt(Struct, frozen=True):
    """One attempt to notify; `verdict` is "ok" or the name of what was wrong with the reply."""

    n: int
    at: datetime
    request: Message = Message()
    reply: Message | None = None
    verdict: str | None = None
    explanation: str = ""
    fix: str = ""


class Notification(Struct, frozen=True):
    """A notification owed: `state` is pending, delivered or given_up; `fault` what a scenario made wrong with it."""

    id: str
    kind: str
    url: str
    state: str
    attempts: list[Attempt] = []
    fault: str | None = None
    hostile: bool = False
    once: bool = False
    next_at: datetime | None = None


class Order(Struct, frozen=True):
    """An order as the contract shows it."""

    mch_id: str
    out_trade_no: str
    trade_type: str
    trade_state: str
    total_fee: int
    body: str
    prepay_id: str
    notify_url: str
    cashier_url: str
    created_at: datetime
    expires_at: datetime
    attach: str = ""
    appid: str = ""
    cash_fee: int | None = None
    coupon_fee: int | None = None
    code_url: str | None = None
    mweb_url: str | None = None
    transaction_id: str | None = None
    openid: str | None = None
    bank_type: str | None = None
    paid_at: datetime | None = None
    scenario: str | None = None
    notifications: list[Notification] = []

    @property
    def paid(self) -> bool:
        return self.trade_state in ("SUCCESS", "REFUND")


class ClientResult(Struct, frozen=True):
    """What the WeChat client told the app (`err_code` 0, -1, -2) or the page (`err_msg`)."""

    err_code: int = field(name="errCode")
    err_str: str = field(name="errStr", default="")
    cause: str | None = None
    err_msg: str | None = None


class Paid(Struct, frozen=True):
    """What the payer's act came to."""

    order: Order
    client_result: ClientResult


class Entry(Struct, frozen=True):
    """A line of a timeline or of the journal."""

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
    verdict: str = ""
    facts: dict[str, Any] = {}

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.kind:<12} {self.summary}"


class Clock(Struct, frozen=True):
    """Sandbox time, its speed, and the seconds that it was moved on."""

    now: datetime
    scale: float
    advanced: float


class Difference(Struct, frozen=True):
    """What a call that almost matched had else."""

    what: str
    expected: Any = None
    got: Any = None


class NearMiss(Struct, frozen=True):
    """A call that almost matched an expectation."""

    id: int
    summary: str = ""
    differences: list[Difference] = []


class Verification(Struct, frozen=True):
    """Whether the merchant's calls were as expected; `near_misses` are the closest that were not."""

    matched: bool
    count: int = 0
    items: list[Entry] = []
    near_misses: list[NearMiss] = []
    explanation: str = ""

    def __str__(self) -> str:
        lines = [self.explanation or f"{self.count} calls match."]
        for miss in self.near_misses:
            lines.append(f"  almost: {miss.summary}")
            lines += [f"    {one.what}: expected {one.expected!r}, got {one.got!r}" for one in miss.differences]
        return "\n".join(lines)
