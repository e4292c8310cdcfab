"""Real client libraries of V3, unmodified, with WeChat's own address in them, in both modes: every flow of each.

The shops called `shop_v3` are merchants' backends as the libraries' documentation shows them; they know of no sandbox.
`libraries.py` is the table of what is run; `--interop-report FILE` writes what came of it.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.interop.libraries import Library, Mode, Way
from tests.interop.shops import Refused
from tests.interop.v3.libraries import LIBRARIES, Flow
from tests.interop.v3.trade import Trade
from tests.support.days import bills_are_made

Mark = Callable[[Callable[..., Any]], Any]

NOBODY = "http://127.0.0.1:9/"
"""A notify_url at which nobody listens."""
FORGERIES = (
    *("wrong-sign", "no-sign", "other-key", "unknown-serial", "signature-probe"),
    *("wrong-api-v3-key", "tampered-ciphertext", "wrong-associated-data"),
)
"""Those that signature and seal show; amounts and order numbers are the shop's to compare, not the library's."""


def proves(*flows: Flow) -> Mark:
    """For every library that offers the first of these flows, by each way and in each mode."""
    given = [
        pytest.param((library, way, mode), marks=_mark(library, way, mode, flows), id=f"{library.name}-{way}-{mode}")
        for library in LIBRARIES
        if library.offers(flows[0])
        for way, mode in library.runs
    ]
    return pytest.mark.parametrize("trade", given, indirect=True)


def of(*names: str) -> Mark:
    """For some libraries, in their first way and mode: what is odd about them, so that the page tells the truth."""
    given = [
        pytest.param((one, one.ways[0], one.modes[0]), id=f"{one.name}-{one.ways[0]}-{one.modes[0]}")
        for one in LIBRARIES
        if one.name in names
    ]
    return pytest.mark.parametrize("trade", given, indirect=True)


def _mark(library: Library, way: Way, mode: Mode, flows: Iterable[Flow]) -> pytest.MarkDecorator:
    return pytest.mark.interop(library, f"{way} {mode}", *(flow for flow in flows if library.offers(flow)))


# -- orders ------------------------------------------------------------------------------------------------------------


@proves(Flow.NATIVE, Flow.QUERY, Flow.CLOSE)
async def test_it_places_native_orders_queries_and_closes_them(trade: Trade) -> None:
    order = await trade.place("NATIVE")
    assert order["code_url"].startswith("weixin://wxpay/bizpayurl")
    assert (await trade.query(order))["trade_state"] == "NOTPAY"
    await trade.do("close", out_trade_no=order["out_trade_no"])
    assert (await trade.query(order))["trade_state"] == "CLOSED"


@proves(Flow.H5)
async def test_it_places_h5_orders(trade: Trade) -> None:
    answer = await trade.place("H5")
    assert "/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=" in answer["h5_url"]


@proves(Flow.APP, Flow.CLIENT_APP)
async def test_it_places_app_orders_that_the_wechat_app_takes(trade: Trade) -> None:
    answer = await trade.place("APP")
    invoked = await trade.control.post("/client/app", {**answer["client"], "outcome": "success"})
    assert (invoked["errCode"], invoked["errStr"]) == (0, "")


@proves(Flow.JSAPI, Flow.CLIENT_JSAPI)
async def test_it_places_jsapi_orders_that_wechats_browser_takes(trade: Trade) -> None:
    answer = await trade.place("JSAPI")
    invoked = await trade.control.post("/client/jsapi", {**answer["client"], "outcome": "success"})
    assert invoked["err_msg"] == "get_brand_wcpay_request:ok"


@proves(Flow.PARTNER)
async def test_it_does_a_partners_business(trade: Trade) -> None:
    for trade_type in ("APP", "H5", "NATIVE"):
        closed = await trade.place(trade_type, trade.partner)
    await trade.do("close", trade.partner, out_trade_no=closed["out_trade_no"])
    assert (await trade.query(closed, trade.partner))["trade_state"] == "CLOSED"
    order = await trade.place("JSAPI", trade.partner)
    invoked = await trade.partner.control.post("/client/jsapi", {**order["client"], "outcome": "success"})
    assert invoked["err_msg"] == "get_brand_wcpay_request:ok"
    await trade.partner.control.wait(order["out_trade_no"], "notified")
    [told] = await trade.shop.received("partner", out_trade_no=order["out_trade_no"])
    assert (told["sp_mchid"], told["sub_mchid"]) == (trade.partner.control.mch_id, trade.partner.sub_mchid)
    found = await trade.do("query", trade.partner, transaction_id=told["transaction_id"])
    assert (found["trade_state"], found["out_trade_no"]) == ("SUCCESS", order["out_trade_no"])
    refund = await trade.refund(order, trade.partner)
    found = await trade.do("refund-query", trade.partner, out_refund_no=refund["out_refund_no"])
    assert found["refund_id"] == refund["refund_id"]


@proves(Flow.COMBINED)
async def test_it_places_combined_orders_queries_and_closes_them(trade: Trade) -> None:
    number, subs = await _combined(trade)
    found = await trade.do("combined-query", out_trade_no=number)
    assert [one["out_trade_no"] for one in found["sub_orders"]] == subs
    await trade.do("combined-close", out_trade_no=number, sub_orders=",".join(subs))
    found = await trade.do("combined-query", out_trade_no=number)
    assert [one["trade_state"] for one in found["sub_orders"]] == ["CLOSED", "CLOSED"]


@proves(Flow.COMBINED)
async def test_a_backend_on_it_is_told_of_a_combined_payment_and_refunds_a_part(trade: Trade) -> None:
    number, subs = await _combined(trade)
    await trade.pay({"out_trade_no": number})
    [told] = await trade.shop.received("combined", combine_out_trade_no=number)
    assert [one["out_trade_no"] for one in told["sub_orders"]] == subs
    refund = await trade.refund({"out_trade_no": subs[0]})
    assert refund["transaction_id"] == told["sub_orders"][0]["transaction_id"]


async def _combined(trade: Trade) -> tuple[str, list[str]]:
    """A combined order of two, each over 1.00 yuan: its number and theirs."""
    number, subs = trade.number(), [trade.number(), trade.number()]
    placed = await trade.do("combined-order", out_trade_no=number, sub_orders=",".join(subs), total="100")
    assert placed["code_url"].startswith("weixin://wxpay/bizpayurl")
    return number, subs


@proves(Flow.CODEPAY)
async def test_it_charges_by_code_and_reverses(trade: Trade) -> None:
    number = trade.number()
    code = await trade.control.auth_code()
    paid = await trade.do("micropay", out_trade_no=number, total="100", auth_code=code)
    assert paid["transaction_id"] == (await trade.control.order(number))["transaction_id"]
    await trade.do("reverse", out_trade_no=number)
    assert (await trade.control.order(number))["trade_state"] == "REVOKED"


# -- notifications and refunds -----------------------------------------------------------------------------------------


@proves(Flow.NOTIFICATION, Flow.QUERY, Flow.REFUND, Flow.REFUND_NOTIFICATION, Flow.REFUND_QUERY)
async def test_a_backend_on_it_is_told_of_the_payment_refunds_it_and_is_told_of_the_refund(trade: Trade) -> None:
    order = await trade.paid()
    [told] = await trade.shop.received("payment", out_trade_no=order["out_trade_no"])
    known = await trade.control.order(order["out_trade_no"])
    assert (told["transaction_id"], told["amount"]["total"]) == (known["transaction_id"], 100)
    found = await trade.do("query", transaction_id=told["transaction_id"])
    assert (found["trade_state"], found["out_trade_no"]) == ("SUCCESS", order["out_trade_no"])
    refund = await trade.refund(order)
    found = await trade.do("refund-query", out_refund_no=refund["out_refund_no"])
    assert (found["refund_id"], found["status"]) == (refund["refund_id"], "PROCESSING")
    await trade.control.advance(60)
    [told] = await trade.shop.received("refund", out_refund_no=refund["out_refund_no"])
    assert (told["refund_id"], told["refund_status"]) == (refund["refund_id"], "SUCCESS")


@proves(Flow.FORGERY)
async def test_a_backend_on_it_refuses_forged_notifications(trade: Trade) -> None:
    order = await trade.paid()
    for fault in FORGERIES:
        await trade.forge(order, fault)
    assert len(await trade.shop.received("payment", out_trade_no=order["out_trade_no"])) == 1


@proves(Flow.OTHER_FACE)
async def test_orders_of_one_face_are_seen_and_refunded_by_a_library_of_the_other(trade: Trade) -> None:
    client = await trade.v2()
    number = trade.number()
    terms = {"client_ip": "123.12.12.123", "out_trade_no": number, "product_id": "1"}
    await asyncio.to_thread(client.order.create, "NATIVE", "龙井茶", 100, NOBODY, **terms)
    await trade.control.pay(number)
    assert (await trade.query({"out_trade_no": number}))["trade_state"] == "SUCCESS"
    refund = await trade.refund({"out_trade_no": number})
    found = await asyncio.to_thread(client.refund.query, out_refund_no=refund["out_refund_no"])
    assert found["refund_id_0"] == refund["refund_id"]

    order = await trade.paid()
    found = await asyncio.to_thread(client.order.query, out_trade_no=order["out_trade_no"])
    assert (found["trade_state"], found["total_fee"]) == ("SUCCESS", "100")
    wanted = {"out_trade_no": order["out_trade_no"]}
    made = await asyncio.to_thread(client.refund.apply, 100, 100, f"R{order['out_trade_no']}", **wanted)
    found = await trade.do("refund-query", out_refund_no=f"R{order['out_trade_no']}")
    assert found["refund_id"] == made["refund_id"]


# -- keys --------------------------------------------------------------------------------------------------------------


@proves(Flow.CERTIFICATES)
async def test_it_downloads_the_platform_certificates_where_there_are_any(trade: Trade) -> None:
    known = await trade.control.get(f"/merchants/{trade.control.mch_id}")
    wanted = [known["platform_serial_no"]] if trade.mode is Mode.CERTIFICATE else []
    assert await _platform_serials(trade) == wanted


async def _platform_serials(trade: Trade) -> list[str]:
    try:
        return list((await trade.do("certificates"))["serials"])
    except Refused as refused:
        if "RESOURCE_NOT_EXISTS" not in str(refused):
            raise
        return []


@proves(Flow.SENSITIVE)
async def test_it_encrypts_a_bank_account_for_a_refund_that_failed(trade: Trade) -> None:
    order = await trade.paid()
    await trade.apply("refund-change", order["out_trade_no"])
    refund = await trade.refund(order)
    await trade.control.advance(60)
    secrets = {"bank_account": "6222020200112233445", "real_name": "张三"}
    applied = await trade.do(
        "abnormal-refund", refund_id=refund["refund_id"], out_refund_no=refund["out_refund_no"], **secrets
    )
    assert applied["channel"] == "OTHER_BANKCARD"


@proves(Flow.ECHO)
async def test_it_encrypts_and_decrypts_an_echo(trade: Trade) -> None:
    assert (await trade.do("echo", message="你好"))["message"] == "你好"


# -- what fails --------------------------------------------------------------------------------------------------------


@proves(Flow.WRONG_KEY)
async def test_it_says_that_the_key_is_wrong(trade: Trade) -> None:
    with pytest.raises(Refused, match=r"SIGN_ERROR|401|No wechatpay platform certificate"):
        await trade.place("NATIVE", files=trade.direct.wrong_key)


@proves(Flow.PAID_ORDER)
async def test_it_says_that_an_order_is_paid(trade: Trade) -> None:
    order = await trade.paid()
    with pytest.raises(Refused, match=r"ORDER_?PAID|已支付"):
        await trade.do("close", out_trade_no=order["out_trade_no"])


@proves(Flow.UNKNOWN_ORDER)
async def test_it_says_that_an_order_is_unknown(trade: Trade) -> None:
    with pytest.raises(Refused, match="ORDER_NOT_EXIST"):
        await trade.do("query", out_trade_no=trade.number())


@proves(Flow.SCHEMA)
async def test_it_says_which_field_is_wrong(trade: Trade) -> None:
    with pytest.raises(Refused, match=r"(?s)PARAM_ERROR.*amount"):
        await trade.place("NATIVE", total="0")


@proves(Flow.ANSWER)
async def test_it_refuses_an_answer_with_a_wrong_signature(trade: Trade) -> None:
    await _refused_once(trade, "wrong-sign")


@proves(Flow.PROBE)
async def test_it_refuses_a_probe_and_does_its_work_at_the_next_try(trade: Trade) -> None:
    await _refused_once(trade, "signature-probe")


async def _refused_once(trade: Trade, fault: str) -> None:
    number = trade.number()
    await trade.control.call("PUT", f"/scenarios/interop-{fault}", {"api": {"nth": 1, "fault": fault}})
    await trade.apply(f"interop-{fault}", number)
    with pytest.raises(Refused):
        await trade.place("NATIVE", out_trade_no=number)
    assert (await trade.place("NATIVE", out_trade_no=number))["code_url"]


# -- profit sharing, by the one that has it as a service --------------------------------------------------------------


@of("wechatpay-go")
async def test_it_shares_an_orders_money(trade: Trade) -> None:
    receiver = await trade.control.post("/merchants", {"name": "茶叶供应商"}, 201)
    order = await trade.place("NATIVE", shared="yes")
    await trade.pay(order)
    await trade.control.advance(60)
    paid = await trade.control.order(order["out_trade_no"])
    named = {"transaction_id": paid["transaction_id"], "out_order_no": f"P{order['out_trade_no']}"}
    wanted = {"receiver": receiver["mch_id"], "name": "茶叶供应商", "amount": "30"}

    accepted = await trade.do("share", **named, **wanted)
    await trade.control.advance(5)
    found = await trade.do("share-query", **named)

    assert (accepted["state"], found["state"]) == ("PROCESSING", "FINISHED")
    assert [(one["amount"], one["result"]) for one in found["receivers"]] == [(30, "SUCCESS"), (69, "SUCCESS")]


# -- what is odd about them --------------------------------------------------------------------------------------------


@of("wechatpay-java", "wechatpayv3")
async def test_it_takes_a_notification_however_old_it_is(trade: Trade) -> None:
    order = await trade.paid()
    await trade.forge(order, "stale-timestamp")
    assert len(await trade.shop.received("payment", out_trade_no=order["out_trade_no"])) == 2


# -- bills: last, because their day has to pass ------------------------------------------------------------------------


@proves(Flow.BILL, Flow.FUND_FLOW)
async def test_it_downloads_bills_and_finds_them_whole(trade: Trade) -> None:
    order = await trade.place("NATIVE")
    day = await trade.pay(order)
    wanted = {"kind": "tradebill", "bill_date": f"{day:%Y-%m-%d}"}
    with pytest.raises(Refused):
        await trade.do("bill", **wanted)
    await bills_are_made(trade.control, day)
    known = await trade.control.order(order["out_trade_no"])
    for kind in ("tradebill", "fundflowbill"):
        text = (await trade.do("bill", **{**wanted, "kind": kind}))["text"]
        assert f"`{known['transaction_id']}" in text
