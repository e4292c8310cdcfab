"""A merchant's certificates: a list with their files; issued, revoked, restored and ended here."""

from typing import Any

from aiohttp import web

from sandbox.console.accounts.merchants import merchant_of
from sandbox.console.accounts.stale_calls import calls_with_ended_certificates
from sandbox.console.frame.forms import form_of
from sandbox.console.frame.view import Console, console_of, lang_of, merchant_path, said, say
from sandbox.core.certificates import LONGEST_DAYS, CertificateState, MerchantCertificate
from sandbox.core.changes import Author
from sandbox.core.errors import PaymentError
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.usecases.certificates import CertificateService, certificate_of
from sandbox.words import certificates as words
from sandbox.words.refusals import refusal

ALL = "/merchants/{mch_id}/certificates"
ONE = ALL + "/{serial_no:[0-9A-F]{40}}"
FILES = {
    "apiclient_cert.pem": "application/x-pem-file",
    "apiclient_key.pem": "application/x-pem-file",
    "apiclient_cert.p12": "application/x-pkcs12",
}
_ACTS = {
    "revoke": CertificateService.revoke,
    "restore": CertificateService.restore,
    "expire": CertificateService.expire,
}

routes = web.RouteTableDef()


@routes.get(ALL)
async def show_certificates(request: web.Request) -> web.Response:
    console, merchant = console_of(request), merchant_of(request)
    now = console.clock.real_now()

    def look(tx: UnitOfWork) -> dict[str, Any]:
        found = tx.merchant_certificates.of(merchant.mch_id)
        states = {one.serial_no: one.state(now).value for one in found}
        ended = {serial_no for serial_no, state in states.items() if state != CertificateState.VALID}
        return {
            "found": [(one, states[one.serial_no], one.restorable_until(now)) for one in found],
            "in_use": next((one.serial_no for one in found if one.serial_no not in ended), ""),
            "stale_calls": calls_with_ended_certificates(tx, merchant, ended),
        }

    context = {"merchant": merchant, "mch_id": merchant.mch_id, "files": list(FILES), "most_days": LONGEST_DAYS}
    return console.page(request, "certificates.html", context | await console.storage.read(look), here="merchants")


@routes.post(ALL)
async def issue(request: web.Request) -> web.Response:
    """One more, good for `days`, or five years."""
    console, merchant, form = console_of(request), merchant_of(request), await form_of(request)
    back, days = merchant_path(merchant.mch_id, "/certificates"), form.get("days", "")
    if days and not (days.isascii() and days.isdecimal() and len(days) < 5 and int(days) <= LONGEST_DAYS):
        return said(request, say(request, words.DAYS_WRONG, most=LONGEST_DAYS), good=False, back=back, status=409)
    try:
        issued = await console.certificates.issue(merchant.mch_id, Author.CONSOLE, int(days) if days else None)
    except PaymentError as error:
        return said(request, refusal(error, lang_of(request)), good=False, back=back, status=409)
    return said(request, say(request, words.ISSUED, serial_no=issued.serial_no), back=back)


@routes.get(ONE + "/{act:revoke|expire}")
async def ask(request: web.Request) -> web.Response:
    """The question before a certificate is lost; with script it stands in a dialog."""
    console, certificate = console_of(request), await _certificate(request)
    context = {
        "merchant": merchant_of(request),
        "mch_id": certificate.mch_id,
        "certificate": certificate,
        "act": request.match_info["act"],
    }
    return console.page(request, "certificate_ask.html", context, here="merchants")


@routes.post(ONE + "/{act:revoke|restore|expire}")
async def change(request: web.Request) -> web.Response:
    console, merchant, act = console_of(request), merchant_of(request), request.match_info["act"]
    back, serial_no = merchant_path(merchant.mch_id, "/certificates"), request.match_info["serial_no"]
    try:
        await console.storage.write(lambda tx: _change(console, tx, act, merchant.mch_id, serial_no))
    except PaymentError as error:
        return said(request, refusal(error, lang_of(request)), good=False, back=back, status=409)
    return said(request, say(request, words.DONE[act]), back=back)


def _change(console: Console, tx: UnitOfWork, act: str, mch_id: str, serial_no: str) -> None:
    _ACTS[act](console.usecases.certificates(tx, Author.CONSOLE), mch_id, serial_no)


@routes.get(ONE + "/{file:apiclient_cert[.]pem|apiclient_key[.]pem|apiclient_cert[.]p12}")
async def download(request: web.Request) -> web.Response:
    """A file of one certificate, valid or not, under the name that the merchant platform gives it."""
    console, file, certificate = console_of(request), request.match_info["file"], await _certificate(request)
    files = certificate.files
    if file.endswith(".p12"):
        body = console.certificates.pkcs12(files, certificate.mch_id)
    else:
        body = (files.private_key if file == "apiclient_key.pem" else files.certificate).encode()
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type=FILES[file], headers=headers)


async def _certificate(request: web.Request) -> MerchantCertificate:
    mch_id, serial_no = request.match_info["mch_id"], request.match_info["serial_no"]
    return await console_of(request).storage.read_now(lambda tx: certificate_of(tx, mch_id, serial_no))
