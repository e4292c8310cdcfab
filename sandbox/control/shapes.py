"""The shapes that the control API answers with. Source: contract, "Shapes"; made in `views.py`."""

from typing import Annotated, Any

import msgspec

from sandbox.control.expectations import Difference
from sandbox.core.causes import Cause
from sandbox.core.certificates import CertificateState
from sandbox.core.changes import AccountKind, Author
from sandbox.core.ledger import Account, Movement
from sandbox.core.merchants import AppKind, Capability, ProductState, Review, Wording
from sandbox.core.notifications import NotificationKind, NotificationState
from sandbox.core.orders import TradeState, TradeType
from sandbox.core.refunds import RefundStatus
from sandbox.core.scenarios import Source
from sandbox.signing.flat import SignType
from sandbox.web.errors import ErrorDetail
from sandbox.web.shapes import Answer, Instant, Part

Fen = Annotated[int, msgspec.Meta(ge=0, description="Fen.")]
Face = Annotated[str, msgspec.Meta(description="The API by which it came: v2.")]
Seconds = Annotated[float, msgspec.Meta(description="Sandbox seconds.")]
Millis = Annotated[float, msgspec.Meta(ge=0, description="Real milliseconds.")]
Header = tuple[str, str]


# -- messages ----------------------------------------------------------------------------------------------------------


class Request(Answer, kw_only=True):
    """A request as it was sent; a body that is not UTF-8 stands in `body_base64` instead."""

    method: str
    path: str
    headers: list[Header]
    body: str | None = None
    body_base64: str | None = None


class Reply(Answer, kw_only=True):
    """A reply as it came; a body that is not UTF-8 stands in `body_base64` instead.

    `cut`: the body went on, and only its first 64 KB were read.
    """

    status: int
    headers: list[Header]
    body: str | None = None
    body_base64: str | None = None
    cut: bool = False


class Attempt(Answer, kw_only=True):
    """One attempt to deliver a notification.

    `verdict`: what the merchant's reply was worth, "ok" or what is wrong; "cannot_tell" where nothing proves that a
    forgery was refused, which may follow later.
    """

    n: int
    at: Instant
    duration_ms: Millis
    request: Request
    reply: Reply | None = None
    verdict: str | None = None
    explanation: str | None = None
    fix: str | None = None


class Notification(Answer, kw_only=True):
    """What a merchant is owed after a payment or refund, and how it went.

    `fault` is what is wrong with it, `hostile` that a good merchant must refuse it, `once` that it is not tried again.
    """

    id: str
    kind: NotificationKind
    mch_id: str
    sub_mch_id: str | None = None
    out_trade_no: str
    out_refund_no: str | None = None
    url: str
    state: NotificationState
    next_at: Instant | None = None
    fault: str | None = None
    hostile: bool | None = None
    once: bool | None = None
    attempts: list[Attempt]


class NotificationList(Part[Notification]):
    """Notifications, newest first."""


# -- orders ------------------------------------------------------------------------------------------------------------


class Refund(Answer, kw_only=True):
    """A refund of an order; `due_at` is when it ends by itself, while it is being processed."""

    out_refund_no: str
    refund_id: str
    face: Face
    refund_fee: Fen
    refund_fee_type: str
    refund_status: RefundStatus
    created_at: Instant
    success_at: Instant | None = None
    due_at: Instant | None = None
    cash_refund_fee: Fen
    coupon_refund_fee: Fen | None = None
    settlement_refund_fee: Fen
    refund_recv_accout: str
    refund_desc: str | None = None
    notify_url: str | None = None


class ListedRefund(Refund, kw_only=True):
    """A refund with the order that it is of."""

    mch_id: str
    sub_mch_id: str | None = None
    out_trade_no: str


class RefundList(Part[ListedRefund]):
    """Refunds, newest first."""


class Comment(Answer, kw_only=True):
    """A payer's comment on a paid order."""

    mch_id: str
    out_trade_no: str
    transaction_id: str
    at: Instant
    stars: int
    text: str


