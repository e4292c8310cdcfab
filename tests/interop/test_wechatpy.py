"""An independent V2 client, wechatpy from PyPI, unmodified but for its base URL."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.server import Server
from tests.support.bills import read
from tests.support.control import Control
from tests.support.days import bills_are_made
from tests.support.merchant import Inbox

wechatpy_pay = pytest.importorskip("wechatpy.pay", reason="pip install wechatpy")
WeChatPayException = pytest.importorskip("wechatpy.exceptions").WeChatPayException


@pytest.fixture
def client(server: Server) -> Any:
    made = wechatpy_pay.WeChatPay("wx8888888888888888", "sandboxv2key00000000000000000000", "1900000109")
    made.API_BASE_URL = f"{server.url}/"
    return made


@pytest.mark.parametrize("trade_type", ["NATIVE", "APP", "JSAPI", "MWEB"])
async def test_it_creates_queries_and_parses_the_notification(
    client: Any, control: Control, inbox: Inbox, trade_type: str
) -> None:
    extra: dict[str, Any] = {}
    if trade_type == "JSAPI":
        extra["user_id"] = "oSandboxPayer000000000000001"
    if trade_type == "MWEB":
        extra["scene_info"] = {"h5_info": {"type": "Wap", "wap_url": "https://shop.example", "wap_name": "茶"}}
    created = await asyncio.to_thread(
        client.order.create,
        trade_type,
        "龙井茶",
        100,
        inbox.url,
        client_ip="123.12.12.123",
        out_trade_no="WECHATPY001",
        product_id="1" if trade_type == "NATIVE" else None,
        attach="附加",
        **extra,
    )
    assert created["trade_type"] == trade_type
    assert created["prepay_id"]
    assert bool(created.get("code_url")) == (trade_type == "NATIVE")
    assert bool(created.get("mweb_url")) == (trade_type == "MWEB")
    await control.pay("WECHATPY001")
    await control.wait("WECHATPY001", "notified")
    queried = await asyncio.to_thread(client.order.query, out_trade_no="WECHATPY001")
    assert (queried["trade_state"], queried["total_fee"]) == ("SUCCESS", "100")
    parsed = client.parse_payment_result(inbox.received[0].body)
    assert parsed["transaction_id"] == queried["transaction_id"]
    assert parsed["total_fee"] == 100


async def test_its_app_and_jsapi_parameters_satisfy_the_wechat_client(
    client: Any, control: Control, inbox: Inbox
) -> None:
    common = {"client_ip": "1.2.3.4"}
    app = await asyncio.to_thread(client.order.create, "APP", "茶", 1, inbox.url, out_trade_no="APPORDER001", **common)
    invoked = await control.post(
        "/client/app", {**client.order.get_appapi_params(app["prepay_id"]), "outcome": "success"}
    )
    assert invoked["errCode"] == 0
    jsapi = await asyncio.to_thread(
        client.order.create,
        "JSAPI",
        "茶",
        1,
        inbox.url,
        out_trade_no="JSORDER0001",
        user_id="oSandboxPayer000000000000001",
        **common,
    )
    parameters = client.jsapi.get_jsapi_params(jsapi["prepay_id"])
    invoked = await control.post("/client/jsapi", {**parameters, "outcome": "cancel"})
    assert invoked["err_msg"] == "get_brand_wcpay_request:cancel"


async def test_it_downloads_bills_and_shortens_urls(client: Any, control: Control, inbox: Inbox) -> None:
    created = await asyncio.to_thread(
        client.order.create, "NATIVE", "龙井茶", 100, inbox.url, client_ip="1.2.3.4", out_trade_no="BILL000001"
    )
    await control.pay("BILL000001")
    queried = await asyncio.to_thread(client.order.query, out_trade_no="BILL000001")
    day = datetime.strptime(queried["time_end"][:8], "%Y%m%d").date()  # noqa: DTZ007 - a day of Beijing's
    with pytest.raises(WeChatPayException):
        await asyncio.to_thread(client.tools.download_bill, day)
    await bills_are_made(control, day)
    text = await asyncio.to_thread(client.tools.download_bill, day)
    rows, summary = read(text.encode())
    assert [row["商户订单号"] for row in rows] == ["BILL000001"]
    assert summary["订单总金额"] == "1.00"
    text = await asyncio.to_thread(client.tools.download_fundflow, day)
    assert len(read(text.encode())[0]) == 2
    shortened = await asyncio.to_thread(client.tools.short_url, created["code_url"])
    assert shortened["short_url"].startswith("weixin://wxpay/s/")


@pytest.fixture
async def certified(client: Any, control: Control, tmp_path: Path) -> Any:
    """The client with the merchant's certificate and key, which it takes as files."""
    known = await control.get(f"/merchants/{control.mch_id}")
    files = {"mch_cert": known["certificate"], "mch_key": known["private_key"]}
    for name, pem in files.items():
        (tmp_path / name).write_text(pem)
        setattr(client, name, str(tmp_path / name))
    return client


