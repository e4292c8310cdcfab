"""Profit sharing: receivers, sharing, unfreezing, giving back, and who is told. V3 notes, 15.2, appendix A.5."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.bills import read
from tests.support.control import Control
from tests.support.days import bills_are_made, now, quiet_morning
from tests.support.merchant import Inbox, Merchant
from tests.support.v3 import PAY, Answered, V3Merchant, revealed
from tests.support.v3_refunds import REFUNDS, refund_terms
from tests.support.v3_sharing import FEE, SHARING, TOTAL, Sharer

NET = TOTAL - FEE
ENDED = (400, "INVALID_REQUEST", "订单已完结分账，不支持分账")
OPENID = "oShareStaff00000000000000001"


def failed(answer: Answered) -> tuple[int, str, str]:
    return answer.status, answer.json["code"], answer.json["message"]


async def test_an_order_is_shared(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("SHARE01")
    before = await sharer.balances()
    assert await sharer.unsplit(transaction_id) == NET, "the fee is not shared"

    asked = await sharer.share(transaction_id, "P@01")

    order_id = asked.json["order_id"]
    assert (asked.status, asked.signed) == (200, True)
    assert re.fullmatch(r"3000\d{25}", order_id)
    told = asked.json["receivers"][0]
    assert asked.json == {
        "transaction_id": transaction_id,
        "out_order_no": "P@01",
        "order_id": order_id,
        "state": "PROCESSING",
        "receivers": [
            {
                "amount": 1000,
                "description": "货款",
                "type": "MERCHANT_ID",
                "account": sharer.receiver,
                "result": "PENDING",
                "detail_id": told["detail_id"],
                "create_time": told["create_time"],
                "finish_time": "1970-01-01T08:00:00+08:00",
            }
        ],
    }
    assert await sharer.unsplit(transaction_id) == NET - 1000
    assert await sharer.balances() == before, "it is not carried out yet"

    done = await sharer.ended(transaction_id, "P@01")

    assert (done["state"], done["receivers"][0]["result"]) == ("FINISHED", "SUCCESS")
    assert done["receivers"][0]["finish_time"] > told["create_time"]
    assert await sharer.balances() == (before[0], before[1] + 1000), "what is left stays frozen"


async def test_the_same_number_is_the_same_sharing(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("SHARE02")
    first = await sharer.share(transaction_id, "P02")

    assert (await sharer.share(transaction_id, "P02")).body == first.body
    other = await sharer.share(transaction_id, "P02", sharer.to(999))
    assert failed(other) == (400, "INVALID_REQUEST", "分账接收方与原请求不一致")
    assert await sharer.unsplit(transaction_id) == NET - 1000


async def test_what_is_left_is_unfrozen_with_the_last_sharing(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("SHARE03")
    before = await sharer.balances()

    await sharer.share(transaction_id, "P03", unfreeze_unsplit=True)

    shares = (await sharer.ended(transaction_id, "P03"))["receivers"]
    assert [(one["account"], one["amount"], one["description"]) for one in shares] == [
        (sharer.receiver, 1000, "货款"),
        (sharer.v3.mch_id, NET - 1000, "解冻给分账方"),
    ]
    assert await sharer.balances() == (before[0] + NET - 1000, before[1] + 1000)
    assert failed(await sharer.share(transaction_id, "P03B")) == ENDED


async def test_what_is_left_is_unfrozen_under_a_number_of_its_own(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("SHARE04")
    before = await sharer.balances()
    said = {"transaction_id": transaction_id, "out_order_no": "U04", "description": "不分了"}

    asked = await sharer.post("orders/unfreeze", **said)

    assert (asked.status, asked.json["state"]) == (200, "PROCESSING")
    assert [(one["account"], one["amount"], one["description"]) for one in asked.json["receivers"]] == [
        (sharer.v3.mch_id, NET, "不分了")
    ]
    assert (await sharer.post("orders/unfreeze", **said)).body == asked.body
    assert (await sharer.ended(transaction_id, "U04"))["receivers"][0]["result"] == "SUCCESS"
    assert await sharer.balances() == (before[0] + NET, before[1])
    again = await sharer.post("orders/unfreeze", **{**said, "out_order_no": "U04B"})
    assert failed(again) == ENDED


async def test_what_nobody_shares_is_unfrozen_after_thirty_days(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("SHARE05")
    await sharer.control.advance(29 * 86400)
    assert await sharer.unsplit(transaction_id) == NET

    await sharer.control.advance(86400)

    assert await sharer.unsplit(transaction_id) == 0
    assert "unfrozen" in [one.get("name") for one in await sharer.control.timeline("SHARE05")]
    lines = (await sharer.control.get(f"/merchants/{sharer.v3.mch_id}/ledger"))["items"]
    own = [one for one in lines if one["out_trade_no"] == "SHARE05"]
    assert (own[0]["movement"], own[0]["source"], own[0]["fen"]) == ("unfreeze", "frozen", NET)


async def test_money_goes_to_a_person_too(sharer: Sharer) -> None:
    person = {"type": "PERSONAL_OPENID", "account": OPENID}
    assert (await sharer.add(OPENID, "PERSONAL_OPENID")).status == 200
    await sharer.control.call("PATCH", f"/payers/{OPENID}", {"balance_fen": 5})
    transaction_id = await sharer.paid("SHARE06")

    share = {**person, "amount": 300, "description": "提成"}
    await sharer.share(transaction_id, "P06", share, appid=sharer.v3.appid)
    await sharer.ended(transaction_id, "P06")

    assert (await sharer.control.get(f"/payers/{OPENID}"))["balance_fen"] == 305


# -- what is refused ---------------------------------------------------------------------------------------------------


async def test_rules_of_sharing(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("RULES01")
    other = await sharer.paid("RULES02", settle_info=None)
    refused: dict[str, tuple[Any, tuple[int, str, str]]] = {
        "not placed to be shared": (
            {"transaction_id": other},
            (400, "INVALID_REQUEST", "非分账订单不支持分账"),
        ),
        "unknown payment": (
            {"transaction_id": "4200000000209912310000000001"},
            (400, "INVALID_REQUEST", "非分账订单不支持分账"),
        ),
        "not added": (
            {"receivers": [sharer.to(account="1900009999")]},
            (400, "INVALID_REQUEST", "分账接收方关系不存在，请检查参数中每个接收方的关系。"),
        ),
        "twice": (
            {"receivers": [sharer.to(1), sharer.to(2)]},
            (400, "INVALID_REQUEST", "分账接收方列表中存在重复的接收方"),
        ),
        "more than there is": ({"receivers": [sharer.to(NET + 1)]}, (403, "NOT_ENOUGH", "分账金额不足")),
        "over the ratio": (
            {"receivers": [sharer.to(3001)]},
            (400, "INVALID_REQUEST", "分账金额超出最大分账比例"),
        ),
        "nothing": ({"receivers": None}, (400, "PARAM_ERROR", "参数错误")),
    }
    for name, (changes, answer) in refused.items():
        said = {
            "transaction_id": transaction_id,
            "out_order_no": "PRULES",
            "receivers": [sharer.to()],
            "unfreeze_unsplit": False,
            **changes,
        }
        assert failed(await sharer.post("orders", **said)) == answer, name

    await sharer.share(transaction_id, "PRULES1", sharer.to(2000))
    over = await sharer.share(transaction_id, "PRULES2", sharer.to(1001))
    assert failed(over) == (400, "INVALID_REQUEST", "分账金额超出最大分账比例"), "sharings add up"
    assert (await sharer.share(transaction_id, "PRULES3", sharer.to(1000))).status == 200
    own = await sharer.share(transaction_id, "PRULES4", sharer.to(3500, sharer.v3.mch_id))
    assert own.status == 200, "who shares may unfreeze a part for itself"
    await sharer.control.call("PATCH", f"/merchants/{sharer.v3.mch_id}", {"sharing_ratio": "40%"})
    assert (await sharer.share(transaction_id, "PRULES5", sharer.to(1000))).status == 200
    await sharer.control.call("PATCH", f"/merchants/{sharer.v3.mch_id}", {"sharing_ratio": "30%"})


async def test_an_order_is_shared_a_minute_after_it_was_paid(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("EARLY01", ripe=False)
    early = (400, "INVALID_REQUEST", "订单处理中，暂时无法分账，请稍后再试")

    assert failed(await sharer.share(transaction_id, "PEARLY1")) == early
    await sharer.control.advance(60)
    assert (await sharer.share(transaction_id, "PEARLY1")).status == 200


async def test_members_are_told_of_as_elsewhere(sharer: Sharer) -> None:
    """Lengths count characters, as was seen; sub-merchants are unknown to a merchant that acts for itself."""
    transaction_id = await sharer.paid("SHAPES1")
    long = await sharer.share(transaction_id, "PSHAPES", sharer.to(description="货" * 81))
    assert long.json["message"] == (
        "输入源“/body/receivers/0/description”映射到值字段“分账描述”字符串规则校验失败，字符数 81，大于最大值 80"
    )
    nobody = await sharer.share(transaction_id, "PSHAPES", {**sharer.to(), "account": ""})
    assert nobody.json["message"] == (
        "输入源“/body/receivers/0/account”映射到值字段“分账接收方帐号”字符串规则校验失败，字符数 0，小于最小值 1"
    )
    many = await sharer.share(transaction_id, "PSHAPES", *[sharer.to(1)] * 51)
    assert "元素个数 51，大于最大值 50" in many.json["message"]
    for providers, app in (("sub_mchid", ""), ("sub_appid", ""), ("sub_appid", sharer.v3.appid)):
        unknown = await sharer.share(transaction_id, "PSHAPES", **{providers: "1900000201", "appid": app or None})
        assert unknown.json["message"] == "请求中含有未在API文档中定义的参数"
        assert unknown.json["detail"] == {"location": None, "value": [f"/body/{providers}"]}
    for kind, app in (("PERSONAL_OPENID", "appid"), ("PERSONAL_SUB_OPENID", "sub_appid")):
        unnamed = await sharer.share(transaction_id, "PSHAPES", sharer.to(1, OPENID, type=kind))
        assert f"“/body/{app}”" in unnamed.json["message"], "whose openid it is"
        assert unnamed.json["detail"] == {"location": "body", "value": ""}
    assert failed(await sharer.get("orders/NOWHERE", transaction_id=transaction_id)) == (
        404,
        "RESOURCE_NOT_EXISTS",
        "记录不存在",
    )


# -- receivers ---------------------------------------------------------------------------------------------------------


async def test_a_receivers_name_travels_sealed_both_ways(sharer: Sharer) -> None:
    name = sharer.hidden("茶叶供应商")

    added = await sharer.add(name=name, relation_type="CUSTOM", custom_relation="合伙")

    assert list(added.json) == ["type", "account", "name", "relation_type", "custom_relation"]
    assert revealed(added.json["name"], str(sharer.v3.shown["private_key"])) == "茶叶供应商"
    wrong = await sharer.add(name=sharer.hidden("别的公司"))
    assert failed(wrong) == (400, "INVALID_REQUEST", "分账接收商户全称不匹配")
    sharer.v3.serial = ""
    unsaid = await sharer.add(name=name, account="1900009998")
    sharer.v3.serial = ""
    assert unsaid.status == 200, "hidden() has set it again"
    missing = await sharer.post(
        "receivers/add", appid=sharer.v3.appid, type="MERCHANT_ID", account="1900009998", relation_type="STORE"
    )
    assert missing.json["detail"] == {"location": "body", "value": ""}


async def test_a_merchant_without_a_name_is_added_under_any(sharer: Sharer) -> None:
    nameless = await sharer.control.post("/merchants", {"name": ""}, 201)

    added = await sharer.add(nameless["mch_id"])

    assert (added.status, added.json["account"]) == (200, nameless["mch_id"])


async def test_a_deleted_receiver_gets_nothing_any_more(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("DELETE01")
    before = await sharer.balances()
    await sharer.share(transaction_id, "PDELETE1")
    named = {"appid": sharer.v3.appid, "type": "MERCHANT_ID", "account": sharer.receiver}

    deleted = await sharer.post("receivers/delete", **named)

    assert deleted.json == {"type": "MERCHANT_ID", "account": sharer.receiver}
    share = (await sharer.ended(transaction_id, "PDELETE1"))["receivers"][0]
    assert (share["result"], share["fail_reason"]) == ("CLOSED", "NO_RELATION")
    assert await sharer.balances() == (before[0] + 1000, before[1]), "what was closed is who shares'"
    assert (await sharer.share(transaction_id, "PDELETE2")).json["code"] == "INVALID_REQUEST"


# -- refunds and giving back -------------------------------------------------------------------------------------------


async def refund(sharer: Sharer, number: str, out_refund_no: str, fen: int) -> Answered:
    amount = {"refund": fen, "total": TOTAL, "currency": "CNY"}
    return await sharer.v3.call("POST", REFUNDS, refund_terms(number, out_refund_no, amount=amount))


async def test_a_refund_comes_out_of_what_is_frozen(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("BACK01")
    before = await sharer.balances()

    assert (await refund(sharer, "BACK01", "RBACK01", 5000)).status == 200
    assert await sharer.balances() == before
    assert await sharer.unsplit(transaction_id) == NET - 5000 + 30, "with its part of the fee"
    await sharer.share(transaction_id, "PBACK01", sharer.to(2000))
    over = await refund(sharer, "BACK01", "RBACK02", 4000)
    assert failed(over) == (
        400,
        "INVALID_REQUEST",
        "申请退款金额大于剩余未分账金额，请等待分账完成后再试",
    )

    await sharer.post("orders/unfreeze", transaction_id=transaction_id, out_order_no="UBACK01", description="完结")
    await sharer.control.advance(5)
    await sharer.control.call("PATCH", f"/merchants/{sharer.v3.mch_id}", {"balance_fen": 100_000})

    assert (await refund(sharer, "BACK01", "RBACK02", 5000)).status == 200, "from its balance"


async def test_a_reversal_waits_until_the_order_is_shared_to_the_end(sharer: Sharer) -> None:
    """What is being shared cannot go back to the payer too: it is refused as a refund of the whole is, by both APIs."""
    v3, control = sharer.v3, sharer.control
    v2 = Merchant.opened(v3.session, dict(v3.shown), v3.notify_url)
    await v2.micropay("REVERSE1", await control.auth_code(), TOTAL, profit_sharing="Y")
    await v2.micropay("REVERSE2", await control.auth_code(), TOTAL, profit_sharing="Y")
    before = await sharer.balances()
    await control.advance(60)
    transaction_id = (await control.order("REVERSE1"))["transaction_id"]
    away = f"{PAY}/out-trade-no/REVERSE1/reverse", {"appid": v3.appid, "mchid": v3.mch_id}
    waits = (400, "INVALID_REQUEST", "申请退款金额大于剩余未分账金额，请等待分账完成后再试")

    await sharer.share(transaction_id, "PREVERSE1")

    assert failed(await v3.call("POST", *away)) == waits, "it is being shared"
    in_v2 = await v2.reverse("REVERSE1")
    assert (in_v2["err_code"], in_v2["err_code_des"]) == waits[1:]
    await sharer.ended(transaction_id, "PREVERSE1")
    assert failed(await v3.call("POST", *away)) == waits, "the rest may still be shared"
    await sharer.post("orders/unfreeze", transaction_id=transaction_id, out_order_no="UREVERSE1", description="完结")
    await sharer.ended(transaction_id, "UREVERSE1")
    assert await sharer.balances() == (before[0] + NET - 1000, before[1] + 1000)
    await control.call("PATCH", f"/merchants/{v3.mch_id}", {"balance_fen": NET - 1})
    assert failed(await v3.call("POST", *away))[1] == "NOT_ENOUGH"
    await control.call("PATCH", f"/merchants/{v3.mch_id}", {"balance_fen": NET})

    assert (await v3.call("POST", *away)).status == 200, "from its balance"

    assert await sharer.balances() == (0, before[1] + 1000), "the receiver keeps what it has got"
    assert (await v2.reverse("REVERSE2"))["recall"] == "N", "nobody shares it"
    assert await sharer.balances() == (0, before[1] + 1000), "it was frozen whole"


async def test_a_share_is_given_back(sharer: Sharer, inbox: Inbox) -> None:
    transaction_id = await sharer.paid("RETURN01")
    order_id = (await sharer.share(transaction_id, "PRETURN1")).json["order_id"]
    await sharer.ended(transaction_id, "PRETURN1")
    before = await sharer.balances()
    said = {"return_mchid": sharer.receiver, "amount": 400, "description": "用户退货", "out_return_no": "B01"}

    back = await sharer.post("return-orders", order_id=order_id, **said)

    assert (back.status, back.json["result"], back.json["out_order_no"]) == (200, "SUCCESS", "PRETURN1")
    assert (await sharer.post("return-orders", out_order_no="PRETURN1", **said)).body == back.body
    assert (await sharer.get("return-orders/B01", out_order_no="PRETURN1")).body == back.body
    assert await sharer.balances() == (before[0] + 400, before[1] - 400)

    async def refused(**changes: Any) -> tuple[int, str, str]:
        wanted = {"out_order_no": "PRETURN1", **said, "out_return_no": "B02", **changes}
        return failed(await sharer.post("return-orders", **wanted))

    invalid = (400, "INVALID_REQUEST")
    assert await refused(amount=601) == (*invalid, "剩余可回退的金额不足")
    assert await refused(out_return_no="B01", amount=1) == (*invalid, "分账回退请求与原请求不一致")
    assert await refused(return_mchid="1900009997") == (*invalid, "回退商户不是原分账单的接收方")
    assert await refused(return_mchid=sharer.v3.mch_id) == (
        *invalid,
        "分账回退出资商户不允许和接收商户相同，请重新输入回退商户号",
    )
    assert await refused(out_order_no="NOWHERE") == (404, "RESOURCE_NOT_EXISTS", "记录不存在")
    assert await refused(out_order_no=None) == (400, "PARAM_ERROR", "参数错误")
    await sharer.control.call("PATCH", f"/merchants/{sharer.receiver}", {"balance_fen": 100})
    assert await refused(amount=101) == (403, "NOT_ENOUGH", "可用余额不足，请充值后重新发起")
    await sharer.control.advance(181 * 86400)
    assert await refused(amount=100, out_return_no="B03") == (403, "RULE_LIMIT", "超过分账回退期限")


async def test_a_receivers_ledger_goes_by_its_own_clock(sharer: Sharer) -> None:
    receiver = Control(sharer.control.session, sharer.receiver)
    transaction_id = await sharer.paid("CLOCKS1")
    await sharer.control.advance(2 * 86400, receiver.mch_id)
    ahead = await now(receiver)

    await sharer.share(transaction_id, "PCLOCKS1")
    await sharer.ended(transaction_id, "PCLOCKS1")
    terms = {"return_mchid": receiver.mch_id, "amount": 400, "description": "用户退货"}
    await sharer.post("return-orders", out_order_no="PCLOCKS1", out_return_no="BCLOCKS1", **terms)

    lines = (await receiver.get(f"/merchants/{receiver.mch_id}/ledger"))["items"]
    assert [one["fen"] for one in lines] == [400, 1000]
    assert all(datetime.fromisoformat(one["at"]) >= ahead for one in lines)


# -- who is told -------------------------------------------------------------------------------------------------------


async def test_the_receiver_is_told_at_its_own_address_under_its_own_key(sharer: Sharer, inbox: Inbox) -> None:
    transaction_id = await sharer.paid("TOLD01")
    await sharer.control.wait("TOLD01", "notified")
    order_id = (await sharer.share(transaction_id, "PTOLD1", unfreeze_unsplit=True)).json["order_id"]
    await sharer.control.advance(5)
    terms = {"return_mchid": sharer.receiver, "amount": 400, "description": "用户退货"}
    back = (await sharer.post("return-orders", order_id=order_id, out_return_no="BTOLD1", **terms)).json
    await sharer.control.advance(1)
    receiver = V3Merchant(sharer.v3.session, await sharer.control.get(f"/merchants/{sharer.receiver}"))
    receiver.keys = sharer.v3.keys

    shared, returned = inbox.received[-2:]

    envelope = json.loads(shared.body)
    assert list(envelope) == ["id", "create_time", "resource_type", "event_type", "summary", "resource"]
    assert (envelope["event_type"], envelope["summary"]) == ("TRANSACTION.SUCCESS", "分账")
    resource = envelope["resource"]
    assert (resource["original_type"], resource["associated_data"]) == ("profitsharing", "profitsharing")
    told = receiver.open(shared)
    assert json.dumps(told, ensure_ascii=False, separators=(",", ":")) == (
        f'{{"mchid":"{sharer.v3.mch_id}","transaction_id":"{transaction_id}","order_id":"{order_id}",'
        f'"out_order_no":"PTOLD1","receiver":{{"type":"MERCHANT_ID","account":"{sharer.receiver}","amount":1000,'
        f'"description":"货款"}},"success_time":"{told["success_time"]}"}}'
    )
    assert json.loads(returned.body)["summary"] == "分账回退"
    told_back = receiver.open(returned)
    assert (told_back["order_id"], told_back["out_order_no"]) == (back["return_id"], "BTOLD1")
    assert told_back["receiver"]["amount"] == 400
    attempt = next(one for one in await sharer.control.timeline("TOLD01") if one.get("facts", {}).get("receiver"))
    assert attempt["facts"] == {"out_order_no": "PTOLD1", "receiver": sharer.receiver}
    seen = await sharer.control.get(f"/journal/{attempt['id']}")
    assert seen["request"]["opened"]["receiver.account"] == sharer.receiver, "shown by the receiver's key"


async def test_who_does_not_take_it_is_told_again(sharer: Sharer, inbox: Inbox) -> None:
    transaction_id = await sharer.paid("AGAIN01")
    await sharer.control.wait("AGAIN01", "notified")
    inbox.answer(500, "")
    await sharer.share(transaction_id, "PAGAIN1")
    await sharer.control.advance(5)
    inbox.answer(204, "")
    await sharer.control.advance(15)

    first, second = inbox.received[-2:]
    assert json.loads(first.body)["id"] == json.loads(second.body)["id"]
    attempts = [one for one in await sharer.control.timeline("AGAIN01") if one["kind"] == "notification"]
    assert [one["verdict"] for one in attempts[-2:]] == ["http_status", "ok"]


# -- service providers -------------------------------------------------------------------------------------------------

SUB, PARTNER = "1900000201", "/v3/pay/partner/transactions/native"


@pytest.fixture
async def partner(shared_control: Control, inbox: Inbox) -> Sharer:
    """A service provider that shares its sub-merchant's orders with itself."""
    inbox.answer(204, "")
    account = {
        "name": "服务商",
        "appids": ["wxsharing"],
        "service_provider": True,
        "sub_merchants": [{"sub_mch_id": SUB, "sub_appids": ["wxsharingsub"]}],
        "sharing_notify_url": inbox.url,
        "sharing_ratio": "20%",
    }
    opened = await shared_control.post("/merchants", account, 201)
    control = Control(shared_control.session, opened["mch_id"])
    return Sharer(await V3Merchant.of(control, inbox.url), control, opened["mch_id"], SUB)


