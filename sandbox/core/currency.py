"""Currencies: those in which an order may be priced, and what an amount in one comes to in CNY.

A foreign currency settles in CNY: the payer pays CNY at the rate of the moment, and the merchant's ledger is kept in
it. The currencies are those of WeChat Pay's document; their rates stand still here, so that tests can foretell them.
Sources: V2 notes, 8.3; docs/fidelity.md.
"""

CNY = "CNY"
SCALE = 10**8
"""A rate_value is so many times a rate."""

RATES: dict[str, int] = {
    "AUD": 468_000_000,
    "CAD": 512_000_000,
    "CHF": 885_000_000,
    "DKK": 111_000_000,
    "EUR": 828_000_000,
    "GBP": 950_000_000,
    "HKD": 80_730_000,
    "JPY": 468_000_000,
    "KRW": 48_500_000,
    "NOK": 70_500_000,
    "NZD": 410_000_000,
    "RUB": 8_850_000,
    "SEK": 75_200_000,
    "SGD": 551_000_000,
    "THB": 21_900_000,
    "USD": 717_420_000,
}
"""rate_value by currency: fen for one of its smallest unit, times 10^8. HKD's and USD's were seen live."""

WITHOUT_CENTS = frozenset({"JPY", "KRW"})
"""Currencies whose smallest unit is the whole one."""

ACCEPTED = (CNY, *RATES)


def exchanged(amount: int, rate_value: int | None) -> int:
    """Fen for an amount in the smallest unit of its currency, rounded down; the same where nothing is exchanged."""
    return amount if rate_value is None else amount * rate_value // SCALE


def in_cny(amount: int, fee_type: str) -> int:
    """What an amount in a currency would come to in fen."""
    return exchanged(amount, RATES.get(fee_type))


def written(amount: int, fee_type: str) -> str:
    """An amount as people write it, with its currency: ¥12.00, USD 0.42, JPY 1,200."""
    return ("¥" if fee_type == CNY else f"{fee_type} ") + number(amount, fee_type)


def number(amount: int, fee_type: str) -> str:
    """The same without the currency."""
    return f"{amount:,}" if fee_type in WITHOUT_CENTS else f"{amount // 100:,}.{amount % 100:02}"
