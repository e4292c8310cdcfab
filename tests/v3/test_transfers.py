"""A transfer to a person: asked for, confirmed, queried, cancelled, told of. Source: V3 notes, 13, 14, 15.1, A.3."""

import json
from typing import Any

import pytest

from sandbox.server import Server
from tests.support.control import Control, started
from tests.support.merchant import Inbox
from tests.support.v3 import Answered, V3Merchant, hidden, revealed
from tests.support.v3_transfers import BILLS, OPENID, REPORTS, balance, queried, top_up, transfer, transfer_terms

DAY = 86400


@pytest.fixture(autouse=True)
async def money(shared_control: Control) -> None:
    await top_up(shared_control)


def failed(answer: Answered) -> tuple[int, str, str]:
    return answer.status, answer.json["code"], answer.json["message"]


async def decide(control: Control, out_bill_no: str, outcome: str, status: int = 200, **more: str) -> Any:
    path = f"/transfers/{control.mch_id}/{out_bill_no}"
    return await control.post(path, {"outcome": outcome, **more}, status)


async def cancel(v3: V3Merchant, out_bill_no: str) -> Answered:
    return await v3.call("POST", f"{BILLS}/out-bill-no/{out_bill_no}/cancel")


# -- asked for ---------------------------------------------------------------------------------------------------------


async def test_the_answer_is_that_of_the_capture_and_the_money_is_locked(
    v3: V3Merchant, shared_control: Control
) -> None:
    before = await balance(shared_control)
    answer = await transfer(v3, "T01")

    kept = answer.json
    assert (answer.status, answer.signed, answer.number) == (200, True, "0")
    assert answer.body.decode() == (
        f'{{"create_time":"{kept["create_time"]}","out_bill_no":"T01","package_info":"{kept["package_info"]}",'
        f'"state":"WAIT_USER_CONFIRM","transfer_bill_no":"{kept["transfer_bill_no"]}"}}'
    )
    assert len(kept["transfer_bill_no"]) == 34
    assert kept["transfer_bill_no"].startswith("1330")
    assert await balance(shared_control) == before - 30
    assert (await transfer(v3, "T01")).body == answer.body
    assert await balance(shared_control) == before - 30


async def test_both_queries_tell_the_same(v3: V3Merchant) -> None:
    made = (await transfer(v3, "T02")).json
    by_number = await v3.get(f"{BILLS}/out-bill-no/T02")
    by_bill_no = await v3.get(f"{BILLS}/transfer-bill-no/{made['transfer_bill_no']}")
    assert by_number.body == by_bill_no.body
    assert by_number.json == {
        "appid": v3.appid,
        "create_time": made["create_time"],
        "mch_id": v3.mch_id,
        "openid": OPENID,
        "out_bill_no": "T02",
        "state": "WAIT_USER_CONFIRM",
        "transfer_amount": 30,
        "transfer_bill_no": made["transfer_bill_no"],
        "transfer_remark": "新会员开通有礼",
        "update_time": made["create_time"],
    }


async def test_the_name_travels_encrypted_both_ways(v3: V3Merchant) -> None:
    v3.serial = str(v3.shown["platform_public_key_id"])
    name = hidden("张三", str(v3.shown["platform_public_key"]))
    assert (await transfer(v3, "T03", user_name=name, transfer_amount=200_000)).status == 200
    told = (await queried(v3, "T03"))["user_name"]
    assert told not in (name, "张三")
    assert revealed(told, str(v3.shown["private_key"])) == "张三"
    again = hidden("张三", str(v3.shown["platform_public_key"]))
    assert (await transfer(v3, "T03", user_name=again, transfer_amount=200_000)).status == 200
    v3.serial = ""
    assert failed(await transfer(v3, "T04", user_name=name)) == (
        400,
        "PARAM_ERROR",
        "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)",
    )


