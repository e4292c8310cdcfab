"""The timeline of accounts, and what becomes of a key that was replaced."""

from typing import Any

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.server import Server
from tests.support.control import Control
from tests.support.databases import Place
from tests.support.merchant import Inbox, Merchant, signature
from tests.support.refunds import decrypted
from tests.support.words import SIGN_WRONG

ONE = "/merchants/1900000109"
APPID = "wx8888888888888888"
OPENID = "oSandboxPayer000000000000001"
NEW_KEY = "n" * 32


async def changes(control: Control, account: str) -> list[tuple[str, str, str, str]]:
    """Who, which field, from what to what; oldest first."""
    found: list[dict[str, Any]] = (await control.get(f"{account}/changes"))["items"]
    return [(one["author"], one["field"], one["before"], one["after"]) for one in reversed(found)]


async def test_a_new_sandbox_has_no_changes(control: Control) -> None:
    assert await changes(control, ONE) == []


async def test_each_changed_field_of_a_merchant_is_told(control: Control) -> None:
    await control.call("PATCH", ONE, {"name": "茶铺", "rate": "1%", "products": {"NATIVE": "pending"}})
    await control.call("PATCH", ONE, {"name": "茶铺", "products": {"NATIVE": "pending"}})
    assert await changes(control, ONE) == [
        ("control", "name", "沙箱商店 Sandbox Shop", "茶铺"),
        ("control", "products.NATIVE", "opened", "pending"),
        ("control", "rate", "0.60%", "1.00%"),
    ]


async def test_a_change_tells_its_moment_of_the_merchants_clock(control: Control) -> None:
    await control.post("/clock", {"advance": 86400})
    await control.call("PATCH", ONE, {"name": "茶铺"})
    (one,) = (await control.get(f"{ONE}/changes"))["items"]
    now = (await control.get("/clock"))["now"]
    assert one["at"][:10] == now[:10]


async def test_no_key_stands_in_the_changes(control: Control) -> None:
    await control.call("PATCH", ONE, {"api_key": NEW_KEY, "api_v3_key": "v" * 32})
    assert await changes(control, ONE) == [
        ("control", "api_key", "••••0000", "••••nnnn"),
        ("control", "api_v3_key", "••••0000", "••••vvvv"),
    ]


async def test_a_new_merchant_begins_its_timeline_and_takes_it_along(control: Control) -> None:
    made = await control.post("/merchants", {"name": "新店", "certificate": False}, 201)
    account = f"/merchants/{made['mch_id']}"
    assert await changes(control, account) == [("control", "", "", "新店")]
    await control.call("DELETE", account, None, 204)
    await control.post("/merchants", {"mch_id": made["mch_id"], "name": "又开", "certificate": False}, 201)
    assert await changes(control, account) == [("control", "", "", "又开")]


async def test_pairing_is_told_on_both_sides(control: Control) -> None:
    await control.post("/apps", {"appid": "wxshop", "name": "Shop"}, 201)
    await control.call("PATCH", "/apps/wxshop", {"mch_ids": ["1900000109"]})
    await control.call("PATCH", ONE, {"appids": [APPID]})
    assert await changes(control, "/apps/wxshop") == [
        ("control", "", "", "Shop"),
        ("control", "mch_ids", "", "1900000109"),
        ("control", "mch_ids", "1900000109", ""),
    ]
    assert await changes(control, ONE) == [
        ("control", "appids", APPID, f"{APPID}, wxshop"),
        ("control", "appids", f"{APPID}, wxshop", APPID),
    ]


async def test_what_is_paired_already_stays_where_it_is(control: Control) -> None:
    await control.post("/apps", {"appid": "wxshop", "mch_ids": ["1900000109"]}, 201)
    before = await changes(control, ONE)
    await control.call("PATCH", f"/apps/{APPID}", {"mch_ids": ["1900000109"]})
    assert (await control.get(ONE))["appids"] == [APPID, "wxshop"]
    assert await changes(control, ONE) == before
    assert await changes(control, f"/apps/{APPID}") == []


async def test_opening_and_closing_a_merchant_is_told_to_its_apps(control: Control) -> None:
    shared = {"mch_id": "1900000777", "appids": [APPID, "wxkept", "wxown"], "certificate": False}
    await control.post("/merchants", shared, 201)
    assert await changes(control, "/apps/wxown") == [
        ("control", "", "", "应用 wxown"),
        ("control", "mch_ids", "", "1900000777"),
    ]
    (payer,) = [one for one in (await control.get("/payers"))["items"] if one["appid"] == "wxown"]
    assert await changes(control, f"/payers/{payer['openid']}") == [("control", "", "", "wxown")]
    await control.call("PATCH", "/apps/wxkept", {"mch_ids": ["1900000777", "1900000109"]})
    await control.call("DELETE", "/merchants/1900000777", None, 204)
    assert await changes(control, f"/apps/{APPID}") == [
        ("control", "mch_ids", "1900000109", "1900000109, 1900000777"),
        ("control", "mch_ids", "1900000109, 1900000777", "1900000109"),
    ]
    assert (await changes(control, "/apps/wxkept"))[2:] == [
        ("control", "mch_ids", "1900000777", "1900000109, 1900000777"),
        ("control", "mch_ids", "1900000109, 1900000777", "1900000109"),
    ]


