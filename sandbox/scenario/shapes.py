"""The shape of a scenario file. One declaration: it reads files, words their mistakes, and gives the JSON Schema.

Files are read with every value as text, so that `mch_id: 1900000109` and `nth: 1` mean what they look like.
"""

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.clock import MAX_ADVANCE
from sandbox.core.orders import TradeType
from sandbox.core.plans import AnswerFault, BillFault, CouponType, MessageFault, TransferFailReason
from sandbox.core.share_acts import ShareFailReason
from sandbox.core.text import Text, shown
from sandbox.words import scenario_files as words

NAME = r"^[a-z0-9][a-z0-9-]{0,63}$"
_SPAN = re.compile(r"(-?\d+(?:\.\d+)?)\s*(ms|s|m|h|d|)")
_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_AMOUNTS = re.compile(r"\d{1,15}(?:-\d{0,15})?(?:\s*,\s*\d{1,15}(?:-\d{0,15})?)*")
REST = "rest"
_COUPON_FEE = re.compile(rf"{REST}|[1-9]\d{{0,8}}")


class CouponFee(int):
    """What a coupon pays: fen, or "rest", which is 0 here: all that is left."""


class Span(float):
    """Seconds, written as 3s, 200ms, 10m, 6h, 1d; ten years at most, as far as a clock moves at once."""


class Amounts(str):
    """Amounts in fen: 101, "100-200", "500-", several with commas."""

    __slots__ = ()

    def hold(self, fen: int) -> bool:
        return any(_within(part.strip(), fen) for part in self.split(","))


def _within(part: str, fen: int) -> bool:
    first, dash, last = part.partition("-")
    return int(first) <= fen <= (int(last) if last else fen if dash else int(first))


class ValueRefused(ValueError):
    """A value of a type of our own is none; `text` says what would be right."""

    def __init__(self, given: str, form: Text) -> None:
        self.text = words.UNFIT.filled(given=shown(given), form=form)
        super().__init__(self.text.say("en"))


def decode(kind: type, value: Any) -> Any:
    """msgspec's hook for the types of our own; raises Unfit."""
    text = str(value).strip()
    if kind is CouponFee:
        return _coupon_fee(text)
    if kind is Span:
        found = _SPAN.fullmatch(text)
        if found is None:
            raise ValueRefused(text, words.SPAN_FORM)
        seconds = float(found[1]) * _UNITS[found[2]]
        if abs(seconds) > MAX_ADVANCE:
            raise ValueRefused(text, words.SPAN_LIMIT)
        return Span(seconds)
    if kind is Amounts:
        if _AMOUNTS.fullmatch(text) is None:
            raise ValueRefused(text, words.AMOUNTS_FORM)
        return Amounts(text)
    raise NotImplementedError(kind)


def _coupon_fee(text: str) -> CouponFee:
    if _COUPON_FEE.fullmatch(text) is None:
        raise ValueRefused(text, words.COUPON_FEE_FORM)
    return CouponFee(0 if text == REST else text)


def schema_of(kind: type) -> dict[str, Any]:
    """msgspec's hook for the JSON Schema of our own types."""
    if kind is Span:
        pattern = f"^{_SPAN.pattern}$"
        return {
            "anyOf": [{"type": "string", "pattern": pattern}, {"type": "number"}],
            "description": words.SPAN_FORM.en,
        }
    if kind is CouponFee:
        whole = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
        text = {"type": "string", "pattern": f"^({_COUPON_FEE.pattern})$"}
        return {"anyOf": [whole, text], "description": words.COUPON_FEE_FORM.en}
    if kind is Amounts:
        pattern = f"^{_AMOUNTS.pattern}$"
        return {
            "anyOf": [{"type": "string", "pattern": pattern}, {"type": "integer"}],
            "description": words.AMOUNTS_FORM.en,
        }
    raise NotImplementedError(kind)


def _form(pattern: str, form: Text) -> Meta:
    """A text of this pattern; `form` says what that is, and stays with the declaration for who writes another."""
    return Meta(pattern=pattern, description=form.en, extra={"form": form})


