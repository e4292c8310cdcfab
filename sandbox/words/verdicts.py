"""What a merchant's reply to a notification was worth, why, and how to mend it. `Verdict.facts` fill the braces.

Source: V2 notes, 5.2 (应答), with the official list of wrong answers.
"""

import re
from dataclasses import dataclass

from sandbox.core.notifications import ATTEMPT_SECONDS, NotificationKind
from sandbox.core.plans import MessageFault
from sandbox.core.text import Lang, Text
from sandbox.core.verdicts import FACE, Finding, Verdict, VerdictName
from sandbox.words.scenario_pages import ALTERED
from sandbox.words.scenarios import message_faults
from sandbox.words.verdict_texts import VerdictTexts
from sandbox.words.verdicts_v3 import V3_ALONE, V3_SEE, V3_VERDICTS, V3_VERIFY

RIGHT_ANSWER = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>"


_PLAIN = Text(
    "以 HTTP 200 返回且只返回：" + RIGHT_ANSWER,
    "Answer HTTP 200 with exactly this and nothing else: " + RIGHT_ANSWER,
)
_EXCLUDE = Text(
    "把通知地址排除在登录校验、会话、CSRF 校验和跳转之外：微信不带 Cookie，也不跟随跳转。",
    "Keep login checks, sessions, CSRF checks and redirects away from the notify_url: WeChat brings no cookie and "
    "follows no redirect.",
)

