"""The console's sentences."""

from sandbox.core.text import Text

# -- the frame ---------------------------------------------------------------------------------------------------------
TITLE = Text("微信支付沙箱", "WeChat Pay sandbox")
SKIP = Text("跳到正文", "Skip to content")
NAVIGATION = Text("主导航", "Main navigation")
ORDERS = Text("订单", "Orders")
CALLS = Text("调用", "Calls")
NOTIFICATIONS = Text("通知", "Notifications")
MERCHANTS = Text("商户", "Merchants")
CONNECT = Text("接入", "Connect")
DEBUG = Text("调试", "Debug")
FIRST_STEPS = Text("入门", "First steps")
MERCHANT = Text("商户", "Merchant")
ALL_MERCHANTS = Text("全部商户", "All merchants")
GO = Text("切换", "Go")
THEME = Text("主题", "Theme")
THEME_AUTO = Text("跟随系统", "Follow the system")
THEME_LIGHT = Text("浅色", "Light")
THEME_DARK = Text("深色", "Dark")
OTHER_LANGUAGE = Text("English", "中文")
CLOCK = Text("沙箱时间", "Sandbox time")
CLOCK_AHEAD = Text("快 {span}", "{span} ahead")
CLOCK_BEHIND = Text("慢 {span}", "{span} behind")
CLOCK_SCALE = Text("{scale} 倍速", "{scale}× speed")
ADVANCE = Text("快进沙箱时间", "Move sandbox time on")
PLUS_15_S = Text("+15 秒", "+15 s")
PLUS_5_MIN = Text("+5 分", "+5 min")
NEXT_RETRY = Text("下次重试", "Next retry")
PLUS_1_DAY = Text("+1 天", "+1 day")
RESET_CLOCK = Text("回到现在", "Back to now")
LIVE = Text("实时", "Live")
NEW_ABOVE = Text("↑ {n} 条新的", "↑ {n} new")
LOST = Text("与沙箱的连接断开，正在重连…", "Lost the sandbox; reconnecting…")
LOG_OUT = Text("退出", "Log out")
SHORTCUTS = Text("快捷键", "Keyboard")
CLOSE = Text("关闭", "Close")
COPY = Text("复制", "Copy")
COPY_THIS = Text("复制 {name}", "Copy {name}")
COPIED = Text("已复制", "Copied")
FAILED = Text("没有成功；看看沙箱的日志。", "That did not work; see the sandbox's log.")
SILENT = Text(
    "沙箱没有应答：它可能已经停止。启动它，再试一次。",
    "The sandbox does not answer; perhaps it has stopped. Start it and try again.",
)
DISMISS = Text("知道了", "Dismiss")
KEYS = (
    ("Ctrl+K", Text("命令面板（Mac：⌘K）", "Command palette (Mac: ⌘K)")),
    ("/", Text("搜索", "Search")),
    ("j  k", Text("下一行、上一行", "Next, previous row")),
    ("enter", Text("打开", "Open")),
    ("s", Text("付款成功", "Pay: success")),
    ("e", Text("付款失败，选原因", "Pay: error, choose why")),
    ("c", Text("付款人取消", "Payer cancels")),
    ("x", Text("选中这一行；X 选到这一行为止", "Choose the row; X chooses up to it")),
    ("r", Text("重发通知", "Send the notification again")),
    ("?", Text("这张表", "This list")),
)
JUST_NOW = Text("刚刚", "just now")
AGO = Text("{span}前", "{span} ago")
FROM_NOW = Text("{span}后", "in {span}")
FEN = Text("{fen} 分", "{fen} fen")
SMALLEST = Text("{amount}（{currency} 的最小单位）", "{amount} in the smallest unit of {currency}")

