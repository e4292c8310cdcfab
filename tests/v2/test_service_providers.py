"""Service providers: every endpoint with sub_mch_id and sub_appid, and sub-merchants apart. Source: V2 notes, 1.4, 9.8.

What concerns unifiedorder's payers stands in test_accounts.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from sandbox.core.ledger import Account, Owner
from sandbox.server import Server
from sandbox.v2.endpoint import ENDPOINTS
from sandbox.v2.shapes import OwnRequest
from tests.support.bills import read
from tests.support.calls import CODE, RIGHT_CALLS
from tests.support.control import Control
from tests.support.days import bills_are_made
from tests.support.merchant import Inbox, Merchant, document
from tests.support.refunds import told
from tests.v2.conftest import Open

pytestmark = pytest.mark.slow

TEAHOUSE, BAKERY = {"sub_mch_id": "1900000201"}, {"sub_mch_id": "1900000202"}
APP = {"sub_appid": "wxteahouse"}
SUBS = [{**TEAHOUSE, "sub_appids": ["wxteahouse"]}, {**BAKERY, "sub_appids": ["wxbakery"]}]
TEXTS = {"/pay/downloadbill", "/pay/downloadfundflow", "/billcommentsp/batchquerycomment"}

MUST_NAME = {one.path for one in ENDPOINTS if not issubclass(one.shape, OwnRequest)}
"""Endpoints that a provider calls for one sub-merchant."""

paths = pytest.mark.parametrize("path", RIGHT_CALLS)


@pytest.fixture
def server(shared_server: Server) -> Server:
    """One for all: each test has a provider of its own."""
    return shared_server


@pytest.fixture
async def provider(open_merchant: Open, control: Control) -> Merchant:
    opened = await open_merchant(appids=["wxprovider"], service_provider=True, sub_merchants=SUBS)
    control.mch_id = opened.mch_id
    return opened


def test_every_endpoint_is_called_here() -> None:
    assert set(RIGHT_CALLS) == {endpoint.path for endpoint in ENDPOINTS}


# -- who may be named --------------------------------------------------------------------------------------------------


@paths
async def test_a_sub_merchant_must_be_named_where_it_is_about_one(provider: Merchant, path: str) -> None:
    answer = await provider.call(path, **RIGHT_CALLS[path])
    missing = answer.get("return_msg") == "受理机构必须传入sub_mch_id"
    assert missing == (path in MUST_NAME)


@paths
async def test_an_empty_one_is_none(provider: Merchant, path: str) -> None:
    answer = await provider.call(path, **RIGHT_CALLS[path], sub_mch_id="")
    missing = answer.get("return_msg") == "受理机构必须传入sub_mch_id"
    assert missing == (path in MUST_NAME)


@paths
async def test_a_sub_merchant_of_no_relation_is_refused(provider: Merchant, path: str, open_merchant: Open) -> None:
    foreign = [{"sub_mch_id": "1900000299"}]
    await open_merchant(service_provider=True, sub_merchants=foreign)
    answer = await provider.call(path, **RIGHT_CALLS[path], sub_mch_id="1900000299")
    assert answer["return_msg"] == "受理关系不存在"


@paths
async def test_a_sub_appid_of_another_is_refused(provider: Merchant, path: str, control: Control) -> None:
    said = "invalid appid" if path == "/pay/downloadbill" else "sub_mch_id与sub_appid不匹配"
    for sub_appid in ("wxbakery", "wxprovider", "wxnobodys"):
        answer = await provider.call(path, **RIGHT_CALLS[path], **TEAHOUSE, sub_appid=sub_appid)
        assert answer["return_msg"] == said
    assert (await control.get("/journal", limit="1"))["items"][0]["facts"]["fault"] == "pairing"


@paths
async def test_an_ordinary_merchant_names_none(merchant: Merchant, path: str) -> None:
    for named in (TEAHOUSE, APP):
        answer = await merchant.call(path, **RIGHT_CALLS[path], **named)
        assert answer["return_msg"] == "普通商户不允许传sub_mch_id"


@paths
async def test_an_ordinary_merchant_may_send_the_elements_empty(merchant: Merchant, path: str) -> None:
    answer = await merchant.call(path, **RIGHT_CALLS[path], sub_mch_id="", sub_appid="")
    assert answer.get("return_msg") != "普通商户不允许传sub_mch_id"


@pytest.mark.parametrize("path", [path for path in RIGHT_CALLS if path not in TEXTS | {"/payitil/report"}])
async def test_answers_echo_both_and_are_signed_by_the_provider(provider: Merchant, path: str) -> None:
    answer = await provider.call(path, **RIGHT_CALLS[path], **TEAHOUSE, **APP)
    assert answer["return_code"] == "SUCCESS", answer
    assert (answer["sub_mch_id"], answer["sub_appid"]) == ("1900000201", "wxteahouse")
    assert (answer["appid"], answer["mch_id"]) == ("wxprovider", provider.mch_id)
    assert provider.verifies(answer)


# -- products ----------------------------------------------------------------------------------------------------------


async def test_a_product_that_the_sub_merchant_has_not_granted(provider: Merchant, control: Control) -> None:
    subs = [{**TEAHOUSE, "products": {"APP": "not_opened", "MICROPAY": "not_opened"}}, BAKERY]
    await control.call("PATCH", f"/merchants/{provider.mch_id}", {"sub_merchants": subs})
    refused = {"return_code": "FAIL", "return_msg": "特约子商户商户号未授权服务商的产品权限"}
    assert await provider.order("ORDER001", trade_type="APP", **TEAHOUSE) == refused
    assert await provider.micropay("ORDER001", CODE, **TEAHOUSE) == refused
    assert (await provider.order("ORDER001", **TEAHOUSE))["result_code"] == "SUCCESS"
    assert (await provider.order("ORDER001", trade_type="APP", **BAKERY))["result_code"] == "SUCCESS"
    shown = (await control.get(f"/merchants/{provider.mch_id}"))["sub_merchants"]
    assert [sub["products"]["APP"] for sub in shown] == ["not_opened", "opened"]


@pytest.mark.parametrize(
    ("state", "said"),
    [("pending", "商户号该产品权限预开通中，请等待产品开通后重试"), ("restricted", "此商家涉嫌违规")],
)
async def test_a_sub_merchants_product_that_is_pending_or_restricted(
    provider: Merchant, control: Control, state: str, said: str
) -> None:
    subs = [{**TEAHOUSE, "products": {"NATIVE": state}}]
    await control.call("PATCH", f"/merchants/{provider.mch_id}", {"sub_merchants": subs})
    assert said in str(await provider.order("ORDER001", **TEAHOUSE))


async def test_the_providers_own_product_closes_it_for_all(provider: Merchant, control: Control) -> None:
    await control.call("PATCH", f"/merchants/{provider.mch_id}", {"products": {"NATIVE": "not_opened"}})
    assert (await provider.order("ORDER001", **TEAHOUSE))["err_code"] == "NOAUTH"


# -- a whole story -----------------------------------------------------------------------------------------------------


async def test_an_order_for_a_sub_merchant_is_paid_refunded_and_told_of(
    provider: Merchant, control: Control, inbox: Inbox
) -> None:
    named = {**TEAHOUSE, **APP}
    await provider.order("ORDER001", **named)
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    paid = inbox.received[0].fields
    assert paid.items() >= {**named, "mch_id": provider.mch_id, "appid": "wxprovider"}.items()
    assert paid["sub_openid"] != paid["openid"]
    assert provider.verifies(paid)
    query = await provider.query("ORDER001", **named)
    assert (query["trade_state"], query["sub_openid"]) == ("SUCCESS", paid["sub_openid"])
    accepted = await provider.refund("ORDER001", "REFUND1", 40, notify_url=inbox.url, **named)
    assert (accepted["result_code"], accepted["sub_mch_id"]) == ("SUCCESS", "1900000201")
    await control.advance(60)
    refunded = inbox.received[1]
    assert refunded.fields.items() >= {**named, "appid": "wxprovider", "mch_id": provider.mch_id}.items()
    assert told(refunded, provider)["refund_fee"] == "40"
    listed = await provider.refund_query(out_refund_no="REFUND1", **TEAHOUSE)
    assert (listed["refund_status_0"], listed["sub_mch_id"]) == ("SUCCESS", "1900000201")
    assert (await provider.call("/pay/closeorder", out_trade_no="ORDER001", **TEAHOUSE))["err_code"] == "ORDERPAID"


async def test_a_payment_by_code_for_a_sub_merchant(provider: Merchant, control: Control) -> None:
    payer = (await control.get(f"/merchants/{provider.mch_id}"))["openid"]
    code = await control.auth_code(payer)
    known = await provider.call("/tools/authcodetoopenid", auth_code=code, **TEAHOUSE, **APP)
    assert known["openid"] == payer
    paid = await provider.micropay("ORDER001", code, **TEAHOUSE, **APP)
    assert (paid["openid"], paid["sub_openid"], paid["sub_is_subscribe"]) == (payer, known["sub_openid"], "N")
    assert (await provider.reverse("ORDER001", **BAKERY))["recall"] == "N"
    assert (await provider.query("ORDER001", **TEAHOUSE))["trade_state"] == "SUCCESS", "another's number"
    assert (await provider.reverse("ORDER001", **TEAHOUSE))["recall"] == "N"
    assert (await provider.query("ORDER001", **TEAHOUSE))["trade_state"] == "REVOKED"


# -- two sub-merchants with the same numbers ---------------------------------------------------------------------------


@pytest.fixture
async def both(provider: Merchant, control: Control) -> dict[str, str]:
    """Two sub-merchants' orders of one number, over 1.00 and 3.00 yuan, both paid: their transaction_ids."""
    await provider.order("ORDER001", **TEAHOUSE)
    await provider.order("ORDER001", **BAKERY, total_fee="300", body="面包")
    paid = {}
    for sub in (TEAHOUSE, BAKERY):
        path = f"/orders/{provider.mch_id}/ORDER001/pay"
        answer = await control.call("POST", path, {"outcome": "success"}, **sub)
        paid[sub["sub_mch_id"]] = answer["order"]["transaction_id"]
    return paid


