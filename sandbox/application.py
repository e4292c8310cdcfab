"""All that answers HTTP, put together: faces, control API, pages, and who may call what."""

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox import cashier, console, control, v2, v3, wechat
from sandbox.api.services import Services
from sandbox.config import Settings, shipped
from sandbox.core.links import CANARY, MAILBOX
from sandbox.parts import Parts
from sandbox.web.access import CONSOLE, Access
from sandbox.web.canary import Canary
from sandbox.web.door import Door
from sandbox.web.pages import Pages
from sandbox.web.proof import PageTokens
from sandbox.web.refusing import refusals
from sandbox.web.static import StaticFiles


def application(
    parts: Parts, settings: Settings, access: Access, tokens: PageTokens, ways: Callable[[], dict[str, str]]
) -> web.Application:
    """Everything that answers HTTP; `ways` as the console is told of them."""
    services, pages = parts.services, Pages(tokens, settings.lang)
    door = Door(access, tokens, parts.outgoing)
    app = web.Application(middlewares=[refusals(pages, parts.storage), door.middleware(), _strays(services)])
    app.router.add_post(MAILBOX, console.mailbox(parts.faces))
    app.router.add_post(MAILBOX + "/login", console.turn_to_login)
    app.router.add_post(MAILBOX + "/wrong", console.bad_mailbox(parts.faces))
    door.for_own_messages(app)
    v2.add_routes(app, services)
    v3.add_routes(app, services)
    door.for_merchants(app)
    app.add_subapp("/_sandbox/client/", _client(parts, settings))
    app.add_subapp("/_sandbox/", _control(parts, settings, access))
    canary = Canary(parts.storage, parts.clock)
    app.router.add_route("*", f"{CANARY}/{{notification_id}}/{{which}}", canary.handle)
    door.for_programs(app)
    # All that follows is for people: who changes something there proves that one of our pages sent it.
    cashier.add_routes(app, _cashier(parts, pages))
    app.add_subapp(CONSOLE, console.application(_console(parts, settings, access, pages, ways)))
    app.router.add_get("/static/{name:.+}", StaticFiles(shipped("static")).handle)
    app.router.add_get("/", _to_console)
    app.router.add_get("/console", _to_console)
    return app


def _strays(services: Services) -> Middleware:
    """What no route takes may mean WeChat's API all the same: each face is asked."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        missed = request.match_info.http_exception
        if missed is not None and missed.status == 404:
            for stray in (v3.stray, v2.stray):
                if (answered := await stray(request, services)) is not None:
                    return answered
        return await handler(request)

    return answer


def _client(parts: Parts, settings: Settings) -> web.Application:
    return wechat.application(
        storage=parts.storage,
        changes=parts.changes,
        links=parts.links,
        faces=parts.faces,
        scanner=parts.scanner,
        usecases=parts.usecases,
        default_lang=settings.lang,
    )


def _control(parts: Parts, settings: Settings, access: Access) -> web.Application:
    return control.application(
        access=access,
        metrics=parts.metrics,
        default_lang=settings.lang,
        storage=parts.storage,
        clock=parts.clock,
        changes=parts.changes,
        links=parts.links,
        certificates=parts.certificates,
        scenarios=parts.scenarios,
        faces=parts.faces,
        clock_control=parts.clock_control,
        client=parts.client,
        switchboard=parts.switchboard,
        usecases=parts.usecases,
        debug=parts.debug,
        repeater=parts.repeater,
    )


def _cashier(parts: Parts, pages: Pages) -> cashier.Cashier:
    return cashier.Cashier(
        storage=parts.storage,
        clock=parts.clock,
        links=parts.links,
        faces=parts.faces,
        scanner=parts.scanner,
        usecases=parts.usecases,
        pages=pages,
    )


def _console(
    parts: Parts, settings: Settings, access: Access, pages: Pages, ways: Callable[[], dict[str, str]]
) -> console.Console:
    return console.Console(
        storage=parts.storage,
        clock=parts.clock,
        usecases=parts.usecases,
        scenarios=parts.scenarios,
        faces=parts.faces,
        links=parts.links,
        changes=parts.changes,
        certificates=parts.certificates,
        clock_control=parts.clock_control,
        client=parts.client,
        manual_sender=parts.manual_sender,
        debug=parts.debug,
        repeater=parts.repeater,
        pages=pages,
        access=access,
        settings=settings,
        ways=ways,
    )


async def _to_console(request: web.Request) -> web.Response:
    raise web.HTTPFound("/console/")