# -- orders ------------------------------------------------------------------------------------------------------------
STATE = Text("状态", "State")
TYPE = Text("类型", "Type")
NOTIFICATION = Text("通知", "Notification")
STATES = {
    "NOTPAY": Text("待支付", "Waiting"),
    "SUCCESS": Text("已支付", "Paid"),
    "REFUND": Text("有退款", "With refunds"),
    "CLOSED": Text("已关闭", "Closed"),
    "PAYERROR": Text("支付失败", "Failed"),
    "USERPAYING": Text("待输密码", "Password"),
    "REVOKED": Text("已撤销", "Reversed"),
}
STATE_MARKS = {
    "NOTPAY": "○",
    "SUCCESS": "✓",
    "REFUND": "↩",
    "CLOSED": "–",
    "PAYERROR": "✕",
    "USERPAYING": "◌",
    "REVOKED": "⤺",
}
NOTIFICATION_CHIPS: dict[str, tuple[Text, str]] = {
    "delivered": (Text("已送达", "Delivered"), "●"),
    "pending": (Text("发送中", "Pending"), "◐"),
    "failing": (Text("失败重试中", "Failing"), "✕"),
    "given_up": (Text("已放弃", "Given up"), "✕"),
    "forged": (Text("收下了伪造通知", "Forgery accepted"), "✕"),
    "none": (Text("无通知", "None"), "○"),
}
SENDING = Text("正在发送", "sending")
RETRY = Text("{when}重试", "retry {when}")
FAILED_RETRY = Text("失败，{when}重试", "failed, retry {when}")
FAILED_RETRYING = Text("失败，正在重试", "failed, retrying")
COUNTERS = Text("计数", "Counters")
WAITING = Text("待支付", "Waiting")
PAID = Text("已支付", "Paid")
FAILED_NOTIFICATIONS = Text("通知失败", "Failed notifications")
SIGNATURE_ERRORS = Text("1 小时内签名错误", "Signature errors, last hour")
FILTERS = Text("筛选", "Filters")
TIME = Text("时间", "Time")
ITEM = Text("商品", "Item")
AMOUNT = Text("金额", "Amount")
ACTS = Text("操作", "Acts")
SUCCESS = Text("成功", "Success")
ERROR = Text("失败", "Error")
CANCEL = Text("取消", "Cancel")
ACT_ON = Text("{act}：{out_trade_no}", "{act}: {out_trade_no}")
SEND_AGAIN = Text("重发", "Send again")
WHY = Text("为什么失败？", "Why does it fail?")
CAUSES_OF_PAYER = Text("付款人那边", "On the payer's side")
CAUSES_OF_SHOP = Text("接入有误", "In the integration")
OLDER = Text("更早的", "Older")
NEWEST = Text("回到最新", "Back to the newest")
NO_MATCH = Text("没有符合条件的订单。", "No order matches.")
DROP_FILTERS = Text("清除筛选", "Drop the filters")
SAMPLE = Text("放一笔样单", "Place a sample order")
SAMPLE_SHORT = Text("＋ 样单", "+ Sample")
SAMPLE_TYPE = Text("样单的类型", "Type of the sample order")
SAMPLE_PLACED = Text(
    "样单 {out_trade_no} 已下单，等你决定结果。", "Sample order {out_trade_no} waits for your decision."
)
SAMPLE_HINT = Text(
    "样单的通知由沙箱自己签收，不需要商户后台。",
    "The sandbox itself takes the sample's notification; no backend is needed.",
)
CLEAR = Text("清空…", "Clear…")
CLEAR_TITLE = Text("清空订单？", "Clear the orders?")
CLEAR_ASK = Text(
    "清空{whose}的 {count} 个订单，连同通知和调用记录？不能撤销；商户和密钥会保留。",
    "Forget {count} orders of {whose}, with notifications and calls? This cannot be undone; merchants and keys stay.",
)
CLEAR_YES = Text("清空", "Clear them")
KEEP = Text("不清空", "Keep them")
CLEARED = Text("已清空。", "Cleared.")
COUNT_LEAST = Text("{count}+", "{count}+")

# -- the invitation ----------------------------------------------------------------------------------------------------
EMPTY_START = Text("第一次接入微信支付？跟着走一遍，十分钟", "New to WeChat Pay? Take the guided tour, ten minutes")
EMPTY = Text("还没有订单", "No orders yet")
EMPTY_LEAD = Text(
    "让商户后台把微信支付的地址换成这里，下一笔统一下单就会出现在这一页。",
    "Point your backend's WeChat Pay address here; its next unifiedorder appears on this page.",
)
STEP_POINT = Text("1. 换掉接口地址", "1. Point the backend here")
STEP_KEYS = Text("2. 用这组商户参数", "2. Use these credentials")
STEP_TRY = Text("3. 下第一笔单", "3. Place a first order")
INSTEAD_OF = Text("代替 https://api.mch.weixin.qq.com", "in place of https://api.mch.weixin.qq.com")
PER_LANGUAGE = Text("各语言怎么写", "How, per language")
CURL_READY = Text("或者把这条签好名的命令粘贴到终端：", "Or paste this signed call into a terminal:")
OR_CLICK = Text("点一下，不用写代码：", "One click, no code:")

