"""The sentences about profit sharing: what became of shares, the console's pages."""

from sandbox.core.share_acts import ShareFailReason
from sandbox.core.text import Text

SHARINGS = Text("分账", "Sharing")
STATES = {"PROCESSING": Text("处理中", "Processing"), "FINISHED": Text("已完成", "Finished")}
STATE_MARKS = {"PROCESSING": "◌", "FINISHED": "✓"}
RESULTS = {
    "PENDING": Text("待分账", "Pending"),
    "SUCCESS": Text("已分账", "Shared"),
    "CLOSED": Text("失败", "Closed"),
}
UNFROZEN = Text("解冻给分账方", "Unfrozen for who shares")
FAIL_REASONS = {
    ShareFailReason.ACCOUNT_ABNORMAL: Text("分账接收账户异常", "the receiver's account is abnormal"),
    ShareFailReason.NO_RELATION: Text("分账关系已解除", "the receiver was deleted meanwhile"),
    ShareFailReason.RECEIVER_HIGH_RISK: Text("高风险接收方", "the receiver is of high risk"),
    ShareFailReason.RECEIVER_REAL_NAME_NOT_VERIFIED: Text("接收方未实名", "the receiver's real name is not verified"),
    ShareFailReason.NO_AUTH: Text("分账权限已解除", "the right to share was taken away"),
    ShareFailReason.RECEIVER_RECEIPT_LIMIT: Text("接收方已达收款限额", "the receiver has reached its limit"),
    ShareFailReason.PAYER_ACCOUNT_ABNORMAL: Text("分出方账户异常", "the account of who shares is abnormal"),
    ShareFailReason.INVALID_REQUEST: Text("分账参数有误", "the request was not valid"),
}
"""Why a share was closed."""

FROZEN = Text("待分账", "Frozen")
SHARED = Text("已分出", "Shared")
RETURNED = Text("已回退", "Given back")
THAWED = Text("已解冻", "Unfrozen")
THAWS = Text("还没分的钱到 {at} 自动解冻。", "What nobody shares is unfrozen by itself at {at}.")
NOTHING_FROZEN = Text("没有待分账的钱了。", "Nothing of it is frozen any more.")
NOT_SHARED = Text("还没有请求过分账。", "Nobody has asked to share it yet.")
DUE = Text("还有 {span}完成（{at}）。", "It is carried out in {span} ({at}).")
DONE = Text("{at} 完成。", "Carried out at {at}.")
END = Text("立即完成", "Carry out now")
ENDED = Text("分账单 {out_order_no} 已完成", "Sharing {out_order_no}: carried out")
UNFREEZE = Text("解冻剩余资金", "Unfreeze the rest")
UNFREEZING = Text("已受理解冻 {amount}（{out_order_no}）", "Unfreezing of {amount} accepted ({out_order_no})")
GIVEN_BACK = Text("{account} 回退了 {amount}", "{account} gave back {amount}")
RECEIVERS = Text("分账接收方", "Receivers")
NO_SHARINGS = Text("还没有分账", "Nothing has been shared yet")
NO_SHARINGS_LEAD = Text(
    "下单时带 settle_info.profit_sharing（V2：profit_sharing=Y），支付一分钟后调用 POST /v3/profitsharing/orders。",
    "Place an order with settle_info.profit_sharing (V2: profit_sharing=Y), and a minute after it was paid call POST "
    "/v3/profitsharing/orders.",
)
NO_MATCH = Text("没有符合条件的分账。", "No sharing matches.")
ATTEMPT = Text(
    "分账 {out_order_no}：第 {n} 次通知接收方 {receiver}", "Sharing {out_order_no}: notification {n} to {receiver}"
)
