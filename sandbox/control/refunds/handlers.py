"""Refunds: look at them, and decide what becomes of one."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from sandbox.control.refunds import shapes
from sandbox.control.refunds.views import listed_refund_view
from sandbox.core.errors import OrderAmbiguous, RefundEnded, RefundNotFound
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.refunds import OUTCOMES, RefundStatus
from sandbox.core.usecases.making import UseCases
from sandbox.web.operations import get, post
from sandbox.web.shapes import ListQuery, MchId, OutRefundNo, Query

ONE = "/refunds/{mch_id}/{out_refund_no}"
NAMED = (RefundNotFound, OrderAmbiguous)


class RefundPath(msgspec.Struct):
    mch_id: MchId
    out_refund_no: OutRefundNo


class RefundQuery(Query):
    """`sub_mch_id` is needed only where two sub-merchants use one number."""

    sub_mch_id: MchId | UnsetType = UNSET


class RefundsQuery(ListQuery):
    mch_id: str = ""
    refund_status: RefundStatus | UnsetType = UNSET


class RefundBody(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes of a refund: paid out, 退款异常 (CHANGE), or closed (REFUNDCLOSE)."""

    outcome: Literal["success", "change", "close"] = "success"


class RefundHandlers:
    def __init__(self, storage: Storage, usecases: UseCases) -> None:
        self._storage = storage
        self._usecases = usecases

    @get("/refunds")
    async def list_refunds(self, query: RefundsQuery) -> shapes.RefundList:
        """Refunds, newest first."""
        chosen = (query.mch_id, query.refund_status or "")
        page = await self._storage.read(lambda tx: tx.refunds.page(*chosen, query.after, query.limit))
        return shapes.RefundList([listed_refund_view(refund) for refund in page.items], page.next)

    @get(ONE, raises=NAMED)
    async def get_refund(self, path: RefundPath, query: RefundQuery) -> shapes.ListedRefund:
        """One refund."""

        def read(tx: UnitOfWork) -> shapes.ListedRefund:
            found = self._usecases.refunds(tx).find_named(path.mch_id, path.out_refund_no, query.sub_mch_id or None)
            return listed_refund_view(found)

        return await self._storage.read(read)

    @post(ONE, raises=(*NAMED, RefundEnded))
    async def end_refund(self, path: RefundPath, query: RefundQuery, body: RefundBody) -> shapes.ListedRefund:
        """End a refund that is being processed, or mend one that is 退款异常 (CHANGE)."""

        def end(tx: UnitOfWork) -> shapes.ListedRefund:
            refunds = self._usecases.refunds(tx)
            refund = refunds.find_named(path.mch_id, path.out_refund_no, query.sub_mch_id or None)
            return listed_refund_view(refunds.end(refund, OUTCOMES[body.outcome]))

        return await self._storage.write(end)
