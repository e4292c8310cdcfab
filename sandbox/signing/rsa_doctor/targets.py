"""Mistakes with the second line, path and query, and what it may have been in place of what was sent."""

import re
from collections.abc import Iterator
from itertools import islice, permutations
from urllib.parse import quote, unquote, unquote_plus

from sandbox.core.hosts import WECHAT_HOSTS
from sandbox.signing.rsa_doctor.case import SignedCall

_MOST_ORDERS = 24
_RESERVED = "/?&=%:@!$'()*+,;~-._"
_HEX = re.compile("%[0-9A-Fa-f]{2}")
_PLACEHOLDERS = ("out_trade_no", "transaction_id", "out_refund_no", "combine_out_trade_no", "id")

Targets = Iterator[str]


def without_query(call: SignedCall) -> Targets:
    yield _split(call)[0]


def with_host(call: SignedCall) -> Targets:
    for host in dict.fromkeys([call.host, call.host.partition(":")[0], WECHAT_HOSTS[0]]):
        for scheme in ("https://", "http://", "//", ""):
            if host:
                yield f"{scheme}{host}{call.target}"
                yield f"{scheme}{host}{_split(call)[0]}"


def query_order(call: SignedCall) -> Targets:
    path, query = _split(call)
    pairs = query.split("&")
    if len(pairs) > 1:
        yield f"{path}?{'&'.join(sorted(pairs))}"
        yield f"{path}?{'&'.join(reversed(pairs))}"
        for order in islice(permutations(pairs), _MOST_ORDERS):
            yield f"{path}?{'&'.join(order)}"


def query_mark(call: SignedCall) -> Targets:
    """The ? between path and query left out, or one too many."""
    path, query = _split(call)
    if query:
        yield path + query
        yield f"{path}&{query}"
        yield f"{path}/?{query}"
    else:
        yield path if call.target.endswith("?") else f"{path}?"


def query_part(call: SignedCall) -> Targets:
    """Part of the query left out."""
    path, query = _split(call)
    pairs = query.split("&")
    if len(pairs) > 1:
        for left_out in range(len(pairs)):
            yield f"{path}?{'&'.join(pairs[:left_out] + pairs[left_out + 1 :])}"
        yield f"{path}?{'&'.join(pair for pair in pairs if not pair.endswith('='))}"


def decoded(call: SignedCall) -> Targets:
    path, query = _split(call)
    mark = "?" if query else ""
    yield unquote(call.target)
    yield unquote_plus(call.target)
    yield unquote(path) + mark + query
    yield path + mark + unquote(query)
    for found in dict.fromkeys(_HEX.findall(call.target)):
        yield call.target.replace(found, unquote(found))


def encoded(call: SignedCall) -> Targets:
    """Percent signs where none were sent."""
    path, query = _split(call)
    tail = f"?{query}" if query else ""
    for kept in (_RESERVED, _RESERVED.replace("*", ""), "/?&=%-._", "/?&=%"):
        yield quote(call.target, safe=kept, errors="replace")
    yield "/".join(quote(one, safe="%", errors="replace") for one in path.split("/")) + tail
    if query:
        yield f"{path}?{quote(query, safe='=&%', errors='replace')}"
        yield f"{path}?{quote(query, safe='', errors='replace')}"


def encoded_twice(call: SignedCall) -> Targets:
    yield call.target.replace("%", "%25")


def percent_case(call: SignedCall) -> Targets:
    """%7C as %7c, or the other way round."""
    yield _HEX.sub(lambda found: found[0].lower(), call.target)
    yield _HEX.sub(lambda found: found[0].upper(), call.target)


def blanks(call: SignedCall) -> Targets:
    """+ for %20, or the other way round."""
    yield call.target.replace("%20", "+")
    yield call.target.replace("+", "%20")
    yield call.target.replace("+", " ")


def trailing_slash(call: SignedCall) -> Targets:
    path, query = _split(call)
    tail = f"?{query}" if query else ""
    yield (path.rstrip("/") if path.endswith("/") else f"{path}/") + tail


def leading_slash(call: SignedCall) -> Targets:
    yield call.target.lstrip("/")
    yield f"/{call.target}"


def prefix(call: SignedCall) -> Targets:
    """Without the first part of the path, as of a base address, or with it twice."""
    _, first, rest = (*call.target.split("/", 2), "", "")[:3]
    if rest:
        yield f"/{rest}"
        yield f"/{first}{call.target}"
    yield f"/v3{call.target}"


def template(call: SignedCall) -> Targets:
    """The documents' path, its placeholder still in it."""
    path, query = _split(call)
    parts, tail = path.split("/"), f"?{query}" if query else ""
    for place in (-1, -2):
        if len(parts) + place > 1:
            for name in _PLACEHOLDERS:
                for one in (f"{{{name}}}", f":{name}"):
                    yield "/".join([*parts[:place], one, *(parts[place + 1 :] if place < -1 else [])]) + tail


def _split(call: SignedCall) -> tuple[str, str]:
    path, _, query = call.target.partition("?")
    return path, query
