"""Whose call it is: merchants, appids, products, service providers, openids. Source: V2 notes, 1.4 and 2.1."""

import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.words import SIGN_WRONG, too_small
from tests.v2.conftest import Open

COVERS = ("/pay/unifiedorder",)

OPENID = "oSandboxPayer000000000000001"
STRANGER = "oNobodyHasSeenThisOneYet0001"
OTHERS_OPENID = "oPayerOfAnotherAppid00000001"
H5 = '{"h5_info": {"type": "Wap"}}'
TERMS = {"JSAPI": {"openid": OPENID}, "MWEB": {"scene_info": H5}, "NATIVE": {}, "APP": {}}
NOT_OPENED = "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试。"
PENDING = "商户号该产品权限预开通中，请等待产品开通后重试"
RESTRICTED = (
    "此商家涉嫌违规，收款功能已被限制，暂无法支付。商家可以登录微信商户平台/微信支付商家助手小程序查看原因和解决方案。"
)


def protocol_failure(return_msg: str) -> dict[str, str]:
    return {"return_code": "FAIL", "return_msg": return_msg}


def failure(answer: dict[str, str]) -> tuple[str, str]:
    assert answer["result_code"] == "FAIL", answer
    return answer["err_code"], answer["err_code_des"]


# -- merchants and appids ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/pay/unifiedorder", "/pay/orderquery", "/pay/closeorder"])
async def test_an_unknown_merchant_is_told_so(merchant: Merchant, path: str) -> None:
    merchant.mch_id = "1111111111"
    fields = {"out_trade_no": "ORDER001"}
    if path == "/pay/unifiedorder":
        answer = await merchant.order("ORDER001")
    else:
        answer = await merchant.call(path, **fields)
    assert answer == protocol_failure("商户号mch_id或sub_mch_id不存在")


async def test_an_appid_of_another_merchant_is_refused(merchant: Merchant, open_merchant: Open) -> None:
    other = await open_merchant()
    assert await merchant.order("ORDER001", appid=other.appid) == protocol_failure("商户号mch_id与appid不匹配")


async def test_an_appid_that_was_paired_is_taken_at_once(merchant: Merchant, control: Control) -> None:
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"appids": ["wx8888888888888888", "wxnew"]})
    assert (await merchant.order("ORDER001", appid="wxnew"))["result_code"] == "SUCCESS"


async def test_accounts_are_looked_at_before_the_signature(merchant: Merchant) -> None:
    assert await merchant.order("ORDER001", appid="wxother", sign="") == protocol_failure("商户号mch_id与appid不匹配")


async def test_fields_are_looked_at_before_accounts(merchant: Merchant) -> None:
    assert await merchant.order("ORDER001", appid="wxother", total_fee="0") == protocol_failure(
        too_small("total_fee", "标价金额", 1)
    )


async def test_a_new_key_holds_at_once_and_the_old_one_no_more(merchant: Merchant, control: Control) -> None:
    new_key = "n" * 32
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"api_key": new_key})
    assert await merchant.order("ORDER001") == protocol_failure(SIGN_WRONG["today"])
    merchant.key = new_key
    answer = await merchant.order("ORDER001")
    assert answer["result_code"] == "SUCCESS"
    assert merchant.verifies(answer)


async def test_a_merchant_sees_no_orders_of_another(merchant: Merchant, open_merchant: Open, control: Control) -> None:
    other = await open_merchant()
    await merchant.order("ORDER001")
    paid = await control.pay("ORDER001")
    assert failure(await other.query("ORDER001")) == ("ORDERNOTEXIST", "order not exist")
    by_transaction = await other.query("", transaction_id=paid["order"]["transaction_id"])
    assert failure(by_transaction) == ("ORDERNOTEXIST", "order not exist")


