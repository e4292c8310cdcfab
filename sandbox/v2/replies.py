"""What a merchant's reply to a notification says, and what is wrong with it. Source: V2 notes, 5.2.

Names of verdicts have their texts in `words.verdicts`. Each quotes the beginning of the body as its fact `start`.
"""

import codecs
import re
from collections.abc import Mapping

from sandbox.core.errors import PaymentError
from sandbox.core.ports.face import Answer
from sandbox.core.replies import Facts, by_status, complains_of_type, start_of, text_of
from sandbox.core.verdicts import TURNED_DOWN, Verdict, VerdictName
from sandbox.v2 import envelope

_TAG = re.compile(r"<[a-zA-Z_!?/]")
_HTML = re.compile(r"<!doctype html|<html", re.IGNORECASE)
_ESCAPED = re.compile(r"&lt;\??xml|\"\s*<\??xml", re.IGNORECASE)
"""XML that a framework escaped, as for a page, or wrote as a string of JSON."""


def judge(answer: Answer) -> Verdict:
    """What a merchant's reply is worth to a true notification."""
    fields = fields_of(answer)
    if isinstance(fields, Verdict):
        return fields
    return turned_down(fields, answer) or _receipt(fields, answer)


def _receipt(fields: Mapping[str, str], answer: Answer) -> Verdict:
    """SUCCESS, with a remark where it is not quite as the documents have it."""
    root = envelope.root(answer.message.body)
    if root != "xml":
        return Verdict(VerdictName.OK_OTHER_ROOT, (("given", root[:32]),))
    return Verdict(VerdictName.OK if fields.get("return_msg") else VerdictName.OK_NO_RETURN_MSG)


def fields_of(answer: Answer) -> Verdict | dict[str, str]:
    """The elements of a merchant's reply, or why they cannot be had: first by its status, then by its body."""
    if (refused := by_status(answer)) is not None:
        return refused
    return Verdict(VerdictName.TOO_LARGE, start_of(answer)) if answer.cut else _read_body(answer)


def turned_down(fields: Mapping[str, str], answer: Answer) -> Verdict | None:
    """What a return_code that is not SUCCESS means; None for one that is."""
    return_code = fields.get("return_code", "")
    facts: Facts = (("return_code", return_code[:32]), ("return_msg", fields.get("return_msg", "").strip()[:128]))
    match return_code:
        case "SUCCESS":
            return None
        case "FAIL":
            of_type = complains_of_type(fields.get("return_msg", ""))
            name = VerdictName.CONTENT_TYPE if of_type else VerdictName.RETURN_CODE_FAIL
            return Verdict(name, (*facts, (TURNED_DOWN, "return_code FAIL"), *start_of(answer)))
        case "":
            return _without_return_code(fields, answer)
    if return_code.strip() == "SUCCESS":
        return Verdict(VerdictName.RETURN_CODE_BLANKS, (*facts, *start_of(answer)))
    cased = return_code.strip().upper() in ("SUCCESS", "FAIL")
    return Verdict(
        VerdictName.RETURN_CODE_CASE if cased else VerdictName.RETURN_CODE_UNKNOWN, (*facts, *start_of(answer))
    )


def _without_return_code(fields: Mapping[str, str], answer: Answer) -> Verdict:
    """It is missing, empty, or has another name."""
    near = [name for name in fields if name != "return_code" and name.replace("_", "").lower() == "returncode"]
    if near:
        return Verdict(VerdictName.RETURN_CODE_MISNAMED, (("given", near[0][:32]), *start_of(answer)))
    return Verdict(
        VerdictName.RETURN_CODE_EMPTY if "return_code" in fields else VerdictName.RETURN_CODE_MISSING, start_of(answer)
    )


def _read_body(answer: Answer) -> Verdict | dict[str, str]:
    body, text, start = answer.message.body, text_of(answer).strip(), start_of(answer)
    if not body.strip():
        return Verdict(VerdictName.EMPTY)
    if body.startswith(codecs.BOM_UTF8):
        return Verdict(VerdictName.BOM, start)
    if _HTML.match(text):
        return Verdict(VerdictName.HTML, start)
    if _ESCAPED.match(text):
        return Verdict(VerdictName.ESCAPED, start)
    if text[0] in "{[":
        return Verdict(VerdictName.JSON, start)
    try:
        return envelope.parse(body)
    except envelope.MessageMalformed:
        return Verdict(VerdictName.STRAY_TEXT if _TAG.search(text) and "</" in text else VerdictName.NOT_XML, start)
    except envelope.MessageNotUtf8:
        return Verdict(VerdictName.NOT_UTF8, start)
    except PaymentError:
        return Verdict(VerdictName.NOT_XML, start)
