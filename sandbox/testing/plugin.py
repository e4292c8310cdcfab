"""The pytest plugin: fixture `wxpay_sandbox`. It imports only pytest until the fixture is asked for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox.testing.client import Client
    from sandbox.testing.running import Sandbox
    from sandbox.testing.shapes import Entry

SHOWN_ORDERS = 5
SHOWN_LINES = 40
_CLIENT = pytest.StashKey["Client"]()


@pytest.fixture(scope="session")
def wxpay_sandbox_server() -> "Iterator[Sandbox]":
    """One sandbox for the whole run: in this process, or the one at WXPAY_SANDBOX_URL."""
    from sandbox.testing.running import Sandbox  # noqa: PLC0415 - see the module's docstring

    server = Sandbox().start()
    yield server
    server.stop()


@pytest.fixture
def wxpay_sandbox(wxpay_sandbox_server: "Sandbox", request: pytest.FixtureRequest) -> "Iterator[Client]":
    """A fresh merchant of one sandbox, with its own clock, orders, scenarios and journal; `.aio` for async tests.

    An internal error of the sandbox fails the test at its end.
    """
    wxpay_sandbox_server.errors()
    client = wxpay_sandbox_server.client()
    request.node.stash[_CLIENT] = client
    yield client
    client.delete_merchant()
    if errors := wxpay_sandbox_server.errors():
        pytest.fail("wxpay-sandbox failed inside:\n" + "\n".join(errors), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A failing test's report ends with what happened to its orders."""
    report = yield
    client = item.stash.get(_CLIENT, None)
    if client is not None and call.when == "call" and report.failed:
        report.sections += [(f"wxpay-sandbox: {title}", text) for title, text in _story(client)]
    return report


def _story(client: "Client") -> Iterator[tuple[str, str]]:
    """The timelines of the newest orders, and the refused calls that made none."""
    try:
        orders = client.orders()
        for order in orders[:SHOWN_ORDERS]:
            lines = client.timeline(order.out_trade_no)[-SHOWN_LINES:]
            yield f"timeline of {order.out_trade_no} ({order.trade_state})", "\n".join(map(str, lines))
        placed = {order.out_trade_no for order in orders}
        refused = [one for one in client.journal(outcome="failed") if one.out_trade_no not in placed]
        if refused:
            yield "calls that were refused", "\n".join(map(_refused, refused[:SHOWN_LINES]))
    except Exception as error:
        yield "no timeline", repr(error)


def _refused(entry: "Entry") -> str:
    """A call that was refused, and what is known of the reason."""
    known = [str(entry.facts[name]) for name in ("fault", "field", "sign_hint") if entry.facts.get(name)]
    return f"{entry} [{', '.join(known)}]" if known else str(entry)