class ListedOrder(Answer):
    """An order as it stands in a list. Names are those of WeChat Pay's documents."""

    mch_id: str
    appid: str
    out_trade_no: str
    trade_type: TradeType
    trade_state: TradeState
    total_fee: Fen
    fee_type: Annotated[str, msgspec.Meta(description="The currency of total_fee: its smallest unit.")]
    body: str
    attach: str
    prepay_id: str
    notify_url: str
    face: Face
    created_at: Instant
    expires_at: Instant
    cashier_url: str
    sign_type: Annotated[SignType, msgspec.Meta(description="Of V2's orders: what signs.")] | None = None
    sub_mch_id: str | None = None
    sub_appid: str | None = None
    cash_fee: Fen | None = None
    cash_fee_type: Annotated[str, msgspec.Meta(description="Of a paid order: the currency of cash_fee.")] | None = None
    rate_value: (
        Annotated[int, msgspec.Meta(description="At what a foreign currency was paid in CNY, times 10^8.")] | None
    ) = None
    code_url: str | None = None
    mweb_url: str | None = None
    transaction_id: str | None = None
    openid: str | None = None
    bank_type: str | None = None
    paid_at: Instant | None = None
    coupon_fee: Fen | None = None
    scenario: str | None = None
    closed_at: Instant | None = None
    official: (
        Annotated[bool, msgspec.Meta(description="Placed in the official sandbox, whose key signs here.")] | None
    ) = None


class OrderList(Part[ListedOrder]):
    """Orders, newest first."""


class Order(ListedOrder, kw_only=True):
    """An order with all that belongs to it."""

    refunds: list[Refund]
    notifications: list[Notification]


class ClientResult(Answer, kw_only=True):
    """What the WeChat client tells the merchant's app (`errCode` 0, -1, -2) or page (`err_msg`)."""

    err_code: int = msgspec.field(name="errCode")
    err_str: str = msgspec.field(name="errStr")
    cause: Cause | None = None
    err_msg: str | None = None


class Paid(Answer):
    """What became of the order, and what the client was told."""

    order: Order
    client_result: ClientResult


# -- timeline and journal ----------------------------------------------------------------------------------------------

Facts = dict[str, str | int | float]


class Event(Answer, kw_only=True, tag_field="kind"):
    """One thing that happened: its name and facts for programs, a sentence for people."""

    id: int
    at: Instant
    summary: str
    name: str
    facts: Facts


class PayerEvent(Event, tag="payer"):
    """What the payer did."""


class WechatEvent(Event, tag="wechat"):
    """What WeChat did."""


class ScenarioEvent(Event, tag="scenario"):
    """What a scenario decided."""


class ClockEvent(Event, tag="clock"):
    """How a clock was moved."""


class Delivery(Attempt, kw_only=True, tag_field="kind", tag="notification"):
    """An attempt to deliver a notification, on a timeline."""

    id: int
    summary: str
    notification_id: str
    facts: Facts | None = None


class Step(Answer):
    """A step of a call, and how long it took."""

    name: str
    ms: Millis


class Call(Answer, kw_only=True, tag_field="kind", tag="api"):
    """A call of WeChat's API. `signature` is "ok" or what is wrong with it; `explanation` says why it was refused.

    `remark` is beside the matter: what the real API would have asked for, whatever became of the call here.
    """

    id: int
    at: Instant
    summary: str
    mch_id: str | None = None
    out_trade_no: str | None = None
    path: str
    request: Request
    reply: Reply | None = None
    signature: str | None = None
    outcome: str
    explanation: str | None = None
    remark: str | None = None
    facts: Facts | None = None
    request_id: str
    duration_ms: Millis
    steps: list[Step]


TimelineItem = Call | Delivery | PayerEvent | WechatEvent | ScenarioEvent | ClockEvent


class Timeline(Part[TimelineItem]):
    """Everything that happened to an order, oldest first."""


class Journal(Part[Call]):
    """Calls of WeChat's API, newest first."""


class NearMiss(Answer):
    """A call that was nearly what was expected, and in what it was not."""

    id: int
    summary: str
    differences: list[Difference]


class Verification(Answer, kw_only=True):
    """Whether the calls are those that were expected. `items` are those that count, at most 100.

    `unmatched` is the place of the first expectation in order that nothing met; `near_misses` come closest to it.
    """

    matched: bool
    count: int
    items: list[Call]
    near_misses: list[NearMiss]
    unmatched: int | None = None
    explanation: str | None = None


