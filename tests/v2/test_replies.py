"""What a merchant's reply is worth, and what is said of it: to a true notification and to a forged one, in both
languages."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sandbox.core import forgery_verdicts as forgeries
from sandbox.core.forgery_verdicts import Proof
from sandbox.core.journal import Message
from sandbox.core.notifications import Notification, NotificationKind, NotificationState
from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import HARMLESS, Alteration, MessageFault
from sandbox.core.ports.face import Answer
from sandbox.core.text import Lang
from sandbox.core.verdicts import Finding, Verdict, VerdictName
from sandbox.signing.flat import SignType
from sandbox.v2.face import FACE
from sandbox.v2.origin import placed_by
from sandbox.v2.replies import judge
from sandbox.words.verdicts import VERDICTS, told

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HOSTILE = sorted(FACE.faults.payments - HARMLESS)
RIGHT = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>"
FAIL = "<xml><return_code>FAIL</return_code><return_msg>签名失败</return_msg></xml>"


def xml(return_code: str) -> str:
    return f"<xml><return_code>{return_code}</return_code><return_msg>OK</return_msg></xml>"


SAID: list[tuple[int, str, str, str]] = [
    # status, body, verdict, what its explanation says in English
    (200, xml("success"), "return_code_case", "“success”: it must be upper case"),
    (200, xml("<![CDATA[Success]]>"), "return_code_case", "“Success”: it must be upper case"),
    (200, xml("fail"), "return_code_case", "“fail”: it must be upper case"),
    (200, xml(" SUCCESS "), "return_code_blanks", "blanks or line breaks"),
    (200, xml("<![CDATA[ SUCCESS ]]>"), "return_code_blanks", "blanks or line breaks"),
    (200, xml("\nSUCCESS\n"), "return_code_blanks", "blanks or line breaks"),
    (200, xml("SUCCES"), "return_code_unknown", "“SUCCES”"),
    (200, xml("OK"), "return_code_unknown", "“OK”"),
    (200, xml("[CDATA[SUCCESS]]"), "return_code_unknown", "“[CDATA[SUCCESS]]”"),
    (200, xml("&quot;SUCCESS&quot;"), "return_code_unknown", '“"SUCCESS"”'),
    (200, xml(""), "return_code_empty", "<return_code></return_code>"),
    (200, "<xml><return_msg>OK</return_msg></xml>", "return_code_missing", "<return_msg>OK"),
    (200, "<xml><returnCode>SUCCESS</returnCode></xml>", "return_code_misnamed", "called returnCode"),
    (200, "<xml><RETURN_CODE>SUCCESS</RETURN_CODE></xml>", "return_code_misnamed", "called RETURN_CODE"),
    (200, "<root><return_code>SUCCESS</return_code></root>", "ok_other_root", "is root"),
    (200, "<?xml version='1.0'?>\n<XML><return_code>SUCCESS</return_code></XML>", "ok_other_root", "is XML"),
    (200, "<PaidResp><return_code>FAIL</return_code></PaidResp>", "return_code_fail", "gives no reason"),
    (200, xml("<![cdata[SUCCESS]]>"), "stray_text", "<![cdata[SUCCESS"),
    (200, "<xml><return_code>SUCCESS&nbsp;</return_code></xml>", "stray_text", "SUCCESS&nbsp;"),
    (200, RIGHT.replace("<", "&lt;").replace(">", "&gt;"), "escaped", "escaped by a framework"),
    (200, '"' + xml("SUCCESS").replace("/", "\\/") + '"', "escaped", "escaped by a framework"),
    (200, "OK", "not_xml", "“OK”"),
    (200, '{"code": "SUCCESS"}', "json", '“{"code": "SUCCESS"}”'),
    (200, "\ufeff" + RIGHT, "bom", "“<xml><return_code>"),
    (200, "<html><body>log in</body></html>", "html", "log in"),
    (200, "x" * 70000, "too_large", "“xxx"),
    (200, "x" * 65535 + "茶", "too_large", "“xxx"),
    (201, RIGHT, "http_201", "“<xml>"),
    (302, "Redirecting", "redirect", "Redirecting"),
    (401, "no", "login", "“no”"),
    (419, "expired", "csrf", "“expired”"),
    (500, "NullPointerException", "http_status", "HTTP 500, not 200: “NullPointerException”"),
    (500, "", "http_status", "HTTP 500, not 200."),
    (200, FAIL, "return_code_fail", "because “签名失败”"),
    (200, "<xml><return_code>FAIL</return_code></xml>", "return_code_fail", "gives no reason"),
    (200, RIGHT, "ok", "answered SUCCESS"),
    (415, "", "content_type", "for its Content-Type"),
    (400, "Content-Type 'text/xml' is not supported.", "content_type", "Content-Type 'text/xml'"),
    (500, "UnsupportedMediaTypeStatusException: 415 UNSUPPORTED_MEDIA_TYPE", "content_type", "UNSUPPORTED_MEDIA"),
    (200, FAIL.replace("签名失败", "bad content-type"), "content_type", "for its Content-Type"),
    (500, '<html><meta http-equiv="Content-Type" content="text/html">boom</html>', "http_status", "HTTP 500"),
]
IDS = [f"{status} {body[:50]}" for status, body, *_ in SAID]


def answer(status: int, body: str) -> Answer:
    raw = body.encode()
    return Answer(status, Message((), raw[: 64 * 1024]), cut=len(raw) > 64 * 1024)


def forged(fault: MessageFault = MessageFault.AMOUNT_LOWER) -> Notification:
    one = Notification(
        id="ntf_1",
        kind=NotificationKind.PAYMENT,
        key=OrderKey("1900000109", "ORDER001"),
        origin=placed_by(SignType.MD5),
        url="http://shop.example/notify",
        nonce_str="nonce",
        created_at=NOON,
        next_at=NOON,
    )
    return replace(one, single=True, alteration=Alteration(fault=fault))


@pytest.mark.parametrize(("status", "body", "verdict", "says"), SAID, ids=IDS)
def test_a_reply_is_named_quoted_and_explained(status: int, body: str, verdict: str, says: str) -> None:
    judged = judge(answer(status, body))
    assert judged.name == verdict
    assert says in told(judged, "en").explanation


def test_a_timeout_names_the_limit_that_held_and_an_older_line_the_notifications_own() -> None:
    assert (
        told(Verdict(VerdictName.TIMEOUT, (("seconds", "30"),)), "en").explanation == "No complete answer within 30 s."
    )
    assert told(Verdict(VerdictName.TIMEOUT), "zh").explanation == "5 秒内没有完整应答。"


def test_what_is_in_gbk_is_named_and_quoted_as_it_was_meant() -> None:
    body = "<xml><return_code>SUCCESS</return_code><return_msg>成功</return_msg></xml>".encode("gbk")
    judged = judge(Answer(200, Message((), body)))
    assert judged.name == "not_utf8"
    assert "<return_msg>成功" in told(judged, "zh").explanation


REPLIES = {
    **{f"{status} {body[:60]}": (judge(answer(status, body)), status) for status, body, *_ in SAID},
    **{
        name: (Verdict(VerdictName(name), (("address", "a"), ("host", "h"), ("reason", "r"), ("url", "u"))), None)
        for name in ("timeout", "refused", "dns", "tls", "reset", "forbidden_address", "bad_url")
    },
}


def all_said_of(verdict: Verdict) -> list[Verdict]:
    """A verdict in each state that what is known of the merchant may leave it in."""
    if not forgeries.is_open(verdict):
        return [verdict]
    return [verdict, *(forgeries.settled(verdict, proof, fetched=False) for proof in Proof)]


@pytest.mark.parametrize("name", REPLIES)
def test_the_advice_on_a_true_notification_is_whole(name: str) -> None:
    verdict, _ = REPLIES[name]
    complete(verdict)
    assert verdict.finding is (Finding.RIGHT if verdict.accepted else Finding.WRONG)


@pytest.mark.parametrize("name", REPLIES)
def test_the_advice_on_a_forgery_never_asks_for_success(name: str) -> None:
    reply, status = REPLIES[name]
    for verdict in all_said_of(forgeries.judged(reply, status, forged())):
        complete(verdict)
        assert not any("SUCCESS" in told(verdict, lang).fix for lang in LANGUAGES)


LANGUAGES: tuple[Lang, ...] = ("zh", "en")


def complete(verdict: Verdict) -> None:
    """Every sentence is there, in each language, with its facts, and quotes nothing that is empty."""
    for lang in LANGUAGES:
        complete_in(lang, verdict)


def complete_in(lang: Lang, verdict: Verdict) -> None:
    said = told(verdict, lang)
    for text in (said.title, said.explanation, said.fix):
        assert text
        assert not re.search(r"[{}]\w*[{}]|“”|：$|: ?$|[:：] ?\?$|\(\)|（）", re.sub(r"“.*?”", "", text)), text
    own = re.sub(r"“.*?”|\(.*?\)", "", said.explanation + said.fix)
    assert bool(re.search(r"[\u4e00-\u9fff]", own)) == (lang == "zh"), own


UNCLEAR = [(status, body) for status, body, name, _ in SAID if status < 400 and name[:2] != "ok" and "FAIL" not in body]


@pytest.mark.parametrize(("status", "body"), UNCLEAR, ids=[f"{status} {body[:50]}" for status, body in UNCLEAR])
def test_what_is_neither_fail_nor_an_error_is_never_a_refusal(status: int, body: str) -> None:
    for verdict in all_said_of(forgeries.judged(judge(answer(status, body)), status, forged())):
        assert (verdict.name, verdict.finding) == (VerdictName.CANNOT_TELL, Finding.UNCLEAR)


@pytest.mark.parametrize(("status", "body"), [(200, FAIL), (400, ""), (403, "no"), (415, ""), (404, "")])
@pytest.mark.parametrize(
    ("proof", "name"),
    [
        (Proof.ACCEPTED, "ok_forgery_refused"),
        (Proof.ELSEWHERE, "ok_forgery_refused"),
        (Proof.AWAITED, VerdictName.CANNOT_TELL),
        (Proof.TURNED_DOWN, VerdictName.CANNOT_TELL),
        (Proof.NONE, VerdictName.CANNOT_TELL),
    ],
)
def test_it_was_refused_only_where_a_true_one_is_taken(status: int, body: str, proof: Proof, name: str) -> None:
    verdict = forgeries.judged(judge(answer(status, body)), status, forged())
    assert forgeries.settled(verdict, proof, fetched=False).name == name


def test_an_error_of_the_server_may_be_a_crash() -> None:
    verdict = forgeries.judged(judge(answer(500, "")), 500, forged())
    settled = forgeries.settled(verdict, Proof.ACCEPTED, fetched=False)
    assert settled.finding is Finding.RIGHT
    assert "no crash" in told(settled, "en").explanation


@pytest.mark.parametrize("fault", HOSTILE)
def test_success_to_a_forgery_is_its_acceptance_unless_it_tells_of_no_payment(fault: MessageFault) -> None:
    verdict = forgeries.judged(judge(answer(200, RIGHT)), 200, forged(fault))
    expected = "failure_acknowledged" if fault in ("result-fail", "return-fail") else "forgery_accepted"
    assert verdict.name == expected
    complete(verdict)
    assert not any("SUCCESS" in told(verdict, lang).fix for lang in LANGUAGES)


@pytest.mark.parametrize("body", ["OK", FAIL])
def test_whoever_fetches_the_entity_has_not_refused(body: str) -> None:
    verdict = forgeries.judged(judge(answer(200, body)), 200, forged(MessageFault.XXE))
    assert forgeries.is_open(verdict)
    assert forgeries.settled(verdict, Proof.ACCEPTED, fetched=True).name == "entity_fetched"


def test_only_what_was_accepted_or_not_answered_is_given_up() -> None:
    for reply, status in REPLIES.values():
        after = forged().attempted(forgeries.judged(reply, status, forged()), NOON)
        given_up = reply.accepted or status is None
        assert after.state is (NotificationState.GIVEN_UP if given_up else NotificationState.DELIVERED)


@pytest.mark.parametrize("name", VERDICTS)
def test_no_verdict_lacks_a_sentence(name: VerdictName) -> None:
    facts = dict.fromkeys(("address", "appid", "err_code_des", "fields", "given", "host", "link", "location"), "x")
    facts |= dict.fromkeys(("mch_id", "prepay_id", "reason", "return_code", "status", "times", "url"), "x")
    facts |= {"fault": "xxe", "how": "HTTP 403", "proof": "none" if name == VerdictName.CANNOT_TELL else "accepted"}
    complete(Verdict(name, tuple(facts.items())))


def test_every_verdict_has_its_texts() -> None:
    assert set(VERDICTS) == set(VerdictName) - {VerdictName.OTHER}
