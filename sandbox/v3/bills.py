"""Bills: their files are asked for, and downloaded from where the answer says. Source: V3 notes, 11."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

from sandbox.core import errors
from sandbox.core.billfiles import file_name, gzipped, plain
from sandbox.core.errors import PaymentError
from sandbox.core.hosts import WECHAT_HOSTS
from sandbox.core.ledger import Account
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.sharing_bills import SharingBill
from sandbox.core.statements import BillType
from sandbox.core.text import Text
from sandbox.core.usecases.bills import Bills
from sandbox.core.usecases.context import Context
from sandbox.signing import aead
from sandbox.v3.bill_tickets import LIFE, BillKind, Ticket, ticket_of, token
from sandbox.v3.callers import OwnCall
from sandbox.v3.endpoint import Document, endpoint
from sandbox.v3.errors import PRODUCT_NOT_OPENED, Failure, Json
from sandbox.v3.members import Choice, Location, String
from sandbox.v3.refund_parts import sub_mchid
from sandbox.v3.request import RequestInvalid
from sandbox.v3.sensitive import newest_valid, sealed_for
from sandbox.v3.shapes import Part, Within

BILLS = "/v3/bill"
FILE = "/v3/billdownload/file"
_REAL = f"https://{WECHAT_HOSTS[0]}"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_ACCOUNTS = {"BASIC": Account.BASIC, "OPERATION": Account.OPERATION, "FEES": Account.FEES}
_INVALID = Failure(400, "INVALID_REQUEST", "参数错误")
_FORBIDDEN = Failure(403, "NO_AUTH", "权限异常")
_NO_PRODUCT = Failure(403, "NO_AUTH", PRODUCT_NOT_OPENED)

WORDS: Mapping[type[PaymentError], Failure] = {
    errors.BillDateInvalid: _INVALID,
    errors.BillCreating: Failure(400, "STATEMENT_CREATING", "账单生成中"),
    errors.NoBill: Failure(400, "NO_STATEMENT_EXIST", "请求的账单文件不存在"),
    errors.SubMerchantNotAuthorized: _FORBIDDEN,
}
CODES = (_FORBIDDEN, WORDS[errors.BillCreating], WORDS[errors.NoBill])
"""How it tells of codes that a scenario names."""


class Day(Part):
    bill_date = String(10, "账单日期", pattern=_DAY)
    tar_type = Choice("压缩类型", ("GZIP",))


class TradeBillQuery(Day):
    sub_mchid = sub_mchid()
    bill_type = Choice("账单类型", [one.value for one in BillType])


class SharingBillQuery(Day):
    sub_mchid = sub_mchid()


class FundFlowQuery(Day):
    account_type = Choice("资金账户类型", _ACCOUNTS)


class SubFundFlowQuery(Day):
    sub_mchid = String(32, "子商户号", form="digits")
    account_type = Choice("资金账户类型", (*_ACCOUNTS, "DEPOSIT"), required=True)
    algorithm = Choice("加密算法", (aead.ALGORITHM,), required=True)


class FileQuery(Part):
    token = String(1024, "下载凭证")
    tartype = String(16, "压缩类型", required=False)


class BillCall(OwnCall):
    """A service provider that names no sub-merchant asks for the bill of all."""

    needs_sub_merchant = False
    query = Within(Location.QUERY, Day)

    @property
    def day(self) -> date:
        """Raises BillDateInvalid for a day that no calendar has."""
        try:
            return date.fromisoformat(self.query.bill_date)
        except ValueError:
            raise errors.BillDateInvalid from None

    def ticket(self, kind: BillKind, context: Context, key: str = "", nonce: str = "") -> Ticket:
        expires = int(context.now(self.mch_id).timestamp()) + LIFE
        day, packed = self.day.isoformat(), bool(self.query.tar_type)
        return Ticket(self.mch_id, self.sub_mch_id, day, kind.value, packed, expires, key, nonce)


class TradeBill(BillCall):
    query = Within(Location.QUERY, TradeBillQuery)


class FundFlow(BillCall):
    query = Within(Location.QUERY, FundFlowQuery)


class SubFundFlow(BillCall):
    query = Within(Location.QUERY, SubFundFlowQuery)

    def require_accounts(self, merchant: Merchant, accounts: Accounts) -> None:
        if not merchant.service_provider:
            raise RequestInvalid(_NO_PRODUCT, "v3_providers_only", mch_id=self.mch_id)
        super().require_accounts(merchant, accounts)


class SharingBillCall(BillCall):
    query = Within(Location.QUERY, SharingBillQuery)


class Download(OwnCall):
    needs_sub_merchant = False
    query = Within(Location.QUERY, FileQuery)


@endpoint(
    "GET",
    f"{BILLS}/tradebill",
    TradeBill,
    title=Text("申请交易账单", "Ask for the trade bill"),
    documents="11",
    operation="downloadbill",
    reads=True,
    bulky=True,
    words=WORDS,
    codes=CODES,
    trading=False,
)
def trade_bill(request: TradeBill, context: Context) -> dict[str, Json]:
    return _offered(request.ticket(BillType(request.query.bill_type or "ALL"), context), context)


@endpoint(
    "GET",
    f"{BILLS}/fundflowbill",
    FundFlow,
    title=Text("申请资金账单", "Ask for the fund flow"),
    documents="11",
    operation="downloadfundflow",
    reads=True,
    bulky=True,
    words=WORDS,
    codes=CODES,
    trading=False,
)
def fund_flow(request: FundFlow, context: Context) -> dict[str, Json]:
    return _offered(request.ticket(_ACCOUNTS[request.query.account_type or "BASIC"], context), context)


@endpoint(
    "GET",
    f"{BILLS}/sub-merchant-fundflowbill",
    SubFundFlow,
    title=Text("申请单个子商户资金账单", "Ask for a sub-merchant's fund flow"),
    documents="11",
    operation="downloadfundflow",
    example={"account_type": "BASIC", "algorithm": aead.ALGORITHM},
    reads=True,
    bulky=True,
    words=WORDS,
    codes=CODES,
    trading=False,
)
def sub_merchant_fund_flow(request: SubFundFlow, context: Context) -> dict[str, Json]:
    account = _ACCOUNTS.get(request.query.account_type)
    if account is None:
        raise errors.NoBill
    key, nonce = secrets.token_hex(16), secrets.token_hex(6)
    offered = _offered(request.ticket(account, context, key, nonce), context)
    part: dict[str, Json] = {
        "bill_sequence": 1,
        "download_url": offered.pop("download_url"),
        "encrypt_key": sealed_for(newest_valid(request, context), key),
        **offered,
        "nonce": nonce,
    }
    return {"download_bill_count": 1, "download_bill_list": [part]}


@endpoint(
    "GET",
    "/v3/profitsharing/bills",
    SharingBillCall,
    title=Text("申请分账账单", "Ask for the bill of profit sharing"),
    documents="11",
    operation="profitsharingbill",
    reads=True,
    bulky=True,
    words=WORDS,
    codes=CODES,
    trading=False,
)
def sharing_bill(request: SharingBillCall, context: Context) -> dict[str, Json]:
    return _offered(request.ticket(SharingBill.SHARING, context), context)


@endpoint(
    "GET",
    FILE,
    Download,
    title=Text("下载账单", "Download a bill"),
    documents="11",
    operation="billdownload",
    reads=True,
    bulky=True,
    words=WORDS,
    codes=CODES,
    trading=False,
)
def download(request: Download, context: Context) -> Document:
    ticket = ticket_of(request.query.token, context.tx.accounts)
    if ticket is None:
        raise RequestInvalid(_INVALID, "v3_bill_token")
    if ticket.mch_id != request.mch_id:
        raise RequestInvalid(_FORBIDDEN, "v3_bill_of_another", mch_id=ticket.mch_id)
    late = int(context.now(request.mch_id).timestamp()) - ticket.expires
    if late > 0:
        raise RequestInvalid(_INVALID, "v3_bill_token_late", seconds=late, life=LIFE)
    return Document(_file(ticket, context))


def _offered(ticket: Ticket, context: Context) -> dict[str, Json]:
    """Where the file is, and the digest of the bill, whether it is packed or not. Raises what Bills raises."""
    query = f"token={token(ticket, context.tx.accounts.merchant(ticket.mch_id))}"
    return {
        "download_url": f"{_base(context)}{FILE}?{query}{'&tartype=gzip' if ticket.gzip else ''}",
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(_text(ticket, context), usedforsecurity=False).hexdigest(),
    }


def _base(context: Context) -> str:
    """The real host for who called it by its name; else the address by which the sandbox was called."""
    called = context.call_context.base
    return _REAL if urlsplit(called).hostname in WECHAT_HOSTS else called


def _text(ticket: Ticket, context: Context) -> bytes:
    bills, kind = Bills(context), ticket.of
    if isinstance(kind, Account):
        return plain(bills.fund_flow(ticket.mch_id, ticket.date, kind, ticket.sub_mch_id))
    if kind is SharingBill.SHARING:
        return plain(bills.sharing_bill(ticket.mch_id, ticket.sub_mch_id, ticket.date))
    return plain(bills.trade_bill(ticket.mch_id, ticket.sub_mch_id, ticket.date, kind))


def _file(ticket: Ticket, context: Context) -> bytes:
    """The bill as it is downloaded: first packed, then sealed."""
    text = _text(ticket, context)
    body = gzipped(text, file_name(ticket.mch_id, ticket.of, ticket.date)) if ticket.gzip else text
    return base64.b64decode(aead.seal(body, ticket.key, ticket.nonce, "")) if ticket.key else body
