"""What can hardly be meant is warned of, with its line and field; the scenario works as it stands."""

from itertools import chain
from pathlib import Path

import pytest

from sandbox import v2
from sandbox.config import Settings, shipped
from sandbox.core.ports.faces import Faces
from sandbox.core.scenarios import ScenarioInvalid
from sandbox.instance import CannotStart
from sandbox.parts import FACES
from sandbox.scenario.files import read_file, read_text
from sandbox.scenario.library import built_in
from sandbox.scenario.vocabulary import Vocabulary
from sandbox.server import Server
from tests.scenario.speaking import told_in_one_language
from tests.support import plain_face
from tests.support.control import Control
from tests.support.process import run_command

VOCABULARY = Vocabulary.of(FACES)
DOUBTFUL = {
    "when: {out_trade_no: 5}": [("when.out_trade_no", 'Write "*5", "5*" or "*5*"')],
    "when: {out_trade_no: A-1}": [("when.out_trade_no", "6 to 32 characters")],
    "when: {out_trade_no: 茶*}": [("when.out_trade_no", "digits, letters")],
    "when: {out_trade_no: 'T 1*'}": [("when.out_trade_no", "digits, letters")],
    f"when: {{out_trade_no: {'9' * 33}*}}": [("when.out_trade_no", "32 characters at the most, this asks for 33")],
    "when: {mch_id: 5}": [("when.mch_id", "8 to 10 digits")],
    "when: {mch_id: shop*}": [("when.mch_id", "digits only")],
    "when: {sub_mch_id: 19000002010*}": [("when.sub_mch_id", "10 digits")],
    "when: {appid: wx 1}": [("when.appid", "digits, letters")],
    f"when: {{attach: {'茶' * 100}*}}": [("when.attach", "128 bytes")],
    "when: {total_fee: 0}": [("when.total_fee", "from 1")],
    "when: {total_fee: 200-100}": [("when.total_fee", "the smaller before the larger")],
    "when: {nth: 0}": [("when.nth", "count from 1")],
    "when: {nth: 3-1}": [("when.nth", "count from 1")],
    "when: {chance: {probability: 0}}": [("when.chance.probability", "never")],
    "when: {path: /pay/unifyorder}": [("when.path", "Did you mean /pay/unifiedorder?")],
    "api: {nth: 0, fault: reset}": [("api.nth", "count from 1")],
    "api: {fail: {err_code: SYSTEMEROR}}": [("api.fail.err_code", "Did you mean SYSTEMERROR?")],
    "api: {call: orderquery, set: {trade_state: SUCESS}}": [("api.set.trade_state", "Did you mean SUCCESS?")],
    "{when: {trade_type: MICROPAY}, api: {call: unifiedorder, fault: reset}}": [
        ("api.call", "never call unifiedorder")
    ],
    "{when: {trade_type: NATIVE}, api: [{call: micropay, fault: reset}]}": [("api[0].call", "Only payments by code")],
    "{when: {trade_type: [APP, NATIVE]}, payer: {password: true}}": [("payer.password", "Only payments by code")],
    "{when: {trade_type: MICROPAY}, notify: {copies: 2}}": [("notify", "never notified")],
    "{api: {fault: malformed-xml}, notify: [{fault: malformed-xml}, {}]}": [
        ("api.fault", "is called malformed-body now"),
        ("notify[0].fault", "is called malformed-body now"),
    ],
    "{when: {mch_id: 1, out_trade_no: 2}}": [("when.mch_id", "8 to 10"), ("when.out_trade_no", "*2*")],
}
FINE = [
    "when: {out_trade_no: T-*}",
    "when: {out_trade_no: '*5'}",
    "when: {out_trade_no: 20261130001}",
    "when: {out_trade_no: '[AB]??????'}",
    "when: {mch_id: 1900000109, sub_mch_id: '19*', appid: wx*, attach: 礼品*}",
    "when: {total_fee: '101, 200-300, 500-', nth: 'odd, 4-', chance: {probability: 0.5}}",
    "when: {path: [/sandboxnew/*, /pay/micropay]}",
    "api: {fail: {err_code: MY_OWN, err_code_des: mine}}",
    "api: {call: orderquery, set: {trade_state: PAYERROR}}",
    "{when: {trade_type: MICROPAY}, api: {call: reverse, fault: reset}, notify: none}",
    "{when: {trade_type: [MICROPAY, APP]}, api: {call: unifiedorder, fault: reset}, payer: {password: true}}",
]


@pytest.mark.parametrize(("text", "expected"), DOUBTFUL.items())
def test_it_is_warned_of(text: str, expected: list[tuple[str, str]]) -> None:
    warnings = read_text(text, "x", "", vocabulary=VOCABULARY)[0].warnings
    assert [(one.field, one.line, one.warning) for one in warnings] == [(field, 1, True) for field, _ in expected]
    for one, (_, words) in zip(warnings, expected, strict=True):
        assert words in one.say("en")
        told_in_one_language(one)


@pytest.mark.parametrize("text", FINE)
def test_of_these_nothing_is_said(text: str) -> None:
    assert read_text(text, "x", "", vocabulary=VOCABULARY)[0].warnings == []


