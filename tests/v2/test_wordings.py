"""The two generations of V2's words: who hears which, and every kind of failure in both.

Sources: V2 notes, 1.4; V3 notes, 3.4 (templates); docs/fidelity.md.
"""

import dataclasses
from pathlib import Path

import aiohttp
import click
import pytest

from sandbox.cli.options import serve_options, settings_of
from sandbox.config import Settings
from sandbox.server import Server
from tests.support.calls import RIGHT_CALLS
from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.support.words import SIGN_WRONG, UNKNOWN, missing, no_integer, too_long, too_short, too_small, unmatched

OUT_TRADE_NO = r"^[0-9a-zA-Z_\-\|\*]+$"
NOTIFY_URL = r"^https?://([^\s/?#\[\]\@]+\@)?([^\s/?#\@:]+)(?::\d{2,5})?([^\s?#\[\]]*)$"

SAID: list[tuple[str, dict[str, str | None], str, str]] = [
    ("/pay/unifiedorder", {"body": None}, missing("body", "商品描述"), "缺少参数"),
    ("/pay/unifiedorder", {"trade_type": None}, missing("trade_type", "交易类型"), "缺少参数"),
    ("/pay/unifiedorder", {"total_fee": None}, missing("total_fee", "标价金额"), "缺少参数"),
    ("/pay/unifiedorder", {"body": ""}, too_short("body", "商品描述", 0, 1), "body参数长度有误"),
    ("/pay/unifiedorder", {"body": "x" * 200}, too_long("body", "商品描述", 200, 128), "body参数长度有误"),
    ("/pay/unifiedorder", {"body": "茶" * 43}, too_long("body", "商品描述", 129, 128), "body参数长度有误"),
    ("/pay/unifiedorder", {"attach": "x" * 203}, too_long("attach", "附加数据", 203, 128), "attach参数长度有误"),
    ("/pay/unifiedorder", {"total_fee": "0.01"}, no_integer("total_fee", "标价金额"), "invalid total_fee"),
    ("/pay/unifiedorder", {"total_fee": ""}, no_integer("total_fee", "标价金额"), "invalid total_fee"),
    ("/pay/unifiedorder", {"total_fee": "9" * 40}, no_integer("total_fee", "标价金额"), "invalid total_fee"),
    ("/pay/unifiedorder", {"total_fee": "0"}, too_small("total_fee", "标价金额", 1), "invalid total_fee"),
    ("/pay/unifiedorder", {"total_fee": "-1"}, too_small("total_fee", "标价金额", 1), "invalid total_fee"),
    ("/pay/unifiedorder", {"total_fee": "1000000001"}, "invalid total_fee", "invalid total_fee"),
    (
        "/pay/unifiedorder",
        {"out_trade_no": "订单号"},
        unmatched("out_trade_no", "商户订单号", OUT_TRADE_NO),
        "out_trade_no参数格式错误",
    ),
    (
        "/pay/unifiedorder",
        {"notify_url": "nowhere"},
        unmatched("notify_url", "通知地址", NOTIFY_URL),
        "invalid notify_url",
    ),
    ("/pay/unifiedorder", {"notify_url": ""}, too_short("notify_url", "通知地址", 0, 1), "invalid notify_url"),
    (
        "/pay/unifiedorder",
        {"time_expire": "2026"},
        too_short("time_expire", "交易结束时间", 4, 14),
        "time_expire参数长度有误",
    ),
    ("/pay/unifiedorder", {"sub_app_id": "wx1"}, UNKNOWN, "不识别的参数sub_app_id"),
    ("/pay/orderquery", {"spbill_create_ip": "1.2.3.4"}, UNKNOWN, "不识别的参数spbill_create_ip"),
    ("/pay/closeorder", {"out_trade_no": None}, missing("out_trade_no", "商户订单号"), "缺少参数"),
    ("/pay/refund", {"out_refund_no": None}, missing("out_refund_no", "商户退款单号"), "缺少参数"),
    (
        "/pay/refund",
        {"out_refund_no": "R" * 65},
        too_long("out_refund_no", "商户退款单号", 65, 64),
        "out_refund_no参数长度有误",
    ),
    ("/pay/refundquery", {"offset": "first"}, no_integer("offset", "偏移量"), "offset参数格式错误"),
    ("/pay/micropay", {"auth_code": None}, missing("auth_code", "授权码"), "缺少参数"),
    ("/tools/shorturl", {"long_url": ""}, too_short("long_url", "URL链接", 0, 1), "long_url参数长度有误"),
]
"""An endpoint, what is changed of a right call, and its return_msg: today's, and that of 2016."""