# -- products ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "said"),
    [("not_opened", ("NOAUTH", NOT_OPENED)), ("pending", PENDING), ("restricted", ("NOAUTH", RESTRICTED))],
)
@pytest.mark.parametrize("trade_type", [*TERMS, "MICROPAY"])
async def test_a_product_that_is_not_there_and_is_opened(
    merchant: Merchant, control: Control, trade_type: str, state: str, said: str | tuple[str, str]
) -> None:
    async def order() -> dict[str, str]:
        if trade_type == "MICROPAY":
            return await merchant.micropay("ORDER001", await control.auth_code())
        return await merchant.order("ORDER001", trade_type=trade_type, **TERMS[trade_type])

    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"products": {trade_type: state}})
    answer = await order()
    if isinstance(said, str):
        assert answer == protocol_failure(said)
    else:
        assert failure(answer) == said
        assert merchant.verifies(answer)
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"products": {trade_type: "opened"}})
    assert (await order())["result_code"] == "SUCCESS"


async def test_the_other_products_go_on(merchant: Merchant, control: Control) -> None:
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"products": {"NATIVE": "not_opened"}})
    assert (await merchant.order("ORDER001", trade_type="APP"))["result_code"] == "SUCCESS"


# -- service providers -------------------------------------------------------------------------------------------------

PROVIDER = {
    "appids": ["wxprovider"],
    "service_provider": True,
    "sub_merchants": [
        {"sub_mch_id": "1900000201", "sub_appids": ["wxteahouse"]},
        {"sub_mch_id": "1900000202", "sub_appids": []},
    ],
}
TEAHOUSE, BAKERY = {"sub_mch_id": "1900000201"}, {"sub_mch_id": "1900000202"}


async def test_a_provider_must_name_the_sub_merchant(open_merchant: Open) -> None:
    provider = await open_merchant(**PROVIDER)
    expected = protocol_failure("受理机构必须传入sub_mch_id")
    assert await provider.order("ORDER001") == expected
    assert await provider.order("ORDER001", sub_mch_id="") == expected
    assert await provider.query("ORDER001") == expected


async def test_a_provider_may_act_only_for_its_own(open_merchant: Open) -> None:
    provider = await open_merchant(**PROVIDER)
    assert await provider.order("ORDER001", sub_mch_id="1900000299") == protocol_failure("受理关系不存在")


async def test_an_ordinary_merchant_must_not_name_one(merchant: Merchant) -> None:
    assert await merchant.order("ORDER001", **TEAHOUSE) == protocol_failure("普通商户不允许传sub_mch_id")


async def test_a_merchant_becomes_a_provider_and_an_ordinary_one_again(merchant: Merchant, control: Control) -> None:
    account = f"/merchants/{merchant.mch_id}"
    await control.call("PATCH", account, {"service_provider": True, "sub_merchants": [TEAHOUSE]})
    assert await merchant.order("ORDER001") == protocol_failure("受理机构必须传入sub_mch_id")
    assert (await merchant.order("ORDER001", **TEAHOUSE))["result_code"] == "SUCCESS"
    await control.call("PATCH", account, {"service_provider": False})
    assert await merchant.order("ORDER002", **TEAHOUSE) == protocol_failure("普通商户不允许传sub_mch_id")
    assert (await merchant.order("ORDER002"))["result_code"] == "SUCCESS"


async def test_a_sub_merchant_that_is_added_counts_at_once(open_merchant: Open, control: Control) -> None:
    provider = await open_merchant(**PROVIDER)
    bookshop = {"sub_mch_id": "1900000203"}
    assert await provider.order("ORDER001", **bookshop) == protocol_failure("受理关系不存在")
    # Twice one number is one sub-merchant, and the last counts.
    subs = [bookshop, {**bookshop, "sub_appids": ["wxbooks", "wxbooks"]}]
    shown = await control.call("PATCH", f"/merchants/{provider.mch_id}", {"sub_merchants": subs})
    assert [(sub["sub_mch_id"], sub["sub_appids"]) for sub in shown["sub_merchants"]] == [("1900000203", ["wxbooks"])]
    assert (await provider.order("ORDER001", **bookshop, sub_appid="wxbooks"))["result_code"] == "SUCCESS"


