"""An order's money is shared, unfrozen, given back; and each of these is asked about.

Source: V3 notes, 15.2, appendix A.5; docs/fidelity.md.
"""

from datetime import UTC, datetime

from sandbox.core.sharing import (
    TO_SHARER,
    ReceiverType,
    Recipient,
    Return,
    ReturnTerms,
    Share,
    Sharing,
    Wish,
)
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.sharing import SharingService
from sandbox.v3 import sharing_parts as parts
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import Json, param_error
from sandbox.v3.members import Location
from sandbox.v3.orders import moment
from sandbox.v3.request import RequestInvalid
from sandbox.v3.sentences import MALFORMED
from sandbox.v3.shapes import Within
from sandbox.v3.sharing_calls import CODES, SHARING, WORDS, SharingCall

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""What stands for the end of a share that has none yet (assumed)."""


class SharingRequest(SharingCall):
    body = Within(Location.BODY, parts.SharingBody)

    def check(self) -> None:
        if not self.body.receivers and not self.body.unfreeze_unsplit:
            raise RequestInvalid(param_error(MALFORMED), "v3_sharing_nothing", field="/body/receivers")

    @property
    def wishes(self) -> tuple[Wish, ...]:
        return tuple(
            Wish(Recipient(ReceiverType(one.type), one.account), one.amount, one.description)
            for one in self.body.receivers
        )


class UnfreezeRequest(SharingCall):
    body = Within(Location.BODY, parts.UnfreezeBody)


class SharingQuery(SharingCall):
    path = Within(Location.PATH, parts.SharingPath)
    query = Within(Location.QUERY, parts.SharingQuery)


class AmountsQuery(SharingCall):
    needs_sub_merchant = False
    path = Within(Location.PATH, parts.TransactionPath)


class ReturnRequest(SharingCall):
    body = Within(Location.BODY, parts.ReturnBody)

    def check(self) -> None:
        if not (self.body.order_id or self.body.out_order_no):
            raise RequestInvalid(param_error(MALFORMED), "one_of", field="/body/order_id, /body/out_order_no")


class ReturnQuery(SharingCall):
    path = Within(Location.PATH, parts.ReturnPath)
    query = Within(Location.QUERY, parts.ReturnQuery)


@endpoint(
    "POST",
    f"{SHARING}/orders",
    SharingRequest,
    title=Text("请求分账", "Share an order's money"),
    documents="15.2",
    operation="profitsharing",
    example={"receivers[0].type": "MERCHANT_ID", "unfreeze_unsplit": "true", "sub_mchid": ""},
    words=WORDS,
    codes=CODES,
    trading=False,
)
def share(request: SharingRequest, context: Context) -> dict[str, Json]:
    body, service = request.body, SharingService(context)
    named = request.owner, body.transaction_id, body.out_order_no
    if not request.wishes:
        return _told(request, service.unfreeze(*named, TO_SHARER))
    return _told(request, service.share(*named, request.wishes, unfreeze=bool(body.unfreeze_unsplit)))


@endpoint(
    "GET",
    f"{SHARING}/orders/{{out_order_no}}",
    SharingQuery,
    title=Text("查询分账结果", "Query a sharing"),
    documents="15.2",
    operation="profitsharingquery",
    reads=True,
    example={"sub_mchid": ""},
    words=WORDS,
    codes=CODES,
    trading=False,
)
def sharing_query(request: SharingQuery, context: Context) -> dict[str, Json]:
    transaction_id, number = request.query.transaction_id, request.path.out_order_no
    return _told(request, SharingService(context).find(request.owner, transaction_id, number))


@endpoint(
    "POST",
    f"{SHARING}/orders/unfreeze",
    UnfreezeRequest,
    title=Text("解冻剩余资金", "Unfreeze what is left of an order"),
    documents="15.2",
    operation="profitsharingfinish",
    example={"sub_mchid": ""},
    words=WORDS,
    codes=CODES,
    trading=False,
)
def unfreeze(request: UnfreezeRequest, context: Context) -> dict[str, Json]:
    body = request.body
    named = request.owner, body.transaction_id, body.out_order_no
    return _told(request, SharingService(context).unfreeze(*named, body.description))


@endpoint(
    "GET",
    f"{SHARING}/transactions/{{transaction_id}}/amounts",
    AmountsQuery,
    title=Text("查询剩余待分金额", "Query what may still be shared"),
    documents="15.2",
    operation="profitsharingorderamountquery",
    reads=True,
    words=WORDS,
    codes=CODES,
    trading=False,
)
def amounts(request: AmountsQuery, context: Context) -> dict[str, Json]:
    number = request.path.transaction_id
    return {"transaction_id": number, "unsplit_amount": SharingService(context).unsplit(request.mch_id, number)}


@endpoint(
    "POST",
    f"{SHARING}/return-orders",
    ReturnRequest,
    title=Text("请求分账回退", "Have a share given back"),
    documents="15.2",
    operation="profitsharingreturn",
    example={"out_order_no": "", "sub_mchid": ""},
    words=WORDS,
    codes=CODES,
    trading=False,
)
def give_back(request: ReturnRequest, context: Context) -> dict[str, Json]:
    body = request.body
    terms = ReturnTerms(
        order_id=body.order_id,
        out_order_no=body.out_order_no,
        out_return_no=body.out_return_no,
        return_mchid=body.return_mchid,
        amount=body.amount,
        description=body.description,
    )
    return _told_of_return(request, SharingService(context).give_back(request.owner, terms))


@endpoint(
    "GET",
    f"{SHARING}/return-orders/{{out_return_no}}",
    ReturnQuery,
    title=Text("查询分账回退结果", "Query what was given back"),
    documents="15.2",
    operation="profitsharingreturnquery",
    reads=True,
    example={"sub_mchid": ""},
    words=WORDS,
    codes=CODES,
    trading=False,
)
def return_query(request: ReturnQuery, context: Context) -> dict[str, Json]:
    numbers = request.query.out_order_no, request.path.out_return_no
    return _told_of_return(request, SharingService(context).find_return(request.owner, *numbers))


def _told(request: SharingCall, sharing: Sharing) -> dict[str, Json]:
    return {
        **request.told,
        "transaction_id": sharing.transaction_id,
        "out_order_no": sharing.out_order_no,
        "order_id": sharing.order_id,
        "state": sharing.state.value,
        "receivers": [_share(share, sharing) for share in sharing.shares],
    }


def _share(share: Share, sharing: Sharing) -> dict[str, Json]:
    """One receiver's; fail_reason where it was closed. Official client libraries do without no finish_time."""
    reason: dict[str, Json] = {"fail_reason": share.fail_reason.value} if share.fail_reason else {}
    return {
        "amount": share.amount,
        "description": share.description,
        "type": share.to.type.value,
        "account": share.to.account,
        "result": share.result.value,
        **reason,
        "detail_id": share.detail_id,
        "create_time": moment(sharing.created_at),
        "finish_time": moment(sharing.ended_at or _NEVER),
    }


def _told_of_return(request: SharingCall, back: Return) -> dict[str, Json]:
    """What was given back, which it was at once."""
    return {
        **request.told,
        "order_id": back.order_id,
        "out_order_no": back.out_order_no,
        "out_return_no": back.out_return_no,
        "return_id": back.return_id,
        "return_mchid": back.return_mchid,
        "amount": back.amount,
        "description": back.description,
        "result": "SUCCESS",
        "create_time": moment(back.created_at),
        "finish_time": moment(back.created_at),
    }
