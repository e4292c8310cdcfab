"""Scenarios through the control API: at hand, put, applied, deleted."""

from typing import Any

import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

YAML = {"Content-Type": "application/yaml"}


async def put_text(control: Control, name: str, text: bytes, status: int, **headers: str) -> Any:
    async with control.session.put(f"/_sandbox/scenarios/{name}", data=text, headers=headers) as response:
        assert response.status == status, await response.text()
        return await response.json()


async def test_yaml_and_json_mean_the_same(control: Control) -> None:
    text = b"payer: {after: 3s}\nnotify: none\n"
    by_yaml = await put_text(control, "mine", text, 200, **YAML)
    by_json = await control.call("PUT", "/scenarios/mine", {"payer": {"after": "3s"}, "notify": "none"})
    assert by_yaml == by_json
    assert (by_json["source"], by_json["payer"], by_json["applied_to"]) == ("api", {"after": "3s"}, [])


async def test_a_wrong_one_is_told_line_by_line(control: Control) -> None:
    error = (await put_text(control, "mine", b"payr: {}\nnotify: [{fault: xe}]\n", 400, **YAML))["error"]
    assert (error["code"], len(error["message"].splitlines())) == ("scenario_invalid", 2)
    assert "1: payr: " in error["message"]
    assert "Did you mean xxe?" in error["message"]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"notify: none", {"Content-Type": "text/plain"}, 415),
        (b"\xff\xfe", YAML, 400),
        (b"name: other\n", YAML, 400),
        (b"notify: none\n---\nnotify: none\n", YAML, 400),
        (b"use: nobody-knows\n", YAML, 400),
    ],
)
async def test_what_cannot_be_put(body: bytes, headers: dict[str, str], status: int, control: Control) -> None:
    await put_text(control, "mine", body, status, **headers)
    await control.get("/scenarios/mine", 404)


async def test_a_name_that_is_no_name_is_refused(control: Control) -> None:
    await control.call("PUT", "/scenarios/My_Own", {"notify": "none"}, 400)


async def test_built_in_ones_stay_as_they_are(control: Control) -> None:
    await control.call("PUT", "/scenarios/notify-none", {"notify": {"copies": 2}}, 409)
    await control.call("DELETE", "/scenarios/notify-none", None, 409)


async def test_a_deleted_one_is_gone_and_no_longer_applied(control: Control, merchant: Merchant) -> None:
    await control.call("PUT", "/scenarios/mine", {"payer": {"outcome": "cancel"}})
    await control.post("/scenarios/mine/apply", {"mch_id": merchant.mch_id})
    await control.call("DELETE", "/scenarios/mine", None, 204)
    await control.get("/scenarios/mine", 404)
    await merchant.order("S1")
    assert "scenario" not in await control.order("S1")


async def test_the_next_order_only(control: Control, merchant: Merchant) -> None:
    shown = await control.post("/scenarios/notify-none/apply", {"mch_id": merchant.mch_id, "next": True})
    assert shown["applied_to"] == [{"mch_id": merchant.mch_id, "next": True}]
    for number in ("S1", "S2"):
        await merchant.order(number)
    assert [(await control.order(number)).get("scenario") for number in ("S1", "S2")] == ["notify-none", None]
    assert (await control.get("/scenarios/notify-none"))["applied_to"] == []


async def test_until_it_is_ended(control: Control, merchant: Merchant) -> None:
    target = {"mch_id": merchant.mch_id}
    await control.post("/scenarios/notify-none/apply", target)
    await merchant.order("S1")
    await control.call("DELETE", "/scenarios/notify-none/apply", target)
    await merchant.order("S2")
    assert [(await control.order(number)).get("scenario") for number in ("S1", "S2")] == ["notify-none", None]


async def test_an_order_that_is_placed_already_follows_it_from_then_on(
    control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await merchant.order("S1")
    await control.post("/scenarios/notify-three-times/apply", {"mch_id": merchant.mch_id, "out_trade_no": "S1"})
    await control.pay("S1")
    await control.advance(10)
    assert len(inbox.received) == 3


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ({"out_trade_no": "S1"}, 400),
        ({"next": True}, 400),
        ({"mch_id": "1900000109", "out_trade_no": "S1", "next": True}, 400),
        ({"mch_id": "1999999999"}, 404),
        ({"merchant": "1900000109"}, 400),
    ],
)
async def test_what_it_cannot_be_applied_to(target: dict[str, object], status: int, control: Control) -> None:
    await control.post("/scenarios/notify-none/apply", target, status)


async def test_nobody_can_apply_what_is_not_there(control: Control) -> None:
    await control.post("/scenarios/nothing/apply", {}, 404)


async def test_a_merchants_own_hides_the_common_one_from_it_alone(control: Control, merchant: Merchant) -> None:
    opened = await control.post("/merchants", {"certificate": False}, 201)
    await control.call("PUT", "/scenarios/mine", {"payer": {"outcome": "cancel"}})
    await control.call("PUT", "/scenarios/mine", {"payer": {"outcome": "error"}}, mch_id=merchant.mch_id)
    outcomes = {}
    for shop in (merchant, Merchant.opened(merchant.session, opened, merchant.notify_url)):
        await shop.order("S1", attach="scenario:mine")
        paid = await control.post(f"/orders/{shop.mch_id}/S1/pay")
        outcomes[shop.mch_id] = paid["client_result"]["errCode"]
    assert outcomes == {merchant.mch_id: -1, opened["mch_id"]: -2}
    shown = (await control.get("/scenarios"))["items"]
    assert [one.get("mch_id") for one in shown if one["name"] == "mine"] == [None]


async def test_texts_come_in_the_language_asked_for(control: Control) -> None:
    title = {"zh": "我的 {场景}", "en": "My {scenario}"}
    await control.call("PUT", "/scenarios/mine", {"title": title, "notify": "none"})
    assert (await control.get("/scenarios/mine", lang="zh"))["title"] == "我的 {场景}"
    assert (await control.get("/scenarios/mine", lang="en"))["title"] == "My {scenario}"


async def test_the_schema_is_for_editors(control: Control) -> None:
    schema = await control.get("/scenarios.schema.json")
    assert schema["$schema"].startswith("https://json-schema.org/")
