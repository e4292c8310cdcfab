"""Real client libraries, unmodified, with WeChat's own addresses in them: every flow that each of them offers.

The shops in `python/`, `node/`, `go/` and `java/` are merchants' backends as the libraries' documentation shows them;
they know of no sandbox. `libraries.py` is the table of what is run; `--interop-report FILE` writes what came of it.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.interop.libraries import LIBRARIES, Flow, Library, Way
from tests.interop.shops import Refused
from tests.interop.trade import Trade
from tests.support.days import bills_are_made
from tests.support.words import SIGN_WRONG

Mark = Callable[[Callable[..., Any]], Any]

FORGERIES = ("wrong-sign", "no-sign", "other-key", "minimal")
"""Those that a signature shows; amounts and order numbers are the shop's to compare, not the library's."""


def proves(*flows: Flow) -> Mark:
    """For every library that offers the first of these flows, in each of its ways; it proves those that it offers."""
    given = [
        pytest.param((library, way), marks=_mark(library, way, flows), id=f"{library.name}-{way}")
        for library in LIBRARIES
        if library.offers(flows[0])
        for way in library.ways
    ]
    return pytest.mark.parametrize("trade", given, indirect=True)


def of(name: str) -> Mark:
    """For one library, in its first way: what is odd about it, so that the page tells the truth."""
    given = [pytest.param((one, one.ways[0]), id=f"{name}-{one.ways[0]}") for one in LIBRARIES if one.name == name]
    return pytest.mark.parametrize("trade", given, indirect=True)


def _mark(library: Library, way: Way, flows: Iterable[Flow]) -> pytest.MarkDecorator:
    return pytest.mark.interop(library, way.value, *(flow for flow in flows if library.offers(flow)))


# -- orders ------------------------------------------------------------------------------------------------------------


@proves(Flow.NATIVE)
async def test_it_places_native_orders(trade: Trade) -> None:
    answer = await trade.place("NATIVE")
    assert answer["code_url"].startswith("weixin://wxpay/bizpayurl?pr=")


@proves(Flow.MWEB)
async def test_it_places_mweb_orders(trade: Trade) -> None:
    answer = await trade.place("MWEB")
    assert "/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=" in answer["mweb_url"]


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


@proves(Flow.QUERY)
async def test_it_queries_an_order(trade: Trade) -> None:
    order = await trade.place("NATIVE")
    assert (await trade.query(order))["trade_state"] == "NOTPAY"
    await trade.pay(order)
    found = await trade.query(order)
    known = await trade.control.order(order["out_trade_no"])
    assert (found["trade_state"], found["transaction_id"]) == ("SUCCESS", known["transaction_id"])


@proves(Flow.CLOSE)
async def test_it_closes_an_order(trade: Trade) -> None:
    order = await trade.place("NATIVE")
    await trade.shop.do("close", out_trade_no=order["out_trade_no"])
    assert (await trade.query(order))["trade_state"] == "CLOSED"


# -- notifications and refunds -----------------------------------------------------------------------------------------


@proves(Flow.NOTIFICATION, Flow.REFUND, Flow.REFUND_NOTIFICATION)
async def test_a_backend_on_it_is_told_of_the_payment_refunds_it_and_is_told_of_the_refund(trade: Trade) -> None:
    order = await trade.place("NATIVE")
    await trade.pay(order)
    [told] = await trade.shop.received("payments", out_trade_no=order["out_trade_no"])
    known = await trade.control.order(order["out_trade_no"])
    assert (told["transaction_id"], str(told["total_fee"])) == (known["transaction_id"], "100")
    refund = await trade.refund(order)
    await trade.control.advance(60)
    [told] = await trade.shop.received("refunds", out_refund_no=refund["out_refund_no"])
    assert (told["refund_id"], told["refund_status"]) == (refund["refund_id"], "SUCCESS")
    verdicts = [
        one["attempts"][0]["verdict"] for one in (await trade.control.order(order["out_trade_no"]))["notifications"]
    ]
    assert verdicts == ["ok", "ok"]


@proves(Flow.FORGERY)
async def test_a_backend_on_it_refuses_forged_notifications(trade: Trade) -> None:
    order = await trade.place("NATIVE")
    await trade.pay(order)
    for fault in FORGERIES:
        await trade.control.post(f"/orders/{trade.control.mch_id}/{order['out_trade_no']}/notify", {"fault": fault})
    assert len(await trade.shop.received("payments", out_trade_no=order["out_trade_no"])) == 1


@proves(Flow.REFUND_QUERY)
async def test_it_queries_a_refund(trade: Trade) -> None:
    order = await trade.place("NATIVE")
    await trade.pay(order)
    refund = await trade.refund(order)
    found = await trade.shop.do("refund-query", out_refund_no=refund["out_refund_no"])
    assert (found["refund_id"], found["refund_status"]) == (refund["refund_id"], "PROCESSING")


# -- payment by code ---------------------------------------------------------------------------------------------------


@proves(Flow.MICROPAY, Flow.REVERSE)
async def test_it_charges_by_code_and_reverses(trade: Trade) -> None:
    number = trade.number()
    code = await trade.control.auth_code()
    paid = await trade.shop.do("micropay", out_trade_no=number, total_fee="100", auth_code=code)
    assert paid["transaction_id"] == (await trade.control.order(number))["transaction_id"]
    assert (await trade.shop.do("reverse", out_trade_no=number))["recall"] == "N"
    assert (await trade.control.order(number))["trade_state"] == "REVOKED"


# -- what fails --------------------------------------------------------------------------------------------------------


@proves(Flow.WRONG_KEY)
async def test_it_says_that_the_key_is_wrong(trade: Trade) -> None:
    """In both generations of V2's words: every error that a library reads comes this way."""
    for wording, said in SIGN_WRONG.items():
        await trade.control.call("PATCH", f"/merchants/{trade.control.mch_id}", {"wording": wording})
        with pytest.raises(Refused, match=f"{said}(?!，)"):
            await trade.place("NATIVE", key="x" * 32)
    await trade.control.call("PATCH", f"/merchants/{trade.control.mch_id}", {"wording": None})


