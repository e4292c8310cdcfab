"""What is wrong with a second signature of V3 (RSA), in a sentence with what mends it."""

from sandbox.core.text import Text

SECOND_SIGNATURES: dict[str, Text] = {
    "v3_sign_type": Text(
        "signType 是 {given}；V3 的订单只能是 {expected}，必须传。",
        "signType is {given}; it is {expected} for orders of V3, and must be there.",
    ),
    "v3_sign_md5": Text(
        "签名是 V2 的做法（{given} 和 API 密钥）；V3 的订单用商户 API 私钥做 SHA256withRSA 签名。",
        "It was signed as V2 does ({given} with an API key); orders of V3 take SHA256withRSA with the merchant's "
        "private key (apiclient_key.pem).",
    ),
    "v3_sign_platform": Text(
        "签名用的是微信支付自己的密钥（{given}）；要用商户 API 私钥（apiclient_key.pem）。",
        "Signed with a key of WeChat Pay's ({given}); take the merchant's private key (apiclient_key.pem).",
    ),
    "v3_sign_other_merchant": Text(
        "签名用的是另一个商户 {given} 的私钥；要用下单商户的。",
        "Signed with the key of another merchant, {given}; take that of the merchant who placed the order.",
    ),
    "v3_sign_revoked": Text(
        "签名的私钥对，但它的证书 {given} 已作废；换用有效证书的私钥。",
        "The key is the merchant's, but its certificate {given} is revoked; take the key of a valid one.",
    ),
    "v3_sign_expired": Text(
        "签名的私钥对，但它的证书 {given} 已过期；换用有效证书的私钥。",
        "The key is the merchant's, but its certificate {given} has expired; take the key of a valid one.",
    ),
    "v3_sign_form": Text(
        "签名的值对，但 {field} 要写成标准 Base64（含 +、/ 和末尾的 =），一行。",
        "The signature is right, but {field} must be written in standard Base64 (+, / and = at its end), on one line.",
    ),
    "v3_padding_pss": Text(
        "签名用了 PSS 填充；要用 SHA256withRSA（PKCS#1 v1.5）。",
        "Signed with PSS padding; it takes SHA256withRSA (PKCS#1 v1.5).",
    ),
    "v3_hash_other": Text(
        "签名用的哈希是 {given}；要用 SHA256withRSA。", "Signed with {given}; it takes SHA256withRSA."
    ),
    "v3_digest_bare": Text(
        "只是把摘要用私钥“加密”了，没有哈希标识；要用 SHA256withRSA 签名。",
        "A digest was only “encrypted” with the key, without the hash's name; sign with SHA256withRSA.",
    ),
    "v3_sign_last_line_end": Text(
        "签名串的最后一行没有 \\n：四行每行都以 \\n 结尾。",
        "The last line that was signed does not end with \\n: each of the four does.",
    ),
    "v3_sign_line_ends": Text(
        "签名串的行尾是“{given}”（- 表示没有）；四行每行都以 \\n 结尾。",
        "The lines that were signed end with “{given}” (-: with nothing); each of the four ends with \\n.",
    ),
    "v3_sign_prepay_id_bare": Text(
        "签名串最后一行是 {given}；JSAPI 和小程序要写成 {expected}。",
        "The last line that was signed is {given}; for JSAPI and mini programs it is {expected}.",
    ),
    "v3_sign_prepay_id_named": Text(
        "签名串最后一行是 {given}；APP 只写 {expected}，不带 prepay_id=。",
        "The last line that was signed is {given}; for apps it is {expected}, without prepay_id=.",
    ),
    "v3_sign_package": Text(
        "签名串最后一行是 package（{given}）；APP 要签的是 prepayid：{expected}。",
        "The last line that was signed is the package ({given}); for apps it is the prepayid, {expected}.",
    ),
    "v3_sign_appid": Text(
        "签名用的 appid 是 {given}，{field} 传的是 {expected}；两处要相同。",
        "The appid that was signed is {given}, {field} says {expected}; both must be the same.",
    ),
    "v3_sign_milliseconds": Text(
        "签名用的时间是毫秒 {given}，{field} 传的是 {expected}；两处都用秒。",
        "Milliseconds were signed ({given}), {field} says {expected}; both are seconds.",
    ),
    "v3_sign_timestamp": Text(
        "签名用的时间是 {given}，{field} 传的是 {expected}；只取一次时间，两处都用它。",
        "The time that was signed is {given}, {field} says {expected}; ask the clock once and use that.",
    ),
    "v3_sign_type_signed": Text(
        "signType（{given}）不参与 V3 的二次签名；只签四行。",
        "signType ({given}) takes no part in V3's second signature; four lines are signed.",
    ),
    "v3_sign_all_fields": Text(
        "签名串里多了字段；V3 只签 {expected} 行：appid、时间、随机串、prepay_id。",
        "Too many fields were signed; V3 signs {expected} lines: appid, time, nonce, prepay_id.",
    ),
    "v3_sign_pairs": Text(
        "签名串是 V2 的写法（{given}）；V3 签的是四行值，每行以 \\n 结尾。",
        "The text has V2's form ({given}); V3 signs four lines of values, each ended with \\n.",
    ),
    "v3_sign_order": Text(
        "签名串四行的顺序不对：appid、时间、随机串、prepay_id。",
        "The four lines were signed in another order: it is appid, time, nonce, prepay_id.",
    ),
    "v3_sign_other_text": Text(
        "签名是商户证书 {given} 的私钥做的，但签的不是这些值（{expected}）：传给前端的要和签名的是同一份。",
        "Signed by the key of the merchant's certificate {given}, but over other values than these ({expected}): hand "
        "over what was signed.",
    ),
    "v3_sign_unlike": Text(
        "试过的密钥都没有做出这个签名：用商户 API 私钥（apiclient_key.pem）对 {expected} 的四行值做 SHA256withRSA，"
        "结果用 Base64。",
        "No key that was tried made this signature: sign the four values of {expected} with the merchant's private key "
        "(apiclient_key.pem) by SHA256withRSA, written in Base64.",
    ),
}
"""By the names of explanations; the facts are those of a Refusal."""
