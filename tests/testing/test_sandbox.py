"""`sandbox.testing.Sandbox`, for code with and without an event loop."""

import asyncio
import inspect
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args
from urllib.request import urlopen

import pytest

from sandbox.config import Settings
from sandbox.core.causes import Cause
from sandbox.signing.flat import sign
from sandbox.testing import AsyncClient, Client, ControlApiError, InternalError, NotInTime, Sandbox
from sandbox.testing.calls import Calls
from sandbox.testing.options import ServeSettings
from sandbox.testing.shapes import Reason
from sandbox.v2 import envelope
from tests.support.merchant import Inbox

NOBODY = "http://127.0.0.1:9/notify"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox(lang="en").start()
    yield running
    running.stop()


@pytest.fixture
def wxpay(sandbox: Sandbox) -> Iterator[Client]:
    client = sandbox.client()
    yield client
    client.delete_merchant()
    assert sandbox.errors() == []


# -- the payer ---------------------------------------------------------------------------------------------------------


def test_https_and_proxy_are_there_when_asked_for() -> None:
    sandbox = Sandbox(proxy_port=0).start()
    try:
        assert set(sandbox.ways) == {"https", "proxy", "ca"}
    finally:
        sandbox.stop()


def test_a_payer_pays(wxpay: Client) -> None:
    placed = wxpay.place("A001", notify_url=NOBODY, total_fee=1234)
    assert (placed.trade_state, placed.total_fee, placed.paid) == ("NOTPAY", 1234, False)
    assert placed.code_url.startswith("weixin://wxpay/bizpayurl?pr=")
    done = wxpay.pay("A001", bank_type="CMB_DEBIT")
    assert (done.client_result.err_code, done.order.paid, done.order.bank_type) == (0, True, "CMB_DEBIT")
    assert done.order.paid_at is not None
    assert wxpay.wait_paid("A001").transaction_id == done.order.transaction_id


def test_a_payer_cancels_or_fails(wxpay: Client) -> None:
    wxpay.place("A001", notify_url=NOBODY)
    assert wxpay.cancel("A001").client_result.err_code == -2
    failed = wxpay.fail("A001", "balance")
    assert (failed.client_result.err_code, failed.client_result.cause) == (-1, "balance")
    assert failed.client_result.err_str
    assert not failed.order.paid


def charge(wxpay: Client, auth_code: str, total_fee: int) -> dict[str, str]:
    """A payment by code as a backend asks for it."""
    fields = {
        "appid": wxpay.merchant.appid,
        "mch_id": wxpay.merchant.mch_id,
        "nonce_str": "1",
        "body": "a",
        "out_trade_no": "A001",
        "total_fee": str(total_fee),
        "spbill_create_ip": "127.0.0.1",
        "auth_code": auth_code,
    }
    body = envelope.build({**fields, "sign": sign(fields, wxpay.merchant.api_key)})
    with urlopen(f"{wxpay.url}/pay/micropay", body) as answer:
        return envelope.parse(answer.read())


def test_a_payer_shows_a_code_and_types_the_password(wxpay: Client) -> None:
    assert charge(wxpay, wxpay.auth_code(), 100_001)["err_code"] == "USERPAYING"
    assert wxpay.order("A001").trade_type == "MICROPAY"
    assert wxpay.password("A001").paid
    with pytest.raises(ControlApiError, match="not asked for a password"):
        wxpay.password("A001", "cancel")


def test_the_scenario_decides_where_no_outcome_is_asked_for(wxpay: Client) -> None:
    wxpay.scenario("no-money", {"payer": {"outcome": "error", "reason": "balance"}})
    wxpay.place("A001", notify_url=NOBODY)
    assert wxpay.pay("A001", scenario="no-money").client_result.cause == "balance"


@pytest.mark.parametrize("trade_type", ["NATIVE", "JSAPI", "APP", "MWEB"])
def test_an_order_of_each_kind_is_placed(wxpay: Client, trade_type: str) -> None:
    order = wxpay.place("A001", notify_url=NOBODY, trade_type=trade_type, attach="of my own")  # type: ignore[arg-type]
    assert (order.trade_type, order.attach) == (trade_type, "of my own")


def test_a_refused_order_says_why(wxpay: Client) -> None:
    wxpay.place("A001", notify_url=NOBODY)
    wxpay.pay("A001")
    with pytest.raises(ControlApiError, match="ORDERPAID: 该订单已支付"):
        wxpay.place("A001", notify_url=NOBODY)
    with pytest.raises(ControlApiError, match=r"/body/xml/notify_url.*通知地址"):
        wxpay.place("A002", notify_url="nowhere")