VERDICTS: dict[VerdictName, VerdictTexts] = {
    VerdictName.OK: VerdictTexts(
        Text("已收到", "Received"),
        Text("商户应答 SUCCESS，微信不再通知。", "The merchant answered SUCCESS; WeChat stops notifying."),
        Text("无需处理。", "Nothing to do."),
    ),
    VerdictName.OK_NO_RETURN_MSG: VerdictTexts(
        Text("已收到（缺 return_msg）", "Received (no return_msg)"),
        Text(
            "应答有效，但没有 return_msg；有商户反映因此被重复通知。",
            "The answer counts, but it has no return_msg; a merchant reported being notified again for that.",
        ),
        Text("把 return_msg 也返回。", "Send return_msg as well."),
    ),
    VerdictName.OK_OTHER_ROOT: VerdictTexts(
        Text("已收到（根元素不是 xml）", "Received (the root is not xml)"),
        Text(
            "应答有效，但根元素是 {given}，文档写的是 xml。有常用的库这样应答，也收得到款。",
            "The answer counts, but its root element is {given}, where the documents have xml. Libraries in wide use "
            "answer so, and are paid.",
        ),
        Text("把根元素写成 <xml>。", "Call the root element <xml>."),
    ),
    VerdictName.OK_AGAIN: VerdictTexts(
        Text("再次收到", "Received again"),
        Text(
            "同一笔钱第 {times} 次应答 SUCCESS。沙箱看不到商户的账：是只记了一次，还是记了 {times} 次？",
            "SUCCESS for the same money, {times} times by now. The sandbox does not see the merchant's books: were "
            "they changed once, or {times} times?",
        ),
        Text(
            "在商户自己的数据库里按 transaction_id（退款按 refund_id）查：只应有一次入账、一次发货。"
            "用唯一约束或行锁保证。",
            "Look in your own database by transaction_id (refund_id for a refund): one booking, one delivery. A unique "
            "key or a row lock makes sure of it.",
        ),
    ),
    **V3_ALONE,
    VerdictName.OK_ALTERED: VerdictTexts(
        Text("已收到（改过的通知）", "Received, though altered"),
        Text(
            "商户应答 SUCCESS。这条通知由手工或场景改过，与真的不同：该不该收下，要看改了什么。",
            "The merchant answered SUCCESS. This notification was altered, by hand or by a scenario, and is not as a "
            "true one: whether it should have been taken depends on what was changed.",
        ),
        Text(
            "改了密钥、金额、账号或单号的，商户应当应答 FAIL，不入账。",
            "Where key, amount, account or number was changed, answer FAIL and book nothing.",
        ),
    ),
    VerdictName.ALTERED_REFUSED: VerdictTexts(
        Text("拒绝了改过的通知", "Altered one refused"),
        Text(
            "商户拒绝了它（{how}）{quoted}。这条通知由场景改过：改得不真实，拒绝是对的；仍然真实，就应当收下。",
            "The merchant turned it down ({how}){quoted}. A scenario altered it: that is right where it became "
            "untrue, and wrong where it is still true.",
        ),
        Text(
            "对照场景里改了什么，再看商户日志里的原因。",
            "Compare what the scenario changed with the reason in the merchant's log.",
        ),
    ),
    VerdictName.OK_FORGERY_REFUSED: VerdictTexts(
        Text("已拒绝伪造通知", "Forgery refused"),
        Text(
            "这条通知不可信（{fault}），商户拒绝了它（{how}），{proof}：正确。",
            "This message must not be believed ({fault}). It was refused ({how}), and {proof}: right.",
        ),
        Text("无需处理。", "Nothing to do."),
    ),
    VerdictName.OK_FORGERY_ERROR: VerdictTexts(
        Text("已拒绝伪造通知（{how}）", "Forgery refused ({how})"),
        Text(
            "这条通知不可信（{fault}），商户以 {how} 拒绝了它，{proof}。看日志确认这是拒绝，而不是程序崩溃。",
            "This message must not be believed ({fault}). It was turned away with {how}, and {proof}. See in the log "
            "that this was a refusal and no crash.",
        ),
        Text("拒绝时返回 return_code FAIL 或 HTTP 4xx。", "Refuse with return_code FAIL, or HTTP 4xx."),
    ),
    VerdictName.FAILURE_ACKNOWLEDGED: VerdictTexts(
        Text("已确认，请核对没有入账", "Acknowledged; see that nothing was booked"),
        Text(
            "这条通知说的是没有付成（{fault}）。商户确认收到，这没有错；沙箱看不到商户的账，看不出有没有当成付款入账。",
            "This message tells of no payment ({fault}). To acknowledge it is right; the sandbox does not see the "
            "merchant's books, and so not whether it was booked as one.",
        ),
        Text(
            "在商户自己的数据库里查这笔订单：收到这条之后不应变成已支付。",
            "Look for the order in your own database: this message must not have made it paid.",
        ),
    ),
    VerdictName.CANNOT_TELL: VerdictTexts(
        Text("无法判断", "Cannot tell"),
        Text("这条通知不可信（{fault}）。{reason}", "This message must not be believed ({fault}). {reason}"),
        Text("{remedy}", "{remedy}"),
    ),
    VerdictName.ENTITY_FETCHED: VerdictTexts(
        Text("解析了外部实体", "External entity fetched"),
        Text(
            "这条通知不可信（{fault}）。不论怎样应答，商户的 XML 解析器访问了其中的外部实体：有 XXE 漏洞。",
            "This message must not be believed ({fault}). Whatever was answered, the merchant's XML parser fetched its "
            "external entity: it is open to XXE.",
        ),
        Text(
            "XML 解析器禁用 DOCTYPE 和外部实体。",
            "Make the XML parser refuse a DOCTYPE and external entities.",
        ),
    ),
    VerdictName.OK_NATIVE: VerdictTexts(
        Text("取得订单", "Order given"),
        Text("商户返回了预支付订单 {prepay_id}。", "The merchant answered with the prepay_id {prepay_id}."),
        Text("无需处理。", "Nothing to do."),
    ),
    VerdictName.NATIVE_URL_FIELDS: VerdictTexts(
        Text("二维码参数不全", "Parameters missing"),
        Text("静态码缺少或写错了 {fields}。", "The static code lacks {fields}, or has it in the wrong form."),
        Text(
            "weixin://wxpay/bizpayurl? 之后要有 sign、appid、mch_id、product_id、time_stamp（10 位秒数）、nonce_str。",
            "After weixin://wxpay/bizpayurl? come sign, appid, mch_id, product_id, time_stamp (seconds), nonce_str.",
        ),
    ),
    VerdictName.NATIVE_URL_ACCOUNT: VerdictTexts(
        Text("二维码的账号不对", "Unknown accounts"),
        Text(
            "沙箱里没有商户号 {mch_id}，或 {appid} 没有与它关联。",
            "No merchant {mch_id} that has {appid}.",
        ),
        Text("检查静态码里的 mch_id 和 appid。", "Check mch_id and appid in the static code."),
    ),
    VerdictName.NATIVE_URL_SIGN: VerdictTexts(
        Text("二维码签名错误", "Wrong signature in the code"),
        Text("静态码的 sign 不对。", "The static code's sign is wrong."),
        Text(
            "用 API 密钥对 appid、mch_id、nonce_str、product_id、time_stamp 做 MD5 签名。",
            "Sign appid, mch_id, nonce_str, product_id and time_stamp with MD5 and the API key.",
        ),
    ),
    VerdictName.NATIVE_URL_OTHER: VerdictTexts(
        Text("不是静态码", "No static code"),
        Text("这不是静态码，也不是它的短链接。", "This is no static code, nor a short URL of one."),
        Text(
            "统一下单得到的 code_url（pr=…）直接在收银台打开：/cashier?code_url=…",
            "An order's own code_url (pr=...) opens at the cashier: /cashier?code_url=...",
        ),
    ),
    VerdictName.NATIVE_UNSET: VerdictTexts(
        Text("没有配置回调地址", "No callback URL"),
        Text("商户没有配置原生支付回调 URL。", "The merchant has no native callback URL."),
        Text(
            "在沙箱里设置商户的 native_callback_url（PATCH /_sandbox/merchants/MCH_ID）。",
            "Set the merchant's native_callback_url (PATCH /_sandbox/merchants/MCH_ID).",
        ),
    ),
    VerdictName.NATIVE_FIELDS: VerdictTexts(
        Text("应答缺字段", "Fields missing"),
        Text("商户的应答缺少 {fields}。", "The merchant's answer lacks {fields}."),
        Text(
            "返回 return_code、appid、mch_id、nonce_str、prepay_id、result_code、sign。",
            "Answer with return_code, appid, mch_id, nonce_str, prepay_id, result_code and sign.",
        ),
    ),
    VerdictName.NATIVE_UNIFIEDORDER: VerdictTexts(
        Text("原样返回了统一下单的应答", "unifiedorder's own answer"),
        Text(
            "商户把统一下单的应答原样返回了（{link}）。",
            "The merchant passed unifiedorder's answer on ({link} link).",
        ),
        Text("只取其中的 prepay_id，重新组装并签名。", "Take its prepay_id only, write the answer anew and sign it."),
    ),
    VerdictName.NATIVE_SIGN: VerdictTexts(
        Text("应答签名错误", "Wrong signature"),
        Text("商户应答的 sign 不对。", "The sign of the merchant's answer is wrong."),
        Text(
            "除 sign 外所有非空字段都要参加签名，密钥是 API 密钥。",
            "All fields that are not empty are signed but sign itself, with the API key.",
        ),
    ),
    VerdictName.NATIVE_ACCOUNT: VerdictTexts(
        Text("应答的账号不对", "Other accounts"),
        Text("商户应答的 appid（{appid}）或 mch_id（{mch_id}）不是静态码里的。", "Other accounts: {appid}, {mch_id}."),
        Text("appid 和 mch_id 与静态码一致。", "Answer with the appid and mch_id of the static code."),
    ),
    VerdictName.NATIVE_REFUSED: VerdictTexts(
        Text("商户拒绝下单", "The merchant refused"),
        Text("商户返回 result_code FAIL{because}。", "The merchant answered result_code FAIL{because}."),
        Text("err_code_des 会显示给用户。", "The payer is shown err_code_des."),
    ),
    VerdictName.NATIVE_PREPAY_ID: VerdictTexts(
        Text("prepay_id 无效", "Unknown prepay_id"),
        Text("商户没有 prepay_id 为 {prepay_id} 的 NATIVE 订单。", "The merchant has no NATIVE order of {prepay_id}."),
        Text(
            "以 trade_type NATIVE 统一下单，返回得到的 prepay_id。",
            "Order as NATIVE; answer its prepay_id.",
        ),
    ),
    VerdictName.FORGERY_ACCEPTED: VerdictTexts(
        Text("收下了伪造通知", "Forgery accepted"),
        Text(
            "这条通知不可信（{fault}），商户却应答 SUCCESS。",
            "This message must not be believed ({fault}), yet the merchant answered SUCCESS.",
        ),
        Text("{remedy}", "{remedy}"),
    ),
    VerdictName.HTTP_201: VerdictTexts(
        Text("HTTP 201", "HTTP 201"),
        Text("只有 HTTP 200 算数，201 不算{quoted}。", "Only HTTP 200 counts, 201 does not{quoted}."),
        Text(
            "把状态码设为 200（有的框架对 POST 默认返回 201）。",
            "Set the status to 200 (some frameworks answer a POST with 201 by default).",
        ),
    ),
    VerdictName.HTTP_STATUS: VerdictTexts(
        Text("HTTP {status}", "HTTP {status}"),
        Text("商户返回 HTTP {status}，不是 200{quoted}。", "The merchant answered HTTP {status}, not 200{quoted}."),
        Text(
            "看商户自己的日志：这个地址在处理 POST 时出错或不存在。",
            "Look at the merchant's own log: this address failed on the POST, or does not exist.",
        ),
    ),
    VerdictName.REDIRECT: VerdictTexts(
        Text("跳转 {status}", "Redirect {status}"),
        Text(
            "商户返回 {status}，要跳转到 {location}；微信不跟随跳转{quoted}。",
            "The merchant answered {status} towards {location}; WeChat follows no redirect{quoted}.",
        ),
        Text(
            "notify_url 直接写最终地址（含 https、末尾斜杠）。",
            "Give the final address as notify_url (https, trailing slash).",
        ),
    ),
    VerdictName.LOGIN: VerdictTexts(
        Text("登录页", "Login page"),
        Text(
            "通知被要求登录（{status} → {location}）{quoted}。",
            "The notification was asked to log in ({status} → {location}){quoted}.",
        ),
        _EXCLUDE,
    ),
    VerdictName.CSRF: VerdictTexts(
        Text("CSRF 拒绝 {status}", "CSRF refusal {status}"),
        Text(
            "商户的 CSRF 校验拒绝了通知（HTTP {status}）{quoted}。",
            "The merchant's CSRF check refused it (HTTP {status}){quoted}.",
        ),
        _EXCLUDE,
    ),
    VerdictName.EMPTY: VerdictTexts(
        Text("空应答", "Empty answer"),
        Text("HTTP 200，但应答为空。", "HTTP 200, but the answer is empty."),
        _PLAIN,
    ),
    VerdictName.HTML: VerdictTexts(
        Text("返回了网页", "A web page"),
        Text("应答是一个 HTML 页面{quoted}。", "The answer is an HTML page{quoted}."),
        _EXCLUDE,
    ),
    VerdictName.JSON: VerdictTexts(
        Text("返回了 JSON", "JSON"),
        Text(
            "V2 通知要用 XML 应答，JSON 是 V3 的写法{quoted}。",
            "A V2 notification is answered in XML, JSON is V3's way{quoted}.",
        ),
        _PLAIN,
    ),
    VerdictName.BOM: VerdictTexts(
        Text("有 BOM", "A BOM"),
        Text("XML 前有 BOM（U+FEFF），不能精确解析{quoted}。", "A BOM (U+FEFF) stands before the XML{quoted}."),
        Text("把源文件存成无 BOM 的 UTF-8。", "Save the source file as UTF-8 without BOM."),
    ),
    VerdictName.STRAY_TEXT: VerdictTexts(
        Text("多余字符", "Stray characters"),
        Text(
            "XML 之外或标签之间有多余字符，或标签写错{quoted}。",
            "Stray characters outside the XML or between its tags, or a broken tag{quoted}.",
        ),
        Text(
            "去掉调试输出，只返回 XML：" + RIGHT_ANSWER,
            "Remove debug output; answer the XML alone: " + RIGHT_ANSWER,
        ),
    ),
    VerdictName.NOT_XML: VerdictTexts(
        Text("不是 XML", "Not XML"),
        Text("应答不是 XML{quoted}。", "The answer is not XML{quoted}."),
        _PLAIN,
    ),
    VerdictName.ESCAPED: VerdictTexts(
        Text("XML 被转义了", "Escaped XML"),
        Text(
            "XML 被框架转义了，成了字符串或网页文字{quoted}。",
            "The XML was escaped by a framework, as a string or as text of a page{quoted}.",
        ),
        Text(
            "原样输出 XML，不经 JSON 序列化或模板转义：" + RIGHT_ANSWER,
            "Write the XML as it is, past the JSON serialiser or the template's escaping: " + RIGHT_ANSWER,
        ),
    ),
    VerdictName.NOT_UTF8: VerdictTexts(
        Text("不是 UTF-8", "Not UTF-8"),
        Text("应答不是 UTF-8 编码{quoted}。", "The answer is not in UTF-8{quoted}."),
        Text(
            "以 UTF-8 输出，不用 GBK 等编码：" + RIGHT_ANSWER,
            "Write it in UTF-8, not in GBK or the like: " + RIGHT_ANSWER,
        ),
    ),
    VerdictName.RETURN_CODE_MISSING: VerdictTexts(
        Text("缺 return_code", "No return_code"),
        Text("XML 里没有 return_code{quoted}。", "The XML has no return_code{quoted}."),
        _PLAIN,
    ),
    VerdictName.RETURN_CODE_EMPTY: VerdictTexts(
        Text("return_code 为空", "return_code is empty"),
        Text("return_code 是空的{quoted}。", "return_code is empty{quoted}."),
        _PLAIN,
    ),
    VerdictName.RETURN_CODE_MISNAMED: VerdictTexts(
        Text("return_code 写成了 {given}", "return_code is called {given}"),
        Text(
            "元素名是 {given}，应当是 return_code：小写加下划线{quoted}。",
            "The element is called {given}, where return_code is asked for: lower case, with an underscore{quoted}.",
        ),
        _PLAIN,
    ),
    VerdictName.RETURN_CODE_CASE: VerdictTexts(
        Text("return_code 大小写不对", "return_code in the wrong case"),
        Text(
            "return_code 是“{return_code}”：必须大写，大小写不符就不算{quoted}。",
            "return_code is “{return_code}”: it must be upper case, nothing else counts{quoted}.",
        ),
        Text(
            "把它写成大写的 SUCCESS（没有处理成功则写 FAIL）：" + RIGHT_ANSWER,
            "Write SUCCESS in upper case (or FAIL where it was not booked): " + RIGHT_ANSWER,
        ),
    ),
    VerdictName.RETURN_CODE_BLANKS: VerdictTexts(
        Text("return_code 里有空白", "Blanks in return_code"),
        Text(
            "return_code 的 SUCCESS 前后有空格或换行{quoted}。",
            "There are blanks or line breaks around the SUCCESS of return_code{quoted}.",
        ),
        Text(
            "SUCCESS 前后不要空格、换行：" + RIGHT_ANSWER,
            "No blank and no line break around SUCCESS: " + RIGHT_ANSWER,
        ),
    ),
    VerdictName.RETURN_CODE_UNKNOWN: VerdictTexts(
        Text("return_code 不认识", "Unknown return_code"),
        Text(
            "return_code 是“{return_code}”：只有 SUCCESS（收到）和 FAIL（没有）两种{quoted}。",
            "return_code is “{return_code}”: there are SUCCESS (received) and FAIL (not received) only{quoted}.",
        ),
        _PLAIN,
    ),
    VerdictName.RETURN_CODE_FAIL: VerdictTexts(
        Text("商户应答 {return_code}", "Merchant answered {return_code}"),
        Text("商户说没有处理成功{because}。", "The merchant says it did not succeed{because}."),
        Text(
            "看商户日志里的原因；验签失败时对照本页的签名串。",
            "Look for the reason in the merchant's log; for a failed signature compare the signed string on this page.",
        ),
    ),
    VerdictName.CONTENT_TYPE: VerdictTexts(
        Text("因 Content-Type 被拒", "Refused for its Content-Type"),
        Text(
            "商户因为通知的 Content-Type 拒绝了它{quoted}。通知本身是对的，微信发的是 text/xml。",
            "The merchant turned it down for its Content-Type{quoted}. The notification itself is right; WeChat sends "
            "text/xml.",
        ),
        Text(
            "这个地址要读原始请求体，不论 Content-Type 写什么：放宽框架的 consumes、body parser 等限制。",
            "Have this address read the raw body, whatever its Content-Type says: loosen the framework's consumes, "
            "body parser or the like.",
        ),
    ),
    VerdictName.TIMEOUT: VerdictTexts(
        Text("超时", "Timed out"),
        Text("{seconds} 秒内没有完整应答。", "No complete answer within {seconds} s."),
        Text(
            "先落库、再应答，耗时的业务放到应答之后异步做。",
            "Store it, answer, and do slow work afterwards.",
        ),
    ),
    VerdictName.REFUSED: VerdictTexts(
        Text("连不上", "Connection refused"),
        Text("{address} 拒绝连接：没有程序在监听。", "{address} refused the connection: nothing listens there."),
        Text(
            "启动商户后台；检查端口、容器网络（容器里的 localhost 是容器自己）。",
            "Start the merchant's backend; check port "
            "and container network (localhost inside a container is the container).",
        ),
    ),
    VerdictName.DNS: VerdictTexts(
        Text("域名解析失败", "No such host"),
        Text("域名 {host} 无法解析。", "The host name {host} cannot be resolved."),
        Text("检查 notify_url 的域名。", "Check the host in notify_url."),
    ),
    VerdictName.TLS: VerdictTexts(
        Text("TLS 失败", "TLS failed"),
        Text("TLS 握手失败：{reason}", "The TLS handshake failed: {reason}"),
        Text(
            "证书要由公共 CA 签发、未过期、域名相符、证书链完整；本机测试可用 http。",
            "The certificate must come from a public CA, be in date, name the host and bring its chain; http will do "
            "for tests on this machine.",
        ),
    ),
    VerdictName.RESET: VerdictTexts(
        Text("连接中断", "Connection broken"),
        Text("连接在应答完成前断开。", "The connection broke before the answer was complete."),
        Text("看商户进程是否崩溃、代理是否断开。", "See whether the merchant's process crashed or a proxy hung up."),
    ),
    VerdictName.NOT_HTTP: VerdictTexts(
        Text("不是 HTTP", "No HTTP"),
        Text("应答不是正确的 HTTP{quoted}。", "The answer is no proper HTTP{quoted}."),
        Text(
            "检查端口：https 服务要写 https:// 地址，别的服务不懂 HTTP。",
            "Check the port: a server that speaks TLS needs an https:// address; other services know no HTTP.",
        ),
    ),
    VerdictName.TOO_LARGE: VerdictTexts(
        Text("应答太大", "Answer too large"),
        Text("应答超过 64 KB，没有读完{quoted}。", "The answer is over 64 KB and was not read to its end{quoted}."),
        _PLAIN,
    ),
    VerdictName.OWN_ADDRESS: VerdictTexts(
        Text("沙箱自己的地址", "The sandbox itself"),
        Text(
            "{address} 是这个沙箱自己。除了示例信箱 /sample/notify，沙箱不向自己的页面和接口发送任何东西，"
            "所以什么都没有做。",
            "{address} is this sandbox itself. It sends nothing to its own pages and APIs, but for the sample mailbox "
            "/sample/notify; so nothing was done.",
        ),
        Text(
            "把通知地址换成商户后台的地址；还没有后台时，用沙箱的 /sample/notify。",
            "Give the address of the merchant's backend; as long as there is none, the sandbox's /sample/notify.",
        ),
    ),
    VerdictName.FORBIDDEN_ADDRESS: VerdictTexts(
        Text("地址不允许", "Address not allowed"),
        Text("沙箱不允许向 {address} 发送通知。", "The sandbox may not notify {address}."),
        Text("用 --notify-allow 放行，或修改 notify_url。", "Allow it with --notify-allow, or change the notify_url."),
    ),
    VerdictName.BAD_URL: VerdictTexts(
        Text("地址无效", "Invalid address"),
        Text("notify_url 不是可用的 http(s) 地址：{url}", "The notify_url is no usable http(s) address: {url}"),
        Text("写完整的 http:// 或 https:// 地址。", "Give a complete http:// or https:// address."),
    ),
}


