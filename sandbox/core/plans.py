"""What a scenario does to one order: the payer's acts, the API's faults, the notifications. Values only.

A plan is chosen when an order is placed and kept with it, so that changing a scenario later changes no order's story.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, Self

from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.nth import nth_matches
from sandbox.core.share_acts import ShareAct


class CouponType(StrEnum):
    """充值 (the merchant gets the money all the same) or 免充值 (the settled amount is less)."""

    CASH = "CASH"
    NO_CASH = "NO_CASH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A coupon that paid a part of an order. Source: V2 notes, 8.7.

    In a plan a fee of 0 stands for the rest of the amount; `settled` says what that is.
    """

    id: str
    type: CouponType
    fee: int


def settled(coupons: tuple[Coupon, ...], total_fee: int) -> tuple[Coupon, ...]:
    """The coupons as they pay an order; none where together they are worth more than it."""
    rest = total_fee - sum(coupon.fee for coupon in coupons)
    if rest < 0:
        return ()
    paying = (coupon if coupon.fee else replace(coupon, fee=rest) for coupon in coupons)
    return tuple(coupon for coupon in paying if coupon.fee)


class Trigger(StrEnum):
    """What an act of the payer waits for."""

    ASKED = "asked"
    """Somebody asks for the payment: console, control API, client."""
    PLACED = "placed"
    EXPIRY = "expiry"
    CLOSE = "closeorder"
    """The merchant closes the order: the act comes a moment before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerAct:
    """What the payer does, `seconds` of sandbox time from its anchor. A `final` error ends the order: PAYERROR."""

    outcome: Outcome = Outcome.SUCCESS
    cause: Cause = Cause.OTHER
    bank_type: str = ""
    coupons: tuple[Coupon, ...] = ()
    final: bool = False
    password: bool = False
    """Whether a payment by code asks for the password first."""
    anchor: Trigger = Trigger.ASKED
    seconds: float = 0.0


FORMER_NAMES = {"malformed-xml": "malformed-body"}
"""Names that faults had: scenario files, programs that use the control API, and what is stored may have them still."""


ALTERED = "altered"
"""What fields that were set or removed are called where a fault has its name."""


class Fault(StrEnum):
    """An intent: what is to be wrong. A face renders it in its own form, or has none of it (see `Repertoire`)."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return next((fault for fault in cls if fault == FORMER_NAMES.get(str(value))), None)

    @classmethod
    def named(cls, name: str) -> Self | None:
        """The fault of that name, be it a former one; None for any other name."""
        try:
            return cls(name)
        except ValueError:
            return None


class MessageFault(Fault):
    """What is wrong with a notification. Each message is right but for this one fault."""

    WRONG_SIGN = "wrong-sign"
    NO_SIGN = "no-sign"
    EMPTY_SIGN = "empty-sign"
    OTHER_KEY = "other-key"
    SIGN_TYPE_LIE = "sign-type-lie"
    MINIMAL = "minimal"
    AMOUNT_LOWER = "amount-lower"
    AMOUNT_HIGHER = "amount-higher"
    WRONG_APPID = "wrong-appid"
    WRONG_MCH_ID = "wrong-mch-id"
    OTHER_ORDER = "other-order"
    UNKNOWN_ORDER = "unknown-order"
    RESULT_FAIL = "result-fail"
    RETURN_FAIL = "return-fail"
    XXE = "xxe"
    XXE_PARAMETER = "xxe-parameter"
    ENTITY_EXPANSION = "entity-expansion"
    MALFORMED_BODY = "malformed-body"
    EMPTY_BODY = "empty-body"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    HUGE_BODY = "huge-body"
    UNKNOWN_FIELDS = "unknown-fields"
    UNKNOWN_SERIAL = "unknown-serial"
    STALE_TIMESTAMP = "stale-timestamp"
    REUSED_NONCE = "reused-nonce"
    SIGNATURE_PROBE = "signature-probe"
    WRONG_API_V3_KEY = "wrong-api-v3-key"
    TAMPERED_CIPHERTEXT = "tampered-ciphertext"
    WRONG_ASSOCIATED_DATA = "wrong-associated-data"


HARMLESS = frozenset({MessageFault.UNKNOWN_FIELDS, MessageFault.WRONG_CONTENT_TYPE})
"""Odd, but true and validly signed: a merchant that refuses them turns good money away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """How one message differs from the honest one: a named fault, or fields set and removed before it is signed."""

    fault: MessageFault | None = None
    set: Mapping[str, str] = field(default_factory=dict)
    remove: tuple[str, ...] = ()

    @property
    def hostile(self) -> bool:
        """Whether a merchant must refuse it."""
        return self.fault is not None and self.fault not in HARMLESS

    @property
    def doubtful(self) -> bool:
        """Whether a merchant may have to refuse it: its fields were changed, for better or worse."""
        return not self.hostile and bool(self.set or self.remove)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One notification, `after` seconds of sandbox time from the payment; `copies` of it, `every` so many seconds."""

    after: float = 0.0
    copies: int = 1
    every: float = 1.0
    alteration: Alteration | None = None


