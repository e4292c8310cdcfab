"""A call that was turned away for its signature, as the journal keeps it: what the doctor finds.

The merchant is told the text that should have been signed, where its certificate is known (V3 notes, 3.3).
"""

import asyncio
from collections.abc import Mapping

from sandbox.core.credentials import MOST_OTHERS
from sandbox.core.ports.calls import Diagnosis
from sandbox.core.ports.storage import UnitOfWork
from sandbox.signing.rsa_doctor import Keyring, SignedCall, diagnose, sign_information
from sandbox.v3.call import V3Call
from sandbox.v3.errors import Json
from sandbox.v3.keyring import keyring

SHOWN = 8 * 1024
"""How much of a text that is signed the journal keeps."""
UNAUTHENTICATED = 401


def signed_call(call: V3Call) -> SignedCall:
    """A call as its signature sees it."""
    http = call.http
    header = http.headers.get("Authorization", "")
    return SignedCall(http.method, http.raw_path, header, call.body, http.headers.get("Host", ""))


def detail(call: V3Call) -> Mapping[str, Json]:
    """What a 401 tells of the text that should have been signed; members as they were captured."""
    information: dict[str, Json] = dict(sign_information(signed_call(call)))
    return {
        "detail": {"issue": "sign not match"},
        "field": "signature",
        "location": "authorization",
        "sign_information": information,
    }


async def examine_sign(call: V3Call) -> None:
    """Note why the signature of a call is wrong that was turned away for it."""
    failure = call.failure
    if failure is None or failure.status != UNAUTHENTICATED or call.exchange.fault == "merchant_unknown":
        return
    merchant = call.services.storage.accounts.merchants.get(call.exchange.mch_id)
    face, now = call.services.faces.of(call.exchange), call.services.clock.real_now()

    def keys(tx: UnitOfWork) -> Keyring:
        if merchant is None:
            return Keyring(others=tx.merchant_certificates.of_others("", MOST_OTHERS))
        return keyring(face.credentials(tx, merchant, now, others=True))

    known = await call.services.storage.read_now(keys)
    # In a thread: what nothing explains takes a hundredth of a second, and orders should not wait for it.
    found = await asyncio.to_thread(diagnose, signed_call(call), known, now=now)
    call.exchange.facts |= facts_of(found)


def facts_of(found: Diagnosis) -> Mapping[str, str]:
    """What the journal keeps of it."""
    told = {
        "sign_type": found.sign_type,
        "sign_hint": found.mistake,
        "sign_also": " ".join(found.also),
        "string_to_sign": found.string_to_sign[:SHOWN],
        "signed_string": found.signed[:SHOWN],
    }
    return {**found.facts, **{name: value for name, value in told.items() if value}} if found.mistake else {}
