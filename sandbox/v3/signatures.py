"""How V3 signs, step by step, and why somebody signed otherwise: for the debugging tool and whoever asks the doctor.

Three kinds of messages are signed, each over lines of its own: a merchant's calls (five lines), WeChat Pay's answers
and notifications (three), and what is handed to the client (four). Source: V3 notes, 2, 4, 14.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sandbox.core.certificates import Certificate, MerchantCertificate
from sandbox.core.credentials import Credentials
from sandbox.core.errors import KeyUnreadable, MessageUnreadable
from sandbox.core.invocation import Channel, Invocation
from sandbox.core.journal import header
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.orders import Order
from sandbox.core.ports.calls import Diagnosis, Signable, Signing
from sandbox.signing import rsa
from sandbox.signing.rsa_doctor import (
    SCHEME,
    Keyring,
    SignedCall,
    SignedReply,
    diagnose,
    diagnose_reply,
    unknown_merchant,
)
from sandbox.v3.client import COVERED, V3ClientSignature
from sandbox.v3.keyring import keyring
from sandbox.v3.messages import V3Messages
from sandbox.v3.shown import read_shown

_MERCHANTS = ("mchid", "sp_mchid", "combine_mchid", "partnerid")
_AUTHORIZATION = "Authorization"
_FOREVER = datetime.max.replace(tzinfo=UTC)


class V3Signatures:
    """Implements Signatures."""

    algorithms: Sequence[str] = (SCHEME,)

    def key(self, credentials: Credentials, message: Signable | None = None) -> str:
        """A private key: the newest valid certificate's; of an answer or a notification that of WeChat Pay's."""
        platform = credentials.platform
        if message is not None and platform is not None and _is_reply(message):
            shown = _reply(message).serial_no
            return (platform.opener(shown) or platform.signer(shown)).private_key
        certificates = credentials.valid or credentials.certificates
        return certificates[0].files.private_key if certificates else ""

    def keys(self, merchant: Merchant) -> Sequence[str]:
        return [merchant.api_v3_key]

    def named(self, message: Signable) -> Sequence[str]:
        mchid = _call(message).header.fields.get("mchid", "")
        return [one.strip() for one in (mchid, *(message.texts.get(name, "") for name in _MERCHANTS)) if one]

    def algorithm(self, fields: Mapping[str, str]) -> str:
        return SCHEME

    def algorithm_of(self, order: Order) -> str:
        return SCHEME

    def given(self, message: Signable) -> str:
        if _is_reply(message):
            return _reply(message).signature
        if message.method:
            return _call(message).header.fields.get("signature", "")
        return message.texts.get("paySign", "") or message.texts.get("sign", "")

    def message(self, shown: bytes) -> Signable:
        return read_shown(shown)

    def read(self, text: str) -> Signable:
        shown = read_shown(text.encode())
        if not shown.headers and not self.given(shown):
            raise MessageUnreadable("json")
        return shown

    def prepared(self, message: Signable, credentials: Credentials | None, nonce_str: str) -> Signable:
        """With its Authorization header but for the signature, and the headers that every call has."""
        if not message.method or credentials is None:
            return message
        shown = (credentials.valid or credentials.certificates)[:1]
        fields = {
            "mchid": credentials.merchant.mch_id,
            "nonce_str": nonce_str,
            "timestamp": str(int(credentials.at.timestamp())),
            "serial_no": shown[0].serial_no if shown else "",
        }
        usual = {"Accept": "application/json", "Content-Type": "application/json"}
        return replace(message, headers=(*usual.items(), (_AUTHORIZATION, _written(fields)), *message.headers))

    def signed(self, message: Signable, signature: str) -> Signable:
        if not message.method:
            name = "paySign" if "timeStamp" in message.fields else "sign"
            fields = {**message.fields, name: signature}
            return replace(message, fields=fields, body=V3Messages().write(fields).encode())
        fields = {**_call(message).header.fields, "signature": signature}
        headers = [one for one in message.headers if one[0].lower() != _AUTHORIZATION.lower()]
        return replace(message, headers=(*headers, (_AUTHORIZATION, _written(_texts(fields)))))

    def steps(self, message: Signable, key: str, algorithm: str, *, shown: bool) -> Signing:
        pairs = _lines(message)
        text = rsa.lines(*pairs.values())
        try:
            sign = rsa.sign(text, key)
        except (ValueError, TypeError):
            raise KeyUnreadable from None
        told = tuple((name, _legible(value)) for name, value in pairs.items())
        return Signing(pairs=told, left_out=(), string_to_sign=_legible(text), sign=sign, keyed=False)

    def diagnose(
        self, message: Signable, key: str, credentials: Credentials | None, accounts: Accounts, algorithm: str = ""
    ) -> Diagnosis:
        if credentials is None and not key:
            return unknown_merchant(_call(message))
        if not message.method and not message.headers:
            return _handed_over(message, credentials)
        known = _with_key(keyring(credentials) if credentials else Keyring(), key, credentials, message)
        if _is_reply(message):
            return diagnose_reply(_reply(message), known)
        return diagnose(_call(message), known, thorough=True)


def _handed_over(message: Signable, credentials: Credentials | None) -> Diagnosis:
    """Of what is handed to the client: the same that the client would say of it."""
    given, text = message.texts.get("paySign") or message.texts.get("sign", ""), rsa.lines(*_lines(message).values())
    found = Diagnosis(sign_type=SCHEME, given=given, expected="", string_to_sign=_legible(text))
    if credentials is None:
        return replace(found, mistake="merchant_unknown")
    channel = Channel.JSAPI if "timeStamp" in message.fields else Channel.APP
    refusal = V3ClientSignature().wrong_with(Invocation(channel, message.texts), None, credentials)
    if refusal is None:
        return replace(found, expected=given)
    return replace(found, mistake=refusal.explanation, facts=_texts(refusal.facts()))


def _is_reply(message: Signable) -> bool:
    """Whether WeChat Pay sent it: an answer, a notification."""
    names = {name.lower() for name, _ in message.headers}
    return "wechatpay-signature" in names and _AUTHORIZATION.lower() not in names


def _call(message: Signable) -> SignedCall:
    shown, host = header(message.headers, _AUTHORIZATION), header(message.headers, "Host")
    return SignedCall(message.method, message.target, shown, message.body, host)


def _reply(message: Signable) -> SignedReply:
    timestamp, nonce, serial_no, signature = (
        header(message.headers, f"Wechatpay-{name}") for name in ("Timestamp", "Nonce", "Serial", "Signature")
    )
    return SignedReply(timestamp, nonce, serial_no, signature, message.body)


def _lines(message: Signable) -> Mapping[str, str | bytes]:
    """What is signed, line for line, by the names that the documents have for it."""
    if _is_reply(message):
        reply = _reply(message)
        return {"timestamp": reply.timestamp, "nonce": reply.nonce, "body": reply.body}
    if message.method:
        method, target, timestamp, nonce_str, body = _call(message).parts.lines
        return {"method": method, "url": target, "timestamp": timestamp, "nonce_str": nonce_str, "body": body}
    handed = next((names for names in COVERED.values() if all(name in message.fields for name in names)), ())
    return {name: message.texts[name] for name in handed or message.fields}


def _legible(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _texts(fields: Mapping[str, str | int]) -> Mapping[str, str]:
    return {name: str(value) for name, value in fields.items()}


def _written(fields: Mapping[str, str]) -> str:
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in fields.items())


def _with_key(known: Keyring, key: str, credentials: Credentials | None, message: Signable) -> Keyring:
    """The keys that may have signed; one that somebody typed in takes the place of the right ones.

    Raises KeyUnreadable.
    """
    if not key or key in {one.files.private_key for one in known.own} | {one.private_key for one in known.platform}:
        return known
    serial_no = _call(message).header.fields.get("serial_no", "") or _reply(message).serial_no
    try:
        public = rsa.public_of(key)
    except ValueError:
        raise KeyUnreadable from None
    typed = Certificate(serial_no, public, key if "PRIVATE" in key else "")
    if _is_reply(message):
        return replace(known, platform=[typed])
    return replace(known, own=[_typed(typed, credentials)])


def _typed(files: Certificate, credentials: Credentials | None) -> MerchantCertificate:
    """A key in the place of a merchant's certificate, which never ends."""
    mch_id = credentials.merchant.mch_id if credentials else ""
    return MerchantCertificate(mch_id=mch_id, files=files, issued_at=_FOREVER, expires_at=_FOREVER)
