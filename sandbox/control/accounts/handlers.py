"""Merchants, apps and payers."""

from contextlib import suppress
from dataclasses import replace

import msgspec
from aiohttp import web

from sandbox.control.accounts import shapes
from sandbox.control.accounts.views import app_view, auth_code_view, listed_merchant_view, merchant_view, payer_view
from sandbox.core.changes import Author
from sandbox.core.clock import Clock
from sandbox.core.errors import (
    AccountTaken,
    AppPaired,
    AppUnknown,
    MerchantUnknown,
    NoValidCertificate,
    PayerUnknown,
    PhoneCannotPay,
)
from sandbox.core.ledger import Account
from sandbox.core.merchants import Merchant
from sandbox.core.patches import AppPatch
from sandbox.core.ports.services import Certificates
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.usecases.accounts import payer_of
from sandbox.core.usecases.making import UseCases
from sandbox.web.drafts import AppBody, AppChanges, MerchantBody, MerchantChanges, PayerBody, PayerChanges
from sandbox.web.operations import delete, get, patch, post
from sandbox.web.shapes import Appid, ListQuery, MchId, Openid


class MerchantPath(msgspec.Struct):
    mch_id: MchId


class AppPath(msgspec.Struct):
    appid: Appid


class PayerPath(msgspec.Struct):
    openid: Openid


