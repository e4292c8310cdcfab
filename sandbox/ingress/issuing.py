"""How the sandbox's certificates are made. Imported on first use: `cryptography` takes longer than a small start.

The CA's certificate has name constraints: whoever trusts it trusts it for the sandbox's own names and no other, even
with its key in hand. (trustme makes such certificates too, but cannot write name constraints, nor read a kept CA.)
Formats of a merchant's files that clients in the field rely on: V2 notes, 1.6.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.core.certificates import Certificate, UnknownCertificate
from sandbox.ingress.names import is_address

LIFE = timedelta(days=5 * 365)
EARLIER = timedelta(days=1)
"""How long before it is made a certificate begins: clocks differ."""
SERVER_LIFE = timedelta(days=397)
"""What browsers and Apple's systems still accept of a server."""

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class NameRefused(Exception):
    """The CA's certificate does not allow this name."""


def make_ca(names: Sequence[str], now: datetime) -> Certificate:
    """A CA that can speak for these names alone. Its key is of a curve: made at once, where RSA takes its time."""
    key = ec.generate_private_key(ec.SECP256R1())
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (_key_usage(signs_certificates=True), True),
        (x509.NameConstraints([_permitted(name) for name in names], None), True),
    ]
    subject = _subject("wxpay-sandbox CA (not WeChat)")
    return _made(key, subject, LIFE, now, extensions, issuer=None)


def make_server(names: Sequence[str], ca: Certificate, now: datetime) -> Certificate:
    """The HTTPS listener's certificate. Raises NameRefused for a name that is not of the CA's."""
    allowed = permitted_names(ca)
    for name in names:
        if name not in allowed:
            raise NameRefused(f"The CA's certificate does not allow {name}.")
    alternatives = x509.SubjectAlternativeName([_general(name) for name in names])
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_key_usage(signs_certificates=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (alternatives, False),
    ]
    # RSA: the oldest clients read nothing else of a server.
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return _made(key, _subject(names[0]), SERVER_LIFE, now, extensions, ca)


def make_account(name: str, ca: Certificate, now: datetime, life: timedelta = LIFE) -> Certificate:
    """A merchant's certificate, or the platform's: for signing and as a client's, never a server's.

    It ends `life` from now, or with the CA where that is sooner.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
    ]
    return _made(key, _subject(name), life + EARLIER, now, extensions, ca)


def permitted_names(ca: Certificate) -> set[str]:
    """The names that a CA's certificate can speak for."""
    try:
        constraints = _loaded(ca).extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return set()
    return {_written(one) for one in constraints.permitted_subtrees or []}


def names_of(server: Certificate) -> set[str]:
    """The names in a server's certificate."""
    found = _loaded(server).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {_written(one) for one in found}


def begins_at(certificate: Certificate) -> datetime:
    return _loaded(certificate).not_valid_before_utc


def ends_at(certificate: Certificate) -> datetime:
    return _loaded(certificate).not_valid_after_utc


def issued_by(certificate: Certificate, ca: Certificate) -> bool:
    """Whether this CA signed it."""
    try:
        _loaded(certificate).verify_directly_issued_by(_loaded(ca))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def described(der: bytes) -> UnknownCertificate:
    """What a certificate says of itself, with its serial number as the sandbox keeps it."""
    try:
        loaded = x509.load_der_x509_certificate(der)
        serial_no = f"{loaded.serial_number:040X}"
        return UnknownCertificate(serial_no, loaded.issuer.rfc4514_string(), loaded.subject.rfc4514_string())
    except (ValueError, x509.InvalidVersion):
        return UnknownCertificate()


def pkcs12(certificate: Certificate, mch_id: str) -> bytes:
    """apiclient_cert.p12 as WeChat issues it: password mch_id, the old encryption that every library reads."""
    from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, serialize_key_and_certificates

    key = load_pem_private_key(certificate.private_key.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(2048)
        .key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303 - the format that WeChat's files have
        .build(mch_id.encode())
    )
    return serialize_key_and_certificates(b"Tenpay Certificate", key, _loaded(certificate), None, encryption)


def public_key(certificate: Certificate) -> str:
    """The public key of a certificate, PEM (微信支付公钥)."""
    return _public(_loaded(certificate).public_key())


def make_pair() -> tuple[str, str]:
    """A new RSA key: its public half and itself, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return _public(key.public_key()), _secret(key)


def _made(
    key: Key,
    subject: x509.Name,
    life: timedelta,
    now: datetime,
    extensions: Iterable[tuple[x509.ExtensionType, bool]],
    issuer: Certificate | None,
) -> Certificate:
    """A certificate, and its key; `issuer` None: signed by itself."""
    begins = now - EARLIER
    ends = begins + life if issuer is None else min(begins + life, ends_at(issuer))
    # 40 hex digits without a leading zero: the highest bit but one set in 160.
    serial = x509.random_serial_number() | (1 << 158)
    signer = load_pem_private_key(issuer.private_key.encode(), None) if issuer else key
    assert isinstance(signer, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_loaded(issuer).subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(begins)
        .not_valid_after(ends)
        # Python 3.13 and others refuse a chain without the two.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(signer, hashes.SHA256())
    written = certificate.public_bytes(Encoding.PEM).decode()
    return Certificate(f"{serial:040X}", written, _secret(key))


def _secret(key: Key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public(key: CertificatePublicKeyTypes) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _loaded(certificate: Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(certificate.certificate.encode())


def _subject(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "wxpay-sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_encipherment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    """A name as the server's certificate has it."""
    return x509.IPAddress(ipaddress.ip_address(name)) if is_address(name) else x509.DNSName(name)


def _permitted(name: str) -> x509.GeneralName:
    """A name as the CA's constraints have it: an address is a network of one."""
    return x509.IPAddress(ipaddress.ip_network(name)) if is_address(name) else x509.DNSName(name)


def _written(name: x509.GeneralName) -> str:
    return str(name.value).removesuffix("/32").removesuffix("/128")