async def test_it_refunds_queries_and_decrypts_the_notification(certified: Any, control: Control, inbox: Inbox) -> None:
    made = {"client_ip": "1.2.3.4", "out_trade_no": "REFUNDED01"}
    await asyncio.to_thread(certified.order.create, "NATIVE", "龙井茶", 100, inbox.url, **made)
    await control.pay("REFUNDED01")
    terms = {"out_trade_no": "REFUNDED01", "refund_desc": "茶叶受潮", "notify_url": inbox.url}
    applied = await asyncio.to_thread(certified.refund.apply, 100, 30, "PARTIAL001", **terms)
    assert (applied["out_refund_no"], applied["refund_fee"]) == ("PARTIAL001", "30")
    again = await asyncio.to_thread(certified.refund.apply, 100, 30, "PARTIAL001", **terms)
    assert again["refund_id"] == applied["refund_id"]
    queried = await asyncio.to_thread(certified.refund.query, out_refund_no="PARTIAL001")
    assert (queried["refund_count"], queried["refund_status_0"]) == ("1", "PROCESSING")
    await control.advance(60)
    queried = await asyncio.to_thread(certified.refund.query, refund_id=applied["refund_id"])
    assert queried["refund_status_0"] == "SUCCESS"
    told = certified.parse_refund_notify_result(inbox.received[-1].body)
    assert (told["refund_id"], told["refund_status"], told["refund_fee"]) == (applied["refund_id"], "SUCCESS", 30)
    assert told["success_time"] == queried["refund_success_time_0"]


async def test_it_raises_what_wechat_says_about_refunds(certified: Any, control: Control, inbox: Inbox) -> None:
    made = {"client_ip": "1.2.3.4", "out_trade_no": "REFUNDED01"}
    await asyncio.to_thread(certified.order.create, "NATIVE", "龙井茶", 100, inbox.url, **made)
    with pytest.raises(WeChatPayException, match="ORDERNOTEXIST"):
        await asyncio.to_thread(certified.refund.apply, 100, 100, "TOOEARLY01", out_trade_no="REFUNDED01")
    with pytest.raises(WeChatPayException, match="REFUNDNOTEXIST"):
        await asyncio.to_thread(certified.refund.query, out_trade_no="REFUNDED01")
    await control.pay("REFUNDED01")
    await asyncio.to_thread(certified.refund.apply, 100, 60, "FIRST00001", out_trade_no="REFUNDED01")
    with pytest.raises(WeChatPayException, match="REFUND_FEE_INVALID"):
        await asyncio.to_thread(certified.refund.apply, 100, 41, "SECOND0001", out_trade_no="REFUNDED01")


