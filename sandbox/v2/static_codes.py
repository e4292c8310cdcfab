"""The static code (静态码) of Native mode 1: it names a product and is signed. Source: V2 notes, 3.12."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from sandbox.core.merchants import Accounts
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.signing.flat import sign, verify

PREFIX = "weixin://wxpay/bizpayurl?"
NAMES = ("appid", "mch_id", "product_id", "time_stamp", "nonce_str", "sign")
_SECONDS = re.compile("[0-9]{10}")

Fields = Mapping[str, str]


def fields_of(url: str) -> Fields | None:
    """The fields of a static code; None for any other text, an order's code_url (`pr=...`) among them."""
    if not url.startswith(PREFIX):
        return None
    fields = dict(parse_qsl(url.removeprefix(PREFIX), keep_blank_values=True))
    return None if "pr" in fields else fields


def static_code(fields: Fields, key: str) -> str:
    """The code of a product: appid, mch_id, product_id, time_stamp and nonce_str, signed with MD5."""
    return PREFIX + urlencode({"sign": sign(fields, key), **fields})


def wrong_with(fields: Fields, accounts: Accounts) -> Verdict | None:
    """What makes a code one that was not built by the rule; None for a right one."""
    missing = [name for name in NAMES if not fields.get(name)]
    if missing:
        return Verdict(VerdictName.NATIVE_URL_FIELDS, (("fields", ", ".join(missing)),))
    if _SECONDS.fullmatch(fields["time_stamp"]) is None:
        return Verdict(VerdictName.NATIVE_URL_FIELDS, (("fields", "time_stamp"),))
    merchant = accounts.merchants.get(fields["mch_id"])
    if merchant is None or fields["appid"] not in merchant.appids:
        return Verdict(VerdictName.NATIVE_URL_ACCOUNT, (("appid", fields["appid"]), ("mch_id", fields["mch_id"])))
    if not verify({name: fields[name] for name in NAMES}, merchant.api_key):
        return Verdict(VerdictName.NATIVE_URL_SIGN)
    return None
