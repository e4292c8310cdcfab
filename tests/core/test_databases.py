"""Which database it is: what is wrong with a URL is named, and a password is never shown."""

import pytest

from sandbox.core.databases import FORM, shown, wrong_in


@pytest.mark.parametrize(
    ("url", "people_read"),
    [
        ("postgresql://pay:se%40cret@db.test:5432/pay", "postgresql://db.test:5432/pay"),
        ("postgres://pay@db.test/pay", "postgresql://db.test/pay"),
        ("postgresql://pay:secret@[::1]:5432/pay", "postgresql://[::1]:5432/pay"),
        ("postgresql://pay:secret@one:5432,two/pay?target_session_attrs=read-write", "postgresql://one:5432,two/pay"),
        ("postgresql://db.test/pay?user=pay&password=secret&sslmode=require", "postgresql://db.test/pay"),
        ("postgresql:///pay?host=/run/postgresql", "postgresql:///pay"),
        ("postgresql://db.test/?dbname=pay", "postgresql://db.test/"),
    ],
)
def test_a_url_is_shown_without_user_and_password(url: str, people_read: str) -> None:
    assert wrong_in(url) == ""
    assert shown(url) == people_read


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://", "database"),
        ("postgresql://pay:secret@db.test", "database"),
        ("postgresql://pay:secret@db.test:5432/", "database"),
        ("postgresql://pay:secret@db.test:x/pay", "port"),
        ("postgresql://pay:secret@db.test:65536/pay", "port"),
        ("postgresql://pay:secret@one:5432:5433/pay", "port"),
        ("postgresql://pay:secret", "port"),
        ("postgresql://pay:secret@:5432/pay", "without a host"),
        ("postgresql://pay:secret@one,,two/pay", "without a host"),
        ("postgresql://pay:secret@[::1/pay", "brackets"),
        *((f"postgresql://pay:sec{sign}ret@db.test/pay", "percent-encoded") for sign in "/?#@"),
        ("postgresql://pay:secret@db.test/pay?sslmode", "NAME=VALUE"),
    ],
)
def test_what_is_wrong_with_a_url_is_named_and_nothing_of_it_quoted(url: str, why: str) -> None:
    assert why in wrong_in(url)
    assert "sec" not in wrong_in(url)
    assert shown(url) == FORM


@pytest.mark.parametrize(
    ("database", "people_read"),
    [
        ("", ""),
        (":memory:", ":memory:"),
        ("sqlite:////data/shop@home:1.db", "sqlite:////data/shop@home:1.db"),
        ("mysql://root@db/pay", "mysql://root@db/pay"),
        ("postgresql+asyncpg://pay:s/e@cret@db/pay", "postgresql+asyncpg://pay:***@db/pay"),
    ],
)
def test_no_other_setting_shows_a_password_either(database: str, people_read: str) -> None:
    assert shown(database) == people_read
