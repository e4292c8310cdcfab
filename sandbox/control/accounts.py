"""Merchants, apps and payers."""

from aiohttp import web

from sandbox.control.desk import Desk
from sandbox.control.drafts import AppBody, MerchantBody, PayerBody
from sandbox.control.replies import ControlError, cursor_of, limit_of, part_of, read_body, reply
from sandbox.control.views import Json, app_view, merchant_view, payer_view
from sandbox.core.errors import AppUnknown
from sandbox.core.merchants import Merchant


class AccountHandlers:
    def __init__(self, desk: Desk) -> None:
        self._world = desk.world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/merchants", self.list_merchants),
            web.post("/merchants", self.open_merchant),
            web.get("/merchants/{mch_id}", self.get_merchant),
            web.patch("/merchants/{mch_id}", self.change_merchant),
            web.delete("/merchants/{mch_id}", self.close_merchant),
            web.get("/merchants/{mch_id}/apiclient_cert.p12", self.pkcs12),
            web.get("/apps", self.list_apps),
            web.post("/apps", self.add_app),
            web.get("/apps/{appid}", self.get_app),
            web.patch("/apps/{appid}", self.change_app),
            web.delete("/apps/{appid}", self.remove_app),
            web.get("/payers", self.list_payers),
            web.post("/payers", self.add_payer),
        ]

    # -- merchants -----------------------------------------------------------------------------------------------------

    async def list_merchants(self, request: web.Request) -> web.Response:
        merchants = self._world.storage.accounts.merchants.values()
        return reply(part_of([merchant_view(merchant) for merchant in reversed(list(merchants))], request))

    async def open_merchant(self, request: web.Request) -> web.Response:
        body = await read_body(request, MerchantBody)
        draft = body.draft()
        merchant = await self._world.storage.write(lambda tx: self._world.enrolment(tx).open(draft))
        return reply(await self._whole(merchant, certificate=body.certificate), 201)

    async def get_merchant(self, request: web.Request) -> web.Response:
        merchant = self._world.storage.accounts.merchant(request.match_info["mch_id"])
        return reply(await self._whole(merchant, certificate=True))

    async def pkcs12(self, request: web.Request) -> web.Response:
        merchant = self._world.storage.accounts.merchant(request.match_info["mch_id"])
        own = await self._world.certificates.merchant(merchant.mch_id)
        body = self._world.certificates.pkcs12(own, merchant.mch_id)
        return web.Response(body=body, content_type="application/x-pkcs12")

    async def change_merchant(self, request: web.Request) -> web.Response:
        body = await read_body(request, MerchantBody)
        mch_id = request.match_info["mch_id"]
        if body.mch_id not in (None, mch_id):
            raise ControlError(400, "invalid", "mch_id cannot be changed.", "mch_id")
        draft = body.draft()
        merchant = await self._world.storage.write(lambda tx: self._world.enrolment(tx).change(mch_id, draft))
        return reply(await self._whole(merchant, certificate=False))

    async def close_merchant(self, request: web.Request) -> web.Response:
        mch_id = request.match_info["mch_id"]
        await self._world.storage.write(lambda tx: self._world.enrolment(tx).close(mch_id))
        self._world.clock.forget(mch_id)
        return web.Response(status=204)

    async def _whole(self, merchant: Merchant, *, certificate: bool) -> Json:
        """A merchant with its keys; its PEM texts unless they are left to the first need."""
        view = merchant_view(merchant) | {"api_key": str(merchant.api_key), "api_v3_key": str(merchant.api_v3_key)}
        if not certificate:
            return view
        office = self._world.certificates
        own, platform = await office.merchant(merchant.mch_id), await office.platform()
        return view | {
            "serial_no": own.serial_no,
            "certificate": own.certificate,
            "private_key": own.private_key,
            "platform_serial_no": platform.serial_no,
            "platform_certificate": platform.certificate,
            "platform_public_key": office.public_key(platform),
            "platform_public_key_id": office.public_key_id(platform),
        }

    # -- apps ----------------------------------------------------------------------------------------------------------

    async def list_apps(self, request: web.Request) -> web.Response:
        accounts = self._world.storage.accounts
        return reply(part_of([app_view(app, accounts) for app in reversed(list(accounts.apps.values()))], request))

    async def add_app(self, request: web.Request) -> web.Response:
        return await self._keep_app(await read_body(request, AppBody), 201)

    async def get_app(self, request: web.Request) -> web.Response:
        accounts = self._world.storage.accounts
        app = accounts.app(request.match_info["appid"])
        if app is None:
            raise AppUnknown
        return reply(app_view(app, accounts))

    async def change_app(self, request: web.Request) -> web.Response:
        await self.get_app(request)
        body = await read_body(request, AppBody)
        body.appid = request.match_info["appid"]
        return await self._keep_app(body, 200)

    async def remove_app(self, request: web.Request) -> web.Response:
        """Drop an app that no merchant is paired with, and its payers."""
        appid = request.match_info["appid"]
        await self._world.storage.write(lambda tx: self._world.enrolment(tx).remove_app(appid))
        return web.Response(status=204)

    async def _keep_app(self, body: AppBody, status: int) -> web.Response:
        draft = body.draft()
        app = await self._world.storage.write(lambda tx: self._world.enrolment(tx).keep_app(draft))
        return reply(app_view(app, self._world.storage.accounts), status)

    # -- payers --------------------------------------------------------------------------------------------------------

    async def list_payers(self, request: web.Request) -> web.Response:
        cursor, limit = cursor_of(request), limit_of(request)
        page = await self._world.storage.read(lambda tx: tx.payers.page(cursor, limit))
        return reply({"items": [payer_view(payer) for payer in page.items], "next": page.next})

    async def add_payer(self, request: web.Request) -> web.Response:
        body = (await read_body(request, PayerBody)).checked()
        payer = await self._world.storage.write(
            lambda tx: self._world.enrolment(tx).add_payer(body.openid, body.appid, body.balance_fen)
        )
        return reply(payer_view(payer), 201)
