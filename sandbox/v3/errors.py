"""How V3 words what went wrong: a status, a code, a sentence, a detail. Source: V3 notes, 3.3 to 3.5, 8, 9.8, 10.4."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandbox.core import errors
from sandbox.core.errors import PaymentError

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

NUMBERS = {
    "订单不存在": 268512771,
    "参数超出取值范围": 268435464,
    "该订单已失效": 268447914,
    "频率超限": 268447840,
    "受理机构必须传入sub_mch_id": 268443704,
    "该订单已支付": 268498689,
    "订单已支付": 268449538,
    "请求中含有未在API文档中定义的参数": 270924358,
    "签名错误": 268443699,
    "商户号和订单不匹配": 268447843,
    "JSAPI支付必须传openid": 268501013,
    "子商户mchid不能与自身mchid相同": 268443705,
    "受理关系不存在": 268443701,
    "请求重入时，参数与首次请求时不一致": 268498688,
    "appid和mch_id不匹配": 268445527,
    "当前交易不允许进行普通关单（只能撤销）": 268449641,
    "子商户号和订单信息不匹配": 268447845,
    "此商家的收款功能已被限制，暂无法支付。": 268448010,
}
"""The numbers at the end of a Request-ID, by what was said. Source: V3 notes, 1."""
PARAMETERS = 268435461
"""That of all that a shape refuses (参数非法)."""
UNKNOWN_NUMBER = 268435464
"""Of what nobody has seen the number of (assumed)."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer of an error. What is not `signed` has no Wechatpay-* headers, `identified` tells of its Request-ID."""

    status: int
    code: str
    message: str
    detail: Mapping[str, Json] = field(default_factory=dict)
    signed: bool = True
    identified: bool = True
    number: int = 0

    @property
    def body(self) -> dict[str, Json]:
        """As it stands on the wire, members in the order that was captured."""
        detail = {"detail": dict(self.detail)} if self.detail else {}
        return {"code": self.code, **detail, "message": self.message}

    @property
    def request_number(self) -> int:
        """What ends its Request-ID."""
        return self.number or NUMBERS.get(self.message, UNKNOWN_NUMBER)


def sign_error(message: str) -> Failure:
    """401: the caller is not known to be who it says (V3 notes, 3.3)."""
    return Failure(401, "SIGN_ERROR", message, signed=False)


def param_error(message: str, detail: Mapping[str, Json] | None = None, number: int = PARAMETERS) -> Failure:
    """400 before the use case: a shape refuses it (V3 notes, 3.4)."""
    return Failure(400, "PARAM_ERROR", message, detail or {}, signed=False, number=number)


UNAVAILABLE = Failure(500, "SYSTEM_ERROR", "系统繁忙，请稍后重试", signed=False)
PRODUCT_NOT_OPENED = "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试"
NOT_AUTHORIZED = "特约子商户商户号未授权服务商的产品权限"
RESTRICTED = "此商家的收款功能已被限制，暂无法支付。"

