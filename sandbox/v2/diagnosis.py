"""Why a signature is wrong: the usual mistakes, tried one by one against the sign that came."""

from collections.abc import Callable, Mapping

from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.signature import SignType, digest, sign, string_to_sign

MASK = "********"
SHOWN = 8 * 1024
OTHER_MERCHANTS = 50


def diagnose(fields: Mapping[str, str], sign_type: SignType, merchant: Merchant, accounts: Accounts) -> dict[str, str]:
    """What mends it: the string to sign (key masked), and the first mistake that explains the sign.

    `sign_hint` is a name from `catalogue.faults.SIGN_HINTS`, "" when no sign came.
    """
    facts = {"string_to_sign": string_to_sign(fields, MASK)[:SHOWN], "sign_type": sign_type.value}
    given = fields.get("sign", "")
    if not given:
        return facts | {"sign_hint": ""}
    for hint, attempt in _mistakes(fields, sign_type, merchant).items():
        if attempt() == given:
            return facts | {"sign_hint": hint}
    for other in list(accounts.merchants.values())[:OTHER_MERCHANTS]:
        if other is not merchant and sign(fields, other.api_key, sign_type) == given:
            return facts | {"sign_hint": "other_merchant", "other_mch_id": other.mch_id}
    return facts | {"sign_hint": "unknown"}


def _mistakes(fields: Mapping[str, str], sign_type: SignType, merchant: Merchant) -> dict[str, Callable[[], str]]:
    key = merchant.api_key
    other = SignType.HMAC_SHA256 if sign_type is SignType.MD5 else SignType.MD5
    without_type = {name: value for name, value in fields.items() if name != "sign_type"}
    signed = {name: value for name, value in fields.items() if name != "sign"}
    pairs = [f"{name}={value}" for name, value in signed.items() if value != ""]
    everything = [f"{name}={signed[name]}" for name in sorted(signed)]
    return {
        "lower_case": lambda: sign(fields, key, sign_type).lower(),
        "other_sign_type": lambda: sign(fields, key, other),
        "sign_type_left_out": lambda: sign(without_type, key, sign_type),
        "api_v3_key": lambda: sign(fields, merchant.api_v3_key, sign_type),
        "unsorted": lambda: digest("&".join([*pairs, f"key={key}"]), key, sign_type),
        "empty_fields": lambda: digest("&".join([*everything, f"key={key}"]), key, sign_type),
        "no_key": lambda: digest("&".join(sorted(pairs)), key, sign_type),
    }