def test_the_wechat_client_is_asked_to_pay_by_an_app(wxpay: Client) -> None:
    order = wxpay.place("A001", notify_url=NOBODY, trade_type="APP")
    request = {
        "appid": wxpay.merchant.appid,
        "partnerid": wxpay.merchant.mch_id,
        "prepayid": order.prepay_id,
        "package": "Sign=WXPay",
        "noncestr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "timestamp": "1412000000",
    }
    refused = wxpay.invoke_app({**request, "sign": "0" * 32})
    assert (refused.err_code, refused.cause, refused.cashier_url) == (-1, "sign", None)
    assert refused.string_to_sign.startswith("appid=")
    signed = {**request, "sign": _sign(request, wxpay.merchant.api_key)}
    opened = wxpay.invoke_app(signed)
    assert (opened.err_code, opened.cashier_url) == (None, order.cashier_url)
    assert wxpay.invoke_app(signed, device={"logged_in": False}).cause == "logged-out"
    assert wxpay.invoke_app(signed, outcome="success").err_code == 0
    assert wxpay.order("A001").paid


def test_the_wechat_client_is_asked_to_pay_by_a_page(wxpay: Client) -> None:
    order = wxpay.place("A001", notify_url=NOBODY, trade_type="JSAPI", openid="o" + "x" * 27)
    request = {
        "appId": wxpay.merchant.appid,
        "timeStamp": "1412000000",
        "nonceStr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "package": f"prepay_id={order.prepay_id}",
        "signType": "MD5",
    }
    signed = {**request, "paySign": _sign(request, wxpay.merchant.api_key)}
    failed = wxpay.invoke_jsapi(signed, outcome="error", reason="risk")
    assert (failed.err_msg, failed.cause) == ("get_brand_wcpay_request:fail", "risk")
    assert wxpay.invoke_jsapi(signed, outcome="success").err_msg == "get_brand_wcpay_request:ok"


def _sign(fields: dict[str, str], key: str) -> str:
    from sandbox.signing.flat import sign

    return sign(fields, key)


# -- refunds -----------------------------------------------------------------------------------------------------------


def test_a_refund_is_ended_as_the_test_wants_it(wxpay: Client) -> None:
    wxpay.place("A001", notify_url=NOBODY)
    wxpay.pay("A001")
    for number in ("R1", "R2", "R3", "R4"):
        asked = wxpay.place_refund("A001", number, refund_fee=10, notify_url=NOBODY, refund_desc="late")
        assert (asked.refund_status, asked.refund_fee, asked.refund_desc) == ("PROCESSING", 10, "late")
        assert (asked.out_trade_no, asked.due_at is None) == ("A001", False)
    assert wxpay.refund("R1").refund_status == "SUCCESS"
    assert wxpay.refund("R2", "change").refund_status == "CHANGE"
    assert wxpay.refund("R3", outcome="close").refund_status == "REFUNDCLOSE"
    order = wxpay.wait_refunded("A001")
    assert [one.refund_status for one in order.refunds] == ["SUCCESS", "CHANGE", "REFUNDCLOSE", "PROCESSING"]
    assert "; refund R1 SUCCESS; refund R2 CHANGE;" in repr(order)
    assert [one.out_refund_no for one in wxpay.refunds()] == ["R4", "R3", "R2", "R1"]
    assert [one.out_refund_no for one in wxpay.refunds(refund_status="PROCESSING")] == ["R4"]
    wxpay.advance(60)
    assert wxpay.order("A001").refunds[3].success_at is not None
    with pytest.raises(ControlApiError, match="409 refund_ended"):
        wxpay.refund("R4")
    with pytest.raises(ControlApiError, match="404 refund_not_found"):
        wxpay.refund("R5")


async def test_a_refund_is_told_to_the_merchant(wxpay: Client, inbox: Inbox) -> None:
    await wxpay.aio.place("A001", notify_url=inbox.url)
    await wxpay.aio.pay("A001")
    assert (await wxpay.aio.place_refund("A001", "R1", notify_url=inbox.url)).refund_fee == 100
    assert (await wxpay.aio.refund("R1")).refund_status == "SUCCESS"
    await wxpay.aio.advance(0)
    told = (await wxpay.aio.notifications("A001"))[0]
    assert (told.kind, told.out_refund_no, told.state) == ("refund", "R1", "delivered")
    assert "req_info" in inbox.received[-1].fields


