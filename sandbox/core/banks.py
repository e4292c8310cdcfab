"""Where a refund goes, as WeChat Pay writes it. Source: V2 notes, 3.4, 8.4."""

from sandbox.core.banknames import BANKS

_CARDS = {"CREDIT": "信用卡", "DEBIT": "借记卡"}
_TAIL = "0403"


def recv_account(bank_type: str) -> str:
    """A refund's account in words: 支付用户零钱, or 招商银行信用卡0403."""
    bank, _, card = bank_type.rpartition("_")
    if bank_type == "LQT":
        return "支付用户零钱通"
    if card not in _CARDS:
        return "支付用户零钱"
    return f"{BANKS[bank].zh if bank in BANKS else bank}{_CARDS[card]}{_TAIL}"
