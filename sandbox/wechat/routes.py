"""The addresses of the WeChat client, for `application.py` to mount at `/_sandbox/client/`."""

from collections.abc import Callable
from typing import TypeVar

from aiohttp import web

from sandbox.config import shipped
from sandbox.core.causes import Cause
from sandbox.core.errors import OpenidInvalid, OrderNotFound, shortened
from sandbox.core.invocation import Channel
from sandbox.core.links import Links
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import Changes, Scanner
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.text import Lang
from sandbox.core.transfer_errors import TransferNotFound
from sandbox.core.usecases.making import UseCases
from sandbox.web.bodies import Sent
from sandbox.web.errors import Refused, errors_as_json
from sandbox.web.operations import get, post, routes
from sandbox.web.pages import language
from sandbox.wechat.answers import (
    IosPayResp,
    JsapiPayResp,
    NativeResp,
    PayResp,
    PayResult,
    result_of,
    to_app,
    to_ios,
    to_page,
    to_scanner,
)
from sandbox.wechat.bodies import (
    AppBody,
    IosBody,
    JsapiBody,
    JsapiPayReq,
    NativeScan,
    OutcomeBody,
    ResultQuery,
    invocation_of,
)
from sandbox.wechat.edge import BODY_LIMIT, open_to_all
from sandbox.wechat.invoking import Reply, Request, invoke
from sandbox.wechat.transferring import (
    TransferReq,
    TransferResp,
    TransferResult,
    TransferResultQuery,
    ask,
)
from sandbox.wechat.transferring import result_of as result_of_transfer
from sandbox.wechat.waiting import wait_for_act, wait_for_confirmation

SCRIPT_NAME = "weixin.js"
LONGEST_WAIT = 60.0

Told = TypeVar("Told")
Tell = Callable[[Reply, Links, int, Lang], Told]


def application(
    *,
    storage: Storage,
    changes: Changes,
    links: Links,
    faces: Faces,
    scanner: Scanner,
    usecases: UseCases,
    default_lang: str = "",
) -> web.Application:
    """`POST app`, `POST jsapi`, `POST ios`, `POST native`, `POST transfer`, `GET result`, `GET weixin.js` and more."""
    app = web.Application(middlewares=[open_to_all, errors_as_json])
    app.add_routes(routes(ClientHandlers(storage, changes, links, faces, scanner, usecases, default_lang), BODY_LIMIT))
    return app


class ClientHandlers:
    def __init__(
        self,
        storage: Storage,
        changes: Changes,
        links: Links,
        faces: Faces,
        scanner: Scanner,
        usecases: UseCases,
        default_lang: str,
    ) -> None:
        self._storage = storage
        self._changes = changes
        self._links = links
        self._faces = faces
        self._scanner = scanner
        self._usecases = usecases
        self._default_lang = default_lang
        self._script = (shipped("static") / "cashier" / SCRIPT_NAME).read_text(encoding="utf-8")

    @post("/app", open_to_all=True)
    async def invoke_app(self, request: web.Request, body: AppBody, sent: Sent) -> PayResp:
        """What the WeChat app does with an APP payment request: check it, open the cashier or answer -1."""
        return await self._invoked(request, Channel.APP, body, sent, to_app)

    @post("/jsapi", open_to_all=True)
    async def invoke_jsapi(self, request: web.Request, body: JsapiBody, sent: Sent) -> JsapiPayResp:
        """The same for pages and mini programs."""
        return await self._invoked(request, Channel.JSAPI, body, sent, to_page)

    @post("/ios", open_to_all=True)
    async def invoke_ios(self, request: web.Request, body: IosBody, sent: Sent) -> IosPayResp:
        """The same for iOS apps, which speak by URL."""
        return await self._invoked(request, Channel.IOS, body, sent, to_ios)

    @post("/native", open_to_all=True, raises=(OpenidInvalid,))
    async def scan_native(self, request: web.Request, body: NativeScan) -> NativeResp:
        """What the camera does with a static code (Native 模式一): ask the merchant, open its order's cashier."""
        found = await self._scanner.scan(body.code_url, body.openid)
        return to_scanner(found, self._links, language(request, self._default_lang))

    @post("/transfer", open_to_all=True)
    async def request_transfer(self, request: web.Request, body: TransferReq) -> TransferResp:
        """What the client does for requestMerchantTransfer: check it, show the page to confirm it or answer `:fail`."""
        lang = language(request, self._default_lang)
        return await self._storage.write(lambda tx: ask(self._usecases, tx, body, self._links, lang))

    @get("/transfer-result", open_to_all=True, raises=(TransferNotFound,))
    async def get_transfer_result(self, query: TransferResultQuery) -> TransferResult:
        """Long poll: answers once the transfer waits no longer, or as things stand after `timeout` seconds."""
        seconds = min(float(query.timeout), LONGEST_WAIT)
        return result_of_transfer(await wait_for_confirmation(self._storage, self._changes, query.package, seconds))

    @get("/result", open_to_all=True, raises=(OrderNotFound,))
    async def get_result(self, query: ResultQuery) -> PayResult:
        """Long poll: answers once the payer has acted after `since`, or as things stand after `timeout` seconds."""
        seconds = min(float(query.timeout), LONGEST_WAIT)
        try:
            found = await wait_for_act(
                self._storage, self._changes, self._usecases, query.prepay_id, query.since, seconds
            )
        except OrderNotFound:
            message = f"No order has this prepay_id (it may have been replaced): {shortened(query.prepay_id)}."
            raise Refused(404, "order_not_found", message, "prepay_id") from None
        return result_of(found.order, found.result, found.since)

    @get(f"/{SCRIPT_NAME}", media_type="text/javascript", open_to_all=True)
    async def get_script(self) -> web.Response:
        """WeixinJSBridge, for a page that is shown in a plain browser."""
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return web.Response(text=self._script, content_type="text/javascript", headers=headers)

    async def _invoked(
        self, request: web.Request, channel: Channel, body: OutcomeBody, sent: Sent, tell: Tell[Told]
    ) -> Told:
        asked = Request(
            invocation_of(channel, body, sent, request.headers.get("Referer", "")),
            body.outcome,
            body.reason or Cause.OTHER,
            warning=_warning(body),
        )
        since = await self._end_of_timeline(asked.invocation.prepay_id)
        reply = await self._storage.write(lambda tx: invoke(self._usecases, self._faces, tx, asked))
        return tell(reply, self._links, since, language(request, self._default_lang))

    async def _end_of_timeline(self, prepay_id: str) -> int:
        """Where the timeline ends before the client is invoked: what the payer does comes after it."""

        def read(tx: UnitOfWork) -> int:
            order = tx.orders.by_prepay_id(prepay_id)
            return tx.journal.last_of(order.key) if order else 0

        return await self._storage.read(read)


def _warning(body: OutcomeBody) -> dict[str, str | int] | None:
    """What passes here and on Android, and fails on iOS."""
    if isinstance(body, JsapiPayReq) and isinstance(body.timeStamp, int):
        return {"explanation": "timestamp_number", "field": "timeStamp"}
    return None
