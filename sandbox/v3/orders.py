"""Basic payment: an order is placed, queried, closed. Source: V3 notes, 9.1, 9.3, 9.4."""

from datetime import datetime

from sandbox.core.ids import BEIJING
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.orders import Order, Terms, TradeState, TradeType
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.payments import Payments
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import Failure, Json
from sandbox.v3.needing import need, need_int
from sandbox.v3.request import RequestInvalid, Said, V3Request

PAY = "/v3/pay/transactions"
STATE_TEXTS = {
    TradeState.NOTPAY: "订单未支付",
    TradeState.SUCCESS: "支付成功",
    TradeState.REFUND: "订单发生过退款，退款详情请查询退款单",
    TradeState.CLOSED: "订单已关闭",
    TradeState.REVOKED: "订单已撤销",
    TradeState.USERPAYING: "用户支付中，需要输入密码",
    TradeState.PAYERROR: "支付失败(其他原因，如银行返回失败)",
}
OTHER_MCHID = Failure(400, "PARAM_ERROR", "http header中的mchid与post payload中的mchid不匹配", signed=False)


def moment(at: datetime) -> str:
    """A moment as V3 writes it: Beijing's time, whole seconds."""
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


class DirectRequest(V3Request):
    """A call of a merchant that acts for itself."""

    def signed_by(self, mch_id: str) -> None:
        if self.mch_id != mch_id:
            raise RequestInvalid(OTHER_MCHID, "format", field="mchid", got=self.mch_id[:64])


class Prepay(DirectRequest):
    trade_type: TradeType
    made: Terms

    @classmethod
    def read(cls, said: Said) -> "Prepay":
        request = cls()
        request.mch_id = need(said.body, "mchid", "直连商户号")
        request.out_trade_no = need(said.body, "out_trade_no", "商户订单号")
        body = said.body if isinstance(said.body, dict) else {}
        request.made = Terms(
            appid=need(said.body, "appid", "公众号ID"),
            trade_type=cls.trade_type,
            total_fee=need_int(said.body, "amount/total", "总金额"),
            body=need(said.body, "description", "商品描述"),
            notify_url=need(said.body, "notify_url", "通知地址"),
            attach=str(body.get("attach") or ""),
            openid=need(said.body, "payer/openid", "用户标识") if cls.trade_type is TradeType.JSAPI else "",
        )
        return request

    @property
    def attached(self) -> str:
        return self.made.attach

    def terms(self) -> Terms | None:
        return self.made

    def require_accounts(self, merchant: Merchant, accounts: Accounts) -> None:
        merchant.require_pairing(self.made.appid)


class JsapiPrepay(Prepay):
    trade_type = TradeType.JSAPI


class AppPrepay(Prepay):
    trade_type = TradeType.APP


class NativePrepay(Prepay):
    trade_type = TradeType.NATIVE


class H5Prepay(Prepay):
    trade_type = TradeType.MWEB


class Query(DirectRequest):
    @classmethod
    def read(cls, said: Said) -> "Query":
        request = cls()
        request.mch_id = need(dict(said.query), "mchid", "直连商户号", "uri_template")
        request.out_trade_no = said.path["out_trade_no"]
        return request


class Close(DirectRequest):
    @classmethod
    def read(cls, said: Said) -> "Close":
        request = cls()
        request.mch_id = need(said.body, "mchid", "直连商户号")
        request.out_trade_no = said.path["out_trade_no"]
        return request


def _place(request: Prepay, context: Context) -> Order:
    return Payments(context).place(request.key, request.made)


@endpoint(
    "POST",
    f"{PAY}/jsapi",
    JsapiPrepay,
    title=Text("JSAPI下单", "Place: JSAPI"),
    documents="9.1",
    operation="unifiedorder",
)
def jsapi(request: Prepay, context: Context) -> dict[str, Json]:
    return {"prepay_id": _place(request, context).prepay.prepay_id}


@endpoint(
    "POST", f"{PAY}/app", AppPrepay, title=Text("APP下单", "Place: APP"), documents="9.1", operation="unifiedorder"
)
def app(request: Prepay, context: Context) -> dict[str, Json]:
    return {"prepay_id": _place(request, context).prepay.prepay_id}


@endpoint(
    "POST",
    f"{PAY}/native",
    NativePrepay,
    title=Text("Native下单", "Place: Native"),
    documents="9.1",
    operation="unifiedorder",
)
def native(request: Prepay, context: Context) -> dict[str, Json]:
    return {"code_url": context.links.code_url(_place(request, context))}


@endpoint("POST", f"{PAY}/h5", H5Prepay, title=Text("H5下单", "Place: H5"), documents="9.1", operation="unifiedorder")
def h5(request: Prepay, context: Context) -> dict[str, Json]:
    return {"h5_url": context.links.mweb_url(_place(request, context))}


@endpoint(
    "GET",
    PAY + "/out-trade-no/{out_trade_no}",
    Query,
    title=Text("商户订单号查询订单", "Query by out_trade_no"),
    documents="9.3",
    operation="orderquery",
    reads=True,
)
def query(request: Query, context: Context) -> dict[str, Json]:
    return describe(Payments(context).find(request.key))


@endpoint(
    "POST",
    PAY + "/out-trade-no/{out_trade_no}/close",
    Close,
    title=Text("关闭订单", "Close"),
    documents="9.4",
    operation="closeorder",
)
def close(request: Close, context: Context) -> None:
    Payments(context).close_or_burn(request.key)


def describe(order: Order) -> dict[str, Json]:
    """What a query says of an order; its members depend on trade_state (V3 notes, 9.3)."""
    terms, payment = order.terms, order.payment
    named: dict[str, Json] = {"appid": terms.appid, "mchid": order.key.mch_id, "out_trade_no": order.key.out_trade_no}
    if payment is None:
        amount: dict[str, Json] = {"payer_currency": "CNY", "total": terms.total_fee}
        state: dict[str, Json] = {
            "trade_state": order.trade_state.value,
            "trade_state_desc": STATE_TEXTS[order.trade_state],
        }
        return {
            "amount": amount,
            **named,
            "promotion_detail": [],
            "scene_info": {"device_id": terms.device_info},
            **state,
        }
    return {
        "amount": {
            "currency": terms.fee_type,
            "payer_currency": order.cash_fee_type,
            "payer_total": payment.cash_fee,
            "total": terms.total_fee,
        },
        "appid": terms.appid,
        "attach": terms.attach,
        "bank_type": payment.bank_type,
        "mchid": order.key.mch_id,
        "out_trade_no": order.key.out_trade_no,
        "payer": {"openid": payment.openid},
        "promotion_detail": [],
        "success_time": moment(payment.paid_at),
        "trade_state": order.trade_state.value,
        "trade_state_desc": STATE_TEXTS[order.trade_state],
        "trade_type": terms.trade_type.value,
        "transaction_id": payment.transaction_id,
    }
