"""RSA and AES-GCM as V3 uses them: the documents' vectors, and the laws."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.signing import aead, rsa


@cache
def key_pair() -> tuple[str, str]:
    """A private key and its public one, PEM."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    made = generate_private_key(65537, 2048)
    public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), public.decode()


def test_aes_gives_what_an_official_client_library_expects() -> None:
    sealed = aead.seal(b"message", "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb", "uluk4a9R25RW", "associatedData")

    assert sealed == "ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI="


@given(text=st.binary(max_size=300), associated_data=st.text(max_size=40))
def test_what_was_sealed_is_opened_and_nothing_else(text: bytes, associated_data: str) -> None:
    key, nonce = "sandboxv3key00000000000000000000", "Abc78DEFG5HJ"
    sealed = aead.seal(text, key, nonce, associated_data)

    assert aead.unseal(sealed, key, nonce, associated_data) == text
    with pytest.raises(ValueError, match=r"\S"):
        aead.unseal(sealed, key, nonce, associated_data + "x")
    with pytest.raises(ValueError, match=r"\S"):
        aead.unseal(sealed, key[::-1], nonce, associated_data)


@given(text=st.binary(max_size=300))
def test_a_signature_is_that_of_its_text(text: bytes) -> None:
    private, public = key_pair()
    signature = rsa.sign(text, private)

    assert rsa.verify(text, signature, public)
    assert not rsa.verify(text + b"\n", signature, public)
    assert not rsa.verify(text, "no base64 at all", public)


def test_each_line_ends_the_last_one_too() -> None:
    assert rsa.lines("GET", b"/v3/certificates", "1", "n", b"") == b"GET\n/v3/certificates\n1\nn\n\n"


@given(text=st.text(max_size=50))
def test_a_sensitive_field_is_hidden_and_opened(text: str) -> None:
    private, public = key_pair()

    assert rsa.decrypt(rsa.encrypt(text, public), private) == text


@pytest.mark.parametrize("hidden", ["", "????", "aGVsbG8="])
def test_what_was_hidden_for_nobody_is_not_opened(hidden: str) -> None:
    with pytest.raises(ValueError, match=r"\S|^$"):
        rsa.decrypt(hidden, key_pair()[0])
