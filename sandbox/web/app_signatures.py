"""An app's signature (应用签名): the MD5 of the certificate that signed the app, from whatever holds that certificate.

Of an APK only the v1 signature is read, META-INF/*.RSA, which the zip reader and `cryptography` do by themselves. Kept
libraries for v2 and v3 were weighed: androguard (4.1.4) asks for fourteen packages, ipython and networkx among them;
apksigtool (0.1.0, of 2021) is under the AGPL; pyaxmlparser (0.3.31, of March 2024) brings lxml and asn1crypto for a few
fields. `cryptography`, which is here anyway, is imported on first use.
"""

import hashlib
import lzma
import re
import zipfile
import zlib
from typing import BinaryIO

LARGEST_BLOCK = 1024 * 1024
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, NotImplementedError, EOFError, OSError)
"""What reading a damaged zip file raises."""
_BLOCK = re.compile(r"META-INF/[^/]+\.(RSA|DSA|EC)", re.IGNORECASE)


class NoCertificate(Exception):
    """No certificate can be had; `reason` has its sentence in `words.accounts.CERTIFICATE_TROUBLES`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def of_file(file: BinaryIO) -> str:
    """The signature of an APK, or of a certificate as `of_certificate` takes it; raises NoCertificate."""
    file.seek(0)
    if not zipfile.is_zipfile(file):
        file.seek(0)
        return of_certificate(file.read(LARGEST_BLOCK))
    try:
        with zipfile.ZipFile(file) as apk:
            blocks = [one for one in apk.infolist() if _BLOCK.fullmatch(one.filename)]
            if not blocks:
                raise NoCertificate("no_v1")
            if blocks[0].file_size > LARGEST_BLOCK:
                raise NoCertificate("too_large")
            with apk.open(blocks[0]) as block:
                return of_certificate(block.read(LARGEST_BLOCK))
    except _BROKEN:
        raise NoCertificate("unreadable") from None


def of_certificate(raw: bytes) -> str:
    """32 lower-case hex digits, from PEM (other text may stand around it), DER, or a PKCS #7 block."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

    pem = _PEM.search(raw)
    try:
        if pem:
            found = x509.load_pem_x509_certificate(pem[0])
        else:
            try:
                found = x509.load_der_x509_certificate(raw)
            except ValueError:
                found = load_der_pkcs7_certificates(raw)[0]
        der = found.public_bytes(Encoding.DER)
    except (ValueError, IndexError, UnsupportedAlgorithm, x509.InvalidVersion):
        raise NoCertificate("unreadable") from None
    return hashlib.md5(der, usedforsecurity=False).hexdigest()