INCOMPLETE = (400, "PARAM_ERROR", "未传入完整且对应的转账场景报备信息，请根据接口文档检查")
REFUSED: dict[str, tuple[dict[str, Any], tuple[int, str, str]]] = {
    "too little": ({"transfer_amount": 9}, (400, "INVALID_REQUEST", "超过单笔转账上下限，核实产品设置是否准确")),
    "too much": ({"transfer_amount": 10_000_000, "user_name": "?"}, (403, "NOT_ENOUGH", "资金不足")),
    "no name": (
        {"transfer_amount": 200_000},
        (400, "PARAM_ERROR", "转账金额大于等于2000元时，收款用户姓名必填"),
    ),
    "scene": ({"transfer_scene_id": "1001"}, (400, "INVALID_REQUEST", "你尚未获取该转账场景")),
    "reports of another scene": ({"transfer_scene_id": "1005"}, INCOMPLETE),
    "too few reports": ({"transfer_scene_report_infos": REPORTS[:1]}, INCOMPLETE),
    "perception": (
        {"user_recv_perception": "劳务报酬"},
        (400, "INVALID_REQUEST", "暂不支持展示当前传入的用户收款感知"),
    ),
    "appid": ({"appid": "wx0000000000000001"}, (400, "INVALID_REQUEST", "APPID不存在")),
    "openid": ({"openid": "nobody"}, (400, "PARAM_ERROR", "无效的openid")),
    "other terms": (
        {"out_bill_no": "TAKEN"},
        (400, "INVALID_REQUEST", "单号已存在但信息不一致，请查单后比较确认"),
    ),
    "number": (
        {"out_bill_no": "T-01"},
        (
            400,
            "PARAM_ERROR",
            "输入源“/body/out_bill_no”映射到值字段“商户单号”字符串规则校验失败，"
            "字符串必须匹配正则表达式“^[0-9a-zA-Z]+$”",
        ),
    ),
    "remark": (
        {"transfer_remark": "备" * 33},
        (
            400,
            "PARAM_ERROR",
            "输入源“/body/transfer_remark”映射到值字段“转账备注”字符串规则校验失败，字符数 33，大于最大值 32",
        ),
    ),
    "an empty notify_url": ({"notify_url": ""}, (400, "PARAM_ERROR", "请求中含有未在API文档中定义的参数")),
    "unknown member": ({"sub_mchid": "1900000201"}, (400, "PARAM_ERROR", "请求中含有未在API文档中定义的参数")),
}


@pytest.mark.parametrize(("wrong", "told"), REFUSED.values(), ids=REFUSED)
async def test_what_is_refused(
    v3: V3Merchant, shared_control: Control, wrong: dict[str, Any], told: tuple[int, str, str]
) -> None:
    await transfer(v3, "TAKEN", transfer_amount=31)
    before = await balance(shared_control)
    if wrong.get("user_name"):
        v3.serial = str(v3.shown["platform_public_key_id"])
        wrong = {**wrong, "user_name": hidden("张三", str(v3.shown["platform_public_key"]))}
    assert failed(await transfer(v3, **{"out_bill_no": "T05", **wrong})) == told
    assert await balance(shared_control) == before


async def test_a_service_provider_transfers_its_own_money(shared_control: Control) -> None:
    sub_merchants = [{"sub_mch_id": "1900000777"}]
    provider = await shared_control.post("/merchants", {"service_provider": True, "sub_merchants": sub_merchants}, 201)
    control = Control(shared_control.session, provider["mch_id"])
    await top_up(control)
    v3 = await V3Merchant.of(control)
    openid = "oReceives0000000000000000008"
    assert (await transfer(v3, "T08", openid=openid)).status == 200
    assert failed(await transfer(v3, "T09", openid=openid, appid="wx0000000000000001")) == (
        400,
        "INVALID_REQUEST",
        "APPID不存在",
    )


async def test_a_notify_url_that_is_null_is_refused_like_an_empty_one(v3: V3Merchant, shared_control: Control) -> None:
    answer = await v3.call("POST", BILLS, {**transfer_terms(v3, "T05"), "notify_url": None})
    assert failed(answer) == (400, "PARAM_ERROR", "请求中含有未在API文档中定义的参数")
    (call,) = (await shared_control.get("/journal", limit="1", lang="en"))["items"]
    assert call["explanation"] == "/body/notify_url was sent without a value: leave it out where there is none."