WORDING: dict[type[PaymentError], Failure] = {
    errors.AppNotPaired: Failure(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配"),
    errors.SubAppNotPaired: Failure(400, "APPID_MCHID_NOT_MATCH", "sub_mch_id与sub_appid不匹配"),
    errors.SubMerchantNotAuthorized: Failure(403, "NO_AUTH", "受理关系不存在"),
    errors.SubMerchantForbidden: Failure(403, "NO_AUTH", "受理关系不存在"),
    errors.SubMerchantMissing: Failure(400, "INVALID_REQUEST", "受理机构必须传入sub_mch_id"),
    errors.SubMerchantNotGranting: Failure(403, "NO_AUTH", NOT_AUTHORIZED),
    errors.ProductNotOpened: Failure(403, "NO_AUTH", PRODUCT_NOT_OPENED),
    errors.ProductPending: Failure(403, "NO_AUTH", PRODUCT_NOT_OPENED),
    errors.MerchantRestricted: Failure(403, "NO_AUTH", RESTRICTED, {"issue": "sign not match"}),
    errors.MerchantUnknown: Failure(400, "MCH_NOT_EXISTS", "商户号不存在"),
    errors.OpenidInvalid: Failure(400, "PARAM_ERROR", "无效的openid"),
    errors.OrderChanged: Failure(400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致"),
    errors.NumberBurnt: Failure(400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致"),
    errors.OrderNumberUsed: Failure(403, "OUT_TRADE_NO_USED", "商户订单号重复"),
    errors.PartOfCombined: Failure(400, "INVALID_REQUEST", "合单支付订单只能使用合单关单API完成关单"),
    errors.SubOrdersDiffer: Failure(403, "TRADE_ERROR", "关单的子单信息与下单时不一致"),
    errors.TransactionIdMalformed: Failure(400, "PARAM_ERROR", "微信订单号非法"),
    errors.OrderPaid: Failure(400, "ORDERPAID", "该订单已支付"),
    errors.OrderClosed: Failure(400, "ORDER_CLOSED", "该订单已失效"),
    errors.OrderExpired: Failure(400, "ORDER_CLOSED", "该订单已失效"),
    errors.OrderReversed: Failure(400, "ORDER_REVERSED", "订单已撤销"),
    errors.OrderNotFound: Failure(404, "ORDER_NOT_EXIST", "订单不存在"),
    errors.OrderNotReady: Failure(403, "TRADE_ERROR", "当前交易不允许进行普通关单（只能撤销）"),
    errors.PaymentFailed: Failure(403, "TRADE_ERROR", "交易错误"),
}


def wording(error: PaymentError) -> Failure:
    """V3's usual words for an error; a KeyError is a programming error."""
    return WORDING[type(error)]


_BY_CODE = {
    failure.code: failure
    for failure in (
        *(replace(one, detail={}) for one in reversed(WORDING.values())),
        Failure(500, "SYSTEM_ERROR", "系统繁忙，请稍后重试"),
        Failure(500, "BANK_ERROR", "银行系统异常"),
        Failure(429, "FREQUENCY_LIMITED", "频率超限"),
        Failure(403, "NOT_ENOUGH", "余额不足"),
        Failure(403, "NO_AUTH", PRODUCT_NOT_OPENED),
        Failure(403, "OUT_TRADE_NO_USED", "商户订单号重复"),
        Failure(403, "RULE_LIMIT", "业务规则限制"),
        Failure(403, "TRADE_ERROR", "交易错误"),
        Failure(403, "ACCOUNT_ERROR", "账号异常"),
        Failure(400, "PARAM_ERROR", "参数错误"),
        Failure(400, "INVALID_REQUEST", "无效请求"),
        Failure(401, "SIGN_ERROR", "签名错误", signed=False),
        Failure(400, "ORDER_PAID", "订单已支付"),
        Failure(400, "ORDERREVERSED", "订单已撤销"),
        Failure(400, "AUTH_CODE_INVALID", "收银员扫描的不是微信支付的条码"),
        Failure(400, "AUTH_CODE_EXPIRE", "二维码已过期，请用户在微信上刷新后再试"),
        Failure(202, "USERPAYING", "用户支付中，需要输入密码"),
        Failure(429, "RATELIMIT_EXCEEDED", "频率超限"),
        Failure(429, "RATELIMIT_EXCEED", "频率超限"),
        Failure(429, "FREQUENCY_LIMIT_EXCEED", "频率超限"),
        Failure(500, "OPENID_MISMATCH", "openid和appid不匹配"),
        Failure(500, "INVALID_TRANSACTIONID", "订单号非法"),
        Failure(403, "USER_ACCOUNT_ABNORMAL", "用户账户异常或注销"),
        Failure(403, "REQUEST_BLOCKED", "请求受阻"),
        Failure(403, "TRADE_OVERDUE", "订单已经超过退款期限"),
        Failure(400, "NO_STATEMENT_EXIST", "请求的账单文件不存在"),
        Failure(400, "STATEMENT_CREATING", "账单生成中"),
        Failure(404, "RESOURCE_NOT_EXISTS", "订单不存在"),
        Failure(500, "BIZ_ERR_NEED_RETRY", "退款业务流程错误"),
        Failure(503, "SERVICE_UNAVAILABLE", "系统繁忙，请稍后重试"),
    )
}
CODES = frozenset(_BY_CODE)


def bare(code: str) -> str:
    """A code as V2 and older documents of V3 spell it: SYSTEMERROR, NOTENOUGH."""
    return code.replace("_", "")


_BY_BARE_CODE = {bare(code): failure for code, failure in _BY_CODE.items()}


_MEANT: dict[str, tuple[str, str]] = {
    "REFUNDNOTEXIST": ("RESOURCE_NOT_EXISTS", "退款单不存在"),
    "NO_BILL_EXIST": ("NO_STATEMENT_EXIST", ""),
    "BILL_CREATING": ("STATEMENT_CREATING", ""),
    "MCHID_NOT_EXIST": ("MCH_NOT_EXISTS", ""),
    **dict.fromkeys(("LACK_PARAMS", "XML_FORMAT_ERROR", "POST_DATA_EMPTY", "NOT_UTF8"), ("PARAM_ERROR", "")),
    "REFUND_FEE_MISMATCH": ("INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试"),
    "REFUND_FEE_INVALID": ("INVALID_REQUEST", "订单已全额退款"),
}
"""V2's codes for what V3 says by a code of another meaning, and its words there (V3 notes, 3.5)."""


def of_code(code: str, message: str = "") -> Failure:
    """How V3 fails with a code that a scenario names, be it in V2's spelling (SYSTEMERROR, NOTENOUGH).

    Without one it fails as a system does: what is a failure of the protocol in V2, V3 has no other form for.
    """
    if not code:
        return replace(UNAVAILABLE, message=message)
    code, usual = _MEANT.get(code, (code, ""))
    message = message or usual
    known = _BY_CODE.get(code) or _BY_BARE_CODE.get(bare(code))
    if known is None:
        return Failure(400, code, message)
    return replace(known, message=message or known.message)
