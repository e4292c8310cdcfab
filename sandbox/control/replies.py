"""How the control API speaks JSON: answers, errors, bodies."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from sandbox.core import errors
from sandbox.core.errors import PaymentError
from sandbox.core.ids import BEIJING
from sandbox.core.scenarios import ScenarioInvalid
from sandbox.web.access import BODY_LIMIT, Refused

T = TypeVar("T")
DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1000
_LIMIT = re.compile("[0-9]{1,4}")

_STATUSES: dict[type[PaymentError], int] = {
    errors.AppUnknown: 404,
    errors.MerchantUnknown: 404,
    errors.OrderNotFound: 404,
    errors.NotificationUnknown: 404,
    errors.ScenarioUnknown: 404,
    errors.OpenidInvalid: 400,
    errors.ClockRefused: 400,
    errors.StorageFailed: 503,
}


class ControlError(Exception):
    """A request the control API refuses; `field` names the part of the body or query that is wrong."""

    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field


def reply(data: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(data), status=status, content_type="application/json")


def error_reply(status: int, code: str, message: str, field: str = "") -> web.Response:
    error = {"code": code, "message": message, **({"field": field} if field else {})}
    return reply({"error": error}, status)


def invalid_scenario(invalid: ScenarioInvalid) -> web.Response:
    """400 with the first mistake's field, and all mistakes with their lines."""
    mistakes = [{"line": one.line, "field": one.field, "message": one.message} for one in invalid.mistakes]
    first = invalid.mistakes[0]
    error = {"code": "scenario_invalid", "message": str(invalid), "field": first.field, "mistakes": mistakes}
    return reply({"error": error}, 400)


@web.middleware
async def errors_as_json(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Every refusal becomes {"error": {"code", "message", "field"?}}."""
    try:
        return await handler(request)
    except Refused as refused:
        return error_reply(refused.status, refused.code, refused.message)
    except ControlError as error:
        return error_reply(error.status, error.code, error.message, error.field)
    except ScenarioInvalid as invalid:
        return invalid_scenario(invalid)
    except PaymentError as error:
        return error_reply(_STATUSES.get(type(error), 409), _code(error), str(error))
    except web.HTTPRequestEntityTooLarge:
        return error_reply(413, "too_large", f"The body is over {BODY_LIMIT} bytes.")
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return error_reply(error.status, error.reason.lower().replace(" ", "_"), error.reason)


async def read_body(request: web.Request, shape: type[T]) -> T:
    """The JSON body as `shape`; an absent body is an empty object. Raises ControlError."""
    raw = await request.read()
    if raw and request.content_type != "application/json":
        raise ControlError(415, "content_type", "The body must be application/json.")
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$.")
        raise ControlError(400, "invalid", f"{message}.", path.rstrip("`")) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ControlError(400, "not_json", f"The body is not JSON: {error}.") from None


def limit_of(request: web.Request) -> int:
    raw = request.query.get("limit", str(DEFAULT_LIMIT))
    if _LIMIT.fullmatch(raw) is None or not 1 <= int(raw) <= LARGEST_LIMIT:
        raise ControlError(400, "invalid", f"limit is a whole number from 1 to {LARGEST_LIMIT}.", "limit")
    return int(raw)


def cursor_of(request: web.Request) -> str | None:
    raw = request.query.get("cursor")
    if raw is not None and not (raw.isascii() and raw.isdigit() and len(raw) < 19):
        raise ControlError(400, "invalid", "cursor is what the part before gave as `next`.", "cursor")
    return raw


def part_of(items: Sequence[Any], request: web.Request) -> dict[str, Any]:
    """A part of a list that is at hand whole; its cursor counts what came before."""
    begin, limit = int(cursor_of(request) or 0), limit_of(request)
    end = begin + limit
    return {"items": items[begin:end], "next": str(end) if end < len(items) else None}


def instant(at: datetime | None) -> str | None:
    """RFC 3339, in Beijing time with milliseconds."""
    return at.astimezone(BEIJING).isoformat(timespec="milliseconds") if at else None


def instant_of(raw: str, field: str) -> datetime:
    try:
        at = datetime.fromisoformat(raw)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ControlError(400, "invalid", f"{field} is a time as in RFC 3339, with its zone.", field)
    return at


def without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _code(error: PaymentError) -> str:
    name = type(error).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
