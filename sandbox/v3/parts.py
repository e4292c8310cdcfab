"""The objects that calls about orders are made of, each declared once.

Source: V3 notes, 9.1, 9.5, 9.6, appendix A.1.
"""

from sandbox.v3.members import Boolean, Choice, Integer, Location, Moment, OneOf, OptionalInteger, Sealed, String
from sandbox.v3.shapes import Array, Object, OptionalObject, Part

OUT_TRADE_NO = r"^[0-9a-zA-Z_\-\|\*]+$"
NOTIFY_URL = r"^https?://([^\s/?#\[\]\@]+\@)?([^\s/?#\@:]+)(?::\d{2,5})?([^\s?#\[\]]*)$"
"""Both as the sentences show them; http and any host pass, a query string does not (V3 notes, 3.4)."""
_APPID = "公众号ID"
_SUB_MCHID = "子商户号/二级商户号"


def out_trade_no() -> String:
    """The merchant's own number of an order, in a body or in a path."""
    return String(32, "商户订单号", least=6, pattern=OUT_TRADE_NO, form="order_number")


class Numbered(Part):
    """A path that names an order by the merchant's number."""

    out_trade_no = out_trade_no()


class Transaction(Part):
    """A path that names an order by WeChat Pay's number; what that looks like is no rule of the shape."""

    transaction_id = String(32, "微信支付订单号")


class Direct(Part):
    """A merchant that acts for itself, and one of its appids."""

    appid = String(32, _APPID, form="appid")
    mchid = String(32, "直连商户号", form="digits")


class Partner(Part):
    """A service provider, and the merchant for which it acts."""

    sp_appid = String(32, "服务商应用ID", form="appid")
    sp_mchid = String(32, "服务商户号", form="digits")
    sub_appid = String(32, "子商户应用ID", required=False, form="appid")
    sub_mchid = String(32, _SUB_MCHID, form="digits")


class DirectCaller(Part):
    """A merchant that acts for itself, of a query."""

    mchid = String(32, "直连商户号", form="digits")


class PartnerCaller(Part):
    """A service provider and the merchant for which it acts, of a query or a closing."""

    sp_mchid = String(32, "服务商户号", form="digits")
    sub_mchid = String(32, _SUB_MCHID, form="digits")


class Amount(Part):
    total = Integer("总金额", least=1, form="fen")
    currency = Choice("货币类型", ["CNY"])


class Goods(Part):
    merchant_goods_id = String(32, "商户侧商品编码")
    wechatpay_goods_id = String(32, "微信支付商品编码", required=False)
    goods_name = String(256, "商品名称", required=False)
    quantity = Integer("商品数量", least=1)
    unit_price = Integer("商品单价", least=0)


class Detail(Part):
    cost_price = OptionalInteger("订单原价", least=0)
    invoice_id = String(32, "商品小票ID", required=False)
    goods_detail = Array(Object(Goods, "单品列表"), "单品列表")


class Identity(Part):
    """The person who alone may pay (实名支付)."""

    type = Choice(
        "证件类型",
        (
            *("IDCARD", "HONGKONG_MACAO", "HONGKONG_MACAO_RESIDENT", "TAIWAN_RESIDENT"),
            *("FOREIGN_RESIDENT", "OVERSEA_PASSPORT", "PHONE_NUMBER"),
        ),
        required=True,
    )
    number = Sealed("证件号码")
    name = Sealed("证件姓名")


class Person(Part):
    """Who pays, where no openid says so."""

    identity = OptionalObject(Identity, "实名支付信息")


class Payer(Person):
    openid = String(128, "用户标识", form="openid")


class PartnerPayer(Person):
    """Known to the service provider, or to the merchant for which it acts."""

    sp_openid = String(128, "用户服务标识", required=False, form="openid")
    sub_openid = String(128, "用户子标识", required=False, form="openid")


class Store(Part):
    """Which of its members must be there is said differently in the documents; so none is asked for."""

    id = String(32, "门店编号", required=False)
    name = String(256, "门店名称", required=False)
    area_code = String(32, "地区编码", required=False)
    address = String(512, "详细地址", required=False)


class Scene(Part):
    payer_client_ip = String(45, "用户终端IP", required=False, form="ip")
    device_id = String(32, "商户端设备号", required=False)
    store_info = OptionalObject(Store, "商户门店信息")


class JsapiScene(Scene):
    payer_client_ip = String(45, "用户终端IP", form="ip")


class H5(Part):
    type = String(32, "场景类型")
    app_name = String(64, "应用名称", required=False)
    app_url = String(128, "网站URL", required=False)
    bundle_id = String(128, "iOS平台BundleID", required=False)
    package_name = String(128, "Android平台PackageName", required=False)


class H5Scene(JsapiScene):
    h5_info = Object(H5, "H5场景信息")


class Settling(Part):
    profit_sharing = Boolean("是否指定分账")


class PartnerSettling(Settling):
    subsidy_amount = OptionalInteger("补差金额", least=0)


