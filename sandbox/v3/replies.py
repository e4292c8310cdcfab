"""What a merchant's reply to a notification says. Source: V3 notes, 13.5.

The status alone decides: 200 and 204 are receipts, whatever the body says; it is read for what the merchant may have
meant. Names of verdicts have their texts in `words.verdicts`.
"""

import json
import re

from sandbox.core.ports.face import Answer
from sandbox.core.replies import Facts, by_status, start_of, text_of
from sandbox.core.verdicts import TURNED_DOWN, Verdict, VerdictName

_HTML = re.compile(r"<!doctype html|<html", re.IGNORECASE)
_XML = re.compile(r"<\??xml|<[a-z_]+>", re.IGNORECASE)
_RETURN_FAIL = re.compile(r"<return_code>\s*(?:<!\[CDATA\[)?\s*FAIL", re.IGNORECASE)
_RETURN_MSG = re.compile(r"<return_msg>\s*(?:<!\[CDATA\[)?([^\]<]*)", re.IGNORECASE)
LONGEST_REASON = 128


def judge(answer: Answer) -> Verdict:
    """What a merchant's reply is worth to a true notification."""
    refused = None if answer.status == 204 else by_status(answer)
    return refused or _receipt(answer)


def _receipt(answer: Answer) -> Verdict:
    text, status = text_of(answer).lstrip("\ufeff").strip(), ("status", str(answer.status))
    if (reason := _fail(text)) is not None:
        why: Facts = (("message", reason[:LONGEST_REASON]),) if reason else ()
        turned_down = (TURNED_DOWN, f"HTTP {answer.status}, FAIL")
        return Verdict(VerdictName.OK_SAYS_FAIL, (status, *why, turned_down, *start_of(answer)))
    if _HTML.match(text):
        return Verdict(VerdictName.OK_HTML, (status, *start_of(answer)))
    if _XML.match(text):
        return Verdict(VerdictName.OK_XML, (status, *start_of(answer)))
    return Verdict(VerdictName.OK, (status,))


def _fail(text: str) -> str | None:
    """The reason with which a body turns the notification down; None for one that does not."""
    if _RETURN_FAIL.search(text):
        found = _RETURN_MSG.search(text)
        return found[1].strip() if found else ""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or str(said.get("code", said.get("return_code", ""))).upper() != "FAIL":
        return None
    reason = said.get("message", said.get("return_msg", ""))
    return reason.strip() if isinstance(reason, str) else ""
