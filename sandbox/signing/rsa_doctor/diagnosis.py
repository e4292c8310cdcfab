"""Why a V3 signature is wrong: who made it, by which way, over which text; each proved by the signature itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, product
from typing import NamedTuple

from sandbox.core.certificates import Certificate, CertificateState, MerchantCertificate
from sandbox.core.ports.calls import Diagnosis
from sandbox.signing import rsa
from sandbox.signing.rsa_doctor.case import Keyring, SignedCall, legible
from sandbox.signing.rsa_doctor.clock import clock_mistakes
from sandbox.signing.rsa_doctor.forms import SIZE, Form, forms
from sandbox.signing.rsa_doctor.header import SCHEME
from sandbox.signing.rsa_doctor.opened import Opened, key_of, opened, opened_by_pss
from sandbox.signing.rsa_doctor.serials import Signer, of_serial, serial_mistakes
from sandbox.signing.rsa_doctor.text import Found, find

_NEWEST = 100
"""So many of others' certificates are tried in a hurry."""

Named = Mapping[str, Mapping[str, str]]
"""Mistakes by their names, with facts."""


def diagnose(call: SignedCall, keys: Keyring, *, now: datetime | None = None, thorough: bool = False) -> Diagnosis:
    """Whether a call is signed as it should be, and if not, why: whatever is named is proved.

    `now`, real time, has the timestamp and the certificate's state looked at too: of an old call there is none.
    `thorough` tries all of others' keys in place of the newest, and tells the right signature.
    """
    right, fields = call.parts.text, call.header.fields
    given = fields.get("signature", "")
    form = dict.fromkeys(call.header.mistakes, call.header.facts)
    found = _signed(call, keys, thorough) if given else _Signed({})
    known = {**clock_mistakes(fields.get("timestamp", ""), now), **_state(call, keys, now)} if now else {}
    mistakes = {**form, **known, **found.mistakes}
    facts = {name: value for of in mistakes.values() for name, value in of.items()}
    mistake, *also = mistakes or [""]
    return Diagnosis(
        sign_type=SCHEME,
        given=given,
        expected=_expected(call, keys) if thorough else "",
        string_to_sign=legible(right),
        mistake=mistake,
        also=tuple(also),
        signed=legible(found.text) if found.text not in (b"", right) else "",
        facts=facts,
    )


@dataclass(frozen=True)
class _Signed:
    """What came out of the search: the mistakes, and the text that was signed where it was found."""

    mistakes: Named
    text: bytes = b""


class _Made(NamedTuple):
    """A signature that opened under a key."""

    form: Form
    signer: Signer
    held: Opened
    found: Found | None

    @property
    def known(self) -> bool:
        return self.found is not None or self.held.certain


def _signed(call: SignedCall, keys: Keyring, thorough: bool) -> _Signed:
    """Who signed what, and by which way."""
    read = list(forms(call.header.fields["signature"]))
    made = next((one for one in _opened(call, keys, read, thorough) if one.known), None)
    if made is None:
        return _Signed({**_unopened(read), **serial_mistakes(call, keys, None)})
    form: Named = {made.form.mistake: {}} if made.form.mistake else {}
    by: Named = {**form, **serial_mistakes(call, keys, made.signer), **made.held.mistakes}
    if made.found is None:
        return _Signed({**by, **_over_another_text(made)})
    return _Signed({**by, **made.found.mistakes}, made.found.text)


def _over_another_text(made: _Made) -> Named:
    """Whose key it was, and the digest of what was signed: PSS does not show it."""
    signer, held = {"signer": made.signer.serial_no}, made.held
    if held.salt is not None or not held.algorithm:
        return {"text_other": signer}
    return {"text_unknown": {**signer, "digest": held.payload.hex(), "algorithm": held.algorithm}}


def _opened(call: SignedCall, keys: Keyring, read: Sequence[Form], thorough: bool) -> Iterator[_Made]:
    """Each key that a signature opens under, in whichever form it is read; by PSS last, which costs the most."""
    whole = [one for one in read if len(one.signature) == SIZE]
    signers = list(_signers(call, keys, thorough)) if whole else []
    for form, signer in product(whole, signers):
        if held := opened(form.signature, key_of(signer.public_key)):
            yield _Made(form, signer, held, find(call, held.covers, thorough=thorough))
    for form, signer in product(whole, signers):
        for one in opened_by_pss(form.signature, key_of(signer.public_key)):
            yield _Made(form, signer, one, find(call, one.covers, thorough=thorough))


def _signers(call: SignedCall, keys: Keyring, thorough: bool) -> Iterator[Signer]:
    """Who may have signed: whose serial number is shown, then the merchant's others, WeChat Pay, other merchants."""
    shown = call.header.fields.get("serial_no", "")
    own = sorted(keys.own, key=lambda one: not of_serial(one.serial_no, shown))
    yield from (Signer("own", one.serial_no, one.files.certificate) for one in own)
    yield from (Signer("platform", one.serial_no, one.certificate) for one in keys.platform)
    others = keys.others if thorough else islice(keys.others, _NEWEST)
    yield from (Signer("other", one.serial_no, one.files.certificate, one.mch_id) for one in others)


def _unopened(read: Sequence[Form]) -> Named:
    """Of a signature that no known key has made, or that is none."""
    if not read:
        return {"signature_form": {}}
    if not any(len(one.signature) == SIZE for one in read):
        return {"signature_length": {"bytes": str(len(read[0].signature))}}
    return {"key_unknown": {}}


def _state(call: SignedCall, keys: Keyring, now: datetime) -> Named:
    """What is the matter with the certificate that is shown."""
    shown = _shown(call, keys.own)
    if shown is None or (state := shown.state(now)) is CertificateState.VALID:
        return {}
    return {f"certificate_{state}": {"serial_no": shown.serial_no}}


def _shown(call: SignedCall, own: Sequence[MerchantCertificate]) -> MerchantCertificate | None:
    serial_no = call.header.fields.get("serial_no", "")
    return next((one for one in own if of_serial(one.serial_no, serial_no)), None)


def _expected(call: SignedCall, keys: Keyring) -> str:
    """The signature that belongs there, by the certificate that is shown, else by the merchant's newest."""
    shown = _shown(call, keys.own) or next(iter(keys.own), None)
    files: Certificate | None = shown.files if shown else None
    return rsa.sign(call.parts.text, files.private_key) if files and files.private_key else ""
