"""First steps: the guided path from an account to a paid order, and what goes wrong most often on the way."""

from collections.abc import Mapping

from sandbox.core.text import Text
from sandbox.words.first_steps_v3 import V3_STEPS
from sandbox.words.step_texts import APP, CLIENT, StepTexts

START = Text("第一次接入", "First steps")
LEAD = Text(
    "从没接过微信支付？照着真实的先后走一遍：每一步都真的在沙箱里发生，也可以故意弄错，看看错的样子。",
    "Never integrated WeChat Pay? Go the way as it really goes: each step happens in this sandbox, and can be made to "
    "go wrong, so that you have seen it before.",
)
WHICH = Text("接哪一版接口", "Which API")
FACE_HINTS = {
    "v3": Text("新商户都用它：JSON、商户证书签名。", "What new merchants get: JSON, signed by certificate."),
    "v2": Text("老项目里的：XML、API 密钥签名。", "What older projects have: XML, signed with the API key."),
}
"""By the names of faces, that of newcomers first."""
ORDER_OF = Text("这一趟的订单号", "The order of this tour")
AGAIN = Text("从头再来一趟", "Start over")
DONE = Text("做完了", "done")
STEP_OF = Text("第 {n} 步，共 {of} 步", "Step {n} of {of}")
PROGRESS = Text("已完成 {n} / {of}", "{n} of {of} done")
ALL_STEPS = Text("全部步骤", "All steps")
NEXT_STEP = Text("下一步：{title}", "Next: {title}")
HERE_RESULT = Text(
    "真实的结果会出现在这里：请求、应答、签名串。",
    "What really came of it appears here: request, answer, string to sign.",
)
RESULT_GONE = Text(
    "这一步做过了，当时的结果没有留下来。再按一次就看得到。",
    "This was done, and what came of it then is no longer kept. Press the button again to see it.",
)
RESULT_OF = {"do": Text("这一步的结果", "What came of it"), "wrong": Text("弄错的结果", "What came of the mistake")}
FINISHED = Text(
    "十步都走完了：一笔订单从下单到到账。", "All ten steps are done: one order, from placing it to money that arrived."
)
USUAL = Text("最常见的错", "What goes wrong most often")
THEN = Text("接下来", "And then")
THEN_CONNECT = Text("让你的后端指向沙箱", "Point your backend at the sandbox")
THEN_DEBUG = Text("在接口调试里逐步看签名", "See signatures step by step in the debugging tool")
THEN_SCENARIOS = Text("试试各种出错场景", "Try what can go wrong, by name")

STEPS: dict[str, StepTexts] = {
    "account": StepTexts(
        Text("商户号", "The merchant account"),
        Text(
            "在商户平台（pay.weixin.qq.com）入驻后得到 mch_id。沙箱已经给你备好一个。",
            "Registering at the merchant platform (pay.weixin.qq.com) gives you a mch_id. The sandbox has one ready.",
        ),
        Text("看看我的商户", "See my merchant"),
        Text("mch_id 抄错一位，或者还在用别人的。", "A digit of the mch_id is wrong, or it is somebody else's."),
        Text("用错的商户号下单", "Order with a wrong mch_id"),
    ),
    "app": APP,
    "pairing": StepTexts(
        Text("关联", "Pairing"),
        Text(
            "appid 要在商户平台与 mch_id 关联，两边都确认，才能一起下单。",
            "The appid must be paired with the mch_id, confirmed on both sides, before the two can order together.",
        ),
        Text("看看关联", "See the pairing"),
        Text("用了另一个 appid，没有和这个商户号关联。", "Another appid, not paired with this mch_id, is used."),
        Text("用没关联的 appid 下单", "Order with an unpaired appid"),
    ),
    "key": StepTexts(
        Text("API 密钥", "The API key"),
        Text(
            "在商户平台设置 32 位的 API 密钥。每个请求都用它签名，微信的应答和通知也用它签名。它只能放在后端。",
            "The API key, 32 characters, is set at the merchant platform. It signs each request, and WeChat's answers "
            "and notifications. It belongs on the backend only.",
        ),
        Text("签一次名", "Sign once"),
        Text("拿 APIv3 密钥来签 V2 的请求。", "The APIv3 key signs a V2 request."),
        Text("用 APIv3 密钥下单", "Order with the APIv3 key"),
    ),
    "order": StepTexts(
        Text("统一下单", "The first unifiedorder"),
        Text(
            "后端把订单（订单号、金额、通知地址……）签名后发给 /pay/unifiedorder，换回 prepay_id。",
            "The backend signs the order (number, amount, notify_url ...), sends it to /pay/unifiedorder and gets a "
            "prepay_id.",
        ),
        Text("下单", "Place the order"),
        Text("金额写成了元：total_fee 的单位是分，只能是整数。", "The amount is in yuan: total_fee is whole fen."),
        Text("下一笔 0.01 的单", "Order for 0.01"),
    ),
    "second": StepTexts(
        Text("二次签名", "The second signature"),
        Text(
            "后端再签一次名，把 prepay_id 和签名交给 App。密钥不下发，App 只转交。",
            "The backend signs once more and hands prepay_id and signature to the app. The key stays; the app only "
            "passes them on.",
        ),
        Text("生成给 App 的字段", "Make the fields for the app"),
        Text(
            "字段名照抄了 SDK 的驼峰写法（partnerId、nonceStr）来签名：App 的签名用全小写。",
            "The names were signed in the SDK's camel case (partnerId, nonceStr): for apps they are all lower case.",
        ),
        Text("用驼峰字段名签名", "Sign camel-case names"),
    ),
    "client": CLIENT,
    "notification": StepTexts(
        Text("支付通知", "The notification"),
        Text(
            "微信把结果 POST 到 notify_url。发货只认它（或查询），先验签，再核对金额，再处理；同一条可能来好几次。",
            "WeChat POSTs the result to the notify_url. Only it (or a query) counts: check the signature, then the "
            "amount, then act; it may come several times.",
        ),
        Text("看看收到的通知", "See the notification"),
        Text(
            "notify_url 被登录拦住：微信没有你的会话，只会被转到登录页。",
            "The notify_url asks for a login: WeChat has no session, and is sent to the login page.",
        ),
        Text("把通知发到要登录的地址", "Notify a URL behind a login"),
    ),
    "reply": StepTexts(
        Text("应答通知", "The reply"),
        Text(
            "收到后 5 秒内回一段 XML：return_code SUCCESS。不然微信会重试 15 次，历时 24 小时。",
            "Answer within 5 s with XML: return_code SUCCESS. Otherwise WeChat tries 15 times more, over 24 hours.",
        ),
        Text("看看应答和判定", "See the reply and its verdict"),
        Text(
            "回了 JSON（code: SUCCESS）：那是 V3 的写法，V2 不认。",
            "The reply is JSON (code: SUCCESS): V3's way, not V2's.",
        ),
        Text("用 JSON 应答", "Reply in JSON"),
    ),
    "query": StepTexts(
        Text("查询订单", "The query"),
        Text(
            "通知没到，或者 App 想立刻知道结果：后端查 /pay/orderquery，以它为准。",
            "No notification yet, or the app asks at once: the backend queries /pay/orderquery, and that counts.",
        ),
        Text("查询", "Query"),
        Text("查的是另一个号（比如把 prepay_id 当订单号）。", "Another number is asked for (say, the prepay_id)."),
        Text("拿错的号去查", "Query a wrong number"),
    ),
}

