"""wxpay-sandbox in tests: `Sandbox` for any Python code, the fixture `wxpay_sandbox` for pytest.

Nothing is imported before it is asked for: the pytest plugin lies in this package, and every test run loads it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.testing.clients import AsyncClient as AsyncClient
    from sandbox.testing.clients import Client as Client
    from sandbox.testing.errors import ControlApiError as ControlApiError
    from sandbox.testing.errors import InternalError as InternalError
    from sandbox.testing.errors import NotInTime as NotInTime
    from sandbox.testing.running import Sandbox as Sandbox

_HOMES = {
    "AsyncClient": "clients",
    "Client": "clients",
    "ControlApiError": "errors",
    "InternalError": "errors",
    "NotInTime": "errors",
    "Sandbox": "running",
}

__all__ = ["AsyncClient", "Client", "ControlApiError", "InternalError", "NotInTime", "Sandbox"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"sandbox.testing.{_HOMES[name]}"), name)