async def test_a_service_provider_shares_for_its_sub_merchant(partner: Sharer, inbox: Inbox) -> None:
    v3, control = partner.v3, partner.control
    terms = {
        "sp_appid": v3.appid,
        "sp_mchid": v3.mch_id,
        "sub_mchid": SUB,
        "description": "茶",
        "out_trade_no": "PARTNER1",
        "notify_url": v3.notify_url,
        "amount": {"total": TOTAL},
        "settle_info": {"profit_sharing": True},
    }
    assert (await v3.call("POST", PARTNER, terms)).status == 200
    await control.pay("PARTNER1")
    await control.advance(60)
    transaction_id = (await control.order("PARTNER1"))["transaction_id"]
    assert (await partner.add(name=partner.hidden("服务商"))).json["sub_mchid"] == SUB
    sub_appid = await partner.add(OPENID, "PERSONAL_SUB_OPENID", sub_appid="wxnobodys")
    assert sub_appid.json["code"] == "APPID_MCHID_NOT_MATCH"

    for app in ({"appid": v3.appid}, {}):
        stranger = await partner.share(transaction_id, "PPARTNER1", sub_appid="wxnobodys", **app)
        assert stranger.json["code"] == "APPID_MCHID_NOT_MATCH"

    asked = await partner.share(transaction_id, "PPARTNER1", appid=v3.appid, unfreeze_unsplit=True)

    assert (asked.status, list(asked.json)[:2]) == (200, ["sub_mchid", "transaction_id"])
    done = await partner.ended(transaction_id, "PPARTNER1")
    assert [one["account"] for one in done["receivers"]] == [v3.mch_id, SUB]
    shown = await control.get(f"/merchants/{v3.mch_id}")
    assert (shown["balance_fen"], shown["sub_merchants"][0]["balance_fen"]) == (1000, NET - 1000)
    told = v3.open(inbox.received[-1])
    assert list(told)[:3] == ["sp_mchid", "sub_mchid", "transaction_id"]
    config = await v3.get(f"{SHARING}/merchant-configs/{SUB}")
    assert config.json == {"sub_mchid": SUB, "max_ratio": 2000}
    alone = await v3.call("POST", f"{SHARING}/orders/unfreeze", {"transaction_id": "1"})
    assert alone.json["code"] == "PARAM_ERROR"
    unnamed = {"transaction_id": transaction_id, "out_order_no": "U1", "description": "x"}
    assert failed(await v3.call("POST", f"{SHARING}/orders/unfreeze", unnamed)) == (
        400,
        "INVALID_REQUEST",
        "受理机构必须传入sub_mch_id",
    )


