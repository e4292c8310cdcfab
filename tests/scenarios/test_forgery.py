"""Forged notifications: each has its one fault and no other, a careful merchant refuses it, a naive one is caught."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from tests.scenarios.conftest import Place
from tests.scenarios.observing import observes
from tests.support.control import Control
from tests.support.merchant import SUCCESS, Inbox, Merchant, Received, signature

pytestmark = pytest.mark.slow

FORGERIES = [
    "forged-wrong-sign",
    "forged-no-sign",
    "forged-empty-sign",
    "forged-other-key",
    "forged-sign-type-lie",
    "forged-minimal",
    "forged-amount-lower",
    "forged-amount-higher",
    "forged-wrong-appid",
    "forged-wrong-mch-id",
    "forged-other-order",
    "forged-unknown-order",
    "forged-result-fail",
    "forged-return-fail",
    "forged-xxe",
    "forged-xxe-parameter",
    "forged-entity-expansion",
    "forged-malformed-xml",
    "forged-empty-body",
    "forged-huge-body",
]
Notified = Callable[[str], Awaitable[tuple[Received, Received]]]
FAIL = "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[no]]></return_msg></xml>"


@pytest.fixture
def notified(place: Place, control: Control, inbox: Inbox, merchant: Merchant) -> Notified:
    """Pay one order as always, then one under a scenario; gives what the second was notified of."""

    async def notify(scenario: str) -> tuple[Received, Received]:
        await merchant.order("FIRST")
        await control.pay("FIRST")
        await control.advance(1)
        await place(scenario)
        await control.pay("S1")
        await control.advance(1)
        _, forged, honest = inbox.received
        return forged, honest

    return notify


@observes(*FORGERIES)
async def test_the_true_notification_follows(scenario: str, notified: Notified, merchant: Merchant) -> None:
    forged, honest = await notified(scenario)
    assert forged.body != honest.body
    assert merchant.verifies(honest.fields)
    expected = {"out_trade_no": "S1", "total_fee": "100", "result_code": "SUCCESS", "mch_id": merchant.mch_id}
    assert honest.fields.items() >= expected.items()


@observes(*FORGERIES)
async def test_a_careful_merchant_refuses_it_and_takes_the_true_one(
    scenario: str, notified: Notified, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    careful = Careful(merchant)
    inbox.reply = careful.answer
    await notified(scenario)
    assert careful.paid == ["FIRST", "S1"]
    assert await verdicts(control) == ["ok", "ok"], "what it answers is right"


@observes(*FORGERIES)
async def test_a_naive_merchant_is_caught(scenario: str, notified: Notified, inbox: Inbox, control: Control) -> None:
    inbox.reply = lambda _: web.Response(text=SUCCESS)
    await notified(scenario)
    no_payment = scenario in ("forged-result-fail", "forged-return-fail")
    assert await verdicts(control) == ["failure_acknowledged" if no_payment else "forgery_accepted", "ok"]


async def verdicts(control: Control, out_trade_no: str = "S1") -> list[str]:
    """What the sandbox says of the answers, the forgery's first."""
    told = (await control.order(out_trade_no))["notifications"]
    attempts = [one["attempts"] for one in sorted(told, key=lambda one: not one.get("hostile"))]
    return [made[-1]["verdict"] for made in attempts if made]


# -- what a reply proves -----------------------------------------------------------------------------------------------

NO_REFUSALS: dict[str, tuple[int, str, dict[str, str]]] = {
    "OK to everything": (200, "OK", {}),
    "lower case": (200, "<xml><return_code>success</return_code></xml>", {}),
    "201": (201, SUCCESS, {}),
    "a BOM": (200, "\ufeff" + SUCCESS, {}),
    "JSON": (200, '{"return_code": "SUCCESS"}', {}),
    "a redirect": (302, "", {"Location": "/login"}),
    "a login page": (200, "<!doctype html><title>log in</title>", {}),
    "an endless page": (200, "x" * 70_000, {}),
    "nothing": (200, "", {}),
}


