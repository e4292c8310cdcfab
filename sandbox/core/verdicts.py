"""What a merchant's reply to a message was worth: the verdict by its name, and what it comes to."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Finding(StrEnum):
    """What a verdict comes to. There is evidence for RIGHT and WRONG; where there is none it is UNCLEAR."""

    RIGHT = "ok"
    WRONG = "failed"
    UNCLEAR = "unclear"


class VerdictName(StrEnum):
    """A verdict's name, which stands in the journal and has its texts in `words.verdicts`.

    `finding` is what it comes to; `receipt` says whether such a reply is one, after which WeChat stops notifying.
    """

    finding: Finding
    receipt: bool

    OK = "ok", Finding.RIGHT, True
    OK_NO_RETURN_MSG = "ok_no_return_msg", Finding.RIGHT, True
    OK_OTHER_ROOT = "ok_other_root", Finding.RIGHT, True
    OK_AGAIN = "ok_again", Finding.UNCLEAR, True
    """Acknowledged once more, after an earlier attempt was."""
    OK_XML = "ok_xml", Finding.RIGHT, True
    OK_HTML = "ok_html", Finding.UNCLEAR, True
    OK_SAYS_FAIL = "ok_says_fail", Finding.UNCLEAR, True
    """A receipt by its status, though its words turn the message down."""
    REPLAY_TAKEN = "replay_taken", Finding.UNCLEAR
    """What was sent before, or long ago, and is true: taken once more."""
    OK_ALTERED = "ok_altered", Finding.UNCLEAR, True
    ALTERED_REFUSED = "altered_refused", Finding.UNCLEAR
    OK_FORGERY_REFUSED = "ok_forgery_refused", Finding.RIGHT
    OK_FORGERY_ERROR = "ok_forgery_error", Finding.RIGHT
    FAILURE_ACKNOWLEDGED = "failure_acknowledged", Finding.UNCLEAR
    CANNOT_TELL = "cannot_tell", Finding.UNCLEAR
    """A reply to a forgery that proves nothing, or not yet."""
    ENTITY_FETCHED = "entity_fetched"
    OK_NATIVE = "ok_native", Finding.RIGHT
    NATIVE_URL_FIELDS = "native_url_fields"
    NATIVE_URL_ACCOUNT = "native_url_account"
    NATIVE_URL_SIGN = "native_url_sign"
    NATIVE_URL_OTHER = "native_url_other"
    NATIVE_UNSET = "native_unset"
    NATIVE_FIELDS = "native_fields"
    NATIVE_UNIFIEDORDER = "native_unifiedorder"
    NATIVE_SIGN = "native_sign"
    NATIVE_ACCOUNT = "native_account"
    NATIVE_REFUSED = "native_refused"
    NATIVE_PREPAY_ID = "native_prepay_id"
    FORGERY_ACCEPTED = "forgery_accepted"
    """The merchant took a forged one for true."""
    HTTP_201 = "http_201"
    HTTP_STATUS = "http_status"
    REDIRECT = "redirect"
    LOGIN = "login"
    CSRF = "csrf"
    EMPTY = "empty"
    HTML = "html"
    JSON = "json"
    BOM = "bom"
    STRAY_TEXT = "stray_text"
    NOT_XML = "not_xml"
    ESCAPED = "escaped"
    NOT_UTF8 = "not_utf8"
    RETURN_CODE_MISSING = "return_code_missing"
    RETURN_CODE_EMPTY = "return_code_empty"
    RETURN_CODE_MISNAMED = "return_code_misnamed"
    RETURN_CODE_CASE = "return_code_case"
    RETURN_CODE_BLANKS = "return_code_blanks"
    RETURN_CODE_UNKNOWN = "return_code_unknown"
    RETURN_CODE_FAIL = "return_code_fail"
    CONTENT_TYPE = "content_type"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    DNS = "dns"
    TLS = "tls"
    RESET = "reset"
    NOT_HTTP = "not_http"
    TOO_LARGE = "too_large"
    OWN_ADDRESS = "own_address"
    FORBIDDEN_ADDRESS = "forbidden_address"
    BAD_URL = "bad_url"

    OTHER = "other"
    """What another version of the sandbox wrote; the fact `name` is what it was called there."""

    def __new__(cls, value: str, finding: Finding = Finding.WRONG, receipt: bool = False) -> "VerdictName":
        name = str.__new__(cls, value)
        name._value_, name.finding, name.receipt = value, finding, receipt
        return name


FACE = "face"
"""The fact by which a verdict's words are those of a face."""

TURNED_DOWN = "turned_down"
"""The fact by which a face tells, in its own words, that a reply turns a message down; a status from 400 on does."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply was worth, and the facts that its explanation needs."""

    name: VerdictName
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the reply is a receipt, after which WeChat stops notifying."""
        return self.name.receipt

    @property
    def finding(self) -> Finding:
        return self.name.finding

    @property
    def public_name(self) -> str:
        """The name in docs/contract.md: "ok" for all that counts, with or without a remark."""
        counts = self.accepted or self.finding is Finding.RIGHT
        return VerdictName.OK.value if counts else self.name.value

    def of_face(self, face: str) -> "Verdict":
        """The verdict on a message of that face, whose words tell of it."""
        return replace(self, facts=(*(fact for fact in self.facts if fact[0] != FACE), (FACE, face)))

    def fact(self, name: str) -> str:
        """A fact; empty where it has none of that name."""
        return dict(self.facts).get(name, "")
