"""When a merchant is told again."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from sandbox.core.notifications import RETRY_SECONDS, Notification, NotificationKind, NotificationState, next_attempt
from sandbox.core.order_keys import OrderKey
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.signing.flat import SignType
from sandbox.v2.origin import placed_by

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
OWED = Notification(
    id="ntf_1",
    kind=NotificationKind.PAYMENT,
    key=OrderKey("1900000109", "ORDER001"),
    origin=placed_by(SignType.MD5),
    url="http://shop.example/notify",
    nonce_str="nonce",
    created_at=NOON,
    next_at=NOON,
)
OK, FAILED = Verdict(VerdictName.OK), Verdict(VerdictName.HTTP_STATUS)


@pytest.mark.parametrize(
    ("failed", "seconds"),
    list(zip(count(1), [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600])),
)
def test_each_failed_attempt_has_the_documents_interval_after_it(failed: int, seconds: int) -> None:
    assert next_attempt(failed, NOON) == NOON + timedelta(seconds=seconds)


def test_after_the_sixteenth_attempt_there_is_none() -> None:
    assert next_attempt(16, NOON) is None


def test_the_last_attempt_is_24_hours_and_4_minutes_after_the_first() -> None:
    at, attempts = NOON, 1
    while (following := next_attempt(attempts, at)) is not None:
        at, attempts = following, attempts + 1
    assert at - NOON == timedelta(hours=24, minutes=4)
    assert attempts == len(RETRY_SECONDS) + 1 == 16


def test_an_accepted_notification_is_delivered() -> None:
    delivered = OWED.attempted(OK, NOON)
    assert (delivered.state, delivered.next_at, delivered.attempts) == (NotificationState.DELIVERED, None, 1)


def test_a_remark_on_a_reply_does_not_make_it_wrong() -> None:
    assert OWED.attempted(Verdict(VerdictName.OK_NO_RETURN_MSG), NOON).state is NotificationState.DELIVERED


def test_the_interval_counts_from_when_the_attempt_was_sent() -> None:
    late = NOON + timedelta(seconds=7)
    assert OWED.attempted(FAILED, late).next_at == late + timedelta(seconds=15)


def test_after_sixteen_failures_it_is_given_up() -> None:
    one = OWED
    for _ in range(16):
        assert one.state is NotificationState.PENDING
        one = one.attempted(FAILED, NOON)
    assert (one.state, one.next_at, one.scheduled) == (NotificationState.GIVEN_UP, None, 16)


def test_an_extra_attempt_that_fails_leaves_the_schedule_alone() -> None:
    tried = OWED.attempted(FAILED, NOON).attempted(FAILED, NOON + timedelta(seconds=3), extra=True)
    assert (tried.attempts, tried.scheduled, tried.next_at) == (2, 1, NOON + timedelta(seconds=15))


def test_an_extra_attempt_that_succeeds_ends_the_schedule() -> None:
    assert OWED.attempted(OK, NOON, extra=True).next_at is None


def test_an_extra_attempt_that_fails_does_not_revive_one_that_was_given_up() -> None:
    given_up = OWED
    for _ in range(16):
        given_up = given_up.attempted(FAILED, NOON)
    after = given_up.attempted(FAILED, NOON, extra=True)
    assert (after.state, after.next_at) == (NotificationState.GIVEN_UP, None)


def test_an_extra_attempt_that_fails_does_not_undo_a_delivery() -> None:
    after = OWED.attempted(OK, NOON).attempted(FAILED, NOON, extra=True)
    assert (after.state, after.next_at) == (NotificationState.DELIVERED, None)


def test_a_scheduled_attempt_that_fails_beside_a_delivery_owes_nothing() -> None:
    delivered = OWED.attempted(OK, NOON, extra=True)
    after = delivered.attempted(FAILED, NOON)
    assert (after.state, after.next_at) == (NotificationState.DELIVERED, None)
