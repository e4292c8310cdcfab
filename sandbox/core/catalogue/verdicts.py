"""What a merchant's reply to a notification was worth, why, and how to mend it. `Verdict.facts` fill the braces.

Source: protocol notes, section 5.2 (应答), with the official list of wrong answers.
"""

from typing import NamedTuple

from sandbox.core.catalogue import Text

RIGHT_ANSWER = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>"


class VerdictTexts(NamedTuple):
    """`title` in a word, `explanation` in a sentence, `fix` says what to do."""

    title: Text
    explanation: Text
    fix: Text


_PLAIN = Text(
    "以 HTTP 200 返回且只返回：" + RIGHT_ANSWER,
    "Answer HTTP 200 with exactly this and nothing else: " + RIGHT_ANSWER,
)
_EXCLUDE = Text(
    "把通知地址排除在登录校验、会话、CSRF 校验和跳转之外：微信不带 Cookie，也不跟随跳转。",
    "Keep login checks, sessions, CSRF checks and redirects away from the notify_url: WeChat brings no cookie and "
    "follows no redirect.",
)

VERDICTS: dict[str, VerdictTexts] = {
    "ok": VerdictTexts(
        Text("已收到", "Received"),
        Text("商户应答 SUCCESS，微信不再通知。", "The merchant answered SUCCESS; WeChat stops notifying."),
        Text("无需处理。", "Nothing to do."),
    ),
    "ok_no_return_msg": VerdictTexts(
        Text("已收到（缺 return_msg）", "Received (no return_msg)"),
        Text(
            "应答有效，但没有 return_msg；有商户反映因此被重复通知。",
            "The answer counts, but it has no return_msg; a merchant reported being notified again for that.",
        ),
        Text("把 return_msg 也返回。", "Send return_msg as well."),
    ),
    "ok_forgery_refused": VerdictTexts(
        Text("已拒绝伪造通知", "Forgery refused"),
        Text(
            "这条通知不可信（{fault}），商户拒绝了它：正确。",
            "This message must not be believed ({fault}); it was refused: right.",
        ),
        Text("无需处理。", "Nothing to do."),
    ),
    "ok_native": VerdictTexts(
        Text("取得订单", "Order given"),
        Text("商户返回了预支付订单 {prepay_id}。", "The merchant answered with the prepay_id {prepay_id}."),
        Text("无需处理。", "Nothing to do."),
    ),
    "native_url_fields": VerdictTexts(
        Text("二维码参数不全", "Parameters missing"),
        Text("静态码缺少或写错了 {fields}。", "The static code lacks {fields}, or has it in the wrong form."),
        Text(
            "weixin://wxpay/bizpayurl? 之后要有 sign、appid、mch_id、product_id、time_stamp（10 位秒数）、nonce_str。",
            "After weixin://wxpay/bizpayurl? come sign, appid, mch_id, product_id, time_stamp (seconds), nonce_str.",
        ),
    ),
    "native_url_account": VerdictTexts(
        Text("二维码的账号不对", "Unknown accounts"),
        Text(
            "沙箱里没有商户号 {mch_id}，或 {appid} 没有与它关联。",
            "No merchant {mch_id} that has {appid}.",
        ),
        Text("检查静态码里的 mch_id 和 appid。", "Check mch_id and appid in the static code."),
    ),
    "native_url_sign": VerdictTexts(
        Text("二维码签名错误", "Wrong signature in the code"),
        Text("静态码的 sign 不对。", "The static code's sign is wrong."),
        Text(
            "用 API 密钥对 appid、mch_id、nonce_str、product_id、time_stamp 做 MD5 签名。",
            "Sign appid, mch_id, nonce_str, product_id and time_stamp with MD5 and the API key.",
        ),
    ),
    "native_url_other": VerdictTexts(
        Text("不是静态码", "No static code"),
        Text("这不是静态码，也不是它的短链接。", "This is no static code, nor a short URL of one."),
        Text(
            "统一下单得到的 code_url（pr=…）直接在收银台打开：/cashier?code_url=…",
            "An order's own code_url (pr=...) opens at the cashier: /cashier?code_url=...",
        ),
    ),
    "native_unset": VerdictTexts(
        Text("没有配置回调地址", "No callback URL"),
        Text("商户没有配置原生支付回调 URL。", "The merchant has no native callback URL."),
        Text(
            "在沙箱里设置商户的 native_callback_url（PATCH /_sandbox/merchants/MCH_ID）。",
            "Set the merchant's native_callback_url (PATCH /_sandbox/merchants/MCH_ID).",
        ),
    ),
    "native_fields": VerdictTexts(
        Text("应答缺字段", "Fields missing"),
        Text("商户的应答缺少 {fields}。", "The merchant's answer lacks {fields}."),
        Text(
            "返回 return_code、appid、mch_id、nonce_str、prepay_id、result_code、sign。",
            "Answer with return_code, appid, mch_id, nonce_str, prepay_id, result_code and sign.",
        ),
    ),
    "native_unifiedorder": VerdictTexts(
        Text("原样返回了统一下单的应答", "unifiedorder's own answer"),
        Text(
            "商户把统一下单的应答原样返回了（{link}）。",
            "The merchant passed unifiedorder's answer on ({link} link).",
        ),
        Text("只取其中的 prepay_id，重新组装并签名。", "Take its prepay_id only, write the answer anew and sign it."),
    ),
    "native_sign": VerdictTexts(
        Text("应答签名错误", "Wrong signature"),
        Text("商户应答的 sign 不对。", "The sign of the merchant's answer is wrong."),
        Text(
            "除 sign 外所有非空字段都要参加签名，密钥是 API 密钥。",
            "All fields that are not empty are signed but sign itself, with the API key.",
        ),
    ),
    "native_account": VerdictTexts(
        Text("应答的账号不对", "Other accounts"),
        Text("商户应答的 appid（{appid}）或 mch_id（{mch_id}）不是静态码里的。", "Other accounts: {appid}, {mch_id}."),
        Text("appid 和 mch_id 与静态码一致。", "Answer with the appid and mch_id of the static code."),
    ),
    "native_refused": VerdictTexts(
        Text("商户拒绝下单", "The merchant refused"),
        Text("商户返回 result_code FAIL：{err_code_des}", "The merchant answered result_code FAIL: {err_code_des}"),
        Text("err_code_des 会显示给用户。", "The payer is shown err_code_des."),
    ),
    "native_prepay_id": VerdictTexts(
        Text("prepay_id 无效", "Unknown prepay_id"),
        Text("商户没有 prepay_id 为 {prepay_id} 的 NATIVE 订单。", "The merchant has no NATIVE order of {prepay_id}."),
        Text(
            "以 trade_type NATIVE 统一下单，返回得到的 prepay_id。",
            "Order as NATIVE; answer its prepay_id.",
        ),
    ),
    "forgery_accepted": VerdictTexts(
        Text("收下了伪造通知", "Forgery accepted"),
        Text(
            "这条通知不可信（{fault}），商户却应答 SUCCESS。",
            "This message must not be believed ({fault}), yet the merchant answered SUCCESS.",
        ),
        Text(
            "先验签，再核对 appid、mch_id、订单号、金额、transaction_id，都对才应答 SUCCESS；XML 解析器禁用 DOCTYPE。",
            "Verify the signature, then appid, mch_id, order number, amount and transaction_id; answer SUCCESS only "
            "when all hold. The XML parser must refuse a DOCTYPE.",
        ),
    ),
    "http_201": VerdictTexts(
        Text("HTTP 201", "HTTP 201"),
        Text("只有 HTTP 200 算数，201 不算。", "Only HTTP 200 counts; 201 does not."),
        Text(
            "把状态码设为 200（有的框架对 POST 默认返回 201）。",
            "Set the status to 200 (some frameworks answer a POST with 201 by default).",
        ),
    ),
    "http_status": VerdictTexts(
        Text("HTTP {status}", "HTTP {status}"),
        Text("商户返回 HTTP {status}，不是 200。", "The merchant answered HTTP {status}, not 200."),
        Text(
            "看商户自己的日志：这个地址在处理 POST 时出错或不存在。",
            "Look at the merchant's own log: this address failed on the POST, or does not exist.",
        ),
    ),
    "redirect": VerdictTexts(
        Text("跳转 {status}", "Redirect {status}"),
        Text(
            "商户返回 {status}，要跳转到 {location}；微信不跟随跳转。",
            "The merchant answered {status} towards {location}; WeChat follows no redirect.",
        ),
        Text(
            "notify_url 直接写最终地址（含 https、末尾斜杠）。",
            "Give the final address as notify_url (https, trailing slash).",
        ),
    ),
    "login": VerdictTexts(
        Text("登录页", "Login page"),
        Text(
            "通知被要求登录（{status} → {location}）。", "The notification was asked to log in ({status} → {location})."
        ),
        _EXCLUDE,
    ),
    "csrf": VerdictTexts(
        Text("CSRF 拒绝 {status}", "CSRF refusal {status}"),
        Text("商户的 CSRF 校验拒绝了通知（HTTP {status}）。", "The merchant's CSRF check refused it (HTTP {status})."),
        _EXCLUDE,
    ),
    "empty": VerdictTexts(
        Text("空应答", "Empty answer"),
        Text("HTTP 200，但应答为空。", "HTTP 200, but the answer is empty."),
        _PLAIN,
    ),
    "html": VerdictTexts(
        Text("返回了网页", "A web page"),
        Text("应答是一个 HTML 页面（{start}…）。", "The answer is an HTML page ({start}…)."),
        _EXCLUDE,
    ),
    "json": VerdictTexts(
        Text("返回了 JSON", "JSON"),
        Text("V2 通知要用 XML 应答，JSON 是 V3 的写法。", "A V2 notification is answered in XML; JSON is V3's way."),
        _PLAIN,
    ),
    "bom": VerdictTexts(
        Text("有 BOM", "A BOM"),
        Text("XML 前有 BOM（U+FEFF），不能精确解析。", "A BOM (U+FEFF) stands before the XML."),
        Text("把源文件存成无 BOM 的 UTF-8。", "Save the source file as UTF-8 without BOM."),
    ),
    "stray_text": VerdictTexts(
        Text("多余字符", "Stray characters"),
        Text("XML 之外或标签之间有多余字符：{start}", "Stray characters outside the XML or between its tags: {start}"),
        Text("去掉调试输出，只返回 XML。", "Remove debug output; answer the XML alone."),
    ),
    "not_xml": VerdictTexts(
        Text("不是 XML", "Not XML"),
        Text("应答不是 XML：{start}", "The answer is not XML: {start}"),
        _PLAIN,
    ),
    "return_code_missing": VerdictTexts(
        Text("缺 return_code", "No return_code"),
        Text("XML 里没有 return_code。", "The XML has no return_code."),
        _PLAIN,
    ),
    "return_code_fail": VerdictTexts(
        Text("商户应答 {return_code}", "Merchant answered {return_code}"),
        Text("商户说没有处理成功：{return_msg}", "The merchant says it did not succeed: {return_msg}"),
        Text(
            "看商户日志里的原因；验签失败时对照本页的签名串。",
            "Look for the reason in the merchant's log; for a failed signature compare the signed string on this page.",
        ),
    ),
    "timeout": VerdictTexts(
        Text("超时", "Timed out"),
        Text("5 秒内没有完整应答。", "No complete answer within 5 s."),
        Text(
            "先落库、再应答，耗时的业务放到应答之后异步做。",
            "Store it, answer, and do slow work afterwards.",
        ),
    ),
    "refused": VerdictTexts(
        Text("连不上", "Connection refused"),
        Text("{address} 拒绝连接：没有程序在监听。", "{address} refused the connection: nothing listens there."),
        Text(
            "启动商户后台；检查端口、容器网络（容器里的 localhost 是容器自己）。",
            "Start the merchant's backend; check port "
            "and container network (localhost inside a container is the container).",
        ),
    ),
    "dns": VerdictTexts(
        Text("域名解析失败", "No such host"),
        Text("域名 {host} 无法解析。", "The host name {host} cannot be resolved."),
        Text("检查 notify_url 的域名。", "Check the host in notify_url."),
    ),
    "tls": VerdictTexts(
        Text("TLS 失败", "TLS failed"),
        Text("TLS 握手失败：{reason}", "The TLS handshake failed: {reason}"),
        Text(
            "证书要由公共 CA 签发、未过期、域名相符、证书链完整；本机测试可用 http。",
            "The certificate must come from a public CA, be in date, name the host and bring its chain; http will do "
            "for tests on this machine.",
        ),
    ),
    "reset": VerdictTexts(
        Text("连接中断", "Connection broken"),
        Text("连接在应答完成前断开。", "The connection broke before the answer was complete."),
        Text("看商户进程是否崩溃、代理是否断开。", "See whether the merchant's process crashed or a proxy hung up."),
    ),
    "not_http": VerdictTexts(
        Text("不是 HTTP", "No HTTP"),
        Text("应答不是正确的 HTTP，开头是：{start}", "The answer is no proper HTTP; it starts with: {start}"),
        Text(
            "检查端口：https 服务要写 https:// 地址，别的服务不懂 HTTP。",
            "Check the port: a server that speaks TLS needs an https:// address; other services know no HTTP.",
        ),
    ),
    "too_large": VerdictTexts(
        Text("应答太大", "Answer too large"),
        Text("应答超过 64 KB。", "The answer is over 64 KB."),
        _PLAIN,
    ),
    "forbidden_address": VerdictTexts(
        Text("地址不允许", "Address not allowed"),
        Text("沙箱不允许向 {address} 发送通知。", "The sandbox may not notify {address}."),
        Text("用 --notify-allow 放行，或修改 notify_url。", "Allow it with --notify-allow, or change the notify_url."),
    ),
    "bad_url": VerdictTexts(
        Text("地址无效", "Invalid address"),
        Text("notify_url 不是可用的 http(s) 地址：{url}", "The notify_url is no usable http(s) address: {url}"),
        Text("写完整的 http:// 或 https:// 地址。", "Give a complete http:// or https:// address."),
    ),
}


def texts_of(name: str) -> VerdictTexts:
    """The texts of a verdict."""
    return VERDICTS[name]
