"""Each setting of an app and of a payer, as the client feels it: the wrong value in its own words, and the mend."""

from typing import Any

import aiohttp
import pytest

from sandbox.core.causes import Cause
from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.wechat.conftest import Phone

APPID = "wx8888888888888888"
APP, PAYER = f"/apps/{APPID}", "/payers/oSandboxPayer000000000000001"
OURS = "f" * 32
CARD = "CMB_DEBIT"

SETTINGS = [
    # the account, what is wrong in it, its mend, through what is paid, what the phone says, the cause
    (APP, {"kind": "official_account"}, {"kind": "app"}, "app", {}, Cause.APPID_MISMATCH),
    (APP, {"kind": "mini_program"}, {"kind": "app"}, "app", {}, Cause.APPID_MISMATCH),
    (APP, {"kind": "mini_program"}, {"kind": "official_account"}, "page", {}, Cause.APPID_MISMATCH),
    (APP, {"kind": "official_account"}, {"kind": "mini_program"}, "mini", {}, Cause.APPID_MISMATCH),
    (APP, {"payment": "not_applied"}, {"payment": "opened"}, "app", {}, Cause.NO_PERMISSION),
    (APP, {"payment": "reviewing"}, {"payment": "opened"}, "page", {}, Cause.NO_PERMISSION),
    (APP, {"payment": "refused"}, {"payment": "opened"}, "mini", {}, Cause.NO_PERMISSION),
    *(
        (APP, {"kind": kind, "review": review}, {"review": "passed"}, channel, {}, Cause.NO_PERMISSION)
        for kind, channel in (("app", "app"), ("official_account", "page"), ("mini_program", "mini"))
        for review in ("reviewing", "refused")
    ),
    *(
        (APP, {name: wrong}, {name: right}, "app", {name: right}, Cause.APP_SIGNATURE)
        for name, wrong, right in (
            ("package_name", "com.example.other", "com.example.tea"),
            ("app_signature", "e" * 32, OURS),
            ("bundle_id", "", "com.example.tea"),
        )
    ),
    (PAYER, {"logged_in": False}, {"logged_in": True}, "app", {}, Cause.LOGGED_OUT),
    (PAYER, {"wechat_version": "4.5.1"}, {"wechat_version": "8.0.49"}, "page", {}, Cause.TOO_OLD),
    (PAYER, {"balance_fen": 99}, {"balance_fen": 100}, "app", {}, Cause.BALANCE),
    (
        PAYER,
        {"balance_fen": 0, "cards": [{"bank_type": CARD, "balance_fen": 99}]},
        {"cards": [{"bank_type": CARD, "balance_fen": 100}]},
        "mini",
        {},
        Cause.BALANCE,
    ),
    (PAYER, {"balance_fen": 0, "cards": []}, {"cards": None, "balance_fen": None}, "page", {}, Cause.BALANCE),
]


@pytest.fixture
def phone(session: aiohttp.ClientSession, merchant: Merchant) -> Phone:
    return Phone(session, merchant)


async def invoked(phone: Phone, channel: str, prepay_id: str, **more: Any) -> dict[str, Any]:
    """What the client says to an app, a page or a mini program."""
    if channel == "app":
        return await phone.call("app", phone.app_fields(prepay_id), **more)
    api = "requestPayment" if channel == "mini" else "getBrandWCPayRequest"
    return await phone.call("jsapi", phone.page_fields(prepay_id), api=api, **more)


@pytest.mark.parametrize(("account", "wrong", "right", "channel", "device", "cause"), SETTINGS)
async def test_a_wrong_setting_is_felt_and_mended(
    phone: Phone,
    control: Control,
    account: str,
    wrong: dict[str, Any],
    right: dict[str, Any],
    channel: str,
    device: dict[str, str],
    cause: Cause,
) -> None:
    prepay_id = await phone.place("S1", "APP" if channel == "app" else "JSAPI")
    await control.call("PATCH", account, wrong)
    refused = await invoked(phone, channel, prepay_id, device=device, outcome="success")
    assert (refused["errCode"], refused["cause"], refused["errStr"]) == (-1, cause, cause.err_str)
    assert (await control.order("S1"))["trade_state"] == "NOTPAY"
    await control.call("PATCH", account, right)
    paid = await invoked(phone, channel, prepay_id, device=device, outcome="success")
    assert (paid["errCode"], (await control.order("S1"))["trade_state"]) == (0, "SUCCESS")


