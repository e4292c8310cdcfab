"""What a reply to V3's notification was worth, where V3's words differ. Source: V3 notes, 7, 13.5."""

from sandbox.core.text import Text, verbatim
from sandbox.core.verdicts import VerdictName
from sandbox.words.verdict_texts import VerdictTexts

_RIGHT = verbatim(
    '以 HTTP 200 或 204 应答，不需要应答体；要写就写 {"code":"SUCCESS","message":"成功"}。',
    'Answer HTTP 200 or 204; no body is needed, and where there is one, let it be {"code":"SUCCESS"}.',
)
_NOTHING = Text("无需处理。", "Nothing to do.")

V3_ALONE: dict[VerdictName, VerdictTexts] = {
    VerdictName.OK_XML: VerdictTexts(
        Text("已收到（应答是 XML）", "Received (in XML)"),
        Text(
            "应答有效：APIv3 只看状态码。但应答体是 V2 的 XML{quoted}。",
            "The answer counts, for APIv3 looks at the status alone. But its body is V2's XML{quoted}.",
        ),
        verbatim(
            '不需要应答体；要写就写 {"code":"SUCCESS","message":"成功"}。',
            'No body is needed; where there is one, let it be {"code":"SUCCESS"}.',
        ),
    ),
    VerdictName.OK_HTML: VerdictTexts(
        Text("已收到（应答是网页）", "Received (by a web page)"),
        Text(
            "状态码是 {status}，微信不再通知。可是应答是一个 HTML 页面{quoted}：多半不是通知程序答的，可能没有入账。",
            "The status is {status}, and WeChat stops notifying. But the answer is an HTML page{quoted}: likely not "
            "the program for notifications answered, and the money may not be booked.",
        ),
        Text(
            "看这个地址由哪个程序应答（单页应用的兜底路由、登录页），在商户自己的数据库里查这笔订单。",
            "See which program answers at this address (a single-page app's fallback, a login page), and look for the "
            "order in your own database.",
        ),
    ),
    VerdictName.OK_SAYS_FAIL: VerdictTexts(
        Text("状态码是收到，应答体是 FAIL", "Received by status, FAIL in words"),
        Text(
            "商户以 HTTP {status} 应答 FAIL{because}。APIv3 只看状态码：{status} 就是收到，微信不再通知。",
            "The merchant answered FAIL with HTTP {status}{because}. APIv3 looks at the status alone: {status} means "
            "received, and WeChat stops notifying.",
        ),
        Text(
            "没有处理成功时返回 4xx 或 5xx，微信才会再通知。",
            "Answer 4xx or 5xx where it did not succeed, so that WeChat notifies again.",
        ),
    ),
    VerdictName.REPLAY_TAKEN: VerdictTexts(
        Text("收下了重放的通知", "A replay was taken"),
        Text(
            "这条通知的内容和签名都是真的，但它是重放的（{fault}），商户收下了。沙箱看不到商户的账：是只记了一次吗？",
            "What this message says is true and validly signed, but it is a replay ({fault}), and the merchant took "
            "it. The sandbox does not see the merchant's books: was it booked only once?",
        ),
        Text(
            "Wechatpay-Timestamp 与当前时间相差 5 分钟以上就拒绝；按 transaction_id（退款按 refund_id）只入账一次。"
            "SDK 不一定替你检查时间戳。",
            "Refuse where Wechatpay-Timestamp is more than 5 minutes off; book once by transaction_id (refund_id for a "
            "refund). Not every SDK checks the timestamp for you.",
        ),
    ),
}
"""Verdicts that no other face has."""

