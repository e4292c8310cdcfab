"""What goes wrong when a test asks a sandbox for something."""

from collections.abc import Mapping
from typing import Any


class ControlApiError(Exception):
    """The sandbox refused a call: `status`, `code`, `message`, and the `field` that is wrong ("" where it is none).

    `details` is the whole of what it said. A status of 0 means that nobody answered.
    """

    def __init__(
        self, status: int, code: str, message: str, field: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        where = f" ({field})" if field else ""
        super().__init__(f"{status} {code}{where}: {message}".lstrip("0 "))
        self.status, self.code, self.message, self.field = status, code, message, field
        self.details = details or {}


class NotInTime(ControlApiError, TimeoutError):
    """What was waited for has not happened; the message says how far things have got."""


class InternalError(Exception):
    """The sandbox failed inside: its fault, not the merchant's. The message holds the tracebacks."""