_VERIFY = {
    "payment": Text(
        "先验签，再核对 appid、mch_id、订单号、金额、transaction_id，有一项不对就应答 FAIL，不入账；"
        "XML 解析器禁用 DOCTYPE。",
        "Verify the signature, then appid, mch_id, order number, amount and transaction_id; answer FAIL and book "
        "nothing where one is wrong. The XML parser must refuse a DOCTYPE.",
    ),
    "refund": Text(
        "退款通知没有签名：用自己的 API 密钥解密 req_info，再核对 appid、mch_id、订单号、退款单号和金额，"
        "有一项不对就应答 FAIL，不入账；XML 解析器禁用 DOCTYPE。",
        "A refund's notification has no signature: decrypt req_info with your own API key, then compare appid, mch_id, "
        "the numbers of order and refund and the amounts; answer FAIL and book nothing where one is wrong. The XML "
        "parser must refuse a DOCTYPE.",
    ),
}
"""What tells a forgery from the truth, by kind of notification."""

PROOFS = {
    "accepted": Text("而真的通知它收下了", "the true one was taken"),
    "elsewhere": Text("而发往这个地址的另一条真通知它收下了", "another true one at this address was taken"),
}
"""By `forgeries.Proof`: what makes a refusal one."""

_SEE = Text(
    "先在商户自己的数据库里看有没有入账。拒绝要用 return_code FAIL（HTTP 200 和 XML）或 HTTP 4xx 表示。",
    "See in your own database that nothing was booked. Refuse with return_code FAIL (HTTP 200 and XML) or HTTP 4xx.",
)
_UNPROVEN: dict[str, tuple[Text, Text]] = {
    "awaited": (
        Text(
            "商户拒绝了它（{how}），但真的通知还没有得到应答：也许它什么都拒绝{quoted}。",
            "It was turned down ({how}), but the true notification has no answer yet: perhaps all are turned "
            "down{quoted}.",
        ),
        Text(
            "等真的通知（或快进时钟）：它被收下，才说明这一条是被拒绝的。",
            "Wait for the true notification, or advance the clock: only if it is taken was this one refused.",
        ),
    ),
    "turned_down": (
        Text(
            "商户拒绝了它（{how}），可是真的通知也没有收下：也许它什么都拒绝{quoted}。",
            "It was turned down ({how}), but the true notification was not taken either: perhaps all are turned "
            "down{quoted}.",
        ),
        Text(
            "先让真的通知通过（看它那一条的原因）；它被收下之后，这里会自己改判。",
            "First have the true notification taken (its own line says what is wrong); this verdict follows by itself.",
        ),
    ),
    "none": (
        Text(
            "商户拒绝了它（{how}），但没有一条真的通知被这个地址收下过：也许它什么都拒绝{quoted}。",
            "It was turned down ({how}), but no true notification was ever taken at this address: perhaps all are "
            "turned down{quoted}.",
        ),
        Text(
            "再发一条真的通知（重发通知）：它被收下，才说明这一条是被拒绝的。",
            "Send a true notification (send the notification again): only if it is taken was this one refused.",
        ),
    ),
    "silent": (
        Text("没有应答（{what}）：没有应答不等于拒绝。", "There was no answer ({what}), and none is no refusal."),
        Text(
            "先让这个地址正常应答（看真通知的原因），再发一次。{see}",
            "Have this address answer first (the true notification's line says what is wrong), and send it again. "
            "{see}",
        ),
    ),
    "reply": (
        Text(
            "应答是 HTTP {status}{named}{quoted}：既不是 FAIL，也不是 HTTP 错误，看不出是否拒绝了它。",
            "The answer was HTTP {status}{named}{quoted}: neither FAIL nor an HTTP error, so that nobody can tell "
            "whether it was refused.",
        ),
        _SEE,
    ),
    "yes": (
        Text(
            "应答是 HTTP {status}{named}{quoted}：读来像是收下了，也许已经入账。",
            "The answer was HTTP {status}{named}{quoted}: it reads like a yes, and the money may have been booked.",
        ),
        _SEE,
    ),
}
"""Why nobody can tell, and what would tell."""

