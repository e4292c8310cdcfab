"""The causes of -1, and the words of WeChat for each; what they mean and how to mend them is in `words.causes`.

Source: V2 notes, 6.3; where WeChat's wording is not known (see docs/fidelity.md) ours follows its style.
No two causes share one.
"""

from enum import StrEnum


class Cause(StrEnum):
    APP_SIGNATURE = "app-signature"
    SIGN = "sign"
    APPID_UNREGISTERED = "appid-unregistered"
    APPID_MISMATCH = "appid-mismatch"
    NO_PERMISSION = "no-permission"
    LOGGED_OUT = "logged-out"
    NOT_INSTALLED = "not-installed"
    TOO_OLD = "too-old"
    ORDER_EXPIRED = "order-expired"
    ORDER_CLOSED = "order-closed"
    WRONG_SCENE = "wrong-scene"
    BANK_REFUSED = "bank-refused"
    BALANCE = "balance"
    RISK = "risk"
    NETWORK = "network"
    OTHER = "other"

    @property
    def err_str(self) -> str:
        """What the WeChat client shows or returns."""
        return _ERR_STRS[self]


_ERR_STRS = {
    Cause.APP_SIGNATURE: "应用签名校验失败，请检查开放平台登记的应用签名",
    Cause.SIGN: "支付验证签名失败",
    Cause.APPID_UNREGISTERED: "商户传入的appid不存在",
    Cause.APPID_MISMATCH: "商户传入的appid参数不正确",
    Cause.NO_PERMISSION: "商家暂时没有此类交易权限",
    Cause.LOGGED_OUT: "你的微信账号已在其他设备登录，请重新登录后再支付",
    Cause.NOT_INSTALLED: "未安装微信客户端",
    Cause.TOO_OLD: "当前微信版本过低，不支持支付，请升级微信",
    Cause.ORDER_EXPIRED: "该订单已过期，请重新下单",
    Cause.ORDER_CLOSED: "当前订单已关闭，无法支付",
    Cause.WRONG_SCENE: "支付场景非法",
    Cause.BANK_REFUSED: "银行卡扣款失败，请更换其他银行卡支付",
    Cause.BALANCE: "余额不足，请更换支付方式",
    Cause.RISK: "当前交易存在风险，暂时无法完成支付",
    Cause.NETWORK: "网络异常，请检查网络后重试",
    Cause.OTHER: "支付失败，请稍后再试",
}
