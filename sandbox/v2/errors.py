"""How V2 words what went wrong, in both generations of its words.

Source: V2 notes, 1.4, 2.5, 3.1, 3.2; docs/fidelity.md says which wording was seen live, and when.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.core import errors, sharing_errors
from sandbox.core.errors import PaymentError
from sandbox.core.merchants import Wording
from sandbox.v2 import sentences
from sandbox.v2.envelope import Fields, MessageEmpty, MessageMalformed, MessageNotUtf8
from sandbox.v2.shapes import RequestInvalid
from sandbox.words.err_codes import ERR_CODES

PRODUCT_NOT_OPENED = "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试"


@dataclass(frozen=True, slots=True)
class ProtocolFailure:
    """return_code=FAIL: only return_code and return_msg, unsigned; bills have their error_code too.

    `today` is the newer sentence, where one was seen.
    """

    return_msg: str
    error_code: str = ""
    today: str = ""

    def said(self, wording: Wording) -> str:
        """The return_msg in one generation of words."""
        return self.today if self.today and wording is Wording.TODAY else self.return_msg


@dataclass(frozen=True, slots=True)
class BusinessFailure:
    """return_code=SUCCESS, result_code=FAIL, signed. `fields` are the endpoint's own that stand there all the same."""

    err_code: str
    err_code_des: str
    fields: Fields = field(default_factory=dict)


Failure = ProtocolFailure | BusinessFailure

WORDING: dict[type[PaymentError], Failure] = {
    MessageEmpty: ProtocolFailure("post数据为空"),
    MessageNotUtf8: ProtocolFailure("编码格式错误"),
    MessageMalformed: ProtocolFailure("XML格式错误"),
    errors.MerchantUnknown: ProtocolFailure("商户号mch_id或sub_mch_id不存在"),
    errors.AppNotPaired: ProtocolFailure("商户号mch_id与appid不匹配"),
    errors.SubAppNotPaired: ProtocolFailure("sub_mch_id与sub_appid不匹配"),
    errors.SubMerchantMissing: ProtocolFailure("受理机构必须传入sub_mch_id"),
    errors.SubMerchantForbidden: ProtocolFailure("普通商户不允许传sub_mch_id"),
    errors.SubMerchantNotAuthorized: ProtocolFailure("受理关系不存在"),
    errors.SubMerchantNotGranting: ProtocolFailure("特约子商户商户号未授权服务商的产品权限"),
    errors.ExpiryTooSoon: ProtocolFailure("time_expire时间过短，刷卡至少1分钟，其他5分钟"),
    errors.ProductPending: ProtocolFailure("商户号该产品权限预开通中，请等待产品开通后重试"),
    errors.ProductNotOpened: BusinessFailure("NOAUTH", PRODUCT_NOT_OPENED + "。"),
    errors.MerchantRestricted: BusinessFailure(
        "NOAUTH",
        "此商家涉嫌违规，收款功能已被限制，暂无法支付。商家可以登录微信商户平台/微信支付商家助手小程序查看原因和解决方案。",
    ),
    errors.CertificateOfAnother: BusinessFailure("CERT_ERROR", "证书校验错误"),
    errors.OpenidInvalid: BusinessFailure("PARAM_ERROR", "无效的openid"),
    errors.OrderChanged: BusinessFailure("INVALID_REQUEST", "201 商户订单号重复"),
    errors.NumberBurnt: BusinessFailure("INVALID_REQUEST", "201 商户订单号重复"),
    errors.PartOfCombined: BusinessFailure("INVALID_REQUEST", "合单支付订单只能使用合单关单API完成关单"),
    errors.OrderPaid: BusinessFailure("ORDERPAID", "该订单已支付"),
    errors.OrderClosed: BusinessFailure("ORDERCLOSED", "该订单已关闭"),
    errors.PaymentFailed: BusinessFailure("TRADE_ERROR", "请求非法，请更换订单号再发起"),
    errors.OrderExpired: BusinessFailure("ORDERCLOSED", "该订单已关闭"),
    errors.OrderNotFound: BusinessFailure("ORDERNOTEXIST", "order not exist"),
    errors.TransactionUnknown: BusinessFailure("INVALID_TRANSACTIONID", "无效transaction_id"),
    errors.TransactionIdMalformed: BusinessFailure("PARAM_ERROR", "微信订单号非法"),
    errors.OrderRefunded: BusinessFailure("ERROR", "订单已全额退款"),
    errors.RefundCurrencyDiffers: BusinessFailure("PARAM_ERROR", "参数错误"),
    errors.RefundFeeInvalid: BusinessFailure("REFUND_FEE_INVALID", "累计退款金额大于支付金额"),
    errors.RefundMismatch: BusinessFailure("REFUND_FEE_MISMATCH", "订单金额或退款金额与之前请求不一致，请核实后再试"),
    errors.RefundElsewhere: BusinessFailure("ERROR", "支付单号校验不一致，请核实后再试"),
    errors.RefundTooLate: BusinessFailure("TRADE_OVERDUE", "超期订单不允许退款"),
    errors.TooManyRefunds: BusinessFailure("ERROR", "申请退款次数超过限制"),
    sharing_errors.RefundOverUnsplit: BusinessFailure(
        "INVALID_REQUEST", "申请退款金额大于剩余未分账金额，请等待分账完成后再试"
    ),
    errors.BalanceShort: BusinessFailure("NOTENOUGH", "基本账户余额不足，请充值后重新发起"),
    errors.RefundNotFound: BusinessFailure("REFUNDNOTEXIST", "not exist"),
    errors.OrderNotReady: BusinessFailure("ORDER_NOT_READY", "订单处理中，暂时无法退款，请稍后再试"),
    errors.OrderReversed: BusinessFailure("TRADE_STATE_ERROR", "订单状态错误"),
    # The live server says AUTH_CODE_INVALID of all three, where the documents have AUTHCODEEXPIRE and AUTH_CODE_ERROR.
    errors.AuthCodeUnknown: BusinessFailure("AUTH_CODE_INVALID", "101 付款码无效，请重新扫码"),
    errors.AuthCodeExpired: BusinessFailure("AUTH_CODE_INVALID", "101 付款码已过期，请退出重试"),
    errors.AuthCodeUsed: BusinessFailure("AUTH_CODE_INVALID", "101 每个二维码仅限使用一次，请刷新再试"),
    errors.PasswordNeeded: BusinessFailure("USERPAYING", "需要用户输入支付密码"),
    errors.PaymentCancelled: BusinessFailure("TRADE_ERROR", "用户取消支付"),
    errors.PaymentRefused: BusinessFailure("TRADE_ERROR", "交易错误"),
    errors.PayerShort: BusinessFailure("NOTENOUGH", "余额不足"),
    errors.BankFailed: BusinessFailure("BANKERROR", "银行系统异常"),
    errors.CreditForbidden: BusinessFailure("NOTSUPORTCARD", "不支持卡类型"),
    errors.OrderNumberUsed: BusinessFailure("OUT_TRADE_NO_USED", "商户订单号重复"),
    errors.NotMicropay: BusinessFailure("INVALID_REQUEST", "订单的支付场景不支持该请求"),
    errors.ReversalRefunded: BusinessFailure("ORDERREFUND", "已经退款的订单不允许撤销", {"recall": "N"}),
    errors.ReversalTooLate: BusinessFailure("REVERSE_EXPIRE", "订单无法撤销"),
}
UNAVAILABLE = ProtocolFailure("SYSTEMERROR")
"""While it is not known yet who calls, and so with whose key to sign."""
SIGN_WRONG = ProtocolFailure("签名错误", today=sentences.SIGN_WRONG)
POST_ONLY = ProtocolFailure("请使用post方法")