def test_the_merchants_money_is_seen_and_set(sandbox: Sandbox) -> None:
    wxpay = sandbox.client(balance_fen=5, rate="1%")
    wxpay.place("A001", notify_url=NOBODY)
    wxpay.pay("A001")
    assert wxpay.balance() == 5 + 100 - 1
    wxpay.set_balance(49)
    with pytest.raises(ControlApiError, match="NOTENOUGH"):
        wxpay.place_refund("A001", "R1", refund_fee=50, notify_url=NOBODY)
    wxpay.set_balance(50)
    wxpay.place_refund("A001", "R1", refund_fee=50, notify_url=NOBODY)
    assert wxpay.balance() == 0
    line = wxpay.ledger()[0]
    assert (line.movement, line.fen, line.account, line.balance) == ("refund", 50, "Basic", 0)
    assert (line.out_trade_no, line.out_refund_no) == ("A001", "R1")
    assert [one.movement for one in wxpay.ledger()][-1] == "top_up"
    wxpay.delete_merchant()


# -- looking and expecting ---------------------------------------------------------------------------------------------


def test_orders_are_listed_newest_first_and_chosen(wxpay: Client) -> None:
    for number in ("A001", "A002", "A003"):
        wxpay.place(number, notify_url=NOBODY)
    wxpay.pay("A002")
    assert [order.out_trade_no for order in wxpay.orders()] == ["A003", "A002", "A001"]
    assert [order.out_trade_no for order in wxpay.orders(trade_state="SUCCESS")] == ["A002"]


