"""The debugging tool (接口调试工具): what a field may hold, and the words of its pages."""

from typing import NamedTuple

from sandbox.core.ports.calls import FieldForm
from sandbox.core.text import Lang, Text

FORMS: dict[str, Text] = {
    "text": Text("文本", "text"),
    "number": Text("字母、数字和 _-|*@", "letters, digits and _-|*@"),
    "appid": Text("字母、数字、_ 和 -", "letters, digits, _ and -"),
    "digits": Text("数字", "digits"),
    "fen": Text("金额：整数，单位分，从 1 起", "an amount: whole fen, from 1"),
    "whole": Text("整数，从 0 起", "a whole number from 0"),
    "order_number": Text("6 到 32 个字母、数字和 _-|*", "6 to 32 letters, digits and _-|*"),
    "refund_number": Text("字母、数字和 _-|*@", "letters, digits and _-|*@"),
    "bill_number": Text("字母和数字", "letters and digits"),
    "openid": Text("openid", "an openid"),
    "moment": Text("时刻，如 2030-06-08T10:34:56+08:00", "a moment, as 2030-06-08T10:34:56+08:00"),
    "sealed": Text("用微信支付公钥加密，Base64", "encrypted with WeChat Pay's public key, Base64"),
    "time": Text("北京时间 yyyyMMddHHmmss", "Beijing time, yyyyMMddHHmmss"),
    "day": Text("日期 yyyyMMdd", "a day, yyyyMMdd"),
    "ip": Text("IPv4 或 IPv6 地址", "an IPv4 or IPv6 address"),
    "url": Text("完整的 http(s) 地址", "a complete http(s) URL"),
    "choice": Text("取值：{choices}", "one of {choices}"),
}
AT_MOST = Text("{form}，最多 {limit} 字节", "{form}, at most {limit} bytes")


def rule(field: FieldForm, lang: Lang) -> str:
    """What a field may hold, in words."""
    form = FORMS[field.form].say(lang, choices=" / ".join(field.choices))
    return AT_MOST.say(lang, form=form, limit=field.limit) if field.limit is not None else form