async def test_each_queries_its_own(provider: Merchant, both: dict[str, str]) -> None:
    for sub, fen in ((TEAHOUSE, "100"), (BAKERY, "300")):
        told_of = await provider.query("ORDER001", **sub)
        assert (told_of["total_fee"], told_of["transaction_id"]) == (fen, both[sub["sub_mch_id"]])


async def test_each_refunds_its_own_under_the_same_number(
    provider: Merchant, both: dict[str, str], control: Control
) -> None:
    first = await provider.refund("ORDER001", "REFUND1", 30, **TEAHOUSE)
    second = await provider.refund("ORDER001", "REFUND1", 70, total_fee="300", **BAKERY)
    assert first["refund_id"] != second["refund_id"]
    assert (first["refund_fee"], second["refund_fee"]) == ("30", "70")
    assert (await provider.refund("ORDER001", "REFUND1", 30, **TEAHOUSE))["refund_id"] == first["refund_id"]
    for sub, refund in ((TEAHOUSE, first), (BAKERY, second)):
        for named in ({"out_refund_no": "REFUND1"}, {"out_trade_no": "ORDER001"}, {"refund_id": refund["refund_id"]}):
            listed = await provider.refund_query(**named, **sub)
            assert (listed["refund_count"], listed["refund_id_0"]) == ("1", refund["refund_id"])
    path = f"/refunds/{provider.mch_id}/REFUND1"
    assert (await control.call("POST", path, {"outcome": "change"}, 409))["error"]["code"] == "order_ambiguous"
    await control.call("POST", path, {"outcome": "change"}, **BAKERY)
    assert (await provider.refund_query(out_refund_no="REFUND1", **BAKERY))["refund_status_0"] == "CHANGE"
    assert (await provider.refund_query(out_refund_no="REFUND1", **TEAHOUSE))["refund_status_0"] == "PROCESSING"


