"""A wrong signature as the journal keeps it: what the doctor finds. The merchant is told only that it is wrong."""

from collections.abc import Mapping

from sandbox.core.merchants import Accounts, Merchant
from sandbox.signing.flat import SignType
from sandbox.v2.keys import KeysOfOthers, other_keys
from sandbox.v2.site import Site

SHOWN = 8 * 1024
"""How much of a string to sign the journal keeps."""


def facts_of_wrong_sign(
    signed: Mapping[str, str], merchant: Merchant, site: Site, accounts: Accounts, sign_type: SignType
) -> dict[str, str]:
    """Why the sign of a message is not the merchant's at this site."""
    from sandbox.signing.doctor import diagnose

    own, others = other_keys(merchant, official=site.official), KeysOfOthers(accounts)
    found = diagnose(signed, site.key(merchant), others, own_keys=own, sign_type=sign_type)
    told = {
        "sign_type": found.sign_type,
        "sign_hint": found.mistake,
        "sign_also": " ".join(found.also),
        "expected_sign": found.expected,
        "string_to_sign": found.string_to_sign[:SHOWN],
        "signed_string": found.signed[:SHOWN],
    }
    return {**found.facts, **{name: value for name, value in told.items() if value}}
