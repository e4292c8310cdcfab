"""From text to scenarios, or to mistakes that name file, line, field and what would be right."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given

from sandbox.core.plans import Alteration, AnswerFault, MessageFault, Trigger
from sandbox.core.scenarios import ScenarioInvalid
from sandbox.parts import FACES
from sandbox.scenario import reading
from sandbox.scenario.files import dumped, read_file, read_text
from sandbox.scenario.vocabulary import Vocabulary
from tests.scenario.broken import BROKEN, Mistakes
from tests.scenario.generated import Definition, definitions
from tests.scenario.speaking import LANGUAGES, told_in_one_language
from tests.support.control import Control


@pytest.mark.parametrize(("text", "expected"), BROKEN.values(), ids=BROKEN)
def test_each_mistake_is_told_with_its_place_and_what_would_be_right(
    text: str, expected: Mistakes, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioInvalid) as invalid:
        read_file(file, "file", vocabulary=Vocabulary.of(FACES))
    told = invalid.value.mistakes
    places = [(str(file), line, field) for line, field, _ in expected]
    assert [(one.file, one.line, one.field) for one in told] == places
    for one, (_, _, words) in zip(told, expected, strict=True):
        assert words in one.say("en")
        assert one.told("en") == str(one)
        told_in_one_language(one)


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
        read_text(text, "x", "", vocabulary=Vocabulary.of(FACES))
    assert len(invalid.value.mistakes) <= 200
    assert all(len(one.say(lang)) < 2000 for one in invalid.value.mistakes for lang in LANGUAGES)


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
        ("{}", Trigger.ASKED, 0.0),
        ("{after: 0s}", Trigger.PLACED, 0.0),
        ("{after: 200ms}", Trigger.PLACED, 0.2),
        ("{after: 10m}", Trigger.PLACED, 600.0),
        ("{at: placed, after: 6h}", Trigger.PLACED, 21600.0),
        ("{at: expiry, after: -1s}", Trigger.EXPIRY, -1.0),
        ("{at: closeorder}", Trigger.CLOSE, 0.0),
    ],
)
def test_when_the_payer_acts(written: str, anchor: Trigger, seconds: float) -> None:
    act = read_text(f"payer: {written}", "x", "")[0].plan.acts[0]
    assert (act.anchor, act.seconds) == (anchor, seconds)


def test_notifications_follow_each_other_by_a_second() -> None:
    plan = read_text("notify: [{fault: xxe, copies: 3}, {}, {after: 1h}]", "x", "")[0].plan
    assert plan.sendings is not None
    assert [one.after for one in plan.sendings] == [0.0, 3.0, 3600.0]
    assert plan.sendings[0].alteration is not None
    assert plan.sendings[0].alteration.fault is MessageFault.XXE


def test_a_fault_has_its_former_name_too() -> None:
    plan = read_text("{api: {fault: malformed-xml}, notify: [{fault: malformed-xml}]}", "x", "")[0].plan
    assert plan.faults[0].fault is AnswerFault.MALFORMED_BODY
    assert plan.sendings is not None
    assert plan.sendings[0].alteration == Alteration(fault=MessageFault.MALFORMED_BODY)


def test_a_failure_has_a_code_and_words_or_words_alone() -> None:
    text = """api: [
      {fail: SYSTEMERROR},
      {fail: {err_code: MINE, err_code_des: mine}},
      {fail: {return_msg: 签名错误}},
    ]"""
    faults = read_text(text, "x", "")[0].plan.faults
    assert [(one.code, one.message) for one in faults] == [("SYSTEMERROR", ""), ("MINE", "mine"), ("", "签名错误")]


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


@pytest.mark.slow
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


NOT_YAML = {
    "a: [b": "a list is not ended",
    "a: {b": "a { is not ended by }",
    "a: b: c": "a colon too many",
    "a: b\nc\n": "lacks its colon",
    "a: 'b": "a quotation is not closed",
    "\ta: b": "not tabs",
    "a: @b": "wants quotes",
    "a: `b`": "wants quotes",
    "when: {out_trade_no: *5}": "begins with *",
    "when: {out_trade_no: * }": "begins with *",
    "a: &x 1\nb: &x 2": "begins with &",
    "a: !x!y b": "begins with !",
    "- a\nb: c": "does not begin with -",
    "a:\n  b: c\n d: e": "an indent differs",
    'a: "b" c': "an indent differs",
    'a: "\\q"': "single quotes",
    "a: ]": "a ] or } too many",
    "{a: b}}": "after the end",
    "a: |x": "a line ends",
    "a: \x07": "control character",
    "%X": "the parser says",
}


@pytest.mark.parametrize("loader", [yaml.CBaseLoader, yaml.BaseLoader])
@pytest.mark.parametrize(("text", "words"), NOT_YAML.items())
def test_what_is_not_yaml_is_told_in_the_readers_language(
    text: str, words: str, loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LOADER", loader)
    with pytest.raises(ScenarioInvalid) as invalid:
        read_text(text, "x", "")
    told = invalid.value.mistakes[-1]
    if text != "%X":
        assert words in told.say("en")
    told_in_one_language(told)


def test_what_cannot_be_read_is_told_in_the_readers_language(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"name: caf\xe9")
    for path, words in ((tmp_path, "a directory"), (latin, "not UTF-8"), (tmp_path / "none.yaml", "No such file")):
        with pytest.raises(ScenarioInvalid, match=words) as invalid:
            read_file(path, "file")
        told_in_one_language(invalid.value.mistakes[0])


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("name: y", "x", "It is put as 'x'"),
        ("notify: none", "X Y", "'X Y' is no name"),
        ("use: notify-nune", "x", "Did you mean notify-none?"),
        ("{notify: none}\n---\n{notify: none}", "x", "several scenarios"),
    ],
)
def test_what_is_wrong_with_a_scenario_that_is_put_is_told_in_the_readers_language(
    text: str, name: str, words: str
) -> None:
    with pytest.raises(ScenarioInvalid, match=words) as invalid:
        read_text(text, name, "", {"notify-none"})
    for one in invalid.value.mistakes:
        told_in_one_language(one)
