"""Declaring calls of a JSON API: what a declaration must be, and what it does with requests."""

from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from sandbox.web.openapi import document
from sandbox.web.operations import get, post, routes
from sandbox.web.shapes import Answer
from tests.support.control import Control


class ThingPath(msgspec.Struct):
    name: str


class Thing(Answer):
    """A thing."""

    name: str


class Things:
    @get("/things/{name}")
    async def get_thing(self, path: ThingPath) -> Thing:
        """One thing.

        As it is.
        """
        return Thing(path.name)


def described(*extra: web.RouteDef) -> dict[str, Any]:
    app = web.Application()
    app.add_routes([*routes(Things()), *extra])
    return document(app, "/", token_needed=False)


async def somewhere(request: web.Request) -> web.Response:
    return web.Response()


def test_a_docstring_is_the_description() -> None:
    one = described()["paths"]["/things/{name}"]["get"]
    assert (one["operationId"], one["summary"], one["description"]) == ("get_thing", "One thing.", "As it is.")


def test_a_route_that_nobody_declared_is_named() -> None:
    with pytest.raises(TypeError, match="POST /other is not declared"):
        described(web.post("/other", somewhere))


def test_two_calls_of_one_name_are_named() -> None:
    with pytest.raises(TypeError, match="get_thing"):
        described(
            *(web.get("/again/{name}", route.handler) for route in routes(Things()) if isinstance(route, web.RouteDef))
        )


def test_the_names_in_an_address_are_those_of_its_shape() -> None:
    async def get_thing(self: object, path: ThingPath) -> None: ...

    with pytest.raises(TypeError, match="get_thing"):
        get("/things/{id}")(get_thing)


def test_a_handler_takes_known_arguments() -> None:
    async def add_thing(self: object, boddy: Thing) -> None: ...

    with pytest.raises(TypeError, match="boddy"):
        post("/things")(add_thing)


# -- requests, through the control API ---------------------------------------------------------------------------------


async def test_an_unknown_parameter_is_refused(control: Control) -> None:
    answer = await control.post("/reset?mch=1900000109", status=400)
    assert (answer["error"]["code"], answer["error"]["field"]) == ("invalid", "mch")


async def test_a_parameter_given_twice_is_refused(control: Control) -> None:
    assert (await control.get("/orders?limit=1&limit=2", 400))["error"]["field"] == "limit"


async def test_calls_open_to_all_let_unknown_parameters_pass(session: aiohttp.ClientSession) -> None:
    async with session.get("/_sandbox/client/weixin.js?v=1") as response:
        assert response.status == 200


async def test_a_wrong_form_is_told_in_words(control: Control) -> None:
    answer = await control.post("/merchants", {"mch_id": "123"}, 400)
    assert answer["error"] == {"code": "invalid", "message": "Expected 8 to 10 digits.", "field": "mch_id"}


async def test_a_whole_number_may_be_written_with_a_point(session: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    async with session.post("/_sandbox/payers", data=b'{"balance_fen": 254.0}', headers=headers) as response:
        assert (response.status, (await response.json())["balance_fen"]) == (201, 254)


async def test_a_body_that_is_not_packed_as_it_says_is_refused(session: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    async with session.post("/_sandbox/reset", data=b"garbage", headers=headers) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (400, "invalid")


async def test_another_method_names_those_that_are_taken(session: aiohttp.ClientSession) -> None:
    async with session.put("/_sandbox/merchants") as response:
        assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD, POST")


async def test_a_stream_has_no_head(session: aiohttp.ClientSession) -> None:
    async with session.head("/_sandbox/events") as response:
        assert (response.status, response.headers["Allow"]) == (405, "GET")
