"""Mistakes with the certificate's serial number and with the key that signed."""

from collections.abc import Mapping
from itertools import islice
from typing import Literal, NamedTuple

from sandbox.signing.rsa_doctor.case import Keyring, SignedCall

_LOOKED_AT = 1000


class Signer(NamedTuple):
    """A key that may have signed: the caller's own, WeChat Pay's, another merchant's."""

    whose: Literal["own", "platform", "other"]
    serial_no: str
    public_key: str
    mch_id: str = ""


def of_serial(serial_no: str, shown: str) -> bool:
    """Whether a certificate's is the serial number that is shown; case does not matter."""
    return serial_no.upper() == shown.upper()


def serial_mistakes(call: SignedCall, keys: Keyring, signer: Signer | None) -> Mapping[str, Mapping[str, str]]:
    """By name, with facts: what is wrong with the serial number, then with the key that signed.

    `signer` is None where nobody knows who signed.
    """
    shown = call.header.fields.get("serial_no", "")
    serial = _of_number(shown, keys, signer) if shown else {}
    if signer is None or signer.whose == "own":
        return serial
    facts = {"signer": signer.serial_no}
    key = {"key_platform": facts} if signer.whose == "platform" else _of_stranger(signer)
    return {**key, **serial}


def _of_stranger(signer: Signer) -> Mapping[str, Mapping[str, str]]:
    return {"key_other_merchant": {"signer": signer.serial_no, "other_mch_id": signer.mch_id}}


def _of_number(shown: str, keys: Keyring, signer: Signer | None) -> Mapping[str, Mapping[str, str]]:
    own = [one.serial_no for one in keys.own]
    if any(of_serial(one, shown) for one in own):
        if signer is None or signer.whose != "own" or of_serial(signer.serial_no, shown):
            return {}
        return {"serial_other_own": {"shown": shown, "signer": signer.serial_no}}
    facts = {"shown": shown, "own": ", ".join(own)}
    if any(of_serial(one.serial_no, shown) for one in keys.platform):
        return {"serial_platform": facts}
    for stranger in islice(keys.others, _LOOKED_AT):
        if of_serial(stranger.serial_no, shown):
            return {"serial_other_merchant": {**facts, "other_mch_id": stranger.mch_id}}
    if any(_written_otherwise(one, shown) for one in own):
        return {"serial_form": facts}
    return {"serial_unknown": facts}


def _written_otherwise(serial_no: str, shown: str) -> bool:
    """As a decimal number, with colons, blanks or 0x, without its first zeros."""
    bare = shown.strip().upper().removeprefix("0X").replace(":", "").replace(" ", "")
    decimal = str(int(serial_no, 16)) if serial_no.isalnum() and _is_hex(serial_no) else ""
    return bare in (serial_no.upper(), serial_no.upper().lstrip("0"), decimal)


def _is_hex(text: str) -> bool:
    return not set(text.upper()) - set("0123456789ABCDEF")