# -- an order ----------------------------------------------------------------------------------------------------------
NEXT_PASSWORD = Text(
    "等付款人输入密码；{span}后（{at}）支付失败。", "The payer types the password; the payment fails in {span} ({at})."
)
NEXT_REVERSED = Text("商户在 {at} 撤销了订单。", "The merchant reversed it at {at}.")
NEXT_PAY_BEFORE = Text("等付款人决定；{span}后（{at}）到期关闭。", "The payer decides; it expires in {span} ({at}).")
NEXT_PREPAY_UNTIL = Text(
    "等付款人决定；prepay_id 还有 {span}有效（到 {at}）。",
    "The payer decides; the prepay_id lives {span} more (until {at}).",
)
NEXT_PREPAY_EXPIRED = Text(
    "prepay_id 已过期：商户用同一订单号、同样参数重新下单后才能付。",
    "The prepay_id has expired: it can be paid after the merchant orders again with the same number and parameters.",
)
NEXT_CLOSED = Text("商户在 {at} 关闭了订单，不能再付。", "The merchant closed it at {at}; it can no longer be paid.")
NEXT_EXPIRED = Text("到期未付，{at} 自动关闭。", "It expired unpaid and closed by itself at {at}.")
NEXT_PAYERROR = Text(
    "支付失败，这笔订单不能再付：商户要换一个订单号重新下单。",
    "The payment failed for good: the merchant must order again with another number.",
)
NEXT_NOTHING_OWED = Text("已支付。", "Paid.")
NEXT_SENDING = Text("已支付，正在通知商户…", "Paid; the merchant is being notified…")
NEXT_DELIVERED = Text("已支付，商户在第 {n} 次通知时确认收到。", "Paid; the merchant took notification {n}.")
NEXT_RETRY_AT = Text(
    "第 {n} 次通知失败：{why}微信会在 {span}后（{at}）重试。",
    "Notification {n} failed. {why} WeChat retries in {span} ({at}).",
)
NEXT_RETRYING = Text("第 {n} 次通知失败：{why}微信正在重试…", "Notification {n} failed. {why} WeChat is retrying…")
NEXT_GIVEN_UP = Text(
    "{n} 次通知都没有成功，微信已放弃：{why}修好后点“重发通知”，或由商户查单。",
    "WeChat gave up after {n} notifications. {why} Mend it and send it again, or let the merchant query the order.",
)
REFUND_NOT_TOLD = Text(
    "退款 {out_refund_no} 的通知失败（第 {n} 次）：{why}",
    "The notification of the refund {out_refund_no} failed ({n}). {why}",
)
FORGERIES_ACCEPTED = Text(
    "商户把伪造的通知当真了（{faults}）：这样可以骗到货。",
    "The merchant took forged notifications for true ({faults}): it can be cheated.",
)
VERIFY_ANSWERS = Text(
    "用 API 密钥验证每个应答的 sign，不对或没有就不采信，用同一单号再调用一次。",
    "Verify the sign of every answer with the API key; where it is wrong or missing believe nothing and call again "
    "with the same number.",
)
SENTENCE = Text("{sentence}。", "{sentence}.")
FORGERIES_UNPROVEN = Text(
    "看不出商户有没有拒绝伪造的通知（{faults}）。",
    "Nobody can tell whether the merchant refused the forged notifications ({faults}).",
)
ACKNOWLEDGED_AGAIN = Text(
    "同一件事商户应答了 {times} 次 SUCCESS：请核对只入账了一次，沙箱看不到商户的账。",
    "It acknowledged the same thing {times} times: see that it was booked once; the sandbox does not see its books.",
)
PAYER_DECIDES = Text("付款人的决定", "What the payer does")
ACT_SUCCESS = Text("付款成功", "Pay: success")
ACT_ERROR = Text("付款失败", "Pay: error")
ACT_CANCEL = Text("付款人取消", "Payer cancels")
PHONE = Text("打开手机收银台", "Open the phone")
PHONE_CLOSE = Text("收起手机", "Put the phone away")
PHONE_TITLE = Text("付款人的手机", "The payer's phone")
RESEND = Text("重发通知", "Send the notification again")
TIMELINE = Text("经过", "What happened")
FACTS = Text("字段", "Fields")
NOTHING_HAPPENED = Text("还没有发生什么。", "Nothing has happened yet.")
CLIENT_RESULT = Text("客户端结果", "Client result")
CLIENT_RESULT_HINT = Text(
    "前端结果不能当作支付结果，以通知或查单为准。", "Not a proof of payment: rely on the notification or a query."
)
QR_CODE = Text("收银台二维码", "QR code of the cashier")
QR_HINT = Text("手机扫码付款（打开收银台）", "Scan to pay (opens the cashier)")
CASHIER = Text("收银台", "Cashier")
ALL_OF_THEM = Text("逐条展开", "Show each")
NATIVE_CALLBACK = Text(
    "有人扫了静态码，向商户要商品 {product_id} 的订单",
    "Somebody scanned a static code: the merchant is asked for an order of {product_id}",
)
FORWARDED = Text("由 listen 转到 {target}", "taken by listen to {target}")
ATTEMPT = Text("第 {n} 次通知商户", "Notification {n} to the merchant")
FIX = Text("怎么改", "How to mend it")
KINDS = {
    "api": Text("商户调用", "Merchant's call"),
    "payer": Text("付款人", "Payer"),
    "wechat": Text("微信", "WeChat"),
    "notification": Text("通知", "Notification"),
    "scenario": Text("场景", "Scenario"),
    "clock": Text("时钟", "Clock"),
}
KIND_MARKS = {"api": "→", "payer": "¥", "wechat": "◆", "notification": "←", "scenario": "◇", "clock": "»"}
SIGNATURE_OK = Text("签名正确", "signature right")
SIGNATURE_WRONG = Text("签名错误", "signature wrong")
SIGNATURE_MISSING = Text("没有签名", "no signature")
WHICH = Text("这个订单号有几笔，分属不同子商户：", "Several sub-merchants use this number:")