Ask = Callable[[Merchant, str], Awaitable[dict[str, str]]]


@pytest.mark.parametrize(
    ("ask", "err_code"),
    [
        (lambda one, number: one.query("", transaction_id=number, **BAKERY), "ORDERNOTEXIST"),
        (lambda one, number: one.refund("", "REFUND2", transaction_id=number, **BAKERY), "INVALID_TRANSACTIONID"),
        (lambda one, number: one.refund_query(transaction_id=number, **BAKERY), "REFUNDNOTEXIST"),
        (lambda one, number: one.reverse("", transaction_id=number, **BAKERY), "INVALID_TRANSACTIONID"),
    ],
)
async def test_anothers_transaction_id_is_unknown(
    provider: Merchant, both: dict[str, str], ask: Ask, err_code: str
) -> None:
    await provider.refund("ORDER001", "REFUND1", 1, **TEAHOUSE)
    assert (await ask(provider, both["1900000201"]))["err_code"] == err_code


async def test_anothers_refund_id_is_unknown(provider: Merchant, both: dict[str, str]) -> None:
    refund_id = (await provider.refund("ORDER001", "REFUND1", 1, **TEAHOUSE))["refund_id"]
    assert (await provider.refund_query(refund_id=refund_id, **BAKERY))["err_code"] == "REFUNDNOTEXIST"


