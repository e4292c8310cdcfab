"""Whatever way a valid message is written, everybody who reads it later reads what the face read."""

import html
import re
from typing import Any

import aiohttp
import pytest

from sandbox.core.journal import KEPT_BYTES
from tests.support.control import Control
from tests.support.merchant import Merchant, document, elements, signature

SAMPLES = {
    "a character by its number": ("<attach>&#33590;</attach>", "茶"),
    "a character by its hex number": ("<attach>&#x8336;</attach>", "茶"),
    "a line break by its number": ("<attach>1&#10;2</attach>", "1\n2"),
    "an entity": ("<attach>a&amp;amp;b &lt;c&gt; &quot;&apos;</attach>", "a&amp;b <c> \"'"),
    "an entity in CDATA": ("<attach><![CDATA[a&amp;b]]></attach>", "a&amp;b"),
    "an empty element": ("<attach/>", ""),
    "an empty element with an end": ("<attach></attach>", ""),
    "an attribute": ('<attach type="string">茶</attach>', "茶"),
    "an attribute with a bracket": ("<attach x='a>b'><![CDATA[茶]]></attach>", "茶"),
    "a blank in the tags": ("<attach >茶</attach\n>", "茶"),
    "]]> over two CDATA sections": ("<attach><![CDATA[a]]]]><![CDATA[>b]]></attach>", "a]]>b"),
    "white space round CDATA": ("<attach>\n <![CDATA[茶]]> </attach>", "\n 茶 "),
    "text beside CDATA": ("<attach>1<![CDATA[2]]>3</attach>", "123"),
    "two CDATA sections": ("<attach><![CDATA[1]]><![CDATA[2]]></attach>", "12"),
    "a comment in a value": ("<attach>1<!-- <attach>x</attach> -->2</attach>", "12"),
    "an instruction in a value": ("<attach>1<?php x ?>2</attach>", "12"),
    "markup in CDATA": ("<attach><![CDATA[<attach>x</attach>]]></attach>", "<attach>x</attach>"),
    "a line break of Windows": ("<attach>1\r\n2\r3</attach>", "1\n2\n3"),
    "blanks at the ends": ("<attach> 茶 </attach>", " 茶 "),
    "beyond the first plane": ("<attach>&#x1F375;🍵</attach>", "🍵🍵"),
}
"""One element of a message as it may be written, and what it holds; None where nobody may write it so."""

VALID = {name: sample for name, sample in SAMPLES.items() if sample[1] is not None}
ROOTS = {
    "plain": ("<xml>", "</xml>"),
    "a declaration": ('<?xml version="1.0" encoding="UTF-8"?>\n<xml>\n', "\n</xml>\n"),
    "a byte order mark": ("\ufeff<xml>", "</xml>"),
    "an attribute of the root": ('<xml version="1">', "</xml >"),
    "another root": ("<root>", "</root>"),
    "comments": ("<!-- <xml> --><xml><!-- <total_fee>5</total_fee> -->", "</xml><!-- end -->"),
}


def written(fields: dict[str, str], element: str, root: str = "plain") -> bytes:
    """A message of which one element is written as it stands here."""
    before, after = ROOTS[root]
    inner = document(fields).decode().removeprefix("<xml>").removesuffix("</xml>")
    return (before + inner + element + after).encode()


def signed(merchant: Merchant, value: str, **fields: str) -> dict[str, str]:
    """The other fields of a message that is signed with this attach."""
    message = merchant.signed(**{**fields, "attach": value})
    return {name: text for name, text in message.items() if name != "attach"}


ORDER = {
    "body": "龙井茶",
    "out_trade_no": "ORDER001",
    "total_fee": "100",
    "spbill_create_ip": "123.12.12.123",
    "notify_url": "http://127.0.0.1:9/notify",
    "trade_type": "APP",
}
REFUND = {"out_trade_no": "ORDER001", "out_refund_no": "REFUND1", "total_fee": "100", "refund_fee": "1"}


async def shown(session: aiohttp.ClientSession, path: str) -> str:
    async with session.get(path) as response:
        assert response.status == 200
        return html.unescape(await response.text())


@pytest.mark.parametrize("name", VALID)
async def test_expectations_match_on_what_the_face_read(merchant: Merchant, control: Control, name: str) -> None:
    element, value = VALID[name]
    answer = elements(await merchant.post("/pay/unifiedorder", written(signed(merchant, value, **ORDER), element)))
    assert answer["return_code"] == "SUCCESS", answer
    order = await control.order("ORDER001")
    assert order["attach"] == value
    for fields in ({"attach": value}, {"attach": value, "out_trade_no": "ORDER001"}, {"total_fee": 100}):
        verdict = await control.post("/journal/verify", {"fields": fields})
        assert verdict["matched"], verdict
    absent = await control.post("/journal/verify", {"fields": {"goods_tag": {"absent": True}, "attach": value}})
    assert absent["matched"]
    other = await control.post("/journal/verify", {"path": "/pay/unifiedorder", "fields": {"attach": "another"}})
    assert [miss["differences"] for miss in other["near_misses"]] == [
        [{"what": "fields.attach", "expected": "another", "got": value}]
    ]