RefundEnd = Literal["SUCCESS", "CHANGE", "REFUNDCLOSE"]
"""The RefundStatus that a refund ends with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAct:
    """What becomes of a refund, `seconds` of sandbox time after it was accepted (None: as long as any).

    `nth` says which of the order's refunds (see `nth_matches`). `sendings`
    None means: one honest notification, as always.
    """

    status: RefundEnd = "SUCCESS"
    seconds: float | None = None
    nth: str = ""
    sendings: tuple[Sending, ...] | None = None

    def concerns(self, n: int) -> bool:
        return nth_matches(self.nth, n)


class TransferFailReason(StrEnum):
    """Why a transfer to a person failed (fail_reason). Source: the documents' list (V3 notes, 15.1)."""

    ACCOUNT_FROZEN = "ACCOUNT_FROZEN"
    ACCOUNT_NOT_EXIST = "ACCOUNT_NOT_EXIST"
    BANK_CARD_ACCOUNT_ABNORMAL = "BANK_CARD_ACCOUNT_ABNORMAL"
    BANK_CARD_BANK_INFO_WRONG = "BANK_CARD_BANK_INFO_WRONG"
    BANK_CARD_CARD_INFO_WRONG = "BANK_CARD_CARD_INFO_WRONG"
    BANK_CARD_COLLECTIONS_ABOVE_QUOTA = "BANK_CARD_COLLECTIONS_ABOVE_QUOTA"
    BANK_CARD_PARAM_ERROR = "BANK_CARD_PARAM_ERROR"
    BANK_CARD_STATUS_ABNORMAL = "BANK_CARD_STATUS_ABNORMAL"
    BLOCK_B2C_USERLIMITAMOUNT_BSRULE_MONTH = "BLOCK_B2C_USERLIMITAMOUNT_BSRULE_MONTH"
    BLOCK_B2C_USERLIMITAMOUNT_MONTH = "BLOCK_B2C_USERLIMITAMOUNT_MONTH"
    DAY_RECEIVED_COUNT_EXCEED = "DAY_RECEIVED_COUNT_EXCEED"
    DAY_RECEIVED_QUOTA_EXCEED = "DAY_RECEIVED_QUOTA_EXCEED"
    ID_CARD_NOT_CORRECT = "ID_CARD_NOT_CORRECT"
    MERCHANT_REJECT = "MERCHANT_REJECT"
    MERCHANT_NOT_CONFIRM = "MERCHANT_NOT_CONFIRM"
    MONTH_RECEIVED_QUOTA_EXCEED = "MONTH_RECEIVED_QUOTA_EXCEED"
    NAME_NOT_CORRECT = "NAME_NOT_CORRECT"
    OPENID_INVALID = "OPENID_INVALID"
    OTHER_FAIL_REASON_TYPE = "OTHER_FAIL_REASON_TYPE"
    OVERDUE_CLOSE = "OVERDUE_CLOSE"
    PAYEE_ACCOUNT_ABNORMAL = "PAYEE_ACCOUNT_ABNORMAL"
    PAYER_ACCOUNT_ABNORMAL = "PAYER_ACCOUNT_ABNORMAL"
    PRODUCT_AUTH_CHECK_FAIL = "PRODUCT_AUTH_CHECK_FAIL"
    REALNAME_ACCOUNT_RECEIVED_QUOTA_EXCEED = "REALNAME_ACCOUNT_RECEIVED_QUOTA_EXCEED"
    REAL_NAME_CHECK_FAIL = "REAL_NAME_CHECK_FAIL"
    RECEIVE_ACCOUNT_NOT_CONFIGURE = "RECEIVE_ACCOUNT_NOT_CONFIGURE"
    RECEIVE_ACCOUNT_NOT_PERMMIT = "RECEIVE_ACCOUNT_NOT_PERMMIT"
    TRANSFER_QUOTA_EXCEED = "TRANSFER_QUOTA_EXCEED"
    TRANSFER_REMARK_SET_FAIL = "TRANSFER_REMARK_SET_FAIL"
    TRANSFER_RISK = "TRANSFER_RISK"
    TRANSFER_SCENE_INVALID = "TRANSFER_SCENE_INVALID"
    TRANSFER_SCENE_UNAVAILABLE = "TRANSFER_SCENE_UNAVAILABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAct:
    """What becomes of a transfer once the person has confirmed it: it fails with a `reason`, or succeeds without one.

    `seconds` of sandbox time after it was accepted that happens by itself; None: when somebody confirms it. `sendings`
    None means: one honest notification, as always.
    """

    reason: TransferFailReason | None = None
    seconds: float | None = None
    sendings: tuple[Sending, ...] | None = None


