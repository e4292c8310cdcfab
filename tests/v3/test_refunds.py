"""A refund of V3: asked for, queried, paid out another way. Source: V3 notes, 3.5, 10."""

import json
from typing import Any

import pytest

from sandbox.server import Server
from sandbox.web.proof import FIELD
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.pages import token_of
from tests.support.refunds import told
from tests.support.v3 import Answered, V3Merchant, hidden
from tests.support.v3_refunds import REFUNDS, paid, refund, refund_terms

YEAR = 365 * 86400


def failed(answer: Answered) -> tuple[int, str, str]:
    return answer.status, answer.json["code"], answer.json["message"]


async def test_the_answer_is_that_of_the_capture(v3: V3Merchant, shared_control: Control) -> None:
    transaction_id = await paid(v3, shared_control, "V3REFUND01")

    answer = await refund(v3, "V3REFUND01", "R@01")

    kept = answer.json
    assert (answer.status, answer.signed, answer.number) == (200, True, "0")
    assert answer.body.decode() == (
        '{"amount":{"currency":"CNY","discount_refund":0,"from":[],"payer_refund":101,"payer_total":101,"refund":101,'
        f'"settlement_refund":101,"settlement_total":101,"total":101}},"channel":"ORIGINAL","create_time":'
        f'"{kept["create_time"]}","funds_account":"UNSETTLED","out_refund_no":"R@01","out_trade_no":"V3REFUND01",'
        f'"promotion_detail":[],"refund_id":"{kept["refund_id"]}","status":"PROCESSING","transaction_id":'
        f'"{transaction_id}","user_received_account":"支付用户零钱"}}'
    )
    assert (await v3.query("V3REFUND01")).json["trade_state"] == "REFUND"


async def test_a_query_tells_the_same_and_when_it_arrived(v3: V3Merchant, shared_control: Control) -> None:
    await paid(v3, shared_control, "V3REFUND02")
    asked = await refund(v3, "V3REFUND02", "R02", 40)
    assert (await v3.get(f"{REFUNDS}/R02")).body == asked.body

    await shared_control.advance(60)

    arrived = await v3.get(f"{REFUNDS}/R02")
    assert list(arrived.json)[8:10] == ["status", "success_time"]
    assert arrived.json == {**asked.json, "status": "SUCCESS", "success_time": arrived.json["success_time"]}
    assert [(await shared_control.order("V3REFUND02"))["refunds"][0][name] for name in ("face", "refund_channel")] == [
        "v3",
        "ORIGINAL",
    ]


async def test_the_same_number_is_the_same_refund(v3: V3Merchant, shared_control: Control) -> None:
    await paid(v3, shared_control, "V3REFUND03")
    first = await refund(v3, "V3REFUND03", "R03", 40)

    assert (await refund(v3, "V3REFUND03", "R03", 40)).body == first.body
    assert len((await shared_control.order("V3REFUND03"))["refunds"]) == 1


async def test_what_was_asked_for_is_told_back(v3: V3Merchant, shared_control: Control) -> None:
    coupons = [{"type": "CASH", "fee": 11}, {"type": "NO_CASH", "fee": 20}]
    await shared_control.call("PUT", "/scenarios/coupons", {"payer": {"coupons": coupons}})
    transaction_id = await paid(v3, shared_control, "V3REFUND04", attach="scenario:coupons")
    goods = {"merchant_goods_id": "G1", "unit_price": 50, "refund_amount": 50, "refund_quantity": 1}
    shares = [{"account": "AVAILABLE", "amount": 61}, {"account": "UNAVAILABLE", "amount": 40}]
    amount = {"refund": 101, "total": 101, "currency": "CNY", "from": shares}
    terms = refund_terms(
        "V3REFUND04",
        "R04",
        transaction_id=transaction_id,
        amount=amount,
        reason="不要了",
        funds_account="AVAILABLE",
        goods_detail=[goods],
    )

    answer = (await v3.call("POST", REFUNDS, terms)).json

    assert answer["amount"] == {
        "currency": "CNY",
        "discount_refund": 31,
        "from": shares,
        "payer_refund": 70,
        "payer_total": 70,
        "refund": 101,
        "settlement_refund": 81,
        "settlement_total": 81,
        "total": 101,
    }
    assert answer["funds_account"] == "AVAILABLE"
    assert [(one["type"], one["amount"], one["refund_amount"]) for one in answer["promotion_detail"]] == [
        ("COUPON", 11, 11),
        ("DISCOUNT", 20, 20),
    ]
    assert all(one["goods_detail"] == [goods] for one in answer["promotion_detail"])
    assert list(answer["promotion_detail"][0]) == sorted(answer["promotion_detail"][0])