ALIKE = [
    ({"trade_type": "CASH"}, "trade_type参数格式错误"),
    ({"sign_type": "SHA1"}, "sign_type参数格式错误"),
    ({"fee_type": "YUAN"}, "fee_type参数格式错误"),
    ({"mch_id": "abc"}, "mch_id参数格式错误"),
    ({"time_start": "20261323100000"}, "time_start参数格式错误"),
    ({"spbill_create_ip": "localhost"}, "invalid spbill_create_ip"),
    ({"mch_id": "1111111111"}, "商户号mch_id或sub_mch_id不存在"),
    ({"appid": "wxother"}, "商户号mch_id与appid不匹配"),
    ({"sub_mch_id": "1900000201"}, "普通商户不允许传sub_mch_id"),
    ({"trade_type": "JSAPI"}, "JSAPI支付必须传openid"),
    ({"trade_type": "MWEB"}, "缺少参数"),
]
"""Of these no newer sentence was seen."""


@pytest.fixture(scope="module", params=["today", "2016"])
def wording(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(("path", "wrong", "today", "before"), SAID)
async def test_what_is_wrong_with_a_field_is_said_in_the_words_of_the_time(
    shopkeeper: Merchant, wording: str, path: str, wrong: dict[str, str], today: str, before: str
) -> None:
    answer = await shopkeeper.call(path, **{**RIGHT_CALLS[path], **wrong})
    assert answer == {"return_code": "FAIL", "return_msg": today if wording == "today" else before}


@pytest.mark.parametrize(("wrong", "said"), ALIKE)
async def test_these_are_worded_as_ever(shopkeeper: Merchant, wrong: dict[str, str], said: str) -> None:
    answer = await shopkeeper.call("/pay/unifiedorder", **{**RIGHT_CALLS["/pay/unifiedorder"], **wrong})
    assert answer == {"return_code": "FAIL", "return_msg": said}


async def test_the_official_sandbox_has_words_of_its_own_in_both(shopkeeper: Merchant) -> None:
    official = await shopkeeper.in_official_sandbox()
    assert (await official.order("ORDER001", body=None))["return_msg"] == "缺少参数"  # type: ignore[arg-type]
    wrong = dataclasses.replace(official, key="x" * 32)
    assert (await wrong.query("ORDER001"))["return_msg"].startswith("沙箱验证签名失败")


async def test_the_sandboxs_words_are_those_of_today_unless_something_else_is_said(
    merchant: Merchant, control: Control
) -> None:
    assert (await merchant.query("A", sign="0"))["return_msg"] == SIGN_WRONG["today"]
    assert "wording" not in await control.get(f"/merchants/{merchant.mch_id}")


async def test_a_merchant_may_have_words_of_its_own(session: aiohttp.ClientSession, control: Control) -> None:
    opened = await control.post("/merchants", {"certificate": False, "wording": "2016"}, 201)
    assert opened["wording"] == "2016"
    merchant = Merchant.opened(session, opened, "http://127.0.0.1:9/notify")
    assert (await merchant.query("A", sign="0"))["return_msg"] == SIGN_WRONG["2016"]
    for own, said in (("today", "today"), (2016, "2016"), (None, "today")):
        changed = await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"wording": own})
        assert changed.get("wording") == (own if own is None else str(own))
        assert (await merchant.query("A", sign="0"))["return_msg"] == SIGN_WRONG[said]
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"name": "Tea"})
    told = (await control.get(f"/merchants/{merchant.mch_id}/changes"))["items"]
    assert [(one["before"], one["after"]) for one in told if one["field"] == "wording"] == [
        ("2016", ""),
        ("today", "2016"),
        ("2016", "today"),
    ]


async def test_no_other_words_are_known(control: Control) -> None:
    refused = await control.post("/merchants", {"wording": "2022"}, 400)
    assert refused["error"]["field"] == "wording"


async def test_the_configuration_file_and_a_restart_keep_a_merchants_words(tmp_path: object) -> None:
    config = {"merchants": [{"mch_id": "1900000777", "appids": ["wx777"], "wording": 2016, "certificate": False}]}
    started = Settings(port=0, data_dir=tmp_path, wording="today", accounts=config)  # type: ignore[arg-type]
    for settings in (started, dataclasses.replace(started, accounts={})):
        running = await Server.start(settings)
        async with aiohttp.ClientSession(running.url) as session:
            assert (await Control(session).get("/merchants/1900000777"))["wording"] == "2016"
            merchant = Merchant(session, "1900000777", "wx777", "x" * 32, "http://127.0.0.1:9/notify")
            assert (await merchant.query("A"))["return_msg"] == SIGN_WRONG["2016"]
        await running.stop()


@pytest.mark.parametrize("written", ["2016", "'2016'"])
def test_the_configuration_files_own_key_may_be_a_bare_number(tmp_path: Path, written: str) -> None:
    file = tmp_path / "sandbox.yaml"
    file.write_text(f"wording: {written}\n")
    found: list[str] = []
    command = click.command()(
        serve_options(click.pass_context(lambda context, **_: found.append(settings_of(context).wording)))
    )
    command.main(["--config", str(file)], standalone_mode=False)
    assert found == ["2016"]
