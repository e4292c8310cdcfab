"""Why a call was refused before it reached the use case, in more words than WeChat's answer gives."""

from sandbox.core.exchange_facts import told
from sandbox.core.journal import Exchange
from sandbox.core.text import Lang, Text
from sandbox.words import unreadable
from sandbox.words.families import FAMILIES, V3_FAMILIES
from sandbox.words.signing import explained

FAULTS: dict[str, Text] = {
    "method": Text(
        "请求方法是 {method}，微信支付 V2 只收 POST。", "The method is {method}; WeChat Pay V2 takes POST only."
    ),
    "too_large": Text("请求体超过 {limit} 字节。", "The body is over {limit} bytes."),
    "empty": Text("请求体为空。", "The body is empty."),
    "not_utf8": Text("请求体不是 UTF-8。", "The body is not UTF-8."),
    "malformed": Text("请求体不是一层的 XML。", "The body is not one flat XML document."),
    "missing": Text("缺少必填字段 {field}。", "The required field {field} is missing."),
    "one_of": Text("{field} 至少要有一个。", "At least one of {field} is needed."),
    "unknown": Text("接口没有 {field} 这个字段（注意大小写）。", "The API has no field {field} (case matters)."),
    "empty_member": Text(
        "{field} 传了空值：没有就不要传这个字段。",
        "{field} was sent without a value: leave it out where there is none.",
    ),
    "length": Text(
        "{field} 的长度是 {got_bytes} 字节，限制是 {limit}（按 UTF-8 字节数计）。",
        "{field} has {got_bytes} bytes, the limit is {limit} (counted in UTF-8 bytes).",
    ),
    "too_short": Text(
        "{field} 的长度是 {got_bytes} 字节，最少 {limit}（按 UTF-8 字节数计）。",
        "{field} has {got_bytes} bytes, and needs {limit} at least (counted in UTF-8 bytes).",
    ),
    "type": Text(
        "{field} 要的是 JSON 的 {wanted}，收到的是“{got}”。", "{field} takes a JSON {wanted}, and “{got}” came."
    ),
    "integer": Text(
        "{field} 要的是 64 位的整数，收到的是“{got}”：不带引号，不带小数点，true 也不是数。"
        "金额的单位是分：1.00 元写 100。",
        "{field} takes a whole number of 64 bits, and “{got}” came: no quotes, no decimal point, and true is none. "
        "Amounts are in fen: ¥1.00 is 100.",
    ),
    "below": Text("{field} 的值 {got} 小于 {limit}。", "The value {got} of {field} is below {limit}."),
    "too_few": Text(
        "{field} 有 {got} 项，最少 {limit} 项。", "{field} has {got} elements, and needs {limit} at least."
    ),
    "too_many": Text(
        "{field} 有 {got} 项，最多 {limit} 项。", "{field} has {got} elements, and takes {limit} at most."
    ),
    "character": Text(
        "{field} 里有 {got}：APIv3 只收 UTF-8 里 1 到 3 字节的字符，表情（emoji）和控制字符不收。",
        "{field} holds {got}: APIv3 takes characters of one to three bytes of UTF-8, no emoji, no control characters.",
    ),
    "repeated": Text("{field} 在 JSON 里写了不止一次。", "{field} stands in the JSON more than once."),
    "notify_url": Text(
        "{field} 的值“{got}”不是微信收的通知地址：http(s) 的完整地址，不带 ? 参数和 #，前后没有空格。",
        "The value “{got}” of {field} is no address that WeChat Pay notifies: a complete http(s) URL without ? and #, "
        "and without blanks around it.",
    ),
    "empty_body": Text(
        "这个接口要 JSON 的请求体，收到的是空的；{field} 是第一个必填字段。",
        "This call takes a JSON body, and none came; {field} is the first member that it needs.",
    ),
    "v3_mchid": Text(
        "{field} 是 {got}，Authorization 头里签名的商户是 {mch_id}，两者要一致。",
        "{field} is {got}, and the merchant who signed in the Authorization header is {mch_id}: they must be the same.",
    ),
    "v3_sub_mchid": Text(
        "{field} 与服务商自己的商户号 {got} 相同：填子商户的商户号。",
        "{field} is {got}, the service provider itself: it must be one of its sub-merchants.",
    ),
    "v3_openid": Text(
        "{openid} 是 {other} 下的 openid，不是 {appid} 的：每个 appid 的 openid 各不相同，要用下单的 appid 换来的。",
        "{openid} is an openid of {other}, not of {appid}: a payer has another one in each appid, and the order's is "
        "wanted.",
    ),
    "v3_partner_only": Text(
        "{mch_id} 是服务商：用 /v3/pay/partner/... 的接口，传 sp_mchid 和 sub_mchid。",
        "{mch_id} is a service provider: use the calls under /v3/pay/partner/, with sp_mchid and sub_mchid.",
    ),
    "v3_direct_only": Text(
        "{mch_id} 是普通商户：用不带 /partner/ 的接口；或者在商户页把它设为服务商。",
        "{mch_id} is an ordinary merchant: use the calls without /partner/, or make it a service provider on its page.",
    ),
    "order_of_another": Text(
        "{transaction_id} 有这笔支付，但不是这次调用的商户的。",
        "There is a payment {transaction_id}, but it is not of the merchant who calls.",
    ),
    "content_type": Text(
        "Content-Type 是 {got}，APIv3 只收 application/json。",
        "The Content-Type is {got}; APIv3 takes application/json.",
    ),
    "accept_language": Text(
        "Accept-Language 是 {got}，微信支付只认 zh-CN、zh-HK、zh-TW、en（Node 的 fetch 默认发 *，要自己设）。",
        "The Accept-Language is {got}; WeChat Pay knows zh-CN, zh-HK, zh-TW and en (Node's fetch sends * unless told).",
    ),
    "user_agent": Text(
        "这组接口要有 Accept 和 User-Agent 头，请求里没有 {field}。",
        "This group of calls needs the headers Accept and User-Agent; the request has no {field}.",
    ),
    "format": Text(
        "{field} 的值“{got}”不合格式或不在取值范围内。", "The value “{got}” of {field} has the wrong form or range."
    ),
    "fen": Text(
        "{field} 的值“{got}”不是以分为单位的正整数（最大 1,000,000,000）。",
        "The value “{got}” of {field} is no positive whole number of fen (at most 1,000,000,000).",
    ),
    "v3_sub_mchid_missing": Text(
        "{mch_id} 是服务商：要传 sub_mchid，写明替哪个子商户调用。",
        "{mch_id} is a service provider, and must name the sub-merchant that it acts for: sub_mchid.",
    ),
    "v3_sub_mchid_forbidden": Text(
        "{mch_id} 是普通商户，没有 {field} 这个字段：去掉它；或者在商户页把这个商户设为服务商。",
        "{mch_id} is an ordinary merchant, for which there is no {field}: leave it out, or make the merchant a service "
        "provider on its page.",
    ),
    "v3_providers_only": Text(
        "{mch_id} 是普通商户，没有子商户：这个接口只给服务商用；或者在商户页把它设为服务商。",
        "{mch_id} is an ordinary merchant without sub-merchants: the call is for service providers. Or make it one on "
        "its page.",
    ),
    "v3_refund_from": Text(
        "{field} 各账户的出资金额加起来是 {got}，退款金额 amount.refund 是 {sum}，两者要相等，单位都是分。",
        "The amounts of {field} come to {got}, and amount.refund is {sum}: they must be equal, both in fen.",
    ),
    "v3_sharing_nothing": Text(
        "{field} 是空的，unfreeze_unsplit 又是 false：这次请求什么也没有要。",
        "{field} is empty and unfreeze_unsplit is false: the request asks for nothing.",
    ),
    "v3_bill_token": Text(
        "没有给过这样的 token（或者商户换了 APIv3 密钥）：原样使用申请账单时得到的 download_url，不要改写或重新编码。",
        "Nobody was given such a token, or the merchant has another APIv3 key since: use the download_url as it was "
        "answered, unchanged and not encoded again.",
    ),
    "v3_bill_token_late": Text(
        "download_url 的有效期是 {life} 秒（沙箱时间），已经过了 {seconds} 秒：重新申请账单。",
        "A download_url is good for {life} seconds of sandbox time, and {seconds} more have passed: ask for the bill "
        "again.",
    ),
    "v3_bill_of_another": Text(
        "这个 token 是给商户 {mch_id} 的：下载账单要用申请账单的同一个商户签名。",
        "The token was given to the merchant {mch_id}: who downloads a bill must sign as who asked for it.",
    ),
    "refund_above_total": Text(
        "refund_fee（{got}）大于同一请求里的 total_fee（{total_fee}）：total_fee 填原订单的金额，单位都是分。",
        "refund_fee ({got}) is above total_fee ({total_fee}) of the same request: total_fee is the whole order's "
        "amount, both in fen.",
    ),
    "url": Text(
        "{field} 的值“{got}”不是完整的 http(s) 地址。", "The value “{got}” of {field} is no complete http(s) URL."
    ),
    "expiry": Text(
        "time_expire 距现在（沙箱时间 {now}，北京时间）不足一分钟。",
        "time_expire is less than a minute from now (sandbox time {now}, Beijing).",
    ),
    "number_burnt": Text(
        "这个单号在下单之前被关闭过（V3 关单），已经作废；换一个单号。",
        "This number was closed by V3 before any order had it, and is burnt; take another number.",
    ),
    "merchant_unknown": Text("沙箱里没有商户号 {mch_id}。", "This sandbox has no merchant {mch_id}."),
    "pairing": Text("{appid} 没有与商户号 {mch_id} 关联。", "{appid} is not paired with the merchant {mch_id}."),
    "sub_merchant": Text(
        "{mch_id} 是普通商户，不传 sub_mch_id（这次传了 {sub_mch_id}）。去掉它；或者在商户页把这个商户设为服务商。",
        "{mch_id} is an ordinary merchant and sends no sub_mch_id (this call sent {sub_mch_id}). Leave it out, or make "
        "the merchant a service provider on its page.",
    ),
    "sub_merchant_missing": Text(
        "这次没有传 sub_mch_id：{mch_id} 是服务商，每次都要写明替哪个子商户调用。"
        "传它的一个子商户号；没有的话先在它的子商户页添加。",
        "The call sent no sub_mch_id: {mch_id} is a service provider, and names the sub-merchant that it acts for. "
        "Send one of its sub-merchants; where there is none, add one on the page of its sub-merchants.",
    ),
    "sub_merchant_unauthorized": Text(
        "子商户 {sub_mch_id} 没有授权服务商 {mch_id}。检查号码，或者在 {mch_id} 的子商户页添加它。",
        "The sub-merchant {sub_mch_id} has not authorized the provider {mch_id}. Check the number, or add it on the "
        "page of {mch_id}'s sub-merchants.",
    ),
    "product_not_opened": Text(
        "商户 {mch_id} 没有开通 {trade_type}：在沙箱的商户页“产品”里设为已开通（真实的在商户平台的产品中心申请）。",
        "The merchant {mch_id} has not opened {trade_type}: open it under the products of the merchant's page (at the "
        "real WeChat Pay, apply for it in the merchant platform's product centre).",
    ),
    "product_pending": Text(
        "商户 {mch_id} 的 {trade_type} 还在预开通：在沙箱的商户页“产品”（子商户的在子商户页）里设为已开通。",
        "The {trade_type} of the merchant {mch_id} is still being opened: open it under the products of the merchant's "
        "page, a sub-merchant's on the page of the sub-merchants.",
    ),
    "product_restricted": Text(
        "商户 {mch_id} 的 {trade_type} 被风控限制：在沙箱的商户页“产品”（子商户的在子商户页）里解除。",
        "Risk control restricts the {trade_type} of the merchant {mch_id}: lift it under the products of the "
        "merchant's page, a sub-merchant's on the page of the sub-merchants.",
    ),
    "product_not_granted": Text(
        "子商户 {sub_mch_id} 没有把 {trade_type} 授权给服务商 {mch_id}：在它的子商户页里授权。",
        "The sub-merchant {sub_mch_id} has not granted {trade_type} to the provider {mch_id}: grant it on the page of "
        "its sub-merchants.",
    ),
    "official_amount": Text(
        "官方沙箱只收验收用例的金额，{got} 分不在其中：{amounts}。",
        "The official sandbox takes the amounts of its cases only, and {got} fen is none of them: {amounts}.",
    ),
    "official_order": Text(
        "这笔订单的金额 {got} 分不是官方沙箱验收用例的金额：{amounts}。",
        "The order's amount, {got} fen, is not of the official sandbox's cases: {amounts}.",
    ),
    "unsupported": Text(
        "沙箱还不支持{family}（{endpoint}）：什么都没有检查，也什么都没有做。",
        "The sandbox does not play {family} yet ({endpoint}): nothing was checked, and nothing was done.",
    ),
    "unsupported_v3": Text(
        "微信支付有 {method} {path} 这类接口（{family}），沙箱还不支持：什么都没有检查，也什么都没有做，"
        "按没有这个接口应答 404。",
        "WeChat Pay has calls like {method} {path} ({family}); the sandbox does not play them: nothing was checked, "
        "nothing was done, and the answer is that of an unknown path, 404.",
    ),
    "no_v3_endpoint": Text(
        "APIv3 没有 {path} 这个接口，所以是 404、没有应答体，和真实接口一样。",
        "APIv3 has no {path}, hence 404 without a body, as the real server answers.",
    ),
    "v3_method": Text(
        "{path} 的请求方法是 {methods}，这次用了 {method}，所以是 405、没有应答体，和真实接口一样。",
        "{path} takes {methods}; this call was a {method}, hence 405 without a body, as the real server answers.",
    ),
    "v3_authorization_missing": Text(
        "没有 WECHATPAY2-SHA256-RSA2048 的 Authorization 头（收到的开头：“{got}”），不知道是谁在调用。",
        "There is no Authorization header of WECHATPAY2-SHA256-RSA2048 (it began “{got}”), so nobody knows who calls.",
    ),
    "v3_authorization_malformed": Text(
        "Authorization 头的格式不对（开头：“{got}”）：认证类型后一个空格，再是 mchid、nonce_str、signature、timestamp、"
        'serial_no 五项，写成 key="value"，用英文逗号隔开，值用英文双引号。',
        "The Authorization header is malformed (it begins “{got}”): after the scheme and one blank come mchid, "
        'nonce_str, signature, timestamp and serial_no, each as key="value" in double quotes, with commas between.',
    ),
    "v3_scheme": Text(
        "Authorization 头的认证类型是 {got}，应为 WECHATPAY2-SHA256-RSA2048。",
        "The scheme of the Authorization header is {got}; it must be WECHATPAY2-SHA256-RSA2048.",
    ),
    "v3_timestamp": Text(
        "Authorization 头里的 timestamp 是 {got}，与真实时间相差 {seconds} 秒（正数是慢了），最多差 300 秒；"
        "沙箱时钟拨快也按真实时间算。若是 13 位，那是毫秒，要的是秒。",
        "The Authorization header's timestamp {got} is {seconds} seconds behind real time (negative: ahead); 300 are "
        "allowed, whatever the sandbox's clock shows. Thirteen digits are milliseconds; seconds are wanted.",
    ),
    "v3_serial_of_another": Text(
        "serial_no {serial_no} 是商户 {mch_id} 的证书序列号，不是这次调用的商户的。",
        "The serial_no {serial_no} is that of a certificate of merchant {mch_id}, not of the one who calls.",
    ),
    "v3_serial_of_platform": Text(
        "serial_no {serial_no} 是微信支付平台证书的序列号；这里要填商户 API 证书（apiclient_cert.pem）的。",
        "The serial_no {serial_no} is that of WeChat Pay's platform certificate; the merchant's own "
        "(apiclient_cert.pem) belongs here.",
    ),
    "v3_serial_unknown": Text(
        "沙箱没有发过序列号为 {serial_no} 的证书：填商户 API 证书（apiclient_cert.pem）的序列号。",
        "The sandbox issued no certificate with the serial number {serial_no}: use that of the merchant's own "
        "(apiclient_cert.pem).",
    ),
    "v3_no_certificate": Text(
        "商户 {mch_id} 还没有 API 证书：在商户页下载一张，或用 wxpay-sandbox merchant export 导出。",
        "The merchant {mch_id} has no certificate yet: download one from its page, or run "
        "`wxpay-sandbox merchant export`.",
    ),
    "v3_sign_wrong": Text(
        "用商户 {mch_id} 的证书验不过这个签名。",
        "The signature is not that of the certificate of merchant {mch_id}.",
    ),
    "v3_key_missing": Text(
        "请求里有加密的敏感字段，要用 Wechatpay-Serial 头说明是为哪个密钥加密的：微信支付公钥 ID 或平台证书序列号。",
        "There are encrypted fields, so the header Wechatpay-Serial must say for which key: the id of WeChat Pay's "
        "public key, or the serial number of its platform certificate.",
    ),
    "v3_key_of_merchant": Text(
        "Wechatpay-Serial {serial} 是商户自己的 API 证书；敏感字段要用微信支付的公钥或平台证书加密。",
        "The Wechatpay-Serial {serial} is the merchant's own certificate; sensitive fields are encrypted for WeChat "
        "Pay's public key or platform certificate.",
    ),
    "v3_key_unknown": Text(
        "Wechatpay-Serial {serial} 不是这个商户的微信支付公钥 ID，也不是有效的平台证书序列号："
        "可能是别的商户的，或已过期。",
        "The Wechatpay-Serial {serial} is neither the id of this merchant's WeChat Pay public key nor the number of a "
        "valid platform certificate: it may be another merchant's, or have ended.",
    ),
    "v3_sealed_other_key": Text(
        "{field} 不是为 {serial} 加密的，而是为这个商户的另一个微信支付密钥：Wechatpay-Serial 要与加密用的密钥一致。",
        "{field} was not encrypted for {serial} but for another of WeChat Pay's keys for this merchant: "
        "Wechatpay-Serial must name the key that was used.",
    ),
    "v3_sealed_unopened": Text(
        "用 {serial} 的私钥解不开 {field}：要用它的公钥，RSAES-OAEP（SHA-1、MGF1-SHA1），再 Base64，原文是 UTF-8。",
        "{field} cannot be opened with the key of {serial}: encrypt UTF-8 with its public key, by RSAES-OAEP (SHA-1, "
        "MGF1 with SHA-1), and write it as Base64.",
    ),
    "no_endpoint": Text(
        "微信支付没有 {path} 这个接口：什么都没有检查，也什么都没有做。",
        "WeChat Pay has no {path}: nothing was checked, and nothing was done.",
    ),
    "no_endpoint_near": Text(
        "微信支付没有 {path} 这个接口；是不是想调用 {near}？",
        "WeChat Pay has no {path}; was {near} meant?",
    ),
    "not_payment": Text(
        "{path} 是公众号、小程序的接口（api.weixin.qq.com），不是微信支付的：沙箱不支持。",
        "{path} is of the API of official accounts and mini programs (api.weixin.qq.com), not of WeChat Pay: the "
        "sandbox does not play it.",
    ),
    "certificate_missing": Text(
        "这个接口要用商户 API 证书（双向 TLS），请求没有带。证书在控制台的商户页，或用 merchant export 导出。",
        "This endpoint needs the merchant's API certificate (mutual TLS), and none came. It is on the merchant's page "
        "of the console, or written by merchant export.",
    ),
    "certificate_foreign": Text(
        "客户端证书不是这个沙箱签发给商户的（序列号 {serial_no}，持有者 {subject}，签发者 {issuer}）。"
        "证书在控制台的商户页，或用 merchant export 导出。",
        "The client certificate is none that this sandbox issued to a merchant (serial number {serial_no}, subject "
        "{subject}, issuer {issuer}). The right one is on the merchant's page of the console, or written by merchant "
        "export.",
    ),
    "certificate_revoked": Text(
        "客户端证书（序列号 {serial_no}，商户 {holder}）已在 {ended_at} 作废（北京时间，真实时钟）。"
        "换成有效的证书：在商户的证书页申请、下载，或用 merchant export 导出最新的一张。",
        "The client certificate (serial number {serial_no}, of the merchant {holder}) was revoked at {ended_at} "
        "(Beijing, real time). Use a valid one: issue and download it on the page of the merchant's certificates, or "
        "have merchant export write the newest.",
    ),
    "certificate_expired": Text(
        "客户端证书（序列号 {serial_no}，商户 {holder}）已在 {ended_at} 过期（北京时间，真实时钟）。"
        "换成有效的证书：在商户的证书页申请、下载，或用 merchant export 导出最新的一张。",
        "The client certificate (serial number {serial_no}, of the merchant {holder}) ended at {ended_at} (Beijing, "
        "real time). Use a valid one: issue and download it on the page of the merchant's certificates, or have "
        "merchant export write the newest.",
    ),
    "certificate_other": Text(
        "客户端证书是商户 {mch_id} 的，不是 XML 里 mch_id 的。",
        "The client certificate is that of {mch_id}, not of the mch_id in the XML.",
    ),
    "sign_missing": Text("请求没有 sign。", "The request has no sign."),
    "sign_wrong": Text("签名不对。", "The signature is wrong."),
}


