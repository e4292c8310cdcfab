"""The sentences on a merchant's keys, by the version of the API that takes them."""

from sandbox.core.text import Text

USES = Text("用的接口", "API in use")
USES_NONE = Text("还没有调用", "no call yet")
OF_V3 = Text("APIv3 的密钥", "Keys of APIv3")
OF_V2 = Text("V2 的密钥", "Keys of V2")
SERIAL = Text("商户证书序列号", "Certificate serial number")
PLATFORM_SERIAL = Text("平台证书序列号", "Platform certificate")
PUBLIC_KEY = Text("微信支付公钥 ID", "WeChat Pay's public key")
NOT_YET = Text("下载时生成", "made when downloaded")
V3_HINT = Text(
    "请求用 apiclient_key.pem 签名，报出证书序列号；应答和通知用平台证书或微信支付公钥验签；APIv3 密钥解密通知。",
    "Requests are signed with apiclient_key.pem under the certificate's serial number; answers and notifications are "
    "verified with the platform certificate or WeChat Pay's public key; the APIv3 key decrypts notifications.",
)
P12 = Text("商户证书", "Certificate")
V2_HINT = Text(
    "请求、应答、通知都用 API 密钥签名；退款等接口走 HTTPS 时还要商户证书，口令是 mch_id。",
    "Requests, answers and notifications are signed with the API key; refunds and some others also want the "
    "certificate over HTTPS. Its password is the mch_id.",
)
