"""Orders as people and programs see and move them."""

from datetime import datetime

import pytest

from sandbox.core.causes import Cause
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.v2.test_accounts import PROVIDER

OPENID = "oSandboxPayer000000000000001"
H5 = '{"h5_info": {"type": "Wap"}}'


# -- one order ---------------------------------------------------------------------------------------------------------


async def test_an_order_shows_its_terms_and_links(merchant: Merchant, control: Control, session: object) -> None:
    placed = await merchant.order("ORDER001", attach="附加", sign_type="HMAC-SHA256")
    order = await control.order("ORDER001")
    base = str(merchant.session._base_url).rstrip("/")
    created, expires = order.pop("created_at"), order.pop("expires_at")
    assert (datetime.fromisoformat(expires) - datetime.fromisoformat(created)).days == 7
    assert created.endswith("+08:00")
    assert order == {
        "mch_id": merchant.mch_id,
        "appid": merchant.appid,
        "out_trade_no": "ORDER001",
        "trade_type": "NATIVE",
        "trade_state": "NOTPAY",
        "total_fee": 100,
        "fee_type": "CNY",
        "body": "龙井茶",
        "attach": "附加",
        "prepay_id": placed["prepay_id"],
        "code_url": placed["code_url"],
        "notify_url": merchant.notify_url,
        "face": "v2",
        "sign_type": "HMAC-SHA256",
        "cashier_url": f"{base}/cashier/{placed['prepay_id']}",
        "refunds": [],
        "notifications": [],
    }


async def test_a_paid_order_shows_its_payment_and_notification(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    paid = (await control.pay("ORDER001", bank_type="ICBC_DEBIT"))["order"]
    assert paid["trade_state"] == "SUCCESS"
    assert (paid["cash_fee"], paid["openid"], paid["bank_type"]) == (100, OPENID, "ICBC_DEBIT")
    assert paid["transaction_id"].startswith("42000")
    (notification,) = paid["notifications"]
    assert (notification["kind"], notification["state"]) == ("payment", "pending")
    assert notification["url"] == merchant.notify_url


async def test_a_number_with_every_sign_is_found(merchant: Merchant, control: Control) -> None:
    await merchant.order("a_b-c|d*e@f")
    assert (await control.get(f"/orders/{merchant.mch_id}/a_b-c%7Cd*e@f"))["out_trade_no"] == "a_b-c|d*e@f"


# -- lists -------------------------------------------------------------------------------------------------------------


async def test_orders_are_listed_newest_first_in_parts(merchant: Merchant, control: Control) -> None:
    for number in range(5):
        await merchant.order(f"ORDER{number}")
    first = await control.get("/orders", limit="2")
    second = await control.get("/orders", limit="2", cursor=first["next"])
    third = await control.get("/orders", limit="2", cursor=second["next"])
    found = [one["out_trade_no"] for part in (first, second, third) for one in part["items"]]
    assert found == ["ORDER4", "ORDER3", "ORDER2", "ORDER1", "ORDER0"]
    assert third["next"] is None
    assert "notifications" not in first["items"][0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"mch_id": "1900000109"}, ["MWEB0001", "CLOSED01", "PAID0001"]),
        ({"mch_id": "1111111111"}, []),
        ({"out_trade_no": "PAID0001"}, ["PAID0001"]),
        ({"trade_state": "SUCCESS"}, ["PAID0001"]),
        ({"trade_state": "CLOSED"}, ["CLOSED01"]),
        ({"trade_state": "NOTPAY"}, ["MWEB0001"]),
        ({"trade_state": "REFUND"}, []),
        ({"trade_type": "MWEB"}, ["MWEB0001"]),
        ({"trade_type": "NATIVE", "trade_state": "NOTPAY"}, []),
    ],
)
async def test_a_list_holds_what_was_asked_for(
    merchant: Merchant, control: Control, query: dict[str, str], found: list[str]
) -> None:
    await merchant.order("PAID0001")
    await control.pay("PAID0001")
    await merchant.order("CLOSED01")
    await merchant.close("CLOSED01")
    await merchant.order("MWEB0001", trade_type="MWEB", scene_info=H5)
    assert [one["out_trade_no"] for one in (await control.get("/orders", **query))["items"]] == found


# -- the timeline ------------------------------------------------------------------------------------------------------


