"""Why the signature of an answer or a notification is wrong, as its receiver has it: the same proofs, three lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.core.ports.calls import Diagnosis
from sandbox.signing import rsa
from sandbox.signing.rsa_doctor.case import Keyring, SignedCall, legible
from sandbox.signing.rsa_doctor.header import SCHEME
from sandbox.signing.rsa_doctor.made import Made, made, signers
from sandbox.signing.rsa_doctor.serials import of_serial
from sandbox.signing.rsa_doctor.table import ON_LINES

PROBE = "WECHATPAY/SIGNTEST/"
"""How a signature begins that is wrong on purpose (探测流量). Source: V3 notes, 7."""

_Mistake = tuple[str, Mapping[str, str]]


@dataclass(frozen=True)
class SignedReply:
    """What WeChat Pay sent, by its Wechatpay-* headers. Source: V3 notes, 4."""

    timestamp: str
    nonce: str
    serial_no: str
    signature: str
    body: bytes

    @property
    def text(self) -> bytes:
        return self.over(self.body)

    def over(self, body: bytes) -> bytes:
        """The text that is signed, of a body."""
        return rsa.lines(self.timestamp, self.nonce, body)


def diagnose_reply(reply: SignedReply, keys: Keyring) -> Diagnosis:
    """Whether WeChat Pay signed it, and if not, or not so, why: whatever is named is proved."""
    mistake, facts, signed = _found(reply, keys)
    return Diagnosis(
        sign_type=SCHEME,
        given=reply.signature,
        expected=_expected(reply, keys),
        string_to_sign=legible(reply.text),
        mistake=mistake,
        signed=legible(signed),
        facts=facts,
    )


def _found(reply: SignedReply, keys: Keyring) -> tuple[str, Mapping[str, str], bytes]:
    """The mistake with its facts, and the text that was signed in place of the right one."""
    sent = {"Timestamp": reply.timestamp, "Nonce": reply.nonce, "Serial": reply.serial_no, "Signature": reply.signature}
    if missing := [f"Wechatpay-{name}" for name, value in sent.items() if not value]:
        return "reply_headers_missing", {"missing": ", ".join(missing)}, b""
    if reply.signature.startswith(PROBE):
        return "reply_probe", {}, b""
    one = next((one for one in made(reply.signature, signers(keys)) if one.held.certain), None)
    if one is None:
        return "reply_key_unknown", {"shown": reply.serial_no}, b""
    if (wrong := _wrong_signer(reply, one)) is not None:
        return *wrong, b""
    return _text(reply, one)


def _wrong_signer(reply: SignedReply, one: Made) -> _Mistake | None:
    signer = one.signer
    if signer.whose != "platform":
        return "reply_key_merchant", {"signer": signer.serial_no}
    if not of_serial(signer.serial_no, reply.serial_no):
        return "reply_serial", {"signer": signer.serial_no, "shown": reply.serial_no}
    return None


def _text(reply: SignedReply, one: Made) -> tuple[str, Mapping[str, str], bytes]:
    if one.form.mistake or one.held.mistakes:
        return "reply_way", {}, b""
    if one.held.covers(reply.text):
        return "", {}, b""
    found = next((text for text in _texts(reply) if one.held.covers(text)), b"")
    return "reply_body_changed" if found else "reply_text_unknown", {"signer": one.signer.serial_no}, found


def _texts(reply: SignedReply) -> Iterator[bytes]:
    """What may have been signed before somebody wrote the body anew, or saved it with another end."""
    call = SignedCall("", "", "", reply.body)
    for row in ON_LINES:
        if row.place == "body":
            for body in row.changes(call):
                yield reply.over(body if isinstance(body, bytes) else body.encode())


def _expected(reply: SignedReply, keys: Keyring) -> str:
    """The signature that belongs there, by the key that is shown; "" where that is none of WeChat Pay's here."""
    shown = next((one for one in keys.platform if of_serial(one.serial_no, reply.serial_no)), None)
    return rsa.sign(reply.text, shown.private_key) if shown else ""
