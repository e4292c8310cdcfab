"""Combined orders: placed, paid, told of, queried, closed, refunded by their sub-orders."""

from typing import Any

import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import Answered, V3Merchant

COMBINE = "/v3/combine-transactions"
OPENID = "oSandboxPayer000000000000001"
SUB_MCHID, PROVIDER = "1900000201", "1900000688"


def part(number: str, fen: int = 70, **more: Any) -> dict[str, Any]:
    said = {
        "mchid": "1900000109",
        "attach": f"of {number}",
        "amount": {"total_amount": fen, "currency": "CNY"},
        "out_trade_no": number,
        "description": f"茶 {number}",
        **more,
    }
    return {name: value for name, value in said.items() if value is not None}


def body(v3: V3Merchant, number: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {
        "combine_appid": v3.appid,
        "combine_mchid": v3.mch_id,
        "combine_out_trade_no": number,
        "notify_url": v3.notify_url,
        "sub_orders": list(parts) or [part(f"{number}-A"), part(f"{number}-B", 30)],
        **more,
    }
    return {name: value for name, value in said.items() if value is not None}


async def place(v3: V3Merchant, number: str, *parts: dict[str, Any], product: str = "native", **more: Any) -> Answered:
    return await v3.call("POST", f"{COMBINE}/{product}", body(v3, number, *parts, **more))


async def query(v3: V3Merchant, number: str) -> Answered:
    return await v3.get(f"{COMBINE}/out-trade-no/{number}")


async def close(v3: V3Merchant, number: str, *numbers: str, **more: Any) -> Answered:
    named = [{"mchid": v3.mch_id, "out_trade_no": one, **more} for one in numbers]
    said = {"combine_appid": v3.appid, "sub_orders": named}
    return await v3.call("POST", f"{COMBINE}/out-trade-no/{number}/close", said)


PAYER = {"combine_payer_info": {"openid": OPENID}}
H5 = {"scene_info": {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}}


@pytest.mark.parametrize(
    ("product", "more", "member", "begins"),
    [
        ("jsapi", PAYER, "prepay_id", "wx"),
        ("app", {}, "prepay_id", "wx"),
        ("native", {}, "code_url", "weixin://wxpay/bizpayurl?pr="),
        ("h5", H5, "h5_url", "http"),
    ],
)
async def test_each_product_gives_what_its_payer_is_led_by(
    v3: V3Merchant, product: str, more: dict[str, Any], member: str, begins: str
) -> None:
    answer = await place(v3, f"{product.upper()}-ALL", product=product, **more)
    assert (answer.status, list(answer.json), answer.signed) == (200, [member], True), answer
    assert answer.json[member].startswith(begins)


async def test_a_payment_is_told_once_for_all_and_stands_in_the_query(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    await place(v3, "PAID", scene_info={"device_id": "POS1:1", "payer_client_ip": "127.0.0.1"})
    await shared_control.pay("PAID", bank_type="CMC")
    await shared_control.wait("PAID", "notified")
    told = v3.open(inbox.received[0])
    assert list(told) == [
        *("combine_appid", "combine_out_trade_no", "combine_mchid"),
        *("scene_info", "sub_orders", "combine_payer_info"),
    ]
    assert (told["combine_out_trade_no"], told["scene_info"], told["combine_payer_info"]) == (
        "PAID",
        {"device_id": "POS1:1"},
        {"openid": OPENID},
    )
    first, second = told["sub_orders"]
    assert first["amount"] == {"total_amount": 70, "currency": "CNY", "payer_amount": 70, "payer_currency": "CNY"}
    assert {
        name: first[name] for name in ("mchid", "out_trade_no", "attach", "trade_state", "trade_type", "bank_type")
    } == {
        "mchid": v3.mch_id,
        "out_trade_no": "PAID-A",
        "attach": "of PAID-A",
        "trade_state": "SUCCESS",
        "trade_type": "NATIVE",
        "bank_type": "CMC",
    }
    found = (await query(v3, "PAID")).json
    assert found["sub_orders"] == told["sub_orders"]
    assert list(found) == sorted(found)
    numbers = {found["combine_transaction_id"], first["transaction_id"], second["transaction_id"]}
    assert len(numbers) == 3
    assert len(inbox.received) == 1


async def test_what_nobody_has_paid_is_queried(v3: V3Merchant) -> None:
    await place(v3, "OPEN")
    found = (await query(v3, "OPEN")).json
    assert "combine_transaction_id" not in found
    assert found["sub_orders"][0] == {
        "amount": {"currency": "CNY", "total_amount": 70},
        "attach": "of OPEN-A",
        "mchid": v3.mch_id,
        "out_trade_no": "OPEN-A",
        "trade_state": "NOTPAY",
    }


async def test_a_sub_order_is_an_order_and_the_combined_one_is_none(v3: V3Merchant, shared_control: Control) -> None:
    await place(v3, "WHOLE-")
    await shared_control.pay("WHOLE-")
    assert (await v3.query("WHOLE--A")).json["amount"]["total"] == 70
    whole = (await query(v3, "WHOLE-")).json["combine_transaction_id"]
    for missing in (
        await v3.query("WHOLE-"),
        await v3.get(f"/v3/pay/transactions/id/{whole}", mchid=v3.mch_id),
        await v3.close("WHOLE-"),
        await query(v3, "WHOLE--A"),
    ):
        assert (missing.status, missing.json["code"]) == (404, "ORDER_NOT_EXIST")


async def test_sub_orders_are_refunded_by_either_number_and_the_whole_is_not(
    v3: V3Merchant, shared_control: Control
) -> None:
    def refund(number: str, total: int, fen: int, **of: str) -> dict[str, Any]:
        return {"out_refund_no": number, "amount": {"refund": fen, "total": total, "currency": "CNY"}, **of}

    path = "/v3/refund/domestic/refunds"
    await shared_control.call("PATCH", "/merchants/1900000109", {"balance_fen": 10_000})
    await place(v3, "BACK-0", part("BACK-A"), part("BACK-B", 30))
    await shared_control.pay("BACK-0")
    found = (await query(v3, "BACK-0")).json
    second = found["sub_orders"][1]["transaction_id"]
    by_number = await v3.call("POST", path, refund("BACK-R1", 70, 20, out_trade_no="BACK-A"))
    by_id = await v3.call("POST", path, refund("BACK-R2", 30, 30, transaction_id=second))
    assert [(one.status, one.json["out_trade_no"]) for one in (by_number, by_id)] == [(200, "BACK-A"), (200, "BACK-B")]
    for of in ({"out_trade_no": "BACK-0"}, {"transaction_id": found["combine_transaction_id"]}):
        whole = await v3.call("POST", path, refund("BACK-R3", 100, 1, **of))
        assert (whole.status, whole.json) == (404, {"code": "RESOURCE_NOT_EXISTS", "message": "订单不存在"})
    assert [one["trade_state"] for one in (await query(v3, "BACK-0")).json["sub_orders"]] == ["REFUND", "REFUND"]


async def test_closing_takes_all_sub_orders_as_they_were_sent(v3: V3Merchant) -> None:
    await place(v3, "CLOSE")
    for wrong in (["CLOSE-A"], ["CLOSE-A", "CLOSE-C"], ["CLOSE-A", "CLOSE-A"], ["CLOSE-A", "CLOSE-B", "CLOSE-C"]):
        answer = await close(v3, "CLOSE", *wrong)
        assert (answer.status, answer.json["code"]) == (403, "TRADE_ERROR")
    for _ in range(2):
        answer = await close(v3, "CLOSE", "CLOSE-B", "CLOSE-A")
        assert (answer.status, answer.body, answer.signed) == (204, b"", True)
    assert [one["trade_state"] for one in (await query(v3, "CLOSE")).json["sub_orders"]] == ["CLOSED"] * 2
    assert (await v3.query("CLOSE-A")).json["trade_state"] == "CLOSED"
    assert (await place(v3, "CLOSE")).json["code"] == "ORDER_CLOSED"


async def test_a_paid_one_cannot_be_closed_and_an_unknown_one_is_not_there(
    v3: V3Merchant, shared_control: Control
) -> None:
    await place(v3, "SOLD")
    await shared_control.pay("SOLD")
    assert (await close(v3, "SOLD", "SOLD-A", "SOLD-B")).json == {"code": "ORDERPAID", "message": "订单已支付"}
    assert (await place(v3, "SOLD")).json == {"code": "ORDERPAID", "message": "该订单已支付"}
    assert (await close(v3, "NOBODY", "NOBODY-A", "NOBODY-B")).json["code"] == "ORDER_NOT_EXIST"


async def test_a_sub_order_is_not_closed_alone(v3: V3Merchant) -> None:
    await place(v3, "ALONE")
    answer = await v3.close("ALONE-A")
    assert (answer.status, answer.json["message"]) == (400, "合单支付订单只能使用合单关单API完成关单")


async def test_a_repeated_one_gets_a_new_code_and_anything_else_is_refused(v3: V3Merchant) -> None:
    first = await place(v3, "AGAIN-")
    assert (await place(v3, "AGAIN-")).json["code_url"] != first.json["code_url"]
    a, b = part("AGAIN--A"), part("AGAIN--B", 30)
    for changed in (
        await place(v3, "AGAIN-", a, part("AGAIN--B", 31)),
        await place(v3, "AGAIN-", a, part("AGAIN--B", 30, goods_tag="another")),
        await place(v3, "AGAIN-", a, b, part("AGAIN--C")),
        await place(v3, "AGAIN-", a, part("AGAIN--D", 30)),
        await place(v3, "AGAIN-", a, b, product="app"),
        await place(v3, "AGAIN-", a, b, time_expire="2099-01-01T00:00:00+08:00"),
        await v3.place("AGAIN-", amount={"total": 100}),
        await v3.place("AGAIN--A", amount={"total": 70}),
    ):
        assert (changed.status, changed.json["message"]) == (400, "请求重入时，参数与首次请求时不一致"), changed


async def test_the_number_of_a_sub_order_is_used_once(v3: V3Merchant) -> None:
    await v3.place("TAKEN-A")
    await v3.close("BURNT-A")
    for parts, code in (
        ([part("TAKEN-A"), part("TAKEN-B")], "OUT_TRADE_NO_USED"),
        ([part("TWICE-A"), part("TWICE-A")], "OUT_TRADE_NO_USED"),
        ([part("TAKEN-"), part("TAKEN-B")], "OUT_TRADE_NO_USED"),
        ([part("BURNT-A"), part("BURNT-B")], "INVALID_REQUEST"),
    ):
        answer = await place(v3, "TAKEN-", *parts)
        assert answer.json["code"] == code
    assert (await query(v3, "TAKEN-")).status == 404
    assert (await v3.query("TAKEN-B")).status == 404


REFUSED: list[tuple[str, dict[str, Any], str, Any]] = [
    ("one alone", {"sub_orders": [part("WRONG-A")]}, "子单信息", 1),
    ("eleven", {"sub_orders": [part(f"WRONG-{n}") for n in range(11)]}, "子单信息", 11),
    ("no attach", {"sub_orders": [part("WRONG-A", attach=None), part("WRONG-B")]}, "/sub_orders/0/attach", ""),
    ("no currency", {"sub_orders": [part("WRONG-A", amount={"total_amount": 1}), part("WRONG-B")]}, "标价币种", ""),
    ("nothing", {"sub_orders": [part("WRONG-A", 0), part("WRONG-B")]}, "值低于最小值 1", 0),
    ("a short number", {"sub_orders": [part("A"), part("WRONG-B")]}, "字节数 1，小于最小值 6", 1),
    ("no notify_url", {"notify_url": None}, "通知地址", ""),
    (
        "a long device",
        {"scene_info": {"device_id": "x" * 17, "payer_client_ip": "::1"}},
        "字节数 17，大于最大值 16",
        17,
    ),
]


@pytest.mark.parametrize(("more", "sentence", "value"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
async def test_what_breaks_a_rule_is_refused_by_its_member(
    v3: V3Merchant, more: dict[str, Any], sentence: str, value: Any
) -> None:
    answer = await place(v3, "WRONG-", **more)
    assert (answer.status, answer.json["code"], answer.signed) == (400, "PARAM_ERROR", False)
    assert sentence in answer.json["message"]
    assert answer.json["detail"] == {"location": "body", "value": value}


async def test_members_that_are_not_declared_are_named(v3: V3Merchant) -> None:
    answer = await place(v3, "WRONG-", part("WRONG-A", trade_type="APP"), part("WRONG-B"), mchid="1900000109")
    assert answer.json["detail"] == {"location": None, "value": ["/body/sub_orders/0/trade_type", "/body/mchid"]}


async def test_the_sum_must_be_an_amount(v3: V3Merchant) -> None:
    answer = await place(v3, "WRONG-", part("WRONG-A", 2**62), part("WRONG-B", 2**62))
    assert (answer.status, answer.json["message"]) == (400, "参数超出取值范围")


async def test_jsapi_needs_a_payer(v3: V3Merchant) -> None:
    answer = await place(v3, "WRONG-", product="jsapi", combine_payer_info={})
    assert answer.json["message"] == "JSAPI支付必须传openid"


async def test_the_accounts_must_belong_together(v3: V3Merchant) -> None:
    unknown = await place(v3, "WRONG-", part("WRONG-A", mchid="1999999999"), part("WRONG-B"))
    assert unknown.json["code"] == "MCH_NOT_EXISTS"
    assert (await place(v3, "WRONG-", combine_appid="wxother")).json["code"] == "APPID_MCHID_NOT_MATCH"
    another = await place(v3, "WRONG-", combine_mchid="1900000110")
    assert another.json["message"] == "http header中的mchid与post payload中的mchid不匹配"


async def test_a_merchant_is_paid_for_its_own_sub_order(v3: V3Merchant, shared_control: Control) -> None:
    await shared_control.post("/merchants", {"mch_id": "1900000777", "appids": [v3.appid], "balance_fen": 0}, 201)
    await place(v3, "MARKET", part("MARKET-A"), part("MARKET-B", 1000, mchid="1900000777"))
    await shared_control.pay("MARKET")
    other = await shared_control.get("/orders/1900000777/MARKET-B")
    assert (other["trade_state"], other["combine_mch_id"], other["cash_fee"]) == ("SUCCESS", v3.mch_id, 1000)
    assert (await shared_control.get("/merchants/1900000777"))["balance_fen"] == 994


async def test_a_time_expire_that_is_too_near_is_moved_and_told(v3: V3Merchant, shared_control: Control) -> None:
    await place(v3, "SOON", time_expire="2020-01-01T00:00:00+08:00")
    assert (await query(v3, "SOON")).json["sub_orders"][0]["trade_state"] == "NOTPAY"
    assert "expiry_moved" in [one.get("name") for one in await shared_control.timeline("SOON")]


async def test_a_service_provider_combines_orders_of_its_sub_merchants(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    subs = [{"sub_mch_id": SUB_MCHID, "sub_appids": ["wxsub"]}]
    patch = {"mch_id": PROVIDER, "appids": ["wxprovider"], "service_provider": True, "sub_merchants": subs}
    await shared_control.post("/merchants", patch, 201)
    provider = await V3Merchant.of(Control(shared_control.session, PROVIDER), inbox.url)
    missing = await place(provider, "PARTNER", part("PARTNER-A", mchid=PROVIDER), part("PARTNER-B", mchid=PROVIDER))
    assert missing.json["message"] == "受理机构必须传入sub_mch_id"
    of_sub = {"mchid": PROVIDER, "sub_mchid": SUB_MCHID, "sub_appid": "wxsub"}
    parts = [part(f"PARTNER-{n}", 10, **of_sub) for n in range(12)]
    assert (await place(provider, "PARTNER", *parts)).status == 200
    await Control(shared_control.session, PROVIDER).pay("PARTNER")
    found = (await query(provider, "PARTNER")).json["sub_orders"]
    assert len(found) == 12
    assert (found[0]["sub_mchid"], found[0]["sub_appid"], found[0]["trade_state"]) == (SUB_MCHID, "wxsub", "SUCCESS")
    assert "sub_openid" in found[0]


async def test_a_scenario_is_chosen_by_the_attach_of_a_sub_order(v3: V3Merchant, shared_control: Control) -> None:
    declined = {"payer": {"outcome": "error", "reason": "balance", "final": True}}
    await shared_control.call("PUT", "/scenarios/declined", declined)
    await place(v3, "DECLINED", part("DECLINED-A"), part("DECLINED-B", attach="scenario:declined"))
    await shared_control.post("/orders/1900000109/DECLINED/pay")
    assert {one["trade_state"] for one in (await query(v3, "DECLINED")).json["sub_orders"]} == {"PAYERROR"}
