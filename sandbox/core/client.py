"""What the WeChat client tells the merchant's app or page when the payer is done."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.core.causes import Cause


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