# -- acts --------------------------------------------------------------------------------------------------------------
ACTED_SUCCESS = Text("{out_trade_no} 付款成功", "{out_trade_no}: paid")
ACTED_ERROR = Text("{out_trade_no} 付款失败：{cause}", "{out_trade_no}: failed. {cause}")
ACTED_CANCEL = Text("{out_trade_no} 付款人取消", "{out_trade_no}: cancelled")
RESENT = Text("通知已重发：{verdict}", "Notification sent again: {verdict}")
CLOCK_ADVANCED = Text("沙箱时间快进了 {span}", "Sandbox time moved on by {span}")
CLOCK_RESET = Text("沙箱时间回到现在", "Sandbox time is back to now")
NOTHING_DUE = Text("没有等待重试的通知", "No notification waits for a retry")

# -- calls and raw messages --------------------------------------------------------------------------------------------
CALL_OK = Text("成功", "Succeeded")
CALL_FAILED = Text("失败", "Failed")
VERDICT = Text("结果", "Verdict")
CALL = Text("调用", "Call")
DURATION = Text("耗时", "Took")
ORDER = Text("订单", "Order")
MS = Text("{ms} 毫秒", "{ms} ms")
NO_CALLS = Text("还没有人调用过。", "No calls yet.")
NO_CALLS_LEAD = Text(
    "商户后台的每次调用都会记在这里，失败的直接说明原因。", "Every call is kept here; a failed one says why in its row."
)
NO_CALLS_MATCH = Text("没有符合条件的调用。", "No call matches.")
NO_MATCH_YET = Text(
    "这一段里没有符合条件的，更早的还没有找过。", "Nothing in this part matches; what is older was not looked at yet."
)
DOWNLOAD_HAR = Text("下载 HAR", "Download HAR")
DOWNLOAD_HAR_HINT = Text(
    "符合条件的调用（最新的 1000 次），可用浏览器的网络面板打开。",
    "The calls that match (the newest 1000), for a browser's network panel.",
)
REQUEST = Text("请求", "Request")
REPLY = Text("应答", "Reply")
OPENED = Text("解密后", "Decrypted")
NO_REPLY = Text("没有应答。", "No reply came.")
NO_BODY = Text("没有正文。", "No body.")
HEADERS = Text("{count} 个头", "{count} headers")
CUT = Text("只保留了前 64 KB。", "Only the first 64 KB were kept.")
NOT_UTF8 = Text("{size} 字节，不是 UTF-8。", "{size} bytes, not UTF-8.")
AS_GBK = Text("按 GBK 读是：", "Read as GBK:")
BODY = Text("正文", "Body")
LINK = Text("单独打开", "Own page")
CHANGES = Text("与上一次的差别", "What differs from the attempt before")
NO_CHANGES = Text("与上一次相同。", "The same as the attempt before.")
STRING_TO_SIGN = Text("待签名串（{sign_type}，密钥已遮住）", "String to sign ({sign_type}, key masked)")
SIGNED_STRING = Text("商户实际签名的串（密钥已遮住）", "The string that was signed instead (key masked)")
EXPECTED_SIGN = Text("应为", "It should be")
GIVEN_SIGN = Text("商户给的 sign", "The sign that came")
SIGNED_TEXT = Text(
    "签名覆盖的内容（每行以 \\n 结尾，最后一行也是）", "What the signature covers (each line ends in \\n, the last too)"
)
SIGNED_REPLY = Text("应答签名覆盖的内容", "What the reply's signature covers")
SIGNED_BY = Text("证书或公钥", "Certificate or public key")
SIGNATURE_VALUE = Text("签名值", "Signature")
AS_SENT = Text("原文（{size} 字节，一个字节不差）", "As it was sent ({size} bytes, to the byte)")
RULE = Text("签名规则", "The rule")
LOADING = Text("正在读取…", "Loading…")
RAW = Text("原始报文", "Raw messages")
BACK_TO_ORDER = Text("看订单的全部经过", "The order's whole story")
ALL_PATHS = Text("全部接口", "All paths")

