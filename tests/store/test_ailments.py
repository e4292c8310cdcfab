"""What errors of PostgreSQL and its driver mean: which of them say that there is no database, and why."""

import errno
import socket

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from sandbox.core.health import LASTING, Ailment, Trouble
from sandbox.store.postgresql.ailments import ailment_of
from sandbox.words.health import told


def of_state(state: str) -> BaseException:
    """What the driver raises for a code of PostgreSQL's."""
    error: BaseException = asyncpg.PostgresError.new({"C": state, "M": "what the server says", "S": "ERROR"})
    return error


STATES = {
    Ailment.DATABASE_UNREACHABLE: ("08000", "08001", "08003", "08006", "08P01", "57P05", "58030", "XX001"),
    Ailment.DATABASE_RESTARTING: ("57P01", "57P02", "57P03"),
    Ailment.DATABASE_CROWDED: ("53300",),
    Ailment.DATABASE_DENIED: ("28P01", "28000", "3D000", "57P04", "42501"),
    Ailment.DATABASE_EXHAUSTED: ("53200", "53000", "53400"),
    Ailment.DATABASE_READ_ONLY: ("25006",),
    Ailment.DATABASE_SLOW: ("57014",),
    Ailment.DISK_FULL: ("53100",),
    None: ("23505", "23503", "40001", "40P01", "55P03", "42P01", "42703", "22P02", "25P02", "XX000"),
}
CASES = [(state, ailment) for ailment, states in STATES.items() for state in states]


@pytest.mark.parametrize(("state", "ailment"), CASES)
def test_a_state_means_the_same_however_it_is_wrapped(state: str, ailment: Ailment | None) -> None:
    error = of_state(state)
    wrapped = DBAPIError("SELECT 1", {}, error)
    failed = RuntimeError("the work failed")
    failed.__cause__ = wrapped
    assert [ailment_of(one) for one in (error, wrapped, failed)] == [ailment] * 3


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('10.0.0.1', 5432)"),
        ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
        OSError(errno.EHOSTUNREACH, "No route to host"),
        TimeoutError(),
        TimeoutError(errno.ETIMEDOUT, "Connection timed out"),
        socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.InterfaceError("cannot perform operation: connection is closed"),
        InterfaceError("SELECT 1", {}, asyncpg.InterfaceError("connection is closed")),
    ],
    ids=lambda error: f"{type(error).__name__} {error}".partition("\n")[0],
)
def test_a_database_that_does_not_answer_is_unreachable(error: BaseException) -> None:
    assert ailment_of(error) is Ailment.DATABASE_UNREACHABLE


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DataError("invalid input for query argument $1: 'x' (an integer is required)"),
        OperationalError("SELECT 1", {}, asyncpg.InterfaceError("another operation is in progress")),
        ValueError("a fault of ours"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_of_ours_says_nothing_of_the_database(error: BaseException) -> None:
    assert ailment_of(error) is None


@pytest.mark.parametrize("ailment", [one for one in STATES if one])
@pytest.mark.parametrize(("lang", "soon"), [("en", "works again"), ("zh", "自动恢复")])
def test_each_ends_by_itself_and_people_are_told_so(ailment: Ailment, lang: str, soon: str) -> None:
    sentence = told(Trouble(ailment, "postgresql://db.test:5432/pay", "so it said"), lang)  # type: ignore[arg-type]
    assert ailment not in LASTING
    assert "postgresql://db.test:5432/pay" in sentence
    assert "so it said" in sentence
    assert soon in sentence
