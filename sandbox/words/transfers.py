"""What people read about transfers to people: in the console, on the phone, on the timeline."""

from sandbox.core.plans import TransferFailReason
from sandbox.core.text import Text

TRANSFERS = Text("转账", "Transfers")
STATES = {
    "WAIT_USER_CONFIRM": Text("待确认", "To be confirmed"),
    "TRANSFERING": Text("转账中", "On its way"),
    "SUCCESS": Text("已到账", "Arrived"),
    "FAIL": Text("失败", "Failed"),
    "CANCELING": Text("撤销中", "Being cancelled"),
    "CANCELLED": Text("已撤销", "Cancelled"),
}
STATE_MARKS = {
    "WAIT_USER_CONFIRM": "◌",
    "TRANSFERING": "◐",
    "SUCCESS": "✓",
    "FAIL": "!",
    "CANCELING": "◐",
    "CANCELLED": "–",
}

NEXT = {
    "WAIT_USER_CONFIRM": Text(
        "还有 {span}可以确认（{at}）；过期即失败，钱退回商户。",
        "To be confirmed within {span} ({at}), else it fails and the money goes back.",
    ),
    "PLANNED": Text("还有 {span}由场景决定（{at}）。", "Its scenario decides in {span} ({at})."),
    "TRANSFERING": Text("还有 {span}有结果（{at}）。", "It ends in {span} ({at})."),
    "CANCELING": Text("还有 {span}撤销完成（{at}）。", "It is cancelled in {span} ({at})."),
}
ENDED = {
    "SUCCESS": Text("{at} 到了收款人零钱。", "The person has had it since {at}."),
    "FAIL": Text(
        "{at} 失败：{why}（{reason}）；钱已退回商户。", "Failed at {at}: {why} ({reason}). The money is back."
    ),
    "CANCELLED": Text("{at} 撤销完成，钱已退回商户。", "Cancelled at {at}; the money is back."),
}
ACTS = {
    "confirm": Text("收款人确认", "Confirm"),
    "success": Text("到账", "Arrive"),
    "fail": Text("失败", "Fail"),
}
ACTED = {
    "confirm": Text("转账 {out_bill_no}：收款人已确认", "Transfer {out_bill_no}: confirmed"),
    "success": Text("转账 {out_bill_no} 已到账", "Transfer {out_bill_no}: arrived"),
    "fail": Text("转账 {out_bill_no} 失败，钱退回商户", "Transfer {out_bill_no}: failed, the money is back"),
}
DECIDES = Text("收款人和微信怎么做", "What the person and WeChat do")
WHY_FAIL = Text("失败原因", "Why it fails")
TO = Text("收款人", "To")
REMARK = Text("备注", "Remark")
NOT_TOLD = Text("转账结果的通知失败（第 {n} 次）：{why}", "The notification failed ({n}). {why}")
BACK_TO_TRANSFER = Text("转账", "Transfer")
NO_TRANSFERS = Text("还没有转账", "No transfers yet")
NO_TRANSFERS_LEAD = Text(
    "商户调用 POST /v3/fund-app/mch-transfer/transfer-bills 发起；商户余额要够，可在商户页充值。",
    "Call POST /v3/fund-app/mch-transfer/transfer-bills; the merchant needs a balance, which its page tops up.",
)
NO_MATCH = Text("没有符合条件的转账。", "No transfer matches.")
SEARCH = Text("搜索转账", "Search transfers")
BY_TRANSFERS = Text("搜索转账：单号、openid、金额", "Search transfers: number, openid, amount")
NOBODY_TOLD = Text("没有通知：发起时没传 notify_url。", "Nobody was told: the transfer has no notify_url.")
OPEN_PHONE = Text("打开确认收款页", "The page to confirm it")
ATTEMPT = Text("第 {n} 次通知商户转账结果", "Notification {n} to the merchant of the transfer")