@pytest.mark.parametrize("given", ["", "Bearer abc"])
async def test_unsigned_it_is_told_what_basic_payment_tells(v3: V3Merchant, given: str) -> None:
    for method, path in (("POST", BILLS), ("GET", f"{BILLS}/out-bill-no/T01")):
        answer = await v3.call(method, path, authorization=lambda header: given)
        assert failed(answer) == (401, "SIGN_ERROR", "签名信息错误，验签失败")
    unnamed = await v3.call("GET", f"{BILLS}/out-bill-no/T01", headers={"User-Agent": ""})
    assert failed(unnamed) == (400, "INVALID_REQUEST", "Http头缺少Accept或User-Agent")


async def test_a_remark_of_32_characters_passes(v3: V3Merchant) -> None:
    assert (await transfer(v3, "T06", transfer_remark="备" * 32)).status == 200


@pytest.mark.parametrize("path", ["/out-bill-no/NOWHERE", "/transfer-bill-no/1330000000000000000000000000000000"])
async def test_an_unknown_transfer(v3: V3Merchant, path: str) -> None:
    assert failed(await v3.get(BILLS + path)) == (404, "NOT_FOUND", "记录不存在")


async def test_after_thirty_days_it_is_not_told_any_more(v3: V3Merchant, shared_control: Control) -> None:
    await transfer(v3, "T07")
    await shared_control.advance(29 * DAY)
    assert (await queried(v3, "T07"))["state"] == "FAIL"
    await shared_control.advance(DAY)
    assert (await v3.get(f"{BILLS}/out-bill-no/T07")).status == 404


# -- what becomes of it ------------------------------------------------------------------------------------------------


