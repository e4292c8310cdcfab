"""What schemathesis.toml cannot say."""

from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Nobody waits for long: a time-out in a body becomes a short one."""
    body = case.body
    if case.path.endswith("/wait") and isinstance(body, dict) and 0 <= _number(body.get("timeout", 30)) <= 600:
        body["timeout"] = 0.01


def _number(value: object) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else -1.0
