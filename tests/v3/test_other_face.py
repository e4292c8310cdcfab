"""One number by both faces, and what an order's time is to V3."""

from datetime import datetime, timedelta

import pytest
from aiohttp import ClientSession

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.v3 import V3Merchant

WEEK = 7 * 86400
APP = {"trade_type": "APP", "total_fee": "101", "body": "茶", "spbill_create_ip": "127.0.0.1"}
SCENE = {"payer_client_ip": "127.0.0.1"}


@pytest.fixture
def v2(shared_control: Control, v3: V3Merchant, inbox: Inbox) -> Merchant:
    """The same merchant, by V2."""
    return Merchant(shared_control.session, v3.mch_id, v3.appid, str(v3.shown["api_key"]), inbox.url)


async def test_what_v3_placed_is_placed_again_by_v2_where_v2_sees_no_difference(v3: V3Merchant, v2: Merchant) -> None:
    placed = await v3.place("BOTH001", "app", attach="of V3")
    again = await v2.order("BOTH001", **APP, attach="of V2")
    assert again["prepay_id"] == placed.json["prepay_id"]
    changed = await v2.order("BOTH001", **{**APP, "total_fee": "102"})
    assert (changed["err_code"], changed["err_code_des"]) == ("INVALID_REQUEST", "201 商户订单号重复")


async def test_what_v2_placed_is_placed_again_by_v3_where_all_is_as_it_was(v3: V3Merchant, v2: Merchant) -> None:
    placed = await v2.call("/pay/unifiedorder", out_trade_no="BOTH002", notify_url=v2.notify_url, **APP)
    again = await v3.place("BOTH002", "app", scene_info=SCENE)
    assert again.json["prepay_id"] == placed["prepay_id"]
    for more in ({}, {"scene_info": SCENE, "attach": "another"}):
        changed = await v3.place("BOTH002", "app", **more)
        assert (changed.status, changed.json["message"]) == (400, "请求重入时，参数与首次请求时不一致")


async def test_a_number_that_v3_has_burnt_is_refused_by_v2(v3: V3Merchant, v2: Merchant) -> None:
    assert (await v3.close("BOTH003")).status == 204
    assert (await v2.order("BOTH003", **APP))["err_code"] == "INVALID_REQUEST"
    assert (await v2.query("BOTH003"))["err_code"] == "ORDERNOTEXIST"


async def test_a_code_that_was_replaced_leads_nowhere(v3: V3Merchant, session_of: ClientSession) -> None:
    codes = [(await v3.place("CODE001")).json["code_url"] for _ in range(2)]
    pages = []
    for code in codes:
        async with session_of.get("/cashier", params={"code_url": code}) as page:
            pages.append(page.status)
    assert pages == [404, 200]


@pytest.fixture
def session_of(shared_control: Control) -> ClientSession:
    return shared_control.session


@pytest.mark.parametrize(
    ("number", "product", "seconds", "life"),
    [
        ("TIME001", "app", 5, 60),
        ("TIME002", "app", 20 * 86400, 15 * 86400),
        ("TIME003", "native", 20 * 86400, WEEK),
        ("TIME004", "native", 3600, 3600),
        ("TIME005", "app", None, WEEK),
    ],
)
async def test_a_time_expire_is_moved_to_what_may_be(
    v3: V3Merchant, shared_control: Control, number: str, product: str, seconds: int | None, life: int
) -> None:
    now = datetime.fromisoformat((await shared_control.get("/clock"))["now"])
    asked = (now + timedelta(seconds=seconds)).isoformat(timespec="seconds") if seconds is not None else None
    assert (await v3.place(number, product, time_expire=asked)).status == 200
    order = await shared_control.order(number)
    lives = datetime.fromisoformat(order["expires_at"]) - datetime.fromisoformat(order["created_at"])
    assert abs(lives.total_seconds() - life) < 5
    told = [one for one in await shared_control.timeline(number) if one.get("name") == "expiry_moved"]
    assert bool(told) == (seconds is not None and seconds != life)
    assert (await v3.place(number, product, time_expire=asked)).status == 200


async def test_a_prepay_id_that_is_over_is_replaced_when_the_order_is_placed_again(
    v3: V3Merchant, shared_control: Control
) -> None:
    first = (await v3.place("OVER001", "app")).json["prepay_id"]
    assert (await v3.place("OVER001", "app")).json["prepay_id"] == first
    await shared_control.advance(7200)
    again = await v3.place("OVER001", "app")
    assert (again.status, again.json["prepay_id"] != first) == (200, True)
    assert (await v3.query("OVER001")).json["trade_state"] == "NOTPAY"
