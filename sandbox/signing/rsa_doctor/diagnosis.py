"""Why a V3 signature is wrong: who made it, by which way, over which text; each proved by the signature itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sandbox.core.certificates import Certificate, CertificateState, MerchantCertificate
from sandbox.core.ports.calls import Diagnosis
from sandbox.signing import rsa
from sandbox.signing.rsa_doctor.case import Keyring, SignedCall, legible
from sandbox.signing.rsa_doctor.clock import clock_mistakes
from sandbox.signing.rsa_doctor.header import SCHEME
from sandbox.signing.rsa_doctor.made import NEWEST, Made, made, signers, unopened
from sandbox.signing.rsa_doctor.opened import Opened
from sandbox.signing.rsa_doctor.serials import Signer, of_serial, serial_mistakes
from sandbox.signing.rsa_doctor.text import Found, find

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


def unknown_merchant(call: SignedCall) -> Diagnosis:
    """What can be said without a key."""
    given = call.header.fields.get("signature", "")
    text = legible(call.parts.text)
    return Diagnosis(sign_type=SCHEME, given=given, expected="", string_to_sign=text, mistake="merchant_unknown")


@dataclass(frozen=True)
class _Signed:
    """What came out of the search: the mistakes, and the text that was signed where it was found."""

    mistakes: Named
    text: bytes = b""


class _Found(NamedTuple):
    """A signature that opened under a key, and the text that it covers where that was found."""

    made: Made
    text: Found | None


def _signed(call: SignedCall, keys: Keyring, thorough: bool) -> _Signed:
    """Who signed what, and by which way."""
    given = call.header.fields["signature"]
    found = next(_opened(call, made(given, _signers(call, keys, thorough)), thorough), None)
    if found is None:
        return _Signed({**unopened(given), **serial_mistakes(call, keys, None)})
    form, signer, held = found.made
    spelt: Named = {form.mistake: {}} if form.mistake else {}
    by: Named = {**spelt, **serial_mistakes(call, keys, signer), **held.mistakes}
    if found.text is None:
        return _Signed({**by, **_over_another_text(signer, held)})
    return _Signed({**by, **found.text.mistakes}, found.text.text)


def _opened(call: SignedCall, opened: Iterator[Made], thorough: bool) -> Iterator[_Found]:
    """What is known to be so: a text was found, or the padding alone tells whose key it was."""
    for one in opened:
        text = find(call, one.held.covers, thorough=thorough)
        if text is not None or one.held.certain:
            yield _Found(one, text)


def _over_another_text(signer: Signer, held: Opened) -> Named:
    """Whose key it was, and the digest of what was signed: PSS does not show it."""
    facts = {"signer": signer.serial_no}
    if held.salt is not None or not held.algorithm:
        return {"text_other": facts}
    return {"text_unknown": {**facts, "digest": held.payload.hex(), "algorithm": held.algorithm}}


def _signers(call: SignedCall, keys: Keyring, thorough: bool) -> Iterator[Signer]:
    """Who may have signed; whose serial number is shown comes first."""
    shown = call.header.fields.get("serial_no", "")
    own = sorted(keys.own, key=lambda one: not of_serial(one.serial_no, shown))
    return signers(replace(keys, own=own), None if thorough else NEWEST)


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
