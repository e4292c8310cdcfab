"""An order placed again, and its story as a text to hand on: the words of both."""

from sandbox.core.text import Text

# -- placed again ------------------------------------------------------------------------------------------------------
AGAIN = Text("再下一单", "Place again")
AGAIN_HINT = Text(
    "同样的字段、新的订单号，真的签名调用一次接口",
    "The same fields and a new out_trade_no, as a real signed call of the API",
)
PLACED_AGAIN = Text("已按 {before} 再下一单：{out_trade_no}。", "{before} is placed again as {out_trade_no}.")
PLACED_ALL_THE_SAME = Text(
    "已按 {before} 再下一单：{out_trade_no}，不过应答是 {why}",
    "{before} is placed again as {out_trade_no}, though the answer was {why}",
)
NOT_PLACED_AGAIN = Text("没有下成：{why}", "It could not be placed again: {why}")
NO_ANSWER = Text("没有应答", "no answer")

# -- the story ---------------------------------------------------------------------------------------------------------
COPY_STORY = Text("复制经过", "Copy the story")
COPY_STORY_HINT = Text(
    "这笔订单的经过，Markdown 格式，密钥已隐藏：贴到缺陷单里",
    "All that happened, as Markdown with keys hidden: for a bug report",
)
TITLE = Text("订单 {out_trade_no}：{amount}，{state}", "Order {out_trade_no}: {amount}, {state}")
TOLD_BY = Text(
    "微信支付沙箱 wxpay-sandbox {version}，不是真的微信支付。时间是沙箱的，北京时间。密钥已隐藏。",
    "Told by wxpay-sandbox {version}, which is not WeChat Pay. Times are the sandbox's, in Beijing. Keys are hidden.",
)
FACTS = Text("订单", "The order")
SCENARIO = Text("场景", "scenario")
HAPPENED = Text("经过", "What happened")
NOTHING = Text("还没有发生什么。", "Nothing happened yet.")
LEFT_OUT = Text("……这里略去 {n} 条……", "... {n} entries are left out here ...")
REQUEST = Text("请求", "Request")
REPLY = Text("应答 HTTP {status}", "Reply, HTTP {status}")
NO_REPLY = Text("没有应答。", "No reply came.")
CUT = Text("（只保留了前一部分）", "(only its first part is kept)")
NOT_TEXT = Text("{size} 字节，不是 UTF-8：", "{size} bytes that are not UTF-8:")
SIGNATURE = {
    "ok": Text("签名正确", "signature right"),
    "missing": Text("没有签名", "no signature"),
}
SIGNATURE_WRONG = Text("签名错误", "signature wrong")
STRING_TO_SIGN = Text("待签名串", "String to sign")
ATTEMPT = Text("通知，第 {n} 次：{url}", "Notification, attempt {n}: {url}")
VERDICT = Text("判定：{title}", "Verdict: {title}")
MEND = Text("怎么改：{fix}", "Mend: {fix}")
