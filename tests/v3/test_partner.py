"""Service providers: the same calls for a sub-merchant, and who may call for whom. V3 notes, 9.6."""

import json
import re
from typing import Any

import aiohttp
import pytest

from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import Answered, V3Merchant

PAY = "/v3/pay/partner/transactions"
SUB, OTHER_SUB, CLOSED_SUB = "1900000201", "1900000202", "1900000203"
SUB_MERCHANTS = [
    {"sub_mch_id": SUB, "sub_appids": ["wxteahouse"]},
    {"sub_mch_id": OTHER_SUB, "sub_appids": ["wxbakery"]},
    {"sub_mch_id": CLOSED_SUB, "products": {"NATIVE": "not_opened"}},
]
OPENID, SUB_OPENID = "oProviderPayer00000000000001", "oTeahousePayer00000000000001"
MORE: dict[str, dict[str, Any]] = {
    "jsapi": {"payer": {"sp_openid": OPENID}},
    "app": {},
    "native": {},
    "h5": {"scene_info": {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}},
}


class Provider(V3Merchant):
    """A service provider."""

    async def order(self, number: str, product: str = "native", **more: Any) -> Answered:
        said = {
            "sp_appid": self.appid,
            "sp_mchid": self.mch_id,
            "sub_mchid": SUB,
            "description": "茶",
            "out_trade_no": number,
            "notify_url": self.notify_url,
            "amount": {"total": 101, "currency": "CNY"},
            **MORE.get(product, {}),
            **more,
        }
        return await self.call("POST", f"{PAY}/{product}", said)

    async def ask(self, number: str, sub_mchid: str = SUB) -> Answered:
        return await self.get(f"{PAY}/out-trade-no/{number}", sp_mchid=self.mch_id, sub_mchid=sub_mchid)


def told(answer: Answered) -> tuple[int, str, str]:
    assert answer.signed
    return answer.status, answer.json["code"], answer.json["message"]


@pytest.fixture(scope="module")
async def opened(shared_server: Server) -> dict[str, Any]:
    account = {"appids": ["wxprovider"], "service_provider": True, "sub_merchants": SUB_MERCHANTS}
    async with aiohttp.ClientSession(shared_server.url) as session:
        return dict(await Control(session).post("/merchants", account, 201))


@pytest.fixture
async def provider(opened: dict[str, Any], shared_control: Control, inbox: Inbox) -> Provider:
    shared_control.mch_id = opened["mch_id"]
    inbox.answer(204, "")
    found = await Provider.of(shared_control, inbox.url)
    assert isinstance(found, Provider)
    return found


PAID = (
    '{{"amount":{{"currency":"CNY","payer_currency":"CNY","payer_total":101,"total":101}},"attach":"",'
    '"bank_type":"OTHERS","out_trade_no":"{number}","payer":{{"sp_openid":"{openid}"}},"promotion_detail":[],'
    '"sp_appid":"wxprovider","sp_mchid":"{mchid}","sub_mchid":"{sub}","success_time":"{time}",'
    '"trade_state":"SUCCESS","trade_state_desc":"支付成功","trade_type":"NATIVE","transaction_id":"{id}"}}'
)


@pytest.mark.parametrize("product", MORE)
async def test_an_order_is_placed_paid_and_queried_for_a_sub_merchant(
    provider: Provider, shared_control: Control, product: str
) -> None:
    number = f"PARTNER{product}"
    placed = await provider.order(number, product)
    assert placed.status == 200, placed
    await shared_control.pay(number)

    said = (await provider.ask(number)).json

    assert said["trade_state"] == "SUCCESS"
    by_id = await provider.get(f"{PAY}/id/{said['transaction_id']}", sp_mchid=provider.mch_id, sub_mchid=SUB)
    assert by_id.json == said


async def test_what_is_told_of_it_names_provider_and_sub_merchant(provider: Provider, shared_control: Control) -> None:
    await provider.order("TOLD000001")
    await shared_control.pay("TOLD000001")

    answer = await provider.ask("TOLD000001")

    said = answer.json
    expected = PAID.format(
        number="TOLD000001",
        openid=said["payer"]["sp_openid"],
        mchid=provider.mch_id,
        sub=SUB,
        time=said["success_time"],
        id=said["transaction_id"],
    )
    assert answer.body.decode() == expected


async def test_the_payer_may_be_known_to_the_sub_merchant(provider: Provider, shared_control: Control) -> None:
    payer = {"sub_openid": SUB_OPENID}
    assert (await provider.order("SUBPAYER01", "jsapi", payer=payer, sub_appid="wxteahouse")).status == 200
    await shared_control.pay("SUBPAYER01")

    said = (await provider.ask("SUBPAYER01")).json

    assert said["sub_appid"] == "wxteahouse"
    assert said["payer"]["sub_openid"] == SUB_OPENID
    assert re.fullmatch(r"o[\w-]{27}", said["payer"]["sp_openid"])


