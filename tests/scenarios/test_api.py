"""What the merchant's calls are answered, byte by byte where that is the point."""

import re
import xml.etree.ElementTree as ET
from typing import Any

import aiohttp
import pytest

from tests.scenarios.conftest import Place
from tests.scenarios.observing import LITTLE, observes, send, terms
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, document, elements, signature

pytestmark = pytest.mark.slow


@observes("order-systemerror-once")
async def test_no_order_is_made_the_first_time(scenario: str, place: Place, merchant: Merchant) -> None:
    assert (await place(scenario))["err_code"] == "SYSTEMERROR"
    assert (await merchant.query("S1"))["err_code"] == "ORDERNOTEXIST"
    assert (await place(scenario))["result_code"] == "SUCCESS"


@observes("order-systemerror-committed")
async def test_the_order_is_made_all_the_same(scenario: str, place: Place, merchant: Merchant) -> None:
    assert (await place(scenario))["err_code"] == "SYSTEMERROR"
    assert (await merchant.query("S1"))["trade_state"] == "NOTPAY"
    assert (await place(scenario))["result_code"] == "SUCCESS"


@observes("order-frequency-limited")
async def test_the_third_attempt_succeeds(scenario: str, place: Place) -> None:
    answers = [await place(scenario) for _ in range(3)]
    assert [one.get("err_code") for one in answers] == ["FREQUENCY_LIMITED", "FREQUENCY_LIMITED", None]


@observes("order-again-refused")
async def test_a_number_is_taken_once_and_its_prepay_id_lives_on(
    scenario: str, place: Place, merchant: Merchant, control: Control
) -> None:
    assert (await place(scenario))["result_code"] == "SUCCESS"
    for _ in range(2):
        again = await place(scenario)
        assert (again["err_code"], again["err_code_des"]) == ("INVALID_REQUEST", "201 商户订单号重复")
        assert merchant.verifies(again)
    await control.pay("S1")
    assert (await merchant.query("S1"))["trade_state"] == "SUCCESS"


ERR_CODES = {
    "order-noauth": ("NOAUTH", "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试。"),
    "order-already-paid": ("ORDERPAID", "该订单已支付"),
    "order-number-used": ("OUT_TRADE_NO_USED", "商户订单号重复"),
}


@observes(*ERR_CODES)
async def test_every_order_fails_in_wechats_words(scenario: str, place: Place, merchant: Merchant) -> None:
    for _ in range(3):
        answer = await place(scenario)
        assert (answer["err_code"], answer["err_code_des"]) == ERR_CODES[scenario]
        assert merchant.verifies(answer)
    assert (await merchant.query("S1"))["err_code"] == "ORDERNOTEXIST"


@observes("order-return-fail")
async def test_a_protocol_failure_has_two_fields(scenario: str, place: Place) -> None:
    assert await place(scenario) == {"return_code": "FAIL", "return_msg": "系统繁忙，请稍后再试"}
    assert (await place(scenario))["result_code"] == "SUCCESS"


@observes("query-systemerror")
async def test_two_queries_fail(scenario: str, place: Place, merchant: Merchant) -> None:
    await place(scenario)
    answers = [await merchant.query("S1") for _ in range(3)]
    assert [one.get("err_code") for one in answers] == ["SYSTEMERROR", "SYSTEMERROR", None]


@observes("query-not-found-first")
async def test_the_first_query_finds_nothing(scenario: str, place: Place, merchant: Merchant) -> None:
    await place(scenario)
    assert (await merchant.query("S1"))["err_code"] == "ORDERNOTEXIST"
    assert (await merchant.query("S1"))["trade_state"] == "NOTPAY"