async def balances(server: Server, provider: Merchant) -> list[int]:
    """What lies in the basic accounts of teahouse and bakery, and in the provider's own."""
    owners = [Owner(provider.mch_id, sub) for sub in ("1900000201", "1900000202", "")]
    return await server.parts.storage.read(lambda tx: [tx.ledger.balance(one, Account.BASIC) for one in owners])


async def shown(control: Control) -> list[int]:
    answer = await control.get(f"/merchants/{control.mch_id}")
    return [*(sub["balance_fen"] for sub in answer["sub_merchants"]), answer["balance_fen"]]


async def test_their_ledgers_are_apart(
    provider: Merchant, both: dict[str, str], server: Server, control: Control
) -> None:
    assert await balances(server, provider) == await shown(control) == [99, 298, 0]
    await provider.refund("ORDER001", "REFUND1", 100, **TEAHOUSE)
    await provider.refund("ORDER001", "REFUND1", 100, total_fee="300", **BAKERY)
    await control.advance(60)
    assert await balances(server, provider) == await shown(control) == [0, 199, 0]


async def test_none_refunds_from_anothers_money_or_the_providers(
    provider: Merchant, both: dict[str, str], control: Control
) -> None:
    changes: dict[str, Any] = {"balance_fen": 1000, "sub_merchants": [{**TEAHOUSE, "balance_fen": 50}, BAKERY]}
    await control.call("PATCH", f"/merchants/{provider.mch_id}", changes)
    assert await shown(control) == [50, 298, 1000]
    assert (await provider.refund("ORDER001", "REFUND1", 100, **TEAHOUSE))["err_code"] == "NOTENOUGH"
    assert (await provider.refund("ORDER001", "REFUND1", 300, total_fee="300", **BAKERY))["result_code"] == "SUCCESS"


async def test_each_has_its_bill_and_the_provider_all(
    provider: Merchant, both: dict[str, str], control: Control
) -> None:
    await provider.refund("ORDER001", "REFUND1", 30, **TEAHOUSE)
    await provider.refund("ORDER001", "REFUND1", 70, total_fee="300", **BAKERY)
    text = (await provider.query("ORDER001", **TEAHOUSE))["time_end"]
    day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    await bills_are_made(control, day)

    async def rows(**sub: str) -> list[tuple[str, str, str]]:
        request = provider.signed(bill_date=text[:8], bill_type="ALL", **sub)
        found, _ = read((await provider.post("/pay/downloadbill", document(request))).encode())
        return sorted((row["特约商户号"], row["订单金额"], row["申请退款金额"]) for row in found)

    teahouse = [("1900000201", "0.00", "0.30"), ("1900000201", "1.00", "0.00")]
    bakery = [("1900000202", "0.00", "0.70"), ("1900000202", "3.00", "0.00")]
    assert await rows(**TEAHOUSE) == teahouse
    assert await rows(**BAKERY) == bakery
    assert await rows() == [*teahouse, *bakery]
