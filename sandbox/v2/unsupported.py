"""Endpoints of V2 that the sandbox does not play yet: each says so, and none ever succeeds.

Source of the paths: V2 notes, 9. What comes in is not checked; the journal keeps it, and says why.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox.api.body import read
from sandbox.api.pipeline import Pipeline, journal
from sandbox.api.services import Services
from sandbox.core.errors import PaymentError
from sandbox.v2 import certificates, envelope
from sandbox.v2.call import V2Call
from sandbox.v2.certificates import TurnedAway
from sandbox.v2.endpoint import ENDPOINTS
from sandbox.v2.site import ORDINARY, Site

_PATHS: dict[str, tuple[str, ...]] = {
    "red_packets": (
        "/mmpaymkttransfers/sendredpack",
        "/mmpaymkttransfers/sendgroupredpack",
        "/mmpaymkttransfers/sendminiprogramhb",
        "/mmpaymkttransfers/gethbinfo",
        "/mmpaymkttransfers/sendworkwxredpack",
        "/mmpaymkttransfers/queryworkwxredpack",
    ),
    "transfers": (
        "/mmpaymkttransfers/promotion/transfers",
        "/mmpaymkttransfers/gettransferinfo",
        "/mmpaymkttransfers/promotion/paywwsptrans2pocket",
        "/mmpaymkttransfers/promotion/querywwsptrans2pocket",
        "/mmpaysptrans/pay_bank",
        "/mmpaysptrans/query_bank",
        "/risk/getpublickey",
    ),
    "profit_sharing": (
        "/secapi/pay/profitsharing",
        "/secapi/pay/multiprofitsharing",
        "/secapi/pay/profitsharingfinish",
        "/secapi/pay/profitsharingreturn",
        "/pay/profitsharingquery",
        "/pay/profitsharingaddreceiver",
        "/pay/profitsharingremovereceiver",
        "/pay/profitsharingreturnquery",
        "/pay/profitsharingorderamountquery",
        "/pay/profitsharingmerchantratioquery",
    ),
    "deposit": (
        "/deposit/unifiedorder",
        "/deposit/facepay",
        "/deposit/micropay",
        "/deposit/orderquery",
        "/deposit/refundquery",
        "/deposit/consume",
        "/deposit/refund",
        "/deposit/reverse",
    ),
    "papay": (
        "/papay/entrustweb",
        "/papay/h5entrustweb",
        "/papay/preentrustweb",
        "/papay/querycontract",
        "/papay/deletecontract",
        "/papay/partner/*",
        "/pay/contractorder",
        "/pay/pappayapply",
        "/pay/paporderquery",
        "/pay/partner/pappayapply",
        "/pay/partner/paporderquery",
    ),
    "combined_orders": ("/pay/combinedorder", "/pay/querycombinedorder", "/pay/closecombinedorder"),
    "coupons": (
        "/mmpaymkttransfers/send_coupon",
        "/mmpaymkttransfers/query_coupon_stock",
        "/mmpaymkttransfers/querycouponsinfo",
    ),
    "facepay": ("/pay/facepay", "/pay/facepayquery", "/secapi/pay/facepayreverse", "/face/get_wxpayface_authinfo"),
    "item_refunds": ("/secapi/pay/refundv2", "/pay/refundqueryv2"),
    "settlement": ("/pay/settlementquery", "/pay/queryexchagerate"),
    "customs": (
        "/cgi-bin/mch/customs/customdeclareorder",
        "/cgi-bin/mch/customs/customdeclarequery",
        "/cgi-bin/mch/newcustoms/customdeclareredeclare",
    ),
    "real_name": ("/secsvc/realnameauth", "/secsvc/getrealnameinfo"),
    "merchant_admin": (
        "/secapi/mch/addsubdevconfig",
        "/secapi/mch/querysubdevconfig",
        "/secapi/mch/submchmanage",
        "/secapi/mch/modifymchinfo",
        "/secapi/mch/addInstitutionsub",
        "/secapi/mch/modifyInstitutionsub",
        "/secapi/mch/queryInstitutionsub",
        "/secapi/mch/uploadmedia",
        "/secapi/mch/channelsetting",
        "/secapi/mkt/addrecommendconf",
        "/applyment/micro/submit",
        "/applyment/micro/getstate",
        "/applyment/micro/modifyarchives",
        "/applyment/micro/modifycontactinfo",
        "/applyment/micro/signcontract",
        "/applyment/micro/submitupgrade",
        "/applyment/micro/getupgradestate",
    ),
    "risk": (
        "/risk/getviolation",
        "/risk/getcertficates",
        "/mchrisk/querymchrisk",
        "/mchrisk/syncmchriskresult",
        "/mchrisk/setmchriskcallback",
    ),
    "funds": ("/fund/queryautowithdrawbydate", "/fund/reautowithdrawbydate"),
    "vehicle": (
        "/vehicle/pay/payapply",
        "/vehicle/pay/querystate",
        "/vehicle/pay/notification",
        "/vehicle/partnerpay/*",
    ),
    "transit": ("/transit/pay/*", "/transit/partnerpay/*", "/transit/queryorder"),
    "pay_score": ("/wxv/*",),
    "smart_retail": ("/appauth/*",),
}
"""The paths of each family (`words.families`); `*` stands for whatever follows. Those that are played do not count."""

_CERTIFICATE_BELOW = (
    "/secapi/",
    "/mmpaymkttransfers/",
    "/mmpaysptrans/",
    "/risk/getpublickey",
    "/risk/getviolation",
    "/mchrisk/querymchrisk",
    "/mchrisk/syncmchriskresult",
    "/deposit/consume",
    "/deposit/refund",
    "/deposit/reverse",
    "/applyment/micro/",
    "/fund/",
    "/wxv/",
)
_OPEN = (
    "/mmpaymkttransfers/query_coupon_stock",
    "/mmpaymkttransfers/querycouponsinfo",
    "/deposit/refundquery",
)

SAID = "wxpay-sandbox尚不支持: {path} (not supported yet)"
LONGEST_MESSAGE = 128

_MERCHANT = ("mch_id", "mchid", "combine_mch_id", "contract_mchid")
"""The names by which these families call a merchant's number."""