@proves(Flow.PAID_ORDER)
async def test_it_says_that_an_order_is_paid(trade: Trade) -> None:
    order = await trade.place("NATIVE")
    await trade.pay(order)
    with pytest.raises(Refused, match="ORDERPAID"):
        await trade.place("NATIVE", out_trade_no=order["out_trade_no"])


@proves(Flow.UNKNOWN_ORDER)
async def test_it_says_that_an_order_is_unknown(trade: Trade) -> None:
    with pytest.raises(Refused, match="ORDERNOTEXIST"):
        await trade.shop.do("query", out_trade_no=trade.number())


# -- the official sandbox ----------------------------------------------------------------------------------------------


@proves(Flow.OFFICIAL_SANDBOX)
async def test_its_own_switch_to_the_official_sandbox_works(trade: Trade) -> None:
    order = await trade.place("NATIVE", total_fee="301", sandbox="yes")
    await trade.control.advance(5)
    found = await trade.shop.do("query", out_trade_no=order["out_trade_no"], sandbox="yes")
    assert found["trade_state"] == "SUCCESS"


# -- what is odd about them --------------------------------------------------------------------------------------------


@of("silenceper/wechat")
async def test_it_cannot_place_mweb_orders_for_want_of_scene_info(trade: Trade) -> None:
    with pytest.raises(Refused, match="缺少参数"):
        await trade.place("MWEB")


@of("silenceper/wechat")
async def test_it_calls_every_protocol_failure_an_error_of_xml(trade: Trade) -> None:
    with pytest.raises(Refused, match=r"(?s)xmlUnmarshalError.*签名错误"):
        await trade.place("NATIVE", key="x" * 32)


@of("wechatpy")
async def test_it_dates_its_orders_by_its_own_clock(trade: Trade) -> None:
    await trade.control.advance(86400)
    with pytest.raises(Refused, match="time_expire"):
        await trade.place("NATIVE")
    await trade.control.post("/clock", {"reset": True})
    await trade.place("NATIVE")


# -- bills: last, because their day has to pass ------------------------------------------------------------------------


@proves(Flow.BILL)
async def test_it_downloads_a_bill(trade: Trade) -> None:
    order = await trade.place("NATIVE")
    day = await trade.pay(order)
    with pytest.raises(Refused):
        await trade.shop.do("bill", bill_date=f"{day:%Y%m%d}")
    await bills_are_made(trade.control, day)
    text = (await trade.shop.do("bill", bill_date=f"{day:%Y%m%d}"))["text"]
    assert f"`{order['out_trade_no']}" in text


@of("wxpay-sdk")
async def test_it_joins_the_lines_of_a_bill(trade: Trade) -> None:
    day = await trade.pay(await trade.place("NATIVE"))
    await bills_are_made(trade.control, day)
    assert "\n" not in (await trade.shop.do("bill", bill_date=f"{day:%Y%m%d}"))["text"]
