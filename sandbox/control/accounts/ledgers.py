"""The money of a merchant: what lies where, and each move that brought it there."""

import msgspec
from msgspec import UNSET, UnsetType

from sandbox.control.accounts import shapes
from sandbox.control.accounts.views import ledger_view
from sandbox.core.errors import MerchantUnknown
from sandbox.core.ledger import Owner
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.web.operations import get
from sandbox.web.shapes import ListQuery, MchId


class LedgerPath(msgspec.Struct):
    mch_id: MchId


class LedgerQuery(ListQuery):
    """`sub_mch_id`: the ledger of a service provider's sub-merchant in place of the provider's own."""

    sub_mch_id: MchId | UnsetType = UNSET


class LedgerHandlers:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @get("/merchants/{mch_id}/ledger", raises=(MerchantUnknown,))
    async def get_ledger(self, path: LedgerPath, query: LedgerQuery) -> shapes.Ledger:
        """A merchant's ledger, newest line first, and the balances of its accounts."""
        merchant = self._storage.accounts.merchant(path.mch_id)
        owner = Owner(merchant.mch_id, query.sub_mch_id or "")

        def read(tx: UnitOfWork) -> shapes.Ledger:
            page = tx.ledger.page(owner, query.after, query.limit)
            return ledger_view(page, lambda account: tx.ledger.balance(owner, account))

        return await self._storage.read(read)
