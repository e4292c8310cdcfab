"""The pytest plugin: fixture `wxpay_sandbox`. It imports only pytest until the fixture is asked for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox.testing.clients import Client
    from sandbox.testing.options import MerchantFields, ServeSettings
    from sandbox.testing.report import Watched
    from sandbox.testing.running import Sandbox

_WATCHED: "pytest.StashKey[Watched]" = pytest.StashKey()


@pytest.fixture(scope="session")
def wxpay_sandbox_settings() -> "ServeSettings":
    """Settings of `serve` for the run's sandbox: override it in a conftest.py."""
    return {}


@pytest.fixture(scope="session")
def wxpay_sandbox_server(wxpay_sandbox_settings: "ServeSettings") -> "Iterator[Sandbox]":
    """One sandbox for the whole run: in this process, or the one at WXPAY_SANDBOX_URL."""
    from sandbox.importing import quickly  # noqa: PLC0415 - see the module's docstring

    with quickly():
        from sandbox.testing.running import Sandbox  # noqa: PLC0415

    server = Sandbox(**wxpay_sandbox_settings).start()
    yield server
    server.stop()
    _fail_for(server)


@pytest.fixture
def wxpay_sandbox_merchant() -> "MerchantFields":
    """What each test's merchant is like, beyond what is made up: override it for your own ids, keys or products."""
    return {}


@pytest.fixture
def wxpay_sandbox(
    wxpay_sandbox_server: "Sandbox", wxpay_sandbox_merchant: "MerchantFields", request: pytest.FixtureRequest
) -> "Iterator[Client]":
    """A fresh merchant of one sandbox, with its own clock, orders, scenarios and journal; `.aio` for async tests.

    An internal error of the sandbox fails the test at its end.
    """
    from sandbox.testing.report import Watched  # noqa: PLC0415

    client = wxpay_sandbox_server.client(**wxpay_sandbox_merchant)
    request.node.stash[_WATCHED] = Watched(client, alone=not wxpay_sandbox_server.elsewhere)
    yield client
    try:
        client.delete_merchant()
    finally:
        _fail_for(wxpay_sandbox_server)


def _fail_for(server: "Sandbox") -> None:
    """Fail where the sandbox failed inside: no test may pass over that."""
    if errors := server.errors():
        pytest.fail("wxpay-sandbox failed inside:\n" + "\n".join(errors), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A failing test's report ends with what happened to its orders."""
    report = yield
    watched = item.stash.get(_WATCHED, None)
    if watched is not None and call.when != "teardown" and report.failed:
        report.sections += watched.story()
    return report
