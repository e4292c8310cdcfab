"""What a scenario does to the shares of an order (分账). Values only."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.core.nth import nth_matches


class ShareFailReason(StrEnum):
    """Why a share was closed (分账失败原因). Source: V3 notes, appendix A.5."""

    ACCOUNT_ABNORMAL = "ACCOUNT_ABNORMAL"
    NO_RELATION = "NO_RELATION"
    RECEIVER_HIGH_RISK = "RECEIVER_HIGH_RISK"
    RECEIVER_REAL_NAME_NOT_VERIFIED = "RECEIVER_REAL_NAME_NOT_VERIFIED"
    NO_AUTH = "NO_AUTH"
    RECEIVER_RECEIPT_LIMIT = "RECEIVER_RECEIPT_LIMIT"
    PAYER_ACCOUNT_ABNORMAL = "PAYER_ACCOUNT_ABNORMAL"
    INVALID_REQUEST = "INVALID_REQUEST"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareAct:
    """Why shares of an order are closed: those of one `account`, or of all; `nth` says of which of its sharings."""

    fail_reason: ShareFailReason
    account: str = ""
    nth: str = ""

    def concerns(self, n: int, account: str) -> bool:
        return nth_matches(self.nth, n) and self.account in ("", account)
