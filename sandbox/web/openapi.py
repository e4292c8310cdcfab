"""The description of a JSON API (OpenAPI 3.1), made from the routes as they are registered."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from sandbox import __version__
from sandbox.core.errors import StorageFailed
from sandbox.web.bodies import JSON
from sandbox.web.errors import Error, code_of, status_of
from sandbox.web.operations import EVENTS, Operation, description_of, operation_of

Json = dict[str, Any]
Found = list[tuple[str, Operation]]

_GUARDED = {
    401: "`unauthorized`: this sandbox asks for its admin token.",
    403: "`host`, `token_needed` or `cross_site`: the call comes from where none may come from.",
    429: "`slow_down`: too many wrong admin tokens from this address wait for their answer.",
}
_TOO_LARGE = {413: "`too_large`: the body is too long."}
_CONTENT_TYPE = {415: "`content_type`: the body is of another media type."}
_STORAGE_FAILED = {503: f"`storage_failed`: {StorageFailed.__doc__}"}
_INVALID = {400: "`invalid`: a parameter or a member of the body is wrong, unknown or missing; `field` names it."}
_NOT_JSON = {400: "`not_json`: the body is not JSON."}
_SHARED = _GUARDED | _TOO_LARGE | _CONTENT_TYPE | _STORAGE_FAILED


def document(app: web.Application, prefix: str, *, token_needed: bool) -> Json:
    """All calls below `prefix` of the whole application; raises TypeError for a route that nobody declared."""
    found = _operations(app, prefix)
    schemas = _Schemas(one for _, one in found)
    paths: dict[str, Json] = {}
    for path, one in found:
        paths.setdefault(path, {})[one.method.lower()] = _described(path.removeprefix(prefix), one, schemas)
    token: list[Json] = [{"adminToken": []}]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "wxpay-sandbox",
            "version": __version__,
            "description": (
                "The control API: for CI, scripts and the sandbox's own pages. Amounts in fen, times as in RFC 3339. "
                "Every address answers 405 with `Allow` to another method, 404 to an unknown name."
            ),
        },
        "security": token if token_needed else [{}, *token],
        "paths": paths,
        "components": {
            "schemas": schemas.components(),
            "responses": {str(status): _refusal([sentence], schemas) for status, sentence in _SHARED.items()},
            "securitySchemes": {
                "adminToken": {"type": "http", "scheme": "bearer", "description": "What --admin-token was given."}
            },
        },
    }


def _operations(app: web.Application, prefix: str) -> Found:
    found: Found = []
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if not path.startswith(prefix) or route.method == "HEAD":
            continue
        declared = operation_of(route.handler)
        if declared is None:
            raise TypeError(f"{route.method} {path} is not declared")
        found.append((path, declared))
    names = [one.name for _, one in found]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise TypeError(f"these names stand for several calls: {repeated}")
    return found


class _Schemas:
    """The schemas of all shapes; those of parameters are taken apart and stand nowhere else."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._shapes: list[Any] = [Error]
        self._parameters: list[Any] = []
        for one in operations:
            self._shapes += [shape for shape in (one.body_shape, one.answer) if shape is not None]
            self._shapes += [shape for shape in one.also.values() if not isinstance(shape, str)]
            self._parameters += [shape for shape in (one.path_shape, one.query_shape) if shape is not None]
        everything = [*self._shapes, *self._parameters]
        schemas, components = msgspec.json.schema_components(everything, ref_template="#/components/schemas/{name}")
        self._schemas: dict[Any, Json] = dict(zip(everything, map(_tidied, schemas), strict=True))
        self._components: dict[str, Json] = {name: _tidied(schema) for name, schema in components.items()}

    def of(self, shape: Any) -> Json:
        return self._schemas[shape]

    def whole(self, shape: Any) -> Json:
        """The schema that a reference leads to."""
        return self._components[_name(self._schemas[shape])]

    def components(self) -> dict[str, Json]:
        apart = {_name(self._schemas[shape]) for shape in self._parameters}
        return {name: schema for name, schema in sorted(self._components.items()) if name not in apart}


