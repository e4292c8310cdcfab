"""The pytest plugin, as a user meets it: pytest in a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PLACE = """
import hashlib, urllib.request

def place(wxpay, out_trade_no, key=None):
    env = wxpay.environment()
    fields = {"appid": env["WXPAY_APPID"], "mch_id": env["WXPAY_MCH_ID"], "nonce_str": "n", "body": "tea",
              "out_trade_no": out_trade_no, "total_fee": "100", "spbill_create_ip": "1.2.3.4",
              "notify_url": "http://127.0.0.1:9/notify", "trade_type": "NATIVE", "product_id": "1"}
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields)) + "&key=" + (key or env["WXPAY_API_KEY"])
    fields["sign"] = hashlib.md5(text.encode()).hexdigest().upper()
    body = "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</xml>"
    with urllib.request.urlopen(env["WXPAY_BASE_URL"] + "/pay/unifiedorder", body.encode()) as answer:
        return answer.read().decode()
"""


def run(folder: Path, test: str, *options: str) -> tuple[int, str]:
    """Run a test file with the plugin; gives the exit status and what pytest printed."""
    (folder / "test_it.py").write_text(PLACE + test)
    (folder / "pytest.ini").write_text(
        "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    plain = [*command, "--rootdir", str(folder), "-c", str(folder / "pytest.ini"), str(folder)]
    done = subprocess.run(plain, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_one_server_and_a_merchant_per_test(tmp_path: Path) -> None:
    status, printed = run(
        tmp_path,
        """
seen = {}

def test_first(wxpay_sandbox):
    assert "SUCCESS" in place(wxpay_sandbox, "A001")
    seen["first"] = wxpay_sandbox
    assert wxpay_sandbox.pay("A001").order.paid

def test_second(wxpay_sandbox):
    assert wxpay_sandbox.url == seen["first"].url
    assert wxpay_sandbox.merchant.mch_id != seen["first"].merchant.mch_id
    assert wxpay_sandbox.orders() == []
""",
    )
    assert status == 0, printed


def test_a_coroutine_uses_the_same_fixture(tmp_path: Path) -> None:
    status, printed = run(
        tmp_path,
        """
async def test_paid(wxpay_sandbox):
    place(wxpay_sandbox, "A001")
    assert (await wxpay_sandbox.aio.pay("A001")).order.paid
""",
        "-o",
        "asyncio_mode=auto",
    )
    assert status == 0, printed


def test_a_failing_test_reports_the_timeline_and_refused_calls(tmp_path: Path) -> None:
    status, printed = run(
        tmp_path,
        """
def test_wrong(wxpay_sandbox):
    place(wxpay_sandbox, "A001")
    wxpay_sandbox.pay("A001")
    place(wxpay_sandbox, "A002", key="wrong")
    assert False, "on purpose"
""",
    )
    assert status == 1
    assert "wxpay-sandbox: timeline of A001 (SUCCESS)" in printed
    assert "POST /pay/unifiedorder: ok" in printed
    assert "签名错误" in printed


def test_an_error_inside_the_sandbox_fails_the_test(tmp_path: Path) -> None:
    status, printed = run(
        tmp_path,
        """
import logging

def test_all_is_well(wxpay_sandbox):
    try:
        raise RuntimeError("broken inside")
    except RuntimeError:
        logging.getLogger("sandbox.server").exception("could not")
""",
    )
    assert status == 1
    assert "wxpay-sandbox failed inside" in printed
    assert "RuntimeError: broken inside" in printed


def test_nothing_is_imported_until_the_fixture_is_asked_for(tmp_path: Path) -> None:
    status, printed = run(
        tmp_path,
        """
import sys

def test_light():
    assert "sandbox.testing.plugin" in sys.modules
    heavy = {"aiohttp", "sqlalchemy", "msgspec", "sandbox.server", "sandbox.testing.running"}
    assert not heavy & set(sys.modules)
""",
        "-p",
        "no:aiohttp",
        "-p",
        "no:schemathesis",
    )
    assert status == 0, printed


def test_the_installed_plugin_is_found_by_its_entry_point() -> None:
    from importlib.metadata import entry_points

    assert [one.value for one in entry_points(group="pytest11", name="wxpay-sandbox")] == ["sandbox.testing.plugin"]
