"""What ends when: an order, its prepay_id and the link that carries it each have a time of their own."""

from sandbox.core.text import Text

TITLE = Text("哪个期限管什么", "What ends when")
OVER = Text("已过", "over")
ENDS = {
    "mweb_url": Text(
        "5 分钟。链接打不开；订单还能付，商户重新下单（同一订单号）得到新链接。",
        "5 minutes. The link stops working; the order can still be paid: ordering again under the same number gives a "
        "new link.",
    ),
    "code_url": Text(
        "2 小时。二维码作废；订单还在，商户重新下单（同一订单号）得到新码。",
        "2 hours. The code is void; the order stands: ordering again under the same number gives a new one.",
    ),
    "prepay_id": Text(
        "2 小时。不能再用它调起支付；订单还在，商户重新下单（同一订单号）得到新的。",
        "2 hours. No payment begins with it any more; the order stands: ordering again under the same number gives a "
        "new one.",
    ),
    "time_expire": Text(
        "商户传的。订单到此为止：没付就自动关闭，不能再付。",
        "Given by the merchant. The order ends: unpaid, it closes by itself and cannot be paid.",
    ),
    "order": Text(
        "7 天，因为没有传 time_expire。没付就自动关闭，不能再付。",
        "7 days, for no time_expire came. Unpaid, it closes by itself and cannot be paid.",
    ),
    "password": Text(
        "45 秒。付款人不输密码，这次支付就失败。", "45 seconds. Without the payer's password the payment fails."
    ),
}
SHOPS_OWN = Text(
    "商户页面上的倒计时是商户自己的，微信不知道：到点要由商户关单。",
    "A countdown in the shop is the shop's own and unknown to WeChat: at its end the shop must close the order.",
)