Name = Annotated[str, _form(NAME, words.NAME_FORM)]
Pattern = Annotated[str, Meta(max_length=256, description="a pattern: * stands for anything, ? for one character")]
BankType = Annotated[str, _form(r"^[0-9A-Z_]{1,32}$", words.BANK_TYPE_FORM)]
FIELD = r"^[A-Za-z_][A-Za-z0-9_]{0,63}(\.[A-Za-z_][A-Za-z0-9_]{0,63}|\[\d{1,3}\]){0,8}$"
FieldValues = dict[Annotated[str, _form(FIELD, words.FIELD_FORM)], str]


class TextShape(Struct, forbid_unknown_fields=True):
    """A text in both languages."""

    zh: str
    en: str


class ChanceShape(Struct, forbid_unknown_fields=True):
    """Some orders only, always the same ones for the same seed."""

    probability: Annotated[float, Meta(ge=0, le=1)]
    seed: str = ""


class WhenShape(Struct, forbid_unknown_fields=True):
    """When the scenario applies: everything that stands here must hold.

    Applying a scenario to a merchant or to all takes the place of its *when*. With `applied` the *when* does nothing by
    itself and narrows the application down: of those orders, the ones for which the rest holds.
    """

    applied: bool = False
    mch_id: Pattern = ""
    sub_mch_id: Pattern = ""
    appid: Pattern = ""
    trade_type: TradeType | list[TradeType] | UnsetType = UNSET
    out_trade_no: Pattern = ""
    total_fee: Amounts | UnsetType = UNSET
    attach: Pattern = ""
    path: Pattern | list[Pattern] = ""
    header: dict[str, Pattern] = {}
    nth: Annotated[str, Meta(description='which of the orders that match: 1, "1-3", "4-", "odd", "even"')] = ""
    chance: ChanceShape | UnsetType = UNSET


class CouponShape(Struct, forbid_unknown_fields=True):
    """A coupon that pays a part of the order; NO_CASH (免充值) lowers settlement_total_fee too."""

    fee: CouponFee
    type: CouponType = CouponType.CASH
    id: Annotated[str, _form(r"^\d{1,20}$", words.COUPON_FORM)] = "123456"


class PayerShape(Struct, forbid_unknown_fields=True):
    """What the payer does. Without `after` and `at`: when somebody asks for the payment.

    A payment by code (micropay) asks for the password where that is true, or where the payer takes his time.
    """

    outcome: Outcome = Outcome.SUCCESS
    reason: Cause | UnsetType = UNSET
    bank_type: BankType | UnsetType = UNSET
    coupons: list[CouponShape] = []
    final: bool = False
    password: bool = False
    at: Literal["placed", "expiry", "closeorder"] | UnsetType = UNSET
    after: Span | UnsetType = UNSET


class FailShape(Struct, forbid_unknown_fields=True):
    """A failure in WeChat's words: a business failure (err_code), or a protocol failure (return_msg alone)."""

    err_code: Annotated[str, _form(r"^[A-Z0-9_]{1,32}$", words.ERR_CODE_FORM)] = ""
    err_code_des: Annotated[str, Meta(max_length=128)] = ""
    return_msg: Annotated[str, Meta(max_length=128)] = ""


class ApiShape(Struct, forbid_unknown_fields=True):
    """What becomes of a call of the merchant. `seconds` is real time."""

    call: Annotated[str, _form(r"^(\*|[a-z]{3,40})$", words.CALL_FORM)] = "*"
    nth: Annotated[str, Meta(description='which of the order\'s calls: 1, "1-3", "4-", "odd", "even"')] = ""
    fail: str | FailShape | UnsetType = UNSET
    fault: AnswerFault | UnsetType = UNSET
    seconds: Span | UnsetType = UNSET
    set: FieldValues = {}
    remove: list[str] = []
    performed: bool | UnsetType = UNSET
    until: Literal["notified"] | UnsetType = UNSET