HERE_IT_IS = Text("就是它。", "Here it is.")
PAIRED = Text("{appid} 已与 {mch_id} 关联。", "{appid} is paired with {mch_id}.")
NO_APP = Text("这个商户还没有关联 appid。", "This merchant is paired with no appid.")
SIGNED = Text("签好了。", "It is signed.")
SIGNATURE = Text("签名", "The signature")
MADE = Text("后端把它交给 App。", "The backend hands this to the app.")
ORDER_FIRST = Text("先下单（第 5 步）。", "Place the order first (step 5).")
PAY_FIRST = Text("先付款（第 7 步）。", "Pay first (step 7).")
ON_ITS_WAY = Text("通知还在路上，过一会儿再看。", "The notification is on its way; look again in a moment.")
REQUEST = Text("请求", "Request")
REPLY = Text("应答", "Reply")
OPENED = Text("解密以后", "Decrypted")
_TITLES = {
    "string": Text("待签名串（密钥已隐藏）", "The string to sign (key hidden)"),
    "signed_string": Text("实际签的串（密钥已隐藏）", "The string that was signed (key hidden)"),
    "right_string": Text("应该签的串（密钥已隐藏）", "The string to be signed (key hidden)"),
    "answer_string": Text(
        "应答的签名验过了，对的。验的是这个串（密钥已隐藏）",
        "The answer's signature is right; it is over this string (key hidden)",
    ),
    "asked_wrongly": Text(
        "查的是一笔订单的 prepay_id {prepay_id}。out_trade_no 最多 32 位，它有 {length} 位，"
        "所以只送了前 32 个字符（整个送去是参数错误）。"
        "没有订单用这个号：查询用下单时自己的 out_trade_no，或者支付后的 transaction_id。",
        "What was queried is an order's prepay_id, {prepay_id}. An out_trade_no has 32 characters at most and this has "
        "{length}, so only the first 32 were sent (the whole is a parameter error). No order has this number: query by "
        "your own out_trade_no, or, once paid, by the transaction_id.",
    ),
}
_OF_FACE = {
    ("v3", "string"): Text(
        "待签名串（每行末尾都有换行，最后一行也有）", "The string to sign (each line ends in \\n, the last too)"
    ),
    ("v3", "signed_string"): Text("实际签的串", "The string that was signed"),
    ("v3", "right_string"): Text("应该签的串", "The string to be signed"),
    ("v3", "answer_string"): Text(
        "应答的签名用微信支付的公钥验过了，对的。验的是这三行：时间戳、随机串、应答体",
        "The answer's signature is right by WeChat Pay's public key; it is over these three lines: timestamp, nonce, "
        "body",
    ),
    ("v3", "asked_wrongly"): Text(
        "查询订单必须带 ?mchid=，而且它在 URL 里，也要签进去：签名用的是路径加查询串，和实际发送的一字不差。",
        "The query needs ?mchid=, and as a part of the URL it is signed too: path and query string, exactly as sent.",
    ),
}
"""What a face, by its name, has other words for."""


def steps_of(face: str) -> Mapping[str, StepTexts]:
    """The steps of a face, in their order."""
    return V3_STEPS if face == "v3" else STEPS


def titled(face: str, name: str) -> Text:
    """A title, or a sentence, as a face has it."""
    return _OF_FACE.get((face, name)) or _TITLES[name]


JSON = Text("给 App 的 JSON", "The JSON for the app")
ACCOUNT = Text("账号", "Account")
MERCHANT_PAGE = Text("商户页", "The merchant's page")
ITS_ORDER = Text("这笔订单", "The order")