async def test_a_timeline_tells_everything_in_order(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001", outcome="cancel")
    await control.pay("ORDER001", outcome="error", reason="bank-refused")
    await control.pay("ORDER001")
    await control.advance(0)
    await merchant.query("ORDER001")
    lines = await control.timeline("ORDER001")
    told = [(line["kind"], line.get("name") or line.get("path") or line.get("verdict")) for line in lines]
    assert [one for one in told if not str(one[1]).startswith("warning_") and one[0] != "clock"] == [
        ("api", "/pay/unifiedorder"),
        ("payer", "cancelled"),
        ("wechat", "payment_failed"),
        ("payer", "paid"),
        ("notification", "ok"),
        ("api", "/pay/orderquery"),
    ]
    assert all(line["summary"] for line in lines)
    ids = [line["id"] for line in lines]
    assert ids == sorted(ids)


async def test_a_timeline_keeps_the_messages_word_for_word(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", body="茶 & 杯")
    call = (await control.timeline("ORDER001"))[0]
    assert call["request"]["method"] == "POST"
    assert "<body>茶 &amp; 杯</body>" in call["request"]["body"]
    assert call["reply"]["status"] == 200
    assert call["reply"]["body"].startswith("<xml><return_code><![CDATA[SUCCESS]]>")
    assert ["Content-Type", "text/plain"] in call["reply"]["headers"]
    assert call["duration_ms"] > 0


async def test_a_timeline_shows_bytes_that_are_no_text(merchant: Merchant, control: Control) -> None:
    await merchant.post("/pay/unifiedorder", b"<xml>\xff</xml>")
    (call,) = (await control.get("/journal"))["items"]
    assert call["request"]["body_base64"] == "PHhtbD7/PC94bWw+"
    assert "body" not in call["request"]


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"notify_url": "http://shop.example/notify?a=1"}, "warning_notify_url_query"),
        ({"notify_url": "http://shop.example"}, "warning_notify_url_no_path"),
        ({"notify_url": "http://192.168.1.5/notify"}, "warning_notify_url_local"),
        ({"notify_url": "http://localhost/notify"}, "warning_notify_url_local"),
        ({"spbill_create_ip": ""}, "warning_spbill_create_ip_empty"),
        ({"spbill_create_ip": "2001:db8::1"}, "warning_spbill_create_ip_v6"),
        ({"product_id": None}, "warning_product_id_missing"),
    ],
)
async def test_what_only_the_real_server_refuses_is_warned_about(
    merchant: Merchant, control: Control, fields: dict[str, str], warning: str
) -> None:
    await merchant.order("ORDER001", **fields)
    lines = await control.timeline("ORDER001")
    assert warning in [line.get("name") for line in lines]
    assert all("{" not in line["summary"] for line in lines)


