"""A call of a JSON API, declared once: the handler's signature reads the request, writes the answer and describes both.

    @post("/orders/{mch_id}/{out_trade_no}/pay", raises=(OrderNotFound, OrderPaid))
    async def pay(self, path: OrderPath, body: PayBody) -> Paid:
        \"""What the payer, or WeChat, does.\"""

A handler takes what it needs: `request`; `path`, `query` and `body`, each a Struct; `sent`, the body's object as it
came; `text`, a body that is not JSON alone (then with `accepts`).
It returns a Struct (JSON), None (204), or a response of its own (then with `media_type`). Its docstring describes it.
A declaration that makes no sense is a TypeError when its module is imported.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.core.errors import PaymentError
from sandbox.web.access import BODY_LIMIT
from sandbox.web.bodies import JSON, read_object, read_text
from sandbox.web.errors import Refused, reply
from sandbox.web.shapes import Query, converted, without_repeats

EVENTS = "text/event-stream"

Function = TypeVar("Function", bound=Callable[..., Awaitable[object]])

_TAKEN = {"request", "path", "query", "body", "sent", "text"}
_KEY = "sandbox operation"


class _AnyQuery(msgspec.Struct):
    """Calls that are open to all let parameters pass that they do not know: pages add numbers against caches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A declared call.

    `raises` are the rules it may break; `also` other refusals by their status: a sentence, or a shape of their own.
    """

    method: str
    path: str
    function: Callable[..., Awaitable[object]]
    shapes: Mapping[str, Any]
    status: int
    media_type: str
    accepts: tuple[str, ...]
    raises: tuple[type[PaymentError], ...]
    also: Mapping[int, str | type[msgspec.Struct]]
    is_open: bool

    def __post_init__(self) -> None:
        named = set(re.findall(r"{(\w+)[:}]", self.path))
        known = (
            {field.encode_name for field in msgspec.structs.fields(self.shapes["path"])} if self.path_shape else set()
        )
        if named != known:
            raise TypeError(f"{self.name}: the address names {named}, `path` {known}")
        if self.takes - _TAKEN:
            raise TypeError(f"{self.name}: a handler takes some of {_TAKEN}, not {self.takes - _TAKEN}")

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def takes(self) -> set[str]:
        return set(self.shapes) - {"return"}

    @property
    def path_shape(self) -> type[msgspec.Struct] | None:
        return self.shapes.get("path")

    @property
    def query_shape(self) -> type[msgspec.Struct]:
        shape: type[msgspec.Struct] = self.shapes.get("query", _AnyQuery if self.is_open else Query)
        return shape

    @property
    def body_shape(self) -> Any:
        return self.shapes.get("body")

    @property
    def has_body(self) -> bool:
        return bool(self.takes & {"body", "text"})

    @property
    def changes(self) -> bool:
        """Whether it may change something; then a body that it does not take is looked at too.

        What posts blindly (a webhook that somebody points here) sends one.
        """
        return self.method != "GET"

    @property
    def answer(self) -> Any:
        """The shape of the answer; None where there is none, or no JSON, or the handler writes it."""
        shapes = [one for one in _parts(self.shapes["return"]) if one is not NoneType and not _is_response(one)]
        return None if self.media_type != JSON or not shapes else reduce(or_, shapes)

    async def arguments(self, request: web.Request, body_limit: int) -> dict[str, object]:
        """What the handler takes; raises Refused."""
        found: dict[str, object] = {"request": request}
        if self.path_shape is not None:
            # Not checked: a name of another form names nothing, which the handler finds out.
            found["path"] = self.path_shape(**request.match_info)
        found["query"] = converted(without_repeats(request.query), self.query_shape, text=True)
        if self.body_shape is not None:
            found["sent"] = await read_object(request, body_limit)
            found["body"] = converted(found["sent"], self.body_shape)
        if "text" in self.takes:
            found["text"] = await read_text(request, body_limit, self.accepts)
        if self.changes and not self.has_body and await read_object(request, body_limit):
            raise Refused(400, "invalid", "This call takes no body.")
        return {name: found[name] for name in self.takes}


def operation(
    method: str,
    path: str,
    *,
    status: int = 200,
    media_type: str = JSON,
    accepts: Collection[str] = (JSON,),
    raises: Collection[type[PaymentError]] = (),
    also: Mapping[int, str | type[msgspec.Struct]] | None = None,
    open_to_all: bool = False,
) -> Callable[[Function], Function]:
    """Declare a handler. `open_to_all`: no token and no Host is asked for."""

    def declare(function: Function) -> Function:
        shapes = get_type_hints(function, include_extras=True)
        vars(function)[_KEY] = Operation(
            method=method,
            path=path,
            function=function,
            shapes=shapes,
            status=204 if shapes["return"] is NoneType else status,
            media_type=media_type,
            accepts=tuple(accepts),
            raises=tuple(raises),
            also=also or {},
            is_open=open_to_all,
        )
        return function

    return declare


get = partial(operation, "GET")
post = partial(operation, "POST")
put = partial(operation, "PUT")
patch = partial(operation, "PATCH")
delete = partial(operation, "DELETE")


def _parts(shape: Any) -> Sequence[Any]:
    """What a union is made of."""
    return get_args(shape) if get_origin(shape) in (Union, UnionType) else (shape,)


def _is_response(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, web.StreamResponse)


def operation_of(handler: object) -> Operation | None:
    """What was declared of a handler, bound or not."""
    return getattr(handler, "__dict__", {}).get(_KEY)


def operations_of(handlers: object) -> list[Operation]:
    """The declared calls of an object, in the order in which they stand in its class."""
    return [found for member in vars(type(handlers)).values() if (found := operation_of(member))]


def routes(handlers: object, body_limit: int = BODY_LIMIT) -> list[web.RouteDef]:
    """The routes of an object whose methods are declared."""
    return [_route(one, handlers, body_limit) for one in operations_of(handlers)]


def _route(declared: Operation, handlers: object, body_limit: int) -> web.RouteDef:
    handler = _handler(declared, handlers, body_limit)
    if declared.method == "GET":
        # The answer to a HEAD is written and thrown away: of a stream, it would never end.
        return web.get(declared.path, handler, allow_head=declared.media_type != EVENTS)
    return web.route(declared.method, declared.path, handler)


def _handler(declared: Operation, handlers: object, body_limit: int) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        arguments = await declared.arguments(request, body_limit)
        answer = await declared.function(handlers, **arguments)
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.Response(status=204) if answer is None else reply(answer, declared.status)

    vars(handle)[_KEY] = declared
    return handle


def description_of(function: Callable[..., object]) -> tuple[str, str]:
    """A docstring's first line, and the rest as one text."""
    summary, _, rest = (inspect.getdoc(function) or "").partition("\n\n")
    return " ".join(summary.split()), rest.strip()