class NotCalledDetail(ErrorDetail, kw_only=True):
    """What was found instead."""

    count: int
    near_misses: list[NearMiss]
    unmatched: int | None = None


class NotCalled(msgspec.Struct):
    """`timeout`: it did not happen in time."""

    error: NotCalledDetail


class Clock(Answer):
    """A clock: its time, how many sandbox seconds a real one has, and the sum of its jumps."""

    now: Instant
    scale: float
    advanced: Seconds


# -- accounts ----------------------------------------------------------------------------------------------------------


class SubMerchant(Answer):
    """A merchant that a service provider acts for. Its balance stands there where one merchant is asked for."""

    sub_mch_id: str
    sub_appids: list[str]
    products: dict[str, ProductState]
    balance_fen: Fen | None = None


class ListedMerchant(Answer, kw_only=True):
    """A merchant as it stands in a list: no keys. `wording`: V2's words for it; absent: the sandbox's."""

    mch_id: str
    name: str
    appids: list[str]
    products: dict[str, ProductState]
    service_provider: bool
    notify_url: str | None = None
    refund_notify_url: str | None = None
    native_callback_url: str | None = None
    rate: str
    jsapi_directories: list[str]
    h5_domains: list[str]
    h5_check_ip: bool
    wording: Wording | None = None
    sub_merchants: list[SubMerchant] | None = None


class MerchantList(Part[ListedMerchant]):
    """Merchants, newest first."""


class Merchant(ListedMerchant, kw_only=True):
    """A merchant with its keys; with its PEM texts, unless they are left to the first need.

    `openid` is a payer of its first appid. `api_key_replaced_at`: when the API key was last replaced by another.
    """

    openid: str | None = None
    api_key: str
    api_v3_key: str
    api_key_replaced_at: Instant | None = None
    balance_fen: Fen
    serial_no: str | None = None
    certificate: str | None = None
    private_key: str | None = None
    platform_serial_no: str | None = None
    platform_certificate: str | None = None
    platform_public_key: str | None = None
    platform_public_key_id: str | None = None


class LedgerLine(Answer, kw_only=True):
    """A move of money. `account` is the merchant's own one that it touched, if any, and `balance` what lay there then.

    `business_no` is the transaction's or the refund's number, `flow_no` the line's own.
    """

    at: Instant
    movement: Movement
    source: Account
    target: Account
    fen: int
    account: Account | None = None
    balance: Fen | None = None
    flow_no: str
    business_no: str | None = None
    out_trade_no: str | None = None
    out_refund_no: str | None = None
    remark: str | None = None


class Ledger(Part[LedgerLine], kw_only=True):
    """A merchant's ledger, newest line first; `balances` has what lies in each of its accounts now, in fen."""

    balances: dict[Account, int]


class App(Answer):
    """An app, official account or mini program of the open platform."""

    appid: str
    kind: AppKind
    name: str
    package_name: str
    app_signature: str
    bundle_id: str
    universal_link: str
    payment: Capability
    mch_ids: list[str]
    review: Review


class AppList(Part[App]):
    """Apps, newest first."""


class Card(Answer):
    """A bank card: what is left in it, null where it has no limit."""

    bank_type: str
    balance_fen: int | None


class Payer(Answer):
    """Someone who pays; `balance_fen` is what is in the wallet, null where it has no limit.

    `cards` is null where nobody has said which: the usual ones then, with the wallet as their one purse.

    `device` is a name for the phone; `logged_in`: whether WeChat is logged in on it; `wechat_version` is empty where it
    is new enough.
    """

    openid: str
    appid: str
    balance_fen: int | None
    device: str
    logged_in: bool
    wechat_version: str
    cards: list[Card] | None


class AuthCode(Answer):
    """A payment code on a payer's phone: 18 digits."""

    auth_code: str
    expires_at: Instant


class PayerList(Part[Payer]):
    """Payers, newest first."""


class Change(Answer):
    """A field of an account, before and after; an empty one where the account was made. Keys show their end only.

    `author` is through what it was changed.
    """

    at: Instant
    author: Author
    kind: AccountKind
    account: str
    field: str
    before: str
    after: str


class ChangeList(Part[Change]):
    """What was changed of an account, newest first."""


