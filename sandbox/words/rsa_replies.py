"""Why the signature of an answer or a notification of V3 is not right, and what its receiver does."""

from sandbox.core.text import Text
from sandbox.words.hints import Hint

_RAW = Text(
    "验签用收到的原始字节：先取请求体（应答体）的原文，再解析 JSON；"
    "签名串是 Wechatpay-Timestamp、Wechatpay-Nonce、原文三行，每行以 \\n 结尾。",
    "Verify the bytes as they came, before the JSON is parsed: three lines, Wechatpay-Timestamp, Wechatpay-Nonce and "
    "the body, each ended with \\n.",
)
_REFUSE = Text(
    "这样的消息不可信：通知回 4xx 或 5xx，应答当作结果未知，去查单。",
    "Such a message is not to be trusted: answer a notification with 4xx or 5xx; of an answer nothing is known: query.",
)

OF_REPLIES: dict[str, Hint] = {
    "reply_headers_missing": Hint(
        Text(
            "缺少 {missing}：401、404、参数错误等应答没有签名。",
            "{missing} is missing: 401, 404 and others are unsigned.",
        ),
        _REFUSE,
    ),
    "reply_probe": Hint(
        Text(
            "这是签名探测（WECHATPAY/SIGNTEST/）：签名是故意错的。",
            "A probe (WECHATPAY/SIGNTEST/): it is wrong on purpose.",
        ),
        _REFUSE,
    ),
    "reply_key_unknown": Hint(
        Text(
            "微信支付在这个沙箱里的密钥都没有做出这个签名（Wechatpay-Serial：{shown}）。",
            "None of WeChat Pay's keys here made this signature (Wechatpay-Serial: {shown}).",
        ),
        _REFUSE,
    ),
    "reply_key_merchant": Hint(
        Text(
            "签名用的是商户的密钥（{signer}），不是微信支付的。",
            "Signed by a merchant's key ({signer}), not WeChat Pay's.",
        ),
        _REFUSE,
    ),
    "reply_serial": Hint(
        Text(
            "Wechatpay-Serial 是 {shown}，签名的却是 {signer}。",
            "Wechatpay-Serial is {shown}, but the key that signed is {signer}.",
        ),
        _REFUSE,
    ),
    "reply_way": Hint(
        Text("不是 SHA256withRSA（PKCS#1 v1.5、Base64）。", "It is no SHA256withRSA (PKCS#1 v1.5) in Base64."), _REFUSE
    ),
    "reply_body_changed": Hint(
        Text(
            "签名是微信支付的（{signer}），但这个消息体不是原文：JSON 被重新写过，或首尾多了空白。",
            "WeChat Pay signed it ({signer}), but this is not the body as it came: the JSON was written anew, or has "
            "other ends.",
        ),
        _RAW,
    ),
    "reply_text_unknown": Hint(
        Text(
            "签名是微信支付的（{signer}），但签的不是这三行：消息体、时间或随机串不是一起收到的。",
            "WeChat Pay signed it ({signer}), but not these three lines: these did not come together.",
        ),
        _RAW,
    ),
}