async def test_a_balance_that_is_set_is_told_and_what_moves_it_is_not(merchant: Merchant, control: Control) -> None:
    await control.call("PATCH", ONE, {"balance_fen": 5000})
    await control.call("PATCH", ONE, {"balance_fen": 5000})
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await merchant.refund("ORDER001", "REFUND001")
    await control.advance(61)
    await control.call("PATCH", ONE, {"balance_fen": 0})
    assert await changes(control, ONE) == [
        ("control", "balance_fen", "0", "5000"),
        ("control", "balance_fen", "5000", "0"),
    ]


async def test_a_sub_merchants_balance_is_told_by_its_number(control: Control) -> None:
    subs = [{"sub_mch_id": "1900000778", "balance_fen": 700}]
    provider = {"mch_id": "1900000777", "name": "茶市", "service_provider": True, "balance_fen": 90}
    await control.post("/merchants", {**provider, "sub_merchants": subs, "certificate": False}, 201)
    assert await changes(control, "/merchants/1900000777") == [
        ("control", "", "", "茶市"),
        ("control", "balance_fen", "0", "90"),
        ("control", "sub_merchants.1900000778.balance_fen", "0", "700"),
    ]


async def test_a_configuration_file_sets_balances_at_each_start(kept_database: Place) -> None:
    subs = [{"sub_mch_id": "1900000778", "balance_fen": 700}]
    wanted = {"mch_id": "1900000777", "service_provider": True, "balance_fen": 123456, "sub_merchants": subs}
    settings = Settings(port=0, **kept_database, accounts={"merchants": [wanted]})
    told = []
    for _ in range(2):
        server = await Server.start(settings)
        try:
            async with aiohttp.ClientSession(server.url) as session:
                control = Control(session)
                shown = await control.get("/merchants/1900000777")
                assert (shown["balance_fen"], shown["sub_merchants"][0]["balance_fen"]) == (123456, 700)
                told = (await changes(control, "/merchants/1900000777"))[1:]
                await control.call("PATCH", "/merchants/1900000777", {"balance_fen": 1})
        finally:
            await server.stop()
    assert told == [
        ("file", "balance_fen", "0", "123456"),
        ("file", "sub_merchants.1900000778.balance_fen", "0", "700"),
        ("control", "balance_fen", "123456", "1"),
        ("file", "balance_fen", "1", "123456"),
    ]


async def test_what_changes_of_an_app_is_told(control: Control) -> None:
    await control.call("PATCH", f"/apps/{APPID}", {"payment": "refused", "bundle_id": "com.example.ios"})
    assert await changes(control, f"/apps/{APPID}") == [
        ("control", "bundle_id", "", "com.example.ios"),
        ("control", "payment", "opened", "refused"),
    ]


async def test_what_changes_of_a_payer_is_told(control: Control) -> None:
    await control.call("PATCH", f"/payers/{OPENID}", {"logged_in": False, "balance_fen": 100})
    await control.call("PATCH", f"/payers/{OPENID}", {"balance_fen": None})
    assert await changes(control, f"/payers/{OPENID}") == [
        ("control", "balance_fen", "", "100"),
        ("control", "logged_in", "true", "false"),
        ("control", "balance_fen", "100", ""),
    ]


async def test_nobody_else_has_changes(control: Control) -> None:
    await control.get("/merchants/1999999999/changes", 404)
    await control.get("/apps/wxnone/changes", 404)
    await control.get("/payers/oNobody000000000000000000000/changes", 404)


async def test_a_configuration_file_tells_once_what_it_changed(kept_database: Place) -> None:
    accounts: dict[str, Any] = {
        "merchants": [{"mch_id": "1900000109", "name": "茶铺", "jsapi_directories": ["https://shop.example/pay/"]}],
        "apps": [{"appid": APPID, "payment": "reviewing"}],
        "payers": [{"openid": OPENID, "logged_in": False}],
    }
    settings = Settings(port=0, **kept_database, accounts=accounts)
    for _ in range(2):
        server = await Server.start(settings)
        await server.stop()
    server = await Server.start(settings)
    try:
        async with aiohttp.ClientSession(server.url) as session:
            control = Control(session)
            assert await changes(control, ONE) == [
                ("file", "name", "沙箱商店 Sandbox Shop", "茶铺"),
                ("file", "jsapi_directories", "", "https://shop.example/pay/"),
            ]
            assert await changes(control, f"/apps/{APPID}") == [("file", "payment", "opened", "reviewing")]
            assert await changes(control, f"/payers/{OPENID}") == [("file", "logged_in", "true", "false")]
    finally:
        await server.stop()


async def test_what_is_signed_with_a_replaced_key_is_wrong_and_is_recognised(
    merchant: Merchant, control: Control
) -> None:
    await control.call("PATCH", ONE, {"api_key": NEW_KEY})
    assert (await merchant.order("ORDER001"))["return_msg"] == SIGN_WRONG["today"]
    (call,) = (await control.get("/journal", mch_id="1900000109"))["items"]
    assert call["facts"]["sign_hint"] == "former_key"
    replaced_at = (await control.get(ONE))["api_key_replaced_at"]
    assert call["facts"]["replaced_at"] == replaced_at[:19].replace("T", " ")
    merchant.key = NEW_KEY
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"


