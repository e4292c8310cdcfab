"""What a text in a search box may mean."""

import pytest

from sandbox.store.searching import amounts


@pytest.mark.parametrize(
    ("search", "fen"),
    [
        ("¥12.34", [1234]),
        ("￥12", [1200]),
        ("12.3", [1230]),
        ("12.34 元", [1234]),
        ("1,000,000.00", [100_000_000]),
        ("1234分", [1234]),
        ("1234 fen", [1234]),
        ("100", [100, 10_000]),
        ("0.01", [1]),
        ("001", []),
        ("¥12分", []),
        ("12.345", []),
        ("1,00", []),
        ("TEA12", []),
        ("20261130000001", []),
        ("", []),
    ],
)
def test_an_amount_is_understood_as_people_write_it(search: str, fen: list[int]) -> None:
    assert amounts(search) == fen