class BillFault(StrEnum):
    """How a bill tells of an order what is not so, for those who reconcile."""

    MISSING_ROW = "missing-row"
    CHANGED_AMOUNT = "changed-amount"
    UNKNOWN_ORDER = "unknown-order"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBy:
    """Which of WeChat Pay's keys signs an order's notifications, whatever the call has asked for.

    Of the `attempts` that are named (all, see `nth_matches`) a `share` is signed with `key`, all others with the other
    one: so both kinds arrive, as during a migration.
    """

    key: Literal["certificate", "public_key"]
    share: float = 1.0
    attempts: str = ""

    def public(self, notification_id: str, n: int) -> bool:
        """Whether the public key signs the `n`-th attempt of a notification; the lot is the same each time."""
        lot = int.from_bytes(hashlib.sha256(f"{notification_id}/{n}".encode()).digest()[:4]) / 2**32
        return (nth_matches(self.attempts, n) and lot < self.share) == (self.key == "public_key")


class AnswerFault(Fault):
    """What is wrong with the answer to a merchant's call."""

    WRONG_SIGN = "wrong-sign"
    NO_SIGN = "no-sign"
    OTHER_KEY = "other-key"
    OTHER_ORDER = "other-order"
    SLOW = "slow"
    DRIP = "drip"
    TIMEOUT = "timeout"
    RESET = "reset"
    EMPTY_BODY = "empty-body"
    TRUNCATED = "truncated"
    HTML_502 = "html-502"
    MALFORMED_BODY = "malformed-body"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    SIGNATURE_PROBE = "signature-probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFault:
    """What becomes of a call of the merchant. `performed` tells whether it takes effect all the same.

    `call` is the name of an operation ("unifiedorder") or "*"; `nth` says which of the order's calls to it (see
    `nth_matches`). `seconds` is real time: a client's time-out is. `until_notified` holds the answer until the merchant
    has answered the payment notification. A call that fails has a `code`, a `message` or both: an empty message means
    the words that the endpoint has for the code, and without a code the call fails by its protocol.
    """

    call: str = "*"
    nth: str = ""
    code: str = ""
    message: str = ""
    fault: AnswerFault | None = None
    seconds: float = 0.0
    set: Mapping[str, str] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    performed: bool = True
    until_notified: bool = False

    @property
    def fails(self) -> bool:
        return bool(self.code or self.message)

    @property
    def name(self) -> str:
        """What the timeline calls it."""
        altered = "until-notified" if self.until_notified else ALTERED
        return self.code or self.message or (self.fault.value if self.fault else altered)

    def concerns(self, call: str, n: int) -> bool:
        return self.call in ("*", call) and nth_matches(self.nth, n)


class ReasonName(StrEnum):
    """What chose a scenario; each has its sentence in `words.scenarios.WHYS`, except the one that nobody hears."""

    UNSAID = ""
    HEADER = "header"
    ORDER = "order"
    ATTACH = "attach"
    NEXT = "next"
    MERCHANT = "merchant"
    WHEN = "when"
    ALL = "all"
    PAY = "pay"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a scenario was chosen, and the facts of that."""

    name: ReasonName
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a scenario does to one order. `sendings` None means: one honest notification, as always."""

    scenario: str
    why: Reason
    acts: tuple[PayerAct, ...] = ()
    sendings: tuple[Sending, ...] | None = None
    faults: tuple[CallFault, ...] = ()
    refunds: tuple[RefundAct, ...] = ()
    transfer: TransferAct | None = None
    sharings: tuple[ShareAct, ...] = ()
    bill: BillFault | None = None
    signed_by: SignedBy | None = None

    def of_part(self) -> "Plan":
        """What of it happens to a sub-order: its payer does nothing alone, and nobody is told of its payment."""
        return replace(self, acts=(), sendings=())

    @property
    def hostile(self) -> bool:
        """Whether a good merchant must refuse something that it sends."""
        of_transfer = self.transfer.sendings if self.transfer else None
        of_refunds = (one for act in self.refunds for one in act.sendings or ())
        messages = [*(self.sendings or ()), *of_refunds, *(of_transfer or ())]
        return any(one.alteration is not None and one.alteration.hostile for one in messages)

    def counts(self, call: str) -> bool:
        """Whether it matters how often a call of the order is made."""
        return any(fault.nth and fault.call in ("*", call) for fault in self.faults)

    def fault(self, call: str, n: int) -> CallFault | None:
        """What becomes of the order's `n`-th call (from 1) of its kind."""
        return next((fault for fault in self.faults if fault.concerns(call, n)), None)

    def when_asked(self) -> PayerAct | None:
        """What the payer does when somebody asks for the payment and names no outcome."""
        asked = [act for act in self.acts if act.anchor is Trigger.ASKED]
        return next(iter([*asked, *self.acts]), None)

    def success(self) -> PayerAct | None:
        """How the payer pays when he pays: with which bank, which coupons."""
        return next((act for act in self.acts if act.outcome is Outcome.SUCCESS), None)

    def at_close(self) -> PayerAct | None:
        """What happens a moment before the merchant closes the order."""
        return next((act for act in self.acts if act.anchor is Trigger.CLOSE), None)
