"""Why a signature is wrong: the usual mistakes, tried one by one against the sign that came."""

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

from sandbox.core.ports.calls import MASK, Diagnosis
from sandbox.signing.doctor.algorithms import other_algorithm
from sandbox.signing.doctor.lost import SUSPECTED, Suspicion, suspicions
from sandbox.signing.doctor.mistakes import MISTAKES, OF_ONE_STRING
from sandbox.signing.doctor.subject import Entry, SignatureCase, masked
from sandbox.signing.flat import SignType
from sandbox.signing.keys import OtherKey

QUICK = 205_000
THOROUGH = 20_000_000
"""How much may be tried: characters digested, and 500 more for each attempt."""

_ATTEMPT = 500
_NEWEST = 100
"""How many others' keys are tried in a hurry, or together with a second mistake."""

_ALGORITHMS = {32: SignType.MD5, 64: SignType.HMAC_SHA256}


def diagnose(
    fields: Mapping[str, str],
    key: str,
    others: Iterable[OtherKey] = (),
    *,
    own_keys: Sequence[OtherKey] = (),
    thorough: bool = False,
    sign_type: SignType = SignType.MD5,
) -> Diagnosis:
    """Whether `fields["sign"]` is right for this key, and if not, the likeliest mistake.

    `own_keys` are further keys of who signed; `others` those of all others, the newest first, gone through more than
    once. `sign_type` is the algorithm of a message that names none: some endpoints take HMAC-SHA256 only.
    `thorough` tries two mistakes at a time and more choices of fields; without, it takes a millisecond or two.
    """
    given = _given(fields, sign_type)
    subject = SignatureCase(fields, key, given.declared or given.algorithm or sign_type)
    diagnosis = replace(_blank(fields, sign_type), expected=subject.right().hex().upper())
    if not diagnosis.given:
        return replace(diagnosis, mistake="sign_missing")
    if diagnosis.given == diagnosis.expected and given.declared:
        return diagnosis
    found = _Search(fields, given, others, thorough).run(key, own_keys)
    look = [name for name in given.mistakes if name != "other_sign_type" or "sign_type_not_sent" not in found.mistakes]
    if found.mistakes != ("unknown",):
        mistake, *also = [*found.mistakes, *look]
        return replace(diagnosis, mistake=mistake, also=tuple(also), signed=found.signed, facts=found.facts)
    suspected = list(suspicions(fields)) or [Suspicion("unknown", {})]
    mistake, *also = [*(one.mistake for one in suspected), *look]
    facts = {name: value for one in suspected for name, value in one.facts.items()}
    return replace(diagnosis, mistake=mistake, also=tuple(also), facts=facts, suspected=mistake in SUSPECTED)


def unknown_merchant(fields: Mapping[str, str]) -> Diagnosis:
    """What can be said without a key."""
    return replace(_blank(fields), mistake="merchant_unknown")


def _blank(fields: Mapping[str, str], sign_type: SignType = SignType.MD5) -> Diagnosis:
    return Diagnosis(
        sign_type=fields.get("sign_type") or sign_type.value,
        given=fields.get("sign", ""),
        expected="",
        string_to_sign=SignatureCase(fields, MASK, SignType.MD5).text,
    )


class _Given(NamedTuple):
    """The sign that came, as bytes, and what is wrong with its look.

    `declared` is None for a sign_type that does not exist, `algorithm` for a sign that no algorithm of V2 gives.
    """

    digest: bytes
    declared: SignType | None
    algorithm: SignType | None
    mistakes: Sequence[str]


def _given(fields: Mapping[str, str], sign_type: SignType) -> _Given:
    raw, declared = fields.get("sign", ""), fields.get("sign_type") or sign_type
    bare = raw.strip()
    known = SignType(declared) if declared in set(SignType) else None
    algorithm = _ALGORITHMS.get(len(bare)) if set(bare) <= set(string.hexdigits) else None
    mistakes = {
        "sign_type_unknown": known is None,
        "other_sign_type": known and algorithm and algorithm is not known,
        "sign_white_space": bare != raw,
        "lower_case": algorithm and bare != bare.upper(),
    }
    digest = bytes.fromhex(bare) if algorithm else b""
    return _Given(digest, known, algorithm, [name for name, made in mistakes.items() if made])


class _Found(NamedTuple):
    """What was signed; no mistake means the right string, with the right key."""

    mistakes: tuple[str, ...]
    signed: str = ""
    facts: Mapping[str, str] = {}


class _Other(NamedTuple):
    """Another key than the right one."""

    mistake: str
    subject: SignatureCase
    facts: Mapping[str, str]


class _Search:
    """Tries what may have been signed until it is found, or enough was tried."""

    def __init__(self, fields: Mapping[str, str], given: _Given, strangers: Iterable[OtherKey], thorough: bool) -> None:
        self._fields, self._given, self._strangers = fields, given, strangers
        self._thorough = thorough
        self._left = THOROUGH if thorough else QUICK

    def run(self, key: str, own_keys: Sequence[OtherKey]) -> _Found:
        own = SignatureCase(self._fields, key, self._given.algorithm or SignType.MD5)
        if self._given.algorithm is None:
            return self._other_algorithm(own) or _Found(("sign_form",))
        if own.right() == self._given.digest:
            return _Found(())
        found = self._other_key(own, own_keys) or self._other_algorithm(own) or self._among(MISTAKES, own)
        if found is None and self._thorough:
            found = self._two_mistakes(own, own_keys)
        return found or _Found(("unknown",))

    def _other_key(self, own: SignatureCase, own_keys: Sequence[OtherKey]) -> _Found | None:
        for mistake, subject, facts in self._others(own, own_keys):
            if subject.right() == self._given.digest:
                return _Found((mistake,), facts=facts)
            if not self._may_go_on(subject.text):
                break
        return None

    def _other_algorithm(self, subject: SignatureCase) -> _Found | None:
        found = other_algorithm(self._fields["sign"].strip(), subject)
        return _Found(found[:1], facts={"algorithm": found[1]}) if found else None

    def _among(self, suspects: Sequence[tuple[str, Entry]], subject: SignatureCase) -> _Found | None:
        for name, entry in suspects:
            for signed in entry(subject):
                if subject.digest(signed) == self._given.digest:
                    return _Found((name,), masked(signed.shown or signed.text, subject.key), signed.facts)
                if not self._may_go_on(signed.text):
                    return None
        return None

    def _two_mistakes(self, own: SignatureCase, own_keys: Sequence[OtherKey]) -> _Found | None:
        """Another string, signed with another key."""
        self._left = THOROUGH
        for mistake, subject, facts in self._others(own, own_keys, _NEWEST):
            if found := self._among(OF_ONE_STRING, subject):
                return _Found((*found.mistakes, mistake), found.signed, {**found.facts, **facts})
        return None

    def _others(self, own: SignatureCase, own_keys: Sequence[OtherKey], most: int | None = None) -> Iterator[_Other]:
        """Its own other keys, then those of others."""
        strangers = islice(self._strangers, most if self._thorough else _NEWEST)
        for mistake, key, facts in chain(own_keys, (one for one in strangers if one.key != own.key)):
            yield _Other(mistake, own.keyed(key), facts)

    def _may_go_on(self, tried: str) -> bool:
        self._left -= _ATTEMPT + len(tried)
        return self._left > 0
