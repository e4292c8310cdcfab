"""The laws of sandbox time."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.clock import Clock, ClockSetting

A, B = "1900000001", "1900000002"


class Wall:
    """A wall clock that a test turns."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def seconds(clock: Clock, mch_id: str = "") -> float:
    return clock.now(mch_id).timestamp()


OWNERS = st.sampled_from(["", A, B])
SPANS = st.floats(0, 86400 * 30)
SCALES = st.floats(0.01, 1000)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), OWNERS, SPANS),
        st.tuples(st.just("rescale"), OWNERS, SCALES),
        st.tuples(st.just("reset"), st.just(A), SPANS),
        st.tuples(st.just("pass"), st.just(""), SPANS),
    ),
    max_size=12,
)


def perform(clock: Clock, wall: Wall, act: tuple[str, str, float]) -> None:
    name, owner, amount = act
    if name == "pass":
        wall.now += amount
    elif name == "reset":
        clock.reset(owner)
    else:
        getattr(clock, name)(amount, owner)


def test_a_clock_that_nobody_moved_shows_the_wall_time() -> None:
    wall = Wall()
    clock = Clock(wall)
    assert clock.now() == clock.now(A) == clock.real_now() == datetime.fromtimestamp(wall.now, UTC)


@given(ACTS)
def test_time_never_runs_backwards_unless_it_is_reset(acts: list[tuple[str, str, float]]) -> None:
    wall = Wall()
    clock = Clock(wall)
    for act in acts:
        before = {owner: seconds(clock, owner) for owner in ("", A, B)}
        perform(clock, wall, act)
        for owner in ("", A, B):
            if (act[0], act[1]) != ("reset", owner):
                assert seconds(clock, owner) >= before[owner] - 0.001


@given(ACTS, OWNERS, SPANS)
def test_advancing_moves_a_clock_by_exactly_that_much(
    acts: list[tuple[str, str, float]], owner: str, span: float
) -> None:
    wall = Wall()
    clock = Clock(wall)
    for act in acts:
        perform(clock, wall, act)
    before = seconds(clock, owner)
    clock.advance(span, owner)
    assert seconds(clock, owner) - before == pytest.approx(span, abs=0.01)


@given(ACTS, OWNERS, SCALES, SPANS)
def test_another_speed_makes_no_jump_and_holds_from_then_on(
    acts: list[tuple[str, str, float]], owner: str, scale: float, span: float
) -> None:
    wall = Wall()
    clock = Clock(wall)
    for act in acts:
        perform(clock, wall, act)
    before = {one: seconds(clock, one) for one in ("", A, B)}
    clock.rescale(scale, owner)
    assert {one: seconds(clock, one) for one in ("", A, B)} == pytest.approx(before, abs=0.01)
    wall.now += span
    assert seconds(clock, owner) - before[owner] == pytest.approx(span * scale, rel=1e-6, abs=0.01)


@given(ACTS, st.sampled_from(["advance", "rescale"]), st.floats(0.1, 100))
def test_a_merchants_clock_leaves_all_others_alone(
    acts: list[tuple[str, str, float]], name: str, amount: float
) -> None:
    wall = Wall()
    clock = Clock(wall)
    for act in acts:
        perform(clock, wall, act)
    before = seconds(clock), seconds(clock, B)
    getattr(clock, name)(amount, A)
    assert (seconds(clock), seconds(clock, B)) == before


@given(SPANS)
def test_the_sandboxs_clock_moves_every_merchants(span: float) -> None:
    clock = Clock(Wall())
    clock.advance(3600, A)
    before = seconds(clock, A), seconds(clock, B)
    clock.advance(span)
    assert seconds(clock, A) - before[0] == pytest.approx(span, abs=0.001)
    assert seconds(clock, B) - before[1] == pytest.approx(span, abs=0.001)


def test_a_merchant_with_a_speed_of_its_own_keeps_it_when_the_sandbox_changes_its_speed() -> None:
    wall = Wall()
    clock = Clock(wall)
    clock.rescale(10, A)
    clock.rescale(100)
    before = seconds(clock, A), seconds(clock, B)
    wall.now += 60
    assert seconds(clock, A) - before[0] == pytest.approx(600)
    assert seconds(clock, B) - before[1] == pytest.approx(6000)


@given(ACTS)
def test_a_reset_sandbox_clock_shows_the_wall_time_again(acts: list[tuple[str, str, float]]) -> None:
    wall = Wall()
    clock = Clock(wall)
    for act in acts:
        perform(clock, wall, act)
    clock.reset()
    assert seconds(clock) == pytest.approx(wall.now, abs=0.001)
    assert (clock.reading().scale, clock.reading().advanced) == (1.0, 0.0)


@given(ACTS)
def test_a_reset_merchants_clock_follows_the_sandboxs_again(acts: list[tuple[str, str, float]]) -> None:
    wall = Wall()
    clock = Clock(wall)
    for act in acts:
        perform(clock, wall, act)
    clock.reset(A)
    assert seconds(clock, A) == pytest.approx(seconds(clock), abs=0.001)
    assert clock.scale(A) == clock.scale()


@given(ACTS, SPANS)
def test_a_clock_that_is_stored_and_restored_goes_on_as_if_nothing_had_been(
    acts: list[tuple[str, str, float]], span: float
) -> None:
    wall = Wall()
    clock, restored = Clock(wall), Clock(wall)
    for act in acts:
        perform(clock, wall, act)
    restored.restore(clock.settings())
    wall.now += span
    for owner in ("", A, B):
        assert restored.reading(owner) == clock.reading(owner)


@given(ACTS, st.floats(1, 86400), OWNERS)
def test_the_real_delay_is_when_the_moment_comes(acts: list[tuple[str, str, float]], span: float, owner: str) -> None:
    wall = Wall()
    clock = Clock(wall)
    for act in acts:
        perform(clock, wall, act)
    at = datetime.fromtimestamp(seconds(clock, owner) + span, UTC)
    wall.now += clock.real_delay(at, owner)
    assert seconds(clock, owner) == pytest.approx(at.timestamp(), abs=0.01)
    assert clock.real_delay(at, owner) == pytest.approx(0, abs=0.01)


def test_what_is_past_has_no_delay() -> None:
    wall = Wall()
    assert Clock(wall).real_delay(datetime.fromtimestamp(wall.now - 5, UTC)) == 0.0


def test_a_reading_sums_up_all_jumps() -> None:
    clock = Clock(Wall())
    clock.advance(10, A)
    clock.advance(5.5, A)
    assert clock.reading(A).advanced == 15.5
    assert clock.setting(B) == ClockSetting()
