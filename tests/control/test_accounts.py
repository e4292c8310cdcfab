"""Merchants, apps and payers, over the control API."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.instance import CannotStart
from sandbox.server import Server
from tests.support.control import Control
from tests.support.databases import Place
from tests.support.merchant import Inbox, Merchant
from tests.support.signing import SigningCertificate

OPENID = "oTestPayer000000000000000001"


def backend(merchant: Merchant, opened: dict[str, object]) -> Merchant:
    appids = opened["appids"]
    assert isinstance(appids, list)
    return Merchant(merchant.session, str(opened["mch_id"]), appids[0], str(opened["api_key"]), merchant.notify_url)


async def test_the_default_merchant_is_there(control: Control) -> None:
    one = await control.get("/merchants/1900000109")
    assert one["appids"] == ["wx8888888888888888"]
    assert one["api_key"] == "sandboxv2key00000000000000000000"
    assert one["api_v3_key"] == "sandboxv3key00000000000000000000"
    assert set(one["products"].values()) == {"opened"}
    app = await control.get("/apps/wx8888888888888888")
    assert app["package_name"] == "com.example.shop"
    assert app["app_signature"] == "0123456789abcdef0123456789abcdef"
    assert (app["kind"], app["payment"], app["mch_ids"]) == ("app", "opened", ["1900000109"])


async def test_a_merchant_shows_every_credential(control: Control) -> None:
    one = await control.get("/merchants/1900000109")
    assert "BEGIN CERTIFICATE" in one["certificate"]
    assert "BEGIN PRIVATE KEY" in one["private_key"]
    assert "BEGIN CERTIFICATE" in one["platform_certificate"]
    assert "BEGIN PUBLIC KEY" in one["platform_public_key"]
    assert re.fullmatch(r"[1-9A-F][0-9A-F]{39}", one["serial_no"])
    assert one["platform_public_key_id"].startswith("PUB_KEY_ID_")
    assert (await control.get("/merchants/1900000109")) == one


async def test_a_list_of_merchants_shows_no_key(control: Control) -> None:
    opened = await control.post("/merchants", {"certificate": False}, 201)
    answer = await control.get("/merchants")
    assert [one["mch_id"] for one in answer["items"]] == [opened["mch_id"], "1900000109"]
    assert opened["api_key"] not in str(answer)
    assert "api_v3_key" not in str(answer)


async def test_a_merchant_is_made_up_where_nothing_is_asked(merchant: Merchant, control: Control) -> None:
    opened = await control.post("/merchants", {"certificate": False}, 201)
    assert re.fullmatch(r"19\d{8}", opened["mch_id"])
    assert re.fullmatch(r"[0-9A-Za-z]{32}", opened["api_key"])
    assert "certificate" not in opened
    (appid,) = opened["appids"]
    assert (await control.get(f"/apps/{appid}"))["app_signature"] == "0123456789abcdef0123456789abcdef"
    other = backend(merchant, opened)
    assert (await other.order("ORDER001"))["result_code"] == "SUCCESS"
    paid = await Control(merchant.session, other.mch_id).pay("ORDER001")
    assert any(payer["openid"] == paid["order"]["openid"] for payer in (await control.get("/payers"))["items"])


async def test_two_made_up_merchants_share_nothing(control: Control) -> None:
    first, second = [await control.post("/merchants", {"certificate": False}, 201) for _ in range(2)]
    for name in ("mch_id", "api_key", "api_v3_key", "appids"):
        assert first[name] != second[name]


async def test_a_merchant_is_as_it_was_asked_for(control: Control) -> None:
    wanted = {
        "mch_id": "1900000777",
        "name": "茶铺",
        "appids": ["wxfirst", "wxsecond"],
        "api_key": "k" * 32,
        "api_v3_key": "v" * 32,
        "products": {"MWEB": "not_opened"},
        "service_provider": True,
        "sub_merchants": [{"sub_mch_id": "1900000778", "sub_appids": ["wxsub"]}],
        "notify_url": "http://shop.example/notify",
    }
    await control.post("/merchants", {**wanted, "certificate": False}, 201)
    shown = await control.get("/merchants/1900000777")
    more = {name: shown[name] for name in ("products", "sub_merchants")}
    assert shown.items() >= {**wanted, **more}.items()
    (sub,) = shown["sub_merchants"]
    assert sub.items() >= {"sub_mch_id": "1900000778", "sub_appids": ["wxsub"], "balance_fen": 0}.items()
    assert set(sub["products"].values()) == {"opened"}
    assert shown["products"]["MWEB"] == "not_opened"
    assert shown["products"]["NATIVE"] == "opened"
    assert (await control.get("/apps/wxsub"))["mch_ids"] == ["1900000777"]


async def test_a_number_that_is_taken_is_a_409(control: Control) -> None:
    refused = await control.post("/merchants", {"mch_id": "1900000109"}, 409)
    assert refused["error"]["code"] == "account_taken"


async def test_a_change_leaves_the_rest_as_it_was(control: Control) -> None:
    before = await control.get("/merchants/1900000109")
    await control.call("PATCH", "/merchants/1900000109", {"name": "新名字"})
    await control.call("PATCH", "/merchants/1900000109", {"products": {"APP": "pending"}})
    after = await control.get("/merchants/1900000109")
    products = {**before["products"], "APP": "pending"}
    assert after == {**before, "name": "新名字", "products": products}


async def test_a_deleted_merchant_takes_its_orders_with_it(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    inbox.answer(500)
    opened = await control.post("/merchants", {"certificate": False}, 201)
    other, theirs = backend(merchant, opened), Control(merchant.session, opened["mch_id"])
    await merchant.order("MINE0001")
    await other.order("THEIRS01")
    await theirs.pay("THEIRS01")
    await control.advance(100, other.mch_id)
    assert await control.call("DELETE", f"/merchants/{other.mch_id}", None, 204) is None
    received = len(inbox.received)
    await control.advance(86400)
    assert len(inbox.received) == received
    assert [one["out_trade_no"] for one in (await control.get("/orders"))["items"]] == ["MINE0001"]
    assert (await control.get("/notifications"))["items"] == []
    assert {call["mch_id"] for call in (await control.get("/journal"))["items"]} == {merchant.mch_id}
    assert (await other.query("THEIRS01"))["return_msg"] == "商户号mch_id或sub_mch_id不存在"
    await control.get(f"/clock?mch_id={other.mch_id}", 404)


async def test_a_merchant_opened_again_starts_from_nothing(merchant: Merchant, control: Control) -> None:
    await control.post("/merchants", {"mch_id": "1900000777", "certificate": False}, 201)
    await control.advance(86400, "1900000777")
    await control.call("DELETE", "/merchants/1900000777", None, 204)
    opened = await control.post("/merchants", {"mch_id": "1900000777", "certificate": False}, 201)
    assert (await control.get("/clock", mch_id="1900000777"))["advanced"] == 0
    assert (await backend(merchant, opened).order("ORDER001"))["result_code"] == "SUCCESS"


async def test_the_p12_of_a_merchant_opens_with_its_number(session: aiohttp.ClientSession) -> None:
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    async with session.get("/_sandbox/merchants/1900000109/apiclient_cert.p12") as response:
        assert response.status == 200
        assert response.content_type == "application/x-pkcs12"
        store = load_pkcs12(await response.read(), b"1900000109")
    assert store.key is not None


async def test_the_ca_is_a_certificate(session: aiohttp.ClientSession) -> None:
    async with session.get("/_sandbox/ca.pem") as response:
        assert (await response.text()).startswith("-----BEGIN CERTIFICATE-----")


# -- apps --------------------------------------------------------------------------------------------------------------


async def test_an_app_is_registered_and_paired(merchant: Merchant, control: Control) -> None:
    wanted = {
        "appid": "wxtea",
        "kind": "mini_program",
        "name": "茶",
        "package_name": "com.example.tea",
        "app_signature": "f" * 32,
        "bundle_id": "com.example.tea",
        "universal_link": "https://tea.example/app/",
        "payment": "reviewing",
        "review": "refused",
        "mch_ids": ["1900000109"],
    }
    assert await control.post("/apps", wanted, 201) == wanted
    assert await control.get("/apps/wxtea") == wanted
    assert (await merchant.order("ORDER001", appid="wxtea"))["result_code"] == "SUCCESS"


async def test_only_an_android_app_has_a_package_of_its_own(control: Control) -> None:
    made = {kind: await control.post("/apps", {"kind": kind}, 201) for kind in ("app", "mini_program")}
    facts = {kind: (one.get("package_name"), one.get("app_signature")) for kind, one in made.items()}
    assert facts["app"] == ("com.example.shop", "0123456789abcdef0123456789abcdef")
    assert facts["mini_program"] == ("", "")


async def test_an_app_is_changed(control: Control) -> None:
    before = await control.get("/apps/wx8888888888888888")
    after = await control.call("PATCH", "/apps/wx8888888888888888", {"payment": "refused"})
    assert after == {**before, "payment": "refused"}


async def test_an_apps_signature_is_computed_from_its_certificate(control: Control) -> None:
    certificate = SigningCertificate()
    after = await control.call(
        "PATCH", "/apps/wx8888888888888888", {"signing_certificate": f"Certificate:\n{certificate.pem}"}
    )
    assert after["app_signature"] == certificate.md5
    wrong = [{"signing_certificate": "MIIC"}, {"signing_certificate": certificate.pem, "app_signature": "0" * 32}]
    for body in wrong:
        refused = await control.call("PATCH", "/apps/wx8888888888888888", body, 400)
        assert refused["error"]["field"] == "signing_certificate"


async def test_an_app_of_a_merchant_that_is_not_there_is_not_kept(control: Control) -> None:
    await control.post("/apps", {"appid": "wxtea", "mch_ids": ["1111111111"]}, 404)
    await control.get("/apps/wxtea", 404)


async def test_apps_are_listed_newest_first(control: Control) -> None:
    await control.post("/apps", {"appid": "wxtea"}, 201)
    assert [app["appid"] for app in (await control.get("/apps"))["items"]] == ["wxtea", "wx8888888888888888"]


async def test_an_apps_merchants_are_those_that_were_named_last(control: Control) -> None:
    first, second = [await control.post("/merchants", {"certificate": False}, 201) for _ in range(2)]
    await control.post("/apps", {"appid": "wxtea", "mch_ids": [first["mch_id"]]}, 201)
    changed = await control.call("PATCH", "/apps/wxtea", {"mch_ids": [second["mch_id"]]})
    assert changed["mch_ids"] == [second["mch_id"]]
    assert (await control.call("PATCH", "/apps/wxtea", {"name": "茶"}))["mch_ids"] == [second["mch_id"]]
    assert (await control.get(f"/merchants/{first['mch_id']}"))["appids"] == first["appids"]
    assert (await control.call("PATCH", "/apps/wxtea", {"mch_ids": []}))["mch_ids"] == []


async def test_an_app_of_a_sub_merchant_is_paired_with_its_provider_where_that_is_asked(control: Control) -> None:
    subs = [{"sub_mch_id": "1900000778", "sub_appids": ["wxsub"]}]
    provider = {"mch_id": "1900000777", "service_provider": True, "sub_merchants": subs, "certificate": False}
    opened = await control.post("/merchants", provider, 201)
    changed = await control.call("PATCH", "/apps/wxsub", {"mch_ids": ["1900000777"]})
    assert changed["mch_ids"] == ["1900000777"]
    assert (await control.get("/merchants/1900000777"))["appids"] == [*opened["appids"], "wxsub"]
    changed = await control.call("PATCH", "/apps/wxsub", {"mch_ids": []})
    assert changed["mch_ids"] == ["1900000777"], "it is still the sub-merchant's"
    assert (await control.get("/merchants/1900000777"))["appids"] == opened["appids"]


async def test_an_app_is_deleted_with_its_payers(control: Control) -> None:
    await control.post("/apps", {"appid": "wxtea"}, 201)
    await control.post("/payers", {"openid": OPENID, "appid": "wxtea"}, 201)
    assert await control.call("DELETE", "/apps/wxtea", None, 204) is None
    await control.get("/apps/wxtea", 404)
    assert "wxtea" not in {payer["appid"] for payer in (await control.get("/payers"))["items"]}
    assert (await control.call("DELETE", "/apps/wxtea", None, 404))["error"]["code"] == "app_unknown"


@pytest.mark.parametrize("way", ["its own", "a sub-merchant's"])
async def test_an_app_that_merchants_are_paired_with_stays(control: Control, way: str) -> None:
    paired = (
        {"appids": ["wxtea"]}
        if way == "its own"
        else {"sub_merchants": [{"sub_mch_id": "1900000778", "sub_appids": ["wxtea"]}]}
    )
    await control.post("/merchants", {"mch_id": "1900000777", "certificate": False, **paired}, 201)
    refused = await control.call("DELETE", "/apps/wxtea", None, 409)
    assert refused["error"]["code"] == "app_paired"
    assert "1900000777" in refused["error"]["message"]
    assert (await control.get("/apps/wxtea"))["mch_ids"] == ["1900000777"]


async def test_an_app_can_be_deleted_once_it_is_unpaired(merchant: Merchant, control: Control) -> None:
    await control.post("/apps", {"appid": "wxtea", "mch_ids": [merchant.mch_id]}, 201)
    await merchant.order("ORDER001", appid="wxtea")
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"appids": [merchant.appid]})
    await control.call("DELETE", "/apps/wxtea", None, 204)
    assert (await merchant.order("ORDER002", appid="wxtea"))["return_msg"] == "商户号mch_id与appid不匹配"
    assert (await control.pay("ORDER001"))["order"]["trade_state"] == "SUCCESS"


# -- payers ------------------------------------------------------------------------------------------------------------


async def test_a_payer_is_added_and_listed_newest_first(control: Control) -> None:
    added = await control.post("/payers", {"openid": OPENID, "appid": "wxtea", "balance_fen": 500}, 201)
    phone = {"device": "", "logged_in": True, "wechat_version": ""}
    assert added == {"openid": OPENID, "appid": "wxtea", "balance_fen": 500, "cards": None, **phone}
    assert (await control.get("/payers"))["items"][0] == added


async def test_a_payer_is_made_up_where_nothing_is_asked(control: Control) -> None:
    added = await control.post("/payers", {}, 201)
    assert re.fullmatch(r"o.{27}", added["openid"])
    assert (added["appid"], added["balance_fen"]) == ("wx8888888888888888", None)


async def test_a_payer_of_another_appid_is_a_409(control: Control) -> None:
    await control.post("/payers", {"openid": OPENID, "appid": "wxtea"}, 201)
    refused = await control.post("/payers", {"openid": OPENID, "appid": "wxcoffee"}, 409)
    assert refused["error"]["code"] == "account_taken"


async def test_lists_of_payers_come_in_parts(control: Control) -> None:
    for _ in range(4):
        await control.post("/payers", {}, 201)
    whole = (await control.get("/payers"))["items"]
    first = await control.get("/payers", limit="3")
    second = await control.get("/payers", limit="3", cursor=first["next"])
    assert first["items"] + second["items"] == whole
    assert second["next"] is None


async def pay_from(control: Control, openid: str, number: str) -> dict[str, object]:
    result: dict[str, object] = (await control.pay(number, openid=openid))["client_result"]
    return result


async def test_a_balance_that_is_too_low_is_a_cause_of_failure(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await control.post("/payers", {"openid": OPENID, "balance_fen": 99}, 201)
    await merchant.order("ORDER001")
    result = await pay_from(control, OPENID, "ORDER001")
    assert (result["errCode"], result["cause"]) == (-1, "balance")
    assert (await control.order("ORDER001"))["trade_state"] == "NOTPAY"
    await control.advance(60)
    assert inbox.received == []


async def test_a_balance_shrinks_by_what_was_paid(merchant: Merchant, control: Control) -> None:
    await control.post("/payers", {"openid": OPENID, "balance_fen": 150}, 201)
    await merchant.order("ORDER001")
    await merchant.order("ORDER002")
    assert (await pay_from(control, OPENID, "ORDER001"))["errCode"] == 0
    assert (await pay_from(control, OPENID, "ORDER002"))["cause"] == "balance"
    payers = (await control.get("/payers"))["items"]
    assert {one["openid"]: one["balance_fen"] for one in payers}[OPENID] == 50


async def test_a_new_balance_lets_the_payer_pay(merchant: Merchant, control: Control) -> None:
    for balance in (0, 100):
        await control.post("/payers", {"openid": OPENID, "balance_fen": balance}, 201)
    await merchant.order("ORDER001")
    assert (await pay_from(control, OPENID, "ORDER001"))["errCode"] == 0


# -- the configuration file --------------------------------------------------------------------------------------------

ACCOUNTS: dict[str, list[dict[str, object]]] = {
    "merchants": [{"mch_id": "1230000109", "name": "茶铺", "appids": ["wxtea"], "api_key": "k" * 32}],
    "apps": [{"appid": "wxcoffee", "kind": "mini_program", "mch_ids": ["1230000109"]}],
    "payers": [{"openid": OPENID, "appid": "wxtea", "balance_fen": 1000}],
}


@pytest.fixture
async def configured(kept_database: Place) -> AsyncIterator[Server]:
    running = await Server.start(Settings(port=0, **kept_database, accounts=ACCOUNTS))
    yield running
    await running.stop()


async def test_accounts_of_the_configuration_are_made_at_start(configured: Server) -> None:
    async with aiohttp.ClientSession(configured.url) as session:
        control = Control(session, "1230000109")
        merchant = Merchant(session, "1230000109", "wxtea", "k" * 32, "http://127.0.0.1:9/notify")
        assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"
        assert (await merchant.order("ORDER002", appid="wxcoffee"))["result_code"] == "SUCCESS"
        assert (await control.pay("ORDER001", openid=OPENID))["order"]["openid"] == OPENID
        assert (await control.get("/merchants/1230000109"))["appids"] == ["wxtea", "wxcoffee"]


async def test_accounts_of_the_configuration_are_brought_up_to_date(kept_database: Place) -> None:
    for key in ("a" * 32, "b" * 32):
        accounts: dict[str, list[dict[str, object]]] = {
            "merchants": [{"mch_id": "1230000109", "appids": ["wxtea"], "api_key": key}]
        }
        running = await Server.start(Settings(port=0, **kept_database, accounts=accounts))
        async with aiohttp.ClientSession(running.url) as session:
            merchant = Merchant(session, "1230000109", "wxtea", key, "http://127.0.0.1:9/notify")
            assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"
        await running.stop()


@pytest.mark.parametrize(
    ("accounts", "sentence"),
    [
        ({"merchants": [{"mch_id": 1230000109}]}, "config: merchants, entry 1: .*mch_id"),
        ({"merchants": [{}, {"secret": "x"}]}, "config: merchants, entry 2: .*secret"),
        ({"merchants": [{"api_key": "short"}]}, "config: merchants, entry 1: api_key"),
        ({"apps": [{"mch_ids": ["1111111111"]}]}, "config: apps, entry 1: "),
        ({"apps": [{"signing_certificate": "MIIC"}]}, "config: apps, entry 1: .*PEM"),
        ({"payers": [{"openid": "nobody"}]}, "config: payers, entry 1: openid"),
        ({"payers": ["nobody"]}, "config: payers, entry 1: "),
    ],
)
async def test_a_wrong_entry_stops_the_start_and_is_named(
    database: Place, accounts: dict[str, list[object]], sentence: str
) -> None:
    with pytest.raises(CannotStart, match=sentence):
        await Server.start(Settings(port=0, **database, accounts=accounts))  # type: ignore[arg-type]
