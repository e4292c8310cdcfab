"""How a backend is pointed at the sandbox, and a light that turns green when it is."""

import shlex
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.config import DEFAULT_DATA_DIR, Settings
from sandbox.console.first_steps.runtimes import HOSTS_LINE, RUNTIMES, Runtime
from sandbox.console.first_steps.sample import example_curl, receiver_url
from sandbox.console.first_steps.snippet import Snippet
from sandbox.console.first_steps.snippets import RUNS, SNIPPETS
from sandbox.console.first_steps.which_face import face_of, offered
from sandbox.console.frame.view import Console, console_of, query_with
from sandbox.console.orders.timeline import failure
from sandbox.core.journal import Exchange, ExchangeOutcome, SignatureState
from sandbox.core.merchants import Merchant
from sandbox.core.ports.face import Face
from sandbox.core.ports.queries import CallFilter
from sandbox.words import connecting as words

MEMORY = ":memory:"
RECENT = timedelta(minutes=10)

routes = web.RouteTableDef()


@routes.get("/connect")
async def connect(request: web.Request) -> web.Response:
    """Three ways in for one version of the API and one language, which the address keeps."""
    console = console_of(request)
    mch_id = console.merchant_chosen(request)
    merchants = console.storage.accounts.merchants
    merchant = merchants.get(mch_id) or next(iter(merchants.values()), None)
    wanted = request.query.get("language", "")
    runtime = next((one for one in RUNTIMES if one.name == wanted), RUNTIMES[0])
    face = face_of(request, request.query)
    runtime = replace(runtime, run=RUNS.get((face.name, runtime.name), runtime.run))
    context: dict[str, Any] = {
        "faces": [(one.name, query_with(request, face=one.name), one is face) for one in offered(request)],
        "face": face,
        "environment": words.environment(face.name),
        "export": _export(console.settings, merchant) if merchant and face.signs_by_certificate else "",
        "merchant": merchant,
        "base": console.links.base,
        "languages": [(one, query_with(request, language=one.name), one.name == runtime.name) for one in RUNTIMES],
        "runtime": runtime,
        "snippet": _snippet(request, face, runtime.name, merchant) if merchant else None,
        "light": await _light(request, mch_id),
        **_unchanged(console, runtime),
    }
    return console.page(request, "connect.html", context, here="connect")


def _snippet(request: web.Request, face: Face, language: str, merchant: Merchant) -> Snippet:
    """What to write in a language so that it calls this sandbox, filled in."""
    console = console_of(request)
    base = console.links.base
    of_face = SNIPPETS.get(face.name, {})
    if language not in of_face:
        return Snippet(None, example_curl(console, face, merchant, receiver_url(request)))
    facts = {"base": base, "mch_id": merchant.mch_id, "appid": merchant.appids[0] if merchant.appids else ""}
    return of_face[language].filled(facts)


def _unchanged(console: Console, runtime: Runtime) -> dict[str, Any]:
    """For code that stays as it is: the command, the proxy, the hosts file."""
    ways, settings = console.ways(), console.settings
    if "proxy" not in ways:
        return {"ways": None}
    parts = urlsplit(ways["proxy"])
    facts = {**ways, "host": parts.hostname or "", "port": str(parts.port)}
    where = _where(settings)
    return {
        "ways": ways,
        # A sandbox in memory is found by nobody else: `exec` would start another one.
        "command": "" if settings.database == MEMORY else f"wxpay-sandbox exec{where} -- {runtime.run}",
        "proxied": runtime.by_hand(facts, proxied=True),
        "trusting": runtime.by_hand(facts, proxied=False),
        "hosts_line": HOSTS_LINE,
    }


def _export(settings: Settings, merchant: Merchant) -> str:
    """Lines that write a merchant's files; a sandbox in memory has none but those of its pages."""
    if settings.database == MEMORY:
        return ""
    return words.EXPORT.replace("{where}", _where(settings)).replace("{mch_id}", merchant.mch_id)


def _where(settings: Settings) -> str:
    """The option that leads a command to this sandbox."""
    return "" if settings.data_dir == DEFAULT_DATA_DIR else f" --data-dir {shlex.quote(str(settings.data_dir))}"


async def _light(request: web.Request, mch_id: str) -> dict[str, Any] | None:
    """The latest call: whether it went well, and when."""
    console = console_of(request)
    chosen = CallFilter(mch_id=mch_id)
    page = await console.storage.read(lambda tx: tx.journal.calls(chosen, None, 1))
    if not page.items:
        return None
    call = page.items[0].what
    assert isinstance(call, Exchange)
    age = console.clock.now(call.mch_id) - call.at
    failed = call.outcome is ExchangeOutcome.FAILED and call.signature is not SignatureState.OK
    return {
        "id": page.items[0].id,
        "call": call,
        "age": age.total_seconds(),
        "recent": age < RECENT,
        "failed": failed,
        "why": failure(call) if failed else "",
    }