# -- notifications -----------------------------------------------------------------------------------------------------
NO_NOTIFICATIONS = Text(
    "没有通知。订单付款成功后，微信会通知商户。", "No notifications. WeChat sends one when an order is paid."
)
NO_NOTIFICATIONS_MATCH = Text("没有符合条件的通知。", "No notification matches.")
LADDER = Text("第 {made} 次，共 {all} 次", "Attempt {made} of {all}")
LADDER_NONE = Text("尚未发送，共 {all} 次", "None yet, of {all}")
DUE = Text("下次", "Next")
ATTEMPTS = Text("次数", "Attempts")

# -- merchants ---------------------------------------------------------------------------------------------------------
NO_MERCHANTS = Text("没有商户。", "There are no merchants.")
NAME = Text("名称", "Name")
CREDENTIALS = Text("商户参数", "Credentials")
SHOW = Text("显示", "Show")
SHOW_NAMED = Text("显示{name}", "Show: {name}")
MASKED = Text("已遮住", "masked")
SETTINGS = Text("配置片段（.env）", "Settings (.env)")
SETTINGS_SHOW = Text("带上密钥", "With the keys")
APPS = Text("应用", "Apps")
PRODUCTS = Text("产品", "Products")
PAYER = Text("付款人 openid", "A payer's openid")
PAYERS_PHONE = Text("付款人的手机", "A payer's phone")
PAYERS_PHONE_LEAD = Text(
    "扫这个码，或把 18 位数字作为 auth_code 传给 /pay/micropay。",
    "Scan this code, or send its 18 digits to /pay/micropay as auth_code.",
)
RELOAD = Text("刷新", "Reload")
WHOSE_PHONE = Text("谁的手机", "Whose phone")
PAYMENT_CODE = Text("付款码", "Payment code")
PHONE_MEND = Text("在付款人的页面改正", "Mend it on the payer's page")
CODE_RENEWS = Text("只能用一次；{span}后换新。", "Good once; a new one comes in {span}.")
PASSWORDS_WANTED = Text("等待输入密码", "Waiting for the password")
TYPE_PASSWORD = Text("输入密码", "Type the password")
NO_PAYERS = Text("还没有付款人。", "There are no payers yet.")
PRODUCT_STATES = {
    "opened": Text("已开通", "opened"),
    "not_opened": Text("未开通", "not opened"),
    "pending": Text("预开通", "being opened"),
    "restricted": Text("受限", "restricted"),
}
CAPABILITIES = {
    "opened": Text("支付已开通", "payment opened"),
    "not_applied": Text("未申请支付", "payment not applied for"),
    "reviewing": Text("支付审核中", "payment under review"),
    "refused": Text("支付被拒", "payment refused"),
}
SERVICE_PROVIDER = Text("服务商", "Service provider")
SUB_MERCHANTS = Text("子商户", "Sub-merchants")
CERTIFICATES = Text("证书", "Certificates")
CERTIFICATES_HINT = Text(
    "显示的是最新的有效证书，第一张在第一次用到时生成。全部文件：wxpay-sandbox merchant export {mch_id} DIR。",
    "Of the merchant's certificates the newest valid one is shown; the first is made when first needed. All files: "
    "wxpay-sandbox merchant export {mch_id} DIR.",
)
PEMS = {
    "certificate": Text("商户证书", "Merchant certificate"),
    "platform_certificate": Text("平台证书", "Platform certificate"),
    "platform_public_key": Text("微信支付公钥", "WeChat Pay public key"),
}
ORDERS_OF = Text("看它的订单", "Its orders")
BASE_URL = Text("接口地址", "Base URL")

