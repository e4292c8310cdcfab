"""Why a V3 signature is wrong and how to mend it: the mistakes that the doctor of V3 knows by name."""

from sandbox.core.text import Text
from sandbox.words.hints import Hint
from sandbox.words.rsa_replies import OF_REPLIES
from sandbox.words.rsa_texts import ALGORITHM, OF_THE_TEXT, SECONDS
from sandbox.words.second_signatures import SECOND_SIGNATURES

_FORM = Text(
    'Authorization: WECHATPAY2-SHA256-RSA2048 mchid="…",nonce_str="…",signature="…",timestamp="…",serial_no="…"'
    "（一个空格，五个字段，半角双引号，逗号分隔）。",
    'Authorization: WECHATPAY2-SHA256-RSA2048 mchid="...",nonce_str="...",signature="...",timestamp="...",'
    'serial_no="..." (one blank, five fields, straight double quotes, commas).',
)
_BASE64 = Text(
    "签名结果用标准 Base64（含 +、/ 和末尾的 =），一行写完，344 个字符。",
    "Write the signature in standard Base64 (+, / and = at its end), on one line: 344 characters.",
)
_OWN_KEY = Text(
    "用本商户的 API 私钥（apiclient_key.pem）签名，serial_no 写与它成对的商户 API 证书（apiclient_cert.pem）的序列号："
    "openssl x509 -in apiclient_cert.pem -noout -serial。",
    "Sign with this merchant's own key (apiclient_key.pem), and show the serial number of the certificate that goes "
    "with it (apiclient_cert.pem): openssl x509 -in apiclient_cert.pem -noout -serial.",
)
_CLOCK = Text(
    "校准服务器时间（NTP）；timestamp 是从 1970 年起的秒数，与时区无关，相差不能超过 300 秒。"
    "沙箱的时钟不影响它，这里比的是真实时间。",
    "Set the server's clock (NTP). The timestamp counts seconds since 1970 whatever the time zone, and may be 300 "
    "seconds off; it is compared with real time, whatever the sandbox's clock shows.",
)

_OF_THE_HEADER: dict[str, Hint] = {
    "authorization_missing": Hint(Text("没有 Authorization 头。", "There is no Authorization header."), _FORM),
    "scheme_missing": Hint(Text("Authorization 里没有认证类型。", "The Authorization header lacks its scheme."), _FORM),
    "scheme_joined": Hint(
        Text("认证类型后面没有空格。", "There is no blank after the scheme of the Authorization header."), _FORM
    ),
    "scheme_sm": Hint(
        Text("认证类型是国密的，沙箱不支持。", "The scheme is that of the SM algorithms, which are not played here."),
        _FORM,
    ),
    "scheme_case": Hint(
        Text("认证类型的大小写不对（{scheme}）。", "The scheme is written in another case ({scheme})."), _FORM
    ),
    "scheme_other": Hint(
        Text("认证类型是 {scheme}，V3 只有 WECHATPAY2-SHA256-RSA2048。", "The scheme is {scheme}; V3 has its own."),
        _FORM,
    ),
    "quotes_single": Hint(Text("{quoted} 的值用了单引号。", "Single quotes stand around {quoted}."), _FORM),
    "quotes_wide": Hint(
        Text("{quoted} 的值用了全角（中文）引号。", "Typographic quotes stand around {quoted}."), _FORM
    ),
    "quotes_missing": Hint(Text("{quoted} 的值没有引号。", "There are no quotes around {quoted}."), _FORM),
    "blanks_within": Hint(
        Text("字段名和值之间不是一个单独的“=”。", "Between a name and its value stands something else than =."), _FORM
    ),
    "comma_missing": Hint(Text("字段之间没有用逗号分隔。", "The fields are not separated by commas."), _FORM),
    "comma_last": Hint(Text("末尾多了逗号。", "There is a comma after the last field."), _FORM),
    "header_beside": Hint(
        Text("Authorization 里有多余的内容：{beside}。", "The Authorization header holds something else: {beside}."),
        _FORM,
    ),
    "fields_misnamed": Hint(Text("字段名写法不对：{misnamed}。", "Fields stand under other names: {misnamed}."), _FORM),
    "fields_twice": Hint(Text("{twice} 出现了不止一次。", "{twice} stands there more than once."), _FORM),
    "fields_missing": Hint(
        Text("Authorization 里缺少 {missing}（或值为空）。", "The Authorization header lacks {missing}."), _FORM
    ),
}