V3_VERDICTS: dict[VerdictName, VerdictTexts] = {
    VerdictName.OK: VerdictTexts(
        Text("已收到", "Received"),
        Text(
            "商户以 HTTP {status} 应答，微信不再通知。", "The merchant answered HTTP {status}; WeChat stops notifying."
        ),
        _NOTHING,
    ),
    VerdictName.OK_AGAIN: VerdictTexts(
        Text("再次收到", "Received again"),
        Text(
            "同一笔钱第 {times} 次应答收到。沙箱看不到商户的账：是只记了一次，还是记了 {times} 次？",
            "Acknowledged for the same money, {times} times by now. The sandbox does not see the merchant's books: "
            "were they changed once, or {times} times?",
        ),
        Text(
            "在商户自己的数据库里按 transaction_id（退款按 refund_id）查：只应有一次入账、一次发货。"
            "用唯一约束或行锁保证。",
            "Look in your own database by transaction_id (refund_id for a refund): one booking, one delivery. A unique "
            "key or a row lock makes sure of it.",
        ),
    ),
    VerdictName.OK_ALTERED: VerdictTexts(
        Text("已收到（改过的通知）", "Received, though altered"),
        Text(
            "商户应答收到。这条通知由手工或场景改过，与真的不同：该不该收下，要看改了什么。",
            "The merchant acknowledged it. This notification was altered, by hand or by a scenario, and is not as a "
            "true one: whether it should have been taken depends on what was changed.",
        ),
        Text(
            "改了金额、账号或单号的，商户应当以 4xx 应答，不入账。",
            "Where amount, account or number was changed, answer 4xx and book nothing.",
        ),
    ),
    VerdictName.OK_FORGERY_ERROR: VerdictTexts(
        Text("已拒绝伪造通知（{how}）", "Forgery refused ({how})"),
        Text(
            "这条通知不可信（{fault}），商户以 {how} 拒绝了它，{proof}。看日志确认这是拒绝，而不是程序崩溃。",
            "This message must not be believed ({fault}). It was turned away with {how}, and {proof}. See in the log "
            "that this was a refusal and no crash.",
        ),
        Text("拒绝时返回 HTTP 4xx。", "Refuse with HTTP 4xx."),
    ),
    VerdictName.FORGERY_ACCEPTED: VerdictTexts(
        Text("收下了伪造通知", "Forgery accepted"),
        Text(
            "这条通知不可信（{fault}），商户却应答收到。",
            "This message must not be believed ({fault}), yet the merchant acknowledged it.",
        ),
        Text("{remedy}", "{remedy}"),
    ),
    VerdictName.HTTP_201: VerdictTexts(
        Text("HTTP 201", "HTTP 201"),
        Text("只有 HTTP 200 和 204 算数，201 不算{quoted}。", "Only HTTP 200 and 204 count, 201 does not{quoted}."),
        Text(
            "把状态码设为 200 或 204（有的框架对 POST 默认返回 201）。",
            "Set the status to 200 or 204 (some frameworks answer a POST with 201 by default).",
        ),
    ),
    VerdictName.HTTP_STATUS: VerdictTexts(
        Text("HTTP {status}", "HTTP {status}"),
        Text(
            "商户返回 HTTP {status}，不是 200 或 204{quoted}。",
            "The merchant answered HTTP {status}, neither 200 nor 204{quoted}.",
        ),
        Text(
            "看商户自己的日志：这个地址处理 POST 时出错或不存在；验签失败时核对平台证书（或公钥）和原始报文。",
            "Look at the merchant's own log: this address failed on the POST, or does not exist; where the signature "
            "failed, check the platform certificate (or WeChat Pay's public key) and that the raw body was verified.",
        ),
    ),
    VerdictName.CONTENT_TYPE: VerdictTexts(
        Text("因 Content-Type 被拒", "Refused for its Content-Type"),
        Text(
            "商户因为通知的 Content-Type 拒绝了它{quoted}。通知本身是对的，微信发的是 application/json。",
            "The merchant turned it down for its Content-Type{quoted}. The notification itself is right; WeChat sends "
            "application/json.",
        ),
        Text(
            "这个地址要读原始请求体，不论 Content-Type 写什么：放宽框架的 consumes、body parser 等限制。",
            "Have this address read the raw body, whatever its Content-Type says: loosen the framework's consumes, "
            "body parser or the like.",
        ),
    ),
    VerdictName.TOO_LARGE: VerdictTexts(
        Text("应答太大", "Answer too large"),
        Text("应答的头部没有结束{quoted}。", "The head of the answer does not end{quoted}."),
        _RIGHT,
    ),
}

V3_VERIFY = Text(
    "先用原始报文和 Wechatpay-Serial 对应的平台公钥验签，签名以 WECHATPAY/SIGNTEST/ 开头的也照样验；"
    "时间戳相差 5 分钟以上的拒绝；再用自己的 APIv3 密钥解密，核对 mchid、appid、订单号、金额、transaction_id"
    "（退款核对 refund_id），有一项不对就以 4xx 应答，不入账。",
    "Verify the signature over the raw body with the platform's key that Wechatpay-Serial names, whatever the "
    "signature begins with (WECHATPAY/SIGNTEST/ too); refuse a timestamp more than 5 minutes off; then decrypt with "
    "your own APIv3 key and compare mchid, appid, order number, amount and transaction_id (refund_id for a refund). "
    "Answer 4xx and book nothing where one is wrong.",
)
"""What tells a forgery from the truth."""

V3_SEE = Text(
    "先在商户自己的数据库里看有没有入账。拒绝要用 HTTP 4xx 或 5xx 表示。",
    "See in your own database that nothing was booked. Refuse with HTTP 4xx or 5xx.",
)