def test_a_long_list_comes_whole(wxpay: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.testing.calls.LARGEST_PART", 2)
    for number in range(5):
        wxpay.place(f"A00{number}", notify_url=NOBODY)
    assert len(wxpay.orders()) == 5
    assert len(wxpay.journal(path="/pay/unifiedorder")) == 5
    assert len(wxpay.journal(path="/pay/unifiedorder", limit=3)) == 3


def test_the_journal_is_asked(wxpay: Client) -> None:
    wxpay.place("A001", notify_url=NOBODY, body="longjing")
    wxpay.place("A002", notify_url=NOBODY)
    with pytest.raises(ControlApiError):
        wxpay.place("A003", notify_url="nowhere")
    assert [one.out_trade_no for one in wxpay.journal(outcome="failed")] == ["A003"]
    assert [one.out_trade_no for one in wxpay.journal(contains="longjing")] == ["A001"]
    call = wxpay.journal(out_trade_no="A002")[0]
    assert (call.signature, call.request.method if call.request else "") == ("ok", "POST")
    assert wxpay.journal(since=call.at, outcome="ok") == [call]


def test_calls_as_expected_are_verified(wxpay: Client) -> None:
    wxpay.place("A001", notify_url=NOBODY, attach="spring")
    found = wxpay.verify(path="/pay/unifiedorder", fields={"attach": "spring", "detail": {"absent": True}}, count=1)
    assert [one.out_trade_no for one in found.items] == ["A001"]
    wxpay.verify(path="/pay/closeorder", count=0)
    wxpay.verify(in_order=[{"out_trade_no": "A001", "outcome": "ok"}])


def test_calls_not_as_expected_are_an_assertion_that_names_the_nearest(wxpay: Client) -> None:
    wxpay.place("A001", notify_url=NOBODY, attach="spring")
    with pytest.raises(AssertionError) as failed:
        wxpay.verify(path="/pay/unifiedorder", fields={"attach": "summer"}, count={"at_least": 1})
    assert "almost: POST /pay/unifiedorder: ok" in str(failed.value)
    assert "fields.attach: expected 'summer', got 'spring'" in str(failed.value)


def test_waiting_for_a_call(wxpay: Client) -> None:
    merchant = threading.Timer(0.05, wxpay.place, ["A001"], {"notify_url": NOBODY})
    merchant.start()
    assert wxpay.wait_called(path="/pay/unifiedorder", out_trade_no="A001").count == 1
    merchant.join()
    with pytest.raises(NotInTime, match=r"fields\.attach: expected 'summer', got None"):
        wxpay.wait_called(0.01, path="/pay/unifiedorder", fields={"attach": "summer"})


def test_waiting_in_vain_says_how_far_things_have_got(wxpay: Client) -> None:
    wxpay.place("A001", notify_url=NOBODY)
    wxpay.pay("A001")
    wxpay.notify("A001")
    with pytest.raises(TimeoutError) as late:
        wxpay.wait_notified("A001", timeout=0.01)
    told = str(late.value)
    assert "A001 was not notified within 0.01 s. <Order A001 SUCCESS, NATIVE, 100 fen; payment notification" in told
    assert "the last: refused (127.0.0.1:9 refused the connection" in told
    with pytest.raises(NotInTime, match=r"A002 was not closed within 0\.01 s\. No such order was placed"):
        wxpay.wait_closed("A002", timeout=0.01)


# -- notifications, time, scenarios ------------------------------------------------------------------------------------


async def test_coroutines_with_the_merchant_in_their_own_loop(inbox: Inbox) -> None:
    async with Sandbox() as wxpay:
        await wxpay.place("A001", notify_url=inbox.url)
        await wxpay.pay("A001")
        order = await wxpay.wait_notified("A001")
        assert [one.state for one in order.notifications] == ["delivered"]
        assert (await wxpay.timeline("A001"))[-1].verdict == "ok"
        assert [one.state for one in await wxpay.notifications("A001")] == ["delivered"]
    assert [one.fields["out_trade_no"] for one in inbox.received] == ["A001"]


async def test_a_bad_reply_shows_in_the_notification(wxpay: Client, inbox: Inbox) -> None:
    inbox.answer(500)
    await wxpay.aio.place("A001", notify_url=inbox.url)
    await wxpay.aio.pay("A001")
    order = await wxpay.aio.notify("A001")
    notification = order.notifications[0]
    assert notification.attempts[-1].verdict == "http_status"
    assert notification.attempts[-1].fix
    assert notification.standing.startswith("pending after ")
    assert "; the last: http_status (" in repr(notification)


def test_time_is_moved_and_given_back(wxpay: Client, sandbox: Sandbox) -> None:
    other = sandbox.client()
    assert wxpay.advance(3600).advanced == 3600
    assert (wxpay.clock().now - other.clock().now).total_seconds() == pytest.approx(3600, abs=5)
    assert wxpay.scale(60).scale == 60
    assert wxpay.reset_clock().advanced == 0
    other.delete_merchant()


def test_scenarios_are_put_applied_and_ended(wxpay: Client) -> None:
    mine = wxpay.scenario("pays-later", "payer: {after: 1h}\nnotify: none\n")
    assert (mine.name, mine.source) == ("pays-later", "api")
    assert "pays-later" in [one.name for one in wxpay.scenarios()]
    applied = wxpay.apply("pays-later", next=True)
    assert [(one.mch_id, one.next) for one in applied.applied_to] == [(wxpay.merchant.mch_id, True)]
    assert wxpay.place("A001", notify_url=NOBODY).scenario == "pays-later"
    wxpay.advance(3601)
    assert wxpay.order("A001").paid
    wxpay.apply("pays-later")
    assert wxpay.end("pays-later").applied_to == []


def test_a_forged_notification_is_sent_now(wxpay: Client) -> None:
    wxpay.place("A001", notify_url=NOBODY)
    wxpay.pay("A001")
    forged = wxpay.notify("A001", fault="wrong-sign").notifications[-1]
    assert (forged.fault, forged.hostile, forged.once, len(forged.attempts)) == ("wrong-sign", True, True, 1)


def test_a_refusal_names_code_and_field(wxpay: Client) -> None:
    with pytest.raises(ControlApiError, match="order_not_found") as refused:
        wxpay.pay("NOBODY")
    assert refused.value.status == 404
    with pytest.raises(ControlApiError) as refused:
        wxpay.scenario("bad", {"notify": [{"fault": "wrong-sing"}]})
    assert refused.value.field == "notify[0].fault"
    assert "wrong-sign" in refused.value.message


# -- merchants ---------------------------------------------------------------------------------------------------------


def test_a_merchant_is_all_that_a_backend_needs(wxpay: Client) -> None:
    known = wxpay.merchant
    assert wxpay.environment() == {
        "WXPAY_BASE_URL": wxpay.url,
        "WXPAY_MCH_ID": known.mch_id,
        "WXPAY_APPID": known.appid,
        "WXPAY_API_KEY": known.api_key,
        "WXPAY_API_V3_KEY": known.api_v3_key,
    }
    assert len(wxpay.openid) == 28
    assert wxpay.credentials().certificate.startswith("-----BEGIN CERTIFICATE-----")


def test_keys_are_made_when_one_is_first_read_and_stay(wxpay: Client) -> None:
    assert wxpay._calls.merchant.private_key == ""  # the merchant was made without them
    known, shown = wxpay.merchant, wxpay.credentials()
    for name in ("private_key", "certificate", "serial_no", "platform_certificate", "platform_serial_no"):
        assert getattr(known, name) == getattr(shown, name)
    assert known.platform_public_key == shown.platform_public_key
    assert known.platform_public_key_id == shown.platform_public_key_id
    assert known.private_key.startswith("-----BEGIN PRIVATE KEY-----")


def test_files_are_those_of_merchant_export(wxpay: Client, tmp_path: Path) -> None:
    folder = wxpay.export(tmp_path / "new")
    assert {one.name for one in folder.iterdir()} == {
        *("apiclient_key.pem", "apiclient_cert.pem", "apiclient_cert.p12", "platform_cert.pem", "pub_key.pem"),
        *("ca.pem", "settings.env"),
    }
    assert (folder / "apiclient_key.pem").read_text() == wxpay.merchant.private_key
    assert f"WXPAY_SERIAL_NO={wxpay.merchant.serial_no}\n" in (folder / "settings.env").read_text()


def test_a_merchant_of_public_key_mode_has_no_platform_certificate(sandbox: Sandbox) -> None:
    client = sandbox.client(platform_identity="public_key")
    assert client.merchant.platform_certificate == ""
    assert client.merchant.platform_public_key_id.startswith("PUB_KEY_ID_")
    client.delete_merchant()


def test_another_merchant_sees_nothing_of_the_first_and_goes_with_it(sandbox: Sandbox) -> None:
    first = sandbox.client()
    first.place("A001", notify_url=NOBODY)
    other = first.new_merchant(name="other", products={"NATIVE": "not_opened"})
    assert other.orders() == []
    with pytest.raises(ControlApiError, match="NOAUTH"):
        other.place("A001", notify_url=NOBODY)
    first.delete_merchant()
    with pytest.raises(ControlApiError, match="merchant_unknown"):
        other.credentials()


def test_resetting_forgets_orders_and_calls(wxpay: Client) -> None:
    wxpay.place("A001", notify_url=NOBODY)
    wxpay.reset()
    assert (wxpay.orders(), wxpay.journal()) == ([], [])


def test_merchants_are_used_by_many_threads_at_once(sandbox: Sandbox) -> None:
    def buy(number: int) -> list[str]:
        wxpay = sandbox.client()
        wxpay.place(f"A{number:03}", notify_url=NOBODY)
        wxpay.pay(f"A{number:03}")
        found = [order.out_trade_no for order in wxpay.orders()]
        wxpay.delete_merchant()
        return found

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(buy, range(32))) == [[f"A{number:03}"] for number in range(32)]


