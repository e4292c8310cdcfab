"""Where a refund goes, as WeChat Pay writes it. Source: protocol notes, sections 3.4, 8.4."""

BANKS = {
    "ICBC": "工商银行",
    "ABC": "农业银行",
    "PSBC": "邮储银行",
    "CCB": "建设银行",
    "CMB": "招商银行",
    "BOC": "中国银行",
    "COMM": "交通银行",
    "SPDB": "浦发银行",
    "GDB": "广发银行",
    "CMBC": "民生银行",
    "PAB": "平安银行",
    "CEB": "光大银行",
    "CIB": "兴业银行",
    "CITIC": "中信银行",
    "BOSH": "上海银行",
    "HXB": "华夏银行",
    "BOB": "北京银行",
    "NBCB": "宁波银行",
    "NJCB": "南京银行",
    "WEB": "微众银行",
}
_CARDS = {"CREDIT": "信用卡", "DEBIT": "借记卡"}
_TAIL = "0403"


def recv_account(bank_type: str) -> str:
    """A refund's account in words: 支付用户零钱, or 招商银行信用卡0403."""
    bank, _, card = bank_type.rpartition("_")
    if bank_type == "LQT":
        return "支付用户零钱通"
    if card not in _CARDS:
        return "支付用户零钱"
    return f"{BANKS.get(bank, bank)}{_CARDS[card]}{_TAIL}"