class Certificate(Answer, kw_only=True):
    """A merchant's certificate. Its times are real ones, whatever the sandbox's clock shows.

    `restorable_until`: until when a revoked one can be restored, if it still can.
    """

    serial_no: str
    state: CertificateState
    issued_at: Instant
    expires_at: Instant
    revoked_at: Instant | None = None
    restorable_until: Instant | None = None


class CertificateList(Part[Certificate]):
    """A merchant's certificates, newest first."""


class CertificateFiles(Certificate, kw_only=True):
    """A merchant's certificate with its PEM texts."""

    certificate: str
    private_key: str


# -- signatures --------------------------------------------------------------------------------------------------------


class Diagnosis(msgspec.Struct, kw_only=True):
    """What the doctor says of a message: whether it can be read, whether its signature is right, and if not, why.

    `also` names further mistakes, `signed` is what was signed instead; a mistake that is only `suspected` is what the
    message looks like, no string was found that gives its sign. `line` and `column`, from 1, say where the message
    cannot be read. `certificate`: why the newest call with this very message was turned away, where its client
    certificate was to blame, which the message itself cannot show.
    """

    valid: bool
    readable: bool
    explanation: str
    fix: str
    facts: dict[str, str | int]
    mch_id: str | None = None
    sign_type: str | None = None
    given: str | None = None
    expected: str | None = None
    string_to_sign: str | None = None
    signed: str | None = None
    mistake: str | None = None
    suspected: bool | None = None
    also: list[str] | None = None
    line: int | None = None
    column: int | None = None
    certificate: str | None = None


class Pair(Answer):
    """A field that is signed."""

    name: str
    value: str


class Signed(Answer):
    """The string (a key that was not given is hidden in it), its signature, and the whole message.

    `pairs` are the fields that are signed, sorted; `left_out` names the empty ones, and `sign`.
    """

    string_to_sign: str
    sign: str
    xml: str
    pairs: list[Pair]
    left_out: list[str]


class Verified(Answer):
    """Whether a signature is right. A key that was not given is hidden in the string.

    Where it is wrong, the doctor says why: `mistake` and `also` are for programs, `explanation` and `fix` for people;
    `signed` is what was signed instead.
    """

    valid: bool
    sign_type: str
    given: str
    expected: str
    string_to_sign: str
    explanation: str
    fix: str
    mistake: str | None = None
    suspected: bool | None = None
    also: list[str] | None = None
    signed: str | None = None


# -- scenarios ---------------------------------------------------------------------------------------------------------


class Application(Answer):
    """What a scenario is applied to: an order, a merchant (its `next` order only), or all orders."""

    mch_id: str | None = None
    out_trade_no: str | None = None
    next: bool | None = None


class ScenarioWarning(Answer):
    """What stands in a scenario and can hardly be meant; it works as it stands."""

    field: str
    message: str


class Scenario(Answer, kw_only=True):
    """A scenario with its definition as it was written, and what it is applied to. `mch_id` is its owner.

    `warnings` tell of what it holds and can hardly mean, such as a pattern that no order number fits.
    """

    name: str
    title: str
    description: str | None = None
    good_merchant: str | None = None
    how_to_see: str | None = None
    group: str
    hostile: bool
    source: Source
    mch_id: str | None = None
    applied_to: list[Application]
    warnings: list[ScenarioWarning] | None = None
    when: Any = None
    use: str | None = None
    payer: Any = None
    api: Any = None
    refund: Any = None
    bill: Any = None
    notify: Any = None


class ScenarioList(Part[Scenario]):
    """All scenarios at hand: the list comes whole."""


# -- the sandbox -------------------------------------------------------------------------------------------------------


class Health(Answer):
    """That the sandbox takes orders."""

    status: str
    version: str


class Complaint(Answer):
    """One thing that is wrong: `code` is for programs (`disk_full`, `database_gone`, ...), `message` for people."""

    code: str
    message: str


class Unwell(Answer):
    """What the sandbox cannot do at the moment."""

    status: str
    version: str
    failing: list[Complaint]


class Index(Answer):
    """Where to begin."""

    version: str
    openapi: str
    health: str
    merchants: str
    orders: str
    journal: str
    clock: str
    events: str
    console: str
