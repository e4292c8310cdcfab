"""The pytest plugin, as a user meets it: test files of their own, run by a pytest of their own."""

import subprocess
import sys
import urllib.request
from importlib.metadata import entry_points

import pytest

import sandbox.server  # noqa: F401 - here, so that not every pytest within imports it anew
from sandbox.testing import Sandbox

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

SETTINGS = """
[pytest]
filterwarnings = error
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
addopts = -p no:cacheprovider -p no:schemathesis
"""
NOBODY = "http://127.0.0.1:9/notify"


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> "Run":
    monkeypatch.setenv("LANG", "C.UTF-8")
    pytester.makeini(SETTINGS)
    return Run(pytester)


class Run:
    """Runs tests in this process, with the plugin that is installed."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester

    def __call__(self, tests: str, **outcomes: int) -> str:
        """What pytest printed; the outcomes must be as given."""
        self.pytester.makepyfile(tests.replace("NOBODY", repr(NOBODY)))
        result = self.pytester.runpytest_inprocess()
        result.assert_outcomes(**outcomes)
        return result.stdout.str()


def test_one_server_and_a_merchant_per_test(run: Run) -> None:
    run(
        """
        seen = []

        def test_first(wxpay_sandbox):
            wxpay_sandbox.place("A001", notify_url=NOBODY)
            seen.append(wxpay_sandbox)

        def test_second(wxpay_sandbox):
            assert wxpay_sandbox.url == seen[0].url
            assert wxpay_sandbox.merchant.mch_id != seen[0].merchant.mch_id
            assert wxpay_sandbox.orders() == []
        """,
        passed=2,
    )


def test_a_merchant_is_gone_when_its_test_has_ended(run: Run) -> None:
    run(
        """
        import pytest
        from sandbox.testing import ControlApiError

        seen = []

        def test_first(wxpay_sandbox):
            seen.extend([wxpay_sandbox, wxpay_sandbox.new_merchant()])

        def test_second(wxpay_sandbox):
            for one in seen:
                with pytest.raises(ControlApiError, match="merchant_unknown"):
                    one.credentials()

        def test_third(wxpay_sandbox):
            wxpay_sandbox.delete_merchant()  # a test may do so itself
        """,
        passed=3,
    )


def test_a_coroutine_uses_the_same_fixture_with_the_merchant_in_its_own_loop(run: Run) -> None:
    run(
        """
        from aiohttp import web

        SUCCESS = "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>"

        async def test_notified(wxpay_sandbox, aiohttp_server):
            async def notify(request):
                return web.Response(text=SUCCESS)

            app = web.Application()
            app.router.add_post("/notify", notify)
            shop = await aiohttp_server(app)
            wxpay = wxpay_sandbox.aio
            await wxpay.place("A001", notify_url=str(shop.make_url("/notify")))
            await wxpay.pay("A001")
            assert (await wxpay.wait_notified("A001")).notifications[0].state == "delivered"
        """,
        passed=1,
    )


def test_a_call_that_would_hold_up_the_merchant_s_loop_is_refused(run: Run) -> None:
    printed = run(
        """
        async def test_blocking(wxpay_sandbox):
            wxpay_sandbox.place("A001", notify_url=NOBODY)  # the sandbox answers by itself: no harm
            wxpay_sandbox.pay("A001")
            wxpay_sandbox.wait_notified("A001")
        """,
        failed=1,
    )
    assert "use `await wxpay.aio.wait_notified(...)`" in printed


def test_a_failing_test_reports_the_timelines_of_its_orders(run: Run) -> None:
    printed = run(
        """
        def test_wrong(wxpay_sandbox):
            wxpay_sandbox.place("A001", notify_url=NOBODY)
            wxpay_sandbox.pay("A001")
            wxpay_sandbox.notify("A001")
            assert wxpay_sandbox.orders() == "on purpose"
        """,
        failed=1,
    )
    report = printed[printed.index("wxpay-sandbox: timeline of A001") :]
    assert "<Order A001 SUCCESS, NATIVE, 100 fen>" in report
    for line in (
        " api          POST /pay/unifiedorder: ok",
        " payer        The payer paid",
        " notification #1 refused: ",
    ):
        assert line in report
    assert "Start the merchant's backend" in report
    assert "assert [<Order A001 SUCCESS, NATIVE, 100 fen>] == 'on purpose'" in printed


def test_a_failing_test_reports_the_calls_that_were_refused(run: Run) -> None:
    printed = run(
        """
        import pytest
        from msgspec.structs import replace
        from sandbox.testing import ControlApiError

        def test_wrong(wxpay_sandbox):
            known = wxpay_sandbox._calls.merchant
            for other in ({"api_key": known.api_v3_key}, {"mch_id": "1234567890"}):
                wxpay_sandbox._calls.merchant = replace(known, **other)
                with pytest.raises(ControlApiError):
                    wxpay_sandbox.place("A001", notify_url=NOBODY)
            assert False
        """,
        failed=1,
    )
    refused = printed[printed.index("wxpay-sandbox: refused calls that belong to no order") :]
    assert "POST /pay/unifiedorder: failed (签名错误，请检查后再试)" in refused
    assert "That was the APIv3 key" in refused
    strangers = refused[refused.index("wxpay-sandbox: calls of a merchant that this sandbox does not know") :]
    assert "This sandbox has no merchant 1234567890." in strangers


def test_a_test_that_fails_while_it_is_set_up_reports_too(run: Run) -> None:
    printed = run(
        """
        import pytest

        @pytest.fixture
        def paid(wxpay_sandbox):
            wxpay_sandbox.place("A001", notify_url=NOBODY)
            raise RuntimeError("no shop")

        def test_it(paid):
            pass
        """,
        errors=1,
    )
    assert "wxpay-sandbox: timeline of A001" in printed


def test_a_report_is_bounded(run: Run) -> None:
    printed = run(
        """
        def test_wrong(wxpay_sandbox):
            for number in range(7):
                wxpay_sandbox.place(f"A00{number}", notify_url=NOBODY)
            for _ in range(40):
                wxpay_sandbox.cancel("A006")
            assert False
        """,
        failed=1,
    )
    assert printed.count("wxpay-sandbox: timeline of ") == 5
    assert "2 older orders" in printed
    assert printed.count("The payer cancelled") == 30
    assert "earlier lines" in printed


def test_a_report_without_a_sandbox_says_so(run: Run) -> None:
    printed = run(
        """
        import os
        import pytest

        def test_wrong(wxpay_sandbox, wxpay_sandbox_server):
            wxpay_sandbox_server.stop()
            assert False, "on purpose"
        """,
        failed=1,
        errors=1,
    )
    assert "wxpay-sandbox: no timeline" in printed
    assert "This sandbox has been stopped." in printed
    assert "on purpose" in printed


def test_a_traceback_ends_at_the_test_s_own_line(run: Run) -> None:
    printed = run(
        """
        def test_wrong(wxpay_sandbox):
            wxpay_sandbox.wait_paid("A001", timeout=0)
        """,
        failed=1,
    )
    assert "NotInTime: 408 timeout: A001 was not paid within 0 s. No such order was placed" in printed
    assert "background.py" not in printed


def test_a_failure_inside_the_sandbox_fails_the_test_that_met_it(run: Run) -> None:
    printed = run(
        """
        import pytest
        from sandbox.core.usecases.payments import Payments
        from sandbox.testing import ControlApiError

        def test_met(wxpay_sandbox, monkeypatch):
            def act(*_):
                raise ZeroDivisionError("broken inside")

            monkeypatch.setattr(Payments, "act", act)
            wxpay_sandbox.place("A001", notify_url=NOBODY)
            with pytest.raises(ControlApiError, match="500 internal_error"):
                wxpay_sandbox.pay("A001")

        def test_after(wxpay_sandbox):
            wxpay_sandbox.place("A001", notify_url=NOBODY)
        """,
        passed=2,
        errors=1,
    )
    assert "ERROR at teardown of test_met" in printed
    assert "wxpay-sandbox failed inside:" in printed
    assert "ZeroDivisionError: broken inside" in printed


def test_what_the_merchant_logs_as_an_error_is_its_own_business(run: Run) -> None:
    run(
        """
        import logging

        def test_it(wxpay_sandbox):
            logging.getLogger("aiohttp.server").error("the merchant's handler raised")
        """,
        passed=1,
    )


def test_settings_and_merchants_are_as_a_conftest_wants_them(run: Run) -> None:
    run.pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def wxpay_sandbox_settings():
            return {"strict_openids": True, "lang": "zh"}

        @pytest.fixture
        def wxpay_sandbox_merchant():
            return {"mch_id": "1230000109", "api_key": "192006250b4c09247ec02edce69f6a2d"}
        """
    )
    run(
        """
        import pytest
        from sandbox.testing import ControlApiError

        @pytest.mark.parametrize("again", range(2))
        def test_it(wxpay_sandbox, again):
            assert wxpay_sandbox.environment()["WXPAY_MCH_ID"] == "1230000109"
            assert wxpay_sandbox.merchant.api_key == "192006250b4c09247ec02edce69f6a2d"
            with pytest.raises(ControlApiError, match="无效的openid"):
                wxpay_sandbox.place("A001", notify_url=NOBODY, trade_type="JSAPI", openid="o" + "x" * 27)
            wxpay_sandbox.place("A001", notify_url=NOBODY, trade_type="JSAPI")
            assert "沙箱" in wxpay_sandbox.timeline("A001")[-1].summary
        """,
        passed=2,
    )


