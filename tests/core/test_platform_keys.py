"""Which of WeChat Pay's keys signs for a merchant, and which opens what the merchant encrypted."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.core.certificates import Certificate
from sandbox.core.platform_keys import (
    PlatformCertificate,
    PlatformIdentity,
    PlatformKeys,
    PublicKey,
    keys_at,
    own_key_id,
    shared_key_id,
)

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)
DAY = timedelta(days=1)
KEY_ID = "PUB_KEY_ID_0119000001092026113000000000001"
PUBLIC = PublicKey(KEY_ID, "public", "its secret")
OLD, NEW = "5" + "A" * 39, "6" + "B" * 39


def certificate(serial_no: str, *, signs: bool = False, ends: timedelta = DAY) -> PlatformCertificate:
    files = Certificate(serial_no, "pem", f"secret of {serial_no}")
    return PlatformCertificate(mch_id="", files=files, effective_at=NOW - DAY, expires_at=NOW + ends, signs=signs)


def keys(identity: PlatformIdentity, *certificates: PlatformCertificate) -> PlatformKeys:
    found = keys_at(identity, certificates, (), PUBLIC, NOW)
    assert found is not None
    return found


ROTATING = (certificate(NEW), certificate(OLD, signs=True))


@pytest.mark.parametrize(
    ("identity", "shown", "signs"),
    [
        ("certificate", "", OLD),
        ("certificate", NEW, OLD),
        ("certificate", "5F" * 20, OLD),
        ("certificate", KEY_ID, KEY_ID),
        ("certificate", KEY_ID.lower(), KEY_ID),
        ("certificate", "PUB_KEY_ID_01", KEY_ID),
        ("both", "", OLD),
        ("both", OLD, OLD),
        ("both", KEY_ID, KEY_ID),
        ("public_key", "", KEY_ID),
        ("public_key", OLD, KEY_ID),
        ("public_key", KEY_ID, KEY_ID),
    ],
)
def test_what_a_call_shows_says_what_signs_its_answer(identity: str, shown: str, signs: str) -> None:
    assert keys(PlatformIdentity(identity), *ROTATING).signer(shown).serial == signs


@pytest.mark.parametrize("shown", [OLD, NEW, NEW.lower(), KEY_ID, KEY_ID.lower()])
def test_during_a_rotation_either_certificate_opens_what_was_encrypted_for_it(shown: str) -> None:
    opener = keys(PlatformIdentity.BOTH, *ROTATING).opener(shown)
    assert opener is not None
    assert opener.serial.upper() == shown.upper()


@pytest.mark.parametrize("shown", ["", "5F" * 20, "PUB_KEY_ID_01"])
def test_nothing_opens_what_was_encrypted_for_another_key(shown: str) -> None:
    assert keys(PlatformIdentity.BOTH, *ROTATING).opener(shown) is None


def test_a_merchant_of_the_public_key_alone_has_no_certificates() -> None:
    found = keys(PlatformIdentity.PUBLIC_KEY, *ROTATING)
    assert (found.certificates, found.certificate, found.opener(OLD)) == ((), None, None)


def test_what_has_ended_neither_signs_nor_opens() -> None:
    found = keys(PlatformIdentity.CERTIFICATE, certificate(NEW), certificate(OLD, signs=True, ends=timedelta(0)))
    assert found.signer().serial == NEW
    assert found.opener(OLD) is None


def test_own_certificates_stand_in_place_of_everybodys_as_long_as_one_is_valid() -> None:
    shared, own = certificate(OLD, signs=True), certificate(NEW, signs=True)
    ended = certificate(NEW, signs=True, ends=timedelta(0))
    one = PlatformIdentity.CERTIFICATE
    assert [
        found and found.signer().serial
        for found in (
            keys_at(one, (), (shared,), PUBLIC, NOW),
            keys_at(one, (own,), (shared,), PUBLIC, NOW),
            keys_at(one, (ended,), (shared,), PUBLIC, NOW),
            keys_at(one, (ended,), (ended,), PUBLIC, NOW),
        )
    ] == [OLD, NEW, OLD, None]


def test_the_ids_of_public_keys_are_digits() -> None:
    assert shared_key_id("F" * 40) == "PUB_KEY_ID_" + "1208925819614629174706175"
    assert own_key_id("1900000109", NOW, 10**12 + 7) == "PUB_KEY_ID_01190000010920261130000000000007"
