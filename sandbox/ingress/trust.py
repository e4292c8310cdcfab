"""What a program has to trust to reach the sandbox: the roots it trusts anyway, and the sandbox's CA."""

import ssl
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

JAVA_PASSWORD = "changeit"  # noqa: S105 - Java's usual one: a trust store holds no secret

_USUAL_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)
_ADDED = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


@dataclass(frozen=True, slots=True)
class Trust:
    """Files: `ca` alone, all roots as PEM in `bundle`, as PKCS #12 in `java`, and a folder with a `php` ini file."""

    ca: Path
    bundle: Path
    java: Path
    php: Path


def write_trust(folder: Path, ca: Path, environment: Mapping[str, str]) -> Trust:
    """Write the files; the roots are those of `environment`, or else the system's."""
    trust = Trust(ca, folder / "roots.pem", folder / "roots.p12", folder / "php")
    parts = [*_roots(environment), ca.read_text()]
    trust.bundle.write_text("\n".join(parts))
    trust.java.write_bytes(java_trust_store(parts))
    trust.php.mkdir()
    ini = f'openssl.cafile="{trust.bundle}"\ncurl.cainfo="{trust.bundle}"\n'
    (trust.php / "wxpay-sandbox.ini").write_text(ini)
    return trust


def java_trust_store(bundles: list[str]) -> bytes:
    """A trust store in the old encryption, which every Java reads."""
    from cryptography import x509  # noqa: PLC0415 - few commands need it
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import PrivateFormat  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, PKCS12Certificate, serialize_java_truststore  # noqa: PLC0415

    found = dict.fromkeys(one for pem in bundles for one in _certificates(pem))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old roots with a serial number of 0: they are the system's, not ours
        loaded = [x509.load_pem_x509_certificate(one.encode()) for one in found]
    named = [PKCS12Certificate(one, f"root-{number}".encode()) for number, one in enumerate(loaded)]
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(10_000)
        .key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303 - there is nothing to hide in it
        .build(JAVA_PASSWORD.encode())
    )
    return serialize_java_truststore(named, encryption)


def _roots(environment: Mapping[str, str]) -> Iterator[str]:
    """The roots that a program with this environment trusts, PEM."""
    own = environment.get("SSL_CERT_FILE", "")
    yield _text(Path(own)) if own else _system_roots()
    for name in _ADDED:
        if more := environment.get(name):
            yield _text(Path(more))  # nothing of a folder: its program alone reads those


def _system_roots() -> str:
    known = ssl.get_default_verify_paths().cafile
    for path in filter(None, (known, *_USUAL_BUNDLES)):
        if text := _text(Path(path)):
            return text
    # Windows' store, and whatever else Python knows how to load.
    return "".join(map(ssl.DER_cert_to_PEM_cert, ssl.create_default_context().get_ca_certs(binary_form=True)))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _certificates(pem: str) -> Iterator[str]:
    """The certificates among other lines."""
    for part in pem.split("-----BEGIN CERTIFICATE-----")[1:]:
        yield f"-----BEGIN CERTIFICATE-----{part.partition('-----END')[0]}-----END CERTIFICATE-----\n"
