"""Endpoints that the sandbox does not play yet: each says so by its name, and none succeeds."""

import pytest

from sandbox.v2.endpoint import ENDPOINTS
from sandbox.v2.unsupported import unsupported, unsupported_paths
from sandbox.words.families import FAMILIES
from tests.support.control import Control
from tests.support.merchant import Merchant, elements

PATHS = list(unsupported_paths())


def said(path: str) -> dict[str, str]:
    return {"return_code": "FAIL", "return_msg": f"wxpay-sandbox尚不支持: {path} (not supported yet)"}


@pytest.mark.parametrize(("family", "path"), PATHS)
async def test_each_names_itself_and_never_succeeds(shopkeeper: Merchant, family: str, path: str) -> None:
    called = path.replace("*", "whatever/follows")
    assert await shopkeeper.call(called, total_amount="100") == said(called)
    async with shopkeeper.session.get(called) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/plain"
        assert elements(await response.text()) == said(called)


def test_every_family_has_its_name_and_no_path_is_played_elsewhere() -> None:
    assert set(unsupported()) == set(FAMILIES)
    paths = [path for _, path in PATHS]
    assert len(paths) == len(set(paths))
    assert not set(paths) & {endpoint.path for endpoint in ENDPOINTS}


@pytest.mark.parametrize("prefix", ["/sandboxnew", "/xdc/apiv2sandbox"])
async def test_the_official_prefixes_say_so_too(shopkeeper: Merchant, prefix: str) -> None:
    path = f"{prefix}/deposit/micropay"
    assert await shopkeeper.call(path) == said(path)


async def test_the_message_has_at_most_128_characters(shopkeeper: Merchant) -> None:
    answer = await shopkeeper.call(f"/papay/partner/{'long/' * 40}querycontract")
    assert len(answer["return_msg"]) == 128
    assert answer["return_msg"].endswith("long/querycontract (not supported yet)")


@pytest.mark.parametrize("body", [b"", b"<xml>", b"\xff", b"x" * 100_000])
async def test_whatever_was_sent(shopkeeper: Merchant, body: bytes) -> None:
    assert elements(await shopkeeper.post("/pay/combinedorder", body)) == said("/pay/combinedorder")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/mmpaymkttransfers/sendredpack", {}),
        ("/mmpaymkttransfers/promotion/transfers", {"mch_id": None, "mchid": "1900000109"}),
        ("/pay/combinedorder", {"mch_id": None, "combine_mch_id": "1900000109"}),
    ],
)
async def test_the_journal_knows_whose_call_it_was(
    merchant: Merchant, control: Control, path: str, fields: dict[str, str]
) -> None:
    await merchant.call(path, **fields)
    (call,) = (await control.get("/journal", mch_id="1900000109"))["items"]
    assert (call["outcome"], call.get("signature"), call["path"]) == ("failed", None, path)
    assert call["facts"]["fault"] == "unsupported"


async def test_a_signing_page_is_journalled_with_its_merchant(merchant: Merchant, control: Control) -> None:
    async with merchant.session.get("/papay/entrustweb", params={"mch_id": "1900000109", "plan_id": "1"}):
        pass
    (call,) = (await control.get("/journal", mch_id="1900000109"))["items"]
    assert call["request"]["method"] == "GET"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("zh", "沙箱还不支持现金红包（/mmpaymkttransfers/sendredpack）：什么都没有检查，也什么都没有做。"),
        (
            "en",
            "The sandbox does not play red packets yet (/mmpaymkttransfers/sendredpack): "
            "nothing was checked, and nothing was done.",
        ),
    ],
)
async def test_people_are_told_in_words(merchant: Merchant, control: Control, lang: str, text: str) -> None:
    await merchant.call("/mmpaymkttransfers/sendredpack")
    (call,) = (await control.get("/journal", lang=lang))["items"]
    assert call["explanation"] == text
    async with merchant.session.get("/console/calls", params={"lang": lang}) as page:
        assert text in await page.text()


async def test_a_call_about_an_order_stands_on_its_timeline(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await merchant.call("/secapi/pay/refundv2", out_trade_no="ORDER001")
    assert [line["path"] for line in await control.timeline("ORDER001") if line["kind"] == "api"] == [
        "/pay/unifiedorder",
        "/secapi/pay/refundv2",
    ]


async def test_no_path_makes_a_label_of_its_own(merchant: Merchant, control: Control) -> None:
    await merchant.call("/wxv/a-path-of-ones-own")
    async with merchant.session.get("/_sandbox/metrics") as page:
        text = await page.text()
    assert 'path="/wxv/*"' in text
    assert "a-path-of-ones-own" not in text
