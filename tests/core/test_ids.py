"""Identifiers look as WeChat Pay's do."""

import re
from datetime import UTC, datetime

import pytest

from sandbox.core.ids import Ids, secret_key
from sandbox.core.payers import well_formed

EVENING = datetime(2026, 11, 23, 16, 30, 15, 42, UTC)
"""Already the next day in Beijing."""


@pytest.mark.parametrize(
    ("make", "form"),
    [
        (lambda ids: ids.transaction_id(EVENING), r"42000\d{5}20261124\d{10}"),
        (lambda ids: ids.out_refund_no(EVENING), r"R20261124003015\d{6}"),
        (lambda ids: ids.prepay_id(EVENING), r"wx24003015000042[0-9a-f]{16}\d{4}"),
        (lambda ids: ids.code_token(EVENING), r"[0-9A-Za-z]{9}"),
        (lambda ids: ids.mweb_package(), r"[1-9]\d{9}"),
        (lambda ids: ids.answer_nonce(), r"[0-9A-Za-z]{16}"),
        (lambda ids: ids.notification_nonce(), r"[0-9a-z]{32}"),
        (lambda ids: ids.mch_id(), r"19\d{8}"),
        (lambda ids: ids.appid(), r"wx[0-9a-f]{16}"),
        (lambda ids: ids.openid(), r"o[0-9A-Za-z_-]{27}"),
    ],
)
def test_an_id_has_its_form(make: object, form: str) -> None:
    ids = Ids()
    made = [make(ids) for _ in range(50)]  # type: ignore[operator]
    assert all(re.fullmatch(form, one) for one in made)
    assert len(set(made)) == 50


def test_a_seed_makes_ids_repeatable() -> None:
    first, second = Ids(7), Ids(7)
    assert [first.prepay_id(EVENING) for _ in range(5)] == [second.prepay_id(EVENING) for _ in range(5)]


def test_without_a_seed_they_are_not() -> None:
    assert Ids().openid() != Ids().openid()


def test_keys_never_repeat() -> None:
    assert len({secret_key() for _ in range(100)}) == 100
    assert re.fullmatch(r"[0-9A-Za-z]{32}", secret_key())


@pytest.mark.parametrize(
    ("openid", "possible"),
    [
        ("oSandboxPayer000000000000001", True),
        ("o-_" + "x" * 25, True),
        ("O" + "x" * 27, False),
        ("o" + "x" * 26, False),
        ("o" + "x" * 28, False),
        ("o" + "x" * 26 + "茶", False),
        ("o" + "x" * 26 + " ", False),
        ("o" + "x" * 27 + "\n", False),
        ("", False),
    ],
)
def test_an_openid_has_28_characters_the_first_an_o(openid: str, possible: bool) -> None:
    assert well_formed(openid) is possible
