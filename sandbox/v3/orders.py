"""An order is queried, by either number, and closed; what is told of it. Source: V3 notes, 9.3, 9.4, 9.6."""

import re
from collections.abc import Mapping
from datetime import datetime

from sandbox.core.errors import OrderNotFound, OrderPaid, TransactionIdMalformed
from sandbox.core.ids import BEIJING
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Payment, TradeState
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.payments import Payments
from sandbox.v3 import parts
from sandbox.v3.callers import Calling, DirectCall, PartnerCall
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import Failure, Json
from sandbox.v3.members import Location
from sandbox.v3.prepay import PARTNER_PAY, PAY
from sandbox.v3.promotions import promotion_detail
from sandbox.v3.request import RequestInvalid
from sandbox.v3.shapes import Within

_TRANSACTION_ID = re.compile("[0-9]{10,32}")

STATE_TEXTS = {
    TradeState.NOTPAY: "订单未支付",
    TradeState.SUCCESS: "支付成功",
    TradeState.REFUND: "订单发生过退款，退款详情请查询退款单",
    TradeState.CLOSED: "订单已关闭",
    TradeState.REVOKED: "订单已撤销",
    TradeState.USERPAYING: "用户支付中，需要输入密码",
    TradeState.PAYERROR: "支付失败(其他原因，如银行返回失败)",
}


def moment(at: datetime) -> str:
    """A moment as V3 writes it: Beijing's time, whole seconds."""
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


class Query(DirectCall):
    path = Within(Location.PATH, parts.Numbered)
    query = Within(Location.QUERY, parts.DirectCaller)


class PartnerQuery(PartnerCall):
    path = Within(Location.PATH, parts.Numbered)
    query = Within(Location.QUERY, parts.PartnerCaller)


class ByTransaction(Calling):
    """A query by WeChat Pay's own number."""

    path = Within(Location.PATH, parts.Transaction)

    def named_order(self, tx: UnitOfWork) -> OrderKey:
        found = tx.orders.by_transaction_id(self.mch_id, self.path.transaction_id)
        return found.key if found and found.key.sub_mch_id == self.sub_mch_id else self.key


class TransactionQuery(ByTransaction, DirectCall):
    query = Within(Location.QUERY, parts.DirectCaller)


class PartnerTransactionQuery(ByTransaction, PartnerCall):
    query = Within(Location.QUERY, parts.PartnerCaller)


class Close(DirectCall):
    path = Within(Location.PATH, parts.Numbered)
    body = Within(Location.BODY, parts.CloseBody)


class PartnerClose(PartnerCall):
    path = Within(Location.PATH, parts.Numbered)
    body = Within(Location.BODY, parts.PartnerCaller)


OF_ANOTHER = Failure(400, "INVALID_REQUEST", "商户号和订单不匹配")
OF_ANOTHER_SUB = Failure(400, "INVALID_REQUEST", "子商户号和订单信息不匹配")
"""The order is there, but not the caller's. Source: V3 notes, 1; docs/fidelity.md."""


def require_transaction_id(number: str) -> None:
    """Raises TransactionIdMalformed for what no WeChat Pay number looks like."""
    if not _TRANSACTION_ID.fullmatch(number):
        raise TransactionIdMalformed


def _of_transaction(request: ByTransaction, context: Context) -> Order:
    """Raises TransactionIdMalformed, OrderNotFound; RequestInvalid where the order is another's."""
    number = request.path.transaction_id
    require_transaction_id(number)
    find = context.tx.orders.by_transaction_id
    order = find(request.mch_id, number)
    if order is not None and order.key.sub_mch_id == request.sub_mch_id:
        return Payments(context).find(order.key)
    if order is not None:
        raise RequestInvalid(OF_ANOTHER_SUB, "order_of_another", transaction_id=number)
    if any(find(other, number) for other in context.tx.accounts.merchants if other != request.mch_id):
        raise RequestInvalid(OF_ANOTHER, "order_of_another", transaction_id=number)
    raise OrderNotFound(request.mch_id, number)


PAID = Failure(400, "ORDERPAID", "订单已支付")
"""How a closing tells that it comes too late. Source: V3 notes, 9.4."""

_QUERY = Text("查询订单（商户订单号）", "Query an order by out_trade_no")
_QUERY_BY_ID = Text("查询订单（微信支付订单号）", "Query an order by transaction_id")
_CLOSE = Text("关闭订单", "Close an order")
PARTNER = Text("服务商：{what}", "Partner: {what}")


@endpoint(
    "GET",
    PAY + "/out-trade-no/{out_trade_no}",
    Query,
    title=_QUERY,
    documents="9.3",
    operation="orderquery",
    reads=True,
)
def query(request: Query, context: Context) -> dict[str, Json]:
    return describe(Payments(context).find(request.key))


