"""The addresses of the WeChat client, for `server.py` to mount at `/_sandbox/client/`."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.config import shipped
from sandbox.core.catalogue.causes import Cause
from sandbox.core.errors import OrderNotFound
from sandbox.core.ports import UnitOfWork
from sandbox.core.world import World
from sandbox.web.pages import language
from sandbox.wechat.answers import answer_of, result_of
from sandbox.wechat.bodies import AppBody, IosBody, JsapiBody, Wish, invocation_of, read_body
from sandbox.wechat.edge import BadRequest, answer, open_to_all, read_object
from sandbox.wechat.invocation import Channel
from sandbox.wechat.invoking import Request, invoke
from sandbox.wechat.waiting import last_line, wait_for_act

SCRIPT_NAME = "weixin.js"
DEFAULT_WAIT = 25.0
LONGEST_WAIT = 60.0

Route = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(world: World, default_lang: str = "") -> web.Application:
    """`POST app`, `POST jsapi`, `POST ios`, `GET result`, `GET weixin.js`."""
    app = web.Application(middlewares=[open_to_all])
    app.add_routes(
        [
            web.post("/app", _invoked(world, default_lang, Channel.APP, AppBody)),
            web.post("/jsapi", _invoked(world, default_lang, Channel.JSAPI, JsapiBody)),
            web.post("/ios", _invoked(world, default_lang, Channel.IOS, IosBody)),
            web.get("/result", _result(world)),
            web.get(f"/{SCRIPT_NAME}", _script()),
        ]
    )
    return app


def _invoked(world: World, default_lang: str, channel: Channel, shape: type[Wish]) -> Route:
    async def invoked(request: web.Request) -> web.StreamResponse:
        sent = await read_object(request)
        body = read_body(shape, sent)
        asked = Request(
            invocation_of(channel, body, sent),
            body.outcome,
            body.reason or Cause.OTHER,
            guess_appid=isinstance(body, JsapiBody) and body.api == "requestPayment",
            warning=_warning(body),
        )
        since = await _end_of_timeline(world, asked.invocation.prepay_id)
        reply = await world.storage.write(lambda tx: invoke(world, tx, asked))
        return answer(answer_of(reply, world.links, since, language(request, default_lang)))

    return invoked


def _warning(body: Wish) -> dict[str, str | int] | None:
    """What passes here and on Android, and fails on iOS."""
    if isinstance(body, JsapiBody) and isinstance(body.timeStamp, int):
        return {"explanation": "timestamp_number", "field": "timeStamp"}
    return None


async def _end_of_timeline(world: World, prepay_id: str) -> int:
    """Where the timeline ends before the client is invoked: what the payer does comes after it."""

    def read(tx: UnitOfWork) -> int:
        order = tx.orders.by_prepay_id(prepay_id)
        return last_line(tx.journal.timeline(order.key)) if order else 0

    return await world.storage.read(read)


def _result(world: World) -> Route:
    async def result(request: web.Request) -> web.StreamResponse:
        """Long poll: answers once the payer has acted after `since`, or as things stand after `timeout` seconds."""
        prepay_id = request.query.get("prepay_id", "")
        since = _number(request, "since")
        seconds = _number(request, "timeout")
        wait = DEFAULT_WAIT if seconds is None else min(float(seconds), LONGEST_WAIT)
        try:
            found = await wait_for_act(world, prepay_id, since, wait)
        except OrderNotFound:
            message = "No order has this prepay_id (it may have been replaced)."
            raise BadRequest(404, "order_not_found", message, "prepay_id") from None
        return answer(result_of(found.order, found.result, found.since))

    return result


def _number(request: web.Request, name: str) -> int | None:
    given = request.query.get(name)
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise BadRequest(400, "invalid_field", f"Expected a whole number for {name}.", name)
    return int(given)


def _script() -> Route:
    text = (shipped("static") / "cashier" / SCRIPT_NAME).read_text(encoding="utf-8")

    async def script(request: web.Request) -> web.StreamResponse:
        response = web.Response(text=text, content_type="text/javascript", headers={"Cache-Control": "no-cache"})
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return script
