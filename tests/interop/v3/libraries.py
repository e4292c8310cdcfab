"""The client libraries of V3 that the suite runs, unmodified: what each offers, and what is odd about it."""

from enum import StrEnum
from importlib.metadata import version

from tests.interop.libraries import Face, Library, Mode, of_go, of_maven, of_npm


class Flow(StrEnum):
    """What a merchant does with a library; `test_libraries.py` marks each test with the flow that it proves."""

    NATIVE = "order-NATIVE"
    APP = "order-APP"
    JSAPI = "order-JSAPI"
    H5 = "order-H5"
    CLIENT_APP = "client-APP"
    CLIENT_JSAPI = "client-JSAPI"
    QUERY = "query"
    CLOSE = "close"
    NOTIFICATION = "notification"
    FORGERY = "forged-notification"
    REFUND = "refund"
    REFUND_NOTIFICATION = "refund-notification"
    REFUND_QUERY = "refund-query"
    PARTNER = "partner"
    COMBINED = "combined"
    CODEPAY = "codepay"
    CERTIFICATES = "certificates"
    SENSITIVE = "sensitive-fields"
    ECHO = "echo"
    BILL = "bill"
    FUND_FLOW = "fund-flow-bill"
    OTHER_FACE = "other-face"
    WRONG_KEY = "wrong-key"
    PAID_ORDER = "paid-order"
    UNKNOWN_ORDER = "unknown-order"
    SCHEMA = "schema"
    ANSWER = "wrong-signed-answer"
    PROBE = "probe"


STALE = (
    "Does not look at `Wechatpay-Timestamp` when it reads a notification: one that is sent again later is taken.",
    "解析通知时不检查 `Wechatpay-Timestamp`：过后重放的通知也会收下。",
)

LIBRARIES = (
    Library(
        "wechatpay-go",
        "Go",
        "Go",
        of_go("github.com/wechatpay-apiv3/wechatpay-go"),
        face=Face.V3,
        modes=tuple(Mode),
        lacks=frozenset({Flow.COMBINED, Flow.CODEPAY}),
        quirks=(
            (
                "Verifies every answer, and that of a bill's file has no signature: download it with a second client,"
                " made with `option.WithoutValidator()`, as its FAQ says.",
                "对每个应答验签，而账单文件的应答没有签名：按它的 FAQ，"
                "另建一个带 `option.WithoutValidator()` 的 client 下载。",
            ),
            (
                "The partner's `PrepayWithRequestPayment` writes `appid` where the page needs `appId`; that for apps"
                " has no appid, and names in camel case: name the fields yourself.",
                "服务商的 `PrepayWithRequestPayment` 序列化出的是 `appid`，而网页要 `appId`；APP 的没有 appid，"
                "且是驼峰命名：字段名要自己写。",
            ),
        ),
    ),
    Library(
        "wechatpay-java",
        "Java",
        "Maven Central",
        of_maven("wechatpay-java"),
        face=Face.V3,
        modes=tuple(Mode),
        lacks=frozenset({Flow.COMBINED, Flow.CODEPAY}),
        quirks=(
            (
                "Downloads the platform certificates when its configuration is built; a wrong key shows there.",
                "构建配置对象时就下载平台证书；私钥有误会在这一步报出。",
            ),
            STALE,
        ),
    ),
    Library(
        "wechatpayv3",
        "Python",
        "PyPI",
        version("wechatpayv3"),
        face=Face.V3,
        modes=tuple(Mode),
        lacks=frozenset({Flow.ECHO}),
        quirks=(
            (
                "Gives failures back as it gives successes, as a status and a text: look at the status.",
                "失败和成功一样返回（状态码和文本），不抛异常：要自己看状态码。",
            ),
            (
                "In certificate mode it says `No wechatpay platform certificate, please double check your init params.`"
                " whatever fails at the first download, a wrong key too; the sandbox's console has the reason.",
                "平台证书模式下，首次下载证书无论因何失败（包括私钥错误），都只报"
                " `No wechatpay platform certificate, please double check your init params.`；原因在沙箱控制台里。",
            ),
            STALE,
        ),
    ),
    Library(
        "wechatpay-axios-plugin",
        "Node",
        "npm",
        of_npm("wechatpay-axios-plugin"),
        face=Face.V3,
        modes=tuple(Mode),
        quirks=(
            (
                "Sends no `Wechatpay-Serial` by itself: the merchant's `platform_identity` says what answers are signed"
                " with.",
                "自己不传 `Wechatpay-Serial`：应答用哪把密钥签名，由商户的 `platform_identity` 决定。",
            ),
            (
                "Knows by its path that a bill's file has no signature: ask `wxpay.v3.billdownload.file.get({params:"
                " {token}})`, not the whole `download_url`.",
                "按路径识别没有签名的账单文件：要用 `wxpay.v3.billdownload.file.get({params: {token}})` 下载，"
                "不能直接请求整个 `download_url`。",
            ),
        ),
    ),
)
