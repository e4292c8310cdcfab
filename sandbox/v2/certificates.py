"""The client certificate that some endpoints need, and what the real front end answers where it is not right.

Source: V2 notes, 1.6 and 9. The pages come from the front end, before the application reads anything:
nginx has one page for whatever it does not verify (its status 495, ngx_http_ssl_module), so that a merchant is not told
why. The journal is.
"""

from collections.abc import Awaitable
from contextlib import suppress

from aiohttp import web

from sandbox.api.call import Refused
from sandbox.api.services import Services
from sandbox.core.certificates import CertificateState, MerchantCertificate, UnknownCertificate
from sandbox.core.errors import PaymentError
from sandbox.core.ids import beijing
from sandbox.v2 import envelope
from sandbox.v2.call import ShownCertificate, V2Call

TITLES = {
    "missing": "No required SSL certificate was sent",
    **dict.fromkeys(("foreign", "revoked", "expired"), "The SSL certificate error"),
}
UNASKED = ShownCertificate("right")
LONGEST_NAME = 200
PAGE = """<html>
<head><title>400 {title}</title></head>
<body bgcolor="white">
<center><h1>400 Bad Request</h1></center>
<center>{title}</center>
<hr><center>nginx</center>
</body>
</html>
"""


class TurnedAway(Refused):
    """The front end lets the call no further."""


def judge(call: V2Call) -> Awaitable[None] | None:
    """Judge the client certificate, where one is needed; the official sandbox needs none."""
    call.shown = UNASKED
    return _judge(call) if call.certificate else None


async def _judge(call: V2Call) -> None:
    call.shown = await _shown(call.http, call.services)
    call.exchange.uncertified = call.shown.what == "waived"


async def _shown(http: web.Request, services: Services) -> ShownCertificate:
    tls = http.transport.get_extra_info("ssl_object") if http.transport else None
    if tls is None:
        return ShownCertificate("missing" if services.rules.require_client_cert else "waived")
    certificate = tls.getpeercert(True)
    if certificate is None:
        return ShownCertificate("missing")
    known = await services.certificates.recognise(certificate)
    return _foreign(known) if isinstance(known, UnknownCertificate) else _issued(known, services)


def _foreign(stranger: UnknownCertificate) -> ShownCertificate:
    facts = {"serial_no": stranger.serial_no, "issuer": stranger.issuer, "subject": stranger.subject}
    return ShownCertificate("foreign", facts={name: said[:LONGEST_NAME] or "?" for name, said in facts.items()})


def _issued(certificate: MerchantCertificate, services: Services) -> ShownCertificate:
    """One that was issued to a merchant. Its state is that of real time; moments are told in Beijing's."""
    state = certificate.state(services.clock.real_now())
    if state is CertificateState.VALID:
        return ShownCertificate("right", certificate.mch_id)
    at = certificate.expires_at if certificate.revoked_at is None else certificate.revoked_at
    facts = {"serial_no": certificate.serial_no, "holder": certificate.mch_id, "ended_at": beijing(at)}
    return ShownCertificate("revoked" if state is CertificateState.REVOKED else "expired", certificate.mch_id, facts)


def require(call: V2Call) -> None:
    """Raise TurnedAway unless the certificate is right; the journal keeps what was sent all the same."""
    title = TITLES.get(call.shown.what)
    if title is None:
        return
    with suppress(PaymentError):
        call.recognise(envelope.parse(call.body))
    raise TurnedAway(f"certificate_{call.shown.what}", **call.shown.facts)


def turn_away(call: V2Call) -> None:
    """Answer with the front end's page."""
    title = TITLES[call.shown.what]
    call.exchange.refuse(f"400 {title}")
    call.answer(PAGE.format(title=title).encode(), {"Content-Type": "text/html"}, 400)
