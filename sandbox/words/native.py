"""What WeChat says to whoever scans a static code (Native 模式一) that leads to no order. Source: V2 notes, 3.12."""

from sandbox.core.text import Text, verbatim
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.words.verdicts import told

URL_WRONG = Text("原生支付URL参数错误", "The parameters of the native payment URL are wrong.")
UNANSWERED = Text(
    "获取商户订单信息超时或者商户返回的httpcode非200",
    "The merchant did not give its order in time, or answered an HTTP code other than 200.",
)
BUSY = Text("系统繁忙", "The system is busy.")
ILL_FORMED = Text("商户后台返回的数据字段结构不合法", "What the merchant's backend answered has not the right fields.")

_WORDS = {
    VerdictName.NATIVE_URL_FIELDS: URL_WRONG,
    VerdictName.NATIVE_URL_ACCOUNT: URL_WRONG,
    VerdictName.NATIVE_URL_SIGN: URL_WRONG,
    VerdictName.NATIVE_URL_OTHER: URL_WRONG,
    VerdictName.NATIVE_FIELDS: ILL_FORMED,
    VerdictName.NATIVE_UNIFIEDORDER: ILL_FORMED,
    VerdictName.RETURN_CODE_FAIL: ILL_FORMED,
    VerdictName.RETURN_CODE_MISSING: ILL_FORMED,
    VerdictName.RETURN_CODE_EMPTY: ILL_FORMED,
    VerdictName.RETURN_CODE_MISNAMED: ILL_FORMED,
    VerdictName.RETURN_CODE_CASE: ILL_FORMED,
    VerdictName.RETURN_CODE_BLANKS: ILL_FORMED,
    VerdictName.RETURN_CODE_UNKNOWN: ILL_FORMED,
    VerdictName.CONTENT_TYPE: ILL_FORMED,
    VerdictName.HTTP_201: UNANSWERED,
    VerdictName.HTTP_STATUS: UNANSWERED,
    VerdictName.REDIRECT: UNANSWERED,
    VerdictName.LOGIN: UNANSWERED,
    VerdictName.CSRF: UNANSWERED,
    VerdictName.TIMEOUT: UNANSWERED,
    VerdictName.REFUSED: UNANSWERED,
    VerdictName.DNS: UNANSWERED,
    VerdictName.TLS: UNANSWERED,
    VerdictName.RESET: UNANSWERED,
    VerdictName.NOT_HTTP: UNANSWERED,
    VerdictName.BAD_URL: UNANSWERED,
    VerdictName.FORBIDDEN_ADDRESS: UNANSWERED,
    VerdictName.OWN_ADDRESS: UNANSWERED,
}
"""By verdict; everything else is BUSY."""


def sentence_of(verdict: Verdict) -> Text:
    """WeChat's sentence; a merchant that refuses says its own (err_code_des)."""
    facts = dict(verdict.facts)
    if verdict.name is VerdictName.NATIVE_REFUSED and facts["err_code_des"]:
        return verbatim(facts["err_code_des"], facts["err_code_des"])
    if verdict.name is VerdictName.NATIVE_UNIFIEDORDER and facts["link"] == "long":
        return BUSY
    if verdict.name is VerdictName.CONTENT_TYPE and facts.get("status"):
        return UNANSWERED
    return _WORDS.get(verdict.name, BUSY)


def explanation_of(verdict: Verdict) -> Text:
    """Why, and what to do, for the developer."""
    zh, en = told(verdict, "zh"), told(verdict, "en")
    return verbatim(f"{zh.explanation}{zh.fix}", f"{en.explanation} {en.fix}")
