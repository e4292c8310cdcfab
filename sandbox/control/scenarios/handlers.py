"""Scenarios: at hand, put, applied."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from sandbox.control.scenarios import shapes
from sandbox.control.scenarios.views import scenario_view
from sandbox.core.errors import MerchantUnknown, ScenarioBuiltIn, ScenarioUnknown
from sandbox.core.plans import ReasonName
from sandbox.core.ports.services import Scenarios
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.scenarios import Application, ScenarioInvalid
from sandbox.core.usecases.making import UseCases
from sandbox.web.bodies import JSON
from sandbox.web.errors import Refused
from sandbox.web.operations import delete, get, post, put
from sandbox.web.pages import Language
from sandbox.web.shapes import MchId, OutTradeNo, Query, ScenarioName

ONE = "/scenarios/{name}"
YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", JSON)

_OF_A_MERCHANT = {"required": ["mch_id"], "properties": {"out_trade_no": False}}
_NEXT = {"properties": {"next": {"const": True}}, "required": ["next"]}
_RULES = {"dependentRequired": {"out_trade_no": ["mch_id"]}, "if": _NEXT, "then": _OF_A_MERCHANT}


class ScenarioPath(msgspec.Struct):
    name: ScenarioName


class ScenarioQuery(Query):
    """`mch_id` makes a scenario a merchant's own: it alone sees it, and it goes with the merchant."""

    mch_id: str = ""


class ApplyBody(msgspec.Struct, forbid_unknown_fields=True):
    """What to apply a scenario to: an order, a merchant (its `next` order only), or, with nothing named, all orders."""

    mch_id: MchId | UnsetType = UNSET
    out_trade_no: OutTradeNo | UnsetType = UNSET
    next: bool = False


Applied = Annotated[ApplyBody, msgspec.Meta(extra_json_schema=_RULES)]


class ScenarioHandlers:
    def __init__(self, storage: Storage, scenarios: Scenarios, usecases: UseCases, language: Language) -> None:
        self._storage = storage
        self._scenarios = scenarios
        self._usecases = usecases
        self._language = language

    @get("/scenarios", raises=(MerchantUnknown,))
    async def list_scenarios(self, request: web.Request, query: ScenarioQuery) -> shapes.ScenarioList:
        """The scenarios at hand: built-in ones, those of files, those that were put."""
        mch_id = self._merchant(query.mch_id)
        return shapes.ScenarioList(
            [self._shown(request, one.name, mch_id) for one in self._scenarios.all(mch_id)], None
        )

    @get("/scenarios.schema.json")
    async def get_scenario_schema(self) -> Mapping[str, Any]:
        """The JSON Schema of a scenario file, for editors."""
        return self._scenarios.schema()

    @get(ONE, raises=(ScenarioUnknown, MerchantUnknown))
    async def get_scenario(self, request: web.Request, path: ScenarioPath, query: ScenarioQuery) -> shapes.Scenario:
        """One scenario."""
        return self._shown(request, path.name, self._merchant(query.mch_id))

    @put(ONE, accepts=YAML, raises=(ScenarioInvalid, ScenarioBuiltIn, MerchantUnknown))
    async def put_scenario(
        self, request: web.Request, path: ScenarioPath, query: ScenarioQuery, text: str
    ) -> shapes.Scenario:
        """Make or replace a scenario: YAML or JSON in the shape that `/_sandbox/scenarios.schema.json` describes."""
        mch_id = self._merchant(query.mch_id)
        await self._scenarios.put(self._scenarios.read(text, path.name, mch_id))
        return self._shown(request, path.name, mch_id)

    @delete(ONE, raises=(ScenarioUnknown, ScenarioBuiltIn, MerchantUnknown))
    async def delete_scenario(self, path: ScenarioPath, query: ScenarioQuery) -> None:
        """Delete a scenario that was put."""
        await self._scenarios.delete(path.name, self._merchant(query.mch_id))

    @post(f"{ONE}/apply", raises=(ScenarioUnknown, MerchantUnknown))
    async def apply_scenario(self, request: web.Request, path: ScenarioPath, body: Applied) -> shapes.Scenario:
        """Put it in force, in place of its *when*; an order that exists already follows it from now on."""
        application = self._application(path, body)
        await self._scenarios.apply(application)
        if application.out_trade_no:
            await self._storage.write(lambda tx: self._bind(tx, application))
        return self._shown(request, application.scenario, application.mch_id)

    @delete(f"{ONE}/apply", raises=(ScenarioUnknown, MerchantUnknown))
    async def end_scenario(self, request: web.Request, path: ScenarioPath, body: Applied) -> shapes.Scenario:
        """End what `apply` began: the same body ends it."""
        application = self._application(path, body)
        self._scenarios.get(application.scenario, application.mch_id)
        await self._scenarios.end(application)
        return self._shown(request, application.scenario, application.mch_id)

    def _application(self, path: ScenarioPath, body: ApplyBody) -> Application:
        if (body.out_trade_no or body.next) and not body.mch_id:
            raise Refused(400, "invalid", "An order, and a next order, belong to a merchant: name it.", "mch_id")
        if body.out_trade_no and body.next:
            raise Refused(400, "invalid", "Either one order or the next, not both.", "next")
        return Application(
            scenario=path.name,
            mch_id=self._merchant(body.mch_id or ""),
            out_trade_no=body.out_trade_no or "",
            next=body.next,
        )

    def _bind(self, tx: UnitOfWork, application: Application) -> None:
        payments = self._usecases.payments(tx)
        plan = self._scenarios.plan(application.scenario, application.mch_id, ReasonName.ORDER)
        named = tx.orders.named(application.mch_id, application.out_trade_no)
        for order in named:
            payments.bind(order.key, plan)

    def _shown(self, request: web.Request, name: str, mch_id: str) -> shapes.Scenario:
        found = self._scenarios.get(name, mch_id)
        return scenario_view(found, self._scenarios.applied(name, mch_id), self._language(request))

    def _merchant(self, mch_id: str) -> str:
        if mch_id:
            self._storage.accounts.merchant(mch_id)
        return mch_id
