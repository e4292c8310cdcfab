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
    "length": Text(
        "{field} 的长度是 {got_bytes} 字节，限制是 {limit}（按 UTF-8 字节数计）。",
        "{field} has {got_bytes} bytes, the limit is {limit} (counted in UTF-8 bytes).",
    ),
    "format": Text(
        "{field} 的值“{got}”不合格式或不在取值范围内。", "The value “{got}” of {field} has the wrong form or range."
    ),
    "fen": Text(
        "{field} 的值“{got}”不是以分为单位的正整数（最大 1,000,000,000）。",
        "The value “{got}” of {field} is no positive whole number of fen (at most 1,000,000,000).",
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
        "沙箱还不支持 APIv3：{method} {path} 是{family}的接口。什么都没有检查，也什么都没有做。",
        "The sandbox does not play APIv3 yet: {method} {path} is one of {family}. Nothing was checked, and nothing was "
        "done.",
    ),
    "no_v3_endpoint": Text(
        "APIv3 没有 {path} 这个接口，所以是 404、没有应答体，和真实接口一样。沙箱也还不支持 APIv3。",
        "APIv3 has no {path}, hence 404 without a body, as the real server answers. The sandbox does not play APIv3 "
        "yet, either.",
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


def remark(call: Exchange, lang: Lang) -> str:
    """What the real API would have asked for besides: no part of why a call was refused."""
    return CERTIFICATE_WAIVED.say(lang) if call.uncertified else ""
