"""Scenarios: at hand, put, applied."""

import msgspec
from aiohttp import web

from sandbox.control.desk import Desk
from sandbox.control.replies import ControlError, read_body, reply
from sandbox.control.views import scenario_view
from sandbox.core.ports import UnitOfWork
from sandbox.core.scenarios import Application

_YAML = {"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "application/json"}


class ApplyBody(msgspec.Struct, forbid_unknown_fields=True):
    """What to apply a scenario to: an order, a merchant (its `next` order only), or, with nothing named, all orders."""

    mch_id: str = ""
    out_trade_no: str = ""
    next: bool = False


class ScenarioHandlers:
    """`?mch_id=` makes a scenario a merchant's own: it alone sees it, and it goes with the merchant."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._world = desk.world
        self._scenarios = desk.world.scenarios

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/scenarios", self.list),
            web.get("/scenarios.schema.json", self.schema),
            web.get("/scenarios/{name}", self.get),
            web.put("/scenarios/{name}", self.put),
            web.delete("/scenarios/{name}", self.delete),
            web.post("/scenarios/{name}/apply", self.apply),
            web.delete("/scenarios/{name}/apply", self.end),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """All of them: the list comes whole."""
        mch_id, lang = self._merchant(request), self._desk.language(request)
        items = [
            scenario_view(one, self._scenarios.applied(one.name, mch_id), lang) for one in self._scenarios.all(mch_id)
        ]
        return reply({"items": items, "next": None})

    async def schema(self, request: web.Request) -> web.Response:
        """The JSON Schema of a scenario file, for editors."""
        return reply(self._scenarios.schema())

    async def get(self, request: web.Request) -> web.Response:
        return self._shown(request, request.match_info["name"], self._merchant(request))

    async def put(self, request: web.Request) -> web.Response:
        if request.content_type not in _YAML:
            raise ControlError(415, "unsupported_media_type", "A scenario is application/yaml or application/json.")
        name, mch_id = request.match_info["name"], self._merchant(request)
        try:
            text = (await request.read()).decode()
        except UnicodeDecodeError:
            raise ControlError(400, "invalid", "The body is not UTF-8.") from None
        await self._scenarios.put(self._scenarios.read(text, name, mch_id))
        return self._shown(request, name, mch_id)

    async def delete(self, request: web.Request) -> web.Response:
        await self._scenarios.delete(request.match_info["name"], self._merchant(request))
        return web.Response(status=204)

    async def apply(self, request: web.Request) -> web.Response:
        """Put it in force; an order that exists already follows it from now on."""
        application = await self._application(request)
        await self._scenarios.apply(application)
        if application.out_trade_no:
            await self._world.storage.write(lambda tx: self._bind(tx, application))
        return self._shown(request, application.scenario, application.mch_id)

    async def end(self, request: web.Request) -> web.Response:
        application = await self._application(request)
        self._scenarios.get(application.scenario, application.mch_id)
        await self._scenarios.end(application)
        return self._shown(request, application.scenario, application.mch_id)

    async def _application(self, request: web.Request) -> Application:
        body = await read_body(request, ApplyBody)
        if (body.out_trade_no or body.next) and not body.mch_id:
            raise ControlError(400, "invalid", "An order, and a next order, belong to a merchant: name it.", "mch_id")
        if body.out_trade_no and body.next:
            raise ControlError(400, "invalid", "Either one order or the next, not both.", "next")
        if body.mch_id:
            self._world.storage.accounts.merchant(body.mch_id)
        return Application(
            scenario=request.match_info["name"], mch_id=body.mch_id, out_trade_no=body.out_trade_no, next=body.next
        )

    def _bind(self, tx: UnitOfWork, application: Application) -> None:
        payments = self._world.payments(tx)
        plan = self._scenarios.plan(application.scenario, application.mch_id, "order")
        named = tx.orders.named(application.mch_id, application.out_trade_no)
        for order in named:
            payments.bind(order.key, plan)

    def _shown(self, request: web.Request, name: str, mch_id: str) -> web.Response:
        found = self._scenarios.get(name, mch_id)
        applied = self._scenarios.applied(name, mch_id)
        return reply(scenario_view(found, applied, self._desk.language(request)))

    def _merchant(self, request: web.Request) -> str:
        mch_id = request.query.get("mch_id", "")
        if mch_id:
            self._world.storage.accounts.merchant(mch_id)
        return mch_id