@pytest.mark.parametrize("sub", [{"sub_appid": "wxother"}, {"sub_appid": "wxprovider"}, {"sub_appid": "wxteahouse"}])
async def test_a_sub_appid_must_be_the_sub_merchants(open_merchant: Open, sub: dict[str, str]) -> None:
    provider = await open_merchant(**PROVIDER)
    answer = await provider.order("ORDER001", **BAKERY, **sub)
    assert answer == protocol_failure("sub_mch_id与sub_appid不匹配")


async def test_an_order_for_a_sub_merchant_echoes_it(open_merchant: Open) -> None:
    provider = await open_merchant(**PROVIDER)
    answer = await provider.order("ORDER001", **TEAHOUSE, sub_appid="wxteahouse")
    assert answer["sub_mch_id"] == "1900000201"
    assert answer["sub_appid"] == "wxteahouse"
    assert list(answer)[2:5] == ["appid", "mch_id", "sub_mch_id"]
    assert list(answer)[-1] == "sub_appid"
    assert provider.verifies(answer)


async def test_two_sub_merchants_may_use_the_same_number(open_merchant: Open) -> None:
    provider = await open_merchant(**PROVIDER)
    first = await provider.order("ORDER001", **TEAHOUSE)
    second = await provider.order("ORDER001", **BAKERY, total_fee="7")
    assert second["result_code"] == "SUCCESS"
    assert first["prepay_id"] != second["prepay_id"]


async def test_closing_one_leaves_the_other_of_the_same_number(open_merchant: Open) -> None:
    provider = await open_merchant(**PROVIDER)
    await provider.order("ORDER001", **TEAHOUSE)
    await provider.order("ORDER001", **BAKERY)
    await provider.call("/pay/closeorder", out_trade_no="ORDER001", **TEAHOUSE)
    assert (await provider.query("ORDER001", **TEAHOUSE))["trade_state"] == "CLOSED"
    assert (await provider.query("ORDER001", **BAKERY))["trade_state"] == "NOTPAY"


async def test_people_must_say_which_of_two_they_mean(open_merchant: Open, control: Control) -> None:
    provider = await open_merchant(**PROVIDER)
    control.mch_id = provider.mch_id
    await provider.order("ORDER001", **TEAHOUSE)
    assert (await control.order("ORDER001"))["sub_mch_id"] == "1900000201"
    await provider.order("ORDER001", **BAKERY)
    path = f"/orders/{provider.mch_id}/ORDER001"
    assert (await control.get(path, 409))["error"]["code"] == "order_ambiguous"
    assert (await control.get(path, **BAKERY))["sub_mch_id"] == "1900000202"
    assert (await control.get(path, 404, sub_mch_id="1900000299"))["error"]["code"] == "order_not_found"


async def test_an_order_is_found_by_transaction_id_only_for_its_own_sub_merchant(
    open_merchant: Open, control: Control
) -> None:
    provider = await open_merchant(**PROVIDER)
    control.mch_id = provider.mch_id
    await provider.order("ORDER001", **TEAHOUSE)
    transaction_id = (await control.pay("ORDER001"))["order"]["transaction_id"]
    found = await provider.call("/pay/orderquery", transaction_id=transaction_id, **TEAHOUSE)
    assert found["trade_state"] == "SUCCESS"
    foreign = await provider.call("/pay/orderquery", transaction_id=transaction_id, **BAKERY)
    assert failure(foreign) == ("ORDERNOTEXIST", "order not exist")


async def test_a_payment_for_a_sub_merchant_names_both_payers(
    open_merchant: Open, control: Control, inbox: Inbox
) -> None:
    provider = await open_merchant(**PROVIDER)
    control.mch_id = provider.mch_id
    await provider.order("ORDER001", **TEAHOUSE, sub_appid="wxteahouse", trade_type="JSAPI", sub_openid=STRANGER)
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    (received,) = inbox.received
    assert received.fields["sub_openid"] == STRANGER
    assert received.fields["sub_is_subscribe"] == "N"
    assert received.fields["openid"] != STRANGER
    assert received.fields["sub_mch_id"] == "1900000201"
    assert provider.verifies(received.fields)
    answer = await provider.query("ORDER001", **TEAHOUSE)
    assert answer["sub_openid"] == STRANGER
    assert answer["openid"] == received.fields["openid"]


