"""The Authorization header as somebody may have written it: what can be read of it, and what is wrong with its form.

Source: V3 notes, 2 (one blank after the scheme, `name="value"` with double quotes, commas, in any order).
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sandbox.core.text import shown

SCHEME = "WECHATPAY2-SHA256-RSA2048"
SM_SCHEME = "WECHATPAY2-SM2-WITH-SM3"
NAMES = ("mchid", "nonce_str", "signature", "timestamp", "serial_no")

_PAIR = re.compile(
    r"""(?<![A-Za-z_])(?P<name>[A-Za-z_]+)(?P<between>\s*[=:]\s*)(?:
        "(?P<double>[^"]*)" | '(?P<single>[^']*)' | [“”](?P<wide>[^“”]*)[“”] | (?P<bare>[^,;"'“”\s]*)
    )(?P<comma>\s*[,;]?\s*)""",
    re.VERBOSE,
)
_QUOTES = {"single": "quotes_single", "wide": "quotes_wide", "bare": "quotes_missing"}


class Header(NamedTuple):
    """What stands in it, by the documents' names, and the names of what is wrong with its form."""

    fields: Mapping[str, str]
    mistakes: tuple[str, ...] = ()
    facts: Mapping[str, str] = {}


def read(text: str) -> Header:
    """A header, however it is written."""
    if not text.strip():
        return Header({}, ("authorization_missing",))
    scheme, rest = _apart(text.strip())
    pairs = list(_PAIR.finditer(rest))
    fields: dict[str, str] = {}
    for pair in pairs:
        fields.setdefault(_known(pair["name"]), _value(pair))
    found = dict([*_of_scheme(scheme), *_of_pairs(pairs), *_of_fields(pairs, fields)])
    if beside := _PAIR.sub("", rest).strip():
        found["header_beside"] = {"beside": shown(beside)}
    facts = {name: value for of in found.values() for name, value in of.items()}
    return Header(fields, tuple(found), facts)


def _apart(text: str) -> tuple[str, str]:
    """The scheme, and all that follows it; a header may begin with its pairs."""
    first = re.match(r"[^\s=\"',]+(?=\s)", text)
    if first:
        return first[0], text[first.end() :]
    joined = re.match(re.escape(SCHEME), text, re.IGNORECASE)
    return ("", text) if joined is None else ("joined", text[joined.end() :])


def _value(pair: re.Match[str]) -> str:
    return next(value for kind in ("double", "single", "wide", "bare") if (value := pair[kind]) is not None)


def _known(name: str) -> str:
    """A name by which a field is known, written in another case or without its underscore."""
    bare = name.replace("_", "").lower()
    return next((one for one in NAMES if one.replace("_", "") == bare), name)


_Found = Iterator[tuple[str, Mapping[str, str]]]


def _of_scheme(scheme: str) -> _Found:
    if scheme == SCHEME:
        return
    others = {"": "scheme_missing", "joined": "scheme_joined", SM_SCHEME: "scheme_sm"}
    if scheme.lower() == SCHEME.lower():
        yield "scheme_case", {"scheme": scheme}
    else:
        yield others.get(scheme, "scheme_other"), {"scheme": scheme}


def _of_pairs(pairs: list[re.Match[str]]) -> _Found:
    for kind, mistake in _QUOTES.items():
        if named := [pair["name"] for pair in pairs if pair[kind] is not None]:
            yield mistake, {"quoted": ", ".join(named)}
    if any(pair["between"] != "=" for pair in pairs):
        yield "blanks_within", {}
    if any(pair["comma"].strip() != "," for pair in pairs[:-1]):
        yield "comma_missing", {}
    if pairs and pairs[-1]["comma"].strip():
        yield "comma_last", {}


def _of_fields(pairs: list[re.Match[str]], fields: Mapping[str, str]) -> _Found:
    names = [pair["name"] for pair in pairs]
    if misnamed := [name for name in names if name not in NAMES and _known(name) in NAMES]:
        yield "fields_misnamed", {"misnamed": ", ".join(misnamed)}
    known = [_known(name) for name in names]
    if twice := [name for name in NAMES if known.count(name) > 1]:
        yield "fields_twice", {"twice": ", ".join(twice)}
    if missing := [name for name in NAMES if not fields.get(name)]:
        yield "fields_missing", {"missing": ", ".join(missing)}
