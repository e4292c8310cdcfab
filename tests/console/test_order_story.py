"""An order placed again with one click, and its story as a text to hand on."""

import re

import pytest

from tests.console.conftest import Visitor, Watchers
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

SCENE = '{"h5_info": {"type": "Wap"}}'
OPENID = "oSandboxPayer000000000000001"
KEPT = ("trade_type", "total_fee", "body", "attach", "notify_url", "sign_type", "appid", "openid", "sub_appid")
BY_TYPE: dict[str, dict[str, str]] = {
    "JSAPI": {"openid": OPENID},
    "NATIVE": {"product_id": "88888"},
    "APP": {},
    "MWEB": {"scene_info": SCENE},
}


async def again(visitor: Visitor, control: Control, number: str) -> dict[str, object]:
    """Place an order again from its page; gives the new one."""
    answer = await visitor.post(f"/console/orders/{control.mch_id}/{number}/again")
    assert answer.status == 303, answer.text
    assert f"已按 {number} 再下一单" in (await visitor.get(answer.headers["Location"])).text
    placed = re.search(r"/orders/\d+/([^/?]+)", answer.headers["Location"])
    assert placed is not None
    return dict(await control.order(placed[1]))


@pytest.mark.parametrize("trade_type", list(BY_TYPE))
@pytest.mark.parametrize("sign_type", ["MD5", "HMAC-SHA256"])
async def test_each_trade_type_is_placed_again_as_a_real_call(
    visitor: Visitor, control: Control, merchant: Merchant, trade_type: str, sign_type: str
) -> None:
    fields = {"trade_type": trade_type, "attach": "a&b <c>", "sign_type": sign_type, **BY_TYPE[trade_type]}
    await merchant.order("T-20261130-1", **fields)
    before = await control.order("T-20261130-1")
    after = await again(visitor, control, "T-20261130-1")
    assert {name: after.get(name) for name in KEPT} == {name: before.get(name) for name in KEPT}
    assert re.fullmatch(r"T-20261130-1-\d{6}", str(after["out_trade_no"]))
    call = (await control.get("/journal"))["items"][0]
    assert (call["path"], call["signature"]) == ("/pay/unifiedorder", "ok")
    assert call["out_trade_no"] == after["out_trade_no"]


async def test_a_payment_by_code_shows_a_new_code(visitor: Visitor, control: Control, merchant: Merchant) -> None:
    await merchant.micropay("SHOP1", await control.auth_code(), 100)
    after = await again(visitor, control, "SHOP1")
    assert (after["trade_type"], after["trade_state"]) == ("MICROPAY", "SUCCESS")


async def test_a_providers_and_an_official_order_are_placed_where_they_were(
    visitor: Visitor, control: Control, merchant: Merchant
) -> None:
    sub = {"sub_mch_id": "1900000201", "sub_appids": ["wxteahouse"]}
    opened = await control.post("/merchants", {"service_provider": True, "sub_merchants": [sub]}, 201)
    provider = Merchant.opened(merchant.session, opened, merchant.notify_url)
    await provider.order("P1", sub_mch_id="1900000201", sub_appid="wxteahouse")
    control.mch_id = provider.mch_id
    after = await again(visitor, control, "P1")
    assert (after["sub_mch_id"], after["sub_appid"]) == ("1900000201", "wxteahouse")
    control.mch_id = merchant.mch_id
    official = await merchant.in_official_sandbox()
    await official.order("O1", total_fee="101", trade_type="NATIVE")
    after = await again(visitor, control, "O1")
    assert (after["total_fee"], after["official"]) == (101, True)


