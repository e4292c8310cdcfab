"""What a JSON API refuses, and how it says so: {"error": {"code", "message", "field"?}}."""

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.core import errors, sharing_errors, transfer_errors
from sandbox.core.errors import PaymentError
from sandbox.core.scenarios import ScenarioInvalid

_STATUSES: dict[type[PaymentError], int] = {
    errors.ApiUnknown: 404,
    errors.AppUnknown: 404,
    errors.CallUnknown: 404,
    errors.CertificateUnknown: 404,
    errors.FaceUnknown: 404,
    errors.ForwardUnknown: 404,
    errors.MerchantUnknown: 404,
    errors.NotificationUnknown: 404,
    errors.OrderNotFound: 404,
    errors.PayerUnknown: 404,
    errors.PlatformCertificateUnknown: 404,
    errors.RefundNotFound: 404,
    errors.ScenarioUnknown: 404,
    sharing_errors.SharingNotFound: 404,
    errors.OpenidInvalid: 400,
    errors.ClockRefused: 400,
    errors.KeyUnreadable: 400,
    errors.NoticeUnopened: 400,
    ScenarioInvalid: 400,
    transfer_errors.TransferNotFound: 404,
    errors.StorageFailed: 503,
}


class Mistake(msgspec.Struct):
    """A mistake in a scenario. `line` counts from 1."""

    line: int
    field: str
    message: str


class ErrorDetail(msgspec.Struct, omit_defaults=True):
    """`code` is for programs and stays; `message` is for people; `field` names the member or parameter at fault.

    `mistakes` are all that are in a scenario.
    """

    code: str
    message: str
    field: str | None = None
    mistakes: list[Mistake] | None = None


class Error(msgspec.Struct):
    """The answer to every call that is refused."""

    error: ErrorDetail


class Refused(Exception):
    """A request that may not pass: status, a code for programs, a sentence for people, the field at fault."""

    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.status, self.code, self.message, self.field = status, code, message, field

    def reply(self) -> web.Response:
        return reply(Error(ErrorDetail(self.code, self.message, self.field or None)), self.status)


def reply(data: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(data), status=status, content_type="application/json")


def status_of(error: type[PaymentError]) -> int:
    """What a broken rule of WeChat Pay's world is over HTTP: a conflict, unless it is in the table."""
    return _STATUSES.get(error, 409)


def code_of(error: type[PaymentError]) -> str:
    """OrderNotFound -> order_not_found."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in error.__name__).lstrip("_")


def _invalid_scenario(invalid: ScenarioInvalid) -> web.Response:
    mistakes = [Mistake(one.line, one.field, one.say("en")) for one in invalid.mistakes]
    kind = type(invalid)
    return reply(Error(ErrorDetail(code_of(kind), str(invalid), mistakes[0].field, mistakes)), status_of(kind))


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return refused.reply()
    except ScenarioInvalid as invalid:
        return _invalid_scenario(invalid)
    except PaymentError as error:
        return Refused(status_of(type(error)), code_of(type(error)), str(error)).reply()
    except web.HTTPMethodNotAllowed as wrong:
        allowed = ", ".join(sorted(wrong.allowed_methods))
        answer = Refused(405, "method_not_allowed", f"This address takes {allowed}.").reply()
        answer.headers["Allow"] = allowed
        return answer
    except web.HTTPNotFound:
        address = errors.shortened(request.path)
        return Refused(404, "not_found", f"There is nothing at this address: {address}.").reply()