Refusal = Callable[[str, Mapping[str, str | int], ProtocolFailure], ProtocolFailure]
"""What a call that never gets to its use case is told: of the fault's name (`words.faults`), its facts, and what the
others say."""


def as_usual(fault: str, facts: Mapping[str, str | int], usual: ProtocolFailure) -> ProtocolFailure:
    return usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an endpoint, or a site, says in its own way; about all else it speaks as the others do.

    `errors` are its words for errors, `codes` those for err_codes that a scenario asks for, `refusal` those for calls
    that get no further than their checks.
    """

    errors: Mapping[type[PaymentError], Failure] = field(default_factory=dict)
    codes: Mapping[str, Failure] = field(default_factory=dict)
    refusal: Refusal = as_usual

    def of(self, error: PaymentError) -> Failure:
        """How an error is told; a KeyError is a programming error."""
        return self.errors.get(type(error)) or wording(error)

    def of_code(self, err_code: str) -> Failure:
        """How an err_code is told: as the endpoint tells of it by itself, where it does."""
        own = (one for one in self.errors.values() if isinstance(one, BusinessFailure) and one.err_code == err_code)
        usual = BusinessFailure(err_code, ERR_CODES.get(err_code, ""))
        return self.codes.get(err_code) or next(own, usual)

    @property
    def broken(self) -> Failure:
        """How it is told that WeChat itself could not do it."""
        return self.of_code("SYSTEMERROR")


USUAL = Words()


def wording(error: PaymentError) -> Failure:
    """V2's usual words for an error; a KeyError is a programming error."""
    if isinstance(error, RequestInvalid):
        return ProtocolFailure(error.message, today=error.today)
    return WORDING[type(error)]
