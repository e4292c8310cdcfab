"""How a backend is pointed at the sandbox, and a light that turns green when it is."""

import shlex
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.config import DEFAULT_DATA_DIR
from sandbox.console.runtimes import HOSTS_LINE, RUNTIMES
from sandbox.console.sample import example_curl, receiver_url
from sandbox.console.snippets import SNIPPETS, Snippet
from sandbox.console.timeline import failure
from sandbox.console.view import Console, console_of
from sandbox.core.journal import Exchange
from sandbox.core.ports import CallFilter

MEMORY = ":memory:"
RECENT = timedelta(minutes=10)

routes = web.RouteTableDef()


@routes.get("/connect")
async def connect(request: web.Request) -> web.Response:
    console = console_of(request)
    mch_id = console.merchant_chosen(request)
    merchants = console.world.storage.accounts.merchants
    merchant = merchants.get(mch_id) or next(iter(merchants.values()), None)
    base = console.world.links.base
    context: dict[str, Any] = {
        "merchant": merchant,
        "base": base,
        "snippets": [],
        "light": await _light(request, mch_id),
        **_unchanged(console),
    }
    if merchant is not None:
        facts = {"base": base, "mch_id": merchant.mch_id, "appid": merchant.appids[0] if merchant.appids else ""}
        curl = example_curl(merchant, base, receiver_url(request), console.world.clock)
        filled = [Snippet(one.name, one.title, one.library, one.fill(facts)) for one in SNIPPETS]
        context["snippets"] = [*filled, Snippet("curl", "curl", None, curl)]
    return console.page(request, "connect.html", context, here="connect")


def _unchanged(console: Console) -> dict[str, Any]:
    """For code that stays as it is: the command, the proxy, the hosts file."""
    ways, settings = console.ways(), console.settings
    if "proxy" not in ways:
        return {"ways": ways, "runtimes": []}
    parts = urlsplit(ways["proxy"])
    facts = {**ways, "host": parts.hostname or "", "port": str(parts.port)}
    where = "" if settings.data_dir == DEFAULT_DATA_DIR else f" --data-dir {shlex.quote(str(settings.data_dir))}"
    return {
        "ways": ways,
        "runtimes": [
            (
                one,
                # A sandbox in memory is found by nobody else: `exec` would start another one.
                "" if settings.database == MEMORY else f"wxpay-sandbox exec{where} -- {one.run}",
                one.by_hand(facts, proxied=True),
                one.by_hand(facts, proxied=False),
            )
            for one in RUNTIMES
        ],
        "hosts_line": HOSTS_LINE,
    }


async def _light(request: web.Request, mch_id: str) -> dict[str, Any] | None:
    """The latest call: whether it went well, and when."""
    console = console_of(request)
    chosen = CallFilter(mch_id=mch_id)
    page = await console.world.storage.read(lambda tx: tx.journal.calls(chosen, None, 1))
    if not page.items:
        return None
    call = page.items[0].what
    assert isinstance(call, Exchange)
    age = console.world.clock.now(call.mch_id) - call.at
    failed = call.outcome == "failed" and call.signature != "ok"
    return {
        "id": page.items[0].id,
        "call": call,
        "age": age.total_seconds(),
        "recent": age < RECENT,
        "failed": failed,
        "why": failure(call) if failed else "",
    }
