"""What a merchant's reply to a notification says, and what is wrong with it. Source: V2 notes, 5.2.

Names of verdicts have their texts in `words.verdicts`. Each quotes the beginning of the body as its fact `start`.
"""

import codecs
import re
from collections.abc import Mapping

from sandbox.core.errors import PaymentError
from sandbox.core.ports.face import Answer
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.v2 import envelope

QUOTED = 80
"""Characters of a body that a verdict quotes."""

_LOGIN = re.compile(r"log[-_]?in|sign[-_]?in|passport|auth|sso|cas", re.IGNORECASE)
_CSRF = re.compile(rb"csrf|xsrf", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z_!?/]")
_HTML = re.compile(r"<!doctype html|<html", re.IGNORECASE)
_ESCAPED = re.compile(r"&lt;\??xml|\"\s*<\??xml", re.IGNORECASE)
"""XML that a framework escaped, as for a page, or wrote as a string of JSON."""

_META = re.compile(r"<meta\b[^>]*>", re.IGNORECASE)
_MEDIA_TYPE = re.compile(
    r"unsupported[ _]media|media[ _-]?type"
    r"|content[ _-]?type[^<>\n]{0,60}?(?:not|un|invalid|wrong|must|should|expect|only|不|错|必须)"
    r"|(?:unsupported|unexpected|invalid|wrong|bad|unknown|不支持|错误的?)[^<>\n]{0,40}?content[ _-]?type",
    re.IGNORECASE,
)
"""How frameworks complain of a Content-Type; a page's own <meta> is none."""

Facts = tuple[tuple[str, str], ...]


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
    by_status = _judge_status(answer)
    if by_status is not None:
        return by_status
    return Verdict(VerdictName.TOO_LARGE, _start(answer)) if answer.cut else _read_body(answer)


def turned_down(fields: Mapping[str, str], answer: Answer) -> Verdict | None:
    """What a return_code that is not SUCCESS means; None for one that is."""
    return_code = fields.get("return_code", "")
    facts: Facts = (("return_code", return_code[:32]), ("return_msg", fields.get("return_msg", "").strip()[:128]))
    match return_code:
        case "SUCCESS":
            return None
        case "FAIL":
            of_type = _MEDIA_TYPE.search(fields.get("return_msg", ""))
            return Verdict(
                VerdictName.CONTENT_TYPE if of_type else VerdictName.RETURN_CODE_FAIL, (*facts, *_start(answer))
            )
        case "":
            return _without_return_code(fields, answer)
    if return_code.strip() == "SUCCESS":
        return Verdict(VerdictName.RETURN_CODE_BLANKS, (*facts, *_start(answer)))
    cased = return_code.strip().upper() in ("SUCCESS", "FAIL")
    return Verdict(
        VerdictName.RETURN_CODE_CASE if cased else VerdictName.RETURN_CODE_UNKNOWN, (*facts, *_start(answer))
    )


def _without_return_code(fields: Mapping[str, str], answer: Answer) -> Verdict:
    """It is missing, empty, or has another name."""
    near = [name for name in fields if name != "return_code" and name.replace("_", "").lower() == "returncode"]
    if near:
        return Verdict(VerdictName.RETURN_CODE_MISNAMED, (("given", near[0][:32]), *_start(answer)))
    return Verdict(
        VerdictName.RETURN_CODE_EMPTY if "return_code" in fields else VerdictName.RETURN_CODE_MISSING, _start(answer)
    )


def _judge_status(answer: Answer) -> Verdict | None:
    status, body = answer.status, answer.message.body
    facts: Facts = (("status", str(status)), *_start(answer))
    location = next((value for name, value in answer.message.headers if name.lower() == "location"), "")
    if status == 200:
        return None
    if status == 201:
        return Verdict(VerdictName.HTTP_201, facts)
    if 300 <= status < 400:
        return Verdict(
            VerdictName.LOGIN if _LOGIN.search(location) else VerdictName.REDIRECT,
            (*facts, ("location", location[:200])),
        )
    if status == 401:
        return Verdict(VerdictName.LOGIN, (*facts, ("location", "401")))
    if status == 419 or (status == 403 and _CSRF.search(body)):
        return Verdict(VerdictName.CSRF, facts)
    return Verdict(
        VerdictName.CONTENT_TYPE if status == 415 or _of_media_type(answer) else VerdictName.HTTP_STATUS, facts
    )


def _of_media_type(answer: Answer) -> bool:
    return answer.status >= 400 and _MEDIA_TYPE.search(_META.sub("", _text(answer))) is not None


def _read_body(answer: Answer) -> Verdict | dict[str, str]:
    body, text, start = answer.message.body, _text(answer).strip(), _start(answer)
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


def _text(answer: Answer) -> str:
    """The body as somebody may have meant it: GBK where it is no UTF-8. The end may be cut within a character."""
    try:
        return answer.message.body.decode("utf-8", "replace" if answer.cut else "strict")
    except UnicodeDecodeError:
        return answer.message.body.decode("gb18030", "replace")


def _start(answer: Answer) -> Facts:
    """The beginning of the body, its blanks drawn together; nothing of an empty one."""
    words = " ".join(_text(answer).lstrip("\ufeff").split())
    if not words:
        return ()
    return (("start", words if len(words) <= QUOTED else words[:QUOTED] + "…"),)