_OF_THE_FORM: dict[str, Hint] = {
    "signature_unpadded": Hint(
        Text("签名的 Base64 末尾少了（或多了）“=”。", "The = at the end of the Base64 are too few or too many."),
        _BASE64,
    ),
    "signature_url_safe": Hint(
        Text("签名用了 URL 安全的 Base64（- 和 _）。", "It is written in URL-safe Base64 (- and _)."), _BASE64
    ),
    "signature_hex": Hint(Text("签名写成了十六进制。", "It is written in hex."), _BASE64),
    "signature_lines": Hint(
        Text(
            "签名的 Base64 里有换行（每 64 或 76 个字符一行）。",
            "There are line breaks in the Base64 (after every 64 or 76 characters).",
        ),
        _BASE64,
    ),
    "signature_plus_lost": Hint(
        Text("签名里的“+”变成了空格（按 URL 解码过）。", "The + of the Base64 became blanks: it was URL-decoded."),
        _BASE64,
    ),
    "signature_url_encoded": Hint(
        Text("签名按 URL 编码过（%2B、%2F、%3D）。", "It was URL-encoded (%2B, %2F, %3D)."), _BASE64
    ),
    "signature_twice": Hint(Text("签名编码了两次。", "It was encoded twice."), _BASE64),
    "signature_quoted": Hint(Text("签名的值里还有引号。", "There are quotes inside its value."), _BASE64),
    "signature_form": Hint(Text("signature 不是 Base64。", "The signature is no Base64."), _BASE64),
    "signature_length": Hint(
        Text(
            "signature 解码后是 {bytes} 字节，2048 位 RSA 的签名是 256 字节：被截断了，或不是 RSA 签名。",
            "The signature has {bytes} bytes; one of a 2048-bit key has 256: it was cut, or is no RSA signature.",
        ),
        ALGORITHM,
    ),
}