class NotifyShape(Struct, forbid_unknown_fields=True):
    """One notification, counted from the payment; by default a second after the one before it."""

    after: Span | UnsetType = UNSET
    copies: Annotated[int, Meta(ge=1, le=100)] = 1
    every: Span | UnsetType = UNSET
    fault: MessageFault | UnsetType = UNSET
    set: FieldValues = {}
    remove: list[str] = []


class RefundShape(Struct, forbid_unknown_fields=True):
    """What becomes of a refund, `after` it was accepted; by default what becomes of any."""

    outcome: Literal["success", "change", "close"] = "success"
    after: Span | UnsetType = UNSET
    nth: Annotated[str, Meta(description='which of the order\'s refunds: 1, "1-3", "4-", "odd", "even"')] = ""
    notify: Literal["none"] | NotifyShape | list[NotifyShape] | UnsetType = UNSET


class TransferShape(Struct, forbid_unknown_fields=True):
    """What becomes of a transfer to a person (商家转账): with a `reason` it fails once it is confirmed.

    With `after` that happens by itself, so long after it was accepted.
    """

    reason: TransferFailReason | UnsetType = UNSET
    after: Span | UnsetType = UNSET
    notify: Literal["none"] | NotifyShape | list[NotifyShape] | UnsetType = UNSET


class ShareShape(Struct, forbid_unknown_fields=True):
    """Why receivers cannot take their shares (分账): one `account`, or all of them."""

    fail_reason: ShareFailReason
    account: Annotated[str, Meta(max_length=64, description="an openid or a merchant's number; all where empty")] = ""
    nth: Annotated[str, Meta(description='which of the order\'s sharings: 1, "1-3", "4-", "odd", "even"')] = ""


SigningKeyName = Literal["certificate", "public_key"]


class SignedByShape(Struct, forbid_unknown_fields=True):
    """Which of WeChat Pay's keys signs the notifications: `key` a `share` of these `attempts`, the other one the rest.

    Of orders of APIv3 alone.
    """

    key: SigningKeyName
    share: Annotated[float, Meta(ge=0, le=1)] = 1.0
    attempts: Annotated[str, Meta(description='which attempts of each notification: 1, "1-3", "4-", "odd", "even"')] = (
        ""
    )


class ScenarioShape(Struct, forbid_unknown_fields=True):
    """A scenario: when it applies, and what it does to payer, API, refunds, transfers, shares, bills and the rest."""

    name: Name | UnsetType = UNSET
    title: str | TextShape = ""
    description: str | TextShape = ""
    good_merchant: str | TextShape = ""
    how_to_see: str | TextShape = ""
    group: Annotated[str, _form(r"^[a-z][a-z-]{0,31}$", words.GROUP_FORM)] = "own"
    when: WhenShape | UnsetType = UNSET
    use: Name | UnsetType = UNSET
    payer: PayerShape | list[PayerShape] | UnsetType = UNSET
    api: ApiShape | list[ApiShape] | UnsetType = UNSET
    refund: RefundShape | list[RefundShape] | UnsetType = UNSET
    transfer: TransferShape | UnsetType = UNSET
    share: ShareShape | list[ShareShape] | UnsetType = UNSET
    bill: BillFault | UnsetType = UNSET
    notify: Literal["none"] | NotifyShape | list[NotifyShape] | UnsetType = UNSET
    signed_by: SigningKeyName | SignedByShape | UnsetType = UNSET


def schema() -> dict[str, Any]:
    """The JSON Schema that editors complete and check scenario files with."""
    (root,), components = msgspec.json.schema_components(
        [ScenarioShape], schema_hook=schema_of, ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "wxpay-sandbox scenario",
        **_lenient(root),
        "$defs": _lenient(components),
    }


def _lenient(part: Any) -> Any:
    """Text may be written as a bare number in a file: an editor must not complain of `nth: 1`."""
    if isinstance(part, list):
        return [_lenient(one) for one in part]
    if not isinstance(part, dict):
        return part
    if {"integer", "number"} & {one.get("type") for one in part.get("anyOf", [])}:
        return part  # it says itself which numbers it takes
    eased = {name: _lenient(value) for name, value in part.items()}
    if eased.get("type") == "string" and "enum" not in eased:
        eased["type"] = ["string", "number"]
    return eased
