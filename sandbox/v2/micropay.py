"""micropay, reverse, authcodetoopenid. Source: V2 notes, 3.8, 3.10; docs/fidelity.md."""

import re

from sandbox.core import errors
from sandbox.core.orders import Terms, TradeType
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.micropay import MicroPay
from sandbox.v2.endpoint import endpoint
from sandbox.v2.envelope import Fields
from sandbox.v2.errors import BusinessFailure, Words
from sandbox.v2.orders import describe
from sandbox.v2.origin import is_official
from sandbox.v2.shapes import CURRENCY, OUT_TRADE_NO, BeijingTime, Fen, IpAddress, RequestInvalid, String, V2Request

_YES_NO = re.compile("[YN]")


class MicroPayOrder(V2Request):
    """POST /pay/micropay: V2 notes, 3.10. What WeChat makes of an auth_code decides the use case, not its form."""

    device_info = String(32, "设备号", required=False)
    body = String(128, "商品描述")
    detail = String(6144, "商品详情", required=False)
    attach = String(128, "附加数据", required=False)
    out_trade_no = String(32, "商户订单号", pattern=OUT_TRADE_NO)
    total_fee = Fen("订单金额")
    fee_type = String(16, "货币类型", required=False, pattern=CURRENCY)
    spbill_create_ip = IpAddress("终端IP")
    goods_tag = String(32, "订单优惠标记", required=False)
    limit_pay = String(32, "指定支付方式", required=False, pattern=re.compile("no_credit"))
    time_start = BeijingTime("交易起始时间")
    time_expire = BeijingTime("交易结束时间")
    receipt = String(8, "电子发票入口开放标识", required=False, pattern=_YES_NO)
    profit_sharing = String(16, "是否需要分账", required=False, pattern=_YES_NO)
    auth_code = String(128, "授权码")
    scene_info = String(256, "场景信息", required=False)
    version = String(32, "接口版本号", required=False)

    def terms(self) -> Terms:
        return Terms(
            appid=self.appid,
            trade_type=TradeType.MICROPAY,
            total_fee=self.total_fee,
            body=self.body,
            notify_url="",
            spbill_create_ip=self.spbill_create_ip,
            fee_type=self.fee_type or "CNY",
            sub_appid=self.sub_appid,
            attach=self.attach,
            detail=self.detail,
            device_info=self.device_info,
            goods_tag=self.goods_tag,
            limit_pay=self.limit_pay,
            scene_info=self.scene_info,
            receipt=self.receipt,
            profit_sharing=self.profit_sharing,
            time_start=self.time_start,
            time_expire=self.time_expire,
        )


class Reverse(V2Request):
    """POST /secapi/pay/reverse: V2 notes, 3.10."""

    transaction_id = String(32, "微信订单号", required=False)
    out_trade_no = String(32, "商户订单号", required=False, pattern=OUT_TRADE_NO)

    def check(self) -> None:
        if not (self.transaction_id or self.out_trade_no):
            raise RequestInvalid("缺少参数", "one_of", "transaction_id, out_trade_no")


class AuthCodeToOpenid(V2Request):
    """POST /tools/authcodetoopenid: V2 notes, 3.8. MD5 only: an element sign_type is refused."""

    auth_code = String(128, "授权码")

    def check(self) -> None:
        if "sign_type" in self.message:
            raise RequestInvalid("0参数格式错误", "format", "sign_type", got=self.message["sign_type"][:64])


_CHARGING = {
    errors.OrderPaid: BusinessFailure("ORDERPAID", "订单已支付"),
    errors.OrderClosed: BusinessFailure("ORDERCLOSED", "订单已关闭"),
    errors.OrderReversed: BusinessFailure("ORDERREVERSED", "订单已撤销"),
}
_BROKEN = {"SYSTEMERROR": BusinessFailure("SYSTEMERROR", "接口返回错误")}
_LOOKING = {
    errors.AuthCodeUnknown: BusinessFailure("AUTH_CODE_INVALID", "授权码检验错误"),
    errors.AuthCodeUsed: BusinessFailure("AUTH_CODE_ERROR", "授权码错误"),
    errors.AuthCodeExpired: BusinessFailure("AUTHCODEEXPIRE", "授权码过期"),
}


@endpoint(
    "/pay/micropay",
    MicroPayOrder,
    title=Text("付款码支付", "Charge a payment code"),
    documents="3.10",
    words=Words(errors=_CHARGING, codes=_BROKEN),
)
def micropay(request: MicroPayOrder, context: Context) -> Fields:
    any_code = is_official(context.origin)
    charge = MicroPay(context).pay(request.key, request.terms(), request.auth_code, any_code=any_code)
    if charge.refusal is not None:
        raise charge.refusal
    return {name: value for name, value in describe(charge.order).items() if not name.startswith("trade_state")}


@endpoint(
    "/secapi/pay/reverse",
    Reverse,
    title=Text("撤销订单", "Reverse an order"),
    documents="3.10",
    certificate=True,
    example={"out_trade_no": ""},
    words=Words(codes=_BROKEN),
)
@endpoint(
    "/pay/reverse",
    Reverse,
    title=Text("撤销订单", "Reverse an order"),
    documents="3.10",
    example={"out_trade_no": ""},
    words=Words(codes=_BROKEN),
)
def reverse(request: Reverse, context: Context) -> Fields:
    MicroPay(context).reverse(request.key, request.transaction_id)
    return {"recall": "N"}


@endpoint(
    "/tools/authcodetoopenid",
    AuthCodeToOpenid,
    title=Text("付款码查 openid", "Payer of a payment code"),
    documents="3.8",
    words=Words(errors=_LOOKING),
)
def auth_code_to_openid(request: AuthCodeToOpenid, context: Context) -> Fields:
    micropays = MicroPay(context)
    openid = micropays.openid_of(request.auth_code, request.mch_id, request.appid)
    if not request.sub_appid:
        return {"openid": openid}
    return {"openid": openid, "sub_openid": micropays.openid_of(request.auth_code, request.mch_id, request.sub_appid)}