class SubsidyPlan(Part):
    subsidy_installment_num = OneOf("贴息分期数", 3, 6, 12)
    subsidy_percent = OneOf("贴息比例", 0, 100)


class SubsidyDetail(Part):
    subsidy_period_type = Choice("贴息周期类型", ("DAILY", "PERIOD"), required=True)
    subsidy_plan = Array(Object(SubsidyPlan, "贴息计划"), "贴息计划", required=True, least=1)


class Subsidy(Part):
    subsidy_detail = Array(Object(SubsidyDetail, "贴息信息"), "贴息信息")


class Ordered(Part):
    """What every order is placed with, whoever places it and however it is paid."""

    description = String(127, "商品描述")
    out_trade_no = out_trade_no()
    attach = String(128, "附加数据", required=False)
    goods_tag = String(32, "订单优惠标记", required=False)
    support_fapiao = Boolean("电子发票入口开放标识")
    amount = Object(Amount, "订单金额")


class Prepaid(Ordered):
    """An order that the payer comes for later, and whose merchant is notified."""

    time_expire = Moment("交易结束时间")
    notify_url = String(255, "通知地址", pattern=NOTIFY_URL, form="url")
    limit_pay = Array(
        Choice("指定支付方式", ("no_balance", "no_credit", "no_debit", "balance_only"), required=True), "指定支付方式"
    )
    detail = OptionalObject(Detail, "优惠功能", limit=6144)


class DirectOrder(Prepaid, Direct): ...


class PartnerOrder(Prepaid, Partner): ...


class SettledDirect(Part):
    settle_info = OptionalObject(Settling, "结算信息")


class SettledPartner(Part):
    settle_info = OptionalObject(PartnerSettling, "结算信息")


class Anybody(Part):
    """An order that whoever comes may pay."""

    payer = OptionalObject(Person, "支付者")


class Anywhere(Part):
    scene_info = OptionalObject(Scene, "场景信息")


class OnH5(Part):
    scene_info = Object(H5Scene, "场景信息")


class Installments(Part):
    """微信分付, whose interest the merchant pays."""

    subsidy_info = OptionalObject(Subsidy, "贴息信息")


class JsapiBody(Installments, SettledDirect, DirectOrder):
    payer = Object(Payer, "支付者")
    scene_info = OptionalObject(JsapiScene, "场景信息")


class AppBody(Installments, Anybody, Anywhere, SettledDirect, DirectOrder): ...


class NativeBody(Anybody, Anywhere, SettledDirect, DirectOrder): ...


class H5Body(Anybody, OnH5, SettledDirect, DirectOrder): ...


class PartnerJsapiBody(Installments, Anywhere, SettledPartner, PartnerOrder):
    payer = Object(PartnerPayer, "支付者")


class PartnerAppBody(Installments, Anybody, Anywhere, SettledPartner, PartnerOrder): ...


class PartnerNativeBody(Anybody, Anywhere, SettledPartner, PartnerOrder): ...


class PartnerH5Body(Anybody, OnH5, SettledPartner, PartnerOrder): ...


class Code(Part):
    """The payer, by the code that their phone shows; what that must look like decides the use case."""

    auth_code = String(32, "付款码")


class Shop(Part):
    id = String(32, "门店编号", required=False)
    out_id = String(32, "商家自定义编码", required=False)


class CodeScene(Part):
    device_id = String(32, "商户端设备号", required=False)
    device_ip = String(45, "商户端设备IP", required=False, form="ip")
    store_info = Object(Shop, "商户门店信息")


class CodeGoods(Part):
    merchant_goods_id = String(32, "商户侧商品编码")
    wxpay_goods_id = String(32, "微信侧商品编码", required=False)
    goods_name = String(256, "商品名称", required=False)
    quantity = Integer("商品数量", least=1)
    unit_price = Integer("商品单价", least=0)


class CodeDetail(Part):
    cost_price = OptionalInteger("订单原价", least=0)
    invoice_id = String(32, "商家小票ID", required=False)
    goods_detail = Array(Object(CodeGoods, "单品列表"), "单品列表", required=True)


class ByCode(Ordered):
    """An order whose payer stands at the till. Source: V3 notes, 9.5."""

    payer = Object(Code, "支付者")
    scene_info = Object(CodeScene, "场景信息")
    detail = OptionalObject(CodeDetail, "优惠功能", limit=6144)
    settle_info = OptionalObject(Settling, "结算信息")


class CodeBody(ByCode, Direct): ...


class PartnerCodeBody(ByCode, Partner):
    sp_appid = String(32, "服务商应用ID", required=False, form="appid")


class ReverseBody(Direct): ...


class PartnerReverseBody(Partner):
    sp_appid = String(32, "服务商应用ID", required=False, form="appid")


class CloseBody(Part):
    """Where mchid is missing, the real server names the path (docs/fidelity.md)."""

    mchid = String(32, "直连商户号", form="digits", missed_in=Location.PATH)