_YES = re.compile(r"success|\bok\b|\btrue\b|成功", re.IGNORECASE)
_NAMED = Text("（{what}）", " ({what})")
_ATTEMPT_SECONDS = f"{ATTEMPT_SECONDS:.0f}"
"""The limit of a verdict that names none: a notification's."""
_QUOTED = Text("：“{start}”", ": “{start}”")
_BECAUSE = Text("，原因是“{why}”", ", because “{why}”")
_NO_REASON = Text("，没有写原因", ", and gives no reason")


@dataclass(frozen=True, slots=True)
class VerdictInWords:
    """A verdict in the reader's language."""

    finding: Finding
    title: str
    explanation: str
    fix: str

    @property
    def right(self) -> bool:
        return self.finding is Finding.RIGHT

    @property
    def tone(self) -> str:
        """How a page shows it."""
        return {Finding.RIGHT: "good", Finding.WRONG: "bad", Finding.UNCLEAR: "unsure"}[self.finding]


def told(verdict: Verdict, lang: Lang) -> VerdictInWords:
    """The texts of a verdict with its facts; one of another version's is told by its name."""
    if verdict.name is VerdictName.OTHER:
        return VerdictInWords(verdict.finding, verdict.fact("name"), "", "")
    facts = _facts(verdict, lang)
    title, explanation, fix = (text.recall(lang, facts) for text in texts_of(verdict))
    return VerdictInWords(verdict.finding, title, explanation, fix)


