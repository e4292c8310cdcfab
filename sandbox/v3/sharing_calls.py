"""What calls about profit sharing have in common: whose they are, how their errors are told, how times are written.

Source: V3 notes, 15.2; docs/fidelity.md.
"""

from collections.abc import Mapping

from sandbox.core import errors, sharing_errors
from sandbox.core.errors import PaymentError
from sandbox.core.ledger import Owner
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import UnitOfWork
from sandbox.v3.callers import OwnCall
from sandbox.v3.errors import Failure, Json, param_error

SHARING = "/v3/profitsharing"


class SharingCall(OwnCall):
    """A call about the sharing of one order, which it names by its transaction_id or by a number of the sharing."""

    @property
    def owner(self) -> Owner:
        return Owner(self.mch_id, self.sub_mch_id)

    def require_accounts(self, merchant: Merchant, accounts: Accounts) -> None:
        super().require_accounts(merchant, accounts)
        said = self.body.values
        sub_appid = said.get("sub_appid") or ""
        if appid := said.get("appid"):
            merchant.require_pairing(appid, self.sub_mch_id, sub_appid)
        elif sub_merchant := merchant.sub_merchant(self.sub_mch_id):
            sub_merchant.require_pairing(sub_appid)

    def named_order(self, tx: UnitOfWork) -> OrderKey:
        said = {**self.path.values, **self.query.values, **self.body.values}
        order = tx.orders.by_transaction_id(self.mch_id, said.get("transaction_id") or "")
        if order is not None:
            return order.key
        if number := said.get("order_id"):
            found = tx.sharings.by_order_id(self.mch_id, number)
        else:
            found = tx.sharings.find(self.mch_id, said.get("out_order_no") or "", self.sub_mch_id)
        return found.key if found else self.key

    @property
    def told(self) -> dict[str, Json]:
        """The sub-merchant, as answers begin; nothing for a merchant that acts for itself."""
        return {"sub_mchid": self.sub_mch_id} if self.sub_mch_id else {}


def _refused(message: str) -> Failure:
    return Failure(400, "INVALID_REQUEST", message)


_UNMARKED = _refused("非分账订单不支持分账")
_MISSING = Failure(404, "RESOURCE_NOT_EXISTS", "记录不存在")
WORDS: Mapping[type[PaymentError], Failure] = {
    sharing_errors.SharingUnmarked: _UNMARKED,
    sharing_errors.SharingTooEarly: _refused("订单处理中，暂时无法分账，请稍后再试"),
    sharing_errors.SharingEnded: _refused("订单已完结分账，不支持分账"),
    sharing_errors.SharingShort: Failure(403, "NOT_ENOUGH", "分账金额不足"),
    sharing_errors.SharingOverRatio: _refused("分账金额超出最大分账比例"),
    sharing_errors.SharingChanged: _refused("分账接收方与原请求不一致"),
    sharing_errors.TooManySharings: Failure(403, "RULE_LIMIT", "超过单笔订单最多分账次数"),
    sharing_errors.SharingNotFound: _MISSING,
    sharing_errors.ReceiverMissing: _refused("分账接收方关系不存在，请检查参数中每个接收方的关系。"),
    sharing_errors.ReceiverTwice: _refused("分账接收方列表中存在重复的接收方"),
    sharing_errors.ReceiverNameDiffers: _refused("分账接收商户全称不匹配"),
    errors.OpenidInvalid: param_error("appid与openid不匹配"),
    sharing_errors.ReturnNotFound: _MISSING,
    sharing_errors.ReturnChanged: _refused("分账回退请求与原请求不一致"),
    sharing_errors.ReturnFromStranger: _refused("回退商户不是原分账单的接收方"),
    sharing_errors.ReturnFromSharer: _refused("分账回退出资商户不允许和接收商户相同，请重新输入回退商户号"),
    sharing_errors.ReturnOverShare: _refused("剩余可回退的金额不足"),
    sharing_errors.ReturnTooLate: Failure(403, "RULE_LIMIT", "超过分账回退期限"),
    sharing_errors.TooManyReturns: Failure(403, "RULE_LIMIT", "超过单笔分账单最多回退次数"),
    sharing_errors.ReceiverShort: Failure(403, "NOT_ENOUGH", "可用余额不足，请充值后重新发起"),
}
CODES = (
    Failure(403, "NO_AUTH", "无分账权限"),
    WORDS[sharing_errors.SharingShort],
    Failure(403, "RULE_LIMIT", "分账金额超出最大分账比例"),
    _MISSING,
    _UNMARKED,
    Failure(429, "RATELIMIT_EXCEED", "频率超限"),
)
"""How it tells of codes that a scenario names."""