_OF_THE_KEY: dict[str, Hint] = {
    "key_platform": Hint(
        Text(
            "签名用的是微信支付自己的密钥（{signer}），不是商户私钥。",
            "It was signed with a key of WeChat Pay's ({signer}), not with the merchant's.",
        ),
        _OWN_KEY,
    ),
    "key_other_merchant": Hint(
        Text(
            "签名用的是另一个商户 {other_mch_id} 的私钥（证书 {signer}）。",
            "It was signed with the key of another merchant, {other_mch_id} (certificate {signer}).",
        ),
        _OWN_KEY,
    ),
    "key_unknown": Hint(
        Text(
            "沙箱试过的私钥（本商户的、微信支付的、最近建的其他商户的）都没有做出这个签名：私钥不是沙箱给的那个，或签名在途中坏了。",
            "No key that was tried (the merchant's, WeChat Pay's, those of the newest other merchants) made this "
            "signature: it is the key of another place, or the signature was damaged on its way.",
        ),
        Text(
            "从商户页重新下载 apiclient_key.pem 和证书；比对两者：openssl x509 -in apiclient_cert.pem -noout -modulus "
            "与 openssl rsa -in apiclient_key.pem -noout -modulus 要相同。",
            "Download apiclient_key.pem and the certificate again from the merchant's page, and compare: openssl x509 "
            "-in apiclient_cert.pem -noout -modulus and openssl rsa -in apiclient_key.pem -noout -modulus agree.",
        ),
    ),
    "serial_other_own": Hint(
        Text(
            "serial_no 是 {shown}，签名用的却是本商户另一张证书 {signer} 的私钥。",
            "serial_no is {shown}, but the key that signed belongs to another certificate of this merchant, {signer}.",
        ),
        _OWN_KEY,
    ),
    "serial_platform": Hint(
        Text(
            "serial_no 写成了微信支付平台证书（或公钥）的序列号 {shown}；本商户的是 {own}。",
            "serial_no is that of WeChat Pay's own certificate or key ({shown}); the merchant's is {own}.",
        ),
        _OWN_KEY,
    ),
    "serial_other_merchant": Hint(
        Text(
            "serial_no {shown} 是另一个商户 {other_mch_id} 的证书；本商户的是 {own}。",
            "serial_no {shown} is that of another merchant, {other_mch_id}; this merchant's is {own}.",
        ),
        _OWN_KEY,
    ),
    "serial_form": Hint(
        Text(
            "serial_no 是对的证书，写法不对（十进制、冒号、少了开头的 0）：{shown}，应为 {own}。",
            "serial_no is the right certificate's, written otherwise (decimal, colons, zeros lost): {shown} for {own}.",
        ),
        _OWN_KEY,
    ),
    "serial_unknown": Hint(
        Text(
            "沙箱里没有序列号为 {shown} 的证书；本商户的是 {own}。",
            "There is no certificate with the serial number {shown}; this merchant's is {own}.",
        ),
        _OWN_KEY,
    ),
    "certificate_revoked": Hint(
        Text("证书 {serial_no} 已作废。", "The certificate {serial_no} is revoked."),
        Text(
            "换用有效的证书和私钥，或在商户页恢复它。",
            "Use a valid one with its key, or restore it on the merchant's page.",
        ),
    ),
    "certificate_expired": Hint(
        Text("证书 {serial_no} 已过期。", "The certificate {serial_no} has expired."),
        Text(
            "在商户页申请新证书，换上它和它的私钥。", "Issue a new one on the merchant's page and use it with its key."
        ),
    ),
    "digest_bare": Hint(
        Text(
            "签名里没有哈希算法的标识：只是把摘要（或原文）用私钥“加密”了（如 NONEwithRSA、privateEncrypt）。",
            "It lacks the hash's name: a digest (or the text) was only “encrypted” with the key (NONEwithRSA, "
            "privateEncrypt).",
        ),
        ALGORITHM,
    ),
    "padding_pss": Hint(Text("签名用的是 PSS 填充。", "It was made with PSS padding."), ALGORITHM),
    "hash_other": Hint(
        Text("签名用的哈希是 {algorithm}，不是 SHA-256。", "It was made with {algorithm}, not with SHA-256."),
        ALGORITHM,
    ),
}

_OF_THE_CLOCK: dict[str, Hint] = {
    "timestamp_milliseconds": Hint(
        Text(
            "timestamp 是毫秒（{sent}），应是秒（{right}）。", "The timestamp is in milliseconds ({sent} for {right})."
        ),
        SECONDS,
    ),
    "timestamp_form": Hint(
        Text("timestamp 不是秒数：{sent}。", "The timestamp is no count of seconds: {sent}."), SECONDS
    ),
    "clock_ahead": Hint(
        Text("timestamp 比真实时间快 {seconds} 秒。", "The timestamp is {seconds} seconds ahead of real time."), _CLOCK
    ),
    "clock_behind": Hint(
        Text("timestamp 比真实时间慢 {seconds} 秒。", "The timestamp is {seconds} seconds behind real time."), _CLOCK
    ),
    "clock_hours": Hint(
        Text("正好差北京时间与 UTC 的 8 小时。", "That is the eight hours between Beijing time and UTC."), _CLOCK
    ),
}

_FOUR_LINES = Text(
    "传给前端的二次签名：appid、时间、随机串、prepay_id（JSAPI 带 prepay_id=）四行，"
    "每行以 \\n 结尾，用商户 API 私钥签名。",
    "For the client four lines are signed with the merchant's private key: appid, time, nonce, prepay_id (for JSAPI "
    "prepay_id=...), each ended with \\n.",
)
_OF_THE_CLIENT = {name: Hint(text, _FOUR_LINES) for name, text in SECOND_SIGNATURES.items()}

RSA_HINTS = {
    **_OF_THE_HEADER,
    **_OF_THE_CLOCK,
    **_OF_THE_KEY,
    **_OF_THE_FORM,
    **OF_THE_TEXT,
    **OF_REPLIES,
    **_OF_THE_CLIENT,
}
