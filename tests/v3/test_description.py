"""What APIv3 declares of its calls: examples that work as they stand, and a command that places an order."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.ports.calls import ExampleContext
from sandbox.server import Server
from sandbox.v3.description import V3Description
from sandbox.words.debugging import FORMS, rule
from tests.conftest import need
from tests.support.control import Control
from tests.support.v3 import V3Merchant
from tests.v3.test_payments import EVERYTHING, MORE

API = V3Description()
BASIC = [one for one in API.apis() if "/transactions" in one.path and "/combine" not in one.path]
DIRECT = [one for one in BASIC if "/partner/" not in one.path]


@pytest.mark.parametrize("api", API.apis(), ids=lambda api: api.path)
def test_every_member_has_its_form_in_words(api: Any) -> None:
    for field in api.fields:
        assert field.form in FORMS, field
        assert rule(field, "zh")
        assert rule(field, "en")


async def case_of(server: Server, control: Control, v3: V3Merchant) -> ExampleContext:
    """What the debugging tool makes its examples from: the merchant's newest order, and its newest paid one."""
    await v3.place("NEWEST0001")
    await control.pay("NEWEST0001")
    storage = server.parts.storage
    order = await storage.read(lambda tx: tx.orders.named(v3.mch_id, "NEWEST0001")[0])
    return ExampleContext(
        merchant=storage.accounts.merchant(v3.mch_id),
        payer=None,
        order=order,
        paid=order,
        auth_code=await control.auth_code(),
        notify_url=v3.notify_url,
        now=server.parts.clock.now(v3.mch_id),
        ids=server.parts.ids,
    )


async def test_every_example_is_a_call_that_is_taken(
    v3: V3Merchant, shared_server: Server, shared_control: Control
) -> None:
    case = await case_of(shared_server, shared_control, v3)
    for api in DIRECT:
        built = API.request(api, API.examples(api, case))

        answer = await v3.call(built.method, built.target, built.body)

        assert answer.json.get("code") in (None, "ORDERPAID", "INVALID_REQUEST") if answer.body else True, (api, answer)
        assert answer.signed, (api, answer)


def test_a_form_makes_numbers_lists_and_objects() -> None:
    api = API.api("/v3/pay/transactions/native")

    built = API.request(
        api, {"amount.total": "1", "limit_pay[0]": "no_credit", "support_fapiao": "true", "attach": "", "foo": "1"}
    )

    said = b'{"amount":{"total":1},"limit_pay":["no_credit"],"support_fapiao":true,"foo":"1"}'
    assert (built.target, built.body) == ("/v3/pay/transactions/native", said)


def test_a_form_makes_wrong_values_too() -> None:
    api = API.api("/v3/pay/transactions/native")

    assert API.request(api, {"amount.total": "1.5"}).body == b'{"amount":{"total":1.5}}'
    assert API.request(api, {"amount.total": "1,5"}).body == b'{"amount":{"total":"1,5"}}'


def test_path_and_query_have_their_members() -> None:
    api = API.api("/v3/pay/transactions/out-trade-no/{out_trade_no}")

    built = API.request(api, {"out_trade_no": "A|B*1234", "mchid": "1900000109", "more": "x y"})

    target = "/v3/pay/transactions/out-trade-no/A%7CB%2A1234?mchid=1900000109&more=x+y"
    assert (built.method, built.target, built.body) == ("GET", target, b"")


def test_no_two_calls_have_the_same_path() -> None:
    paths = [one.path for one in API.apis()]
    assert len(set(paths)) == len(paths)


@pytest.mark.slow
async def test_the_command_places_an_order_as_it_stands(v3: V3Merchant, shared_server: Server, tmp_path: Path) -> None:
    need("openssl", "openssl")
    need("curl", "curl")
    for name, pem in (("apiclient_key.pem", "private_key"), ("apiclient_cert.pem", "certificate")):
        (tmp_path / name).write_text(str(v3.shown[pem]))
    parts = shared_server.parts
    merchant = parts.storage.accounts.merchant(v3.mch_id)
    command = API.curl(merchant, shared_server.url, v3.notify_url, parts.clock.now(v3.mch_id))

    run = await asyncio.create_subprocess_shell(command, stdout=asyncio.subprocess.PIPE, cwd=tmp_path)

    assert (await run.communicate())[0].startswith(b'{"code_url":"weixin://')


@pytest.mark.parametrize("product", MORE)
async def test_an_order_is_placed_again_with_all_that_it_asked_for(
    v3: V3Merchant, shared_server: Server, product: str
) -> None:
    parts = shared_server.parts
    scene = {**EVERYTHING["scene_info"], **MORE[product].get("scene_info", {})}
    await v3.place(f"FIRST{product}", product, **{**EVERYTHING, **MORE[product], "scene_info": scene})
    first = (await parts.storage.read(lambda tx: tx.orders.named(v3.mch_id, f"FIRST{product}")))[0]
    assert API.repeats(first)
    merchant = parts.storage.accounts.merchant(v3.mch_id)
    repeat = API.again(first, merchant, f"SECOND{product}", "", first.created_at)
    built = API.request(repeat.api, repeat.fields)

    answer = await v3.call(built.method, built.target, built.body)

    assert answer.status == 200, answer
    second = (await parts.storage.read(lambda tx: tx.orders.named(v3.mch_id, f"SECOND{product}")))[0]
    assert replace(second.terms, time_expire=None) == replace(first.terms, time_expire=None)
    assert second.expires_at - second.created_at == first.expires_at - first.created_at


async def test_people_place_an_order_again_as_its_merchant_would(v3: V3Merchant, shared_control: Control) -> None:
    await v3.place("PEOPLE0001", **EVERYTHING)

    again = await shared_control.post(f"/orders/{v3.mch_id}/PEOPLE0001/again", {}, 201)

    number = again["out_trade_no"]
    assert number.startswith("PEOPLE0001-")
    assert (await v3.query(number)).json["trade_state"] == "NOTPAY"
