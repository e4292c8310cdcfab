"""The way in, where an admin token is in force."""

from aiohttp import web

from sandbox.console.frame.view import HOME, console_of, local, say
from sandbox.web.access import LOGIN, SESSION_COOKIE
from sandbox.words import console as words

routes = web.RouteTableDef()
PATH = LOGIN.removeprefix(HOME)


@routes.get(PATH)
async def show_login(request: web.Request) -> web.Response:
    console = console_of(request)
    if not console.access.admin_token:
        raise web.HTTPSeeOther(HOME + "/")
    return console.part(request, "login.html", {"next": local(request.query.get("next", "")), "problem": ""})


@routes.post(PATH)
async def log_in(request: web.Request) -> web.Response:
    """Exchange the token for a session cookie."""
    console, form = console_of(request), await request.post()
    target = local(str(form.get("next", "")))
    session = await console.access.login(request, str(form.get("token", "")).strip())
    if session is None:
        context = {"next": target, "problem": say(request, words.WRONG_TOKEN)}
        return console.part(request, "login.html", context, status=401)
    answer = web.HTTPSeeOther(target)
    answer.set_cookie(SESSION_COOKIE, session, httponly=True, samesite="Strict")
    raise answer


@routes.post("/logout")
async def log_out(request: web.Request) -> web.Response:
    answer = web.HTTPSeeOther(LOGIN)
    answer.del_cookie(SESSION_COOKIE)
    raise answer
