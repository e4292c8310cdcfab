"""What the benchmarks make of their measurements."""

import pytest
from click.testing import CliRunner

from bench import report, run, servers
from bench.measure import Second, Turns
from bench.profile import share_of, shares
from bench.results import Aim


def test_a_second_is_compared_with_the_seconds_of_bare_around_it() -> None:
    """Whatever slows the machine for a while slows both."""
    bare = [Second(0, rate, 0, 0, 0, 0) for rate in (1000, 2000, 4000, 2000)]
    ours = [Second(0, rate, 0, 0, 0, 0) for rate in (300, 600, 900)]
    theirs, mine, ratio = Turns(bare, ours).medians("per_second")
    assert (theirs, mine, round(ratio, 9)) == (2000, 600, 0.2)


@pytest.mark.parametrize(
    ("cores", "sentence"),
    [
        ((0, 0), "Two processor cores are needed, one for the server and one for its callers; here is one."),
        ((0, 1), "wrk is missing: apt-get install wrk"),
    ],
)
def test_what_a_machine_lacks_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, cores: tuple[int, int], sentence: str
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(servers, "SERVER_CORE", cores[0])
    monkeypatch.setattr(servers, "LOAD_CORE", cores[1])
    ended = CliRunner().invoke(run.main, ["--quick"])
    assert (ended.exit_code, ended.output) == (2, sentence + "\n")


@pytest.mark.parametrize(("value", "least", "met"), [(0.21, True, False), (0.22, True, True), (0.23, False, False)])
def test_an_aim_is_met_from_its_value_on(value: float, least: bool, met: bool) -> None:
    assert Aim("of bare", lambda run: None, 0.22, least=least).met(value) is met


_CALL = ["serve (sandbox/cli/serve.py:41)", "Writer._run_group (/app/sandbox/store/writer.py:130)"]


@pytest.mark.parametrize(
    ("further", "share"),
    [
        ([], "store"),
        (["perform (/app/sandbox/v2/pipeline.py:150)", "place (/app/sandbox/core/usecases/placing.py:9)"], "use case"),
        (
            ["perform (/app/sandbox/v2/pipeline.py:150)", "Orders.add (/app/sandbox/store/repositories/orders.py:1)"],
            "store",
        ),
        (
            ["Transaction.record (/app/sandbox/store/transaction.py:1)", "run (/app/sandbox/store/prepared.py:31)"],
            "journal",
        ),
        (["sign (/app/sandbox/v2/pipeline.py:170)", "raw_digest (/app/sandbox/signing/flat.py:44)"], "answer"),
    ],
)
def test_a_look_belongs_to_its_innermost_known_function(further: list[str], share: str) -> None:
    assert share_of(_CALL + further) == share


def test_threads_that_wait_take_no_share() -> None:
    lines = ["run (uvloop/__init__.py:92) 3", "run (threading.py:1);_worker (concurrent/futures/thread.py:81) 9"]
    assert dict(shares(lines)) == {"rest": 3}


@pytest.mark.skipif(not report.KEPT.exists(), reason="the docs are not installed; run it in a checkout")
def test_page_and_plot_are_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["report", "--check"])
    assert report.main() == 0
