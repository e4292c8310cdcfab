"""A refund is asked for, queried, and paid out another way where it is stuck. Source: V3 notes, 3.5, 10."""

from collections.abc import Mapping

from sandbox.core import banks, errors, sharing_errors
from sandbox.core.errors import OrderClosed, OrderNotFound, OrderUnpaid, PaymentError, RefundElsewhere
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.refunds import Payout, Refund, RefundedGoods, RefundTerms, Share
from sandbox.core.statements import RECHARGED, UNSETTLED
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.payments import Payments
from sandbox.core.usecases.refunds import Refunds
from sandbox.v3 import refund_parts as parts
from sandbox.v3.callers import OwnCall
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import Failure, Json, param_error
from sandbox.v3.members import Location
from sandbox.v3.orders import require_transaction_id
from sandbox.v3.refund_answers import AVAILABLE, described
from sandbox.v3.request import RequestInvalid
from sandbox.v3.sentences import MALFORMED
from sandbox.v3.shapes import Within

REFUNDS = "/v3/refund/domestic/refunds"
_SHARES_WRONG = param_error("invalid sum from amount")


class RefundCall(OwnCall):
    """A call about one refund."""

    def named_order(self, tx: UnitOfWork) -> OrderKey:
        number = self.body.values.get("out_refund_no") or self.path.values.get("out_refund_no") or ""
        found = tx.refunds.find(self.mch_id, number, self.sub_mch_id)
        return found.key if found else self.key


class RefundRequest(RefundCall):
    body = Within(Location.BODY, parts.RefundBody)

    def check(self) -> None:
        body, amount = self.body, self.body.amount
        if not (body.transaction_id or body.out_trade_no):
            raise RequestInvalid(param_error(MALFORMED), "one_of", field="/body/transaction_id, /body/out_trade_no")
        if amount.from_ and sum(one.amount for one in amount.from_) != amount.refund:
            got = sum(one.amount for one in amount.from_)
            raise RequestInvalid(_SHARES_WRONG, "v3_refund_from", field="/body/amount/from", got=got, sum=amount.refund)

    def named_order(self, tx: UnitOfWork) -> OrderKey:
        found = tx.orders.by_transaction_id(self.mch_id, self.body.transaction_id)
        return found.key if found and found.key.sub_mch_id == self.sub_mch_id else self.key

    def refund_terms(self) -> RefundTerms:
        body, amount = self.body, self.body.amount
        return RefundTerms(
            out_refund_no=body.out_refund_no,
            total_fee=amount.total,
            refund_fee=amount.refund,
            notify_url=body.notify_url,
            refund_desc=body.reason,
            refund_account=RECHARGED if body.funds_account == AVAILABLE else UNSETTLED,
            refund_fee_type=amount.currency,
            shares=tuple(Share(one.account, one.amount) for one in amount.from_),
            goods=tuple(RefundedGoods(**one.values) for one in body.goods_detail),
        )


class RefundQuery(RefundCall):
    path = Within(Location.PATH, parts.RefundPath)
    query = Within(Location.QUERY, parts.SubMerchantQuery)


class AbnormalRefund(RefundCall):
    path = Within(Location.PATH, parts.AbnormalPath)
    body = Within(Location.BODY, parts.AbnormalBody)


def _refused(message: str) -> Failure:
    return Failure(400, "INVALID_REQUEST", message)


