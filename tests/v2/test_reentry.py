"""The same out_trade_no again. Source: V2 notes, 2.6."""

from datetime import datetime, timedelta

import pytest

from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.v2.conftest import Open

COVERS = ("/pay/unifiedorder",)

OPENID = "oSandboxPayer000000000000001"
OTHER_OPENID = "oAnotherPayer000000000000001"
DUPLICATE = ("INVALID_REQUEST", "201 商户订单号重复")
CLOSED = ("ORDERCLOSED", "该订单已关闭")
H5 = '{"h5_info": {"type": "Wap"}}'


async def beijing(control: Control, **ahead: float) -> str:
    """The sandbox's time so far ahead, as time_expire is written."""
    now = datetime.fromisoformat((await control.get("/clock"))["now"])
    return (now + timedelta(**ahead)).strftime("%Y%m%d%H%M%S")


def failure(answer: dict[str, str]) -> tuple[str, str]:
    assert answer["result_code"] == "FAIL", answer
    return answer["err_code"], answer["err_code_des"]


async def test_the_same_order_again_is_the_same_order(merchant: Merchant, control: Control) -> None:
    first = await merchant.order("ORDER001")
    second = await merchant.order("ORDER001")
    assert second["result_code"] == "SUCCESS"
    assert second["prepay_id"] == first["prepay_id"]
    assert len((await control.get("/orders"))["items"]) == 1


async def test_native_gets_a_new_code_and_the_old_one_is_dead(merchant: Merchant, control: Control) -> None:
    first = await merchant.order("ORDER001")
    second = await merchant.order("ORDER001")
    assert second["code_url"] != first["code_url"]
    assert (await control.order("ORDER001"))["code_url"] == second["code_url"]


async def test_mweb_gets_a_new_link(merchant: Merchant) -> None:
    first = await merchant.order("ORDER001", trade_type="MWEB", scene_info=H5)
    second = await merchant.order("ORDER001", trade_type="MWEB", scene_info=H5)
    assert second["mweb_url"] != first["mweb_url"]
    assert second["prepay_id"] == first["prepay_id"]


async def test_the_prepay_id_stays_while_it_lives(merchant: Merchant, control: Control) -> None:
    first = await merchant.order("ORDER001")
    await control.advance(7199 - 60)
    assert (await merchant.order("ORDER001"))["prepay_id"] == first["prepay_id"]


async def test_after_two_hours_there_is_a_new_prepay_id(merchant: Merchant, control: Control) -> None:
    first = await merchant.order("ORDER001")
    await control.advance(7200)
    second = await merchant.order("ORDER001")
    assert second["result_code"] == "SUCCESS"
    assert second["prepay_id"] != first["prepay_id"]
    await control.pay("ORDER001")


