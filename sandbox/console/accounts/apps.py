"""The apps of the open platform: their registration, their payment capability, the merchants they are paired with."""

import asyncio
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from aiohttp import BodyPartReader, MultipartReader, web

from sandbox.console.accounts.changes import latest_changes
from sandbox.console.frame.forms import fitting, form_of
from sandbox.console.frame.view import HOME, console_of, said, say
from sandbox.core.changes import AccountKind, Author
from sandbox.core.merchants import App
from sandbox.core.patches import AppPatch
from sandbox.web.app_signatures import NoCertificate, of_certificate, of_file
from sandbox.web.drafts import AppChanges
from sandbox.web.proof import streamed
from sandbox.words import accounts as words

TEXTS = ("package_name", "app_signature", "bundle_id", "universal_link")
LARGEST_APK = 512 * 1024 * 1024
IN_MEMORY = 1024 * 1024

routes = web.RouteTableDef()


@routes.get("/apps")
async def list_apps(request: web.Request) -> web.Response:
    console = console_of(request)
    accounts = console.storage.accounts
    found = [(app, accounts.merchants_of(app.appid)) for app in reversed(accounts.apps.values())]
    return console.page(request, "apps.html", {"found": found}, here="merchants")


@routes.get("/apps/{appid}")
async def show_app(request: web.Request) -> web.Response:
    console, app = console_of(request), app_of(request)
    accounts = console.storage.accounts
    changes = await console.storage.read(lambda tx: latest_changes(tx, AccountKind.APP, app.appid))
    paired = [one for one in accounts.merchants.values() if app.appid in one.appids]
    context = {
        "app": app,
        "texts": [(name, getattr(app, name)) for name in TEXTS],
        "paired": paired,
        "whose": accounts.merchants_of(app.appid),
        "others": [one for one in accounts.merchants.values() if one not in paired],
        "changes": changes,
    }
    return console.page(request, "app.html", context, here="merchants")


@routes.post("/apps/{appid}")
async def change_app(request: web.Request) -> web.Response:
    """Its registration: every field that is sent."""
    form = await form_of(request)
    names = ("name", "kind", "review", "payment", *TEXTS)
    changes = fitting(AppChanges, {name: form[name] for name in names if name in form})
    await _keep(request, changes.draft())
    return said(request, say(request, words.SAVED), back=form.get("back", "") or app_path(app_of(request).appid))


@routes.post("/apps/{appid}/certificate")
@streamed
async def compute_signature(request: web.Request) -> web.Response:
    """The app's signature, from the certificate that is pasted or in a file."""
    back = app_path(app_of(request).appid)
    try:
        value = await _signature_sent(request)
    except NoCertificate as trouble:
        sentence = say(request, words.CERTIFICATE_TROUBLES[trouble.reason])
        return said(request, sentence, good=False, back=back, status=409)
    await _keep(request, AppPatch(app_signature=value))
    return said(request, say(request, words.SIGNATURE_IS, value=value), back=back)


async def _signature_sent(request: web.Request) -> str:
    """Read part by part: an APK is larger than anything else that the console takes."""
    if not request.content_type.startswith("multipart/"):
        return of_certificate((await form_of(request)).get("certificate", "").encode())
    try:
        return await _signature_in(await request.multipart())
    except ValueError:  # it has no boundary, or another one than it says
        raise NoCertificate("unreadable") from None


async def _signature_in(parts: MultipartReader) -> str:
    pasted = b""
    async for part in parts:
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "certificate":
            pasted = (await part.read(decode=True)).strip()
        elif part.name == "file" and part.filename:
            with SpooledTemporaryFile(IN_MEMORY) as file:
                await _copied(part, cast(IO[bytes], file))
                # In a thread: an APK's directory may take its time.
                return await asyncio.to_thread(of_file, cast(Any, file))
    if not pasted:
        raise NoCertificate("nothing")
    return of_certificate(pasted)


async def _copied(part: BodyPartReader, file: IO[bytes]) -> None:
    while chunk := await part.read_chunk():
        if file.tell() + len(chunk) > LARGEST_APK:
            raise NoCertificate("too_large")
        file.write(chunk)


async def _keep(request: web.Request, draft: AppPatch) -> None:
    console, named = console_of(request), replace(draft, appid=app_of(request).appid)
    await console.storage.write(lambda tx: console.usecases.accounts(tx, Author.CONSOLE).keep_app(named))


def app_path(appid: str) -> str:
    return f"{HOME}/apps/{appid}"


def app_of(request: web.Request) -> App:
    """The app that an address names."""
    app = console_of(request).storage.accounts.app(request.match_info["appid"])
    if app is None:
        raise web.HTTPNotFound
    return app
