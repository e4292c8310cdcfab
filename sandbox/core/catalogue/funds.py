"""The console's sentences about money: refunds, the ledger, bills."""

from sandbox.core.catalogue import Text

# -- refunds -----------------------------------------------------------------------------------------------------------
REFUNDS = Text("退款", "Refunds")
STATES = {
    "PROCESSING": Text("处理中", "Processing"),
    "SUCCESS": Text("已到账", "Arrived"),
    "CHANGE": Text("异常", "Stuck"),
    "REFUNDCLOSE": Text("已关闭", "Closed"),
}
STATE_MARKS = {"PROCESSING": "◌", "SUCCESS": "✓", "CHANGE": "!", "REFUNDCLOSE": "–"}
NEXT = {
    "SUCCESS": Text("还有 {span}自动到账（{at}）。", "It arrives by itself in {span} ({at})."),
    "CHANGE": Text("还有 {span}变为退款异常（{at}）。", "It gets stuck in {span} ({at})."),
    "REFUNDCLOSE": Text("还有 {span}自动关闭（{at}）。", "It is closed by itself in {span} ({at})."),
}
ARRIVED = Text("{at} 退到付款人账户。", "The payer has had it since {at}.")
STUCK = Text(
    "用户的卡已作废或冻结，钱留在微信；要有人处理：改用别的方式退到，或关闭后钱回商户。",
    "The payer's card is void or frozen, the money stays with WeChat. Pay it out another way, or close the refund.",
)
CLOSED = Text(
    "钱已回到商户余额；要再退，换一个退款单号。",
    "The money is the merchant's again; refund it under another number.",
)
ENDS = {
    "success": Text("到账", "Arrive"),
    "change": Text("异常", "Get stuck"),
    "close": Text("关闭", "Close"),
}
ENDED = {
    "success": Text("退款 {out_refund_no} 已到账", "Refund {out_refund_no}: arrived"),
    "change": Text("退款 {out_refund_no} 变为异常", "Refund {out_refund_no}: stuck"),
    "close": Text("退款 {out_refund_no} 已关闭", "Refund {out_refund_no}: closed"),
}
WHOLE = Text("全额", "the whole order")
SHARE = Text("占订单 {percent}", "{percent} of the order")
PAID = Text("已付", "Paid")
REFUNDED = Text("已退", "Refunded")
REFUNDING = Text("退款中", "On its way")
LEFT = Text("还剩", "Left")
SOURCES = {
    "API": Text("商户调用接口发起", "asked for by the API"),
    "VENDOR_PLATFORM": Text("在商户平台发起", "made in the merchant platform"),
}
REASON = Text("原因", "Reason")
MAKE = Text("退款…", "Refund…")
MAKE_LEAD = Text(
    "像在商户平台上一样退款：单号自动生成，结果通知发到商户的退款通知地址。",
    "Refunds as the merchant platform does: a made-up number; told at the merchant's refund notification URL.",
)
AMOUNT_YUAN = Text("金额（元）", "Amount (yuan)")
DO_REFUND = Text("退款", "Refund")
MADE = Text("已受理退款 ¥{amount}（{out_refund_no}）", "Refund of ¥{amount} accepted ({out_refund_no})")
AMOUNT_WRONG = Text(
    "金额要写成元，大于 0，最多两位小数，如 12.34。",
    "An amount in yuan, above 0, with two decimals at the most: 12.34.",
)
TOP_UP_FIRST = Text("到商户页充值后再退。", "Top it up on the merchant's page first.")
NOBODY_TOLD = Text(
    "没有通知：退款时没传 notify_url，商户也没设退款通知地址。",
    "Nobody was told: the refund has no notify_url, nor has the merchant a refund notification URL.",
)
RESEND = Text("重发退款通知", "Send the refund's notification again")
ATTEMPT = Text("退款 {out_refund_no}：第 {n} 次通知商户", "Refund {out_refund_no}: notification {n} to the merchant")
NEXT_TITLE = Text("接下来", "What comes next")
NO_REFUNDS = Text("还没有退款", "No refunds yet")
NO_REFUNDS_LEAD = Text(
    "商户调用 /secapi/pay/refund，或在已支付订单的页面上点“退款…”。",
    "Call /secapi/pay/refund, or open a paid order and press Refund…",
)
PAID_ORDERS = Text("看已支付的订单", "The paid orders")
NO_MATCH = Text("没有符合条件的退款。", "No refund matches.")

# -- the ledger --------------------------------------------------------------------------------------------------------
LEDGER = Text("账本", "Ledger")
BALANCE = Text("余额", "Balance")
RATE = Text("费率", "Rate")
OWN = Text("服务商自己", "Its own")
MOVEMENTS = {
    "payment": Text("收款", "Payment"),
    "coupon": Text("代金券抵扣的部分入账", "Paid by a coupon"),
    "fee": Text("手续费", "Fee"),
    "refund": Text("退款", "Refund"),
    "fee_returned": Text("退还手续费", "Fee given back"),
    "refund_arrived": Text("退款到了付款人手里", "A refund reached the payer"),
    "refund_back": Text("退款关闭，钱退回", "A closed refund came back"),
    "reversal": Text("撤销，退给付款人", "Reversed, back to the payer"),
    "top_up": Text("充值", "Top-up"),
    "withdrawal": Text("提现", "Withdrawal"),
}
WHAT = Text("事项", "What")
IN_OUT = Text("进出", "In / out")
INCOME = Text("进", "in")
OUTGO = Text("出", "out")
ELSEWHERE = Text("不经过商户账户", "not through its account")
BALANCE_AFTER = Text("余额", "Balance")
ABOUT = Text("订单 / 退款", "Order / refund")
NO_LINES = Text("还没有进出账。", "No money has moved yet.")
NO_LINES_LEAD = Text(
    "付款、退款、手续费、充值和提现都会记在这里。",
    "Payments, refunds, fees, top-ups and withdrawals are written here.",
)
ALL_LINES = Text("全部账目", "The whole ledger")
TOP_UP = Text("充值", "Top up")
WITHDRAW = Text("提现", "Withdraw")
MOVED = {
    "top-up": Text("充值 ¥{amount}，余额 ¥{balance}", "¥{amount} topped up; the balance is ¥{balance}"),
    "withdraw": Text("提现 ¥{amount}，余额 ¥{balance}", "¥{amount} withdrawn; the balance is ¥{balance}"),
}
MONEY = Text("资金", "Money")
TOLD_WHERE = Text("通知与费率", "Notifications and rate")
SETTING_HINTS = {
    "refund_notify_url": Text(
        "退款没传 notify_url 时，结果通知发到这里。", "Where refunds without a notify_url of their own are told."
    ),
    "native_callback_url": Text(
        "有人扫静态码（Native 模式一）时，微信来这里要订单。",
        "Where WeChat asks for an order when somebody scans a static code (Native mode 1).",
    ),
    "rate": Text("之后的支付按这个费率扣手续费。", "What WeChat takes of payments from now on."),
}
SAVE = Text("保存", "Save")
SAVED = Text("已保存。", "Saved.")
URL_WRONG = Text(
    "{name} 要以 http:// 或 https:// 开头，最多 256 个字符；不用就留空。",
    "{name} begins with http:// or https:// and has 256 characters at the most; leave it empty for none.",
)
RATE_WRONG = Text("费率是百分数，最多两位小数，如 0.60%。", "A rate is a percentage of at most two decimals: 0.60%.")
