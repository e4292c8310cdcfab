"""The client certificate that some endpoints need, and what the real front end answers where it is not right.

Source: protocol notes, sections 1.6 and 9. The pages come from the front end, before the application reads anything.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from sandbox.core.errors import PaymentError
from sandbox.core.world import World
from sandbox.v2 import envelope
from sandbox.v2.call import Call

NEEDED_BELOW = (
    "/secapi/",
    "/mmpaymkttransfers/",
    "/mmpaysptrans/",
    "/risk/getpublickey",
    "/risk/getviolation",
    "/mchrisk/querymchrisk",
    "/mchrisk/syncmchriskresult",
    "/pay/downloadfundflow",
    "/billcommentsp/batchquerycomment",
    "/deposit/consume",
    "/deposit/refund",
    "/deposit/reverse",
    "/applyment/micro/",
    "/fund/",
    "/wxv/",
)
OPEN = (
    "/mmpaymkttransfers/query_coupon_stock",
    "/mmpaymkttransfers/querycouponsinfo",
    "/deposit/refundquery",
)

TITLES = {"missing": "No required SSL certificate was sent", "foreign": "The SSL certificate error"}
PAGE = """<html>
<head><title>400 {title}</title></head>
<body bgcolor="white">
<center><h1>400 Bad Request</h1></center>
<center>{title}</center>
<hr><center>nginx</center>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a client has shown: the certificate of `mch_id`, none, a foreign one; "waived" where nobody asked."""

    what: Literal["right", "missing", "foreign", "waived"]
    mch_id: str = ""


def needs_certificate(path: str) -> bool:
    """Whether the real server asks for a merchant's certificate at this path."""
    return path.startswith(NEEDED_BELOW) and not path.startswith(OPEN)


async def shown_certificate(http: web.Request, world: World) -> Shown:
    """Judge the certificate that came with a call to an endpoint that needs one."""
    tls = http.transport.get_extra_info("ssl_object") if http.transport else None
    if tls is None:
        return Shown("missing" if world.rules.require_client_cert else "waived")
    certificate = tls.getpeercert(True)
    if certificate is None:
        return Shown("missing")
    mch_id = await world.certificates.holder(certificate)
    return Shown("foreign") if mch_id is None else Shown("right", mch_id)


async def turn_away(call: Call, world: World, shown: Shown) -> web.Response:
    """Answer with the front end's page; the journal keeps what was sent all the same."""
    body = await call.read()
    with suppress(PaymentError):
        call.recognise(envelope.parse(body))
    title = TITLES[shown.what]
    call.exchange.outcome = "failed"
    call.exchange.facts |= {"fault": f"certificate_{shown.what}", "return_msg": f"400 {title}"}
    response = call.answered(PAGE.format(title=title).encode(), {"Content-Type": "text/html"}, status=400)
    world.storage.jot(call.exchange)
    return response
