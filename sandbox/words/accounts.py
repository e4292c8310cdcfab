"""The sentences of the console's pages for merchants, apps and payers, as far as people set something there."""

from collections.abc import Mapping

from sandbox.core.text import Text
from sandbox.words.certificates import STATES
from sandbox.words.console import PRODUCT_STATES
from sandbox.words.platform_keys import IDENTITIES
from sandbox.words.platform_keys import STATES as PLATFORM_STATES

ACCOUNTS = Text("账户", "Accounts")
MERCHANTS = Text("商户平台", "Merchants")
APPS = Text("开放平台", "Apps")
PAYERS = Text("付款人", "Payers")
SAVED = Text("已保存，立即生效。", "Saved; in force at once.")
SAVE = Text("保存", "Save")

# -- the timeline ------------------------------------------------------------------------------------------------------
CHANGES = Text("设置变更", "Changes")
NO_CHANGES = Text("还没有改过什么。", "Nothing has been changed yet.")
CHANGES_LEAD = Text(
    "控制台、控制 API 和配置文件改的都在这里，立即生效。",
    "What console, control API and configuration file change stands here; each is in force at once.",
)
AUTHORS = {
    "console": Text("控制台", "console"),
    "control": Text("控制 API", "control API"),
    "file": Text("配置文件", "configuration file"),
}
MADE = Text("新建", "made")
NOTHING = Text("（空）", "(empty)")

# -- keys --------------------------------------------------------------------------------------------------------------
KEYS = Text("密钥", "Keys")
KEYS_LEAD = Text(
    "更换后，用旧密钥签名的一律是“签名错误”。留空则随机生成。",
    "Once one is replaced, what the old one signs is wrong. Leave it empty to have a key made up.",
)
NEW_KEY = Text("新的 {name}（32 位）", "New {name} (32 characters)")
REPLACE = Text("更换", "Replace")
REPLACE_NAMED = Text("更换 {name}", "Replace {name}")
KEY_REPLACED = Text(
    "{name} 已更换；用旧密钥签名的从现在起是错的。", "{name} is replaced; what the old one signs is wrong from now on."
)
KEY_SAME = Text("这就是现在的密钥。", "That is the present key.")
REPLACED_AT = Text("API 密钥在 {at} 换过。", "The API key was replaced at {at}.")
STILL_OLD = Text("这些调用还在用旧密钥：", "These calls still use the old key:")
NONE_OLD = Text("换过以后没有调用再用旧密钥。", "No call has used the old key since.")
TIMES = Text("{n} 次", "{n} times")

# -- products and pairing ----------------------------------------------------------------------------------------------
PRODUCT_HINT = Text(
    "未开通、预开通、受风控限制时，下单和已下的单都会按真实的话拒绝。",
    "What is not opened, being opened or restricted is refused in WeChat's words, at placing and by the client.",
)
PAIR = Text("关联", "Pair")
UNPAIR = Text("解除关联", "Unpair")
UNPAIR_NAMED = Text("解除关联 {name}", "Unpair {name}")
PAIR_APPID = Text("要关联的 appid", "An appid to pair")
PAIR_MERCHANT = Text("要关联的商户", "A merchant to pair")
PAIRED = Text("{appid} 与 {mch_id} 已关联。", "{appid} and {mch_id} are paired.")
UNPAIRED = Text(
    "{appid} 与 {mch_id} 已解除关联；下单会是“商户号mch_id与appid不匹配”。",
    "{appid} and {mch_id} are no longer paired; orders with both are refused.",
)
PAIRED_MERCHANTS = Text("关联的商户", "Paired merchants")
NO_PAIRED = Text("没有关联任何商户。", "No merchant is paired with it.")

# -- places ------------------------------------------------------------------------------------------------------------
PLACES = Text("支付授权目录和 H5 域名", "Where payments may be invoked")
DIRECTORIES = Text(
    "JSAPI 支付授权目录：每行一个，最多 5 个，以 / 结尾；不在其中的页面得到“当前页面的URL未注册”。留空则都允许。",
    "JSAPI directories, one a line, 5 at most, each ending with /. Pages elsewhere are not registered. None: all may.",
)
DOMAINS = Text(
    "H5 支付域名：每行一个，最多 5 个，不带 http://。Referer 和 redirect_url 的域名必须在其中。留空则都允许。",
    "H5 domains, one a line, 5 at most, without http://. Referer and redirect_url must be of them. None: all may.",
)
CHECK_IP = Text(
    "H5 页面检查付款人的 IP 与下单时的相同（V2 的 spbill_create_ip，APIv3 的 payer_client_ip）",
    "The H5 page wants the payer's address to be the order's (V2's spbill_create_ip, APIv3's payer_client_ip)",
)

# -- words -------------------------------------------------------------------------------------------------------------
WORDING = Text(
    "V2 接口报错用哪一代的话：约 2022 年起的（“签名错误，请检查后再试”），还是 2016 到 2020 年的（“签名错误”）。",
    "Which error messages V2 has: those seen since about 2022, or those of 2016 to 2020.",
)
WORDINGS = {
    "": Text("跟随沙箱", "the sandbox's"),
    "today": Text("现在的", "today's"),
    "2016": Text("2016 到 2020 年的", "2016 to 2020"),
}

