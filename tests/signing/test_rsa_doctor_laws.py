"""Laws of V3's doctor: it is never wrong, whatever is done to a call."""

import base64
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import combinations, islice
from random import Random
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, note, settings
from hypothesis import strategies as st

from sandbox.core.ports.calls import Diagnosis
from sandbox.signing.rsa_doctor import SignedCall, diagnose
from sandbox.signing.rsa_doctor.opened import digested
from sandbox.signing.rsa_doctor.table import HASHED_BEFORE, OF_LINES, ON_LINES
from tests.signing.test_rsa_doctor import GET, PIPE, POST
from tests.support import rsa_signing as v3
from tests.support.rsa_signing import Wire, base64_of, written

LINES = ("method", "target", "timestamp", "nonce_str", "body")
OWN = {v3.SERIALS["own"]: "own", v3.SERIALS["older"]: "older"}
WAYS: dict[str, Callable[[bytes, str], bytes]] = {
    "": v3.rsa,
    "padding_pss": v3.pss,
    "SHA-1": lambda text, whose: v3.rsa(text, whose, hashes.SHA1()),
    "MD5": lambda text, whose: v3.rsa(text, whose, hashes.MD5()),
    "SHA-512": lambda text, whose: v3.rsa(text, whose, hashes.SHA512()),
    "digest_bare": lambda text, whose: v3.bare(digested(text), whose),
}


@dataclass(frozen=True)
class Case:
    """A call, and what was really done: who signed what, and by which way."""

    call: SignedCall
    text: bytes
    whose: str
    way: str


# -- what may be done to a call ----------------------------------------------------------------------------------------


def word(chance: Random, letters: str = "aZ9-_|*~茶 +/", longest: int = 8) -> str:
    return "".join(chance.choices(letters, k=chance.randint(1, longest)))


def a_target(chance: Random) -> str:
    parts = [
        chance.choice(["v3", "pay", "%7C1", "%2a", "%E8%8C%B6", word(chance)]) for _ in range(chance.randint(1, 4))
    ]
    query = [f"{word(chance)}={chance.choice(['', word(chance)])}" for _ in range(chance.randint(0, 3))]
    return "/" + "/".join(parts) + ("?" + "&".join(query) if query else "")


def some_json(chance: Random, depth: int = 2) -> Any:
    plain: list[Any] = [None, True, chance.randint(0, 9999), word(chance, 'a中/\\"<&é😀\n')]
    if not depth or chance.random() < 0.4:
        return chance.choice(plain)
    inner = [some_json(chance, depth - 1) for _ in range(chance.randint(0, 3))]
    return chance.choice([inner, {word(chance, "ab中", 3): one for one in inner}])


def a_body(chance: Random) -> bytes:
    spaced = chance.random() < 0.5
    text = json.dumps(some_json(chance), ensure_ascii=spaced, separators=None if spaced else (",", ":"))
    return chance.choice([b"", text.encode(), word(chance, "a中 {\n", 20).encode()])


def a_wire(chance: Random) -> Wire:
    if chance.random() < 0.3:
        return chance.choice([POST, GET, PIPE])
    return Wire(
        method=chance.choice(["GET", "POST", "PATCH", "DELETE"]),
        target=a_target(chance),
        body=a_body(chance),
        timestamp=chance.choice([v3.TIMESTAMP, f"{v3.TIMESTAMP}123", "0", ""]),
        nonce_str=word(chance, "aB3-", 36),
        serial_no=chance.choice([*v3.SERIALS.values(), v3.SERIALS["own"].lower(), "1A"]),
    )


def edited(chance: Random, text: str) -> str:
    """A text with one character more, fewer, or another."""
    at, new = (
        chance.randint(0, max(len(text) - 1, 0)),
        chance.choice(["", "x", '"', "'", ",", "=", "+", "-", "中", "A"]),
    )
    return text[:at] + new + text[at + chance.randint(0, 1) :]


def a_signed_text(chance: Random, wire: Wire) -> bytes:
    """What is signed: right, by a mistake or two of the table, or something that nobody knows."""
    lines: dict[str, Any] = {name: getattr(wire, name) for name in LINES}
    for _ in range(chance.choice([0, 1, 1, 1, 1, 2])):
        one = chance.choice(ON_LINES)
        lines[one.place] = chance.choice([*islice(one.changes(wire.sent("")), 6)] or [lines[one.place]])
    if chance.random() < 0.05:
        name = chance.choice(LINES[:4])
        lines[name] = edited(chance, lines[name])
    raw = [_raw(one) for one in lines.values()]
    if chance.random() < 0.6:
        return b"".join(line + b"\n" for line in raw)
    return chance.choice([*chance.choice(OF_LINES).layouts(raw)]).text