@endpoint(
    "GET",
    PAY + "/id/{transaction_id}",
    TransactionQuery,
    title=_QUERY_BY_ID,
    documents="9.3",
    operation="orderquery",
    reads=True,
)
def query_by_id(request: TransactionQuery, context: Context) -> dict[str, Json]:
    return describe(_of_transaction(request, context))


@endpoint(
    "POST",
    PAY + "/out-trade-no/{out_trade_no}/close",
    Close,
    title=_CLOSE,
    documents="9.4",
    operation="closeorder",
    words={OrderPaid: PAID},
    codes=(PAID,),
)
def close(request: Close, context: Context) -> None:
    Payments(context).close_or_burn(request.key)


@endpoint(
    "GET",
    PARTNER_PAY + "/out-trade-no/{out_trade_no}",
    PartnerQuery,
    title=PARTNER.filled(what=_QUERY),
    documents="9.6",
    operation="orderquery",
    reads=True,
)
def partner_query(request: PartnerQuery, context: Context) -> dict[str, Json]:
    return describe(Payments(context).find(request.key))


@endpoint(
    "GET",
    PARTNER_PAY + "/id/{transaction_id}",
    PartnerTransactionQuery,
    title=PARTNER.filled(what=_QUERY_BY_ID),
    documents="9.6",
    operation="orderquery",
    reads=True,
)
def partner_query_by_id(request: PartnerTransactionQuery, context: Context) -> dict[str, Json]:
    return describe(_of_transaction(request, context))


@endpoint(
    "POST",
    PARTNER_PAY + "/out-trade-no/{out_trade_no}/close",
    PartnerClose,
    title=PARTNER.filled(what=_CLOSE),
    documents="9.6",
    operation="closeorder",
    words={OrderPaid: PAID},
    codes=(PAID,),
)
def partner_close(request: PartnerClose, context: Context) -> None:
    Payments(context).close_or_burn(request.key)


def accounts_of(order: Order) -> dict[str, Json]:
    """Whose order it is: appid and mchid, or those of a service provider and its sub-merchant."""
    key, terms = order.key, order.terms
    if not key.sub_mch_id:
        return {"appid": terms.appid, "mchid": key.mch_id}
    sub_appid: dict[str, Json] = {"sub_appid": terms.sub_appid} if terms.sub_appid else {}
    return {"sp_appid": terms.appid, "sp_mchid": key.mch_id, **sub_appid, "sub_mchid": key.sub_mch_id}


def payer_of(order: Order, payment: Payment) -> dict[str, Json]:
    """Who paid, as a merchant or a service provider is told it."""
    if not order.key.sub_mch_id:
        return {"openid": payment.openid}
    sub_openid: dict[str, Json] = {"sub_openid": payment.sub_openid} if payment.sub_openid else {}
    return {"sp_openid": payment.openid, **sub_openid}


def describe(order: Order) -> dict[str, Json]:
    """What a query says of an order: its members depend on trade_state, and stand in the order of their names.

    An order that nobody has paid is told of with less, and with a device_id even where none was sent (V3 notes, 9.3).
    """
    terms, payment = order.terms, order.payment
    told: dict[str, Json] = {
        **accounts_of(order),
        "out_trade_no": order.key.out_trade_no,
        "trade_state": order.trade_state.value,
        "trade_state_desc": STATE_TEXTS[order.trade_state],
        "promotion_detail": [],
    }
    if payment is None or order.trade_state is TradeState.REVOKED:
        told["amount"] = {"payer_currency": "CNY", "total": terms.total_fee}
        told["scene_info"] = {"device_id": terms.device_info}
        return by_name(told)
    told |= {
        "amount": {
            "currency": terms.fee_type,
            "payer_currency": order.cash_fee_type,
            "payer_total": payment.cash_fee,
            "total": terms.total_fee,
        },
        "attach": terms.attach,
        "bank_type": payment.bank_type,
        "payer": payer_of(order, payment),
        "promotion_detail": promotion_detail(payment, terms.fee_type),
        "success_time": moment(payment.paid_at),
        "trade_type": terms.trade_type.value,
        "transaction_id": payment.transaction_id,
    }
    if terms.device_info:
        told["scene_info"] = {"device_id": terms.device_info}
    return by_name(told)


def by_name(told: Mapping[str, Json]) -> dict[str, Json]:
    """Members by their names, those of what they hold too."""
    return {name: _ordered(value) for name, value in sorted(told.items())}


def _ordered(value: Json) -> Json:
    if isinstance(value, dict):
        return by_name(value)
    return [_ordered(one) for one in value] if isinstance(value, list) else value