def test_a_client_outlives_an_event_loop(wxpay: Client) -> None:
    asyncio.run(wxpay.aio.place("A001", notify_url=NOBODY))
    assert asyncio.run(wxpay.aio.order("A001")).out_trade_no == "A001"


# -- running it --------------------------------------------------------------------------------------------------------


def test_it_keeps_what_a_data_dir_is_given(tmp_path: Path) -> None:
    with Sandbox(data_dir=tmp_path) as wxpay:
        wxpay.place("A001", notify_url=NOBODY)
        mch_id = wxpay.merchant.mch_id
    running = Sandbox(data_dir=tmp_path).start()
    with pytest.raises(ControlApiError, match="account_taken"):
        running.client(mch_id=mch_id)
    running.stop()


def test_it_takes_accounts_as_a_configuration_file_does() -> None:
    mine = {"mch_id": "1230000109", "appids": ["wx2421b1c4370ec43b"], "products": {"APP": "pending"}}
    with Sandbox(merchants=[mine]) as wxpay:
        assert wxpay.new_merchant(appids=["wx2421b1c4370ec43b"]).merchant.appid == "wx2421b1c4370ec43b"
        with pytest.raises(ControlApiError, match="account_taken"):
            wxpay.new_merchant(mch_id="1230000109")


def test_beyond_loopback_it_makes_itself_a_token() -> None:
    with Sandbox(host="0.0.0.0") as wxpay:
        assert wxpay.place("A001", notify_url=NOBODY).out_trade_no == "A001"