# -- the page ----------------------------------------------------------------------------------------------------------
TITLE = Text("接口调试", "Debugging tool")
LEAD = Text(
    "选一个接口，填字段，看签名一步步怎么来，发出去，看原始应答。",
    "Choose a call, fill in its fields, see step by step how it is signed, send it, see the raw answer.",
)
TABS = {
    "request": Text("请求", "Request"),
    "check": Text("验签", "Check a signature"),
    "second": Text("二次签名", "Second signature"),
    "payment": Text("支付通知", "Payment notification"),
    "refund": Text("退款通知", "Refund notification"),
}
API = Text("接口", "Call")
CHOOSE = Text("选好了", "Choose")
SIGNED_BY = Text("用谁的密钥签名", "Signed with the key of")
OWN_KEY = Text("或者自己的密钥（不进网址，不保存）", "Or a key of yours (not in the address, not kept)")
SHOW_KEY = Text("显示密钥", "Show the key")
REQUIRED = Text("必填", "required")
REQUIRED_MARK = Text("带 * 的必填；字段名区分大小写。", "* is required; names are case-sensitive.")
OPTIONAL = Text("选填字段（{count}）", "Optional fields ({count})")
ALGORITHM = Text("签名算法", "Algorithm")
NEW_EXAMPLE = Text("换一组示例值", "New example values")
BUILD = Text("生成", "Build")
SEND = Text("发送", "Send")
SEND_TO = Text("发送到 {url}", "Send to {url}")
CERTIFICATE = Text(
    "真实接口要求商户证书（双向 TLS）。这里走沙箱的 HTTP，不带也不看证书，作废的也一样成功："
    "要看它起作用，让后端走 HTTPS，或者开 --require-client-cert（HTTP 上的这个调用就会被拒绝）。",
    "The real API asks for the merchant's certificate (mutual TLS). This tool calls over plain HTTP, where none is "
    "shown or looked for, revoked or not: to see it matter, have the backend call over HTTPS, or use "
    "--require-client-cert (which refuses this call over HTTP).",
)
HMAC_UNDECLARED = Text(
    "用了 HMAC-SHA256，但 sign_type 字段没有写：微信会按 MD5 验签。",
    "HMAC-SHA256 is used, but the field sign_type does not say so: WeChat will check with MD5.",
)
STEPS = Text("一步一步", "Step by step")
STEP_FIELDS = Text("取非空字段，按字段名 ASCII 码从小到大排序", "Take the non-empty fields, sorted by name (ASCII)")
LEFT_OUT = Text("不参与签名：{names}", "Not signed: {names}")
NO_FIELDS = Text("没有非空字段。", "No field has a value.")
STEP_STRING = Text("用 = 和 & 连成一串", "Join them with = and &")
STEP_KEY = Text("末尾接上 &key=API 密钥", "Append &key= and the API key")
KEY_HIDDEN = Text("密钥已隐藏。", "The key is hidden.")
STEP_DIGEST = Text("做 {algorithm}，转成大写十六进制", "{algorithm}, in upper-case hex")
STEP_XML = Text("把 sign 加进去，拼成 XML", "Add sign and write it as XML")
FACE = Text("接口版本", "Version of the API")
FACES = {"v2": "V2", "v3": "APIv3"}
STEP_PARTS = Text("取要签名的各部分", "Take the parts that are signed")
STEP_LINES = Text(
    "各占一行，每行以 \\n 结尾，最后一行也是", "Put each on a line; every line ends in \\n, the last one too"
)
STEP_RSA = Text("用私钥做 SHA256 with RSA，转成 Base64", "SHA256 with RSA by the private key, in Base64")
STEP_HTTP = Text("签名放进 Authorization 头，和请求体一起发出", "Put it into the Authorization header, and send it")
HEADERS = Text("请求头", "Headers")
STRING = Text("待签名串", "String to sign")
PROGRAMS = Text("拿去运行", "Run it yourself")
PROGRAMS_OF_FILE = Text(
    "签名在内，存下就能运行；私钥 apiclient_key.pem 放在同一目录（商户页可下载）。",
    "Signature included; save and run. The private key, apiclient_key.pem, lies beside it (see the merchant's page).",
)
PROGRAMS_HINT = Text(
    "只用标准库，签名在内，存下就能运行。复制出来的代码带着密钥。",
    "Standard library only, signature included; save and run. What is copied holds the key.",
)
UNWRITABLE = Text("有字段名或值写不进 XML。", "A field's name or value cannot be written in XML.")
ANSWER = Text("应答", "Answer")
SENT = Text("HTTP {status}，{ms} 毫秒", "HTTP {status}, {ms} ms")
NO_ANSWER = Text("没有应答：{why}", "No answer: {why}")
WENT_WELL = Text("成功：{code}", "It went well: {code}")
REFUSED = Text("没有成功：{code} {words}", "Refused: {code} {words}")
A_FILE = Text("不是 XML：账单就是这样给出的。", "Not XML: bills are given like this.")
IN_THE_JOURNAL = Text("这次调用", "This call")
ITS_ORDER = Text("这笔订单", "The order")
MENDED_THERE = Text("在这里设置", "Set it there")
TO_SECOND = Text("下一步：二次签名", "Next: the second signature")
TO_CASHIER = Text("打开收银台", "Open the cashier")
ANSWER_SIGN = Text("应答的签名", "The answer's signature")
ANSWER_UNSIGNED = Text(
    "应答没有签名：通信层失败（return_code FAIL）时微信不签名。",
    "The answer has no signature: a return_code FAIL has none.",
)
RIGHT = Text("签名正确", "The signature is right")
WRONG = Text("签名不对", "The signature is wrong")
GIVEN = Text("收到的", "given")
EXPECTED = Text("应该是", "expected")
SIGNED_INSTEAD = Text("实际签的是", "What was signed instead")

CHECK_LEAD = Text(
    "贴上任何一条 V2 的 XML（请求、应答、通知），或者给客户端的 JSON（sign / paySign）。",
    "Paste any XML of V2 (request, answer, notification), or the JSON for the client (sign or paySign).",
)
MESSAGE = Text("消息", "Message")
CHECK = Text("验签", "Check")
BY_MESSAGE = Text("按消息里的商户号", "As the message says")
NO_KEY = Text(
    "消息里没有沙箱认识的商户号：选一个商户，或者填密钥。",
    "The message names no merchant of this sandbox: choose one, or give a key.",
)
OTHER_JSON = Text(
    "这个 JSON 里没有 sign 或 paySign；V3 的签名在请求头里，请粘贴整个 HTTP 请求（或 curl 命令、HAR）。",
    "This JSON has neither sign nor paySign; V3 signs in headers: paste the whole request (raw, as curl, as HAR).",
)