def to_the_forgery(status: int, text: str, headers: dict[str, str]) -> Callable[[Received], web.StreamResponse]:
    """Answers so to what says 0.99 yuan, SUCCESS to what is true."""

    def reply(one: Received) -> web.StreamResponse:
        if one.fields["total_fee"] == "99":
            return web.Response(status=status, body=text.encode(), headers=headers)
        return web.Response(text=SUCCESS)

    return reply


async def test_a_reply_that_is_neither_fail_nor_an_error_is_no_refusal(
    place: Place, inbox: Inbox, control: Control, merchant: Merchant
) -> None:
    for number, (status, text, headers) in enumerate(NO_REFUSALS.values()):
        await place("forged-amount-lower", f"S{number}")
        reply = web.Response(status=status, text=text, headers=headers).text or ""
        inbox.reply = to_the_forgery(status, reply, headers)
        await control.pay(f"S{number}")
        await control.advance(1)
    for number, name in enumerate(NO_REFUSALS):
        assert await verdicts(control, f"S{number}") == ["cannot_tell", "ok"], name
    async with merchant.session.get("/console/orders/1900000109/S0", headers={"Accept-Language": "en"}) as response:
        assert '<p class="next unsure" id="next"><b>Nobody can tell whether' in await response.text()
    (told, *_) = [one for one in (await control.order("S0"))["notifications"] if one.get("hostile")]
    assert "应答是 HTTP 200（不是 XML）：“OK”：读来像是收下了" in told["attempts"][0]["explanation"]
    (told, *_) = [one for one in (await control.order("S2"))["notifications"] if one.get("hostile")]
    assert "应答是 HTTP 201：“<xml>" in told["attempts"][0]["explanation"]


async def test_who_refuses_everything_is_not_praised_until_it_takes_a_true_one(
    place: Place, inbox: Inbox, control: Control, merchant: Merchant
) -> None:
    inbox.answer(200, FAIL)
    await place("forged-amount-lower")
    await control.pay("S1")
    await control.advance(0)
    assert await verdicts(control) == ["cannot_tell"], "the true one is not sent yet"
    await control.advance(1)
    assert await verdicts(control) == ["cannot_tell", "return_code_fail"]
    inbox.answer()
    await control.advance(16)
    assert await verdicts(control) == ["ok", "ok"]
    summaries = [item["verdict"] for item in await control.timeline("S1") if item["kind"] == "notification"]
    assert summaries == ["ok", "return_code_fail", "ok"], "the timeline tells the same"


