"""The second signature: the one a merchant makes for the client, and what usually goes wrong with it.

Source: V2 notes, 6.1 (same algorithm, API key and sign type as unifiedorder's).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sandbox.core.causes import Cause
from sandbox.core.client import Refusal
from sandbox.core.credentials import Credentials
from sandbox.core.invocation import DIALECTS, Channel, Invocation, other_appid
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order, Terms
from sandbox.core.ports.calls import MASK
from sandbox.signing.flat import SignType, sign, string_to_sign
from sandbox.signing.keys import OtherKey
from sandbox.v2.keys import other_keys, signing_key
from sandbox.v2.origin import is_official, sign_type

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
"""Spellings that were met in the wild, in the order of `Dialect.fields`."""

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


class V2ClientSignature:
    """Implements ClientSignature: it covers all fields that are handed over."""

    def request(
        self, channel: Channel, order: Order, credentials: Credentials, nonce_str: str, timestamp: str
    ) -> Mapping[str, str]:
        appid, prepay_id = order.terms.client_appids()[0], order.prepay.prepay_id
        values: tuple[str, ...]
        if channel is Channel.JSAPI:
            values = (appid, timestamp, nonce_str, f"prepay_id={prepay_id}", sign_type(order.origin).value)
        else:
            values = (appid, credentials.merchant.mch_id, prepay_id, "Sign=WXPay", nonce_str, timestamp)
        return dict(zip(DIALECTS[channel].fields, values, strict=True))

    def covered(self, invocation: Invocation) -> Mapping[str, str]:
        return covered(invocation)

    def mistaken(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        """In the SDK's camel case."""
        names = zip(DIALECTS[Channel.APP].fields, _OTHER_NAMES[Channel.APP][0], strict=True)
        return {other: fields[name] for name, other in names}

    def wrong_with(self, invocation: Invocation, order: Order, credentials: Credentials) -> Refusal | None:
        agreed, official = sign_type(order.origin), is_official(order.origin)
        wrong_type = check_sign_type(invocation, agreed)
        return wrong_type or check_signature(invocation, credentials.merchant, order.terms, agreed, official=official)


def covered(invocation: Invocation) -> dict[str, str]:
    """The fields that the second signature covers: all that have a value."""
    return {name: invocation.fields[name] for name in invocation.dialect.fields if invocation.fields.get(name)}


def check_sign_type(invocation: Invocation, expected: SignType) -> Refusal | None:
    """A page says which type it signed with (MD5 when it does not): it must be the order's."""
    given = invocation.fields.get("signType") or SignType.MD5
    if invocation.channel is not Channel.JSAPI or given == expected:
        return None
    return _refusal(invocation, "sign_type", field="signType", given=given, expected=expected)


def check_signature(
    invocation: Invocation, merchant: Merchant, terms: Terms, sign_type: SignType, *, official: bool = False
) -> Refusal | None:
    """Whether the signature is the merchant's over these fields; if not, the likeliest mistake.

    An order of the official sandbox (`official`) is signed with that sandbox's key here too.
    """
    fields, key = covered(invocation), signing_key(merchant, official=official)
    right = sign(fields, key, sign_type)
    if invocation.sign == right:
        return None
    if invocation.sign.upper() == right:
        return _refusal(invocation, "sign_lower_case", field=invocation.dialect.sign)
    others = other_keys(merchant, official=official)
    return (
        _mistaken_appid(invocation, key, terms, sign_type)
        or _mistaken_means(invocation, key, others, sign_type)
        or _mistaken_text(invocation, key, sign_type)
    )


def _refusal(invocation: Invocation, explanation: str, **facts: str) -> Refusal:
    """A signature that is wrong, with the text that should have been signed, its key hidden."""
    text = string_to_sign(covered(invocation), MASK)
    return Refusal(cause=Cause.SIGN, explanation=explanation, string_to_sign=text, **facts)


def _mistaken_appid(invocation: Invocation, key: str, terms: Terms, sign_type: SignType) -> Refusal | None:
    """The right fields, but signed in the name of the order's other appid."""
    if not (other := terms.other_appid()):
        return None
    fields = covered(invocation) | {invocation.dialect.appid: other}
    if invocation.sign.upper() != sign(fields, key, sign_type):
        return None
    return other_appid(invocation, terms, Cause.SIGN)


def _mistaken_means(
    invocation: Invocation, key: str, others: Sequence[OtherKey], sign_type: SignType
) -> Refusal | None:
    """The right fields, signed with another algorithm or another key."""
    fields, given = covered(invocation), invocation.sign.upper()
    for other in SignType:
        if other is not sign_type and given == sign(fields, key, other):
            return _refusal(invocation, "sign_other_type", given=other, expected=sign_type)
    for name, other_key, facts in others:
        if given == sign(fields, other_key, sign_type):
            return _refusal(invocation, _OTHER_KEYS[name], given=facts.get("replaced_at", ""))
    return None


def _mistaken_text(invocation: Invocation, key: str, sign_type: SignType) -> Refusal:
    """Other fields than the right ones, as far as they can be guessed."""
    given = invocation.sign.upper()
    for suspect in _suspects(invocation):
        if given == sign(suspect.fields, key, sign_type):
            return _refusal(invocation, suspect.explanation, given=suspect.given, expected=suspect.expected)
    return _refusal(invocation, "sign_unlike", expected=_listed(covered(invocation)))


def _suspects(invocation: Invocation) -> Iterator[_Suspect]:
    right = covered(invocation)
    names = _listed(right)
    channel = Channel.JSAPI if invocation.channel is Channel.JSAPI else Channel.APP
    for other_names in _OTHER_NAMES[channel]:
        renamed = dict(zip(invocation.dialect.fields, other_names, strict=True))
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