async def test_it_closes_an_order(client: Any, inbox: Inbox) -> None:
    await asyncio.to_thread(
        client.order.create, "APP", "茶", 1, inbox.url, client_ip="1.2.3.4", out_trade_no="CLOSEME001"
    )
    closed = await asyncio.to_thread(client.order.close, "CLOSEME001")
    assert closed["result_code"] == "SUCCESS"
    queried = await asyncio.to_thread(client.order.query, out_trade_no="CLOSEME001")
    assert queried["trade_state"] == "CLOSED"


async def test_it_raises_wechats_own_errors(client: Any, control: Control, inbox: Inbox) -> None:
    with pytest.raises(WeChatPayException) as unknown:
        await asyncio.to_thread(client.order.query, out_trade_no="UNKNOWN001")
    assert unknown.value.errcode == "ORDERNOTEXIST"
    client.api_key = "x" * 32
    with pytest.raises(WeChatPayException) as unsigned:
        await asyncio.to_thread(client.order.query, out_trade_no="UNKNOWN001")
    assert unsigned.value.return_code == "FAIL"
    assert unsigned.value.return_msg == "签名错误，请检查后再试"


async def test_it_charges_by_code_and_reverses(client: Any, control: Control) -> None:
    code = await control.auth_code()
    known = await asyncio.to_thread(client.tools.auto_code_to_openid, code)
    terms = {"client_ip": "1.2.3.4", "out_trade_no": "MICROPAY001"}
    paid = await asyncio.to_thread(client.micropay.create, "茶", 100, code, **terms)
    assert (paid["trade_type"], paid["openid"]) == ("MICROPAY", known["openid"])
    queried = await asyncio.to_thread(client.micropay.query, out_trade_no="MICROPAY001")
    assert queried["transaction_id"] == paid["transaction_id"]
    reversal = await asyncio.to_thread(client.order.reverse, out_trade_no="MICROPAY001")
    assert reversal["recall"] == "N"
    assert (await control.order("MICROPAY001"))["trade_state"] == "REVOKED"
    with pytest.raises(WeChatPayException, match="AUTH_CODE_INVALID"):
        await asyncio.to_thread(
            client.micropay.create, "茶", 100, code, client_ip="1.2.3.4", out_trade_no="MICROPAY002"
        )


async def test_it_switches_to_the_official_sandbox_by_itself(server: Server, control: Control, inbox: Inbox) -> None:
    """Its own switch: it fetches the sandbox's key, signs with it, and inserts the prefix."""
    made = wechatpy_pay.WeChatPay("wx8888888888888888", "sandboxv2key00000000000000000000", "1900000109", sandbox=True)
    made.API_BASE_URL = f"{server.url}/"
    terms = {"client_ip": "1.2.3.4", "out_trade_no": "OFFICIAL001"}
    with pytest.raises(WeChatPayException) as refused:
        await asyncio.to_thread(made.order.create, "NATIVE", "茶", 100, inbox.url, **terms)
    assert refused.value.return_msg == "沙箱支付金额(100)无效，请检查需要验收的case"
    created = await asyncio.to_thread(made.order.create, "NATIVE", "茶", 301, inbox.url, **terms)
    assert (created["device_info"], created["err_code_des"]) == ("sandbox", "ok")
    assert made.check_signature(dict(created))
    await control.advance(5)
    parsed = made.parse_payment_result(inbox.received[0].body)
    assert (parsed["out_trade_no"], parsed["total_fee"]) == ("OFFICIAL001", 301)
    queried = await asyncio.to_thread(made.order.query, out_trade_no="OFFICIAL001")
    assert queried["trade_state"] == "SUCCESS"
    applied = await asyncio.to_thread(
        made.refund.apply, 301, 301, "REFUND001", out_trade_no="OFFICIAL001", notify_url=inbox.url
    )
    assert applied["refund_fee"] == "301"
    await control.advance(60)
    assert made.parse_refund_notify_result(inbox.received[1].body)["out_refund_no"] == "REFUND001"
