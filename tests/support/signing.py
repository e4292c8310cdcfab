"""A certificate that signs an app, and an APK that is signed with it in the oldest way."""

import hashlib
import io
import ssl
import zipfile
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID


class SigningCertificate:
    """`pem` as tools print it, `md5` as the open platform wants it, `apk` with META-INF/CERT.RSA."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Android Debug")])
        begins = datetime(2020, 1, 1, tzinfo=UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=10000))
            .sign(key, hashes.SHA256())
        )
        der = certificate.public_bytes(serialization.Encoding.DER)
        self.pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.md5 = hashlib.md5(der).hexdigest()
        block = (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(b"Signature-Version: 1.0\r\n")
            .add_signer(certificate, key, hashes.SHA256())
            .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature])
        )
        self._der = der
        self.apk = zipped({"AndroidManifest.xml": b"\0" * 100, "META-INF/CERT.RSA": block})

    def pem_of_version(self, version: int) -> str:
        """The certificate with another version than there is; its signature is wrong then, which nobody asks for."""
        der = self._der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01" + bytes([version - 1]), 1)
        return ssl.DER_cert_to_PEM_cert(der)


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file, as an APK is one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()
