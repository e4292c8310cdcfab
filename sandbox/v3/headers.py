"""The headers that a call must have, besides the one that signs it. Source: V3 notes, 1, 3.2, 3.3; docs/fidelity.md."""

from sandbox.v3.call import CallFailed, V3Call
from sandbox.v3.errors import Failure, param_error
from sandbox.v3.sentences import MALFORMED

_LANGUAGES = frozenset({"zh", "en"})
NAMELESS = Failure(400, "INVALID_REQUEST", "Http头缺少Accept或User-Agent", signed=False)
LANGUAGE_UNKNOWN = param_error("传入了不支持的Accept-Language")
JSON = "application/json"


def require_headers(call: V3Call) -> None:
    """Who calls with which program, outside the group of basic payment; and a language that WeChat Pay speaks."""
    headers = call.http.headers
    lacking = next((name for name in ("User-Agent", "Accept") if not headers.get(name, "").strip()), "")
    if lacking and not call.endpoint.trading:
        raise CallFailed(NAMELESS, "user_agent", field=lacking)
    wanted = headers.get("Accept-Language", "")
    spoken = {one.split(";")[0].strip().split("-")[0].lower() for one in wanted.split(",")}
    if wanted.strip() and not spoken & _LANGUAGES:
        raise CallFailed(LANGUAGE_UNKNOWN, "accept_language", got=wanted[:64])


def require_json(call: V3Call) -> None:
    """A body must say that it is JSON; one that says nothing is taken for it."""
    given = call.http.headers.get("Content-Type", "")
    if call.body and given and given.split(";")[0].strip().lower() != JSON:
        raise CallFailed(param_error(MALFORMED), "content_type", got=given[:64])
