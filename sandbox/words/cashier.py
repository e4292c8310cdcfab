"""What the payer's screen says. The Chinese is WeChat's own where it is known (docs/fidelity.md)."""

from sandbox.core.causes import Cause
from sandbox.core.text import Text
from sandbox.words.causes import ORDER_PAID_ERR_STR, PAYMENT_FAILED_ERR_STR, TIME_EXPIRE_ERR_STR

SANDBOX = Text("微信支付沙箱 · 不会真实扣款", "WeChat Pay sandbox · no real money moves")

# -- paying ------------------------------------------------------------------------------------------------------------

TITLE = Text("确认付款", "Confirm payment")
PAY_TO = Text("付款给", "Pay")
ITEM = Text("商品", "Item")
METHOD = Text("支付方式", "Payment method")
FEN = Text("分", "fen")
CONFIRM = Text("确认支付", "Pay")
LEFT = Text("剩余 ¥{yuan}", "¥{yuan} left")
SHORT = Text("余额不足（剩余 ¥{yuan}）", "Not enough (¥{yuan} left)")
NO_CREDIT = Text("商户不支持信用卡支付", "The merchant takes no credit cards")

PASSWORD = Text("请输入支付密码", "Enter payment password")
PASSWORD_HINT = Text("沙箱：任意 6 位数字", "Sandbox: any six digits")
PASSWORD_WRONG = Text("支付密码是 6 位数字，请重试", "The payment password has six digits; try again")
DIGIT = Text("数字 {n}", "Digit {n}")
DELETE = Text("删除", "Delete")
CLOSE = Text("关闭", "Close")
BACK = Text("返回", "Back")

LEAVE = Text("是否放弃本次支付？", "Abandon this payment?")
LEAVE_YES = Text("放弃", "Abandon")
LEAVE_NO = Text("继续支付", "Keep paying")

# -- afterwards --------------------------------------------------------------------------------------------------------

PAID = Text("支付成功", "Payment successful")
DONE = Text("完成", "Done")
FAILED = Text("支付失败", "Payment failed")
RETRY = Text("重新支付", "Try again")
OK = Text("确定", "OK")
CANCELLED = Text("已取消支付", "Payment cancelled")
CANCELLED_MORE = Text("订单仍可支付。", "The order can still be paid.")
UNPAYABLE = Text("无法支付", "Cannot pay")
BACK_TO_MERCHANT = Text("返回商家", "Back to merchant")
MAY_CLOSE = Text("可以关闭本页了。", "You may close this page.")
WECHAT_SAYS = Text("微信原文：", "WeChat says:")

# -- WeChat's sentences for what cannot be paid ------------------------------------------------------------------------

CODE_EXPIRED = Text("码已过期，请重新生成", "The code has expired. Please get a new one.")
REQUEST_EXPIRED = Text("支付请求已失效，请重新发起支付", "The payment request is no longer valid. Please start again.")
H5_MALFORMED = Text("商家参数格式有误，请联系商家解决", "The merchant's parameters are malformed; ask the merchant.")
H5_UNSET = Text("商家存在未配置的参数，请联系商家解决", "The merchant has not set a parameter; ask the merchant.")
H5_NETWORK = Text("网络环境未能通过安全验证，请稍后再试", "The network did not pass a safety check. Please try later.")
H5_REFERER_MISSING = Text(
    "打开 mweb_url 时没有 Referer：要从商户的页面跳转（WebView 要自己设），域名在 H5 支付域名（{expected}）里。",
    "mweb_url was opened without a Referer: open it from a page of the merchant's (a WebView sets it itself), on "
    "one of the H5 domains ({expected}).",
)
H5_REFERER_FOREIGN = Text(
    "跳转来自 {given}，不在 H5 支付域名（{expected}）里；域名要完全相同，没有通配。",
    "It came from {given}, which is not of the H5 domains ({expected}); the host must be the very same.",
)
H5_REDIRECT_FOREIGN = Text(
    "redirect_url 是 {given}，不在 H5 支付域名（{expected}）里。",
    "redirect_url is {given}, which is not of the H5 domains ({expected}).",
)
H5_OTHER_IP = Text(
    "打开页面的 IP 是 {given}，下单时的 spbill_create_ip 是 {expected}；要传付款人的 IP，不是服务器的。",
    "The page was opened from {given}, the order's spbill_create_ip is {expected}; send the payer's, not the server's.",
)
PREPAY_EXPIRED = Text(Cause.ORDER_EXPIRED.err_str, "The order has expired. Please order again.")
TIME_EXPIRED = Text(TIME_EXPIRE_ERR_STR, "The merchant's time limit for this payment has passed. Please start again.")
ORDER_CLOSED = Text(Cause.ORDER_CLOSED.err_str, "The order is closed and cannot be paid.")
HINDRANCES = {
    Cause.LOGGED_OUT: Text(
        Cause.LOGGED_OUT.err_str, "Your WeChat account is logged in on another device. Log in again to pay."
    ),
    Cause.TOO_OLD: Text(Cause.TOO_OLD.err_str, "This WeChat is too old to pay. Please update it."),
}
"""What keeps the payer's phone from paying anything."""
ORDER_PAID = Text(ORDER_PAID_ERR_STR, "The order has been paid already.")
PAYMENT_FAILED = Text(PAYMENT_FAILED_ERR_STR, "The payment failed. Please order again.")
ORDER_UNKNOWN = Text("商家订单信息有误，请重新下单支付", "The merchant's order is not valid. Please order again.")
BAD_FORM = Text("看不懂这个操作，请刷新后重试。", "This act is not understood. Reload the page and try again.")

# -- the tester's drawer -----------------------------------------------------------------------------------------------

QA_OPEN = Text("测试抽屉", "Tester's drawer")
QA_TITLE = Text("让这次支付失败", "Make this payment fail")
QA_HINT = Text(
    "客户端得到 errCode -1；订单仍可支付，不会通知商户。",
    "The client gets errCode -1; the order stays payable, the merchant is not notified.",
)
QA_FACTS = Text("这笔订单", "This order")
QA_LANGUAGE = Text("语言", "Language")

# -- finding an order --------------------------------------------------------------------------------------------------

SCAN = Text("扫一扫", "Scan")
SCAN_HINT = Text("粘贴二维码的内容（weixin://wxpay/…）", "Paste what the code holds (weixin://wxpay/…)")
SCAN_GO = Text("打开收银台", "Open the cashier")