# -- connect -----------------------------------------------------------------------------------------------------------
CONNECT_LEAD = Text(
    "选后端的语言，再选三种接法中的一种。", "Choose your backend's language, then one of three ways in."
)
LANGUAGE = Text("语言", "Language")
BY_BASE_URL = Text("SDK 能设地址：换掉它", "The SDK has a setting: change it")
BY_BASE_URL_LEAD = Text(
    "把 https://api.mch.weixin.qq.com 换成下面的地址，其余代码不动。",
    "Put this address where https://api.mch.weixin.qq.com stands; nothing else changes.",
)
UNCHANGED = Text("SDK 写死了域名：代码一行不改", "The host is hard-coded: change nothing")
UNCHANGED_LEAD = Text(
    "让程序经过沙箱的代理，并信任它的 CA：微信支付的域名由沙箱应答，其它域名原样通过。",
    "Have the program go through the sandbox's proxy and trust its CA: the sandbox answers for WeChat Pay's hosts, all "
    "others go through untouched.",
)
BY_EXEC = Text("在命令前加一段，代理和 CA 都设好", "Put this before the command: it sets proxy and CA")
BY_HAND = Text("或者自己设", "Or set them yourself")
BY_HAND_LEAD = Text(
    "这样 CA 会代替系统的根证书；程序还要访问别的 HTTPS 域名时，请用 exec。",
    "The CA then takes the place of the system's roots; use exec where the program speaks to other HTTPS hosts too.",
)
BY_HOSTS = Text("SDK 不认代理：改 hosts", "It takes no proxy: the hosts file")
BY_HOSTS_LEAD = Text(
    "把这一行写进 hosts，用 --https-port 443 启动沙箱，让程序信任沙箱的 CA。",
    "Put this line into the hosts file, start the sandbox with --https-port 443, and have the program trust its CA.",
)
CA_DOWNLOAD = Text("下载 ca.pem", "Download ca.pem")
CA_LIMITS = Text(
    "这个 CA 只能签这些域名和本机，别的一概不能。",
    "This CA can speak for these hosts and this machine, and for no other name.",
)
NO_TLS = Text(
    "沙箱以 --no-tls 启动，没有 HTTPS 和代理。", "The sandbox was started with --no-tls: neither HTTPS nor proxy."
)
HTTPS_ADDRESS = Text("HTTPS 地址", "HTTPS")
PROXY_ADDRESS = Text("代理地址", "Proxy")
LIGHT_WAITING = Text("等待第一次调用…", "Waiting for the first call…")
LIGHT_OK = Text("已接通", "Connected")
LIGHT_FAILED = Text("收到了调用，但没有成功", "A call came, but it failed")
LIGHT_OLD = Text("最近一次调用", "The latest call")
KEY_FROM_ENVIRONMENT = Text(
    "WXPAY_API_KEY 是商户页上的 API 密钥。", "WXPAY_API_KEY is the API key on the merchant's page."
)
WITH_WECHATPY = Text("用 wechatpy", "with wechatpy")
WITH_NOTHING = Text("不用库", "without a library")
WITH_GOPAY = Text("用 go-pay/gopay", "with go-pay/gopay")
WITH_WXJAVA = Text("用 WxJava", "with WxJava")
WITH_SKIT = Text("用 SKIT.FlurlHttpClient.Wechat.TenpayV2", "with SKIT.FlurlHttpClient.Wechat.TenpayV2")
WITH_EASYWECHAT = Text("用 EasyWeChat 6", "with EasyWeChat 6")

# -- the way in, trouble -----------------------------------------------------------------------------------------------
LOGIN = Text("登录", "Log in")
TOKEN = Text("管理令牌", "Admin token")
TOKEN_HINT = Text(
    "启动时用 --admin-token 给出的，或容器日志里打印的那一串。",
    "As given to --admin-token, or printed in the container's log.",
)
WRONG_TOKEN = Text("令牌不对。", "That is not the token.")
TROUBLE = Text("找不到", "Not found")
UNAVAILABLE = Text("沙箱暂时不可用", "The sandbox cannot be used right now")
NOT_FOUND = Text("这里没有这一页，也许它已被清空。", "There is no such page; perhaps it was cleared.")
TO_ORDERS = Text("回到订单", "To the orders")
