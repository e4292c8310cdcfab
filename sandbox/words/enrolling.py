"""The sentences of opening, changing and closing accounts in the console, and of what is wrong in its forms."""

from sandbox.core.text import Text

# -- what a form holds and may not -------------------------------------------------------------------------------------
UNFIT_VALUE = Text("“{value}”：{rule}", "“{value}”: {rule}")
_ADDRESS = Text(
    "{name} 要以 http:// 或 https:// 开头，最多 256 个字符；不用就留空。",
    "{name} begins with http:// or https:// and has 256 characters at the most; leave it empty for none.",
)
_APPID = Text("{name} 是 1 到 32 个字母、数字、_ 和 -。", "{name}: each is 1 to 32 letters, digits, _ and -.")
_KEY = Text("{name}：密钥是 32 个可见的 ASCII 字符。", "{name}: a key is 32 printable ASCII characters.")
_MCH_ID = Text("{name} 是 8 到 10 位数字。", "{name} is 8 to 10 digits.")
_NAME = Text("{name} 最多 256 个字符。", "{name} has 256 characters at the most.")
_CHOICE = Text("{name} 没有这个选项。", "{name}: there is no such choice.")
UNFIT = {
    **dict.fromkeys(("notify_url", "refund_notify_url", "sharing_notify_url", "native_callback_url"), _ADDRESS),
    **dict.fromkeys(("appid", "appids", "sub_appids"), _APPID),
    **dict.fromkeys(("api_key", "api_v3_key"), _KEY),
    **dict.fromkeys(("mch_id", "sub_mch_id", "mch_ids"), _MCH_ID),
    **dict.fromkeys(("name", "package_name", "bundle_id", "universal_link"), _NAME),
    **dict.fromkeys(("kind", "review", "payment", "products", "wording", "platform_identity"), _CHOICE),
    "openid": Text(
        "{name} 是 28 个字母、数字、_ 和 -，以 o 开头；留空则随机生成。",
        "{name} is 28 letters, digits, _ and -, the first o; leave it empty to have one made up.",
    ),
    "app_signature": Text(
        "{name} 是 32 位小写十六进制，无冒号。", "{name} is 32 lower-case hex digits, without colons."
    ),
    "rate": Text(
        "{name}：费率是百分数，最多两位小数，如 0.60%。", "{name} is a percentage of at most two decimals: 0.60%."
    ),
    "sharing_ratio": Text(
        "{name}：分账比例是百分数，最多两位小数，不超过 100%，如 30.00%。",
        "{name} is a percentage of at most two decimals, up to 100%: 30.00%.",
    ),
    "balance": Text("余额写成 12.34，或留空。", "Write what is left like 12.34, or leave it empty."),
    "wechat_version": Text("版本写成 8.0.49，或留空。", "Write the version like 8.0.49, or leave it empty."),
    "device": Text("{name} 最多 64 个字符。", "{name} has 64 characters at the most."),
    "bank_type": Text("没有这种银行卡。", "There is no such card."),
    "cards": Text("最多 20 张银行卡。", "20 cards at the most."),
    "jsapi_directories": Text(
        "{name} 最多 5 个，每个以 http:// 或 https:// 开头、以 / 结尾，不带 ? 和 #。",
        "{name}: 5 at the most; each begins with http:// or https://, ends with /, and has neither ? nor #.",
    ),
    "h5_domains": Text(
        "{name} 最多 5 个，每个是域名，不带 http:// 和 /。",
        "{name}: 5 at the most; each is a host name, without http:// and /.",
    ),
}
"""By the field's name in the control API, as `web.drafts` has it."""