async def test_where_only_forgeries_are_sent_another_true_one_at_the_address_tells(
    merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await control.call("PUT", "/scenarios/only-forged", {"notify": [{"fault": "amount-lower"}]})
    inbox.answer(403)
    await merchant.order("S1")
    await control.pay("S1", scenario="only-forged")
    await control.advance(1)
    assert await verdicts(control) == ["cannot_tell"]
    inbox.answer()
    await merchant.order("S2", notify_url=inbox.url + "?other")
    await control.pay("S2")
    await control.wait("S2", "notified")
    assert await verdicts(control) == ["cannot_tell"], "another address tells nothing"
    await merchant.order("S3")
    await control.pay("S3")
    await control.wait("S3", "notified")
    assert await verdicts(control) == ["ok"]


@pytest.mark.parametrize(("reply", "verdict"), [(SUCCESS, "ok"), (FAIL, "altered_refused")])
async def test_of_a_message_with_fields_changed_nobody_can_say_what_is_right(
    reply: str, verdict: str, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    changed = [{"set": {"total_fee": "1"}}, {"fault": "wrong-sign", "after": "1s"}]
    await control.call("PUT", "/scenarios/changed", {"notify": changed})
    inbox.reply = lambda one: web.Response(text=reply if one.fields["total_fee"] == "1" else FAIL)
    await merchant.order("S1")
    await control.pay("S1", scenario="changed")
    await control.advance(2)
    told = {one["fault"]: one["attempts"][0] for one in (await control.order("S1"))["notifications"]}
    assert told["altered"]["verdict"] == verdict
    assert "改过" in told["altered"]["explanation"]
    assert told["wrong-sign"]["verdict"] == "cannot_tell", "that it was taken proves nothing"


async def test_who_fetches_the_entity_has_not_refused(
    place: Place, inbox: Inbox, control: Control, merchant: Merchant
) -> None:
    inbox.reply = lambda one: web.Response(text=FAIL if "<!DOCTYPE" in one.body else SUCCESS)
    await place("forged-xxe")
    await control.pay("S1")
    await control.advance(1)
    assert await verdicts(control) == ["ok", "ok"]
    found = re.search(r'SYSTEM "([^"]+)"', next(one.body for one in inbox.received if "<!DOCTYPE" in one.body))
    assert found is not None
    async with merchant.session.get(found[1]):
        pass
    assert await verdicts(control) == ["entity_fetched", "ok"]


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_an_accepted_forgery_is_red_wherever_the_order_stands(
    lang: str, place: Place, inbox: Inbox, control: Control, merchant: Merchant
) -> None:
    await place("forged-amount-lower")
    await control.pay("S1")
    await control.advance(1)
    assert await verdicts(control) == ["forgery_accepted", "ok"]
    headers = {"Accept-Language": lang}
    pages = {}
    for path in ("orders/1900000109/S1", "", "?notification=failed", "?notification=forged", "notifications"):
        async with merchant.session.get(f"/console/{path}", headers=headers) as response:
            pages[path] = await response.text()
    said = {"zh": "商户把伪造的通知当真了（金额少一分", "en": "took forged notifications for true (One fen less"}[lang]
    assert re.search(rf'<p class="next bad" id="next"><b>[^<]*{re.escape(said)}', pages["orders/1900000109/S1"])
    for path in ("", "?notification=failed", "?notification=forged"):
        assert pages[path].count("told-forged") == 1
    assert re.search(r'class="tile alarming"[^>]*><b>1</b>', pages[""])
    assert {"zh": "收下了伪造通知", "en": "Forgery accepted"}[lang] in pages["notifications"]


# -- the one fault of each ---------------------------------------------------------------------------------------------


@observes("forged-wrong-sign", "forged-other-key")
async def test_the_signature_is_wrong_and_nothing_else(scenario: str, notified: Notified, merchant: Merchant) -> None:
    forged, honest = (one.fields for one in await notified(scenario))
    assert re.fullmatch("[0-9A-F]{32}", forged["sign"])
    assert not merchant.verifies(forged)
    ours = {"nonce_str": "", "sign": ""}
    assert forged | ours == honest | ours


@observes("forged-no-sign", "forged-empty-sign")
async def test_there_is_no_signature_to_verify(scenario: str, notified: Notified) -> None:
    forged, honest = (one.fields for one in await notified(scenario))
    assert forged.get("sign") == (None if scenario == "forged-no-sign" else "")
    ours = {"nonce_str": "", "sign": ""}
    assert forged | ours == honest | ours


@observes("forged-sign-type-lie")
async def test_it_is_signed_by_the_other_algorithm(scenario: str, notified: Notified, merchant: Merchant) -> None:
    forged = (await notified(scenario))[0].fields
    assert forged["sign_type"] == "MD5"
    assert forged["sign"] != signature(forged, merchant.key, "MD5")
    assert forged["sign"] == signature(forged, merchant.key, "HMAC-SHA256")


@observes("forged-minimal", "forged-return-fail")
async def test_almost_all_is_missing(scenario: str, notified: Notified) -> None:
    forged = (await notified(scenario))[0].fields
    expected = {"out_trade_no": "S1", "total_fee": "100"}
    assert forged == (expected if scenario == "forged-minimal" else {"return_code": "FAIL", "return_msg": "系统错误"})


LIES = {
    "forged-amount-lower": {"total_fee": "99"},
    "forged-amount-higher": {"total_fee": "101"},
    "forged-wrong-appid": {"appid": "wx0000000000000000"},
    "forged-wrong-mch-id": {"mch_id": "1000000001"},
    "forged-result-fail": {"return_code": "SUCCESS", "result_code": "FAIL"},
}


@observes(*LIES)
async def test_a_lie_that_is_rightly_signed(scenario: str, notified: Notified, merchant: Merchant) -> None:
    forged = (await notified(scenario))[0].fields
    assert merchant.verifies(forged)
    assert forged.items() >= LIES[scenario].items()


@observes("forged-other-order")
async def test_the_transaction_is_another_orders(
    scenario: str, notified: Notified, merchant: Merchant, inbox: Inbox
) -> None:
    forged, honest = (one.fields for one in await notified(scenario))
    assert merchant.verifies(forged)
    assert forged["transaction_id"] == inbox.received[0].fields["transaction_id"] != honest["transaction_id"]
    assert forged["out_trade_no"] == "S1"


@observes("forged-unknown-order")
async def test_nobody_knows_the_number(scenario: str, notified: Notified, merchant: Merchant) -> None:
    forged = (await notified(scenario))[0].fields
    assert merchant.verifies(forged)
    assert (await merchant.query(forged["out_trade_no"]))["err_code"] == "ORDERNOTEXIST"


@observes("forged-xxe", "forged-xxe-parameter")
async def test_who_resolves_the_entity_is_told(
    scenario: str, notified: Notified, merchant: Merchant, control: Control
) -> None:
    forged = (await notified(scenario))[0].body
    found = re.search(r'<!ENTITY (?:% )?canary SYSTEM "([^"]+)"', forged)
    assert found is not None
    before = len(await control.timeline("S1"))
    async with merchant.session.get(found[1]) as fetched:
        assert fetched.status == 200
    assert [item["kind"] for item in (await control.timeline("S1"))[before:]] == ["scenario"]


@observes("forged-entity-expansion")
async def test_four_entities_stand_for_ten_thousand(scenario: str, notified: Notified) -> None:
    forged = (await notified(scenario))[0].body
    assert len(forged) < 2048
    assert len(ET.fromstring(forged).findtext("attach", "")) == 20_000


@observes("forged-malformed-xml", "forged-empty-body")
async def test_no_parser_reads_it(scenario: str, notified: Notified) -> None:
    forged = (await notified(scenario))[0].body
    assert bool(forged) == (scenario == "forged-malformed-xml")
    with pytest.raises(ET.ParseError):
        ET.fromstring(forged)


@observes("forged-huge-body")
async def test_it_is_over_a_megabyte_and_rightly_signed(scenario: str, notified: Notified, merchant: Merchant) -> None:
    forged = (await notified(scenario))[0]
    assert int(forged.headers["Content-Length"]) > 1024 * 1024
    assert merchant.verifies(forged.fields)


# -- a merchant that checks what there is to check ---------------------------------------------------------------------


class Careful:
    """Takes each payment once, and nothing that is not as it ordered."""

    def __init__(self, merchant: Merchant) -> None:
        self.merchant = merchant
        self.ordered = {"FIRST": "100", "S1": "100"}
        self.transactions: set[str] = set()
        self.paid: list[str] = []

    def answer(self, one: Received) -> web.Response:
        fields = self._read(one.body)
        if fields is None or not self._believes(fields):
            return web.Response(text=FAIL)
        self.transactions.add(fields["transaction_id"])
        self.paid.append(fields["out_trade_no"])
        return web.Response(text=SUCCESS)

    def _read(self, body: str) -> dict[str, str] | None:
        if len(body) > 64 * 1024 or "<!DOCTYPE" in body:
            return None
        try:
            return {element.tag: element.text or "" for element in ET.fromstring(body)}
        except ET.ParseError:
            return None

    def _believes(self, fields: dict[str, Any]) -> bool:
        ours = {"appid": self.merchant.appid, "mch_id": self.merchant.mch_id}
        return (
            fields.get("return_code") == fields.get("result_code") == "SUCCESS"
            and fields.get("sign") == signature(fields, self.merchant.key)
            and fields.items() >= ours.items()
            and self.ordered.get(fields["out_trade_no"]) == fields["total_fee"]
            and fields["transaction_id"] not in self.transactions
        )
