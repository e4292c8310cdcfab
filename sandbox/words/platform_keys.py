"""The sentences on WeChat Pay's own keys as a merchant has them."""

from sandbox.core.text import Text

PLATFORM_KEYS = Text("平台密钥", "WeChat Pay's keys")
LEAD = Text(
    "APIv3 的应答和通知用它们签名，敏感字段用它们加密。各商户共用一对，换发的平台证书只属于这个商户；时间按真实时钟。",
    "APIv3's answers and notifications are signed with them, sensitive fields encrypted. All merchants share one pair; "
    "a certificate that is issued here is this merchant's alone. Times are real ones.",
)
IDENTITY = Text("微信支付以什么证明自己", "By what WeChat Pay proves itself")
IDENTITIES = {
    "certificate": Text("平台证书", "platform certificates"),
    "public_key": Text("微信支付公钥", "its public key alone"),
    "both": Text("平台证书和微信支付公钥", "platform certificates and public key"),
}
SEPARATE = Text(
    "公钥另用一对密钥（真实平台如此）；不勾选时与平台证书同一对",
    "The public key has a pair of its own, as at the real platform; else it is that of the platform certificate",
)
NOT_YET = Text("还没有：第一次用到时自动生成。", "None yet: they are made when first needed.")
NO_CERTIFICATE = Text("这个商户只用微信支付公钥，没有平台证书。", "This merchant has WeChat Pay's public key alone.")
ISSUE = Text("换发一张新的", "Issue a new one beside it")
ISSUED = Text(
    "平台证书 {serial_no} 已换发，与旧的同时有效；还是旧的在签名。",
    "The platform certificate {serial_no} is issued, valid beside the old one, which goes on signing.",
)
STATES = {
    "valid": Text("有效", "valid"),
    "signs": Text("有效，正在签名", "valid, and signs"),
    "expired": Text("已过期", "has ended"),
}
EFFECTIVE_AT = Text("生效", "Valid from")
ACTS = {
    "sign": Text("改用它签名", "Sign with it"),
    "expire": Text("立即过期", "Expire now"),
}
DONE = {
    "sign": Text("从现在起用它签名。", "It signs from now on."),
    "expire": Text(
        "已过期：另一张在签名，为它加密的内容不再解得开。",
        "Ended: the other one signs, and what is encrypted for this one is read no more.",
    ),
}