async def test_a_merchant_that_acts_for_itself_has_no_configuration_to_ask_for(sharer: Sharer) -> None:
    assert (await sharer.v3.get(f"{SHARING}/merchant-configs/{SUB}")).json["code"] == "NO_AUTH"


async def test_an_order_that_v2_placed_is_shared_too(sharer: Sharer) -> None:
    v2 = Merchant.opened(sharer.v3.session, dict(sharer.v3.shown), sharer.v3.notify_url)
    await v2.order("V2SHARE1", total_fee=str(TOTAL), profit_sharing="Y")
    await sharer.control.pay("V2SHARE1")
    await sharer.control.advance(60)
    transaction_id = (await sharer.control.order("V2SHARE1"))["transaction_id"]

    assert (await sharer.share(transaction_id, "PV2SHARE1")).status == 200
    assert (await v2.refund("V2SHARE1", "RV2SHARE1", TOTAL, total_fee=str(TOTAL)))["err_code_des"] == (
        "申请退款金额大于剩余未分账金额，请等待分账完成后再试"
    )


# -- bills -------------------------------------------------------------------------------------------------------------


async def test_the_days_bill_and_the_fund_flow(sharer: Sharer) -> None:
    day = await quiet_morning(sharer.control)
    transaction_id = await sharer.paid("BILL01")
    order_id = (await sharer.share(transaction_id, "PBILL1", unfreeze_unsplit=True)).json["order_id"]
    await sharer.ended(transaction_id, "PBILL1")
    terms = {"return_mchid": sharer.receiver, "amount": 400, "description": "用户退货"}
    back = (await sharer.post("return-orders", order_id=order_id, out_return_no="BBILL1", **terms)).json
    assert (await sharer.get("bills", bill_date=str(day))).json["code"] == "INVALID_REQUEST"
    await bills_are_made(sharer.control, day)

    async def file(path: str) -> tuple[list[dict[str, str]], dict[str, str]]:
        asked = await sharer.v3.get(path, bill_date=str(day))
        url = re.sub(r"^https?://[^/]+", "", asked.json["download_url"])
        return read((await sharer.v3.call("GET", url)).body)

    rows, summary = await file(f"{SHARING}/bills")
    assert [(one["业务类型"], one["分账接收方"], one["分账金额"]) for one in rows] == [
        ("分账", sharer.receiver, "10.00"),
        ("解冻", sharer.v3.mch_id, "89.40"),
        ("分账回退", sharer.receiver, "4.00"),
    ]
    assert [one["微信分账/回退单号"] for one in rows] == [order_id, order_id, back["return_id"]]
    assert summary == {"总笔数": "3", "分账总金额": "10.00", "回退总金额": "4.00", "解冻总金额": "89.40"}
    lines, totals = await file("/v3/bill/fundflowbill")
    assert [(one["业务类型"], one["收支类型"], one["收支金额(元)"]) for one in lines] == [
        ("交易", "收入", "100.00"),
        ("扣除交易手续费", "支出", "0.60"),
        ("冻结", "支出", "99.40"),
        ("解冻", "收入", "10.00"),
        ("分账", "支出", "10.00"),
        ("解冻", "收入", "89.40"),
        ("分账回退", "收入", "4.00"),
    ]
    assert totals["资金流水总笔数"] == "7"
    nothing = await sharer.v3.get(f"{SHARING}/bills", bill_date=str(day - timedelta(days=2)))
    assert failed(nothing) == (400, "NO_STATEMENT_EXIST", "请求的账单文件不存在")
    assert (await now(sharer.control)).date() > day


async def test_the_rest_of_the_family_is_known_and_not_played(sharer: Sharer) -> None:
    unplayed = await sharer.v3.get(f"{SHARING}/receivers")

    assert (unplayed.status, unplayed.body, unplayed.signed) == (404, b"", False)
    shown = await sharer.control.get("/journal", mch_id=sharer.v3.mch_id, lang="en")
    assert "profit sharing" in shown["items"][0]["explanation"]
