"""wxpay-sandbox in tests: `Sandbox` for any Python code, the fixture `wxpay_sandbox` for pytest.

Nothing is imported before it is asked for: the pytest plugin lies in this package, and every test run loads it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.testing.calls import AsyncClient as AsyncClient
    from sandbox.testing.client import Client as Client
    from sandbox.testing.running import Sandbox as Sandbox
    from sandbox.testing.shapes import ControlApiError as ControlApiError

_HOMES = {"Sandbox": "running", "Client": "client", "AsyncClient": "calls", "ControlApiError": "shapes"}

__all__ = ["AsyncClient", "Client", "ControlApiError", "Sandbox"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"sandbox.testing.{_HOMES[name]}"), name)
