"""downloadbill and downloadfundflow: CSV text, as it is or gzipped. Source: V2 notes, 3.5, 3.6."""

import hashlib
import re
from collections.abc import Mapping

from sandbox.core.billfiles import file_name, gzipped, plain
from sandbox.core.errors import BillCreating, BillDateInvalid, NoBill
from sandbox.core.ledger import Account
from sandbox.core.statements import BillType
from sandbox.core.text import Text
from sandbox.core.usecases.bills import Bills
from sandbox.core.usecases.context import Context
from sandbox.signing.flat import SignType
from sandbox.v2.endpoint import Document, endpoint
from sandbox.v2.errors import BusinessFailure, ProtocolFailure, Words
from sandbox.v2.shapes import BeijingDay, Choice, OwnRequest, String
from sandbox.v2.style import BESIDE_DOCUMENTS

_GZIP = re.compile("GZIP")
_BY_HMAC = (SignType.HMAC_SHA256,)


class DownloadBill(OwnRequest):
    """POST /pay/downloadbill: V2 notes, 3.5."""

    bill_date = BeijingDay("对账单日期")
    bill_type = Choice(BillType, "账单类型", BillType.ALL)
    tar_type = String(8, "压缩账单", required=False, pattern=_GZIP)
    device_info = String(32, "设备号", required=False)


class DownloadFundFlow(OwnRequest):
    """POST /pay/downloadfundflow: V2 notes, 3.6. Signed with HMAC-SHA256 only."""

    sign_type = Choice(SignType, "签名类型", SignType.HMAC_SHA256, among=_BY_HMAC)
    bill_date = BeijingDay("资金账单日期")
    account_type = Choice(Account, "资金账户类型", among=(Account.BASIC, Account.OPERATION, Account.FEES))
    tar_type = String(8, "压缩账单", required=False, pattern=_GZIP)


PARAMETER, BILL = "20001", "20002"
"""The error_code of what is wrong with a parameter, and of a bill that is not there."""

_REFUSALS = {
    "method": "require POST method",
    "empty": "empty post data",
    "not_utf8": "data format error",
    "malformed": "data format error",
    "too_large": "data format error",
    "missing": "missing parameter",
    "unknown": "invalid parameter",
    "pairing": "invalid appid",
    "sign_wrong": "sign error",
    "sign_missing": "sign error",
}


def _bill_refusal(fault: str, facts: Mapping[str, str | int], usual: ProtocolFailure) -> ProtocolFailure:
    """downloadbill has a table of its own, in English and with numbers."""
    if fault in _REFUSALS:
        return ProtocolFailure(_REFUSALS[fault], PARAMETER)
    field = facts.get("field", "")
    if not field:
        return usual
    if facts.get("got_bytes") == 0:
        return ProtocolFailure("missing parameter", PARAMETER)
    if field == "tar_type":
        return ProtocolFailure("invalid tar_type: Only GZIP supported", PARAMETER)
    return ProtocolFailure("nonce_str too long" if field == "nonce_str" else f"invalid {field}", PARAMETER)


def _flow_refusal(fault: str, facts: Mapping[str, str | int], usual: ProtocolFailure) -> ProtocolFailure:
    return ProtocolFailure("Param Error") if "field" in facts else usual


@endpoint(
    "/pay/downloadbill",
    DownloadBill,
    title=Text("下载交易账单", "Download the trade bill"),
    documents="3.5",
    reads=True,
    words=Words(
        errors={
            BillDateInvalid: ProtocolFailure("invalid bill_date", PARAMETER),
            BillCreating: ProtocolFailure("Bill Creating", BILL),
            NoBill: ProtocolFailure("No Bill Exist", BILL),
        },
        codes={
            "SYSTEMERROR": ProtocolFailure("system error", "20003"),
            "NOAUTH": ProtocolFailure("当前商户号账单API权限已经关闭", "20007"),
            "NO_BILL_EXIST": ProtocolFailure("No Bill Exist", BILL),
            "BILL_CREATING": ProtocolFailure("Bill Creating", BILL),
        },
        refusal=_bill_refusal,
    ),
    style=BESIDE_DOCUMENTS,
    bulky=True,
)
def download_bill(request: DownloadBill, context: Context) -> Document:
    bill = Bills(context).trade_bill(
        request.mch_id, request.sub_mch_id, request.bill_date, request.bill_type, request.device_info
    )
    name = file_name(request.mch_id, request.bill_type, request.bill_date)
    return Document(_packed(plain(bill), request.tar_type, name))


@endpoint(
    "/pay/downloadfundflow",
    DownloadFundFlow,
    title=Text("下载资金账单", "Download the fund flow"),
    documents="3.6",
    certificate=True,
    reads=True,
    words=Words(
        errors={
            BillDateInvalid: BusinessFailure("PARAM_ERROR", "参数错误"),
            BillCreating: BusinessFailure("BILL_CREATING", "账单未生成"),
            NoBill: BusinessFailure("NO_BILL_EXIST", "流水账单不存在"),
        },
        codes={"SYSTEMERROR": BusinessFailure("SYSTEMERROR", "微信支付内部错误")},
        refusal=_flow_refusal,
    ),
    style=BESIDE_DOCUMENTS,
    bulky=True,
)
def download_fund_flow(request: DownloadFundFlow, context: Context) -> Document:
    text = plain(Bills(context).fund_flow(request.mch_id, request.bill_date, request.account_type))
    name = file_name(request.mch_id, request.account_type, request.bill_date)
    # Of the text, gzipped or not: so V3 does it with the same file.
    digest = hashlib.sha1(text, usedforsecurity=False).hexdigest()
    return Document(_packed(text, request.tar_type, name), {"Digest": f"SHA={digest}"})


def _packed(text: bytes, tar_type: str, name: str) -> bytes:
    return gzipped(text, name) if tar_type else text