def test_a_misspelt_setting_is_named() -> None:
    with pytest.raises(TypeError, match=r"has no setting sed; it has .*seed"):
        Sandbox(sed=1)  # type: ignore[call-arg]


def test_a_sandbox_that_cannot_start_leaves_nothing_running() -> None:
    before = threading.active_count()
    with pytest.raises(Exception, match="notify_allow"):
        Sandbox(notify_allow=["no/such/network"]).start()
    assert threading.active_count() == before


def test_a_stopped_one_says_so(tmp_path: Path) -> None:
    sandbox = Sandbox()
    with sandbox as wxpay:
        assert repr(sandbox) == f"<wxpay-sandbox {wxpay.url}, in this process>"
    assert repr(sandbox) == "<wxpay-sandbox, not running>"
    with pytest.raises(RuntimeError, match="has been stopped"):
        wxpay.orders()
    with pytest.raises(RuntimeError, match="does not run"):
        sandbox.client()


def test_a_failure_inside_is_raised_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.core.usecases.payments import Payments

    def act(*_: object) -> None:
        raise ZeroDivisionError("broken inside")

    monkeypatch.setattr(Payments, "act", act)

    def use() -> None:
        with Sandbox() as wxpay:
            wxpay.place("A001", notify_url=NOBODY)
            with pytest.raises(ControlApiError, match="500 internal_error"):
                wxpay.pay("A001")

    with pytest.raises(InternalError, match="ZeroDivisionError: broken inside"):
        use()


def test_reprs_name_the_place_and_no_key(wxpay: Client) -> None:
    known = wxpay.merchant
    assert repr(wxpay) == f"<wxpay-sandbox {wxpay.url}, merchant {known.mch_id}, appid {known.appid}>"
    assert repr(known) == f"<Merchant {known.mch_id} {known.appid}>"


# -- one that runs elsewhere -------------------------------------------------------------------------------------------


def test_a_sandbox_elsewhere_is_used_and_left_clean(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WXPAY_SANDBOX_URL", sandbox.url + "/")
    with Sandbox() as wxpay:
        assert wxpay.url == sandbox.url
        made = [wxpay.merchant.mch_id, wxpay.new_merchant().merchant.mch_id]
    monkeypatch.delenv("WXPAY_SANDBOX_URL")
    known = sandbox.client()
    for mch_id in made:
        assert known.new_merchant(mch_id=mch_id).merchant.mch_id == mch_id
    known.delete_merchant()


def test_the_admin_token_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = Sandbox(admin_token="let-me-in").start()
    monkeypatch.setenv("WXPAY_SANDBOX_URL", guarded.url)
    with pytest.raises(ControlApiError, match="unauthorized") as refused:
        Sandbox().__enter__()
    assert "WXPAY_SANDBOX_ADMIN_TOKEN" in refused.value.__notes__[0]
    monkeypatch.setenv("WXPAY_SANDBOX_ADMIN_TOKEN", "let-me-in")
    with Sandbox() as wxpay:
        assert wxpay.orders() == []
    guarded.stop()


def test_nobody_at_the_url_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WXPAY_SANDBOX_URL", "http://127.0.0.1:9")
    with pytest.raises(ControlApiError, match=r"^unreachable: No sandbox answers at http://127\.0\.0\.1:9: "):
        Sandbox().__enter__()


# -- what must not drift apart -----------------------------------------------------------------------------------------


def test_every_setting_of_serve_is_a_keyword() -> None:
    of_the_command_line = {"ready_json", "log_format", "make_token", "accounts"}
    accounts = {"merchants", "apps", "payers"}
    assert set(ServeSettings.__optional_keys__) == set(Settings.__dataclass_fields__) - of_the_command_line | accounts


def test_every_cause_is_a_reason() -> None:
    assert set(get_args(Reason)) == set(Cause)


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_both_clients_have_every_call(client: type) -> None:
    calls = [name for name, _ in inspect.getmembers(Calls, inspect.iscoroutinefunction) if not name.startswith("_")]
    about_everyone = {"sandbox_clock", "everyones_journal"}
    assert [name for name in calls if not hasattr(client, name)] == sorted(about_everyone)
    for name in set(calls) - about_everyone - {"new_merchant"}:
        assert inspect.signature(getattr(client, name)) == inspect.signature(getattr(Calls, name))
        assert inspect.iscoroutinefunction(getattr(client, name)) is (client is AsyncClient)
