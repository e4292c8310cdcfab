"""What falls due when."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.clock import Clock
from sandbox.delivery.due_queue import Due, DueQueue

NOON = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)
SECONDS = st.integers(0, 9)
MCH_ID = "1900000109"


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), SECONDS | st.none())), SECONDS)
def test_what_falls_due_by_a_moment_is_what_was_put_there_last(acts: list[tuple[str, int | None]], by: int) -> None:
    queue, there = DueQueue(Clock()), dict[str, int]()
    for item, seconds in acts:
        if seconds is None:
            queue.drop(item, MCH_ID)
            there.pop(item, None)
        else:
            queue.put(Due(NOON + timedelta(seconds=seconds), item, MCH_ID))
            there[item] = seconds
    found = {due.item for due in queue.until(MCH_ID, NOON + timedelta(seconds=by))}
    assert found == {item for item, seconds in there.items() if seconds <= by}