async def test_an_unpaired_app_gets_no_order_until_it_is_paired(
    phone: Phone, merchant: Merchant, control: Control
) -> None:
    await control.call("PATCH", APP, {"mch_ids": []})
    assert (await merchant.order("S1", trade_type="APP"))["return_msg"] == "商户号mch_id与appid不匹配"
    await control.call("PATCH", APP, {"mch_ids": ["1900000109"]})
    prepay_id = await phone.place("S1", "APP")
    assert (await invoked(phone, "app", prepay_id, outcome="success"))["errCode"] == 0


async def test_an_app_that_is_unpaired_after_the_order_cannot_pay_it(phone: Phone, control: Control) -> None:
    for number, channel in (("S1", "app"), ("S2", "page")):
        prepay_id = await phone.place(number, "APP" if channel == "app" else "JSAPI")
        await control.call("PATCH", APP, {"mch_ids": []})
        refused = await invoked(phone, channel, prepay_id, outcome="success")
        assert (refused["errCode"], refused["errStr"]) == (-1, "商户传入的appid参数不正确")
        assert APPID in refused["explanation"]
        assert "1900000109" in refused["explanation"]
        await control.call("PATCH", APP, {"mch_ids": ["1900000109"]})
        assert (await invoked(phone, channel, prepay_id, outcome="success"))["errCode"] == 0


async def test_a_sub_appid_that_is_unpaired_after_the_order_cannot_pay_it(phone: Phone, control: Control) -> None:
    def subs(*sub_appids: str) -> list[dict[str, Any]]:
        return [{"sub_mch_id": "1900000201", "sub_appids": sub_appids}]

    terms = {"appids": ["wxprovider"], "service_provider": True, "sub_merchants": subs("wxsub"), "certificate": False}
    opened = await control.post("/merchants", terms, 201)
    provider = Phone(phone.session, Merchant.opened(phone.session, opened, ""))
    named = {"sub_mch_id": "1900000201", "sub_appid": "wxsub", "notify_url": "http://127.0.0.1:9/notify"}
    request = provider.app_fields(await provider.place("S1", "APP", **named), appid="wxsub")
    for sub_appids, code in (((), -1), (("wxsub",), None)):
        await control.call("PATCH", f"/merchants/{opened['mch_id']}", {"sub_merchants": subs(*sub_appids)})
        assert (await provider.call("app", request))["errCode"] == code


async def test_the_explanation_tells_what_the_open_platform_has(phone: Phone, control: Control) -> None:
    prepay_id = await phone.place("S1", "APP")
    await control.call("PATCH", APP, {"review": "reviewing"})
    assert "reviewing" in (await invoked(phone, "app", prepay_id))["explanation"]
    await control.call("PATCH", APP, {"review": "passed", "kind": "mini_program"})
    assert "mini_program" in (await invoked(phone, "app", prepay_id))["explanation"]


async def test_a_wrong_universal_link_pays_and_is_warned_of(phone: Phone, control: Control) -> None:
    device, told = {"universal_link": "https://tea.example/app/"}, []
    for registered in ("https://tea.example/other/", "https://tea.example/app/"):
        await control.call("PATCH", APP, {"universal_link": registered})
        prepay_id = await phone.place("S1", "APP")
        assert (await invoked(phone, "app", prepay_id, device=device))["errCode"] is None
        told.append((await control.timeline("S1"))[-1]["facts"].get("explanation"))
    assert told == ["universal_link", None]


async def test_the_phones_name_is_only_a_name(phone: Phone, control: Control) -> None:
    await control.call("PATCH", PAYER, {"device": "iPhone 15"})
    prepay_id = await phone.place("S1", "JSAPI")
    assert (await invoked(phone, "page", prepay_id, outcome="success"))["errCode"] == 0


async def test_settings_are_in_force_for_an_order_that_exists(phone: Phone, control: Control) -> None:
    prepay_id = await phone.place("S1", "JSAPI")
    for value, code in (("refused", -1), ("passed", None)):
        await control.call("PATCH", APP, {"review": value})
        assert (await invoked(phone, "page", prepay_id))["errCode"] == code
    told = (await control.get(f"{APP}/changes"))["items"]
    assert [(one["field"], one["before"], one["after"]) for one in told] == [
        ("review", "refused", "passed"),
        ("review", "passed", "refused"),
    ]