def test_of_what_is_shipped_nothing_is_said() -> None:
    read = (read_file(path, "built-in", vocabulary=VOCABULARY) for path in sorted(shipped("scenarios").glob("*.yaml")))
    found = list(chain.from_iterable(read))
    assert len(found) == len(built_in(shipped("scenarios")))
    assert [(scenario.name, scenario.warnings) for scenario, _ in found if scenario.warnings] == []


OF_ANOTHER = "{when: {path: /plain/orders}, api: [{call: plainorder, fail: BAD_DAY}, {fail: {err_code: BAD_DAY}}]}"


def test_what_another_face_has_is_known_where_it_is_played() -> None:
    both = Vocabulary.of(Faces(v2.FACE, plain_face.FACE))
    assert read_text(OF_ANOTHER, "x", "", vocabulary=both)[0].warnings == []
    with pytest.raises(ScenarioInvalid) as invalid:
        read_text(OF_ANOTHER, "x", "", vocabulary=VOCABULARY)
    assert [one.field for one in invalid.value.mistakes] == ["api[0].call", "api[0].fail"]
    assert [one.field for one in invalid.value.warnings] == ["when.path", "api[1].fail.err_code"]


@pytest.mark.slow
async def test_a_check_warns_and_succeeds(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nwhen:\n  out_trade_no: 5\nnotify: none\n")
    status, out, _ = await run_command("scenario", "check", str(file))
    assert status == 0
    assert f"{file}:3: when.out_trade_no: warning: It fits the order number" in out
    assert f"{file}: mine: ok" in out


@pytest.mark.slow
async def test_what_a_file_uses_is_looked_for_among_all_files(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.yaml", tmp_path / "other.yaml"
    mine.write_text("name: mine\nuse: others\n---\nname: more\nuse: notify-none\n---\nname: odd\nuse: notify-nune\n")
    other.write_text("name: others\nnotify: none\n")
    status, out, _ = await run_command("scenario", "check", str(mine), str(other))
    assert (status, out.count("warning")) == (0, 1)
    assert f"{mine}:8: use: warning: There is no scenario 'notify-nune'. Did you mean notify-none?" in out


@pytest.mark.slow
async def test_what_is_doubtful_is_told_beside_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: mine\nwhen: {out_trade_no: 5}\napi: {call: unifyorder, fault: reset}\n---\n"
        "name: more\nuse: notify-nune\n---\nname: third\napi: {call: refund, fail: {err_code: NOTENOUG}}\n"
    )
    status, out, _ = await run_command("scenario", "check", str(file))
    told = [(line.split(":")[1], line.split(": ")[1], "warning:" in line) for line in out.splitlines()]
    assert status == 1
    assert told == [
        ("2", "when.out_trade_no", True),
        ("3", "api.call", False),
        ("6", "use", True),
        ("9", "api.fail.err_code", True),
    ]


async def test_a_start_warns_of_what_a_check_warns_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mine, other = tmp_path / "mine.yaml", tmp_path / "other.yaml"
    mine.write_text("name: mine\nwhen:\n  out_trade_no: 5\nuse: others\n")
    other.write_text("name: others\nwhen: {attach: x}\nnotify: none\n")
    await (await Server.start(Settings(port=0, database=":memory:", scenario=(str(mine), str(other))))).stop()
    (warning,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert warning.startswith(f"{mine}:3: when.out_trade_no: warning: It fits the order number")


async def test_a_start_speaks_the_language_that_it_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    odd, bad = tmp_path / "odd.yaml", tmp_path / "bad.yaml"
    odd.write_text("name: odd\nwhen: {nth: 0}\n")
    bad.write_text("name: bad\npayr: {}\n")
    with pytest.raises(CannotStart, match=f"{bad}:2: payr: 没有这个键。是不是想写 payer？"):
        await Server.start(Settings(port=0, database=":memory:", lang="zh", scenario=(str(bad),)))
    await (await Server.start(Settings(port=0, database=":memory:", lang="zh", scenario=(str(odd),)))).stop()
    (warning,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert warning == f"{odd}:2: when.nth: 提醒：里面没有一个数：从 1 数起，小的在前。"


async def test_a_scenario_that_is_put_is_answered_with_its_warnings(control: Control) -> None:
    put = await control.call("PUT", "/scenarios/mine", {"when": {"out_trade_no": "5"}, "notify": "none"})
    assert [one["field"] for one in put["warnings"]] == ["when.out_trade_no"]
    for lang, words in (("zh", "只有订单号"), ("en", "It fits the order number")):
        put = await control.call("PUT", "/scenarios/mine", {"when": {"out_trade_no": "5"}, "notify": "none"}, lang=lang)
        assert put["warnings"][0]["message"].startswith(words)
    assert "warnings" not in await control.get("/scenarios/notify-none")


async def test_a_scenario_that_is_put_is_answered_with_all_its_mistakes(control: Control) -> None:
    wrong = {"payer": {"outcome": "eror", "after": "soon"}, "api": {"call": "unifyorder", "fault": "reset"}}
    using = {"use": "notify-nune", "when": {"total_fee": "much"}}
    error = (await control.call("PUT", "/scenarios/mine", wrong, 400))["error"]
    told = [one["field"] for one in error["mistakes"]]
    assert told == ["payer.outcome", "payer.after", "api.call"]
    error = (await control.call("PUT", "/scenarios/mine", using, 400))["error"]
    assert sorted(one["field"] for one in error["mistakes"]) == ["use", "when.total_fee"]