async def test_the_doctor_tells_when_the_key_was_replaced(merchant: Merchant, control: Control) -> None:
    fields = merchant.signed(body="茶")
    await control.call("PATCH", ONE, {"api_key": NEW_KEY})
    body = "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</xml>"
    found = await control.post("/doctor", {"body": body})
    replaced_at = (await control.get(ONE))["api_key_replaced_at"][:19].replace("T", " ")
    assert replaced_at in found["explanation"]


async def test_a_signkey_of_the_official_sandbox_is_replaced_with_the_key(merchant: Merchant, control: Control) -> None:
    cached = await merchant.in_official_sandbox()
    await control.call("PATCH", ONE, {"api_key": NEW_KEY})
    await cached.order("ORDER001", total_fee="101")
    call, *_ = (await control.get("/journal", mch_id="1900000109"))["items"]
    assert call["facts"]["sign_hint"] == "former_key"


async def test_who_still_signs_with_the_old_key_is_told_whatever_the_clock_shows(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession
) -> None:
    await control.advance(86_400)
    await control.call("PATCH", ONE, {"api_key": "n" * 32})
    await control.post("/clock", {"reset": True})
    assert (await merchant.order("OLDKEY1"))["return_msg"] == SIGN_WRONG["today"]
    async with session.get("/console/merchants/1900000109", headers={"Accept-Language": "en"}) as page:
        assert "These calls still use the old key" in await page.text()


async def test_what_is_not_said_of_a_payer_stays(control: Control) -> None:
    payer = "/payers/oSandboxPayer000000000000001"
    await control.call("PATCH", payer, {"balance_fen": 700, "logged_in": False})
    after = await control.post("/payers", {"openid": payer.removeprefix("/payers/"), "device": "iPhone"}, 201)
    assert (after["balance_fen"], after["logged_in"], after["device"]) == (700, False, "iPhone")


@pytest.mark.parametrize("given", [{"device": "a" * 65}, {"device": "a\0"}, {"wechat_version": "8.0.49 beta"}])
async def test_what_a_phone_cannot_be_called_is_refused(control: Control, given: dict[str, str]) -> None:
    refused = await control.call("PATCH", "/payers/oSandboxPayer000000000000001", given, 400)
    assert refused["error"]["field"] == next(iter(given))


async def test_a_second_signature_with_a_replaced_key_is_recognised(merchant: Merchant, control: Control) -> None:
    prepay_id = (await merchant.order("ORDER001", trade_type="APP"))["prepay_id"]
    fields = {
        "appid": merchant.appid,
        "partnerid": merchant.mch_id,
        "prepayid": prepay_id,
        "package": "Sign=WXPay",
        "noncestr": "abc",
        "timestamp": "1412000000",
    }
    fields["sign"] = signature(fields, merchant.key)
    await control.call("PATCH", ONE, {"api_key": NEW_KEY})
    answer = await control.post("/client/app", fields)
    assert (answer["errCode"], answer["cause"]) == (-1, "sign")
    assert (await control.get(ONE))["api_key_replaced_at"][:19].replace("T", " ") in answer["explanation"]


async def test_a_refund_is_told_with_the_key_of_the_moment(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    """req_info is encrypted with the API key, never with the APIv3 key. Source: V2 notes, 5.5."""
    old = merchant.key
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await merchant.refund("ORDER001", "REFUND001", notify_url=inbox.url)
    await control.call("PATCH", ONE, {"api_key": NEW_KEY, "api_v3_key": "v" * 32})
    await control.advance(61)
    req_info = inbox.received[-1].fields["req_info"]
    assert [decrypted(req_info, key) is not None for key in (old, "v" * 32, NEW_KEY)] == [False, False, True]


async def test_a_call_signed_with_the_v3_key_is_recognised_by_the_one_in_force(
    merchant: Merchant, control: Control
) -> None:
    merchant.key, right = "v" * 32, merchant.key
    hints = []
    for changes in ({}, {"api_v3_key": merchant.key}):
        await control.call("PATCH", ONE, changes)
        assert (await merchant.order("ORDER001"))["return_msg"] == SIGN_WRONG["today"]
        hints.append((await control.get("/journal", mch_id="1900000109"))["items"][0]["facts"]["sign_hint"])
    assert (hints[0] != "api_v3_key", hints[1]) == (True, "api_v3_key")
    merchant.key = right
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"


async def test_a_key_that_comes_back_is_right_again(merchant: Merchant, control: Control) -> None:
    old = merchant.key
    await control.call("PATCH", ONE, {"api_key": NEW_KEY})
    await control.call("PATCH", ONE, {"api_key": old})
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"
    merchant.key = NEW_KEY
    await merchant.order("ORDER002")
    call, *_ = (await control.get("/journal", mch_id="1900000109"))["items"]
    assert call["facts"]["sign_hint"] == "former_key"
