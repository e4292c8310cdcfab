"""The sandbox's certificate authority: made when first needed, kept in the store.

`cryptography` is imported on first use, because a sandbox that nobody asks for a certificate should start without it.
Formats that clients in the field rely on: protocol notes, section 1.6.
"""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.core.clock import Clock
from sandbox.core.ports import Certificate, Storage

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

CA = "ca"
PLATFORM = "platform"
LIFE = timedelta(days=5 * 365)


class Authority:
    """Issues certificates, one at a time; the same name gives the same certificate for ever."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def ca(self) -> Certificate:
        return await self._get(CA)

    async def platform(self) -> Certificate:
        """WeChat Pay's own certificate (微信支付平台证书)."""
        return await self._get(PLATFORM)

    async def merchant(self, mch_id: str) -> Certificate:
        """A merchant's certificate (商户 API 证书)."""
        return await self._get(mch_id)

    async def _get(self, name: str) -> Certificate:
        kept = await self._storage.peek(lambda tx: tx.certificate(name))
        if kept is not None:
            return kept
        issuer = None if name == CA else await self._get(CA)
        async with self._one_at_a_time:
            kept = await self._storage.peek(lambda tx: tx.certificate(name))
            if kept is not None:
                return kept
            made = await asyncio.to_thread(self._make, name, issuer)
            await self._storage.write(lambda tx: tx.save_certificate(name, made))
            return made

    def pkcs12(self, certificate: Certificate, mch_id: str) -> bytes:
        """apiclient_cert.p12 as WeChat issues it: password mch_id, the old encryption that every library reads."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import PrivateFormat, load_pem_private_key
        from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, serialize_key_and_certificates

        key = load_pem_private_key(certificate.private_key.encode(), None)
        assert isinstance(key, RSAPrivateKey)
        encryption = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(2048)
            .key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC)
            .hmac_hash(hashes.SHA1())  # noqa: S303 - the format that WeChat's files have
            .build(mch_id.encode())
        )
        loaded = x509.load_pem_x509_certificate(certificate.certificate.encode())
        return serialize_key_and_certificates(b"Tenpay Certificate", key, loaded, None, encryption)

    def public_key(self, certificate: Certificate) -> str:
        """The public key of a certificate, PEM (微信支付公钥)."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        loaded = x509.load_pem_x509_certificate(certificate.certificate.encode())
        return loaded.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def public_key_id(self, certificate: Certificate) -> str:
        """PUB_KEY_ID_ and digits, as the merchant platform names a public key."""
        return f"PUB_KEY_ID_{int(certificate.serial_no[-20:], 16):025d}"

    def _make(self, name: str, issuer: Certificate | None) -> Certificate:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        # Real time: certificates are valid by the wall, whatever the sandbox clock shows.
        begins = self._clock.real_now() - timedelta(days=1)
        # 40 hex digits without a leading zero: the highest bit but one set in 160.
        serial = x509.random_serial_number() | (1 << 158)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_subject(name))
            .public_key(key.public_key())
            .serial_number(serial)
            .not_valid_before(begins)
            .not_valid_after(begins + LIFE)
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        )
        issuer_name, signing_key = _issuer(issuer) if issuer else (_subject(name), key)
        certificate = builder.issuer_name(issuer_name).sign(signing_key, hashes.SHA256())
        return Certificate(f"{serial:040X}", _pem(certificate), _key_pem(key))


def _subject(name: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    common = {CA: "wxpay-sandbox CA (not WeChat)", PLATFORM: "Tenpay.com sign (sandbox)"}.get(name, name)
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "wxpay-sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _issuer(issuer: Certificate) -> "tuple[x509.Name, RSAPrivateKey]":
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(issuer.private_key.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return x509.load_pem_x509_certificate(issuer.certificate.encode()).subject, key


def _pem(certificate: "x509.Certificate") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM).decode()


def _key_pem(key: "RSAPrivateKey") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