async def test_confirmed_it_arrives_and_is_told(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    before = await balance(shared_control)
    made = (await transfer(v3, "T10")).json
    assert (await decide(shared_control, "T10", "confirm"))["state"] == "TRANSFERING"
    assert "package_info" not in (await transfer(v3, "T10")).json
    await shared_control.advance(1)

    told = await queried(v3, "T10")
    assert (told["state"], await balance(shared_control)) == ("SUCCESS", before - 30)
    envelope = json.loads(inbox.received[0].body)
    assert (envelope["event_type"], envelope["summary"], envelope["resource"]["original_type"]) == (
        "MCHTRANSFER.BILL.FINISHED",
        "商家转账单据终态通知",
        "mch_payment",
    )
    news = v3.open(inbox.received[0])
    assert list(news.items()) == [
        ("mch_id", v3.mch_id),
        ("out_bill_no", "T10"),
        ("transfer_bill_no", made["transfer_bill_no"]),
        ("transfer_amount", 30),
        ("state", "SUCCESS"),
        ("openid", OPENID),
        ("create_time", made["create_time"]),
        ("update_time", told["update_time"]),
        ("mchid", v3.mch_id),
    ]


async def test_nobody_confirms_it_within_a_day(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    before = await balance(shared_control)
    await transfer(v3, "T11")
    await shared_control.advance(DAY - 1)
    assert (await queried(v3, "T11"))["state"] == "WAIT_USER_CONFIRM"
    await shared_control.advance(1)
    found = await queried(v3, "T11")
    assert (found["state"], found["fail_reason"], await balance(shared_control)) == ("FAIL", "OVERDUE_CLOSE", before)
    assert v3.open(inbox.received[0])["fail_reason"] == "OVERDUE_CLOSE"
    assert (await decide(shared_control, "T11", "confirm", 409))["error"]["code"] == "transfer_ended"


@pytest.mark.parametrize("act", ["cancel", "fail"])
async def test_what_is_over_is_over_though_the_scheduler_has_not_come_to_it(
    v3: V3Merchant, shared_server: Server, shared_control: Control, act: str
) -> None:
    number = f"T18{act}"
    await transfer(v3, number)
    shared_server.parts.clock.advance(DAY)
    if act == "cancel":
        assert failed(await cancel(v3, number)) == (400, "INVALID_REQUEST", "当前单据状态不支持撤销")
    else:
        await decide(shared_control, number, "fail", 409)
    await shared_control.advance(0)
    assert (await queried(v3, number))["fail_reason"] == "OVERDUE_CLOSE"


async def test_the_merchant_cancels_it(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    before = await balance(shared_control)
    made = (await transfer(v3, "T12")).json
    cancelled = await cancel(v3, "T12")
    assert cancelled.json == {
        "out_bill_no": "T12",
        "state": "CANCELING",
        "transfer_bill_no": made["transfer_bill_no"],
        "update_time": cancelled.json["update_time"],
    }
    assert (await decide(shared_control, "T12", "confirm", 409))["error"]["code"] == "transfer_ended"
    await shared_control.advance(1)
    found, told = await queried(v3, "T12"), v3.open(inbox.received[0])
    assert (found["state"], found["fail_reason"], await balance(shared_control)) == ("CANCELLED", "MCH_CANCEL", before)
    assert (told["state"], told["fail_reason"]) == ("CANCELLED", "MCH_CANCEL")
    assert (await shared_control.get(f"/transfers/{v3.mch_id}/T12"))["fail_reason"] == "MCH_CANCEL"
    assert (await cancel(v3, "T12")).json["state"] == "CANCELLED"
    assert (await cancel(v3, "NOWHERE")).status == 404


async def test_once_confirmed_it_cannot_be_cancelled(v3: V3Merchant, shared_control: Control) -> None:
    await transfer(v3, "T13")
    await decide(shared_control, "T13", "success")
    assert failed(await cancel(v3, "T13")) == (400, "INVALID_REQUEST", "当前单据状态不支持撤销")


async def test_it_fails_for_a_reason_and_the_notification_climbs_the_ladder(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    await transfer(v3, "T14")
    await decide(shared_control, "T14", "fail", fail_reason="NAME_NOT_CORRECT")
    await shared_control.advance(15)
    inbox.answer(204, "")
    await shared_control.advance(15)
    assert [v3.open(one)["fail_reason"] for one in inbox.received] == ["NAME_NOT_CORRECT"] * 3
    (told,) = (await shared_control.get(f"/transfers/{v3.mch_id}/T14"))["notifications"]
    assert (told["kind"], told["out_bill_no"], told["state"]) == ("transfer", "T14", "delivered")
    assert [one["verdict"] for one in told["attempts"]] == ["http_status", "http_status", "ok"]
    await decide(shared_control, "T14", "fail", 400, fail_reason="MCH_CANCEL")
    refused = await decide(shared_control, "T14", "success", 400, fail_reason="NAME_NOT_CORRECT")
    assert refused["error"]["field"] == "fail_reason"


async def test_without_a_notify_url_nobody_is_told(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    await transfer(v3, "T15", notify_url=None)
    await decide(shared_control, "T15", "success")
    await shared_control.advance(0)
    assert inbox.received == []


async def test_a_notification_for_another_merchant_names_that_one_alone(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    await shared_control.call("PUT", "/scenarios/other-merchant", {"transfer": {"notify": {"fault": "wrong-mch-id"}}})
    asked = {"Wechatpay-Negative-Test": "other-merchant"}
    assert (await v3.call("POST", BILLS, transfer_terms(v3, "T19"), headers=asked)).status == 200
    await decide(shared_control, "T19", "success")
    await shared_control.advance(0)
    told = v3.open(inbox.received[0])
    assert (told["mch_id"], told["mchid"]) == ("1000000001", "1000000001")


async def test_the_wallet_of_the_person_and_the_ledger_have_it(v3: V3Merchant, shared_control: Control) -> None:
    openid = "oReceives0000000000000000001"
    await shared_control.post("/payers", {"openid": openid, "appid": v3.appid, "balance_fen": 5}, 201)
    made = (await transfer(v3, "T16", openid=openid)).json
    await decide(shared_control, "T16", "success")
    assert (await shared_control.get(f"/payers/{openid}"))["balance_fen"] == 35
    lines = (await shared_control.get(f"/merchants/{v3.mch_id}/ledger"))["items"]
    mine = [line for line in lines if line.get("out_bill_no") == "T16"]
    assert [(one["movement"], one["source"], one["target"]) for one in mine] == [
        ("transfer_arrived", "transit", "payer"),
        ("transfer", "Basic", "transit"),
    ]
    assert {one["business_no"] for one in mine} == {made["transfer_bill_no"]}


async def test_its_timeline_has_calls_acts_and_attempts_and_an_orders_has_none_of_them(
    v3: V3Merchant, shared_control: Control
) -> None:
    await v3.place("T17ORDER")
    await transfer(v3, "T17ORDER")
    await decide(shared_control, "T17ORDER", "success")
    await shared_control.advance(0)
    items = (await shared_control.get(f"/transfers/{v3.mch_id}/T17ORDER/timeline"))["items"]
    assert [one.get("name") or one["kind"] for one in items if one["kind"] != "clock"] == [
        "api",
        "transfer_accepted",
        "transfer_confirmed",
        "transfer_succeeded",
        "notification",
    ]
    assert items[0]["out_bill_no"] == "T17ORDER"
    assert {one["path"] for one in await shared_control.timeline("T17ORDER") if one["kind"] == "api"} == {
        "/v3/pay/transactions/native"
    }


async def test_what_stands_beside_is_known_and_not_played(v3: V3Merchant, shared_control: Control) -> None:
    answer = await v3.call("POST", "/v3/fund-app/mch-transfer/elecsign/out-bill-no", {"out_bill_no": "T01"})
    assert (answer.status, answer.body) == (404, b"")
    (call,) = (await shared_control.get("/journal", limit="1"))["items"]
    assert call["facts"]["fault"] == "unsupported_v3"


async def test_calls_that_get_nowhere_stand_on_its_timeline(v3: V3Merchant, shared_control: Control) -> None:
    await transfer(v3, "T21")
    await transfer(v3, "T21", transfer_remark="备" * 33)
    await transfer(v3, "T21", appid="wx0000000000000001")
    elecsign = "/v3/fund-app/mch-transfer/elecsign/out-bill-no"
    await v3.call("POST", elecsign, {"out_bill_no": "T21"})
    await v3.get(f"{elecsign}/T21")
    items = (await shared_control.get(f"/transfers/{v3.mch_id}/T21/timeline"))["items"]
    assert [(one["path"], one["outcome"]) for one in items if one["kind"] == "api"] == [
        (BILLS, "ok"),
        (BILLS, "failed"),
        (BILLS, "failed"),
        (elecsign, "failed"),
        (f"{elecsign}/T21", "failed"),
    ]


# -- the WeChat client -------------------------------------------------------------------------------------------------


async def test_the_client_shows_the_page_only_for_what_is_right(v3: V3Merchant, shared_control: Control) -> None:
    package = (await transfer(v3, "T20")).json["package_info"]
    right = {"mchId": v3.mch_id, "appId": v3.appid, "package": package}

    async def said(**other: object) -> tuple[str | None, str | None]:
        answer = await shared_control.post("/client/transfer", {**right, **other})
        return answer["err_msg"], answer.get("err_desc")

    fail = "requestMerchantTransfer:fail"
    assert await said(mchId="1900000201") == (fail, "fail")
    assert await said(appId="wx0000000000000001") == (fail, "fail")
    assert await said(openId="oReceives0000000000000000009") == (fail, "fail")
    assert await said(package="nothing") == (fail, "fail package参数有误")
    assert await said(package=None) == (fail, "fail 缺少参数")
    assert await said(mchId=None) == (fail, "fail 缺少参数")
    told = (await shared_control.get(f"/transfers/{v3.mch_id}/T20/timeline", lang="en"))["items"]
    assert told[-1]["summary"].endswith("showed no page to confirm it (page or mini program): mchId is missing")
    assert await said() == (None, None)
    assert await said(outcome="cancel") == ("requestMerchantTransfer:cancel", None)
    assert (await queried(v3, "T20"))["state"] == "WAIT_USER_CONFIRM"
    waits = await started(shared_control.get("/client/transfer-result", package=package))
    assert await said(outcome="confirm") == ("requestMerchantTransfer:ok", None)
    assert (await waits)["err_msg"] == "requestMerchantTransfer:ok"
    assert await said() == (fail, "fail package参数有误")
    assert (await shared_control.get("/client/transfer-result", 404, package="nothing"))["error"]["code"]