SECOND_LEAD = Text(
    "下单之后，后端还要再签一次名，把这些字段交给 App 或页面，由它调起微信。",
    "Having placed the order, the backend signs once more, and hands these fields to the app or page to invoke WeChat.",
)
CHANNEL = Text("谁来调起支付", "Who invokes payment")
CHANNELS = {
    "app": Text("App", "App"),
    "jsapi": Text("公众号网页（JSAPI）", "Web page (JSAPI)"),
    "mini_program": Text("小程序", "Mini program"),
}
PREPAY_ID = Text("unifiedorder 返回的 prepay_id", "The prepay_id that unifiedorder gave")
NO_PREPAY = Text(
    "没有这个 prepay_id 的订单。先在“请求”里下一笔单。", "No order has this prepay_id. Place one under “Request” first."
)
PAGE = Text("页面地址 url（只有 JSAPI 看）", "url of the page (JSAPI only)")
PAGE_HINT = Text(
    "要在商户的支付授权目录里；留空就不检查。", "Must lie in the merchant's JSAPI directories; empty: not checked."
)
HANDED = Text("交给客户端的 JSON", "The JSON for the client")
HANDED_MINI = Text(
    "小程序的 wx.requestPayment 不传 appId，但签名要算上它。",
    "wx.requestPayment of a mini program is not given appId, but the signature covers it.",
)
WHICH_APPID = Text(
    "服务商的订单：用 sub_openid 下单，签名用 sub_appid；用 openid 下单，用服务商的 appid；"
    "App 用应用自己的 appid（sub_appid）。",
    "A provider's order: by sub_openid it is signed with sub_appid, by openid with the provider's appid; an app signs "
    "with its own appid, the sub_appid.",
)
SIGN_BY_HAND = Text("换一个签名（留空则按规则计算）", "Another signature (empty: computed)")
SEE_CLIENT = Text("交给微信客户端", "Hand it to the client")
OUTCOMES = {
    "": Text("打开收银台", "Open the cashier"),
    "success": Text("用户付款成功", "The payer pays"),
    "cancel": Text("用户取消", "The payer cancels"),
}
CLIENT_SAYS = Text("微信客户端说", "The WeChat client says")
CLIENT_WAITS = Text(
    "签名通过，收银台已经打开，等用户操作。", "The signature is right, the cashier is open, the payer decides."
)
CLIENT_DONE = {
    0: Text("支付成功。仍以后端查询或通知为准。", "Paid. What counts is still the notification or a query."),
    -1: Text("出错：{why}", "Error: {why}"),
    -2: Text("用户取消。", "The payer cancelled."),
}

NOTICE_LEAD = Text(
    "改字段、签名、发到任何允许的地址，看你的应答会被怎样判定。它不属于任何订单，不会重试。",
    "Change fields, sign, send it to any URL that is allowed, and see how your reply is judged. It belongs to no "
    "order, and is not tried again.",
)
URL = Text("发到哪里", "Send it to")


class SealTexts(NamedTuple):
    """How a version of the API seals what a notification tells; `place` is the field that holds it."""

    place: str
    inside: Text
    beside: Text
    plain: Text
    key: Text
    seal: Text
    outer: Text
    opened: Text
    unopened: Text


SEALS = {
    "v2": SealTexts(
        "req_info",
        Text("req_info 里的字段", "Inside req_info"),
        Text("req_info 外面的字段", "Beside req_info"),
        Text("把字段拼成 XML", "Write the fields as XML"),
        Text("密钥：API 密钥的 MD5，32 位小写", "The key: the API key's MD5, 32 characters, lower case"),
        Text("AES-256-ECB 加密（PKCS#7 填充），再 Base64", "AES-256-ECB (PKCS#7 padding), then Base64"),
        Text("放进 XML；退款通知没有 sign", "Put it into XML; a refund notification has no sign"),
        Text("req_info 的内容", "What req_info holds"),
        Text(
            "用这个密钥解不开 req_info。密钥换过？还是复制少了字符？",
            "This key does not open req_info. Was the key changed, or a character lost in copying?",
        ),
    ),
    "v3": SealTexts(
        "resource.ciphertext",
        Text("resource 里的字段（解密后）", "Inside resource (decrypted)"),
        Text("resource 外面的字段", "Beside resource"),
        Text("把字段写成 JSON", "Write the fields as JSON"),
        Text("密钥：APIv3 密钥，32 个字节", "The key: the APIv3 key, 32 bytes"),
        Text(
            "AEAD_AES_256_GCM 加密（nonce 12 字节，associated_data 照填），再 Base64",
            "AEAD_AES_256_GCM (nonce of 12 bytes, associated_data as it stands there), then Base64",
        ),
        Text("放进 JSON 的 resource", "Put it into the JSON, as resource"),
        Text("resource 的内容", "What resource holds"),
        Text(
            "用这个密钥解不开 resource。是 APIv3 密钥吗？associated_data、nonce 是原样的吗？",
            "This key does not open resource. Is it the APIv3 key, and are associated_data and nonce as they came?",
        ),
    ),
}
REPLY_JUDGED = Text("应答的判定", "What the reply is worth")
OPEN_SEALED = Text(
    "解密一条通知（V2 的退款通知，APIv3 的任何通知）", "Decrypt a notification (V2's of a refund, any of APIv3's)"
)
OPEN = Text("解密", "Decrypt")
SEND_NOTICE = Text("发送通知", "Send the notification")
