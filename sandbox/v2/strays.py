"""Calls that lead nowhere: what looks like one of WeChat's API is answered in its manner, and kept in the journal.

A path of V2 that does not exist (`/pay/unifiedOrder`, `//pay/unifiedorder`, `/unifiedorder`), and the API of official
accounts and mini programs (`/sns/...`, `/cgi-bin/token`), which is none of WeChat Pay's.
"""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches

from aiohttp import web

from sandbox.api.body import BODY_LIMIT, read
from sandbox.api.pipeline import Pipeline, journal
from sandbox.api.services import Services
from sandbox.core.hosts import WECHAT_HOSTS
from sandbox.v2 import envelope
from sandbox.v2.call import V2Call
from sandbox.v2.endpoint import ENDPOINTS
from sandbox.v2.official import SITES
from sandbox.v2.signkey import ISSUERS
from sandbox.v2.site import ORDINARY
from sandbox.v2.unsupported import named, shortened, unsupported_paths
from sandbox.web.access import OWN, SAFE

NO_ENDPOINT = "wxpay-sandbox没有这个接口: {path} (no such endpoint)"
NOT_PAYMENT = "wxpay-sandbox只有微信支付: {path} (not WeChat Pay)"
INVALID_URL = 40066
"""The errcode of the accounts' API for a path that it does not have."""

_ACCOUNTS = re.compile(
    r"/(sns|wxa|cgi-bin/(token|stable_token|ticket|user|message|menu|qrcode|material|getcallbackip))\b"
)
_XML = re.compile(rb"\s*<(\?xml|xml|root)\b")


async def stray(request: web.Request, services: Services) -> web.StreamResponse | None:
    """The answer to a request that no route takes; None where it means nothing of WeChat's."""
    if _ACCOUNTS.match(request.path):
        return await ELSEWHERE.run(StrayCall(request, services))
    if await _is_call(request):
        return await NOWHERE.run(StrayCall(request, services))
    return None


async def _is_call(request: web.Request) -> bool:
    """Whether somebody means WeChat's API: by path, by its host name, by the method, or by what is sent."""
    root = request.path.lstrip("/").partition("/")[0].lower()
    if root in OWN:
        return False
    if root in _ROOTS or request.host.partition(":")[0].lower() in WECHAT_HOSTS or request.method not in SAFE:
        return True
    return "xml" in request.headers.get("Content-Type", "") or await _sends_xml(request)


async def _sends_xml(request: web.Request) -> bool:
    if not 0 < (request.content_length or 0) <= BODY_LIMIT or "Content-Encoding" in request.headers:
        return False
    return _XML.match(await request.read()) is not None


class StrayCall(V2Call):
    """A call that leads nowhere."""

    def __init__(self, http: web.Request, services: Services) -> None:
        super().__init__(http, services, ORDINARY)

    def note(self, fault: str, message: str, **facts: str) -> None:
        """Note why, for the journal."""
        self.exchange.endpoint = "*"
        self.exchange.explain(fault, {**facts, "path": self.http.path[:128]})
        self.exchange.refuse(message)


def tell_no_endpoint(call: StrayCall) -> None:
    """As V2 tells of a failure, with the status that such a path has."""
    call.recognise(named(call.http, call.body))
    return_msg, near = shortened(NO_ENDPOINT, call.http.rel_url.raw_path), nearest(call.http.path)
    if near:
        call.note("no_endpoint_near", return_msg, near=near)
    else:
        call.note("no_endpoint", return_msg)
    call.answer(envelope.build({"return_code": "FAIL", "return_msg": return_msg}), status=404)


def tell_not_payment(call: StrayCall) -> None:
    """As the accounts' API tells of a path that it does not have."""
    errmsg = shortened(NOT_PAYMENT, call.http.rel_url.raw_path)
    call.note("not_payment", errmsg)
    body = json.dumps({"errcode": INVALID_URL, "errmsg": errmsg}, ensure_ascii=False).encode()
    call.answer(body, {"Content-Type": "application/json; encoding=utf-8"})


NOWHERE = Pipeline(steps=(read, tell_no_endpoint, journal))
ELSEWHERE = Pipeline(steps=(read, tell_not_payment, journal))


def nearest(path: str) -> str:
    """The path that was meant, as far as that can be told; "" otherwise."""
    plain = re.sub("/+", "/", path).rstrip("/").lower()
    close = get_close_matches(plain, _BY_LOWER, n=1, cutoff=0.85)
    last = plain.rpartition("/")[2]
    same_name = (lower for lower in _BY_LOWER if lower.rpartition("/")[2] == last)
    return _BY_LOWER[close[0]] if close else _BY_LOWER.get(next(same_name, ""), "")


def _paths() -> Iterator[str]:
    for site in SITES:
        yield from (site.prefix + endpoint.path for endpoint in ENDPOINTS)
    yield from ISSUERS
    yield from (path for _, path in unsupported_paths() if "*" not in path)


_BY_LOWER = {path.lower(): path for path in _paths()}
_ROOTS = frozenset(path.split("/")[1].lower() for path in (*_BY_LOWER, *(path for _, path in unsupported_paths())))
