"""No built-in scenario without a test, none without its texts."""

import importlib
import pkgutil

import tests.scenarios
from tests.scenarios.observing import OBSERVED
from tests.support.control import Control


async def test_every_built_in_scenario_is_observed_by_a_test(control: Control) -> None:
    for module in pkgutil.iter_modules(tests.scenarios.__path__):
        importlib.import_module(f"tests.scenarios.{module.name}")
    importlib.import_module("tests.v3.test_scenarios")
    built_in = {one["name"] for one in (await control.get("/scenarios"))["items"]}
    assert built_in == OBSERVED
    assert len(built_in) >= 40


async def test_every_built_in_scenario_is_described_in_both_languages(control: Control) -> None:
    for one in (await control.get("/scenarios"))["items"]:
        full = await control.get(f"/scenarios/{one['name']}")
        assert full["source"] == "built-in"
        assert all(full[text] for text in ("title", "description", "good_merchant", "how_to_see")), one["name"]
        money = ("payment", "refund", "transfer", "sharing", "micropay", "bill")
        groups = (*money, "api", "notification", "forgery", "official")
        assert full["group"] in groups


async def test_the_hostile_ones_are_marked(control: Control) -> None:
    items = (await control.get("/scenarios"))["items"]
    hostile = {one["name"] for one in items if one["hostile"]}
    assert hostile == {one["name"] for one in items if one["group"] == "forgery"} | {
        "official-wrong-sign",
        "official-wrong-amount",
        "refund-notified-wrong-key",
        "refund-notified-wrong-amount",
        "transfer-forged",
    }
