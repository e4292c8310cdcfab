"""Payment by code (付款码支付), and its reversal. Nobody is notified. Source: V3 notes, 9.5; docs/fidelity.md."""

from sandbox.core import errors, sharing_errors
from sandbox.core.orders import Terms, TradeType
from sandbox.core.placing import WHOLE
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.micropay import MicroPay
from sandbox.v3 import parts, refunds
from sandbox.v3.callers import Calling, DirectCall, PartnerCall
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import Failure, Json
from sandbox.v3.members import Location
from sandbox.v3.orders import PARTNER, describe
from sandbox.v3.prepay import PARTNER_PAY, PAY, terms_of
from sandbox.v3.shapes import Within


class CodePay(Calling):
    body = Within(Location.BODY, parts.ByCode)

    @property
    def attached(self) -> str:
        return self.body.attach

    def terms(self) -> Terms:
        return terms_of(self.body, TradeType.MICROPAY)


class DirectCodePay(CodePay, DirectCall):
    body = Within(Location.BODY, parts.CodeBody)


class PartnerCodePay(CodePay, PartnerCall):
    body = Within(Location.BODY, parts.PartnerCodeBody)


class Reverse(DirectCall):
    path = Within(Location.PATH, parts.Numbered)
    body = Within(Location.BODY, parts.ReverseBody)


class PartnerReverse(PartnerCall):
    path = Within(Location.PATH, parts.Numbered)
    body = Within(Location.BODY, parts.PartnerReverseBody)


_CHARGING = {
    errors.AuthCodeUnknown: Failure(400, "AUTH_CODE_INVALID", "收银员扫描的不是微信支付的条码"),
    errors.AuthCodeExpired: Failure(400, "AUTH_CODE_EXPIRE", "二维码已过期，请用户在微信上刷新后再试"),
    errors.AuthCodeUsed: Failure(400, "AUTH_CODE_INVALID", "每个二维码仅限使用一次，请刷新再试"),
    errors.PayerShort: Failure(403, "NOT_ENOUGH", "余额不足"),
    errors.BankFailed: Failure(500, "BANK_ERROR", "银行系统异常"),
    errors.CreditForbidden: Failure(403, "TRADE_ERROR", "不支持卡类型"),
    errors.PaymentRefused: Failure(403, "TRADE_ERROR", "交易错误"),
    errors.PaymentCancelled: Failure(403, "TRADE_ERROR", "用户取消支付"),
}
_REVERSING = {
    errors.NotMicropay: Failure(400, "INVALID_REQUEST", "订单的支付场景不支持该请求"),
    errors.ReversalRefunded: Failure(403, "TRADE_ERROR", "已经退款的订单不允许撤销"),
    errors.ReversalTooLate: Failure(403, "RULE_LIMIT", "订单无法撤销"),
    sharing_errors.RefundOverUnsplit: refunds.WORDS[sharing_errors.RefundOverUnsplit],
    errors.BalanceShort: refunds.WORDS[errors.BalanceShort],
}


def _charge(request: DirectCodePay | PartnerCodePay, context: Context) -> dict[str, Json]:
    """The order as a query tells of it, be it paid or its payer typing: raises why it is neither."""
    code = request.body.payer.auth_code
    charge = MicroPay(context).pay(request.key, request.terms(), code, by=WHOLE)
    if charge.refusal not in (None, errors.PasswordNeeded):
        raise charge.refusal
    return describe(charge.order)


def _reverse(request: Reverse | PartnerReverse, context: Context) -> dict[str, Json]:
    MicroPay(context).reverse(request.key, "")
    names = ("appid", "mchid", "sp_appid", "sp_mchid", "sub_appid", "sub_mchid")
    sent: dict[str, Json] = {name: value for name in names if (value := request.account(name))}
    return {**sent, "out_trade_no": request.out_trade_no}


_SHOP = {"scene_info.store_info.out_id": ""}
"""A store must be named, by any of its members."""
_PAY = Text("付款码支付", "Charge a payment code")
_REVERSE = Text("撤销订单", "Reverse an order")


@endpoint(
    "POST",
    f"{PAY}/codepay",
    DirectCodePay,
    title=_PAY,
    documents="9.5",
    operation="micropay",
    example=_SHOP,
    words=_CHARGING,
)
def codepay(request: DirectCodePay, context: Context) -> dict[str, Json]:
    return _charge(request, context)


@endpoint(
    "POST",
    f"{PARTNER_PAY}/codepay",
    PartnerCodePay,
    title=PARTNER.filled(what=_PAY),
    documents="9.5",
    operation="micropay",
    example={"sp_appid": "", **_SHOP},
    words=_CHARGING,
)
def partner_codepay(request: PartnerCodePay, context: Context) -> dict[str, Json]:
    return _charge(request, context)


@endpoint(
    "POST",
    PAY + "/out-trade-no/{out_trade_no}/reverse",
    Reverse,
    title=_REVERSE,
    documents="9.5",
    operation="reverse",
    words=_REVERSING,
)
def reverse(request: Reverse, context: Context) -> dict[str, Json]:
    return _reverse(request, context)


@endpoint(
    "POST",
    PARTNER_PAY + "/out-trade-no/{out_trade_no}/reverse",
    PartnerReverse,
    title=PARTNER.filled(what=_REVERSE),
    documents="9.5",
    operation="reverse",
    words=_REVERSING,
)
def partner_reverse(request: PartnerReverse, context: Context) -> dict[str, Json]:
    return _reverse(request, context)