# -- what is refused ---------------------------------------------------------------------------------------------------

AMOUNT = {"refund": 1, "total": 101, "currency": "CNY"}
REFUSED: dict[str, tuple[dict[str, Any], tuple[int, str, str]]] = {
    "unknown order": ({"out_trade_no": "NOWHERE"}, (404, "RESOURCE_NOT_EXISTS", "订单不存在")),
    "unknown transaction": (
        {"out_trade_no": None, "transaction_id": "4200000000209912310000000001"},
        (404, "RESOURCE_NOT_EXISTS", "订单不存在"),
    ),
    "unpaid order": ({"out_trade_no": "V3UNPAID"}, (404, "RESOURCE_NOT_EXISTS", "原订单不存在")),
    "closed order": ({"out_trade_no": "V3CLOSED"}, (404, "RESOURCE_NOT_EXISTS", "订单不存在")),
    "malformed transaction": (
        {"out_trade_no": None, "transaction_id": "abc"},
        (400, "PARAM_ERROR", "微信订单号非法"),
    ),
    "too much": (
        {"amount": {**AMOUNT, "refund": 102}},
        (400, "INVALID_REQUEST", "申请退款金额超过订单可退金额"),
    ),
    "another total": (
        {"amount": {**AMOUNT, "total": 100}},
        (400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试"),
    ),
    "other amounts again": (
        {"out_refund_no": "RTAKEN"},
        (400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试"),
    ),
    "number of another order's": (
        {"out_refund_no": "RFULL", "amount": {**AMOUNT, "refund": 101}},
        (400, "INVALID_REQUEST", "支付单号校验不一致，请核实后再试"),
    ),
    "numbers of two orders": (
        {"transaction_id": "OTHER"},
        (400, "INVALID_REQUEST", "支付单号校验不一致，请核实后再试"),
    ),
    "another currency": (
        {"amount": {**AMOUNT, "currency": "USD"}},
        (400, "INVALID_REQUEST", "您的请求参数与订单信息不一致"),
    ),
    "refunded whole": ({"out_trade_no": "V3FULL"}, (400, "INVALID_REQUEST", "订单已全额退款")),
    "no number": ({"out_trade_no": None}, (400, "PARAM_ERROR", "参数错误")),
    "shares of another sum": (
        {"amount": {**AMOUNT, "from": [{"account": "AVAILABLE", "amount": 2}]}},
        (400, "PARAM_ERROR", "invalid sum from amount"),
    ),
    "sub_mchid of a merchant that acts for itself": (
        {"sub_mchid": "1900000201"},
        (400, "PARAM_ERROR", "请求中含有未在API文档中定义的参数"),
    ),
    "no currency": (
        {"amount": {"refund": 1, "total": 101}},
        (
            400,
            "PARAM_ERROR",
            "输入源“/body/amount/currency”映射到字段“退款币种”必填性规则校验失败，此字段为必填项",
        ),
    ),
    "no refund at all": (
        {"amount": {**AMOUNT, "refund": 0}},
        (400, "PARAM_ERROR", "输入源“/body/amount/refund”映射到数值字段“退款金额”规则校验失败，值低于最小值 1"),
    ),
    "a blank in the number": (
        {"out_refund_no": "R 1"},
        (
            400,
            "PARAM_ERROR",
            "输入源“/body/out_refund_no”映射到值字段“商户退款单号”字符串规则校验失败，"
            r"字符串必须匹配正则表达式“^[0-9a-zA-Z_\-\|\*@]+$”",
        ),
    ),
}


@pytest.fixture
async def shop(v3: V3Merchant, shared_control: Control) -> str:
    """Orders in every state, once for the module; gives the transaction_id of one that is refunded whole."""
    if (await v3.query("V3PAID")).status == 404:
        await v3.place("V3UNPAID")
        await v3.place("V3CLOSED")
        await v3.close("V3CLOSED")
        await paid(v3, shared_control, "V3PAID")
        await refund(v3, "V3PAID", "RTAKEN", 2)
        await paid(v3, shared_control, "V3FULL")
        await refund(v3, "V3FULL", "RFULL")
    return str((await v3.query("V3FULL")).json["transaction_id"])


@pytest.mark.parametrize(("fields", "told"), REFUSED.values(), ids=REFUSED)
async def test_what_is_refused_is_told_in_wechats_words(
    v3: V3Merchant, shop: str, fields: dict[str, Any], told: tuple[int, str, str]
) -> None:
    if fields.get("transaction_id") == "OTHER":
        fields = {"transaction_id": shop}
    terms = {**refund_terms("V3PAID", "RNEVER", amount=AMOUNT), **fields}
    terms = {name: value for name, value in terms.items() if value is not None}

    answer = await v3.call("POST", REFUNDS, terms)

    assert failed(answer) == told
    assert answer.signed == (told[1] != "PARAM_ERROR" or told[2] == "微信订单号非法")
    assert (await v3.get(f"{REFUNDS}/RNEVER")).status == 404, "nothing was refunded"


async def test_the_developer_is_told_which_amounts_differ(v3: V3Merchant, shared_control: Control) -> None:
    amount = {**AMOUNT, "from": [{"account": "AVAILABLE", "amount": 2}]}
    await v3.call("POST", REFUNDS, refund_terms("V3NEVER", "RNEVER", amount=amount))

    (latest, *_) = (await shared_control.get("/journal", lang="en"))["items"]

    assert latest["explanation"] == (
        "The amounts of /body/amount/from come to 2, and amount.refund is 1: they must be equal, both in fen."
    )


async def test_a_refund_that_is_not_there(v3: V3Merchant) -> None:
    answer = await v3.get(f"{REFUNDS}/NEVER")

    assert failed(answer) == (404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    assert answer.signed


async def test_too_little_money_and_the_same_number_once_there_is_enough(
    v3: V3Merchant, shared_control: Control
) -> None:
    await paid(v3, shared_control, "V3POOR")
    account = f"/merchants/{v3.mch_id}"
    before = (await shared_control.get(account))["balance_fen"]
    await shared_control.call("PATCH", account, {"balance_fen": 0})

    poor = await refund(v3, "V3POOR", "RPOOR")

    assert failed(poor) == (403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
    assert poor.signed
    await shared_control.call("PATCH", account, {"balance_fen": before})
    assert (await refund(v3, "V3POOR", "RPOOR")).status == 200


async def test_fifty_parts_and_no_more(v3: V3Merchant, shared_control: Control) -> None:
    await paid(v3, shared_control, "V3PARTS")
    for n in range(50):
        assert (await refund(v3, "V3PARTS", f"RPART{n}", 1)).status == 200

    assert failed(await refund(v3, "V3PARTS", "RPART50", 1)) == (400, "INVALID_REQUEST", "申请退款次数超过限制")


CODES = {
    "FREQUENCY_LIMITED": (429, "频率限制，1个月之前的订单请降低申请频率再重试"),
    "USER_ACCOUNT_ABNORMAL": (403, "用户账户异常或注销"),
    "REQUEST_BLOCKED": (403, "请求受阻"),
    "NOT_ENOUGH": (403, "基本账户余额不足，请充值后重新发起"),
    "MCH_NOT_EXISTS": (404, "商户号不存在"),
    "RESOURCE_NOT_EXISTS": (404, "订单不存在"),
    "SYSTEM_ERROR": (500, "系统繁忙，请稍后重试"),
    "BIZ_ERR_NEED_RETRY": (500, "退款业务流程错误"),
}


@pytest.mark.parametrize("code", CODES)
async def test_a_scenario_has_refunds_fail(v3: V3Merchant, shared_control: Control, shop: str, code: str) -> None:
    name = f"has-{code.lower().replace('_', '-')}"
    await shared_control.call("PUT", f"/scenarios/{name}", {"api": {"call": "refund", "fail": code}})
    terms, wanted = refund_terms("V3PAID", "RFAILED", 1), {"Wechatpay-Negative-Test": name}

    answer = await v3.call("POST", REFUNDS, terms, wanted)

    assert failed(answer) == (CODES[code][0], code, CODES[code][1])
    assert (await v3.get(f"{REFUNDS}/RFAILED")).status == 404


async def test_what_is_limited_may_have_been_accepted_all_the_same(
    v3: V3Merchant, shared_control: Control, shop: str
) -> None:
    often = {"api": {"call": "refund", "fail": "FREQUENCY_LIMITED", "performed": True}}
    await shared_control.call("PUT", "/scenarios/too-often", often)

    answer = await v3.call(
        "POST", REFUNDS, refund_terms("V3PAID", "ROFTEN", 1), {"Wechatpay-Negative-Test": "too-often"}
    )

    assert answer.status == 429
    assert (await v3.get(f"{REFUNDS}/ROFTEN")).json["status"] == "PROCESSING"


# -- both faces --------------------------------------------------------------------------------------------------------


@pytest.fixture
def v2(v3: V3Merchant) -> Merchant:
    """The same merchant's backend, which speaks V2."""
    return Merchant.opened(v3.session, dict(v3.shown), v3.notify_url)


async def test_an_order_of_v3_refunded_by_v2_is_told_of_in_v2s_form(
    v3: V3Merchant, v2: Merchant, shared_control: Control, inbox: Inbox
) -> None:
    await paid(v3, shared_control, "V3BYV2")
    await shared_control.wait("V3BYV2", "notified")
    answer = await v2.refund("V3BYV2", "RBYV2", 101, total_fee="101", notify_url=inbox.url)
    assert answer["result_code"] == "SUCCESS"

    await shared_control.advance(60)

    assert told(inbox.received[-1], v2)["out_refund_no"] == "RBYV2"
    assert (await v3.get(f"{REFUNDS}/RBYV2")).json["status"] == "SUCCESS"


async def test_an_order_of_v2_refunded_by_v3(v3: V3Merchant, v2: Merchant, shared_control: Control) -> None:
    await v2.order("V2BYV3", total_fee="101")
    await shared_control.pay("V2BYV3")

    asked = await refund(v3, "V2BYV3", "RBYV3", 40)

    assert asked.json["amount"]["payer_refund"] == 40
    seen = await v2.refund_query(out_refund_no="RBYV3")
    assert (seen["refund_id_0"], seen["refund_status_0"]) == (asked.json["refund_id"], "PROCESSING")
    assert (await v2.query("V2BYV3"))["trade_state"] == "REFUND"
    order = await shared_control.order("V2BYV3")
    assert (order["face"], order["refunds"][0]["face"]) == ("v2", "v3")


async def test_a_refund_is_told_of_under_the_key_that_its_call_named(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    await paid(v3, shared_control, "V3SERIAL")
    await shared_control.wait("V3SERIAL", "notified")
    v3.serial = str(v3.shown["platform_public_key_id"])

    answer = await refund(v3, "V3SERIAL", "RSERIAL", notify_url=inbox.url)
    await shared_control.advance(60)

    payment, message = inbox.received
    assert v3.open(message)["refund_status"] == "SUCCESS"
    assert answer.headers["Wechatpay-Serial"] == message.headers["Wechatpay-Serial"] == v3.serial
    assert payment.headers["Wechatpay-Serial"] != v3.serial


async def test_what_v3_has_no_way_to_forge_is_left_out_of_a_refund_by_v3(
    v3: V3Merchant, v2: Merchant, shared_control: Control, inbox: Inbox
) -> None:
    inbox.answer()  # in V2's form, which V3 takes too
    await shared_control.call("PUT", "/scenarios/refund-xxe", {"refund": {"notify": [{"fault": "xxe"}, {}]}})
    await v2.order("V2FORGED", total_fee="101", attach="scenario:refund-xxe")
    await shared_control.pay("V2FORGED")
    await shared_control.wait("V2FORGED", "notified")
    inbox.received.clear()

    await refund(v3, "V2FORGED", "RFORGED", notify_url=inbox.url)
    await shared_control.advance(65)

    (message,) = inbox.received
    assert v3.open(message)["out_refund_no"] == "RFORGED"


async def test_without_a_url_of_its_own_the_platforms_setting_tells_of_it_in_v2s_form(
    v3: V3Merchant, v2: Merchant, shared_server: Server, shared_control: Control, inbox: Inbox
) -> None:
    await paid(v3, shared_control, "V3UNTOLD")
    await shared_control.wait("V3UNTOLD", "notified")
    await refund(v3, "V3UNTOLD", "RUNTOLD1", 1)
    await shared_control.advance(60)
    assert len(inbox.received) == 1, "no URL, no notification"
    account = f"/merchants/{v3.mch_id}"
    await shared_control.call("PATCH", account, {"refund_notify_url": inbox.url})

    await refund(v3, "V3UNTOLD", "RUNTOLD2", 1)
    await shared_control.advance(60)

    assert told(inbox.received[-1], v2)["out_refund_no"] == "RUNTOLD2"
    path = f"/console/orders/{v3.mch_id}/V3UNTOLD/refund"
    form = {FIELD: await token_of(shared_server, path), "amount": "0.01"}
    async with v3.session.post(path, data=form, allow_redirects=False) as made:
        assert made.status == 303, await made.text()
    await shared_control.advance(60)
    assert told(inbox.received[-1], v2)["refund_request_source"] == "VENDOR_PLATFORM", "one made by hand likewise"
    await shared_control.call("PATCH", account, {"refund_notify_url": ""})


# -- a refund that is stuck --------------------------------------------------------------------------------------------


async def stuck(v3: V3Merchant, control: Control, out_trade_no: str, out_refund_no: str) -> str:
    """A refund that is 退款异常: its refund_id."""
    await paid(v3, control, out_trade_no)
    refund_id = str((await refund(v3, out_trade_no, out_refund_no)).json["refund_id"])
    await control.post(f"/refunds/{v3.mch_id}/{out_refund_no}", {"outcome": "change"})
    return refund_id


async def to_merchant(v3: V3Merchant, refund_id: str, out_refund_no: str) -> Answered:
    said = {"out_refund_no": out_refund_no, "type": "MERCHANT_BANK_CARD"}
    return await v3.call("POST", f"{REFUNDS}/{refund_id}/apply-abnormal-refund", said)


async def test_a_stuck_refund_goes_to_the_merchants_bank(v3: V3Merchant, shared_control: Control) -> None:
    refund_id = await stuck(v3, shared_control, "V3STUCK1", "RSTUCK1")
    assert (await v3.get(f"{REFUNDS}/RSTUCK1")).json["status"] == "ABNORMAL"

    answer = await to_merchant(v3, refund_id, "RSTUCK1")

    assert answer.status == 200, answer
    assert answer.signed
    names = ("status", "channel", "user_received_account")
    assert [answer.json[name] for name in names] == ["PROCESSING", "OTHER_BANKCARD", "商户结算银行账户"]
    assert (await to_merchant(v3, refund_id, "RSTUCK1")).body == answer.body, "asked again"
    await shared_control.advance(60)
    assert (await v3.get(f"{REFUNDS}/RSTUCK1")).json["status"] == "SUCCESS"
    lines = (await shared_control.get(f"/merchants/{v3.mch_id}/ledger"))["items"]
    assert any(json.dumps(line).find('"bank"') > 0 and line["out_refund_no"] == "RSTUCK1" for line in lines)


async def test_a_stuck_refund_goes_to_another_card_of_the_payers(v3: V3Merchant, shared_control: Control) -> None:
    refund_id = await stuck(v3, shared_control, "V3STUCK3", "RSTUCK3")
    serial, certificate = str(v3.shown["platform_serial_no"]), str(v3.shown["platform_certificate"])
    path = f"{REFUNDS}/{refund_id}/apply-abnormal-refund"
    said = {
        "out_refund_no": "RSTUCK3",
        "type": "USER_BANK_CARD",
        "bank_type": "CMB_DEBIT",
        "bank_account": hidden("6225880212345678", certificate),
        "real_name": hidden("张三", certificate),
    }
    by_nobody = await v3.call("POST", path, said)
    assert failed(by_nobody)[1:] == ("PARAM_ERROR", "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)")
    nameless = {name: value for name, value in said.items() if name != "real_name"}
    lacking = await v3.call("POST", path, nameless, {"Wechatpay-Serial": serial})
    assert (
        lacking.json["message"] == "输入源“/body/real_name”映射到字段“收款用户姓名”必填性规则校验失败，此字段为必填项"
    )

    answer = await v3.call("POST", path, said, {"Wechatpay-Serial": serial})

    assert (answer.status, answer.json["user_received_account"]) == (200, "招商银行借记卡5678")
    await shared_control.advance(60)
    arrived = (await v3.get(f"{REFUNDS}/RSTUCK3")).json
    assert (arrived["status"], arrived["channel"]) == ("SUCCESS", "OTHER_BANKCARD")
    told_of = [line["summary"] for line in await shared_control.timeline("V3STUCK3")]
    assert any("招商银行借记卡5678" in line for line in told_of)


async def test_a_refund_that_is_not_stuck_goes_no_other_way(v3: V3Merchant, shared_control: Control) -> None:
    await paid(v3, shared_control, "V3STUCK2")
    refund_id = (await refund(v3, "V3STUCK2", "RSTUCK2")).json["refund_id"]

    assert failed(await to_merchant(v3, refund_id, "RSTUCK2"))[:2] == (400, "INVALID_REQUEST")
    assert failed(await to_merchant(v3, refund_id, "RSTUCK3")) == (404, "RESOURCE_NOT_EXISTS", "退款单不存在")


OF_A_BILL = {"NO_STATEMENT_EXIST", "STATEMENT_CREATING"}
"""By day, and by night."""
EXAMPLES = {
    "a refund's query": (REFUNDS + "/{out_refund_no}", {"RESOURCE_NOT_EXISTS"}),
    "a trade bill": ("/v3/bill/tradebill", OF_A_BILL),
    "a fund flow": ("/v3/bill/fundflowbill", OF_A_BILL),
}


@pytest.mark.parametrize(("path", "codes"), EXAMPLES.values(), ids=EXAMPLES)
async def test_an_example_of_the_debugging_tool_is_a_call_that_is_taken(
    v3: V3Merchant, shared_control: Control, path: str, codes: set[str]
) -> None:
    declared = {one["path"]: one for one in (await shared_control.get("/debug/apis", face="v3"))["items"]}
    fields = {one["name"]: one["example"] for one in declared[path]["fields"] if one.get("example")}

    sent = await shared_control.post("/debug/send", {"face": "v3", "mch_id": v3.mch_id, "path": path, "fields": fields})

    assert sent["fields"].get("code", "") in codes, sent


async def test_a_closed_refund_frees_its_amount(v3: V3Merchant, shared_control: Control) -> None:
    await paid(v3, shared_control, "V3SHUT1")
    await refund(v3, "V3SHUT1", "RSHUT1")
    await shared_control.post(f"/refunds/{v3.mch_id}/RSHUT1", {"outcome": "close"})

    assert (await v3.get(f"{REFUNDS}/RSHUT1")).json["status"] == "CLOSED"
    assert (await refund(v3, "V3SHUT1", "RSHUT2")).status == 200


async def test_after_a_year_it_is_too_late(v3: V3Merchant, shared_control: Control) -> None:
    await paid(v3, shared_control, "V3AGED")
    await shared_control.advance(YEAR + 60)

    assert failed(await refund(v3, "V3AGED", "ROLD")) == (403, "TRADE_OVERDUE", "订单已经超过退款期限")