async def test_a_sub_openid_of_another_appid_is_refused(open_merchant: Open, control: Control) -> None:
    provider = await open_merchant(**PROVIDER)
    await control.post("/payers", {"openid": OTHERS_OPENID, "appid": "wxprovider"}, 201)
    jsapi = {"trade_type": "JSAPI", "sub_appid": "wxteahouse", **TEAHOUSE}
    answer = await provider.order("ORDER001", **jsapi, sub_openid=OTHERS_OPENID)
    assert failure(answer) == ("PARAM_ERROR", "无效的openid")
    assert (await provider.order("ORDER001", **jsapi, openid=OTHERS_OPENID))["result_code"] == "SUCCESS"


async def test_a_provider_pays_by_its_own_openid_too(open_merchant: Open) -> None:
    provider = await open_merchant(**PROVIDER)
    answer = await provider.order("ORDER001", **TEAHOUSE, trade_type="JSAPI", openid=STRANGER)
    assert answer["result_code"] == "SUCCESS"


# -- openids -----------------------------------------------------------------------------------------------------------


async def jsapi(merchant: Merchant, openid: str, number: str = "ORDER001") -> dict[str, str]:
    return await merchant.order(number, trade_type="JSAPI", openid=openid)


async def test_the_default_payer_is_known(merchant: Merchant) -> None:
    assert (await jsapi(merchant, OPENID))["result_code"] == "SUCCESS"


async def test_a_well_formed_openid_becomes_a_payer_of_the_appid_it_comes_with(
    merchant: Merchant, open_merchant: Open, control: Control
) -> None:
    assert (await jsapi(merchant, STRANGER))["result_code"] == "SUCCESS"
    payers = (await control.get("/payers"))["items"]
    assert {one["openid"]: one["appid"] for one in payers}[STRANGER] == merchant.appid
    assert failure(await jsapi(await open_merchant(), STRANGER)) == ("PARAM_ERROR", "无效的openid")


@pytest.mark.parametrize("openid", ["oTooShort", "O" + STRANGER[1:], STRANGER + "1", "o" * 27 + "茶", "o" * 27 + " "])
async def test_a_malformed_openid_is_refused(merchant: Merchant, openid: str) -> None:
    answer = await jsapi(merchant, openid)
    assert failure(answer) == ("PARAM_ERROR", "无效的openid")
    assert merchant.verifies(answer)


async def test_an_openid_of_a_refused_order_does_not_become_a_payer(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", trade_type="JSAPI", openid=STRANGER, time_expire="20200101000000")
    assert STRANGER not in str(await control.get("/payers"))


async def test_the_payer_of_the_order_pays_it(merchant: Merchant, control: Control) -> None:
    await jsapi(merchant, STRANGER)
    assert (await control.pay("ORDER001"))["order"]["openid"] == STRANGER


class TestStrictOpenids:
    """With --strict-openids only payers that were added are known."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"strict_openids": True}

    async def test_a_stranger_is_refused(self, merchant: Merchant) -> None:
        assert failure(await jsapi(merchant, STRANGER)) == ("PARAM_ERROR", "无效的openid")

    async def test_a_payer_that_was_added_is_taken(self, merchant: Merchant, control: Control) -> None:
        await control.post("/payers", {"openid": STRANGER, "appid": merchant.appid}, 201)
        assert (await jsapi(merchant, STRANGER))["result_code"] == "SUCCESS"

    async def test_the_default_payer_is_taken(self, merchant: Merchant) -> None:
        assert (await jsapi(merchant, OPENID))["result_code"] == "SUCCESS"

    async def test_an_order_that_names_nobody_is_paid_by_the_appids_first_payer(
        self, merchant: Merchant, control: Control
    ) -> None:
        await merchant.order("ORDER001")
        assert (await control.pay("ORDER001"))["order"]["openid"] == OPENID
