"""What a merchant's backend is configured with: numbers of certificates and keys, and their files to download."""

from aiohttp import web

from sandbox.console.accounts.certificates import FILES as OWN
from sandbox.console.accounts.merchants import merchant_of
from sandbox.console.frame.view import Console, console_of, lang_of
from sandbox.core.errors import NoValidCertificate
from sandbox.core.merchants import Merchant
from sandbox.words.refusals import refusal

PLATFORM = ("platform_cert.pem", "pub_key.pem")
_FILES = "|".join([*OWN, *PLATFORM]).replace(".", "[.]")

routes = web.RouteTableDef()


@routes.get("/merchants/{mch_id}/files/{file:" + _FILES + "}")
async def download(request: web.Request) -> web.Response:
    """A file of the newest valid certificate, or of WeChat Pay's keys, under the name that `merchant export` gives it.

    What is not there yet is made.
    """
    console, merchant, file = console_of(request), merchant_of(request), request.match_info["file"]
    try:
        body = await (_own if file in OWN else _platform)(console, merchant, file)
    except NoValidCertificate as error:
        raise web.HTTPNotFound(text=refusal(error, lang_of(request))) from None
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type=OWN.get(file, "application/x-pem-file"), headers=headers)


async def _own(console: Console, merchant: Merchant, file: str) -> bytes:
    files = await console.certificates.merchant(merchant.mch_id)
    if file.endswith(".p12"):
        return console.certificates.pkcs12(files, merchant.mch_id)
    return (files.private_key if file == "apiclient_key.pem" else files.certificate).encode()


async def _platform(console: Console, merchant: Merchant, file: str) -> bytes:
    keys = await console.certificates.platform_keys(merchant.mch_id)
    if file == "pub_key.pem":
        return keys.public_key.public_key.encode()
    if keys.certificate is None:
        raise web.HTTPNotFound
    return keys.certificate.files.certificate.encode()
