"""Profit sharing: look at sharings, and have one carried out now."""

import msgspec
from msgspec import UNSET, UnsetType

from sandbox.control.sharings import shapes
from sandbox.control.sharings.views import sharing_view
from sandbox.core.errors import OrderAmbiguous
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.sharing import Sharing, SharingState
from sandbox.core.sharing_errors import SharingFinished, SharingNotFound
from sandbox.core.usecases.making import UseCases
from sandbox.web.operations import get, post
from sandbox.web.shapes import ListQuery, MchId, OutRefundNo, Query

ONE = "/sharings/{mch_id}/{out_order_no}"
NAMED = (SharingNotFound, OrderAmbiguous)


class SharingPath(msgspec.Struct):
    """`out_order_no`, the number of a sharing, has the form of an out_refund_no."""

    mch_id: MchId
    out_order_no: OutRefundNo


class SharingQuery(Query):
    """`sub_mch_id` is needed only where two sub-merchants use one number."""

    sub_mch_id: MchId | UnsetType = UNSET


class SharingsQuery(ListQuery):
    mch_id: str = ""
    state: SharingState | UnsetType = UNSET


class SharingHandlers:
    def __init__(self, storage: Storage, usecases: UseCases) -> None:
        self._storage = storage
        self._usecases = usecases

    @get("/sharings")
    async def list_sharings(self, query: SharingsQuery) -> shapes.SharingList:
        """Sharings of orders' money (分账), newest first."""

        def read(tx: UnitOfWork) -> shapes.SharingList:
            page = tx.sharings.page(query.mch_id, query.state or "", query.after, query.limit)
            return shapes.SharingList([sharing_view(one, tx) for one in page.items], page.next)

        return await self._storage.read(read)

    @get(ONE, raises=NAMED)
    async def get_sharing(self, path: SharingPath, query: SharingQuery) -> shapes.Sharing:
        """One sharing, with what was given back of it."""
        return await self._storage.read(lambda tx: sharing_view(self._find(tx, path, query), tx))

    @post(ONE, raises=(*NAMED, SharingFinished))
    async def end_sharing(self, path: SharingPath, query: SharingQuery) -> shapes.Sharing:
        """Carry a sharing out now that is being processed."""

        def end(tx: UnitOfWork) -> shapes.Sharing:
            return sharing_view(self._usecases.sharing(tx).end(self._find(tx, path, query)), tx)

        return await self._storage.write(end)

    def _find(self, tx: UnitOfWork, path: SharingPath, query: SharingQuery) -> Sharing:
        sub_mch_id = query.sub_mch_id or None
        return self._usecases.sharing(tx).find_named(path.mch_id, path.out_order_no, sub_mch_id)
