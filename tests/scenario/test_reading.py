"""From text to scenarios, or to mistakes that name file, line, field and what would be right."""

from pathlib import Path

import pytest
from hypothesis import given

from sandbox.core.plans import Anchor, MessageFault
from sandbox.core.scenarios import ScenarioInvalid
from sandbox.scenario.library import dumped, read_file, read_text
from tests.scenario.broken import BROKEN, Mistakes
from tests.scenario.generated import Definition, definitions
from tests.support.control import Control


@pytest.mark.parametrize(("text", "expected"), BROKEN.values(), ids=BROKEN)
def test_each_mistake_is_told_with_its_place_and_what_would_be_right(
    text: str, expected: Mistakes, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioInvalid) as invalid:
        read_file(file, "file")
    told = invalid.value.mistakes
    places = [(str(file), line, field) for line, field, _ in expected]
    assert [(one.file, one.line, one.field) for one in told] == places
    for one, (_, _, words) in zip(told, expected, strict=True):
        assert words in one.message
        assert "\n" not in str(one)


def test_a_mistake_reads_as_file_line_field_message(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: x\nuse: other\nnotify: none\n")
    with pytest.raises(ScenarioInvalid) as invalid:
        read_file(file, "file")
    assert str(invalid.value.mistakes[0]).startswith(f"{file}:2: use: ")


@pytest.mark.parametrize(
    "text",
    [
        "when: {total_fee: " + "9" * 5000 + "}",
        "when: {nth: " + "9" * 5000 + "}",
        "api: {fault: reset, nth: 1-" + "9" * 5000 + "}",
        "".join(f"k{n}: 1\n" for n in range(3000)),
        "notify: {set: {" + ", ".join(f"k {n}: 1" for n in range(3000)) + "}}",
        "api: {fail: " + "A" * 50_000 + "}",
    ],
    ids=["a long amount", "a long number", "a long last one", "many keys", "many fields", "a long err_code"],
)
def test_what_is_much_too_large_is_told_of_briefly(text: str) -> None:
    with pytest.raises(ScenarioInvalid) as invalid:
        read_text(text, "x", "")
    assert len(invalid.value.mistakes) <= 200
    assert all(len(one.message) < 2000 for one in invalid.value.mistakes)


def test_a_file_that_is_not_there_is_a_mistake_too(tmp_path: Path) -> None:
    with pytest.raises(ScenarioInvalid, match="No such file"):
        read_file(tmp_path / "none.yaml", "file")


def test_numbers_mean_what_they_look_like() -> None:
    scenario, when = read_text("when: {mch_id: 1900000109, nth: 1, total_fee: 101}", "x", "")
    assert when is not None
    assert (when.mch_id, when.nth, when.total_fee) == ("1900000109", "1", "101")
    assert scenario.when == {"mch_id": "1900000109", "nth": "1", "total_fee": "101"}


def test_one_and_a_list_of_one_are_the_same() -> None:
    one, _ = read_text("{payer: {after: 3s}, api: {fault: reset}, notify: {copies: 2}}", "x", "")
    several, _ = read_text("{payer: [{after: 3s}], api: [{fault: reset}], notify: [{copies: 2}]}", "x", "")
    assert one.plan == several.plan


@pytest.mark.parametrize(
    ("written", "anchor", "seconds"),
    [
        ("{}", Anchor.ASKED, 0.0),
        ("{after: 0s}", Anchor.PLACED, 0.0),
        ("{after: 200ms}", Anchor.PLACED, 0.2),
        ("{after: 10m}", Anchor.PLACED, 600.0),
        ("{at: placed, after: 6h}", Anchor.PLACED, 21600.0),
        ("{at: expiry, after: -1s}", Anchor.EXPIRY, -1.0),
        ("{at: closeorder}", Anchor.CLOSEORDER, 0.0),
    ],
)
def test_when_the_payer_acts(written: str, anchor: Anchor, seconds: float) -> None:
    act = read_text(f"payer: {written}", "x", "")[0].plan.acts[0]
    assert (act.anchor, act.seconds) == (anchor, seconds)


def test_notifications_follow_each_other_by_a_second() -> None:
    plan = read_text("notify: [{fault: xxe, copies: 3}, {}, {after: 1h}]", "x", "")[0].plan
    assert plan.sendings is not None
    assert [one.after for one in plan.sendings] == [0.0, 3.0, 3600.0]
    assert plan.sendings[0].alteration is not None
    assert plan.sendings[0].alteration.fault is MessageFault.XXE


def test_a_failure_is_not_performed_and_a_fault_is() -> None:
    text = "api: [{fail: SYSTEMERROR}, {fault: reset}, {fail: SYSTEMERROR, performed: true}]"
    plan = read_text(text, "x", "")[0].plan
    assert [fault.performed for fault in plan.faults] == [False, True, True]


def test_braces_in_a_title_are_only_braces() -> None:
    scenario, _ = read_text('title: "{amount} {"', "x", "")
    assert scenario.title.say("en") == "{amount} {"


def test_aliases_do_not_make_a_small_file_huge() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ScenarioInvalid, match="more than"):
        read_text("\n".join(lines), "x", "")


@given(definitions())
def test_what_is_valid_reads_and_reads_back_the_same(definition: Definition) -> None:
    first, when = read_text(dumped(definition), "x", "")
    again, when_again = read_text(dumped(first.definition), "x", "")
    assert (again, when_again) == (first, when)


async def test_json_may_write_any_character_as_escapes(control: Control) -> None:
    put = await control.call("PUT", "/scenarios/emoji", {"title": "😀"})  # written as \ud83d\ude00
    assert put["title"] == "😀"


async def test_half_a_character_is_a_mistake(control: Control) -> None:
    answer = await control.call("PUT", "/scenarios/half", {"title": "\ud83d"}, 400)
    assert answer["error"]["code"] == "scenario_invalid"
    assert "This is not YAML" in answer["error"]["message"]
