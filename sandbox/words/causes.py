"""Why a payment ends with -1: what it means, how to mend it; and what exactly the client minded.

What WeChat itself says is `Cause.err_str`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.core.causes import Cause
from sandbox.core.text import Lang, Text
from sandbox.words.second_signatures import SECOND_SIGNATURES


@dataclass(frozen=True, slots=True)
class CauseTexts:
    title: Text
    fix: Text
    payer: bool = False
    """Whether it happens to the payer (and so stands in the cashier's drawer), not to the integration."""


CAUSES: dict[Cause, CauseTexts] = {
    Cause.APP_SIGNATURE: CauseTexts(
        Text("应用签名与登记的不一致（keystore 不对）", "The app's signing certificate is not the registered one"),
        Text(
            "用正式 keystore 打包，并在开放平台填写它的 MD5 签名（32 位小写，无冒号）；包名也要一致。",
            "Build with the release keystore and register its MD5 (32 lower-case hex digits, no colons) and the "
            "package name on the open platform.",
        ),
    ),
    Cause.SIGN: CauseTexts(
        Text("二次签名不正确", "The second signature is wrong"),
        Text(
            "检查参与签名的字段名（大小写）、package 的写法、签名类型是否与下单一致、用的是不是 API 密钥。",
            "Check the names of the signed fields (case matters), the form of package, that the sign type is the one "
            "of the order, and that the key is the API key.",
        ),
    ),
    Cause.APPID_UNREGISTERED: CauseTexts(
        Text("appid 未在开放平台登记", "The appid is not registered on the open platform"),
        Text(
            "确认 registerApp 与支付请求使用的是已登记的 appid。",
            "Make sure that registerApp and the payment request use the registered appid.",
        ),
    ),
    Cause.APPID_MISMATCH: CauseTexts(
        Text("appid 与下单时的不一致", "The appid is not the one of the order"),
        Text(
            "调起支付的 appid（及 partnerid）必须与统一下单所用的相同。",
            "Invoke the payment with the appid (and partnerid) that placed the order.",
        ),
    ),
    Cause.NO_PERMISSION: CauseTexts(
        Text("该应用没有微信支付权限", "The app has no payment permission"),
        Text(
            "在开放平台为该应用申请并开通微信支付能力。",
            "Apply for the payment capability of the app on the open platform.",
        ),
    ),
    Cause.LOGGED_OUT: CauseTexts(
        Text("微信被其他设备挤下线", "WeChat was logged out by another device"),
        Text("请用户重新登录微信后再试。", "The payer logs in to WeChat again and retries."),
        payer=True,
    ),
    Cause.NOT_INSTALLED: CauseTexts(
        Text("手机上没有安装微信", "WeChat is not installed"),
        Text(
            "调起前用 isWXAppInstalled 检查；iOS 还要把 weixin 加入 LSApplicationQueriesSchemes。",
            "Check isWXAppInstalled first; on iOS add weixin to LSApplicationQueriesSchemes as well.",
        ),
        payer=True,
    ),
    Cause.TOO_OLD: CauseTexts(
        Text("微信版本太旧（低于 5.0）", "WeChat is too old (below 5.0)"),
        Text(
            "调起前检查 getWXAppSupportAPI() >= PAY_SUPPORTED_SDK_INT。",
            "Check getWXAppSupportAPI() >= PAY_SUPPORTED_SDK_INT first.",
        ),
        payer=True,
    ),
    Cause.ORDER_EXPIRED: CauseTexts(
        Text("订单或 prepay_id 已过期", "The order or its prepay_id has expired"),
        Text(
            "prepay_id 两小时有效：用原订单号、原参数重新下单；订单已过 time_expire 则换新单号。",
            "A prepay_id lives two hours: order again with the same number and parameters; past time_expire, use a new "
            "number.",
        ),
    ),
    Cause.ORDER_CLOSED: CauseTexts(
        Text("订单已关闭", "The order is closed"),
        Text("用新的 out_trade_no 重新下单。", "Place a new order with a new out_trade_no."),
    ),
    Cause.WRONG_SCENE: CauseTexts(
        Text("prepay_id 用在了别的支付方式里", "The prepay_id belongs to another trade_type"),
        Text(
            "下单的 trade_type 要与调起方式一致（APP 对 APP，公众号和小程序对 JSAPI）。",
            "Order with the trade_type of the place that pays: APP in an app, JSAPI in a page or mini program.",
        ),
    ),
    Cause.BANK_REFUSED: CauseTexts(
        Text("银行卡被拒绝", "The bank refused the card"),
        Text("订单仍可支付：请用户换一张卡。", "The order can still be paid: the payer tries another card."),
        payer=True,
    ),
    Cause.BALANCE: CauseTexts(
        Text("余额不足", "Not enough balance"),
        Text("订单仍可支付：请用户换一种支付方式。", "The order can still be paid: the payer takes another method."),
        payer=True,
    ),
    Cause.RISK: CauseTexts(
        Text("被风控拦截", "Stopped by risk control"),
        Text("请用户稍后再试或换一种支付方式。", "The payer tries later or in another way."),
        payer=True,
    ),
    Cause.NETWORK: CauseTexts(
        Text("手机网络异常", "The phone's network failed"),
        Text(
            "结果未知：商户后台要查单，不要直接当作失败。",
            "The result is unknown: query the order, do not take it as failed.",
        ),
        payer=True,
    ),
    Cause.OTHER: CauseTexts(
        Text("其他原因", "Another reason"),
        Text("按 -1 处理：提示用户，并查单确认。", "Treat it as -1: tell the payer, and query the order."),
        payer=True,
    ),
}

ORDER_PAID_ERR_STR = "该订单已支付"
"""What the client says of an order that is paid already: a -1 of the cause `other`, with words of its own."""

PAYMENT_FAILED_ERR_STR = "支付失败，请重新下单支付"
"""The same of an order whose payment failed for good: the trade_state_desc of PAYERROR. Source: V2 notes, 4."""

TIME_EXPIRE_ERR_STR = "订单已超过商户设置的最晚支付成功时间，请重新发起支付"
"""What it says once the merchant's time_expire has passed; `ORDER_EXPIRED` itself speaks of an old prepay_id."""

PAGE_UNREGISTERED_ERR_STR = "当前页面的URL未注册"
"""What it says of a page outside the merchant's directories, with a colon and the page's address."""

EXPLANATIONS: dict[str, Text] = {
    "not_installed": Text("手机上没有安装微信。", "WeChat is not installed on this phone."),
    "too_old": Text(
        "微信版本 {given} 低于 {expected}，不支持支付。", "WeChat {given} is older than {expected} and cannot pay."
    ),
    "logged_out": Text(
        "微信未登录（被其他设备挤下线）。", "Nobody is logged in to WeChat (logged out by another device)."
    ),
    "appid_unregistered": Text(
        "开放平台没有登记 {given}；请核对 {field}。", "{given} is not registered on the open platform; check {field}."
    ),
    "package_name": Text(
        "应用的包名是 {given}，登记的是 {expected}。", "The app's package name is {given}; {expected} is registered."
    ),
    "app_signature": Text(
        "应用的签名证书 MD5 是 {given}，登记的是 {expected}（是不是用了 debug keystore？）。",
        "The app is signed by {given}; {expected} is registered (a debug keystore?).",
    ),
    "bundle_id": Text(
        "应用的 Bundle ID 是 {given}，登记的是 {expected}。",
        "The app's bundle ID is {given}; {expected} is registered.",
    ),
    "app_fact_unregistered": Text(
        "开放平台没有为该应用登记 {field}，而应用的是 {given}。",
        "The open platform has no {field} of this app, whose own is {given}.",
    ),
    "capability": Text(
        "{field} 的微信支付能力是 {given}，需要 {expected}。",
        "The payment capability of {field} is {given}; it must be {expected}.",
    ),
    "kind": Text(
        "{field} 登记的类型是 {given}，而这里是 {expected} 在调起支付：换成这里自己的 appid。",
        "{field} is registered as {given}, and here a payment of {expected} is invoked: take the appid of this place.",
    ),
    "review": Text(
        "{field} 的应用审核状态是 {given}；审核通过（{expected}）后才能开通微信支付。",
        "The review of {field} stands at {given}; only once it is {expected} can payment be opened.",
    ),
    "universal_link": Text(
        "提醒：应用的 Universal Link 是 {given}，登记的是 {expected}。支付能过，微信登录和分享会说"
        "“由于应用universal link校验不通过”。",
        "Warning: the app's universal link is {given}; {expected} is registered. Payment works, but login and sharing "
        "are refused for it (由于应用universal link校验不通过).",
    ),
    "directory": Text(
        "页面 {given} 不在商户的 JSAPI 支付授权目录里：{expected}；目录是到最后一个 / 为止的前缀。",
        "The page {given} is in none of the merchant's JSAPI directories: {expected}; each is a prefix up to a last /.",
    ),
    "directory_unset": Text(
        "提醒：商户没有设置 JSAPI 支付授权目录，真实微信会说“当前页面的URL未注册”。",
        "Warning: the merchant has no JSAPI directory; the real WeChat says that the page is not registered.",
    ),
    "product": Text(
        "商户的 {field} 产品是 {given}，需要 {expected}。",
        "The merchant's product {field} is {given}; it must be {expected}.",
    ),
    "prepay_id_unknown": Text(
        "沙箱没有 prepay_id 为 {given} 的订单（已被重新下单替换、属于别的环境，或写错了）。",
        "No order here has the prepay_id {given} (replaced by a new one, from another environment, or mistyped).",
    ),
    "not_the_orders": Text(
        "{field} 是 {given}，下单用的是 {expected}。", "{field} is {given}; the order was placed with {expected}."
    ),
    "sub_openids_appid": Text(
        "{field} 用了服务商的 {given}：这个订单用 sub_openid 下单，要用 sub_appid（{expected}）调起和签名。"
        "用 openid 下单的才用服务商的 appid。",
        "{field} was the provider's {given}: an order by sub_openid is asked for and signed with its sub_appid "
        "({expected}). The provider's appid is for orders by openid.",
    ),
    "openids_appid": Text(
        "{field} 用了 sub_appid（{given}）：这个订单用 openid 下单，要用服务商的 appid（{expected}）调起和签名。"
        "想用 sub_appid，就改用 sub_openid 下单。",
        "{field} was the sub_appid ({given}): an order by openid is asked for and signed with the provider's appid "
        "({expected}). To use sub_appid, order by sub_openid.",
    ),
    "apps_own_appid": Text(
        "{field} 用了服务商的 {given}：下单时的 sub_appid 是应用自己的 appid，调起和签名都用它（{expected}）。",
        "{field} was the provider's {given}: the sub_appid of the order is the app's own appid, with which it is asked "
        "for and signed ({expected}).",
    ),
    "unpaired": Text("{given} 没有关联商户 {expected}。", "{given} is not paired with the merchant {expected}."),
    "wrong_scene": Text(
        "这个 prepay_id 是 {given} 下单得到的，这里只能用 {expected}。",
        "This prepay_id was ordered as {given}; only {expected} works here.",
    ),
    "order_closed": Text("商户已关闭这个订单。", "The merchant has closed this order."),
    "time_expire": Text("订单已过最晚支付时间。", "The order's time to be paid has passed."),
    "order_paid": Text("这个订单已经付过款。", "This order has been paid already."),
    "payment_failed": Text(
        "这个订单的支付已失败（PAYERROR），要换一个订单号重新下单。",
        "This order's payment failed for good (PAYERROR): order again with another number.",
    ),
    "prepay_expired": Text(
        "prepay_id 超过两小时：请用原订单号、原参数重新下单。",
        "The prepay_id is over two hours old: order again with the same number and parameters.",
    ),
    "field_missing": Text("缺少 {field}；它参与二次签名。", "{field} is missing; it is part of the second signature."),
    "field_misspelt": Text(
        "缺少 {field}，却有 {given}：字段名区分大小写，必须写成 {field}。",
        "{field} is missing, but there is {given}: names are case-sensitive, it must be {field}.",
    ),
    "timestamp_form": Text(
        "{field} 是 {given}；要 10 位数字的秒数（不是毫秒）。",
        "{field} is {given}; it must be seconds, 10 digits (not milliseconds).",
    ),
    "timestamp_number": Text(
        "提醒：{field} 是数字；iOS 上的微信只收字符串，会报缺少参数。",
        "Warning: {field} is a number; WeChat on iOS takes only a string and says that it is missing.",
    ),
    "package_form": Text("{field} 是 {given}，必须是 {expected}。", "{field} is {given}; it must be {expected}."),
    "sign_type": Text(
        "signType 是 {given}，下单用的是 {expected}；两次签名的类型必须相同（不传即 MD5）。",
        "signType is {given}, the order used {expected}; both signatures take the same type (MD5 when left out).",
    ),
    "sign_other_type": Text(
        "签名是用 {given} 算的，下单用的是 {expected}；两次签名的类型必须相同。",
        "The signature was made with {given}, the order used {expected}; both take the same type.",
    ),
    "sign_lower_case": Text(
        "签名的值对，但要转成大写。", "The signature is right but for its case: make it upper-case."
    ),
    "sign_v3_key": Text("签名用了 APIv3 密钥；V2 用 API 密钥。", "Signed with the APIv3 key; V2 takes the API key."),
    "sign_former_key": Text(
        "签名用的是 {given} 已被替换的 API 密钥；换成现在的密钥。",
        "Signed with the API key that was replaced at {given}; take the present one.",
    ),
    "sign_sandbox_signkey": Text(
        "签名用了官方沙箱的 sandbox_signkey；这笔订单不是在那里下的，用 API 密钥。",
        "Signed with the official sandbox's sandbox_signkey; the order was not placed there and takes the API key.",
    ),
    "sign_ordinary_key": Text(
        "签名用了正式的 API 密钥；这笔订单是在官方沙箱下的，用 getsignkey 给的 sandbox_signkey。",
        "Signed with the ordinary API key; the order was placed in the official sandbox and takes its sandbox_signkey.",
    ),
    "sign_names": Text(
        "签名时字段名写成了 {given}；必须是 {expected}。",
        "The names that were signed are {given}; they must be {expected}.",
    ),
    "sign_extra": Text(
        "签名里多了 {given}；参与签名的只有 {expected}。", "{given} was signed too; only {expected} take part."
    ),
    "sign_lacking": Text(
        "签名里少了 {given}；参与签名的是 {expected}。", "{given} was not signed; these take part: {expected}."
    ),
    "sign_package": Text(
        "签名时 package 写成了 {given}；必须是 {expected}。", "package was signed as {given}; it must be {expected}."
    ),
    "sign_unlike": Text(
        "签名与 {expected} 按下单时的 API 密钥算出的不同：核对密钥和每个字段的值。",
        "The signature is not the one of {expected} under the order's API key: check the key and each value.",
    ),
    **SECOND_SIGNATURES,
}


OWN_FIXES: dict[str, Text] = {
    "unpaired": Text(
        "在商户平台关联这个 appid（沙箱里：应用页的“关联的商户”，特约商户的在服务商页）。",
        "Pair them on the merchant platform (here: on the app's page; for a sub-merchant on its provider's).",
    ),
    "product": Text(
        "在商户平台“产品中心”开通这个产品（沙箱里：商户页的“产品”）。",
        "Have the product opened on the merchant platform (here: Products on the merchant's page).",
    ),
    "directory": Text(
        "在商户平台“产品中心 - 开发配置”加上这个支付授权目录（沙箱里在商户页）。",
        "Add the directory on the merchant platform, under 产品中心 - 开发配置 (here: on the merchant's page).",
    ),
    "review": Text(
        "等应用审核通过，再申请微信支付能力（沙箱里：应用页的“应用审核状态”）。",
        "Wait until the app has passed its review, then apply for payment (here: Review on the app's page).",
    ),
}
"""How to mend what an explanation names, where the cause's own advice leads elsewhere."""


def fix_of(cause: Cause, facts: Mapping[str, str | int | float]) -> Text:
    """How a -1 is mended, from its cause and its facts."""
    return OWN_FIXES.get(str(facts.get("explanation", "")), CAUSES[cause].fix)


def explain(facts: Mapping[str, str | int | float], lang: Lang) -> str:
    """The sentence for a refusal, from its facts: `explanation` names it, the others fill it; empty when accepted."""
    text = EXPLANATIONS.get(str(facts.get("explanation", "")))
    return text.say(lang, **{"field": "", "given": "", "expected": "", **facts}) if text else ""