async def test_a_prepay_id_does_not_live_longer_by_being_asked_for_again(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.advance(3600)
    await merchant.order("ORDER001")
    await control.advance(3600)
    assert (await control.pay("ORDER001", status=409))["error"]["code"] == "prepay_expired"


@pytest.mark.parametrize(
    ("trade_type", "changed"),
    [
        ("NATIVE", {"body": "乌龙茶"}),
        ("NATIVE", {"total_fee": "101"}),
        ("NATIVE", {"fee_type": "USD"}),
        ("NATIVE", {"trade_type": "APP"}),
        ("NATIVE", {"trade_type": "MWEB", "scene_info": H5}),
        ("NATIVE", {"openid": OPENID}),
        ("JSAPI", {"openid": OTHER_OPENID}),
    ],
)
async def test_a_parameter_that_is_compared_must_not_change(
    merchant: Merchant, trade_type: str, changed: dict[str, str]
) -> None:
    usual = {"trade_type": trade_type} | ({"openid": OPENID} if trade_type == "JSAPI" else {})
    await merchant.order("ORDER001", **usual)
    assert failure(await merchant.order("ORDER001", **{**usual, **changed})) == DUPLICATE


async def test_the_expiry_must_not_change(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", time_expire=await beijing(control, minutes=10))
    later = await beijing(control, minutes=20)
    assert failure(await merchant.order("ORDER001", time_expire=later)) == DUPLICATE


async def test_the_expiry_must_not_be_left_out_or_added(merchant: Merchant, control: Control) -> None:
    expiry = await beijing(control, minutes=10)
    await merchant.order("ORDER001", time_expire=expiry)
    await merchant.order("ORDER002")
    assert failure(await merchant.order("ORDER001")) == DUPLICATE
    assert failure(await merchant.order("ORDER002", time_expire=expiry)) == DUPLICATE


async def test_the_appid_must_not_change(open_merchant: Open) -> None:
    merchant = await open_merchant(appids=["wxfirst", "wxsecond"])
    await merchant.order("ORDER001")
    merchant.appid = "wxsecond"
    assert failure(await merchant.order("ORDER001")) == DUPLICATE


@pytest.mark.parametrize(
    "changed",
    [
        {"attach": "另一个"},
        {"notify_url": "http://shop.example/other"},
        {"spbill_create_ip": "8.8.8.8"},
        {"nonce_str": "another"},
        {"detail": "{}"},
        {"device_info": "WEB"},
        {"goods_tag": "TAG"},
        {"product_id": "1"},
        {"time_start": "20261123100000"},
        {"sign_type": "HMAC-SHA256"},
        {"fee_type": "CNY"},
    ],
)
async def test_a_parameter_that_is_not_compared_may_change(merchant: Merchant, changed: dict[str, str]) -> None:
    first = await merchant.order("ORDER001")
    second = await merchant.order("ORDER001", **changed)
    assert second["result_code"] == "SUCCESS"
    assert second["prepay_id"] == first["prepay_id"]


async def test_the_first_notify_url_stays(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await merchant.order("ORDER001", notify_url="http://127.0.0.1:9/other")
    assert (await control.order("ORDER001"))["notify_url"] == merchant.notify_url


@pytest.mark.parametrize("changed", [{}, {"total_fee": "101"}])
async def test_a_paid_order_is_not_taken_again(merchant: Merchant, control: Control, changed: dict[str, str]) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    assert failure(await merchant.order("ORDER001", **changed)) == ("ORDERPAID", "该订单已支付")


async def test_a_closed_order_is_not_taken_again(merchant: Merchant) -> None:
    await merchant.order("ORDER001")
    await merchant.close("ORDER001")
    assert failure(await merchant.order("ORDER001")) == CLOSED


async def test_an_expired_order_is_not_taken_again(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.advance(7 * 86400)
    assert failure(await merchant.order("ORDER001")) == CLOSED


async def test_a_refused_order_leaves_its_number_free(merchant: Merchant) -> None:
    await merchant.order("ORDER001", total_fee="0")
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"


async def test_two_merchants_may_use_the_same_number(merchant: Merchant, open_merchant: Open) -> None:
    other = await open_merchant()
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"
    assert (await other.order("ORDER001", total_fee="7"))["result_code"] == "SUCCESS"
    assert (await other.query("ORDER001"))["result_code"] == "SUCCESS"


async def test_order_numbers_are_case_sensitive(merchant: Merchant) -> None:
    await merchant.order("order001")
    assert (await merchant.order("ORDER001", total_fee="7"))["result_code"] == "SUCCESS"


# -- time_expire -------------------------------------------------------------------------------------------------------

TOO_SHORT = {"return_code": "FAIL", "return_msg": "time_expire时间过短，刷卡至少1分钟，其他5分钟"}


@pytest.mark.parametrize("seconds", [-3600, 0, 30, 58])
async def test_an_expiry_must_be_a_minute_ahead(merchant: Merchant, control: Control, seconds: int) -> None:
    assert await merchant.order("ORDER001", time_expire=await beijing(control, seconds=seconds)) == TOO_SHORT


async def test_an_expiry_is_read_in_beijing_time(merchant: Merchant, control: Control) -> None:
    in_utc = await beijing(control, hours=-8, minutes=10)
    assert await merchant.order("ORDER001", time_expire=in_utc) == TOO_SHORT
    (call,) = (await control.get("/journal"))["items"]
    assert call["facts"]["fault"] == "expiry"
    assert call["facts"]["now"] == (await beijing(control))[:12] + call["facts"]["now"][12:]


async def test_an_expiry_follows_the_merchants_own_clock(merchant: Merchant, control: Control) -> None:
    soon = await beijing(control, minutes=10)
    await control.advance(3600, merchant.mch_id)
    assert await merchant.order("ORDER001", time_expire=soon) == TOO_SHORT


async def test_an_order_expires_when_the_merchant_says(merchant: Merchant, control: Control) -> None:
    expiry = await beijing(control, minutes=10)
    await merchant.order("ORDER001", time_expire=expiry)
    expires_at = datetime.fromisoformat((await control.order("ORDER001"))["expires_at"])
    assert expires_at.strftime("%Y%m%d%H%M%S") == expiry
    await control.advance(600)
    assert (await merchant.query("ORDER001"))["trade_state"] == "CLOSED"


async def test_an_order_without_expiry_lives_seven_days(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    order = await control.order("ORDER001")
    life = datetime.fromisoformat(order["expires_at"]) - datetime.fromisoformat(order["created_at"])
    assert life == timedelta(days=7)
