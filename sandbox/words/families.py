"""The families of endpoints that the sandbox does not play yet, by their names on the merchant platform."""

from sandbox.core.text import Text

FAMILIES: dict[str, Text] = {
    "red_packets": Text("现金红包", "red packets"),
    "transfers": Text("企业付款", "transfers"),
    "profit_sharing": Text("分账", "profit sharing"),
    "deposit": Text("押金支付", "deposits"),
    "papay": Text("委托代扣", "entrusted debit (papay)"),
    "combined_orders": Text("合单支付", "combined orders"),
    "coupons": Text("代金券", "coupons"),
    "facepay": Text("刷脸支付", "payment by face"),
    "item_refunds": Text("单品优惠退款", "refunds of single items"),
    "settlement": Text("结算与汇率", "settlement and exchange rates"),
    "customs": Text("海关报关", "customs declarations"),
    "real_name": Text("实名验证", "real-name checks"),
    "merchant_admin": Text("商户进件与管理", "the administration of merchants"),
    "risk": Text("风险与平台证书", "risk and platform certificates"),
    "funds": Text("资金与提现", "funds and withdrawals"),
    "vehicle": Text("车主服务", "vehicle services"),
    "transit": Text("乘车码", "transit"),
    "pay_score": Text("支付分", "pay score"),
    "smart_retail": Text("智慧零售授权登录", "authorised login for smart retail"),
}
V3_FAMILIES: dict[str, Text] = {
    "basic_payment": Text("基础支付", "payments"),
    "other_payment": Text("支付即服务等", "services beside payments"),
    "refunds": Text("退款", "refunds"),
    "bills": Text("账单", "bills"),
    "v3_certificates": Text("平台证书", "platform certificates"),
    "v3_transfers": Text("商家转账", "transfers"),
    "marketing": Text("营销", "marketing"),
    "complaints": Text("消费者投诉", "complaints"),
    "risk_v3": Text("商户风险", "merchants' risks"),
    "ecommerce": Text("电商收付通和平台收付通", "e-commerce platforms"),
    "brand": Text("品牌和智慧商圈", "brands and stores"),
    "invoices": Text("电子发票", "invoices"),
    "cross_border": Text("跨境支付", "cross-border payments"),
    "public_services": Text("政务、医保、保险", "public services and insurance"),
}
"""Those that APIv3 alone has; the others go by the names above."""