async def test_its_notification_names_provider_and_sub_merchant(
    provider: Provider, shared_control: Control, inbox: Inbox
) -> None:
    await provider.order("NOTIFIED01", sub_appid="wxteahouse")
    await shared_control.pay("NOTIFIED01")
    await shared_control.advance(0)

    said = provider.open(inbox.received[-1])
    names = ["sp_mchid", "sub_mchid", "sp_appid", "sub_appid", "out_trade_no", "transaction_id", "trade_type"]
    assert list(said)[: len(names)] == names
    assert (said["sub_mchid"], said["out_trade_no"]) == (SUB, "NOTIFIED01")
    assert "sp_openid" in said["payer"]


async def test_an_order_is_closed_for_its_sub_merchant(provider: Provider) -> None:
    await provider.order("CLOSED0001")
    body = {"sp_mchid": provider.mch_id, "sub_mchid": SUB}

    closed = await provider.call("POST", f"{PAY}/out-trade-no/CLOSED0001/close", body)

    assert (closed.status, closed.body) == (204, b"")
    assert (await provider.ask("CLOSED0001")).json["trade_state"] == "CLOSED"


async def test_two_sub_merchants_may_use_the_same_number(provider: Provider) -> None:
    await provider.order("SHARED0001")

    assert told(await provider.ask("SHARED0001", OTHER_SUB)) == (404, "ORDER_NOT_EXIST", "订单不存在")
    assert (await provider.order("SHARED0001", sub_mchid=OTHER_SUB)).status == 200


async def test_a_code_is_charged_and_reversed_for_a_sub_merchant(provider: Provider, shared_control: Control) -> None:
    """The payer is known to the provider's app by an openid of its own."""
    more = {
        "payer": {"auth_code": await shared_control.auth_code()},
        "scene_info": {"store_info": {"id": "1"}},
        "notify_url": None,
    }
    charged = await provider.order("CODE000001", "codepay", **more)
    assert (charged.status, charged.json["trade_state"], charged.json["trade_type"]) == (200, "SUCCESS", "MICROPAY")
    assert charged.json["sub_mchid"] == SUB

    body = {"sp_mchid": provider.mch_id, "sub_mchid": SUB}
    reversed_one = await provider.call("POST", f"{PAY}/out-trade-no/CODE000001/reverse", body)

    assert reversed_one.json == {**body, "out_trade_no": "CODE000001"}
    assert (await provider.ask("CODE000001")).json["trade_state"] == "REVOKED"


@pytest.mark.parametrize(
    ("product", "more", "failure"),
    [
        ("native", {"sub_mchid": "1900000299"}, (403, "NO_AUTH", "受理关系不存在")),
        ("native", {"sub_appid": "wxbakery"}, (400, "APPID_MCHID_NOT_MATCH", "sub_mch_id与sub_appid不匹配")),
        ("native", {"sp_appid": "wxnobodys"}, (400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")),
        ("native", {"sub_mchid": CLOSED_SUB}, (403, "NO_AUTH", "特约子商户商户号未授权服务商的产品权限")),
        ("jsapi", {"payer": {}}, (400, "PARAM_ERROR", "JSAPI支付必须传openid")),
        ("jsapi", {"payer": {"sub_openid": SUB_OPENID}}, (400, "PARAM_ERROR", "appid与openid不匹配")),
    ],
)
async def test_accounts_that_do_not_belong_together_are_refused(
    provider: Provider, product: str, more: dict[str, Any], failure: tuple[int, str, str]
) -> None:
    assert told(await provider.order("REFUSED001", product, **more)) == failure


async def test_nobody_is_their_own_sub_merchant(provider: Provider) -> None:
    answer = await provider.order("REFUSED002", sub_mchid=provider.mch_id)

    assert told(answer) == (400, "PARAM_ERROR", "子商户mchid不能与自身mchid相同")
    assert answer.number == "268443705"


async def test_a_provider_does_not_act_for_itself(provider: Provider) -> None:
    answer = await provider.place("REFUSED003")

    assert told(answer) == (400, "INVALID_REQUEST", "受理机构必须传入sub_mch_id")
    assert answer.number == "268443704"


async def test_an_ordinary_merchant_does_not_act_for_others(v3: V3Merchant) -> None:
    answer = await v3.get(f"{PAY}/out-trade-no/REFUSED001", sp_mchid=v3.mch_id, sub_mchid=SUB)

    assert told(answer) == (403, "NO_AUTH", "受理关系不存在")


async def test_a_payment_is_told_to_its_sub_merchant_only(provider: Provider, shared_control: Control) -> None:
    await provider.order("MINE000001")
    await shared_control.pay("MINE000001")
    number = (await provider.ask("MINE000001")).json["transaction_id"]

    answer = await provider.get(f"{PAY}/id/{number}", sp_mchid=provider.mch_id, sub_mchid=OTHER_SUB)

    assert told(answer) == (400, "INVALID_REQUEST", "子商户号和订单信息不匹配")
    assert answer.number == "268447845"


async def test_the_provider_who_signs_must_be_the_one_in_the_body(provider: Provider) -> None:
    answer = await provider.order("REFUSED004", sp_mchid="1900000109")

    said = {"code": "PARAM_ERROR", "message": "http header中的mchid与post payload中的mchid不匹配"}
    assert (answer.status, json.loads(answer.body)) == (400, said)