CERTIFICATE_WAIVED = Text(
    "真实接口在这里要商户 API 证书；这次走 HTTP，没有检查（--require-client-cert 会检查）。",
    "The real API asks for the merchant's certificate here; over plain HTTP it was not looked for "
    "(--require-client-cert does).",
)
"""What is remarked of a call without a certificate, whatever became of it."""


def fault_told(call: Exchange, lang: Lang) -> str:
    """Why a call was refused and how to mend it; empty where WeChat's own words say all."""
    facts = {name: str(value) for name, value in told(call).items()}
    if facts.get("sign_hint"):
        mistakes = [facts["sign_hint"], *facts.get("sign_also", "").split()]
        return ("" if lang == "zh" else " ").join(explained(mistakes, facts, lang))
    if facts.get("unreadable") in unreadable.UNREADABLE:
        return ("" if lang == "zh" else " ").join(
            unreadable.why_unreadable(call.origin.face, facts["unreadable"], facts, lang)
        )
    if family := (FAMILIES | V3_FAMILIES).get(facts.get("family", "")):
        facts["family"] = family.say(lang)
    fault = FAULTS.get(call.fault)
    return fault.recall(lang, facts) if fault else ""


NONCE_REPEATED = "nonce_repeated"
"""The fact that a call's nonce had come before: the nonce."""
REPEATED_NONCE = Text(
    "nonce_str {nonce_str} 在此前的调用里用过：每次调用都要换新的。这里照样受理。",
    "The nonce_str {nonce_str} was that of an earlier call: make a new one for each. The call was taken all the same.",
)


def remark(call: Exchange, lang: Lang) -> str:
    """What is to be said of a call besides: no part of why it was refused."""
    waived = CERTIFICATE_WAIVED.say(lang) if call.uncertified else ""
    nonce = call.facts.get(NONCE_REPEATED, "")
    repeated = REPEATED_NONCE.say(lang, nonce_str=nonce) if nonce else ""
    return " ".join(filter(None, (waived, repeated)))