REASONS = {
    TransferFailReason.ACCOUNT_FROZEN: Text("收款人账户被冻结", "the person's account is frozen"),
    TransferFailReason.ACCOUNT_NOT_EXIST: Text("收款人账户不存在", "the person has no account"),
    TransferFailReason.BANK_CARD_ACCOUNT_ABNORMAL: Text(
        "银行卡销户、冻结、作废或挂失", "the card is closed, frozen, void or lost"
    ),
    TransferFailReason.BANK_CARD_BANK_INFO_WRONG: Text(
        "登记的银行或支行信息有误", "the bank or its branch is recorded wrongly"
    ),
    TransferFailReason.BANK_CARD_CARD_INFO_WRONG: Text("银行卡户名或卡号有误", "the card's holder or number is wrong"),
    TransferFailReason.BANK_CARD_COLLECTIONS_ABOVE_QUOTA: Text("银行卡达到收款限额", "the card may receive no more"),
    TransferFailReason.BANK_CARD_PARAM_ERROR: Text("收款卡错误", "the card is wrong"),
    TransferFailReason.BANK_CARD_STATUS_ABNORMAL: Text("银行卡状态异常", "the card is in no good state"),
    TransferFailReason.BLOCK_B2C_USERLIMITAMOUNT_BSRULE_MONTH: Text(
        "超出收款人月转账收款限额", "the person's limit of the month is reached"
    ),
    TransferFailReason.BLOCK_B2C_USERLIMITAMOUNT_MONTH: Text(
        "收款人账户有风险，本月受限", "the person is restricted this month"
    ),
    TransferFailReason.DAY_RECEIVED_COUNT_EXCEED: Text("超过单日收款次数", "too many transfers to the person today"),
    TransferFailReason.DAY_RECEIVED_QUOTA_EXCEED: Text("超过单日收款额度", "too much to the person today"),
    TransferFailReason.ID_CARD_NOT_CORRECT: Text("收款人身份证校验不通过", "the person's identity card does not fit"),
    TransferFailReason.MERCHANT_REJECT: Text("商户员工驳回转账", "an employee of the merchant's rejected it"),
    TransferFailReason.MERCHANT_NOT_CONFIRM: Text(
        "商户员工超时未验密", "no employee of the merchant's confirmed it in time"
    ),
    TransferFailReason.MONTH_RECEIVED_QUOTA_EXCEED: Text("超过单月收款额度", "too much to the person this month"),
    TransferFailReason.NAME_NOT_CORRECT: Text("收款人姓名校验不通过", "the person's name does not fit"),
    TransferFailReason.OPENID_INVALID: Text("openid 不属于商户的 appid", "the openid is not the appid's"),
    TransferFailReason.OTHER_FAIL_REASON_TYPE: Text("其他原因", "another reason"),
    TransferFailReason.OVERDUE_CLOSE: Text("24 小时内没有确认", "not confirmed within 24 hours"),
    TransferFailReason.PAYEE_ACCOUNT_ABNORMAL: Text("收款人账户收款异常", "the person's account cannot receive"),
    TransferFailReason.PAYER_ACCOUNT_ABNORMAL: Text("商户账户付款受限", "the merchant's account may not pay"),
    TransferFailReason.PRODUCT_AUTH_CHECK_FAIL: Text("产品权限未开通或被冻结", "the product is not open, or frozen"),
    TransferFailReason.REALNAME_ACCOUNT_RECEIVED_QUOTA_EXCEED: Text(
        "收款人账户收款受限", "the person's account is limited"
    ),
    TransferFailReason.REAL_NAME_CHECK_FAIL: Text("收款人未实名认证", "the person's identity is not verified"),
    TransferFailReason.RECEIVE_ACCOUNT_NOT_CONFIGURE: Text(
        "转账场景里没有这个收款账户", "the scene has no such account"
    ),
    TransferFailReason.RECEIVE_ACCOUNT_NOT_PERMMIT: Text("收款账户不允许", "the account may not receive"),
    TransferFailReason.TRANSFER_QUOTA_EXCEED: Text("超过单笔收款额度", "too much for one transfer"),
    TransferFailReason.TRANSFER_REMARK_SET_FAIL: Text("转账备注设置失败", "the remark could not be set"),
    TransferFailReason.TRANSFER_RISK: Text("转账存在风险，被微信拦截", "risk control stopped it"),
    TransferFailReason.TRANSFER_SCENE_INVALID: Text("转账场景不可用", "the scene cannot be used"),
    TransferFailReason.TRANSFER_SCENE_UNAVAILABLE: Text("没有这个转账场景", "the scene is not available"),
}

# -- the WeChat client -------------------------------------------------------------------------------------------------
REFUSED = {
    "missing": Text("没有传 {field}", "{field} is missing"),
    "package": Text("package 不是任何转账的 package_info", "the package is no transfer's package_info"),
    "mch_id": Text("mchId 是 {given}，转账是 {expected} 的", "mchId is {given}, the transfer is of {expected}"),
    "appid": Text("appId 是 {given}，转账用的是 {expected}", "appId is {given}, the transfer has {expected}"),
    "openid": Text("openId 是 {given}，收款人是 {expected}", "openId is {given}, it goes to {expected}"),
    "over": Text("转账已经不在等确认", "the transfer waits for no confirmation any more"),
}
"""Why the client shows no page to confirm a transfer."""

# -- the person's phone ------------------------------------------------------------------------------------------------
CONFIRM_TITLE = Text("确认收款", "Confirm receipt")
FROM = Text("来自", "From")
RECEIVE = Text("收款", "Receive")
STAY_OUT = Text("暂不收款", "Not now")
AS_WHAT = Text("款项", "For")
INTO = Text("存入零钱", "It goes to the wallet")
CONFIRMED = Text("已收款", "Received")
ON_ITS_WAY = Text("正在存入零钱", "On its way to the wallet")
LEFT = Text("还没有收款", "Not received yet")
LEFT_MORE = Text("24 小时内都可以确认。", "It can be confirmed within 24 hours.")
GONE = Text("这笔转账已失效", "This transfer is no longer valid")
UNKNOWN = Text("没有这笔转账", "There is no such transfer")
QA_TITLE = Text("让这笔转账失败", "Make this transfer fail")
QA_HINT = Text(
    "转账变为 FAIL，带上这个 fail_reason，商户会收到通知。",
    "It becomes FAIL with this fail_reason, and the merchant is notified.",
)
QA_FACTS = Text("这笔转账", "This transfer")
