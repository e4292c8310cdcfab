"""Payment by code of APIv3, and its reversal. V3 notes, 9.5; docs/fidelity.md."""

from typing import Any

import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import PAY, Answered, V3Merchant

LARGE = 100_001
"""Fen, one more than what needs no password."""


async def charge(v3: V3Merchant, number: str, code: str, total: int = 101, **more: Any) -> Answered:
    said = {
        "appid": v3.appid,
        "mchid": v3.mch_id,
        "description": "茶",
        "out_trade_no": number,
        "payer": {"auth_code": code},
        "amount": {"total": total},
        "scene_info": {"store_info": {"out_id": "SHOP01"}},
        **more,
    }
    return await v3.call("POST", f"{PAY}/codepay", {name: value for name, value in said.items() if value is not None})


async def reverse(v3: V3Merchant, number: str) -> Answered:
    return await v3.call("POST", f"{PAY}/out-trade-no/{number}/reverse", {"appid": v3.appid, "mchid": v3.mch_id})


def told(answer: Answered) -> tuple[int, str, str]:
    assert answer.signed
    return answer.status, answer.json["code"], answer.json["message"]


async def test_a_code_is_charged_at_once_and_nobody_is_notified(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    answer = await charge(v3, "CODE000001", await shared_control.auth_code(), attach="table 7")

    assert (answer.status, answer.signed) == (200, True)
    assert (answer.json["trade_state"], answer.json["trade_type"]) == ("SUCCESS", "MICROPAY")
    assert answer.json["attach"] == "table 7"
    assert answer.body == (await v3.query("CODE000001")).body
    assert inbox.received == []


async def test_a_payer_who_must_type_is_waited_for(v3: V3Merchant, shared_control: Control) -> None:
    answer = await charge(v3, "CODE000002", await shared_control.auth_code(), LARGE)
    assert (answer.status, answer.json["trade_state"]) == (200, "USERPAYING")
    assert answer.json["trade_state_desc"] == "用户支付中，需要输入密码"

    await shared_control.password("CODE000002")

    assert (await v3.query("CODE000002")).json["trade_state"] == "SUCCESS"


async def test_an_order_by_code_is_reversed_not_closed(v3: V3Merchant, shared_control: Control) -> None:
    await charge(v3, "CODE000003", await shared_control.auth_code(), LARGE)
    closed = await v3.close("CODE000003")
    assert told(closed) == (403, "TRADE_ERROR", "当前交易不允许进行普通关单（只能撤销）")
    assert closed.number == "268449641"

    reversed_one = await reverse(v3, "CODE000003")

    assert reversed_one.json == {"appid": v3.appid, "mchid": v3.mch_id, "out_trade_no": "CODE000003"}
    assert (await v3.query("CODE000003")).json["trade_state"] == "REVOKED"
    assert told(await charge(v3, "CODE000003", "134567890123456789", LARGE)) == (400, "ORDER_REVERSED", "订单已撤销")


async def test_what_was_paid_goes_back_when_it_is_reversed(v3: V3Merchant, shared_control: Control) -> None:
    async def balance() -> int:
        return int((await shared_control.get(f"/merchants/{v3.mch_id}"))["balance_fen"])

    before = await balance()
    await charge(v3, "CODE000004", await shared_control.auth_code())

    assert (await reverse(v3, "CODE000004")).status == 200
    assert await balance() == before


async def test_only_an_order_by_code_is_reversed(v3: V3Merchant) -> None:
    await v3.place("CODE000005")

    assert told(await reverse(v3, "CODE000005")) == (400, "INVALID_REQUEST", "订单的支付场景不支持该请求")


@pytest.mark.parametrize("code", ["130000000000000000", "abc", "934567890123456789"])
async def test_a_code_that_nobody_shows_is_refused(v3: V3Merchant, code: str) -> None:
    assert told(await charge(v3, "CODE000006", code)) == (400, "AUTH_CODE_INVALID", "收银员扫描的不是微信支付的条码")


async def test_a_code_is_good_once(v3: V3Merchant, shared_control: Control) -> None:
    code = await shared_control.auth_code()
    await charge(v3, "CODE000007", code)

    answer = await charge(v3, "CODE000008", code)

    assert told(answer) == (400, "AUTH_CODE_INVALID", "每个二维码仅限使用一次，请刷新再试")


async def test_a_code_is_good_for_a_minute(v3: V3Merchant, shared_control: Control) -> None:
    code = await shared_control.auth_code()
    await shared_control.advance(61)

    assert told(await charge(v3, "CODE000009", code))[1] == "AUTH_CODE_EXPIRE"


async def test_a_number_of_another_product_is_used(v3: V3Merchant, shared_control: Control) -> None:
    await v3.place("CODE000010")

    answer = await charge(v3, "CODE000010", await shared_control.auth_code())

    assert told(answer) == (403, "OUT_TRADE_NO_USED", "商户订单号重复")


async def test_a_scene_must_be_told(v3: V3Merchant) -> None:
    """Seen by a developer in 2026 (V3 notes, 9.5)."""
    answer = await charge(v3, "CODE000011", "130000000000000000", scene_info=None)

    assert answer.json["message"] == "输入源“/body/scene_info”映射到字段“场景信息”必填性规则校验失败，此字段为必填项"