def _raw(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


FORMS: tuple[Callable[[bytes], str], ...] = (
    base64_of,
    base64_of,
    base64_of,
    lambda signature: base64.urlsafe_b64encode(signature).decode(),
    lambda signature: base64_of(signature).rstrip("="),
    bytes.hex,
    lambda signature: base64_of(base64_of(signature).encode()),
    lambda signature: base64_of(signature)[:300],
)
WRITERS: tuple[Callable[[Any], str], ...] = (
    written,
    written,
    written,
    lambda fields: written(dict(reversed(list(fields.items()))), comma=", "),
    lambda fields: written(fields, scheme=v3.SCHEME.lower()),
    lambda fields: written(fields, pair="{}='{}'"),
    lambda fields: written(fields, pair="{}={}"),
    lambda fields: written(fields, comma=" "),
    lambda fields: written({**fields, "extra": "1"}),
)


def a_case(chance: Random) -> Case:
    wire = a_wire(chance)
    ways: list[Callable[[], bytes]] = [
        lambda: wire.text,
        lambda: chance.choice(HASHES)(wire.text),
        *[lambda: a_signed_text(chance, wire)] * 4,
    ]
    text = chance.choice(ways)()
    whose, way = chance.choice(["own", "own", *v3.WHOSE]), chance.choice(["", "", "", *WAYS])
    call = wire.sent(chance.choice(FORMS)(WAYS[way](text, whose)), chance.choice(WRITERS))
    if chance.random() < 0.2:
        call = replace(call, authorization=edited(chance, call.authorization))
    return Case(call, text, whose, way)


HASHES = [*HASHED_BEFORE.values()]


# -- what is true ------------------------------------------------------------------------------------------------------


def accepted(call: SignedCall) -> bool:
    """Whether a server would take it: the header read strictly, checked with the certificate that it names."""
    scheme, _, rest = call.authorization.partition(" ")
    pairs = [re.fullmatch(r'\s*([A-Za-z_]+)="([^"]*)"\s*', one) for one in rest.split(",")]
    fields = [(pair[1], pair[2]) for pair in pairs if pair]
    named = dict(fields)
    wanted = ("mchid", "nonce_str", "signature", "timestamp", "serial_no")
    whose = OWN.get(named.get("serial_no", "").upper())
    complete = len(fields) == len(pairs) == len(named) and all(named.get(one) for one in wanted)
    if scheme != v3.SCHEME or not complete or whose is None:
        return False
    lines = [call.method, call.target, named["timestamp"], named["nonce_str"]]
    text = "".join(f"{line}\n" for line in lines).encode() + call.body + b"\n"
    try:
        signature = base64.b64decode(named["signature"], validate=True)
        v3.key(whose).public_key().verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def texts_by(call: SignedCall, names: Iterable[str]) -> Iterable[bytes]:
    """All texts that these mistakes of the table make of a call."""
    named = [name for name in names if name in TABLE]
    lines = [*(_raw(one) for one in call.parts[:4]), call.body]
    on = [
        (LINES.index(one.place), _raw(value)) for one in ON_LINES if one.mistake in named for value in one.changes(call)
    ]
    wanted = sum(one in {row.mistake for row in ON_LINES} for one in named)
    for changes in combinations(on, wanted):
        changed = list(lines)
        for at, value in changes:
            changed[at] = value
        plain = b"".join(line + b"\n" for line in changed)
        made = [one.text for row in OF_LINES if row.mistake in named for one in row.layouts(changed)] or [plain]
        for text in made:
            yield from (change(text) for change in HASHES) if "hashed_before" in named else [text]


TABLE = {one.mistake for one in ON_LINES} | {one.mistake for one in OF_LINES} | {"hashed_before"}
_NOT_SIGNED = {"key_unknown", "signature_form", "signature_length"}


def check(case: Case, found: Diagnosis) -> None:
    """All that the doctor says, against what was done."""
    names, facts = [name for name in (found.mistake, *found.also) if name], found.facts
    assert found.valid == accepted(case.call)
    if not found.given or _NOT_SIGNED & set(names):
        assert not TABLE & set(names)
        return
    assert ("key_platform" in names) == (case.whose == "platform")
    assert ("key_other_merchant" in names) == (case.whose == "other")
    assert case.whose != "unknown"
    assert facts.get("signer", v3.SERIALS[case.whose]) == v3.SERIALS[case.whose]
    assert [name for name in names if name in ("padding_pss", "digest_bare")] == (
        [case.way] if case.way in ("padding_pss", "digest_bare") else []
    )
    assert ("hash_other" in names) == (case.way in ("SHA-1", "MD5", "SHA-512"))
    if "text_unknown" in names:
        assert facts["digest"] == digested(case.text, case.way or "SHA-256").hex()
    elif "text_other" not in names:
        right = case.call.parts.text
        assert found.signed in (case.text.decode("utf-8", "replace"), "" if case.text == right else None)
        assert case.text == right or case.text in texts_by(case.call, names)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=True))
def test_whatever_the_doctor_says_of_5000_mutations_is_true(chance: Random) -> None:
    for _ in range(50):
        case = a_case(chance)
        note(repr(case))
        check(case, diagnose(case.call, v3.keyring()))


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=True))
def test_what_is_signed_rightly_is_never_called_wrong(chance: Random) -> None:
    wire = replace(a_wire(chance), serial_no=v3.SERIALS["own"], timestamp=v3.TIMESTAMP)
    assert diagnose(wire.sent(base64_of(v3.rsa(wire.text))), v3.keyring()).valid
