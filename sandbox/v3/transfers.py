"""A transfer to a person (商家转账): asked for, queried by either number, cancelled. Source: V3 notes, 15.1, A.3.

The rest of the family (authorizations, receipts, batches of before 2025) is not played.
"""

from collections.abc import Mapping

from sandbox.core import errors, transfer_errors
from sandbox.core.errors import PaymentError
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Text
from sandbox.core.transfers import Report, Transfer, TransferTerms
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.transfers import Transfers
from sandbox.v3 import transfer_parts as parts
from sandbox.v3.callers import OwnCall
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import Failure, Json
from sandbox.v3.members import Location
from sandbox.v3.orders import by_name, moment
from sandbox.v3.request import RequestInvalid
from sandbox.v3.sensitive import newest_valid, sealed_for
from sandbox.v3.shapes import Within, undeclared

BILLS = "/v3/fund-app/mch-transfer/transfer-bills"


class TransferCall(OwnCall):
    """A call about one transfer, which the merchant names by its own number."""

    needs_sub_merchant = False

    @property
    def key(self) -> OrderKey:
        number = self.body.values.get("out_bill_no") or self.path.values.get("out_bill_no") or ""
        return OrderKey(self.mch_id, "", "", number)


class TransferRequest(TransferCall):
    body = Within(Location.BODY, parts.TransferBody)

    def check(self) -> None:
        """An empty notify_url is told of as if nobody had declared it; so is one that is null."""
        if not self.body.sent.get("notify_url", True):
            pointer = self.body.place.inner("notify_url").pointer
            raise RequestInvalid(undeclared([pointer]), "empty_member", field=pointer)

    def require_accounts(self, merchant: Merchant, accounts: Accounts) -> None:
        super().require_accounts(merchant, accounts)
        if self.body.appid not in merchant.appids:
            raise errors.AppNotPaired

    def transfer_terms(self) -> TransferTerms:
        body, style = self.body, self.body.user_recv_style
        return TransferTerms(
            out_bill_no=body.out_bill_no,
            appid=body.appid,
            openid=body.openid,
            transfer_amount=body.transfer_amount,
            transfer_remark=body.transfer_remark,
            transfer_scene_id=body.transfer_scene_id,
            reports=tuple(Report(one.info_type, one.info_content) for one in body.transfer_scene_report_infos),
            user_name=body.user_name,
            notify_url=body.notify_url,
            user_recv_perception=body.user_recv_perception,
            user_recv_style=style.type if style else "",
        )


class NumberQuery(TransferCall):
    path = Within(Location.PATH, parts.NumberPath)


class BillQuery(TransferCall):
    path = Within(Location.PATH, parts.BillPath)

    def named_order(self, tx: UnitOfWork) -> OrderKey:
        found = tx.transfers.by_bill_no(self.path.transfer_bill_no)
        return found.key if found and found.mch_id == self.mch_id else self.key


def _refused(message: str) -> Failure:
    return Failure(400, "INVALID_REQUEST", message)


WORDS: Mapping[type[PaymentError], Failure] = {
    errors.AppNotPaired: _refused("APPID不存在"),
    transfer_errors.TransferNotFound: Failure(404, "NOT_FOUND", "记录不存在"),
    transfer_errors.TransferMismatch: _refused("单号已存在但信息不一致，请查单后比较确认"),
    transfer_errors.TransferOutOfRange: _refused("超过单笔转账上下限，核实产品设置是否准确"),
    transfer_errors.TransferSceneUnknown: _refused("你尚未获取该转账场景"),
    transfer_errors.TransferReportIncomplete: Failure(
        400, "PARAM_ERROR", "未传入完整且对应的转账场景报备信息，请根据接口文档检查"
    ),
    transfer_errors.PerceptionUnsupported: _refused("暂不支持展示当前传入的用户收款感知"),
    transfer_errors.TransferNameMissing: Failure(400, "PARAM_ERROR", "转账金额大于等于2000元时，收款用户姓名必填"),
    transfer_errors.TransferEnded: _refused("当前单据状态不支持撤销"),
    errors.BalanceShort: Failure(403, "NOT_ENOUGH", "资金不足"),
}
CODES = (
    Failure(429, "FREQUENCY_LIMITED", "频率超限"),
    Failure(403, "NO_AUTH", "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试"),
    WORDS[errors.BalanceShort],
    WORDS[transfer_errors.TransferNotFound],
)
"""How it tells of codes that a scenario names."""