def test_a_sandbox_elsewhere_is_used_and_left_as_it_was(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as elsewhere:
        before = merchants(elsewhere.url)
        monkeypatch.setenv("WXPAY_SANDBOX_URL", elsewhere.url)
        run(
            f"""
            from sandbox.testing import Sandbox

            def test_it(wxpay_sandbox):
                assert wxpay_sandbox.url == {elsewhere.url!r}
                wxpay_sandbox.place("A001", notify_url=NOBODY)

            def test_that(wxpay_sandbox_server):
                wxpay_sandbox_server.client()  # nobody deletes it
            """,
            passed=2,
        )
        assert merchants(elsewhere.url) == before


def merchants(url: str) -> bytes:
    with urllib.request.urlopen(f"{url}/_sandbox/merchants") as answer:
        return bytes(answer.read())


def test_nothing_is_imported_until_the_fixture_is_asked_for(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_light():
            assert "sandbox.testing.plugin" in sys.modules
            ours = {name for name in sys.modules if name.startswith("sandbox.")}
            assert ours == {"sandbox.testing", "sandbox.testing.plugin"}
            assert not {"aiohttp", "sqlalchemy", "msgspec"} & set(sys.modules)
        """
    )
    # The other plugins of this environment import aiohttp themselves.
    others = [one.name for one in entry_points(group="pytest11") if one.name != "wxpay-sandbox"]
    command = [sys.executable, "-m", "pytest", "-q", *(part for name in others for part in ("-p", f"no:{name}"))]
    done = subprocess.run(command, cwd=pytester.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pytest_rewrites_no_assertions_of_the_sandbox(pytester: pytest.Pytester) -> None:
    pytester.makeini(SETTINGS)
    # As pytest does by itself where the wheel is installed.
    pytester.makeconftest("import pytest\npytest.register_assert_rewrite('sandbox.server')")
    pytester.makepyfile(
        """
        import gc
        import sys

        def test_it(wxpay_sandbox):
            rewritten = type(sys.modules[__name__].__loader__)
            for early_or_late in ("sandbox.server", "sandbox.control"):
                assert type(sys.modules[early_or_late].__loader__) is not rewritten
            assert sys.meta_path[0].__class__ is rewritten
            assert gc.isenabled()
        """
    )
    command = [sys.executable, "-m", "pytest", "-q"]
    done = subprocess.run(command, cwd=pytester.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_plugin_is_found_by_its_entry_point() -> None:
    assert [one.value for one in entry_points(group="pytest11", name="wxpay-sandbox")] == ["sandbox.testing.plugin"]