@observes("query-unpaid-first")
async def test_the_first_query_of_a_paid_order_says_unpaid(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.pay("S1")
    await control.advance(1)
    first, second = await merchant.query("S1"), await merchant.query("S1")
    assert inbox.received[0].fields["result_code"] == "SUCCESS"
    assert (first["trade_state"], "transaction_id" in first) == ("NOTPAY", False)
    assert merchant.verifies(first)
    assert second["trade_state"] == "SUCCESS"


@observes("query-other-amount")
async def test_a_query_tells_another_amount(scenario: str, place: Place, control: Control, merchant: Merchant) -> None:
    await place(scenario)
    await control.pay("S1")
    told = await merchant.query("S1")
    assert (told["trade_state"], told["total_fee"]) == ("SUCCESS", "1")
    assert merchant.verifies(told)


@observes("query-timeout")
async def test_the_first_query_is_never_answered(scenario: str, place: Place, merchant: Merchant) -> None:
    await place(scenario)
    with pytest.raises(TimeoutError):
        await send(merchant, "orderquery", LITTLE, out_trade_no="S1")
    assert (await merchant.query("S1"))["trade_state"] == "NOTPAY"


@observes("close-systemerror")
async def test_the_first_close_closes_nothing(scenario: str, place: Place, merchant: Merchant) -> None:
    await place(scenario)
    assert (await merchant.close("S1"))["err_code"] == "SYSTEMERROR"
    assert (await merchant.query("S1"))["trade_state"] == "NOTPAY"
    assert (await merchant.close("S1"))["result_code"] == "SUCCESS"
    assert (await merchant.query("S1"))["trade_state"] == "CLOSED"


@observes("close-timeout")
async def test_it_is_closed_and_nobody_says_so(scenario: str, place: Place, merchant: Merchant) -> None:
    await place(scenario)
    with pytest.raises(TimeoutError):
        await send(merchant, "closeorder", LITTLE, out_trade_no="S1")
    assert (await merchant.query("S1"))["trade_state"] == "CLOSED"


# -- an answer that is not as it should be -----------------------------------------------------------------------------


@observes("answer-wrong-sign", "answer-other-key")
async def test_the_first_answer_does_not_verify(scenario: str, place: Place, merchant: Merchant) -> None:
    answer = await place(scenario)
    assert len(answer["sign"]) == 32
    assert not merchant.verifies(answer)
    assert merchant.verifies(await place(scenario))


@observes("answer-wrong-sign")
async def test_the_first_query_does_not_verify_either(scenario: str, place: Place, merchant: Merchant) -> None:
    await place(scenario)
    assert not merchant.verifies(await merchant.query("S1"))
    assert merchant.verifies(await merchant.query("S1"))


@observes("answer-no-sign")
async def test_the_first_answer_is_not_signed(scenario: str, place: Place, merchant: Merchant) -> None:
    assert "sign" not in await place(scenario)
    assert merchant.verifies(await place(scenario))


@observes("answer-other-order")
async def test_the_first_answer_is_another_orders(
    scenario: str, place: Place, control: Control, merchant: Merchant
) -> None:
    other = await merchant.order("OTHER")
    await control.pay("OTHER")
    answer = await place(scenario)
    assert answer["prepay_id"] == other["prepay_id"]
    assert merchant.verifies(answer)
    assert (await merchant.query("S1"))["out_trade_no"] == "OTHER"
    assert (await place(scenario))["prepay_id"] != other["prepay_id"]


@observes("answer-slow", "answer-drip", "answer-timeout")
async def test_it_does_not_come_in_time_though_the_order_is_made(
    scenario: str, place: Place, merchant: Merchant
) -> None:
    with pytest.raises(TimeoutError):
        await send(merchant, "unifiedorder", LITTLE, **terms(merchant, scenario))
    answer = await send(merchant, "unifiedorder", **terms(merchant, scenario))
    assert merchant.verifies(elements(answer.body.decode()))


@observes("answer-drip")
async def test_it_begins_at_once_and_does_not_end(scenario: str, merchant: Merchant) -> None:
    body = document(merchant.signed(**terms(merchant, scenario)))
    async with merchant.session.post("/pay/unifiedorder", data=body) as response:
        begun = await response.content.readexactly(3)
        assert (response.status, begun) == (200, b"<xm")
        assert not response.content.at_eof()


@observes("answer-timeout")
async def test_a_call_that_is_never_answered_took_effect(scenario: str, merchant: Merchant) -> None:
    with pytest.raises(TimeoutError):
        await send(merchant, "unifiedorder", LITTLE, **terms(merchant, scenario))
    with pytest.raises(TimeoutError):
        await send(merchant, "orderquery", LITTLE, out_trade_no="S1")
    assert (await merchant.query("S1"))["trade_state"] == "NOTPAY"


@observes("answer-reset", "answer-truncated")
async def test_the_connection_breaks_though_the_order_is_made(scenario: str, merchant: Merchant) -> None:
    broken = aiohttp.ClientOSError if scenario == "answer-reset" else aiohttp.ClientPayloadError
    with pytest.raises(broken):
        await send(merchant, "unifiedorder", **terms(merchant, scenario))
    answer = elements((await send(merchant, "unifiedorder", **terms(merchant, scenario))).body.decode())
    assert answer["result_code"] == "SUCCESS"
    with pytest.raises(broken):
        await send(merchant, "orderquery", out_trade_no="S1")


@observes("answer-empty", "answer-html-502", "answer-malformed-xml", "answer-wrong-content-type")
async def test_the_first_answer_is_not_what_it_should_be(scenario: str, merchant: Merchant) -> None:
    strange = await send(merchant, "unifiedorder", **terms(merchant, scenario))
    match scenario:
        case "answer-empty":
            assert (strange.status, strange.body) == (200, b"")
        case "answer-html-502":
            assert (strange.status, strange.content_type) == (502, "text/html")
            assert strange.body.startswith(b"<html>")
        case "answer-malformed-xml":
            with pytest.raises(ET.ParseError):
                ET.fromstring(strange.body)
        case _:
            assert strange.content_type == "application/json"
            assert merchant.verifies(elements(strange.body.decode()))
    whole = await send(merchant, "unifiedorder", **terms(merchant, scenario))
    assert (whole.status, whole.content_type.partition(";")[0]) == (200, "text/plain")
    assert ET.fromstring(whole.body).tag == "xml"
    assert merchant.verifies(elements(whole.body.decode()))


@observes("answer-flaky")
async def test_some_orders_fail_and_succeed_when_tried_again(
    scenario: str, control: Control, merchant: Merchant
) -> None:
    await control.post(f"/scenarios/{scenario}/apply", {"mch_id": merchant.mch_id})
    numbers = [f"F{n}" for n in range(30)]
    failed = [number for number in numbers if (await merchant.order(number))["result_code"] == "FAIL"]
    assert 3 <= len(failed) <= 15
    assert {(await merchant.order(number))["result_code"] for number in failed} == {"SUCCESS"}


# -- an answer whose signature is spoiled ------------------------------------------------------------------------------

UNVERIFIED = ["answer-wrong-sign", "answer-no-sign", "answer-other-key"]


async def unverified(control: Control) -> list[str]:
    return [item["name"] for item in await control.timeline("S1") if item.get("name", "").startswith("answer_unv")]


@pytest.mark.parametrize("scenario", UNVERIFIED)
async def test_who_goes_on_with_a_spoiled_answer_is_told(
    scenario: str, place: Place, control: Control, merchant: Merchant
) -> None:
    answer = await place(scenario, trade_type="APP")
    assert await unverified(control) == []
    invoked = await invoke(merchant, answer["prepay_id"], outcome="success")
    assert invoked["errCode"] == 0
    assert await unverified(control) == ["answer_unverified"], "once, not for the payment again"
    async with merchant.session.get("/console/orders/1900000109/S1", headers={"Accept-Language": "en"}) as response:
        page = await response.text()
    assert re.search(
        r'<p class="next bad" id="next"><b>The merchant uses the prepay_id of an answer that must not', page
    )


@pytest.mark.parametrize("scenario", UNVERIFIED)
async def test_an_order_that_is_paid_all_the_same_may_be_the_merchants_doing(
    scenario: str, place: Place, control: Control
) -> None:
    await place(scenario)
    await control.pay("S1")
    assert await unverified(control) == ["answer_unverified_paid"]


@pytest.mark.parametrize("scenario", UNVERIFIED)
async def test_who_has_a_right_answer_too_is_not_accused(
    scenario: str, place: Place, control: Control, merchant: Merchant
) -> None:
    await place(scenario, trade_type="APP")
    answer = await place(scenario, trade_type="APP")
    assert (await invoke(merchant, answer["prepay_id"], outcome="success"))["errCode"] == 0
    assert await unverified(control) == []


async def invoke(merchant: Merchant, prepay_id: str, **more: str) -> dict[str, Any]:
    """The app hands the payment to WeChat."""
    request = {
        "appid": merchant.appid,
        "partnerid": merchant.mch_id,
        "prepayid": prepay_id,
        "package": "Sign=WXPay",
        "noncestr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "timestamp": "1763872200",
    }
    body = {**request, "sign": signature(request, merchant.key), **more}
    async with merchant.session.post("/_sandbox/client/app", json=body) as response:
        return dict(await response.json())
