"""The page of one order: what happens next, everything that happened, what was sent."""

import re
from datetime import datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from sandbox.core.ids import BEIJING
from tests.console.conftest import Visitor
from tests.support.control import Control
from tests.support.merchant import SUCCESS, Inbox, Merchant, document, signature
from tests.support.missigning import CASES, order
from tests.support.v3 import V3Merchant
from tests.support.words import SIGN_WRONG

ORDER = "/console/orders/1900000109/"
H5 = '{"h5_info":{"type":"Wap"}}'
HOSTILE = "'\"><script>alert(1)</script><img src=x onerror=alert(1)>"


def entries(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="entry-(\d+)"', text)]


async def test_a_waiting_order_says_until_when(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("NEXT01")
    page = await visitor.get(ORDER + "NEXT01")
    assert "等付款人决定" in page.text
    assert "¥1.00" in page.text


async def test_a_failed_notification_says_why_and_when_it_is_tried_again(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await merchant.order("NEXT02")
    inbox.answer(200, "<!doctype html><html>login</html>")
    await control.pay("NEXT02")
    await control.advance(1)
    page = await visitor.get(ORDER + "NEXT02")
    text = re.sub(r"<[^>]+>", "", page.text)
    assert re.search(r"第 1 次通知失败：.*HTML.*微信会在 1\d 秒后（\d\d:\d\d:\d\d）重试。", text)
    assert "怎么改" in page.text


async def test_an_order_given_up_says_what_to_do(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await merchant.order("NEXT03")
    inbox.answer(500)
    await control.pay("NEXT03")
    await control.advance(2 * 86400)
    page = await visitor.get(ORDER + "NEXT03")
    assert "16 次通知都没有成功，微信已放弃" in page.text
    listed = await visitor.get("/console/?notification=given_up")
    assert "NEXT03" in listed.text
    notifications = await visitor.get("/console/notifications?state=given_up")
    assert notifications.text.count('class="dot failed"') == 16


UNKNOWN = {"NOSUCH1": "NOSUCH1", "NOSUCH1?sub_mch_id=1": "1/NOSUCH1", "%3Cscript%3E": "&lt;script&gt;"}


@pytest.mark.parametrize(("path", "named"), UNKNOWN.items())
async def test_an_unknown_order_is_a_page_that_says_which(visitor: Visitor, path: str, named: str) -> None:
    page = await visitor.get(ORDER + path)
    assert page.status == 404
    assert f"没有这个订单：1900000109/{named}。" in page.text
    assert "<script>" not in page.text.replace('<script src="', "")


async def test_every_field_has_its_name_and_an_address(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("FACT01", attach="店铺=1", detail='{"goods_detail":[]}')
    page = await visitor.get(ORDER + "FACT01")
    for name in ("out_trade_no", "prepay_id", "attach", "detail", "notify_url", "code_url", "sign_type"):
        assert f'id="field-{name}"' in page.text
    assert "/qr.svg" in page.text


async def test_hostile_text_stays_text(visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control) -> None:
    await merchant.order("EVIL01", body=HOSTILE, attach=HOSTILE)
    inbox.answer(200, f"<xml><return_code>FAIL</return_code><return_msg><![CDATA[{HOSTILE}]]></return_msg></xml>")
    await control.pay("EVIL01")
    await control.advance(1)
    pages = ["/console/", ORDER + "EVIL01", "/console/calls", "/console/notifications", "/console/?q=" + HOSTILE]
    pages += [f"/console/calls/{number}" for number in entries((await visitor.get(ORDER + "EVIL01")).text)]
    for path in pages:
        text = (await visitor.get(path)).text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path


async def test_a_call_folds_open_to_what_was_sent(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("RAW001")
    page = await visitor.get(ORDER + "RAW001")
    raw = await visitor.get(f"/console/calls/{entries(page.text)[0]}/raw")
    text = re.sub(r"<[^>]+>", "", raw.text).replace("&lt;", "<").replace("&gt;", ">")
    assert "<out_trade_no>RAW001</out_trade_no>" in text
    assert "<result_code><![CDATA[SUCCESS]]></result_code>" in text
    assert "curl -sS -X POST" in raw.text
    assert "<html" not in raw.text


async def test_a_wrong_signature_is_explained_with_the_key_masked(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("SIGN01")
    fields = merchant.signed(out_trade_no="SIGN01")
    await merchant.post("/pay/orderquery", document({**fields, "sign": fields["sign"].lower()}))
    page = await visitor.get(ORDER + "SIGN01")
    assert SIGN_WRONG["today"] in page.text
    assert "签名结果含小写字母。把签名结果转成大写。" in page.text
    raw = await visitor.get(f"/console/calls/{entries(page.text)[-1]}/raw")
    assert "key=********" in raw.text
    assert merchant.key not in raw.text


async def test_what_was_signed_instead_is_shown_in_the_readers_language(visitor: Visitor, merchant: Merchant) -> None:
    fields = order()
    wrong = CASES["unsorted and in lower case"].sign(fields)
    await merchant.post("/pay/unifiedorder", document({**fields, "sign": wrong}))
    number = re.findall(r"/console/calls/(\d+)", (await visitor.get("/console/calls")).text)[0]
    raw = await visitor.get(f"/console/calls/{number}/raw?lang=en")
    assert "The fields were not sorted. The result is not in upper case." in raw.text
    assert "Sort the fields by name, ASCII ascending. Turn the result into upper case." in raw.text
    assert "The string that was signed instead" in raw.text
    assert "trade_type=NATIVE&amp;appid=" in raw.text
    assert signature(fields, merchant.key) in raw.text


async def test_a_body_that_is_no_text_is_shown_in_hex(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await merchant.order("GBK001")
    inbox.reply = lambda _: web.Response(body="失败".encode("gbk"))
    await control.pay("GBK001")
    await control.advance(1)
    page = await visitor.get(ORDER + "GBK001")
    raw = await visitor.get(f"/console/calls/{entries(page.text)[-1]}/raw")
    assert "ca a7 b0 dc" in raw.text
    assert "失败" in raw.text


async def test_polling_is_folded_into_one_line(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("POLL01")
    for _ in range(6):
        await merchant.query("POLL01")
    page = await visitor.get(ORDER + "POLL01")
    assert "×6" in page.text
    assert len(entries(page.text)) == len(set(entries(page.text))) >= 7


async def test_what_the_client_returned_is_kept_in_sight(
    visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    await merchant.order("RES001")
    await control.pay("RES001", "error", reason="bank-refused")
    assert "errCode -1" in (await visitor.get(ORDER + "RES001")).text
    await control.pay("RES001")
    assert "errCode 0" in (await visitor.get(ORDER + "RES001")).text


async def test_a_refused_invocation_says_what_was_wrong(
    visitor: Visitor, merchant: Merchant, session: aiohttp.ClientSession
) -> None:
    prepay_id = (await merchant.order("CALL01", trade_type="APP"))["prepay_id"]
    fields = {"appid": merchant.appid, "partnerid": merchant.mch_id, "prepayid": prepay_id, "package": "Sign=WXPay"}
    signed = {**fields, "noncestr": "n", "timestamp": "1700000000", "sign": "0" * 32}
    async with session.post("/_sandbox/client/app", json=signed) as answer:
        assert (await answer.json())["errCode"] == -1
    page = await visitor.get(ORDER + "CALL01")
    assert "调起微信支付（App）：二次签名不正确。" in page.text
    assert "支付验证签名失败" in page.text
    assert "errCode -1" in page.text


async def test_the_page_reads_in_english(visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control) -> None:
    visitor.headers["Accept-Language"] = "en-GB"
    await merchant.order("ENG001", body="tea", notify_url=inbox.url)
    inbox.answer(500, SUCCESS)
    await control.pay("ENG001")
    await control.advance(16)
    page = await visitor.get(ORDER + "ENG001")
    own = re.sub(r'<[^>]*lang="zh-CN">.*?<|<[^>]+>', "<", page.text.replace("中文", "").replace("沙箱商店", ""))
    assert re.findall(r"[\u4e00-\u9fff]+", own) == []


async def test_what_did_not_go_as_wished_is_no_success(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await control.call("PATCH", "/payers/oSandboxPayer000000000000001", {"balance_fen": 0})
    await merchant.order("ORDER001")
    headers = {"HX-Request": "true"}
    answer = await visitor.post("/console/orders/1900000109/ORDER001/pay", {"outcome": "success"}, **headers)
    assert "余额不足" in answer.text
    assert "✕" in answer.text
    answer = await visitor.post("/console/orders/1900000109/ORDER001/pay", {"outcome": "cancel"}, **headers)
    assert "✓" in answer.text


class TestDeadlines:
    """An order, its prepay_id and its link end at times of their own; pages say which ends what."""

    @pytest.mark.parametrize(
        ("trade_type", "names"),
        [
            ("NATIVE", ["code_url", "prepay_id", "order"]),
            ("MWEB", ["mweb_url", "prepay_id", "order"]),
            ("APP", ["prepay_id", "order"]),
        ],
    )
    async def test_each_is_named_the_earliest_first(
        self, visitor: Visitor, merchant: Merchant, trade_type: str, names: list[str]
    ) -> None:
        await merchant.order("ENDS01", trade_type=trade_type, scene_info=H5)
        page = await visitor.get(ORDER + "ENDS01")
        card = page.text[page.text.index('id="deadlines"') :].partition("</section>")[0]
        assert sorted(re.findall(r"<dt>(\w+)</dt>", card)) == sorted(names)
        assert re.findall(r"<dt>(\w+)</dt>", card)[-1] == "order"
        assert "由商户关单" in card

    async def test_time_expire_is_told_from_the_prepay_id(
        self, visitor: Visitor, merchant: Merchant, control: Control
    ) -> None:
        at = datetime.now(BEIJING)
        expire = f"{at + timedelta(minutes=10):%Y%m%d%H%M%S}"
        await merchant.order("ENDS02", trade_type="MWEB", scene_info=H5, time_expire=expire)
        await control.advance(301)
        page = await visitor.get(ORDER + "ENDS02")
        card = page.text[page.text.index('id="deadlines"') :].partition("</section>")[0]
        assert re.findall(r"<dt>(\w+)</dt>", card) == ["mweb_url", "time_expire", "prepay_id"]
        assert "已过" in card.partition("time_expire")[0]
        cashier = await visitor.get(f"/cashier/{(await control.order('ENDS02'))['prepay_id']}")
        for name in ("mweb_url", "time_expire", "prepay_id"):
            assert f"<dt>{name}</dt>" in cashier.text


async def test_an_order_s_menu_has_the_scenarios_that_its_api_plays(
    visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    await merchant.order("MENU01")
    shopkeeper = await V3Merchant.of(control)
    terms = {"appid": shopkeeper.appid, "mchid": shopkeeper.mch_id, "description": "tea", "amount": {"total": 1}}
    placed = {**terms, "out_trade_no": "MENU02", "notify_url": "https://shop.example/notify"}
    assert (await shopkeeper.call("POST", "/v3/pay/transactions/native", placed)).status == 200
    of_v2, of_v3 = [(await visitor.get(ORDER + number)).text for number in ("MENU01", "MENU02")]
    for name, has_v2, has_v3 in (
        ("forged-xxe", True, False),
        ("forged-tampered-ciphertext", False, True),
        ("forged-wrong-sign", True, True),
    ):
        option = f'<option value="{name}"'
        assert ((option in of_v2), (option in of_v3)) == (has_v2, has_v3)
