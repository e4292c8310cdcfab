"""All that answers HTTP, put together: faces, control API, pages, and who may call what.

What the first call of many a sandbox does not need is imported, and added, with the first call that does.
"""

from collections.abc import Callable
from contextlib import suppress

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox import v2
from sandbox.api.services import Services
from sandbox.config import Settings, shipped
from sandbox.core.errors import StorageFailed
from sandbox.core.links import CANARY, MAILBOX
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.storage import Storage
from sandbox.parts import Parts
from sandbox.web.access import CONSOLE, OWN, Access
from sandbox.web.door import Door
from sandbox.web.late import add_late
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
    around = [refusals(pages, parts.storage), door.middleware(), _strays(services)]
    if parts.storage.owed.shared:
        around.append(_caught_up(parts.storage))
    app = web.Application(middlewares=around)
    v2.add_routes(app, services)
    door.for_merchants(app)
    add_late(app, "/", lambda late: _add_rest_of_v2(late, door, services))
    add_late(app, "/v3", lambda late: _add_v3(late, door, services))
    add_late(app, MAILBOX, lambda late: _add_mailboxes(late, door, parts.faces))
    add_late(app, "/_sandbox/client", lambda late: _add_client(late, door, parts, settings))
    add_late(app, "/_sandbox", lambda late: _add_control(late, door, parts, settings, access))
    add_late(app, CANARY, lambda late: _add_canary(late, door, parts))
    # All that follows is for people: who changes something there proves that one of our pages sent it.
    for below in ("/cashier", "/cgi-bin/mmpayweb-bin"):
        add_late(app, below, lambda late: _add_cashier(late, parts, pages))
    add_late(app, CONSOLE, lambda late: _add_console(late, parts, settings, access, pages, ways))
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
            from sandbox.v2 import strays as of_v2
            from sandbox.v3 import unsupported as of_v3

            for stray in (of_v3.stray, of_v2.stray):
                if (answered := await stray(request, services)) is not None:
                    return answered
        return await handler(request)

    return answer


def _caught_up(storage: Storage) -> Middleware:
    """What people and programs ask for is of the newest that any process has stored; a merchant's call sees to that."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = request.path.split("/", 2)[1] in SHOWN and request.path != HEALTH
        if asked and (news := storage.catch_up()) is not None:
            with suppress(StorageFailed):  # what needs the database finds out by itself, and says it in its own form
                await news
        return await handler(request)

    return answer


def _add_rest_of_v2(late: web.Application, door: Door, services: Services) -> None:
    v2.add_rest(late, services)
    door.for_merchants(late)


def _add_v3(late: web.Application, door: Door, services: Services) -> None:
    from sandbox import v3

    v3.add_routes(late, services)
    door.for_merchants(late)


def _add_mailboxes(late: web.Application, door: Door, faces: Faces) -> None:
    from sandbox import console

    late.router.add_post(MAILBOX, console.mailbox(faces))
    late.router.add_post(MAILBOX + "/login", console.turn_to_login)
    late.router.add_post(MAILBOX + "/wrong", console.bad_mailbox(faces))
    door.for_own_messages(late)


def _add_client(late: web.Application, door: Door, parts: Parts, settings: Settings) -> None:
    from sandbox import wechat

    client = wechat.application(
        storage=parts.storage,
        changes=parts.changes,
        links=parts.links,
        faces=parts.faces,
        scanner=parts.scanner,
        usecases=parts.usecases,
        default_lang=settings.lang,
    )
    late.add_subapp("/_sandbox/client/", client)
    door.for_programs(late)


def _add_control(late: web.Application, door: Door, parts: Parts, settings: Settings, access: Access) -> None:
    from sandbox import control

    api = control.application(
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
    late.add_subapp("/_sandbox/", api)
    door.for_programs(late)


def _add_canary(late: web.Application, door: Door, parts: Parts) -> None:
    from sandbox.web.canary import Canary

    canary = Canary(parts.storage, parts.clock)
    late.router.add_route("*", f"{CANARY}/{{notification_id}}/{{which}}", canary.handle)
    door.for_programs(late)


def _add_cashier(late: web.Application, parts: Parts, pages: Pages) -> None:
    from sandbox import cashier

    cashier.add_routes(
        late,
        cashier.Cashier(
            storage=parts.storage,
            clock=parts.clock,
            links=parts.links,
            faces=parts.faces,
            scanner=parts.scanner,
            usecases=parts.usecases,
            pages=pages,
        ),
    )


def _add_console(
    late: web.Application,
    parts: Parts,
    settings: Settings,
    access: Access,
    pages: Pages,
    ways: Callable[[], dict[str, str]],
) -> None:
    from sandbox import console

    known = console.Console(
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
    late.add_subapp(CONSOLE, console.application(known))


SHOWN = OWN - {"static"}
HEALTH = "/_sandbox/health"
"""Answers whatever the database does."""


async def _to_console(request: web.Request) -> web.Response:
    raise web.HTTPFound("/console/")
