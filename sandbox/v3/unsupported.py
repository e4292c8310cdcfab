"""Calls of APIv3 that the sandbox does not play: none ever succeeds, and the journal says why.

What comes in is not checked; the journal keeps it, with its merchant and its order or transfer as far as the call names
them. A path that APIv3 does not have is answered as the real server does: 404 without a body; so is one that the
sandbox does not play, whose family the journal names; another method than the path's is 405. Source: V3 notes, 1, 9, 15
and appendix A.
"""

import json
from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web

from sandbox.api.body import read
from sandbox.api.call import Call
from sandbox.api.pipeline import Pipeline, journal
from sandbox.api.services import Services
from sandbox.core.order_keys import OrderKey
from sandbox.v3.authorization import claimed_mchid
from sandbox.v3.naming import named, text
from sandbox.v3.origin import CALLED
from sandbox.web.access import OWN

FAMILIES: dict[str, tuple[str, ...]] = {
    "basic_payment": ("pay/transactions", "pay/partner/transactions", "qrcode/transactions"),
    "other_payment": (
        "pay",
        "pay-devices",
        "qrcode",
        "smartguide",
        "goldplan",
        "merchant-store",
        "express",
        "recharge",
    ),
    "combined_orders": ("combine-transactions", "repayment/combine-transactions"),
    "refunds": ("refund",),
    "bills": ("bill", "billdownload"),
    "v3_certificates": ("certificates", "security"),
    "v3_transfers": (
        *("fund-app", "transfer", "transfer-detail", "transferdownload", "partner-transfer", "bank-transfer"),
        *("bank-batch-transfer", "payroll-card"),
    ),
    "profit_sharing": ("profitsharing",),
    "pay_score": ("payscore",),
    "papay": ("papay", "partner-papay", "password-exempt-contract", "edu-papay", "eduschoolpay", "edu-star"),
    "marketing": (
        *("marketing", "multiuse", "discount-card", "businesscircle", "lovefeast", "industry-coupon"),
        *("industry-rebate", "rate-activity"),
    ),
    "complaints": ("merchant-service",),
    "merchant_admin": (
        *("applyment4sub", "apply4sub", "apply4subject", "mch_operate", "mch-manage", "mch-operation-manage"),
        *("mchalterapply", "merchant", "compliance", "realname"),
    ),
    "risk_v3": ("merchant-risk-manage", "transaction-block", "abnormal-fund-processing"),
    "funds": ("merchantfund", "merchant-settlement", "capital", "aggracct-bc", "credit-repayment", "repayment"),
    "ecommerce": ("ecommerce", "platsolution"),
    "brand": ("brand", "brand-basic", "webizpay"),
    "vehicle": ("vehicle", "parking", "ebike", "hire-power-bank"),
    "facepay": ("offlineface", "offlinefacemch", "facemch", "palmservice", "iotmanage"),
    "invoices": ("new-tax-control-fapiao", "taxi-invoice"),
    "cross_border": ("global", "funds-to-oversea"),
    "public_services": ("gov", "med-ins", "inspolicymgr", "catering"),
}
"""The beginnings of each family's paths after /v3/ (`words.families`); of two that fit the longer one counts."""

LONGEST_PATH = 160

_OF_PREFIX = {prefix: family for family, prefixes in FAMILIES.items() for prefix in prefixes}


class GatewayCall(Call):
    """A call that gets no further than the gateway, whose answers have no Request-ID and no body."""

    headers: ClassVar[Mapping[str, str]] = {"Server": "nginx"}

    def usual_headers(self) -> dict[str, str]:
        return dict(self.headers)


def tell(call: GatewayCall) -> None:
    """Say that a call is not played, whatever the method and whatever was sent."""
    path, prefix = _shown(call.http.path), known_prefix(call.http.path)
    if prefix is None:
        call.exchange.endpoint = "/v3/*"
        _turn_away(call, 404, "no_v3_endpoint", path=path)
    else:
        call.exchange.endpoint = f"/v3/{prefix}/*"
        told = {"family": _OF_PREFIX[prefix], "method": call.http.method, "path": path}
        _turn_away(call, 404, "unsupported_v3", **told)


def tell_method(call: GatewayCall) -> None:
    """Say that a path has other methods."""
    resource = call.http.match_info.route.resource
    assert resource is not None, "a route that was declared"
    call.exchange.endpoint = resource.canonical
    methods = ", ".join(sorted({route.method for route in resource} - {"*"}))
    _turn_away(call, 405, "v3_method", method=call.http.method, path=_shown(call.http.path), methods=methods)


UNPLAYED = Pipeline(steps=(read, tell, journal))
OTHER_METHOD = Pipeline(steps=(read, tell_method, journal))


async def decline(http: web.Request, services: Services) -> web.StreamResponse:
    """Answer a call that is not played."""
    return await UNPLAYED.run(GatewayCall(http, services, CALLED))


async def refuse_method(http: web.Request, services: Services) -> web.StreamResponse:
    """Answer a call of an endpoint of ours by another method than its own."""
    return await OTHER_METHOD.run(GatewayCall(http, services, CALLED))


async def stray(request: web.Request, services: Services) -> web.StreamResponse | None:
    """The answer to a request that no route takes; None unless it means APIv3: signed its way, or by `/hk/v3/...`."""
    return await decline(request, services) if _means_v3(request) else None


def _means_v3(http: web.Request) -> bool:
    steps = http.path.lower().strip("/").split("/")
    return ("v3" in steps and steps[0] not in OWN) or http.headers.get("Authorization", "").startswith("WECHATPAY2-")


def known_prefix(path: str) -> str | None:
    """The beginning in FAMILIES that a path has; None for one that APIv3 does not have."""
    steps = path.removeprefix("/v3/").split("/")
    found = ("/".join(steps[:length]) for length in range(len(steps), 0, -1))
    return next((prefix for prefix in found if prefix in _OF_PREFIX), None)


def _turn_away(call: GatewayCall, status: int, fault: str, **facts: str) -> None:
    call.belongs_to(_named(call.http, call.body))
    call.exchange.explain(fault, facts)
    call.exchange.refuse(f"{status}: APIv3 {call.http.method} {_shown(call.http.path)}")
    call.answer(b"", status=status)


def _shown(path: str) -> str:
    return path if len(path) <= LONGEST_PATH else f"{path[:LONGEST_PATH]}…"


def _named(http: web.Request, body: bytes) -> OrderKey:
    """The merchant who signed, and the order or the transfer that the call names."""
    said = {**http.query, **_object(body)}
    signer = claimed_mchid(http.headers.get("Authorization", ""))
    return named(signer or text(said, "mchid", "sp_mchid", "combine_mchid"), http.path, said)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