@endpoint(
    "POST",
    BILLS,
    TransferRequest,
    title=Text("发起转账", "Transfer to a person"),
    documents="15.1",
    operation="transfer",
    example={
        "transfer_scene_id": "1000",
        "transfer_amount": "10",
        "transfer_remark": "Sample 样单",
        "notify_url": "",
        "transfer_scene_report_infos[0].info_type": "活动名称",
        "transfer_scene_report_infos[0].info_content": "Sample 样单",
        "transfer_scene_report_infos[1].info_type": "奖励说明",
        "transfer_scene_report_infos[1].info_content": "Sample 样单",
    },
    words=WORDS,
    codes=CODES,
    trading=False,
    reticent=True,
)
def transfer(request: TransferRequest, context: Context) -> dict[str, Json]:
    made = Transfers(context).request(request.mch_id, request.transfer_terms())
    told: dict[str, Json] = {
        "out_bill_no": made.terms.out_bill_no,
        "transfer_bill_no": made.transfer_bill_no,
        "create_time": moment(made.created_at),
        "state": made.state.value,
        **_reason(made),
    }
    return by_name({**told, "package_info": made.package_info} if made.waiting else told)


@endpoint(
    "GET",
    BILLS + "/out-bill-no/{out_bill_no}",
    NumberQuery,
    title=Text("商户单号查询转账单", "Query a transfer by out_bill_no"),
    documents="15.1",
    operation="transferquery",
    reads=True,
    words=WORDS,
    codes=CODES,
    trading=False,
    reticent=True,
)
def query(request: NumberQuery, context: Context) -> dict[str, Json]:
    transfers = Transfers(context)
    return _described(transfers.require_told(transfers.find(request.key)), request, context)


@endpoint(
    "GET",
    BILLS + "/transfer-bill-no/{transfer_bill_no}",
    BillQuery,
    title=Text("微信单号查询转账单", "Query a transfer by transfer_bill_no"),
    documents="15.1",
    operation="transferquery",
    reads=True,
    words=WORDS,
    codes=CODES,
    trading=False,
    reticent=True,
)
def query_by_bill_no(request: BillQuery, context: Context) -> dict[str, Json]:
    transfers, number = Transfers(context), request.path.transfer_bill_no
    found = transfers.require_told(transfers.find_by_bill_no(number))
    if found.mch_id != request.mch_id:
        raise transfer_errors.TransferNotFound(number)
    return _described(found, request, context)


@endpoint(
    "POST",
    BILLS + "/out-bill-no/{out_bill_no}/cancel",
    NumberQuery,
    title=Text("撤销转账", "Cancel a transfer"),
    documents="15.1",
    operation="transfercancel",
    words=WORDS,
    codes=CODES,
    trading=False,
    reticent=True,
)
def cancel(request: NumberQuery, context: Context) -> dict[str, Json]:
    transfers = Transfers(context)
    cancelled = transfers.cancel(transfers.find(request.key))
    return by_name(
        {
            "out_bill_no": cancelled.terms.out_bill_no,
            "transfer_bill_no": cancelled.transfer_bill_no,
            "state": cancelled.state.value,
            "update_time": moment(cancelled.updated_at),
        }
    )


def _described(transfer: Transfer, request: TransferCall, context: Context) -> dict[str, Json]:
    """A transfer, as a query tells of it; the person's name only where it was given, for the merchant alone."""
    terms = transfer.terms
    name: dict[str, Json] = {}
    if terms.user_name:
        name["user_name"] = sealed_for(newest_valid(request, context), terms.user_name)
    return by_name(
        {
            "mch_id": transfer.mch_id,
            "out_bill_no": terms.out_bill_no,
            "transfer_bill_no": transfer.transfer_bill_no,
            "appid": terms.appid,
            "state": transfer.state.value,
            "transfer_amount": terms.transfer_amount,
            "transfer_remark": terms.transfer_remark,
            "openid": terms.openid,
            "create_time": moment(transfer.created_at),
            "update_time": moment(transfer.updated_at),
            **_reason(transfer),
            **name,
        }
    )


def _reason(transfer: Transfer) -> dict[str, Json]:
    """Why it came to nothing, once it has."""
    return {"fail_reason": transfer.told_reason} if transfer.told_reason else {}
