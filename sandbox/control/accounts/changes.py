"""The timeline of accounts: what was changed of them, when, and through what."""

from sandbox.control.accounts import shapes
from sandbox.control.accounts.handlers import AppPath, MerchantPath, PayerPath
from sandbox.control.accounts.views import change_view
from sandbox.core.changes import AccountKind
from sandbox.core.errors import AppUnknown, MerchantUnknown, PayerUnknown
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.usecases.accounts import payer_of
from sandbox.web.operations import get
from sandbox.web.shapes import ListQuery


class ChangeHandlers:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @get("/merchants/{mch_id}/changes", raises=(MerchantUnknown,))
    async def list_merchant_changes(self, path: MerchantPath, query: ListQuery) -> shapes.ChangeList:
        """What was changed of a merchant by console, control API or configuration file, newest first."""
        self._storage.accounts.merchant(path.mch_id)
        return await self._changes(AccountKind.MERCHANT, path.mch_id, query)

    @get("/apps/{appid}/changes", raises=(AppUnknown,))
    async def list_app_changes(self, path: AppPath, query: ListQuery) -> shapes.ChangeList:
        """The same of an app."""
        self._storage.accounts.registered(path.appid)
        return await self._changes(AccountKind.APP, path.appid, query)

    @get("/payers/{openid}/changes", raises=(PayerUnknown,))
    async def list_payer_changes(self, path: PayerPath, query: ListQuery) -> shapes.ChangeList:
        """The same of a payer."""
        await self._storage.read(lambda tx: payer_of(tx, path.openid))
        return await self._changes(AccountKind.PAYER, path.openid, query)

    async def _changes(self, kind: AccountKind, account: str, query: ListQuery) -> shapes.ChangeList:
        def read(tx: UnitOfWork) -> shapes.ChangeList:
            page = tx.account_changes.page(kind, account, query.after, query.limit)
            return shapes.ChangeList([change_view(one) for one in page.items], page.next)

        return await self._storage.read(read)
