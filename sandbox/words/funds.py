"""The console's sentences about money: refunds, the ledger, bills."""

from sandbox.core.text import Text

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
AMOUNT_IN = Text("金额（{currency}）", "Amount ({currency})")
DO_REFUND = Text("退款", "Refund")
MADE = Text("已受理退款 {amount}（{out_refund_no}）", "Refund of {amount} accepted ({out_refund_no})")
AMOUNT_WRONG = Text(
    "金额要写成元，大于 0，最多两位小数，如 12.34。",
    "An amount in yuan, above 0, with two decimals at the most: 12.34.",
)
TOP_UP_FIRST = Text("到商户页充值后再退。", "Top it up on the merchant's page first.")
NOBODY_TOLD = Text(
    "没有通知：退款时没传 notify_url，商户也没设退款通知地址。",
    "Nobody was told: the refund has no notify_url, nor has the merchant a refund notification URL.",
)
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
    "transfer": Text("转账给用户", "Transfer to a person"),
    "transfer_arrived": Text("转账到了收款人手里", "A transfer reached the person"),
    "transfer_back": Text("转账没有成，钱退回", "A transfer came back"),
    "reversal": Text("撤销，退给付款人", "Reversed, back to the payer"),
    "freeze": Text("冻结，等待分账", "Frozen until it is shared"),
    "unfreeze": Text("解冻", "Unfrozen"),
    "share": Text("分账", "A share"),
    "share_returned": Text("分账回退", "A share given back"),
    "top_up": Text("充值", "Top-up"),
    "withdrawal": Text("提现", "Withdrawal"),
}
WHAT = Text("事项", "What")
IN_OUT = Text("进出", "In / out")
INCOME = Text("进", "in")
OUTGO = Text("出", "out")
ELSEWHERE = Text("不经过商户账户", "not through its account")
BALANCE_AFTER = Text("余额", "Balance")
ABOUT = Text("订单 / 退款 / 转账", "Order / refund / transfer")
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
    "notify_url": Text(
        "只用于控制台的样单和调试工具的例子；留空时用沙箱自己的地址。后端下单要自己传 notify_url。",
        "For the console's sample orders and the debugging tool's examples only; where empty, the sandbox's own. A "
        "backend's orders name theirs.",
    ),
    "refund_notify_url": Text(
        "退款没传 notify_url 时，结果通知发到这里。", "Where refunds without a notify_url of their own are told."
    ),
    "sharing_notify_url": Text(
        "这个商户作为分账接收方，收到分账或回退时，动账通知发到这里。",
        "Where this merchant, as a receiver, is told of a share that it was given or gave back.",
    ),
    "sharing_ratio": Text(
        "这个商户的订单最多能分出去的比例。", "How much of this merchant's orders may be shared with others."
    ),
    "native_callback_url": Text(
        "有人扫静态码（Native 模式一）时，微信来这里要订单。",
        "Where WeChat asks for an order when somebody scans a static code (Native mode 1).",
    ),
    "rate": Text("之后的支付按这个费率扣手续费。", "What WeChat takes of payments from now on."),
}
SAVE = Text("保存", "Save")

