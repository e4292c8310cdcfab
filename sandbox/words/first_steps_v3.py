"""First steps by APIv3: the same ten, with what is its own."""

from sandbox.core.text import Text
from sandbox.words.step_texts import APP, CLIENT, StepTexts

V3_STEPS: dict[str, StepTexts] = {
    "account": StepTexts(
        Text("商户号", "The merchant account"),
        Text(
            "在商户平台（pay.weixin.qq.com）入驻后得到商户号，APIv3 里叫 mchid。沙箱已经给你备好一个。",
            "Registering at the merchant platform (pay.weixin.qq.com) gives you a merchant number, mchid in APIv3. The "
            "sandbox has one ready.",
        ),
        Text("看看我的商户", "See my merchant"),
        Text("mchid 抄错一位，或者还在用别人的。", "A digit of the mchid is wrong, or it is somebody else's."),
        Text("用错的商户号下单", "Order with a wrong mchid"),
    ),
    "app": APP,
    "pairing": StepTexts(
        Text("关联", "Pairing"),
        Text(
            "appid 要在商户平台与 mchid 关联，两边都确认，才能一起下单。",
            "The appid must be paired with the mchid, confirmed on both sides, before the two can order together.",
        ),
        Text("看看关联", "See the pairing"),
        Text("用了另一个 appid，没有和这个商户号关联。", "Another appid, not paired with this mchid, is used."),
        Text("用没关联的 appid 下单", "Order with an unpaired appid"),
    ),
    "key": StepTexts(
        Text("证书、序列号、APIv3 密钥", "Certificate, serial number, APIv3 key"),
        Text(
            "在商户平台申请商户 API 证书，得到私钥（apiclient_key.pem）和证书；请求用私钥签名，"
            "Authorization 里写证书的序列号。APIv3 密钥（32 位）只用来解密通知和平台证书。签名一共五行：方法、URL、"
            "时间戳、随机串、请求体。",
            "The merchant platform issues an API certificate with its private key (apiclient_key.pem). The key signs "
            "each request; Authorization names the certificate's serial number. The APIv3 key, 32 characters, only "
            "decrypts notifications and platform certificates. Five lines are signed: method, URL, timestamp, nonce, "
            "body.",
        ),
        Text("签一次名", "Sign once"),
        Text(
            "serial_no 写成了微信支付平台证书（或公钥）的，应该是商户自己证书的。",
            "serial_no is that of WeChat Pay's certificate or public key; it should be the merchant's own.",
        ),
        Text("用平台证书的序列号下单", "Order with the platform's serial number"),
    ),
    "order": StepTexts(
        Text("下单", "The first order"),
        Text(
            "后端把订单（订单号、金额、通知地址……）写成 JSON，签名后 POST 到 /v3/pay/transactions/app，换回 prepay_id。"
            "应答也带签名，要用微信支付公钥或平台证书验。",
            "The backend writes the order (number, amount, notify_url ...) as JSON, signs it, POSTs it to "
            "/v3/pay/transactions/app and gets a prepay_id. The answer is signed too: verify it with WeChat Pay's "
            "public key or certificate.",
        ),
        Text("下单", "Place the order"),
        Text(
            "金额写成了元：amount.total 的单位是分，只能是整数。", "The amount is in yuan: amount.total is whole fen."
        ),
        Text("下一笔 0.01 的单", "Order for 0.01"),
    ),
    "second": StepTexts(
        Text("二次签名", "The second signature"),
        Text(
            "后端用商户私钥再签一次名（SHA256-RSA，四行：appid、时间戳、随机串、prepay_id），把字段交给 App。"
            "私钥不下发，App 只转交。",
            "The backend signs once more with the merchant's private key (SHA256-RSA, four lines: appid, timestamp, "
            "nonce, prepay_id) and hands the fields to the app. The key stays; the app only passes them on.",
        ),
        Text("生成给 App 的字段", "Make the fields for the app"),
        Text(
            "第四行照抄了 JSAPI 的写法 prepay_id=…：App 的签名里只有 prepay_id 的值。",
            "The fourth line says prepay_id=... as for JSAPI: for an app it is the bare value.",
        ),
        Text("用 prepay_id=… 签名", "Sign prepay_id=..."),
    ),
    "client": CLIENT,
    "notification": StepTexts(
        Text("支付通知", "The notification"),
        Text(
            "微信把结果 POST 到 notify_url，正文是加密的。先用微信支付公钥或平台证书验签，"
            "再用 APIv3 密钥解密 resource，核对金额，再处理；同一条可能来好几次。",
            "WeChat POSTs the result to the notify_url, sealed. Verify the signature with WeChat Pay's public key or "
            "certificate, decrypt resource with the APIv3 key, check the amount, then act; it may come several times.",
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
            "收到后 5 秒内回 HTTP 200 或 204，不需要正文。其他状态码微信会重试 15 次，历时 24 小时。",
            "Answer HTTP 200 or 204 within 5 s; no body is needed. After any other status WeChat tries 15 times more, "
            "over 24 hours.",
        ),
        Text("看看应答和判定", "See the reply and its verdict"),
        Text(
            "没处理成功，却回了 200 加一段 FAIL 的 XML：那是 V2 的写法。APIv3 只看状态码，不会再通知。",
            "It failed, and the reply is 200 with FAIL in XML: V2's way. APIv3 looks at the status alone and does not "
            "notify again.",
        ),
        Text("用 200 和 FAIL 应答", "Reply 200 and FAIL"),
    ),
    "query": StepTexts(
        Text("查询订单", "The query"),
        Text(
            "通知没到，或者 App 想立刻知道结果：后端 "
            "GET /v3/pay/transactions/out-trade-no/{{out_trade_no}}?mchid=…，以它为准。",
            "No notification yet, or the app asks at once: the backend GETs "
            "/v3/pay/transactions/out-trade-no/{{out_trade_no}}?mchid=..., and that counts.",
        ),
        Text("查询", "Query"),
        Text("忘了查询参数 mchid。", "The query parameter mchid is forgotten."),
        Text("不带 mchid 去查", "Query without mchid"),
    ),
}