_MISSING = Failure(404, "RESOURCE_NOT_EXISTS", "订单不存在")
WORDS: Mapping[type[PaymentError], Failure] = {
    OrderNotFound: _MISSING,
    errors.TransactionUnknown: _MISSING,
    OrderClosed: _MISSING,
    OrderUnpaid: Failure(404, "RESOURCE_NOT_EXISTS", "原订单不存在"),
    errors.RefundNotFound: Failure(404, "RESOURCE_NOT_EXISTS", "退款单不存在"),
    errors.MerchantUnknown: Failure(404, "MCH_NOT_EXISTS", "商户号不存在"),
    errors.OrderRefunded: _refused("订单已全额退款"),
    errors.RefundFeeInvalid: _refused("申请退款金额超过订单可退金额"),
    errors.RefundMismatch: _refused("订单金额或退款金额与之前请求不一致，请核实后再试"),
    RefundElsewhere: _refused("支付单号校验不一致，请核实后再试"),
    errors.RefundCurrencyDiffers: _refused("您的请求参数与订单信息不一致"),
    errors.TooManyRefunds: _refused("申请退款次数超过限制"),
    errors.OrderNotReady: _refused("订单处理中，暂时无法退款，请稍后再试"),
    errors.OrderReversed: _refused("订单状态错误"),
    errors.RefundNotAbnormal: _refused("退款单状态不是退款异常"),
    errors.RefundTooLate: Failure(403, "TRADE_OVERDUE", "订单已经超过退款期限"),
    sharing_errors.RefundOverUnsplit: _refused("申请退款金额大于剩余未分账金额，请等待分账完成后再试"),
    errors.BalanceShort: Failure(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起"),
}
CODES = (
    Failure(429, "FREQUENCY_LIMITED", "频率限制，1个月之前的订单请降低申请频率再重试"),
    WORDS[errors.BalanceShort],
    WORDS[errors.RefundTooLate],
    WORDS[OrderNotFound],
    WORDS[errors.MerchantUnknown],
)
"""How it tells of codes that a scenario names."""


@endpoint(
    "POST",
    REFUNDS,
    RefundRequest,
    title=Text("申请退款", "Refund"),
    documents="10.1",
    operation="refund",
    example={"out_trade_no": "", "sub_mchid": ""},
    words=WORDS,
    codes=CODES,
    trading=False,
)
def refund(request: RefundRequest, context: Context) -> dict[str, Json]:
    body = request.body
    if body.transaction_id:
        _require_same_order(request, context)
    try:
        accepted = Refunds(context).request(request.key, body.transaction_id, request.refund_terms())
    except OrderNotFound:
        named = context.tx.orders.find(request.named_order(context.tx))
        if named is not None and not named.combined:
            raise OrderUnpaid from None
        raise
    return _told(accepted, context)


def _require_same_order(request: RefundRequest, context: Context) -> None:
    """The numbers that are given must be those of one order; raises TransactionIdMalformed, RefundElsewhere."""
    number = request.body.transaction_id
    require_transaction_id(number)
    found = context.tx.orders.by_transaction_id(request.mch_id, number)
    if found is not None and request.out_trade_no not in ("", found.key.out_trade_no):
        raise RefundElsewhere


@endpoint(
    "GET",
    REFUNDS + "/{out_refund_no}",
    RefundQuery,
    title=Text("查询单笔退款", "Query a refund"),
    documents="10.2",
    operation="refundquery",
    reads=True,
    example={"sub_mchid": ""},
    words=WORDS,
    codes=(WORDS[errors.RefundNotFound], WORDS[errors.MerchantUnknown]),
    trading=False,
)
def refund_query(request: RefundQuery, context: Context) -> dict[str, Json]:
    found = Refunds(context).find(request.mch_id, request.path.out_refund_no, request.sub_mch_id)
    return _told(found, context)


@endpoint(
    "POST",
    REFUNDS + "/{refund_id}/apply-abnormal-refund",
    AbnormalRefund,
    title=Text("发起异常退款", "Pay a stuck refund out another way"),
    documents="10.3",
    operation="abnormalrefund",
    example={"type": "MERCHANT_BANK_CARD", "sub_mchid": ""},
    words=WORDS,
    codes=CODES,
    trading=False,
)
def abnormal_refund(request: AbnormalRefund, context: Context) -> dict[str, Json]:
    refunds, body = Refunds(context), request.body
    found = refunds.find_by_refund_id(request.mch_id, request.path.refund_id)
    if (found.key.sub_mch_id, found.terms.out_refund_no) != (request.sub_mch_id, body.out_refund_no):
        raise errors.RefundNotFound(request.mch_id, request.path.refund_id)
    return _told(refunds.redirect(found, _payout(body)), context)


def _payout(body: parts.AbnormalBody) -> Payout:
    if body.type == "MERCHANT_BANK_CARD":
        return Payout(banks.MERCHANT_ACCOUNT)
    return Payout(banks.recv_account(body.bank_type, body.bank_account[-4:]), body.bank_type)


def _told(refund: Refund, context: Context) -> dict[str, Json]:
    return described(refund, Payments(context).find(refund.key))
