"""The objects that calls about combined orders are made of. Source: V3 notes, 9.7, appendix A.2."""

from sandbox.v3.members import Boolean, Choice, Integer, Moment, String
from sandbox.v3.parts import (
    H5,
    NOTIFY_URL,
    OUT_TRADE_NO,
    Identity,
    Installments,
    PartnerSettling,
    out_trade_no,
)
from sandbox.v3.shapes import Array, Object, OptionalObject, Part

LEAST_DIRECT, MOST_DIRECT, MOST = 2, 10, 50
"""How many sub-orders a merchant combines that acts for itself, and the most of a service provider's."""


def combine_out_trade_no() -> String:
    """The number of a combined order; the documents let it be shorter than others."""
    return String(32, "合单商户订单号", least=2, pattern=OUT_TRADE_NO, form="order_number")


class CombinedNumber(Part):
    """A path that names a combined order."""

    combine_out_trade_no = combine_out_trade_no()


class SubAmount(Part):
    total_amount = Integer("标价金额", least=1, form="fen")
    currency = Choice("标价币种", ["CNY"], required=True)


class Named(Part):
    """A sub-order by what names it."""

    mchid = String(32, "子单商户号", form="digits")
    out_trade_no = out_trade_no()
    sub_mchid = String(32, "二级商户号", required=False, form="digits")
    sub_appid = String(32, "子商户应用ID", required=False, form="appid")


class SubOrder(Named):
    attach = String(128, "附加数据")
    amount = Object(SubAmount, "订单金额")
    description = String(127, "商品描述")
    goods_tag = String(32, "订单优惠标记", required=False)
    settle_info = OptionalObject(PartnerSettling, "结算信息")


class DetailedSubOrder(SubOrder):
    """A sub-order of a page's or an app's; its `detail` is text."""

    detail = String(6144, "商品详情", required=False)
    profit_sharing = Boolean("是否指定分账")


class CombinePayer(Part):
    openid = String(128, "用户标识", required=False, form="openid")
    sub_openid = String(128, "用户子标识", required=False, form="openid")
    identity = OptionalObject(Identity, "实名支付信息")


class CombineScene(Part):
    device_id = String(16, "商户端设备号", required=False)
    payer_client_ip = String(45, "用户终端IP", form="ip")


class CombineH5Scene(CombineScene):
    device_id = String(32, "商户端设备号", required=False)
    h5_info = Object(H5, "H5场景信息")


class Combined(Part):
    """What every combined order is placed with."""

    combine_appid = String(32, "合单商户Appid", form="appid")
    combine_mchid = String(32, "合单商户号", form="digits")
    combine_out_trade_no = combine_out_trade_no()
    time_start = Moment("交易起始时间")
    time_expire = Moment("交易结束时间")
    notify_url = String(255, "通知地址", pattern=NOTIFY_URL, form="url")
    limit_pay = Array(Choice("指定支付方式", ("no_balance", "no_debit", "balance_only"), required=True), "指定支付方式")


class Simple(Combined):
    sub_orders = Array(Object(SubOrder, "子单信息"), "子单信息", required=True, least=1, most=MOST)


class Detailed(Combined, Installments):
    sub_orders = Array(Object(DetailedSubOrder, "子单信息"), "子单信息", required=True, least=1, most=MOST)


class CombineJsapiBody(Detailed):
    combine_payer_info = Object(CombinePayer, "支付者")
    scene_info = OptionalObject(CombineScene, "场景信息")


class CombineAppBody(Detailed):
    combine_payer_info = OptionalObject(CombinePayer, "支付者")
    scene_info = OptionalObject(CombineScene, "场景信息")


class CombineNativeBody(Simple):
    combine_payer_info = OptionalObject(CombinePayer, "支付者")
    scene_info = OptionalObject(CombineScene, "场景信息")


class CombineH5Body(Simple):
    combine_payer_info = OptionalObject(CombinePayer, "支付者")
    scene_info = Object(CombineH5Scene, "场景信息")


class CombineCloseBody(Part):
    combine_appid = String(32, "合单商户Appid", form="appid")
    sub_orders = Array(Object(Named, "子单信息"), "子单信息", required=True, least=1, most=MOST)