@pytest.mark.parametrize("root", ROOTS)
async def test_the_frame_of_a_message_makes_no_difference(merchant: Merchant, control: Control, root: str) -> None:
    body = written(signed(merchant, "茶", **ORDER), "<attach><![CDATA[茶]]></attach>", root)
    assert elements(await merchant.post("/pay/unifiedorder", body))["return_code"] == "SUCCESS"
    verdict = await control.post("/journal/verify", {"fields": {"attach": "茶", "total_fee": "100"}})
    assert verdict["matched"], verdict


@pytest.mark.parametrize("name", VALID)
async def test_timeline_and_doctor_take_the_call_for_what_it_is(
    merchant: Merchant, control: Control, name: str
) -> None:
    element, value = VALID[name]
    body = written(signed(merchant, value, **ORDER), element)
    await merchant.post("/pay/unifiedorder", body)
    placed = (await control.timeline("ORDER001"))[0]
    assert (placed["path"], placed["signature"]) == ("/pay/unifiedorder", "ok")
    answer = await control.post("/doctor", {"body": body.decode()})
    assert (answer["readable"], answer["valid"]) == (True, True)
    assert f"attach={value}&" in answer["string_to_sign"] or not value


@pytest.mark.parametrize(
    "sign",
    [
        "<sign >{}</sign>",
        "<sign type='MD5'>{}</sign>",
        "<sign><![CDATA[{}]]></sign>",
        "<sign><!-- MD5 -->{}</sign>",
        "<sign>&#48;{}</sign>",
    ],
)
async def test_the_calls_page_shows_the_sign_that_the_face_read(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession, sign: str
) -> None:
    wrong = "0" * 32
    fields = {name: value for name, value in merchant.signed(**ORDER).items() if name != "sign"}
    element = sign.format(wrong[1:] if "&#48;" in sign else wrong)
    await merchant.post("/pay/unifiedorder", written(fields, element))
    (call,) = (await control.get("/journal"))["items"]
    assert call["signature"] == "wrong"
    page = await shown(session, f"/console/calls/{call['id']}")
    assert f"<code>{wrong}</code>" in page
    assert f"<code>{signature(fields, merchant.key)}</code>" in page


@pytest.mark.parametrize("name", VALID)
async def test_a_wrong_sign_is_diagnosed_alike_by_call_and_doctor(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession, name: str
) -> None:
    element, value = VALID[name]
    fields = signed(merchant, value, **ORDER, _key="k" * 32)
    body = written(fields, element)
    await merchant.post("/pay/unifiedorder", body)
    (call,) = (await control.get("/journal"))["items"]
    page = await shown(session, f"/console/calls/{call['id']}")
    answer = await control.post("/doctor", {"body": body.decode()})
    assert (answer["given"], answer["mistake"]) == (fields["sign"], "unknown")
    assert f"<code>{answer['given']}</code>" in page
    assert answer["string_to_sign"] in page


class TestCertificates:
    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"require_client_cert": True}

    @pytest.mark.parametrize("name", VALID)
    async def test_the_doctor_knows_the_call_again_however_it_is_written(
        self, merchant: Merchant, control: Control, name: str
    ) -> None:
        element, value = VALID[name]
        body = written(signed(merchant, value, **REFUND), element)
        async with merchant.session.post("/secapi/pay/refund", data=body) as response:
            await response.read()
        answer: dict[str, Any] = await control.call("POST", "/doctor", {"body": body.decode()}, lang="en")
        assert answer["valid"]
        assert "certificate" in answer["certificate"]


@pytest.mark.parametrize(
    "body",
    [
        b"<xml><attach>a</attach><attach>b</attach></xml>",
        b"<xml><attach>a</attach><detail><attach>b</attach></detail></xml>",
        b"<xml><attach>a & b</attach></xml>",
        b"<xml><attach>a</attach>",
        b"<!DOCTYPE xml><xml><attach>a</attach></xml>",
        "<xml><attach>a</attach><body>茶</body></xml>".encode("gb18030"),
        b"<xml><attach>a</attach></xml>".ljust(KEPT_BYTES + 1),
        b'{"attach": "<attach>a</attach>"}',
    ],
    ids=["repeated", "nested", "ampersand", "cut off", "doctype", "GBK", "too long", "JSON"],
)
async def test_what_the_face_cannot_read_has_no_fields_and_is_told_as_such(
    merchant: Merchant, control: Control, body: bytes
) -> None:
    await merchant.post("/pay/unifiedorder", body)
    verdict = await control.post("/journal/verify", {"fields": {"attach": {"matches": ".*"}}})
    assert not verdict["matched"]
    (miss,) = verdict["near_misses"]
    got = {one["what"]: one["got"] for one in miss["differences"]}
    assert got["fields.attach"] is None
    assert got["message"]
    assert re.search("FAIL|XML|failed", miss["summary"])
