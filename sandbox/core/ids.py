"""Identifiers as WeChat Pay writes them. Source: V2 notes, 8.1.

Randomness is a port, as the clock is: with a seed the same calls give the same ids. Keys never come from the seed.
"""

import base64
import random
import secrets
import string
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


def beijing(at: datetime, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A moment as Beijing's clock shows it: yyyy-MM-dd HH:mm:ss, as refunds, bills and people are told it."""
    return at.astimezone(BEIJING).strftime(form)


_LETTERS_DIGITS = string.ascii_letters + string.digits
_IN_ORDER = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""As databases sort them."""
_LOWER_DIGITS = string.ascii_lowercase + string.digits
_PACKAGE_START = base64.b64decode("ABBQO+oYAAABAAAAAACq")


class Ids:
    """Makes ids and nonces; `seed` makes them repeatable."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed if seed is not None else secrets.randbits(128))

    def _pick(self, alphabet: str, length: int) -> str:
        # What `choices` does, without its arithmetic: a hundred orders a second want thousands of letters.
        chance, many = self._random.random, len(alphabet)
        return "".join([alphabet[int(chance() * many)] for _ in range(length)])

    def _digits(self, length: int) -> str:
        return f"{self._random.randrange(10**length):0{length}}"

    def transaction_id(self, at: datetime) -> str:
        """28 digits: `42000` and five more, the day in Beijing, ten digits."""
        return f"42000{self._digits(5)}{at.astimezone(BEIJING):%Y%m%d}{self._digits(10)}"

    def refund_id(self, at: datetime) -> str:
        """29 digits: `5030` and six more, the day in Beijing, eleven digits."""
        return f"5030{self._digits(6)}{at.astimezone(BEIJING):%Y%m%d}{self._digits(11)}"

    def transfer_bill_no(self, at: datetime) -> str:
        """34 digits: `1330` and eleven more, the day in Beijing with two digits of the year, thirteen digits."""
        return f"1330{self._digits(11)}{at.astimezone(BEIJING):%y%m%d}{self._digits(13)}"

    def package_info(self) -> str:
        """What opens the page on which a transfer is confirmed: 64 characters of Base64, the first ones as seen."""
        return base64.b64encode(_PACKAGE_START + self._random.randbytes(48 - len(_PACKAGE_START))).decode()

    def out_refund_no(self, at: datetime) -> str:
        """The number of a refund that a person makes: `R`, the time in Beijing, six digits."""
        return f"R{at.astimezone(BEIJING):%Y%m%d%H%M%S}{self._digits(6)}"

    def out_order_no(self, at: datetime) -> str:
        """The number of what a person has unfrozen: `P`, the time in Beijing, six digits."""
        return f"P{at.astimezone(BEIJING):%Y%m%d%H%M%S}{self._digits(6)}"

    def sharing_order_id(self, at: datetime) -> str:
        """The number of a sharing (微信分账单号), 29 digits: `3000` and six more, the day in Beijing, eleven digits."""
        return f"3000{self._digits(6)}{at.astimezone(BEIJING):%Y%m%d}{self._digits(11)}"

    def sharing_detail_id(self, at: datetime) -> str:
        """That of one share of it (分账明细单号): the same with `3600`."""
        return f"3600{self._digits(6)}{at.astimezone(BEIJING):%Y%m%d}{self._digits(11)}"

    def sharing_return_id(self, at: datetime) -> str:
        """That of a return (微信回退单号): the same with `3100` (assumed)."""
        return f"3100{self._digits(6)}{at.astimezone(BEIJING):%Y%m%d}{self._digits(11)}"

    def flow_no(self, mch_id: str, at: datetime) -> str:
        """The number of a line of the fund flow (资金流水单号): the mch_id, the day in Beijing, ten digits."""
        return f"{mch_id}{at.astimezone(BEIJING):%Y%m%d}{self._digits(10)}"

    def auth_code(self) -> str:
        """A payer's payment code: 18 digits, the first two 10 to 15."""
        return f"1{self._random.randrange(6)}{self._digits(16)}"

    def short_token(self) -> str:
        """The end of a short URL: seven letters and digits."""
        return self._pick(_LETTERS_DIGITS, 7)

    def prepay_id(self, at: datetime) -> str:
        """36 characters, the form since 2018: `wx`, ddHHmmss, microseconds, 16 hex digits, four digits."""
        moment = f"{_moment(int(at.timestamp()))}{at.microsecond:06}"
        return f"wx{moment}{self._random.getrandbits(64):016x}{self._digits(4)}"

    def code_token(self, at: datetime) -> str:
        """The `pr` of a code_url: nine letters and digits.

        The first four are the second at which it is made, so that an index of many of them grows at its end.
        """
        return _in_order(int(at.timestamp())) + self._pick(_LETTERS_DIGITS, 5)

    def mweb_package(self) -> str:
        """The `package` of a mweb_url: ten digits, the first not 0."""
        return str(self._random.randrange(10**9, 10**10))

    def answer_nonce(self) -> str:
        """The nonce_str of a synchronous answer: 16 letters and digits."""
        return self._pick(_LETTERS_DIGITS, 16)

    def notification_nonce(self) -> str:
        """The nonce_str of a notification: 32 lower-case letters and digits."""
        return self._pick(_LOWER_DIGITS, 32)

    def request_id(self, at: datetime) -> str:
        """The Request-ID of an exchange, as api.mch.weixin.qq.com writes it (V3), without its error number."""
        return f"08{self._random.getrandbits(80):020X}{int(at.timestamp()):X}"

    def notification_id(self) -> str:
        return f"ntf_{self._pick(_LOWER_DIGITS, 20)}"

    def mch_id(self) -> str:
        return f"19{self._digits(8)}"

    def appid(self) -> str:
        return f"wx{self._random.getrandbits(64):016x}"

    def openid(self) -> str:
        return f"o{self._pick(_LETTERS_DIGITS + '_-', 27)}"


# Many orders share a second: what is made of it is made once.


@lru_cache(16)
def _moment(second: int) -> str:
    """A second since 1970 as Beijing's clock shows it: ddHHmmss."""
    return beijing(datetime.fromtimestamp(second, UTC), "%d%H%M%S")


@lru_cache(16)
def _in_order(second: int) -> str:
    """The last four of its digits of base 62: later ones sort behind earlier ones."""
    return "".join([_IN_ORDER[second // place % 62] for place in (62**3, 62**2, 62, 1)])


def secret_key() -> str:
    """An API key: 32 letters and digits, never repeatable."""
    return base64.b32encode(secrets.token_bytes(20)).decode()
