"""Who made a signature: each key that it opens under, in whichever form it is written."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import NamedTuple

from sandbox.signing import rsa
from sandbox.signing.rsa_doctor.case import Keyring
from sandbox.signing.rsa_doctor.forms import SIZE, Form, forms
from sandbox.signing.rsa_doctor.opened import Opened, opened, opened_by_pss
from sandbox.signing.rsa_doctor.serials import Signer

NEWEST = 100
"""So many of others' certificates are tried in a hurry."""


class Made(NamedTuple):
    """A signature that opened under a key."""

    form: Form
    signer: Signer
    held: Opened


def made(given: str, by: Iterable[Signer]) -> Iterator[Made]:
    """Each key that a signature opens under, PSS last, which costs the most."""
    whole = [one for one in forms(given) if len(one.signature) == SIZE]
    known = list(by) if whole else []
    for form, signer in product(whole, known):
        if held := opened(form.signature, rsa.public(signer.public_key)):
            yield Made(form, signer, held)
    for form, signer in product(whole, known):
        for one in opened_by_pss(form.signature, rsa.public(signer.public_key)):
            yield Made(form, signer, one)


def signers(keys: Keyring, newest: int | None = NEWEST) -> Iterator[Signer]:
    """The merchant's keys, WeChat Pay's, then other merchants': the newest of them, or all."""
    yield from (Signer("own", one.serial_no, one.files.certificate) for one in keys.own)
    yield from (Signer("platform", one.serial_no, one.certificate) for one in keys.platform)
    for one in islice(keys.others, newest):
        yield Signer("other", one.serial_no, one.files.certificate, one.mch_id)


def unopened(given: str) -> Mapping[str, Mapping[str, str]]:
    """What is wrong with a signature that no known key has made, or that is none."""
    read = list(forms(given))
    if not read:
        return {"signature_form": {}}
    if not any(len(one.signature) == SIZE for one in read):
        return {"signature_length": {"bytes": str(len(read[0].signature))}}
    return {"key_unknown": {}}