# -- merchants ---------------------------------------------------------------------------------------------------------
MERCHANTS_LEAD = Text(
    "商户号（mch_id）是收钱的账户：后端用它和它的 API 密钥下单。一个沙箱可以有许多个，各有各的时钟、订单和资金。",
    "A merchant (mch_id) is the account that is paid: a backend orders with it and its API key. A sandbox may have "
    "many, each with its own clock, orders and money.",
)
NEW_MERCHANT = Text("新建商户", "New merchant")
NEW_MERCHANT_LEAD = Text(
    "只要选类型；留空的都会随机生成，密钥和证书也是。",
    "Only the kind is asked for; what is left empty is made up, keys and certificates too.",
)
MERCHANT_KINDS = {"direct": Text("普通商户", "direct merchant"), "provider": Text("服务商", "service provider")}
KIND = Text("类型", "Kind")
KIND_HINT = Text(
    "服务商下单要带 sub_mch_id，普通商户不能带。",
    "A service provider must name a sub_mch_id in its orders; a direct merchant must not.",
)
LEFT_EMPTY = Text("留空则随机生成", "made up where empty")
APPID_AT_ONCE = Text("同时关联的 appid；留空则新建一个", "an appid to pair at once; a new one where empty")
OPEN = Text("新建", "Make it")
OPENED = Text("商户 {mch_id} 已新建。", "The merchant {mch_id} is there.")
IDENTITY = Text("商户资料", "The merchant")
CLOSE = Text("注销商户", "Close this merchant")
CLOSE_ASK = Text("注销商户 {mch_id}？", "Close the merchant {mch_id}?")
CLOSE_WHAT = Text(
    "它的密钥和证书、全部订单、退款、通知、调用记录、账目和设置变更都会删除，不能恢复。",
    "Its keys and certificates, all its orders, refunds, notifications, calls, ledger and changes are deleted for "
    "good.",
)
CLOSE_ORDERS = Text("订单：{count}", "Orders: {count}")
CLOSE_SUBS = Text("子商户：{subs}", "Sub-merchants: {subs}")
CLOSE_APPS = Text(
    "只与它关联的应用和它们的付款人也会删除：{appids}",
    "The apps that only it is paired with go too, and their payers: {appids}",
)
CLOSE_DEFAULT = Text(
    "这是默认商户：下次启动沙箱时会按默认设置重新建立。",
    "This is the default merchant: the next start of the sandbox makes it anew, as it was in the beginning.",
)
CLOSE_YES = Text("注销", "Close it")
KEEP = Text("保留", "Keep it")
CLOSED = Text("商户 {mch_id} 已注销。", "The merchant {mch_id} is closed.")
BACK = Text("返回", "Back")
CONTENTS = Text("本页内容", "On this page")

# -- sub-merchants -----------------------------------------------------------------------------------------------------
SUBS_LEAD = Text(
    "服务商替子商户下单：sub_mch_id 必须在这里，sub_appid 必须是这个子商户的，产品要子商户授权。",
    "A service provider orders for its sub-merchants: sub_mch_id must stand here, sub_appid must be that "
    "sub-merchant's, and the product must be granted.",
)
NO_SUBS = Text("还没有子商户；没有 sub_mch_id 下不了单。", "There are no sub-merchants yet; without one, no order.")
NOT_PROVIDER = Text(
    "这个商户不是服务商，子商户现在不起作用。",
    "This merchant is no service provider; sub-merchants have no effect now.",
)
NEW_SUB = Text("新增子商户", "A new sub-merchant")
SUB_APPIDS = Text("用空格或逗号隔开，可以没有", "separated by spaces or commas; may be none")
ADD = Text("新增", "Add")
ALL_SUBS = Text("管理子商户", "Manage the sub-merchants")
SAVE_NAMED = Text("保存 {name}", "Save {name}")
REMOVE = Text("移除", "Remove")
REMOVE_NAMED = Text("移除 {name}", "Remove {name}")
SUB_ADDED = Text("子商户 {sub_mch_id} 已新增。", "The sub-merchant {sub_mch_id} is there.")
SUB_REMOVED = Text(
    "子商户 {sub_mch_id} 已移除；替它下单会是“受理关系不存在”。",
    "The sub-merchant {sub_mch_id} is gone; orders for it are refused.",
)
SUB_TAKEN = Text("子商户 {sub_mch_id} 已经有了。", "The sub-merchant {sub_mch_id} is there already.")

# -- apps --------------------------------------------------------------------------------------------------------------
APPS_LEAD = Text(
    "应用（appid）是付款人眼前的一方：移动应用、公众号或小程序。要和商户号关联，才能用它下单。",
    "An app (appid) is what the payer sees: a mobile app, an official account or a mini program. Orders want it paired "
    "with the merchant.",
)
NEW_APP = Text("登记应用", "Register an app")
NEW_APP_LEAD = Text(
    "登记后有一个付款人；包名和签名先是沙箱的默认值，可以再改。",
    "It gets a payer; package name and signature begin as the sandbox's own and can be changed.",
)
PAIR_AT_ONCE = Text("关联的商户", "Paired with")
NOBODY = Text("先不关联", "nobody yet")
REGISTER = Text("登记", "Register")
REGISTERED = Text("应用 {appid} 已登记。", "The app {appid} is registered.")
TAKEN = Text("appid {appid} 已经登记过了。", "The appid {appid} is registered already.")
DROP = Text("删除应用", "Drop this app")
DROP_ASK = Text("删除应用 {appid}？", "Drop the app {appid}?")
DROP_WHAT = Text(
    "它的登记和付款人都会删除，不能恢复；订单保留。",
    "Its registration and its payers are deleted for good; orders stay.",
)
DROP_YES = Text("删除", "Drop it")
DROPPED = Text("应用 {appid} 已删除。", "The app {appid} is gone.")
STILL_PAIRED = Text(
    "还与 {mch_ids} 关联（或是其子商户的），解除后才能删除。",
    "It is paired with {mch_ids}, or is a sub-merchant's of theirs; unpair it to drop it.",
)
