"""The console as an aiohttp application, to be mounted at /console/."""

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.console.accounts import (
    app_registration,
    apps,
    cards,
    certificates,
    key_files,
    merchant_keys,
    merchant_opening,
    merchant_settings,
    merchants,
    payers,
    phone,
    platform_keys,
    sub_merchants,
)
from sandbox.console.debugging import calls, debug
from sandbox.console.first_steps import connect, sample, start
from sandbox.console.frame import clock, live, login, palette
from sandbox.console.frame.forms import FormError
from sandbox.console.frame.view import CONSOLE, Console, console_of, lang_of, said
from sandbox.console.money import bills, ledger, refunds, sharings, transfers
from sandbox.console.orders import (
    notifications,
    order,
    order_acts,
    order_refunds,
    order_sharing,
    order_story,
    orders,
    several,
)
from sandbox.console.scenarios import scenario_editor, scenarios
from sandbox.core.errors import PaymentError, StorageFailed
from sandbox.web.access import LOGIN, guard
from sandbox.web.errors import Refused
from sandbox.web.refusing import refused_page
from sandbox.words import console as words
from sandbox.words.refusals import refusal

_MODULES = (
    orders,
    several,
    order,
    order_acts,
    order_refunds,
    order_sharing,
    order_story,
    refunds,
    transfers,
    sharings,
    calls,
    notifications,
    scenarios,
    scenario_editor,
    merchant_opening,
    merchants,
    merchant_keys,
    merchant_settings,
    certificates,
    key_files,
    platform_keys,
    sub_merchants,
    app_registration,
    apps,
    payers,
    cards,
    ledger,
    bills,
    phone,
    connect,
    debug,
    start,
    clock,
    sample,
    live,
    palette,
    login,
)


def application(console: Console) -> web.Application:
    """All pages of the console; every route but the way in is protected."""
    app = web.Application(middlewares=[_say_it_in_a_page, guard(console.access, {LOGIN})], client_max_size=1024 * 1024)
    app[clock.MOVING] = set()
    app.on_shutdown.append(clock.stop_moving)
    app[CONSOLE] = console
    app[start.RESULTS] = start.Results()
    for module in _MODULES:
        app.add_routes(module.routes)
    return app


@web.middleware
async def _say_it_in_a_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals and missing things as pages: people never see a traceback or a bare status."""
    storage = console_of(request).storage
    try:
        if storage.trouble():
            await storage.examine()  # so that the page does not speak of what is over
        return await handler(request)
    except Refused as refused:
        return refused_page(console_of(request).pages, request, refused)
    except FormError as unfit:
        back = str((await request.post()).get("back", ""))
        return said(request, unfit.sentence(lang_of(request)), good=False, back=back, status=409)
    except StorageFailed:
        raise  # for all pages alike
    except PaymentError as error:
        return _trouble(request, 404, refusal(error, console_of(request).pages.language(request)))
    except web.HTTPNotFound:
        return _trouble(request, 404, words.NOT_FOUND.say(console_of(request).pages.language(request)))


def _trouble(request: web.Request, status: int, sentence: str) -> web.StreamResponse:
    return console_of(request).page(request, "trouble.html", {"sentence": sentence}, status=status)
