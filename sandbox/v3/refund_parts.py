"""The objects that calls about refunds are made of. Source: V3 notes, 10, appendix A.1."""

from sandbox.v3.members import Choice, Integer, Sealed, String
from sandbox.v3.parts import NOTIFY_URL, OUT_TRADE_NO
from sandbox.v3.shapes import Array, Object, Part

OUT_REFUND_NO = r"^[0-9a-zA-Z_\-\|\*@]+$"
"""Its sentence was not seen: made after that of out_trade_no, with the @ that the documents have."""
BANKS = (
    *("CMB_DEBIT", "COMM_DEBIT", "ABC_DEBIT", "CCB_DEBIT", "ICBC_DEBIT", "BOC_DEBIT", "PAB_DEBIT", "SPDB_DEBIT"),
    *("CITIC_DEBIT", "CEB_DEBIT", "CMBC_DEBIT", "CIB_DEBIT", "GDB_DEBIT", "PSBC_DEBIT", "NBCB_DEBIT"),
)
"""Whose debit cards a refund can be paid out to."""


def out_refund_no() -> String:
    """The merchant's own number of a refund, in a body or in a path."""
    return String(64, "商户退款单号", pattern=OUT_REFUND_NO, form="refund_number")


def sub_mchid() -> String:
    """For whom a service provider acts; that a merchant of its own must not say so is no rule of the shape."""
    return String(32, "子商户号", required=False, form="digits")


class From(Part):
    account = Choice("出资账户类型", ("AVAILABLE", "UNAVAILABLE"), required=True)
    amount = Integer("出资金额", least=1, form="fen")


class RefundAmount(Part):
    refund = Integer("退款金额", least=1, form="fen")
    from_ = Array(Object(From, "退款出资账户及金额"), "退款出资账户及金额")
    total = Integer("原订单金额", least=1, form="fen")
    currency = String(16, "退款币种")


class RefundGoods(Part):
    merchant_goods_id = String(32, "商户侧商品编码")
    wechatpay_goods_id = String(32, "微信支付商品编码", required=False)
    goods_name = String(256, "商品名称", required=False)
    unit_price = Integer("商品单价", least=0, form="fen")
    refund_amount = Integer("商品退款金额", least=0, form="fen")
    refund_quantity = Integer("商品退货数量", least=1)


class RefundBody(Part):
    sub_mchid = sub_mchid()
    transaction_id = String(32, "微信支付订单号", required=False)
    out_trade_no = String(32, "商户订单号", required=False, least=6, pattern=OUT_TRADE_NO, form="order_number")
    out_refund_no = out_refund_no()
    reason = String(80, "退款原因", required=False)
    notify_url = String(256, "退款结果回调url", required=False, pattern=NOTIFY_URL, form="url")
    funds_account = Choice("退款资金来源", ("AVAILABLE", "UNSETTLED"))
    amount = Object(RefundAmount, "金额信息")
    goods_detail = Array(Object(RefundGoods, "退款商品"), "退款商品")


class RefundPath(Part):
    out_refund_no = out_refund_no()


class SubMerchantQuery(Part):
    sub_mchid = sub_mchid()


class AbnormalPath(Part):
    refund_id = String(32, "微信支付退款单号")


class AbnormalBody(Part):
    """`bank_type`, `bank_account` and `real_name` are for USER_BANK_CARD, which needs them."""

    sub_mchid = sub_mchid()
    out_refund_no = out_refund_no()
    type = Choice("异常退款处理方式", ("USER_BANK_CARD", "MERCHANT_BANK_CARD"), required=True)
    bank_type = Choice("开户银行", BANKS)
    bank_account = Sealed("收款银行卡号", required=False)
    real_name = Sealed("收款用户姓名", required=False)

    def check(self) -> None:
        super().check()
        if self.type == "USER_BANK_CARD":
            for name in ("bank_type", "bank_account", "real_name"):
                if not self.has(name):
                    self.members[name].require(self.place)