# -- bills -------------------------------------------------------------------------------------------------------------
BILLS = Text("账单", "Bills")
DAY = Text("日期", "Day")
TOOK = Text("收款", "Taken")
GAVE = Text("退款和撤销", "Refunded, reversed")
TIMES = Text("{n} 笔", "{n} ×")
BILL = Text("账单", "Bill")
BILL_MADE = Text("已出账", "Made")
BILL_READY = Text("还没出账：还有 {span}（{at}）。", "Not made yet: {span} to go ({at}).")
BILL_RULE = Text(
    "每天的账单在次日 9:00（北京时间）出。", "A day's bills are made at 9:00 (Beijing time) on the next one."
)
BILL_TOO_OLD = Text("三个月以前的账单不能再下载。", "Bills of more than three months ago are gone.")
FLOW_TOO_OLD = Text("资金账单从 {day} 开始。", "Fund flows begin on {day}.")
CHOOSE_DAY = Text("看这一天", "Show day")
PREVIOUS_DAY = Text("前一天", "The day before")
NEXT_DAY = Text("后一天", "The day after")
MISTOLD = Text("场景使这份账单与订单不一致", "Scenarios make this bill disagree with the orders")
NO_TRADES = Text("这一天没有交易，所以没有账单。", "Nobody paid on this day, so there is no bill.")
NO_FLOW = Text(
    "这一天这个账户里没有进出，所以没有账单。", "No money moved in this account on this day, so there is no bill."
)
NO_BILLS = Text("还没有账单", "No bills yet")
NO_BILLS_LEAD = Text(
    "有付款或退款的日子，次日 9:00 出账。用上方的“+1 天”快进沙箱时间就能看到。",
    "A day with payments or refunds has its bills at 9:00 on the next one; +1 day above takes you there.",
)
BILL_KINDS = {
    "ALL": Text("全部交易", "All trades"),
    "SUCCESS": Text("成功支付", "Payments"),
    "REFUND": Text("退款", "Refunds"),
    "RECHARGE_REFUND": Text("充值退款", "Refunds from top-ups"),
    "FUND_FLOW": Text("资金账单", "Fund flow"),
}
ACCOUNT = Text("账户", "Account")
ACCOUNTS = {
    "Basic": Text("基本账户", "Basic account"),
    "Operation": Text("运营账户", "Operating account"),
    "Fees": Text("手续费账户", "Fee account"),
}
DOWNLOAD_CSV = Text("下载 CSV", "Download CSV")
DOWNLOAD_GZIP = Text("下载 GZIP", "Download GZIP")
DOWNLOAD_CSV_HINT = Text(
    "与 /pay/downloadbill、/pay/downloadfundflow 给商户的相同。",
    "What /pay/downloadbill or /pay/downloadfundflow gives the merchant.",
)
NO_ROWS = Text("没有这一类交易。", "No trades of this kind.")
SUB_MERCHANT = Text("子商户", "Sub-merchant")
LEFT_OUT = Text("略去 {n} 个空列", "{n} empty columns left out")
ALL_COLUMNS = Text("显示全部列", "Show all columns")
FEWER_COLUMNS = Text("略去空列", "Leave out empty columns")
ROWS = Text("第 {first} 至 {last} 行，共 {all} 行", "Rows {first} to {last} of {all}")
EARLIER = Text("前面的", "Before")
LATER = Text("后面的", "After")
BILL_COLUMNS = {
    "交易时间": Text("交易时间", "Time"),
    "公众账号ID": Text("公众账号ID", "appid"),
    "商户号": Text("商户号", "mch_id"),
    "特约商户号": Text("特约商户号", "sub_mch_id"),
    "设备号": Text("设备号", "Device"),
    "微信订单号": Text("微信订单号", "transaction_id"),
    "商户订单号": Text("商户订单号", "out_trade_no"),
    "用户标识": Text("用户标识", "openid"),
    "交易类型": Text("交易类型", "Type"),
    "交易状态": Text("交易状态", "State"),
    "付款银行": Text("付款银行", "Bank"),
    "货币种类": Text("货币种类", "Currency"),
    "应结订单金额": Text("应结订单金额", "Settled"),
    "代金券金额": Text("代金券金额", "Coupons"),
    "退款申请时间": Text("退款申请时间", "Refund asked for"),
    "退款成功时间": Text("退款成功时间", "Refund arrived"),
    "微信退款单号": Text("微信退款单号", "refund_id"),
    "商户退款单号": Text("商户退款单号", "out_refund_no"),
    "退款金额": Text("退款金额", "Refunded"),
    "充值券退款金额": Text("充值券退款金额", "Coupons refunded"),
    "退款类型": Text("退款类型", "Kind of refund"),
    "退款状态": Text("退款状态", "State of refund"),
    "商品名称": Text("商品名称", "Item"),
    "商户数据包": Text("商户数据包", "attach"),
    "手续费": Text("手续费", "Fee"),
    "费率": Text("费率", "Rate"),
    "订单金额": Text("订单金额", "Order"),
    "申请退款金额": Text("申请退款金额", "Refund asked"),
    "费率备注": Text("费率备注", "Note on rate"),
    "返还手续费": Text("返还手续费", "Fee given back"),
    "记账时间": Text("记账时间", "Time"),
    "微信支付业务单号": Text("微信支付业务单号", "Business no."),
    "资金流水单号": Text("资金流水单号", "Flow no."),
    "业务名称": Text("业务名称", "Business"),
    "业务类型": Text("业务类型", "Kind"),
    "收支类型": Text("收支类型", "In / out"),
    "收支金额(元)": Text("收支金额(元)", "Amount (yuan)"),
    "账户结余(元)": Text("账户结余(元)", "Balance (yuan)"),
    "资金变更提交申请人": Text("资金变更提交申请人", "Asked for by"),
    "备注": Text("备注", "Remark"),
    "业务凭证号": Text("业务凭证号", "Merchant's no."),
    "总交易单数": Text("总交易单数", "Trades"),
    "应结订单总金额": Text("应结订单总金额", "Settled"),
    "退款总金额": Text("退款总金额", "Refunded"),
    "充值券退款总金额": Text("充值券退款总金额", "Coupons refunded"),
    "手续费总金额": Text("手续费总金额", "Fees"),
    "订单总金额": Text("订单总金额", "Orders"),
    "申请退款总金额": Text("申请退款总金额", "Refunds asked"),
    "资金流水总笔数": Text("资金流水总笔数", "Lines"),
    "收入笔数": Text("收入笔数", "Lines in"),
    "收入金额": Text("收入金额", "In"),
    "支出笔数": Text("支出笔数", "Lines out"),
    "支出金额": Text("支出金额", "Out"),
}
