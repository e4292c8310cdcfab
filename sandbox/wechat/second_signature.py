"""The second signature: the one a merchant makes for the client, and what usually goes wrong with it.

Source: V2 notes, 6.1 (same algorithm, API key and sign type as unifiedorder's).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sandbox.core.causes import Cause
from sandbox.core.doctor import MASK
from sandbox.core.merchants import Merchant, OtherKey
from sandbox.core.orders import Terms, TradeType
from sandbox.core.signature import SignType, sign, string_to_sign
from sandbox.wechat.invocation import Channel, Invocation
from sandbox.wechat.refusal import Refusal

_OTHER_NAMES: dict[Channel, tuple[tuple[str, ...], ...]] = {
    Channel.APP: (
        ("appId", "partnerId", "prepayId", "package", "nonceStr", "timeStamp"),
        ("appId", "partnerId", "prepayId", "packageValue", "nonceStr", "timeStamp"),
        ("appid", "partnerid", "prepay_id", "package", "nonce_str", "timestamp"),
        ("appid", "mch_id", "prepay_id", "package", "nonce_str", "timestamp"),
    ),
    Channel.JSAPI: (
        ("appId", "timestamp", "nonceStr", "package", "signType"),
        ("appid", "timeStamp", "nonceStr", "package", "signType"),
        ("appid", "timestamp", "noncestr", "package", "signtype"),
        ("appid", "timestamp", "nonce_str", "package", "sign_type"),
    ),
}
"""Spellings that were met in the wild, in the order of `Dialect.signed`."""

_EXTRAS = ("signType", "sign_type")
_OTHER_KEYS = {
    "former_key": "sign_former_key",
    "api_v3_key": "sign_v3_key",
    "sandbox_signkey": "sign_sandbox_signkey",
    "ordinary_key": "sign_ordinary_key",
}


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A mistake, and what would have been signed if it was made."""

    explanation: str
    fields: Mapping[str, str]
    given: str = ""
    expected: str = ""


def check_sign_type(invocation: Invocation, expected: SignType) -> Refusal | None:
    """A page says which type it signed with (MD5 when it does not): it must be the order's."""
    given = invocation.fields.get("signType") or SignType.MD5
    if invocation.channel is not Channel.JSAPI or given == expected:
        return None
    return Refusal(cause=Cause.SIGN, explanation="sign_type", field="signType", given=given, expected=expected)


def other_appid(invocation: Invocation, terms: Terms, cause: Cause) -> Refusal:
    """A service provider's order, asked for or signed in the name of the wrong one of its two appids."""
    if terms.trade_type is TradeType.APP:
        explanation = "apps_own_appid"
    else:
        explanation = "sub_openids_appid" if terms.sub_openid else "openids_appid"
    (expected,) = terms.client_appids()
    field, given = invocation.dialect.appid, terms.other_appid()
    return Refusal(cause=cause, explanation=explanation, field=field, given=given, expected=expected)


def check_signature(
    invocation: Invocation, merchant: Merchant, terms: Terms, *, official: bool = False
) -> Refusal | None:
    """Whether the signature is the merchant's over these fields; if not, the likeliest mistake.

    An order of the official sandbox (`official`) is signed with that sandbox's key here too.
    """
    fields, key, sign_type = invocation.signed(), merchant.key(official=official), terms.sign_type
    right = sign(fields, key, sign_type)
    if invocation.sign == right:
        return None
    if invocation.sign.upper() == right:
        return Refusal(cause=Cause.SIGN, explanation="sign_lower_case", field=invocation.dialect.sign)
    others = merchant.other_keys(official=official)
    return (
        _mistaken_appid(invocation, key, terms)
        or _mistaken_means(invocation, key, others, sign_type)
        or _mistaken_text(invocation, key, sign_type)
    )


def masked_text(invocation: Invocation) -> str:
    """The text that should have been signed, its key hidden."""
    return string_to_sign(invocation.signed(), MASK)


def _mistaken_appid(invocation: Invocation, key: str, terms: Terms) -> Refusal | None:
    """The right fields, but signed in the name of the order's other appid."""
    if not (other := terms.other_appid()):
        return None
    fields = invocation.signed() | {invocation.dialect.appid: other}
    if invocation.sign.upper() != sign(fields, key, terms.sign_type):
        return None
    return other_appid(invocation, terms, Cause.SIGN)


def _mistaken_means(
    invocation: Invocation, key: str, others: Sequence[OtherKey], sign_type: SignType
) -> Refusal | None:
    """The right fields, signed with another algorithm or another key."""
    fields, given = invocation.signed(), invocation.sign.upper()
    for other in SignType:
        if other is not sign_type and given == sign(fields, key, other):
            return Refusal(cause=Cause.SIGN, explanation="sign_other_type", given=other, expected=sign_type)
    for name, other_key, facts in others:
        if given == sign(fields, other_key, sign_type):
            return Refusal(cause=Cause.SIGN, explanation=_OTHER_KEYS[name], given=facts.get("replaced_at", ""))
    return None


def _mistaken_text(invocation: Invocation, key: str, sign_type: SignType) -> Refusal:
    """Other fields than the right ones, as far as they can be guessed."""
    given = invocation.sign.upper()
    for suspect in _suspects(invocation):
        if given == sign(suspect.fields, key, sign_type):
            return Refusal(
                cause=Cause.SIGN, explanation=suspect.explanation, given=suspect.given, expected=suspect.expected
            )
    return Refusal(cause=Cause.SIGN, explanation="sign_unlike", expected=_listed(invocation.signed()))


def _suspects(invocation: Invocation) -> Iterator[_Suspect]:
    right = invocation.signed()
    names = _listed(right)
    channel = Channel.JSAPI if invocation.channel is Channel.JSAPI else Channel.APP
    for other_names in _OTHER_NAMES[channel]:
        renamed = dict(zip(invocation.dialect.signed, other_names, strict=True))
        fields = {renamed[name]: value for name, value in right.items()}
        yield _Suspect("sign_names", fields, _listed(fields), names)
    for extra in _EXTRAS:
        if extra not in right:
            added = {extra: invocation.fields.get(extra) or str(SignType.MD5)}
            yield _Suspect("sign_extra", right | added, extra, names)
    for name in right:
        yield _Suspect("sign_lacking", {k: v for k, v in right.items() if k != name}, name, names)
    for package in ("Sign%3DWXPay", "WXPay", f"prepay_id={invocation.prepay_id}", invocation.prepay_id):
        yield _Suspect("sign_package", right | {"package": package}, package, right["package"])


def _listed(fields: Mapping[str, str]) -> str:
    return ", ".join(fields)
