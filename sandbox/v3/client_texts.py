"""What is signed for the WeChat client in place of the right four lines: the table of mistakes."""

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

from sandbox.core.invocation import Channel, Invocation
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.signing import flat, rsa
from sandbox.signing.flat import SignType

Lines = tuple[str, ...]
"""The values that are covered: appid, timestamp, nonce, and package or prepay_id."""
_NEAR = 60


class Signed(NamedTuple):
    """What may have been signed; `explanation` is a name of `words.causes.EXPLANATIONS`, the rest fill it."""

    explanation: str
    text: bytes
    field: str = ""
    given: str = ""
    expected: str = ""


def signed_texts(right: Lines, invocation: Invocation, order: Order | None) -> Iterator[Signed]:
    """All of them, the right one first, the likeliest next."""
    yield Signed("", rsa.lines(*right))
    yield from _ends(right)
    yield from _prepay_ids(right, invocation)
    if order is not None:
        yield from _appids(right, invocation, order)
    yield from _timestamps(right, invocation)
    yield from _more_lines(right, invocation)
    for one in permutations(right):
        yield Signed("v3_sign_order", rsa.lines(*one))


def _ends(right: Lines) -> Iterator[Signed]:
    yield Signed("v3_sign_last_line_end", "\n".join(right).encode())
    for told, end in ((r"\r\n", "\r\n"), (r"\\n", "\\n"), ("-", ""), ("&", "&")):
        for text in ("".join(line + end for line in right), end.join(right)):
            yield Signed("v3_sign_line_ends", text.encode(), given=told)


def _prepay_ids(right: Lines, invocation: Invocation) -> Iterator[Signed]:
    """The last line in another form, with the last line's end or without."""
    prepay_id, last = invocation.prepay_id, right[-1]
    if invocation.channel is Channel.JSAPI:
        others = {"v3_sign_prepay_id_bare": prepay_id}
    else:
        others = {
            "v3_sign_prepay_id_named": f"prepay_id={prepay_id}",
            "v3_sign_package": invocation.fields.get("package", ""),
        }
    for explanation, other in others.items():
        for text in (rsa.lines(*right[:-1], other), "\n".join([*right[:-1], other]).encode()):
            yield Signed(explanation, text, given=other, expected=last)


def _appids(right: Lines, invocation: Invocation, order: Order) -> Iterator[Signed]:
    """Another of the appids that the order has."""
    for other in (order.terms.appid, order.terms.sub_appid, order.terms.other_appid()):
        if other and other != right[0]:
            text = rsa.lines(other, *right[1:])
            yield Signed("v3_sign_appid", text, invocation.dialect.appid, given=other, expected=right[0])


def _timestamps(right: Lines, invocation: Invocation) -> Iterator[Signed]:
    """Milliseconds, or another moment than is handed over."""
    appid, sent, *rest = right
    if not sent.isascii() or not sent.isdecimal():
        return
    for after in range(1000):
        milliseconds = f"{sent}{after:03}"
        text = rsa.lines(appid, milliseconds, *rest)
        yield Signed("v3_sign_milliseconds", text, invocation.dialect.timestamp, milliseconds, sent)
    for off in range(-_NEAR, _NEAR + 1):
        other = str(int(sent) + off)
        yield Signed("v3_sign_timestamp", rsa.lines(appid, other, *rest), invocation.dialect.timestamp, other, sent)


def _more_lines(right: Lines, invocation: Invocation) -> Iterator[Signed]:
    """Lines that are not signed, and the form of V2."""
    fields = {name: invocation.fields.get(name, "") for name in invocation.dialect.fields}
    for sign_type in ("RSA", "MD5"):
        for text in (rsa.lines(*right, sign_type), rsa.lines(*right[:3], sign_type, right[3])):
            yield Signed("v3_sign_type_signed", text, given=sign_type)
    yield Signed("v3_sign_all_fields", rsa.lines(*fields.values()), expected=str(len(right)))
    pairs = "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if value)
    yield Signed("v3_sign_pairs", pairs.encode(), given=pairs)


def habit(invocation: Invocation, merchant: Merchant) -> str:
    """The algorithm of V2's second signature, where a signature is that, with either of the merchant's keys."""
    fields = {name: invocation.fields.get(name, "") for name in invocation.dialect.fields}
    tries = [fields, *({**fields, "signType": one.value} for one in SignType if "signType" in fields)]
    for sign_type in SignType:
        for key in (merchant.api_key, merchant.api_v3_key):
            if any(flat.sign(one, key, sign_type) == invocation.sign.upper() for one in tries):
                return sign_type.value
    return ""
