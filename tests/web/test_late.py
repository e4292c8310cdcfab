"""Routes that are added late answer as if they had been added at once."""

from collections.abc import AsyncIterator, Callable

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler

from sandbox.web.late import add_late

Mount = Callable[[web.Application, str, Callable[[web.Application], None]], None]
CALLS = [
    ("GET", "/early"),
    ("GET", "/plain"),
    ("HEAD", "/plain/one"),
    ("GET", "/plain/one"),
    ("PUT", "/plain/one"),
    ("GET", "/plain/one/more"),
    ("GET", "/part"),
    ("GET", "/part/"),
    ("GET", "/part/one"),
    ("DELETE", "/part/one"),
    ("GET", "/part/one/more"),
    ("GET", "/particular"),
    ("GET", "/nowhere"),
]


def at_once(app: web.Application, prefix: str, add: Callable[[web.Application], None]) -> None:
    add(app)


class Mounted:
    """An application with plain routes and a sub-application, and what happened to it."""

    def __init__(self, mount: Mount) -> None:
        self.happened: list[str] = []
        self.app = web.Application(middlewares=[self._seen])
        self.app.router.add_get("/early", self._answer)
        mount(self.app, "/plain", self._add_plain)
        mount(self.app, "/part", self._add_part)

    def _add_plain(self, app: web.Application) -> None:
        self.happened.append("plain added")
        app.router.add_get("/plain/{name}", self._answer)
        app.router.add_post("/plain/{name}", self._answer)

    def _add_part(self, app: web.Application) -> None:
        self.happened.append("part added")
        part = web.Application(middlewares=[self._seen])
        part.router.add_get("/", self._answer)
        part.router.add_get("/{name}", self._answer)
        part.on_shutdown.append(self._ended)
        app.add_subapp("/part/", part)

    async def _answer(self, request: web.Request) -> web.Response:
        return web.Response(text=f"{request.path} {dict(request.match_info)} of {len(request.match_info.apps)}")

    @web.middleware
    async def _seen(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        response.headers.add("Seen", "yes")
        return response

    async def _ended(self, _: web.Application) -> None:
        self.happened.append("part ended")


async def answers(mounted: Mounted) -> AsyncIterator[tuple[object, ...]]:
    async with TestClient(TestServer(mounted.app)) as client:
        for method, path in CALLS:
            async with client.request(method, path) as answer:
                yield (
                    answer.status,
                    await answer.text(),
                    answer.headers.getall("Seen", []),
                    answer.headers.get("Allow", ""),
                )


async def test_every_call_has_the_same_answer() -> None:
    early, late = Mounted(at_once), Mounted(add_late)
    assert [one async for one in answers(late)] == [one async for one in answers(early)]
    assert sorted(late.happened) == sorted(early.happened) == ["part added", "part ended", "plain added"]


async def test_nothing_is_added_that_nobody_asks_for() -> None:
    late = Mounted(add_late)
    async with TestClient(TestServer(late.app)) as client:
        assert (await client.get("/early")).status == 200
        assert (await client.get("/nowhere")).status == 404
        assert late.happened == []
        assert (await client.get("/plain/one")).status == 200
    assert late.happened == ["plain added"]