def unsupported() -> dict[str, tuple[str, ...]]:
    """The paths of each family that are not played."""
    played = {endpoint.path for endpoint in ENDPOINTS}
    left = {family: tuple(path for path in paths if path not in played) for family, paths in _PATHS.items()}
    return {family: paths for family, paths in left.items() if paths}


def unsupported_paths() -> Iterator[tuple[str, str]]:
    """Each path with its family before it."""
    for family, paths in unsupported().items():
        for path in paths:
            yield family, path


def needs_certificate(path: str) -> bool:
    """Whether the real server asks for a merchant's certificate at a path of the table."""
    return path.startswith(_CERTIFICATE_BELOW) and not path.startswith(_OPEN)


_FAMILIES = {path: family for family, path in unsupported_paths()}
_BELOW = [(path.removesuffix("*"), path) for path in _FAMILIES if path.endswith("*")]
_ANY = "|".join(re.escape(path[1:]).replace(r"\*", ".+") for path in _FAMILIES)
ROUTE = f"/{{path:(?:{_ANY})}}"
"""All paths of the table as the router takes them: one route, for hundreds cost half of a start."""


def declared(path: str) -> str:
    """The path of the table that a call's path is one of."""
    return path if path in _FAMILIES else next(whole for below, whole in _BELOW if path.startswith(below))


class UnplayedCall(V2Call):
    """A call to a path that the table has, as it stands there."""

    def __init__(self, http: web.Request, services: Services, site: Site, path: str, family: str) -> None:
        super().__init__(http, services, ORDINARY, certificate=needs_certificate(path) and not site.official)
        self.path, self.family = path, family


def tell(call: UnplayedCall) -> None:
    """Say that it is not played, whatever the method and whatever was sent."""
    call.recognise(named(call.http, call.body))
    return_msg = shortened(SAID, call.http.rel_url.raw_path)
    call.exchange.endpoint = call.path
    call.exchange.uncertified = False  # nothing was played without a certificate
    call.exchange.explain("unsupported", {"family": call.family})
    call.exchange.refuse(return_msg)
    call.answer(envelope.build({"return_code": "FAIL", "return_msg": return_msg}))


UNPLAYED = Pipeline(
    steps=(certificates.judge, read, certificates.require, tell, journal),
    endings={TurnedAway: (certificates.turn_away, journal)},
)


async def decline(http: web.Request, services: Services, site: Site) -> web.StreamResponse:
    """Answer a call to an endpoint that is not played: as one that is, without a certificate that it needs."""
    path = declared("/" + http.match_info["path"])
    return await UNPLAYED.run(UnplayedCall(http, services, site, path, _FAMILIES[path]))


def shortened(said: str, path: str) -> str:
    """What the merchant is told; a path that is too long loses its beginning, not what it asks for."""
    room = LONGEST_MESSAGE - len(said.format(path=""))
    return said.format(path=path if len(path) <= room else f"…{path[1 - room :]}")


def named(http: web.Request, body: bytes) -> dict[str, str]:
    """The fields of the message or, where there is none, of the query; with the merchant under its usual name."""
    try:
        fields = envelope.parse(body)
    except PaymentError:
        fields = dict(parse_qsl(http.query_string))
    mch_id = next((fields[name] for name in _MERCHANT if fields.get(name)), "")
    return {**fields, "mch_id": mch_id}