async def test_a_time_to_pay_is_as_long_as_the_first_one(
    visitor: Visitor, control: Control, merchant: Merchant
) -> None:
    """And a number that was made so is not made longer each time."""
    await merchant.order("LONG1", time_expire="20991231000000")
    await control.advance(3600)
    after = await again(visitor, control, "LONG1")
    once_more = await again(visitor, control, str(after["out_trade_no"]))
    assert str(after["expires_at"]) > "2099-12-31T00:59"
    assert re.fullmatch(r"LONG1-\d{6}", str(once_more["out_trade_no"]))


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ({"products": {"NATIVE": "not_opened"}}, "没有开通 NATIVE"),
        ({"appids": []}, "没有与商户号"),
    ],
)
async def test_why_it_cannot_be_placed_is_said(
    visitor: Visitor, control: Control, merchant: Merchant, trouble: dict[str, object], why: str
) -> None:
    await merchant.order("ONCE1")
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", trouble)
    page = await visitor.send(f"/console/orders/{merchant.mch_id}/ONCE1/again")
    assert "没有下成：" in page.text
    assert why in page.text
    refused = await control.call("POST", f"/orders/{merchant.mch_id}/ONCE1/again?lang=zh", None, 409)
    assert refused["error"]["code"] == "not_placed"
    assert why in refused["error"]["message"]


async def test_a_payer_who_shows_no_code_is_named(visitor: Visitor, control: Control, merchant: Merchant) -> None:
    await merchant.micropay("SHOP1", await control.auth_code(), 100)
    await control.call("PATCH", f"/payers/{OPENID}", {"logged_in": False})
    page = await visitor.send(f"/console/orders/{merchant.mch_id}/SHOP1/again")
    assert "没有下成：" in page.text


# -- the story ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ("# 订单 ORDER001：¥1.00，已支付", "签名正确", "判定：")),
        ("en", ("# Order ORDER001: ¥1.00, Paid", "Verdict:")),
    ],
)
async def test_the_story_tells_all_in_order_and_no_key(
    visitor: Visitor, control: Control, merchant: Merchant, inbox: Inbox, lang: str, said: tuple[str, ...]
) -> None:
    inbox.answer(500, "```\n# not a heading\n" + merchant.key, Set_Cookie="session=secret")
    await merchant.order("ORDER001", attach=f"`x` {merchant.key}", body="<script>*茶*")
    await control.pay("ORDER001")
    await control.advance(0)
    story = await visitor.get(f"/console/orders/{merchant.mch_id}/ORDER001/story.md?lang={lang}")
    assert story.headers["Content-Type"].startswith("text/markdown")
    for one in said:
        assert one in story.text
    assert merchant.key not in story.text
    assert "session=secret" not in story.text
    order = [story.text.index(one) for one in ("unifiedorder", "<out_trade_no>", "prepay_id>", "HTTP 500")]
    assert order == sorted(order)
    # What a merchant wrote stays inside its block: outside of it, no heading and no tag of anybody's.
    outside = re.sub(r"^(`{3,})$.*?^\1$", "", story.text, flags=re.DOTALL | re.MULTILINE)
    assert re.findall("^# .*", outside, re.MULTILINE) == [said[0]]
    assert "<script>" not in re.sub(r"`[^`\n]*`", "", outside)
    same = await visitor.get(f"/_sandbox/orders/{merchant.mch_id}/ORDER001/story?lang={lang}")
    assert same.text == story.text


async def test_a_signkey_is_hidden_and_a_wrong_signature_shows_its_string(
    visitor: Visitor, control: Control, merchant: Merchant
) -> None:
    await merchant.order("ORDER001")
    await merchant.call("/pay/orderquery", out_trade_no="ORDER001", _key="k" * 32)
    text = (await visitor.get(f"/console/orders/{merchant.mch_id}/ORDER001/story.md")).text
    assert "签名错误" in text
    assert "key=********" in text


async def test_the_story_is_copied_with_one_click(watch: Watchers, merchant: Merchant) -> None:
    await merchant.order("ORDER001")
    watched = await watch(permissions=["clipboard-read", "clipboard-write"])
    page = await watched.open(f"/console/orders/{merchant.mch_id}/ORDER001")
    await page.get_by_role("link", name="复制经过").click()
    await page.locator("a.done").wait_for()
    assert "# 订单 ORDER001" in await page.evaluate("navigator.clipboard.readText()")
    await page.get_by_role("button", name="再下一单").click()
    await page.wait_for_url(re.compile(r"ORDER001-\d{6}"))