class AccountHandlers:
    def __init__(self, storage: Storage, clock: Clock, certificates: Certificates, usecases: UseCases) -> None:
        self._storage = storage
        self._clock = clock
        self._certificates = certificates
        self._usecases = usecases

    # -- merchants -----------------------------------------------------------------------------------------------------

    @get("/merchants")
    async def list_merchants(self, query: ListQuery) -> shapes.MerchantList:
        """The merchants, newest first, without their keys."""
        merchants = reversed(self._storage.accounts.merchants.values())
        return shapes.MerchantList(*query.part_of([listed_merchant_view(merchant) for merchant in merchants]))

    @post("/merchants", status=201, raises=(AccountTaken,))
    async def open_merchant(self, body: MerchantBody) -> shapes.Merchant:
        """Make a merchant, with every credential that is left out."""
        draft = body.draft()

        def opened(tx: UnitOfWork) -> tuple[Merchant, shapes.Merchant]:
            merchant = self._usecases.accounts(tx, Author.CONTROL).open(draft)
            return merchant, self._seen(tx, merchant)

        merchant, view = await self._storage.write(opened)
        return await self._with_certificates(merchant) if body.certificate else view

    @get("/merchants/{mch_id}", raises=(MerchantUnknown,))
    async def get_merchant(self, path: MerchantPath) -> shapes.Merchant:
        """One merchant with its keys and its newest valid certificate: none where the last was revoked or has ended."""
        return await self._with_certificates(self._storage.accounts.merchant(path.mch_id))

    @get(
        "/merchants/{mch_id}/apiclient_cert.p12",
        media_type="application/x-pkcs12",
        raises=(MerchantUnknown, NoValidCertificate),
    )
    async def get_pkcs12(self, path: MerchantPath) -> web.Response:
        """A merchant's newest valid certificate and its key as PKCS #12; the password is its mch_id."""
        own = await self._certificates.merchant(path.mch_id)
        body = self._certificates.pkcs12(own, path.mch_id)
        return web.Response(body=body, content_type="application/x-pkcs12")

    @patch("/merchants/{mch_id}", raises=(MerchantUnknown,))
    async def change_merchant(self, path: MerchantPath, body: MerchantChanges) -> shapes.Merchant:
        """Change a merchant; what is left out stays."""
        draft = body.draft()

        def changed(tx: UnitOfWork) -> shapes.Merchant:
            merchant = self._usecases.accounts(tx, Author.CONTROL).change(path.mch_id, draft)
            return self._seen(tx, merchant)

        return await self._storage.write(changed)

    @delete("/merchants/{mch_id}", raises=(MerchantUnknown,))
    async def close_merchant(self, path: MerchantPath) -> None:
        """Delete a merchant with all that belongs to it."""
        await self._storage.write(lambda tx: self._usecases.accounts(tx, Author.CONTROL).close(path.mch_id))
        self._clock.forget(path.mch_id)

    async def _view(self, merchant: Merchant) -> shapes.Merchant:
        return await self._storage.read_now(lambda tx: self._seen(tx, merchant))

    @staticmethod
    def _seen(tx: UnitOfWork, merchant: Merchant) -> shapes.Merchant:
        """A merchant with a payer of its first appid, and the balances."""
        payer = tx.payers.first_of(merchant.appids[0]) if merchant.appids else None
        return merchant_view(merchant, payer, lambda owner: tx.ledger.balance(owner, Account.BASIC))

    async def _with_certificates(self, merchant: Merchant) -> shapes.Merchant:
        office, view = self._certificates, await self._view(merchant)
        platform = await office.platform_keys(merchant.mch_id)
        with suppress(NoValidCertificate):
            own = await office.merchant(merchant.mch_id)
            view.serial_no, view.certificate, view.private_key = own.serial_no, own.certificate, own.private_key
        if platform.certificate is not None:
            files = platform.certificate.files
            view.platform_serial_no, view.platform_certificate = files.serial_no, files.certificate
        view.platform_public_key = platform.public_key.public_key
        view.platform_public_key_id = platform.public_key.key_id
        return view

    # -- apps ----------------------------------------------------------------------------------------------------------

    @get("/apps")
    async def list_apps(self, query: ListQuery) -> shapes.AppList:
        """The apps of the open platform, newest first."""
        accounts = self._storage.accounts
        return shapes.AppList(*query.part_of([app_view(app, accounts) for app in reversed(accounts.apps.values())]))

    @post("/apps", status=201, raises=(MerchantUnknown,))
    async def add_app(self, body: AppBody) -> shapes.App:
        """Register an app, or change one that is registered."""
        return await self._keep_app(body.draft())

    @get("/apps/{appid}", raises=(AppUnknown,))
    async def get_app(self, path: AppPath) -> shapes.App:
        """One app."""
        accounts = self._storage.accounts
        return app_view(accounts.registered(path.appid), accounts)

    @patch("/apps/{appid}", raises=(AppUnknown, MerchantUnknown))
    async def change_app(self, path: AppPath, body: AppChanges) -> shapes.App:
        """Change an app; what is left out stays."""
        return await self._keep_app(replace(body.draft(), appid=self._storage.accounts.registered(path.appid).appid))

    @delete("/apps/{appid}", raises=(AppUnknown, AppPaired))
    async def remove_app(self, path: AppPath) -> None:
        """Drop an app that no merchant is paired with, and its payers."""
        await self._storage.write(lambda tx: self._usecases.accounts(tx, Author.CONTROL).remove_app(path.appid))

    async def _keep_app(self, draft: AppPatch) -> shapes.App:
        app = await self._storage.write(lambda tx: self._usecases.accounts(tx, Author.CONTROL).keep_app(draft))
        return app_view(app, self._storage.accounts)

    # -- payers --------------------------------------------------------------------------------------------------------

    @get("/payers")
    async def list_payers(self, query: ListQuery) -> shapes.PayerList:
        """The payers, newest first."""
        page = await self._storage.read(lambda tx: tx.payers.page(query.after, query.limit))
        return shapes.PayerList([payer_view(payer) for payer in page.items], page.next)

    @post("/payers", status=201, raises=(AccountTaken,))
    async def add_payer(self, body: PayerBody) -> shapes.Payer:
        """Make a payer, or change a known one."""
        return payer_view(
            await self._storage.write(lambda tx: self._usecases.accounts(tx, Author.CONTROL).add_payer(body.draft()))
        )

    @get("/payers/{openid}", raises=(PayerUnknown,))
    async def get_payer(self, path: PayerPath) -> shapes.Payer:
        """One payer."""
        return payer_view(await self._storage.read(lambda tx: payer_of(tx, path.openid)))

    @patch("/payers/{openid}", raises=(PayerUnknown,))
    async def change_payer(self, path: PayerPath, body: PayerChanges) -> shapes.Payer:
        """Change a payer; what is left out stays."""
        return payer_view(
            await self._storage.write(
                lambda tx: self._usecases.accounts(tx, Author.CONTROL).change_payer(path.openid, body.given())
            )
        )

    @post("/payers/{openid}/auth-code", status=201, raises=(PayerUnknown, PhoneCannotPay))
    async def make_auth_code(self, path: PayerPath) -> shapes.AuthCode:
        """A new payment code on a payer's phone: good for one minute of sandbox time, and once."""
        code = await self._storage.write(lambda tx: self._usecases.payment_codes(tx).make(path.openid))
        return auth_code_view(code)
