"""The banks whose cards payers have: code in a bank_type, and name; where a refund goes, as WeChat Pay writes it.

Source: V2 notes, 3.4, 8.4.
"""

from sandbox.core.text import Text

BANKS = {
    "ICBC": Text("工商银行", "ICBC"),
    "ABC": Text("农业银行", "Agricultural Bank of China"),
    "PSBC": Text("邮储银行", "Postal Savings Bank"),
    "CCB": Text("建设银行", "China Construction Bank"),
    "CMB": Text("招商银行", "China Merchants Bank"),
    "BOC": Text("中国银行", "Bank of China"),
    "COMM": Text("交通银行", "Bank of Communications"),
    "SPDB": Text("浦发银行", "SPD Bank"),
    "GDB": Text("广发银行", "China Guangfa Bank"),
    "CMBC": Text("民生银行", "China Minsheng Bank"),
    "PAB": Text("平安银行", "Ping An Bank"),
    "CEB": Text("光大银行", "China Everbright Bank"),
    "CIB": Text("兴业银行", "Industrial Bank"),
    "CITIC": Text("中信银行", "China CITIC Bank"),
    "BOSH": Text("上海银行", "Bank of Shanghai"),
    "HXB": Text("华夏银行", "Hua Xia Bank"),
    "BOB": Text("北京银行", "Bank of Beijing"),
    "NBCB": Text("宁波银行", "Bank of Ningbo"),
    "NJCB": Text("南京银行", "Bank of Nanjing"),
    "WEB": Text("微众银行", "WeBank"),
}
DEBIT_CARD = Text("{bank}储蓄卡", "{bank} debit card")
CREDIT_CARD = Text("{bank}信用卡", "{bank} credit card")
WALLET = Text("零钱", "Balance")
FUND = Text("零钱通", "Balance Plus (LQT)")


def name_of(bank_type: str) -> Text:
    """What a way to pay is called: 零钱, or 招商银行储蓄卡; a bank that is not in the list goes by its code."""
    if bank_type in _OWN:
        return _OWN[bank_type]
    code, _, kind = bank_type.rpartition("_")
    bank = BANKS.get(code, Text(code, code))
    form = CREDIT_CARD if kind == "CREDIT" else DEBIT_CARD
    return Text(form.say("zh", bank=bank.zh), form.say("en", bank=bank.en))


_OWN = {"CFT": WALLET, "LQT": FUND}

_CARDS = {"CREDIT": "信用卡", "DEBIT": "借记卡"}
_TAIL = "0403"
MERCHANT_ACCOUNT = "商户结算银行账户"
"""Where a refund goes that the payer cannot be given."""


def recv_account(bank_type: str, tail: str = _TAIL) -> str:
    """A refund's account in words: 支付用户零钱, or 招商银行信用卡0403, its last digits the tail."""
    bank, _, card = bank_type.rpartition("_")
    if bank_type == "LQT":
        return "支付用户零钱通"
    if card not in _CARDS:
        return "支付用户零钱"
    return f"{BANKS[bank].zh if bank in BANKS else bank}{_CARDS[card]}{tail}"
