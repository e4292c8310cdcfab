"""What the WeChat client tells the merchant's app or page: why no cashier opens, how the payer's act ended."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.core.causes import Cause

LONGEST_FACT = 200
"""What a stranger sent is quoted, but not without end."""


class Outcome(StrEnum):
    """What the payer, or WeChat, makes of a payment."""

    SUCCESS = "success"
    ERROR = "error"
    CANCEL = "cancel"


ERR_CODES = {Outcome.SUCCESS: 0, Outcome.ERROR: -1, Outcome.CANCEL: -2}
_ERR_MSGS = {Outcome.SUCCESS: "ok", Outcome.ERROR: "fail", Outcome.CANCEL: "cancel"}


@dataclass(frozen=True, slots=True)
class ClientResult:
    """The client's answer: `errCode` 0, -1, -2 to an app; `get_brand_wcpay_request:...` to a page."""

    outcome: Outcome
    cause: Cause | None = None

    @property
    def err_code(self) -> int:
        return ERR_CODES[self.outcome]

    @property
    def err_str(self) -> str:
        """WeChat's words for the cause of a -1; empty otherwise."""
        return self.cause.err_str if self.cause else ""

    def err_msg(self, trade_type: str) -> str | None:
        """What the page gets; None where no page called."""
        return f"get_brand_wcpay_request:{_ERR_MSGS[self.outcome]}" if trade_type == "JSAPI" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A -1 that comes before the cashier opens. `explanation` is a name in `words.causes.EXPLANATIONS`."""

    cause: Cause
    explanation: str
    field: str = ""
    given: str = ""
    expected: str = ""
    string_to_sign: str = ""
    """What should have been signed, its key hidden, where the second signature is to blame."""
    words: str = ""
    """What WeChat says, where that is not the cause's usual text."""

    @property
    def err_str(self) -> str:
        return self.words or self.cause.err_str

    def facts(self) -> dict[str, str | int]:
        """What the timeline keeps of it."""
        said = {"explanation": self.explanation, "field": self.field, "given": self.given, "expected": self.expected}
        return {name: value[:LONGEST_FACT] for name, value in said.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSays:
    """What the WeChat client answers a payment request: `err_code` is None until the payer has acted at the cashier.

    `err_msg` is for pages and mini programs; `explanation` and `string_to_sign` tell a person why it is -1.
    """

    err_code: int | None
    err_str: str
    err_msg: str | None = None
    cause: str = ""
    explanation: str = ""
    string_to_sign: str = ""
    cashier_url: str = ""