def _name(reference: Json) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _tidied(schema: Any) -> Any:
    """msgspec's schema as others read it: \\Z is Python's alone; enums say what they are of."""
    if isinstance(schema, list):
        return [_tidied(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {key: _tidied(value) for key, value in schema.items()}
    if isinstance(tidy.get("pattern"), str):
        tidy["pattern"] = tidy["pattern"].replace(r"\Z", "$")
    if isinstance(tidy.get("enum"), list) and all(isinstance(value, str) for value in tidy["enum"]):
        tidy["type"] = "string"
    return tidy


def _described(path: str, one: Operation, schemas: _Schemas) -> Json:
    summary, description = description_of(one.function)
    parameters = _parameters("query", schemas.whole(one.query_shape))
    if one.path_shape is not None:
        parameters = _parameters("path", schemas.whole(one.path_shape)) + parameters
    described: Json = {
        "operationId": one.name,
        "tags": [path.partition("/")[0] or "about"],
        "summary": summary,
        "description": description,
        "parameters": parameters,
        "responses": {str(status): answer for status, answer in sorted(_responses(one, schemas).items())},
    }
    if one.has_body:
        described["requestBody"] = {"required": _needs_body(one, schemas), "content": _content(one, schemas)}
    if one.is_open:
        described["security"] = []
    return {key: value for key, value in described.items() if value or key == "security"}


def _needs_body(one: Operation, schemas: _Schemas) -> bool:
    """Whether nothing, which is taken for an empty object, would be refused."""
    shape = one.body_shape
    return shape is None or bool(schemas.whole(shape)["required"]) or "oneOf" in schemas.of(shape)


def _content(one: Operation, schemas: _Schemas) -> Json:
    if one.body_shape is not None:
        return {JSON: {"schema": schemas.of(one.body_shape)}}
    return {media_type: {"schema": {"type": "object"}} for media_type in one.accepts}


def _parameters(place: str, schema: Json) -> list[Json]:
    return [
        {"name": name, "in": place, "required": name in schema["required"], "schema": field}
        for name, field in schema["properties"].items()
    ]


def _responses(one: Operation, schemas: _Schemas) -> dict[int, Json]:
    responses: dict[int, Json] = {one.status: _answer(one, schemas)}
    for status, sentences in _refusals(one).items():
        shared = sentences == [_SHARED.get(status)]
        responses[status] = {"$ref": f"#/components/responses/{status}"} if shared else _refusal(sentences, schemas)
    for status, shape in one.also.items():
        if not isinstance(shape, str):
            content = {JSON: {"schema": schemas.of(shape)}}
            responses[status] = {"description": shape.__doc__, "content": content}
    return responses


def _refusal(sentences: list[str], schemas: _Schemas) -> Json:
    text = "\n".join(f"- {sentence}" for sentence in sentences)
    return {"description": text, "content": {JSON: {"schema": schemas.of(Error)}}}


def _answer(one: Operation, schemas: _Schemas) -> Json:
    said = {"description": HTTPStatus(one.status).phrase}
    if one.status == 204:
        return said
    if one.answer is not None:
        return said | {"content": {JSON: {"schema": schemas.of(one.answer)}}}
    # A stream is described event by event, if at all: each has the form that its name says.
    is_text = "text" in one.media_type and one.media_type != EVENTS
    return said | {"content": {one.media_type: {"schema": {"type": "string"}} if is_text else {}}}


def _refusals(one: Operation) -> dict[int, list[str]]:
    """What a caller may be told, by status: what its address is guarded against, what its own rules are."""
    sources: list[Mapping[int, str]] = [_INVALID]
    if not one.is_open:
        sources.append(_GUARDED)
    if one.changes:
        sources += [_TOO_LARGE, _CONTENT_TYPE, _STORAGE_FAILED]
    if one.changes and "text" not in one.takes:
        sources.append(_NOT_JSON)
    sources += [{status_of(rule): f"`{code_of(rule)}`: {description_of(rule)[0]}"} for rule in one.raises]
    sources.append({status: said for status, said in one.also.items() if isinstance(said, str)})
    refusals: dict[int, list[str]] = {}
    for source in sources:
        for status, sentence in source.items():
            refusals.setdefault(status, []).append(sentence)
    return refusals