# -- apps --------------------------------------------------------------------------------------------------------------
NO_APPS = Text("还没有应用。", "There are no apps yet.")
APP_SETTINGS = Text("应用资料", "The app's registration")
KIND = Text("类型", "Kind")
KINDS = {
    "app": Text("移动应用", "mobile app"),
    "official_account": Text("公众号", "official account"),
    "mini_program": Text("小程序", "mini program"),
}
REVIEW = Text("应用审核状态", "Review of the app")
REVIEWS = {
    "passed": Text("已通过", "passed"),
    "reviewing": Text("审核中", "under review"),
    "refused": Text("未通过", "refused"),
}
PAYMENT = Text("微信支付能力", "Payment capability")
CAPABILITIES = {
    "not_applied": Text("未申请", "not applied for"),
    "reviewing": Text("审核中", "under review"),
    "opened": Text("已开通", "opened"),
    "refused": Text("被拒", "refused"),
}
HINTS = {
    "package_name": Text("Android 包名；不一致时 -1", "of the Android app; another one gets -1"),
    "app_signature": Text(
        "签名证书的 MD5，32 位小写、无冒号；不一致时 -1",
        "MD5 of the signing certificate, 32 lower-case hex digits, no colons; another one gets -1",
    ),
    "bundle_id": Text("iOS Bundle ID", "of the iOS app"),
    "universal_link": Text("iOS Universal Link", "of the iOS app"),
}
FROM_CERTIFICATE = Text("由证书算出应用签名", "Compute the signature from a certificate")
CERTIFICATE_LEAD = Text(
    "粘贴 keytool -list -rfc 或 apksigner 打印的证书（PEM），或选一个 APK。APK 只读 META-INF 里的 v1 签名；"
    "只有 v2/v3 签名的，用 apksigner verify --print-certs-pem 打印证书后粘贴。",
    "Paste the certificate (PEM) as keytool -list -rfc or apksigner prints it, or choose an APK. Of an APK only the v1 "
    "signature under META-INF is read; of one with v2 or v3 alone, paste what apksigner verify --print-certs-pem says.",
)
PEM = Text("证书（PEM）", "Certificate (PEM)")
FILE = Text("或文件（APK、证书）", "Or a file (APK, certificate)")
COMPUTE = Text("算出并登记", "Compute and register")
SIGNATURE_IS = Text("应用签名已登记：{value}", "The app's signature is registered: {value}")
CERTIFICATE_TROUBLES = {
    "nothing": Text("先粘贴证书，或选一个文件。", "Paste a certificate, or choose a file."),
    "unreadable": Text("读不出证书。", "No certificate can be read from it."),
    "no_v1": Text(
        "这个 APK 没有 v1 签名（META-INF 下没有 .RSA、.DSA、.EC）；请粘贴证书。",
        "This APK has no v1 signature (no .RSA, .DSA, .EC under META-INF); paste its certificate.",
    ),
    "too_large": Text("文件太大。", "The file is too large."),
}

# -- payers ------------------------------------------------------------------------------------------------------------
PHONE = Text("手机", "Phone")
PHONE_LEAD = Text(
    "没有登录的付款人调起支付得到 -1 logged-out，微信低于 5.0 得到 -1 too-old；余额不足得到 -1 balance。",
    "A payer who is not logged in gets -1 logged-out, one whose WeChat is below 5.0 -1 too-old; one with too little -1 "
    "balance.",
)
DEVICE = Text("登录的设备", "Logged in on")
DEVICE_HINT = Text("如 iPhone 15", "iPhone 15, say")
LOGGED_IN = Text("已登录", "Logged in")
LOGGED_OUT = Text("已在其他设备登录", "Logged out by another device")
VERSION = Text("微信版本", "WeChat version")
VERSION_HINT = Text("留空为足够新", "empty: new enough")
WALLET = Text("余额（元）", "Balance (yuan)")
WALLET_HINT = Text("留空为不限", "empty: no limit")
NO_LIMIT = Text("不限", "no limit")
NEW_PAYER = Text("新建付款人", "A new payer")
ADD = Text("新建", "Add")
PAYER_ADDED = Text("付款人 {openid} 已新建。", "The payer {openid} is there.")
PAYER_TAKEN = Text("付款人 {openid} 已经有了。", "The payer {openid} is there already.")

# -- what the values of the timeline mean ------------------------------------------------------------------------------
_YES_NO = {"true": Text("是", "yes"), "false": Text("否", "no")}
_VALUES: Mapping[str, Mapping[str, Text]] = {
    "products": PRODUCT_STATES,
    "certificates": STATES,
    "platform_certificates": PLATFORM_STATES,
    "platform_identity": IDENTITIES,
    "kind": KINDS,
    "review": REVIEWS,
    "payment": CAPABILITIES,
    "wording": WORDINGS,
    **dict.fromkeys(("service_provider", "h5_check_ip", "logged_in", "separate_platform_keys"), _YES_NO),
}


def meaning(field: str, value: str) -> Text | None:
    """A value of the control API in words: of products.APP, not_opened is 未开通. None where it says what it is."""
    return _VALUES.get(field.partition(".")[0], {}).get(value)
