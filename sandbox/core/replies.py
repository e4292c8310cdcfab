"""What any merchant's reply to a notification tells before it is read: by its status, and how it begins.

Names of verdicts have their texts in `words.verdicts`. Each quotes the beginning of the body as its fact `start`.
"""

import re

from sandbox.core.journal import header
from sandbox.core.ports.face import Answer
from sandbox.core.verdicts import Verdict, VerdictName

QUOTED = 80
"""Characters of a body that a verdict quotes."""

_LOGIN = re.compile(r"log[-_]?in|sign[-_]?in|passport|auth|sso|cas", re.IGNORECASE)
_CSRF = re.compile(rb"csrf|xsrf", re.IGNORECASE)
_META = re.compile(r"<meta\b[^>]*>", re.IGNORECASE)
_MEDIA_TYPE = re.compile(
    r"unsupported[ _]media|media[ _-]?type"
    r"|content[ _-]?type[^<>\n]{0,60}?(?:not|un|invalid|wrong|must|should|expect|only|不|错|必须)"
    r"|(?:unsupported|unexpected|invalid|wrong|bad|unknown|不支持|错误的?)[^<>\n]{0,40}?content[ _-]?type",
    re.IGNORECASE,
)
"""How frameworks complain of a Content-Type; a page's own <meta> is none."""

Facts = tuple[tuple[str, str], ...]


def by_status(answer: Answer) -> Verdict | None:
    """What is wrong with a reply whose status is not 200; None where it is."""
    status, body = answer.status, answer.message.body
    facts: Facts = (("status", str(status)), *start_of(answer))
    location = header(answer.message.headers, "location")
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
    return answer.status >= 400 and complains_of_type(_META.sub("", text_of(answer)))


def complains_of_type(text: str) -> bool:
    """Whether words complain of the Content-Type that was sent."""
    return _MEDIA_TYPE.search(text) is not None


def text_of(answer: Answer) -> str:
    """The body as somebody may have meant it: GBK where it is no UTF-8. The end may be cut within a character."""
    try:
        return answer.message.body.decode("utf-8", "replace" if answer.cut else "strict")
    except UnicodeDecodeError:
        return answer.message.body.decode("gb18030", "replace")


def start_of(answer: Answer) -> Facts:
    """The beginning of the body, its blanks drawn together; nothing of an empty one."""
    words = " ".join(text_of(answer).lstrip("\ufeff").split())
    if not words:
        return ()
    return (("start", words if len(words) <= QUOTED else words[:QUOTED] + "…"),)
