"""Says to whoever asked why they may not: people get a page, live pages a line, programs a sentence."""

from urllib.parse import urlencode, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.core.errors import StorageFailed
from sandbox.core.ports.storage import Storage
from sandbox.web.access import LOGIN
from sandbox.web.errors import Refused
from sandbox.web.pages import Pages
from sandbox.words import access as words
from sandbox.words import health
from sandbox.words.refusals import refusal


def refusals(pages: Pages, storage: Storage) -> Middleware:
    """The outermost middleware: what the door and pages' routes refuse, and a database that cannot be used."""

    @web.middleware
    async def tell(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refused as refused:
            return refused_page(pages, request, refused)
        except StorageFailed as failed:
            lang, trouble = pages.language(request), storage.trouble()
            why = health.told(trouble, lang) if trouble else refusal(failed, lang)
            return pages.render(request, "unavailable.html", {"why": why}, status=503)

    return tell


def refused_page(pages: Pages, request: web.Request, refused: Refused) -> web.Response:
    if refused.status == 401:
        return _to_login(request, refused)
    if _is_live(request):
        response = pages.render(request, "console/said.html", _line(pages, request, refused), status=refused.status)
        response.headers.update({"HX-Retarget": "#said", "HX-Reswap": "afterbegin"})
        return response
    if _reads_pages(request):
        known = {"sentence": _sentence(pages, request, refused), "back": _back(request)}
        return pages.render(request, "refused.html", known, status=refused.status)
    return web.Response(status=refused.status, text=refused.message)


def _to_login(request: web.Request, refused: Refused) -> web.Response:
    if request.method == "GET" and not _is_live(request) and _reads_pages(request):
        way_in = f"{LOGIN}?{urlencode({'next': request.path_qs})}"
        return web.Response(status=303, headers={"Location": way_in})
    return web.Response(status=401, text=refused.message, headers={"HX-Redirect": LOGIN})


def _line(pages: Pages, request: web.Request, refused: Refused) -> dict[str, object]:
    return {"sentence": _sentence(pages, request, refused), "good": False, "detail": ""}


def _sentence(pages: Pages, request: web.Request, refused: Refused) -> str:
    why = words.WHY.get(refused.code)
    return why.say(pages.language(request)) if why else refused.message


def _is_live(request: web.Request) -> bool:
    return "HX-Request" in request.headers


def _reads_pages(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _back(request: web.Request) -> str:
    """The page of ours on which the form stood; empty where that is not known."""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.headers.get("Host") or not came.path.startswith("/") or came.path.startswith("//"):
        return ""
    return came.path + (f"?{came.query}" if came.query else "")