async def test_an_order_that_has_nothing_strange_has_no_warning(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", notify_url="https://shop.example/notify")
    assert [line["kind"] for line in await control.timeline("ORDER001")] == ["api"]


@pytest.mark.parametrize(("lang", "word"), [("zh", "付款人"), ("en", "The payer")])
async def test_a_timeline_speaks_the_readers_language(
    merchant: Merchant, control: Control, lang: str, word: str
) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    items = (await control.get(f"/orders/{merchant.mch_id}/ORDER001/timeline", lang=lang))["items"]
    assert any(line["summary"].startswith(word) for line in items)


# -- paying ------------------------------------------------------------------------------------------------------------


async def test_without_a_body_the_payer_pays(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    answer = await control.post(f"/orders/{merchant.mch_id}/ORDER001/pay")
    assert answer["order"]["trade_state"] == "SUCCESS"
    assert answer["client_result"] == {"errCode": 0, "errStr": ""}


@pytest.mark.parametrize("cause", Cause)
async def test_each_cause_of_a_failure_has_its_words(
    merchant: Merchant, control: Control, inbox: Inbox, cause: Cause
) -> None:
    await merchant.order("ORDER001")
    answer = await control.pay("ORDER001", outcome="error", reason=cause.value)
    assert answer["client_result"] == {"errCode": -1, "errStr": cause.err_str, "cause": cause.value}
    assert answer["order"]["trade_state"] == "NOTPAY"
    assert answer["order"]["notifications"] == []
    assert (await control.pay("ORDER001"))["client_result"]["errCode"] == 0


def test_no_two_causes_share_their_words() -> None:
    assert len({cause.err_str for cause in Cause}) == len(Cause) == 16


async def test_a_failure_without_a_reason_is_another_one(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    assert (await control.pay("ORDER001", outcome="error"))["client_result"]["cause"] == "other"


async def test_a_cancelled_payment_leaves_the_order_payable(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await merchant.order("ORDER001")
    answer = await control.pay("ORDER001", outcome="cancel")
    assert answer["client_result"] == {"errCode": -2, "errStr": ""}
    assert answer["order"]["trade_state"] == "NOTPAY"
    await control.advance(60)
    assert inbox.received == []
    await control.pay("ORDER001")


@pytest.mark.parametrize(
    ("outcome", "err_msg"),
    [
        ("success", "get_brand_wcpay_request:ok"),
        ("cancel", "get_brand_wcpay_request:cancel"),
        ("error", "get_brand_wcpay_request:fail"),
    ],
)
async def test_a_page_gets_its_own_words(merchant: Merchant, control: Control, outcome: str, err_msg: str) -> None:
    await merchant.order("ORDER001", trade_type="JSAPI", openid=OPENID)
    assert (await control.pay("ORDER001", outcome=outcome))["client_result"]["err_msg"] == err_msg


@pytest.mark.parametrize("outcome", ["success", "cancel", "error"])
async def test_a_paid_order_cannot_be_paid_again(merchant: Merchant, control: Control, outcome: str) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    assert (await control.pay("ORDER001", outcome=outcome, status=409))["error"]["code"] == "order_paid"
    assert len((await control.order("ORDER001"))["notifications"]) == 1


async def test_an_order_without_credit_refuses_a_credit_card(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", limit_pay="no_credit")
    refused = await control.pay("ORDER001", bank_type="CMB_CREDIT", status=409)
    assert refused["error"]["code"] == "credit_forbidden"
    await control.pay("ORDER001", bank_type="CMB_DEBIT")


async def test_another_person_may_pay(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    stranger = "oNobodyHasSeenThisOneYet0001"
    assert (await control.pay("ORDER001", openid=stranger))["order"]["openid"] == stranger


async def test_a_person_of_another_appid_cannot_pay(merchant: Merchant, control: Control) -> None:
    stranger = "oNobodyHasSeenThisOneYet0001"
    await control.post("/payers", {"openid": stranger, "appid": "wxtea"}, 201)
    await merchant.order("ORDER001")
    refused = await control.pay("ORDER001", openid=stranger, status=400)
    assert refused["error"]["code"] == "openid_invalid"
    assert (await control.order("ORDER001"))["trade_state"] == "NOTPAY"


async def test_a_sub_merchants_order_is_paid_by_its_number(merchant: Merchant, control: Control) -> None:
    opened = await control.post("/merchants", {**PROVIDER, "certificate": False}, 201)
    provider = Merchant(merchant.session, opened["mch_id"], "wxprovider", opened["api_key"], merchant.notify_url)
    for sub_mch_id in ("1900000201", "1900000202"):
        await provider.order("ORDER001", sub_mch_id=sub_mch_id)
    path = f"/orders/{provider.mch_id}/ORDER001/pay"
    assert (await control.post(path, {}, 409))["error"]["code"] == "order_ambiguous"
    paid = await control.call("POST", path, {}, sub_mch_id="1900000202")
    assert paid["order"]["sub_mch_id"] == "1900000202"


# -- notifications -----------------------------------------------------------------------------------------------------


async def test_an_unpaid_order_has_nothing_to_notify(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    refused = await control.post(f"/orders/{merchant.mch_id}/ORDER001/notify", {}, 409)
    assert refused["error"]["code"] == "order_unpaid"


async def test_a_notification_is_sent_again_on_request(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    order = await control.post(f"/orders/{merchant.mch_id}/ORDER001/notify")
    assert len(order["notifications"][0]["attempts"]) == len(inbox.received) == 2
    assert inbox.received[0].body == inbox.received[1].body


async def test_a_fault_is_known_by_its_former_name(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    order = await control.post(f"/orders/{merchant.mch_id}/ORDER001/notify", {"fault": "malformed-xml"})
    assert [one.get("fault") for one in order["notifications"]] == [None, "malformed-body"]
    assert "</xml>" not in inbox.received[-1].body


async def test_a_notification_is_found_by_its_id_and_retried(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(0)
    (listed,) = (await control.get("/notifications"))["items"]
    assert await control.get(f"/notifications/{listed['id']}") == listed
    inbox.answer(200)
    retried = await control.post(f"/notifications/{listed['id']}/retry")
    assert retried["state"] == "delivered"
    assert [attempt["n"] for attempt in retried["attempts"]] == [1, 2]
    assert "next_at" not in retried


async def test_an_attempt_shows_request_and_reply(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    inbox.answer(500, "<h1>掉线了</h1>")
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(0)
    (attempt,) = (await control.notification("ORDER001"))["attempts"]
    assert attempt["request"]["body"] == inbox.received[0].body
    assert attempt["reply"]["status"] == 500
    assert attempt["reply"]["body"] == "<h1>掉线了</h1>"
    assert (attempt["n"], attempt["verdict"]) == (1, "http_status")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["FAILED01", "TOLD0001"]),
        ({"state": "delivered"}, ["TOLD0001"]),
        ({"state": "pending"}, ["FAILED01"]),
        ({"state": "given_up"}, []),
        ({"out_trade_no": "TOLD0001"}, ["TOLD0001"]),
        ({"mch_id": "1111111111"}, []),
        ({"limit": "1"}, ["FAILED01"]),
    ],
)
async def test_notifications_are_listed_newest_first(
    merchant: Merchant, control: Control, inbox: Inbox, query: dict[str, str], found: list[str]
) -> None:
    for number, status in (("TOLD0001", 200), ("FAILED01", 500)):
        inbox.answer(status)
        await merchant.order(number)
        await control.pay(number)
        await control.advance(0)
    assert [one["out_trade_no"] for one in (await control.get("/notifications", **query))["items"]] == found
