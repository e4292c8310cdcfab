"""What WeChat says to whoever scans a static code (Native 模式一) that leads to no order. Source: V2 notes, 3.12."""

from sandbox.core.notifications import Verdict
from sandbox.core.text import Text, verbatim
from sandbox.words.verdicts import told

URL_WRONG = Text("原生支付URL参数错误", "The parameters of the native payment URL are wrong.")
UNANSWERED = Text(
    "获取商户订单信息超时或者商户返回的httpcode非200",
    "The merchant did not give its order in time, or answered an HTTP code other than 200.",
)
BUSY = Text("系统繁忙", "The system is busy.")
ILL_FORMED = Text("商户后台返回的数据字段结构不合法", "What the merchant's backend answered has not the right fields.")

_WORDS = {
    "native_url_fields": URL_WRONG,
    "native_url_account": URL_WRONG,
    "native_url_sign": URL_WRONG,
    "native_url_other": URL_WRONG,
    "native_fields": ILL_FORMED,
    "native_unifiedorder": ILL_FORMED,
    **dict.fromkeys(
        ("return_code_fail", "return_code_missing", "return_code_empty", "return_code_misnamed"), ILL_FORMED
    ),
    **dict.fromkeys(("return_code_case", "return_code_blanks", "return_code_unknown", "content_type"), ILL_FORMED),
    **dict.fromkeys(("http_201", "http_status", "redirect", "login", "csrf"), UNANSWERED),
    **dict.fromkeys(("timeout", "refused", "dns", "tls", "reset", "not_http", "bad_url"), UNANSWERED),
    **dict.fromkeys(("forbidden_address", "own_address"), UNANSWERED),
}
"""By verdict; everything else is BUSY."""


def sentence_of(verdict: Verdict) -> Text:
    """WeChat's sentence; a merchant that refuses says its own (err_code_des)."""
    facts = dict(verdict.facts)
    if verdict.name == "native_refused" and facts["err_code_des"]:
        return verbatim(facts["err_code_des"], facts["err_code_des"])
    if verdict.name == "native_unifiedorder" and facts["link"] == "long":
        return BUSY
    if verdict.name == "content_type" and facts.get("status"):
        return UNANSWERED
    return _WORDS.get(verdict.name, BUSY)


def explanation_of(verdict: Verdict) -> Text:
    """Why, and what to do, for the developer."""
    zh, en = told(verdict, "zh"), told(verdict, "en")
    return verbatim(f"{zh.explanation}{zh.fix}", f"{en.explanation} {en.fix}")
