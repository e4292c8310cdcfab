"""Mistakes with fields: which are signed, in which order, under which names, and how they are joined."""

import re
from bisect import insort
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import combinations

from sandbox.signing.doctor.subject import Attempts, Entry, Pairs, SignatureCase, Signed, joined
from sandbox.signing.flat import SignType

OPTIONAL = (
    *("device_info", "attach", "detail", "goods_tag", "product_id", "openid", "fee_type", "limit_pay", "scene_info"),
    *("time_start", "time_expire", "receipt", "profit_sharing", "sub_appid", "sub_mch_id", "sub_openid", "sign_type"),
    *("spbill_create_ip", "trade_type", "transaction_id", "out_trade_no", "refund_desc", "notify_url", "nonce_str"),
)
"""Fields that a request object often holds empty."""

_KNOWN_VALUES = (("device_info", "WEB"), ("fee_type", "CNY"), ("limit_pay", "no_credit"), ("trade_type", "JSAPI"))
_CAMEL = {"appid": "appId", "openid": "openId", "sub_appid": "subAppId", "sub_openid": "subOpenId"}


# -- which -------------------------------------------------------------------------------------------------------------


def sign_type_left_out(subject: SignatureCase) -> Attempts:
    without = _without(subject, ("sign_type",))
    if without != subject.filled:
        yield subject.over(without)


def sign_type_not_sent(subject: SignatureCase) -> Attempts:
    others = _without(subject, ("sign_type",))
    for value in (*SignType, "HMACSHA256", "SHA256", "md5"):
        pairs = sorted([*others, ("sign_type", value)])
        if pairs != subject.filled:
            yield subject.over(pairs, value=value)


def empty_fields(subject: SignatureCase) -> Attempts:
    yield subject.over(sorted(subject.sent))
    yield subject.over(sorted([*subject.sent, ("sign", "")]))


def null_fields(subject: SignatureCase) -> Attempts:
    empty = [name for name, value in subject.sent if value == ""]
    for word in ("null", "None", "undefined", "NULL", "nil") if empty else ():
        pairs = sorted((name, value or word) for name, value in subject.sent)
        yield subject.over(pairs, fields=", ".join(empty), value=word)


def sign_included(subject: SignatureCase) -> Attempts:
    right = subject.right().hex()
    for value in (right.upper(), right, "null", "None", "undefined"):
        yield subject.over(sorted([*subject.filled, ("sign", value)]))


def fields_left_out(sizes: Callable[[int], Iterable[int]]) -> Entry:
    """Every choice of so many fields left out; `sizes` is given the number of fields."""

    def attempts(subject: SignatureCase) -> Attempts:
        names = [name for name, _ in subject.filled]
        for size in sizes(len(names)):
            for left_out in combinations(names, size):
                yield subject.over(_without(subject, left_out), fields=", ".join(left_out))

    return attempts


def extra_field(subject: SignatureCase) -> Attempts:
    """With one field more, that was sent empty or not at all."""
    unsent = _unsent(subject)
    for value in ("", "null"):
        for name in unsent:
            yield _with(subject, [(name, value)])
    for name, value in _KNOWN_VALUES:
        if name in unsent:
            yield _with(subject, [(name, value)])


def two_extra_fields(subject: SignatureCase) -> Attempts:
    for pairs in combinations([(name, "") for name in _unsent(subject)], 2):
        yield _with(subject, list(pairs))


def _unsent(subject: SignatureCase) -> list[str]:
    filled = {name for name, _ in subject.filled}
    return [name for name in dict.fromkeys([*(name for name, _ in subject.sent), *OPTIONAL]) if name not in filled]


def _with(subject: SignatureCase, more: Pairs) -> Signed:
    pairs = subject.filled.copy()
    for pair in more:
        insort(pairs, pair)
    return subject.over(pairs, fields=joined(more))


def _without(subject: SignatureCase, names: tuple[str, ...]) -> Pairs:
    return [pair for pair in subject.filled if pair[0] not in names]


# -- order and joining -------------------------------------------------------------------------------------------------


def unsorted(subject: SignatureCase) -> Attempts:
    for pairs in ([pair for pair in subject.sent if pair[1] != ""], subject.filled[::-1]):
        if pairs != subject.filled:
            yield subject.over(pairs)


def joined_otherwise(subject: SignatureCase) -> Attempts:
    pairs, key = subject.filled, subject.key
    yield Signed(f"{subject.plain}&&key={key}")
    yield Signed(f"&{subject.text}")
    yield Signed(f"{subject.text}&")
    yield Signed("".join([f"{name}={value}" for name, value in pairs]) + f"key={key}")
    yield Signed("".join([value for _, value in pairs]) + key)
    yield Signed("".join([name + value for name, value in pairs]) + key)
    yield Signed("&".join([f'{name}="{value}"' for name, value in pairs]) + f"&key={key}")


# -- names -------------------------------------------------------------------------------------------------------------


def other_names(subject: SignatureCase) -> Attempts:
    """All names written in another way, then one of them."""
    names = [name for name, _ in subject.filled]
    for style in _STYLES:
        yield _renamed(subject, {name: other for name in names if (other := style(name)) != name})
    for name in names:
        for other in dict.fromkeys(style(name) for style in _STYLES):
            if other != name:
                yield _renamed(subject, {name: other})


def _renamed(subject: SignatureCase, names: Mapping[str, str]) -> Signed:
    pairs = sorted((names.get(name, name), value) for name, value in subject.filled)
    return subject.over(pairs, fields=", ".join(names), value=", ".join(names.values()))


@lru_cache(maxsize=256)
def _joined_camel(name: str) -> str:
    return re.sub("_([a-z])", lambda found: found.group(1).upper(), name)


def _camel(name: str) -> str:
    return _CAMEL.get(name) or _joined_camel(name)


_STYLES: tuple[Callable[[str], str], ...] = (
    _camel,
    _joined_camel,
    lambda name: name.replace("_", ""),
    str.upper,
    lambda name: _camel(name)[:1].upper() + _camel(name)[1:],
)


def case_changed(subject: SignatureCase) -> Attempts:
    yield Signed(subject.text.upper())
    yield Signed(subject.text.lower())
    yield Signed(subject.closed(subject.plain.upper()))
    yield Signed(subject.closed(subject.plain.lower()))