def texts_of(verdict: Verdict) -> VerdictTexts:
    """The texts of a verdict, as the face has them whose message it judges."""
    own = V3_VERDICTS.get(verdict.name) if verdict.fact(FACE) == "v3" else None
    return own or VERDICTS[verdict.name]


def message_fault(name: str, lang: Lang, face: str, kind: str = NotificationKind.PAYMENT) -> str:
    """What is wrong with a notification of a face, in words; an unnamed fault means altered fields."""
    if (fault := MessageFault.named(name)) is None:
        return ALTERED.say(lang)
    return message_faults(face, refund=kind == NotificationKind.REFUND)[fault].say(lang)


def _facts(verdict: Verdict, lang: Lang) -> dict[str, str]:
    """A verdict's facts in words, with what its texts make of them."""
    facts = {"seconds": _ATTEMPT_SECONDS, **dict(verdict.facts)}
    facts["quoted"] = _QUOTED.say(lang, start=facts["start"]) if facts.get("start") else ""
    why = facts.get("return_msg") or facts.get("err_code_des") or facts.get("message")
    facts["because"] = _BECAUSE.say(lang, why=why) if why else _NO_REASON.say(lang)
    if "fault" in facts:
        face, kind = verdict.fact(FACE), facts.get("kind", NotificationKind.PAYMENT)
        remedy = V3_VERIFY if face == "v3" else _VERIFY[kind]
        facts |= {"fault": message_fault(facts["fault"], lang, face, kind), "remedy": remedy.say(lang)}
    if verdict.name is VerdictName.CANNOT_TELL:
        return {**facts, **_unproven(verdict, facts, lang)}
    if "proof" in facts:
        facts["proof"] = PROOFS[facts["proof"]].say(lang)
    return facts


def _unproven(verdict: Verdict, facts: dict[str, str], lang: Lang) -> dict[str, str]:
    """Why nobody can tell, and what would."""
    reason, remedy = _UNPROVEN[_why(verdict)]
    reply = verdict.fact("silent") or verdict.fact("reply")
    what = VERDICTS[VerdictName(reply)].title.recall(lang, facts) if reply in set(VerdictName) else ""
    plain = what in ("", f"HTTP {verdict.fact('status')}")
    see = V3_SEE if verdict.fact(FACE) == "v3" else _SEE
    more = {**facts, "what": what, "named": "" if plain else _NAMED.say(lang, what=what), "see": see.say(lang)}
    return {"reason": reason.recall(lang, more), "remedy": remedy.recall(lang, more)}


def _why(verdict: Verdict) -> str:
    if verdict.fact("silent"):
        return "silent"
    if verdict.fact("how"):
        return verdict.fact("proof") or "awaited"
    return "yes" if _YES.search(verdict.fact("start")) else "reply"
