"""Declaring an endpoint: its path, its request's shape, and the function that gives the answer's own fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox.api import endpoint as api
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.v2.envelope import Fields
from sandbox.v2.errors import USUAL, Words
from sandbox.v2.shapes import V2Request
from sandbox.v2.style import ENVELOPE, Style

AnyRequest = TypeVar("AnyRequest", bound=V2Request)


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that is no XML message, and unsigned: a bill. `headers` take the place of the usual ones."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Fields | Document
Perform = Callable[[AnyRequest, Context], Answer]


@dataclass(frozen=True, kw_only=True)
class Endpoint(api.Endpoint):
    """`documents` is the section of the V2 notes that it follows; `certificate`: the client's own is needed.

    `example` names fields of a first call that no rule requires by themselves and that it makes no sense without, or
    whose usual example would not do; a value of "" stands for the usual one of a field of that name.

    `words` is what it says in its own way, `style` how its answers are written.
    """

    documents: str
    shape: type[V2Request]
    perform: Callable[[Any, Context], Answer]
    certificate: bool = False
    example: Mapping[str, str] = field(default_factory=dict)
    words: Words = USUAL
    style: Style = ENVELOPE

    @property
    def places(self) -> bool:
        """Whether it places orders."""
        return self.shape.terms is not V2Request.terms


ENDPOINTS: list[Endpoint] = []


def endpoint(
    path: str,
    shape: type[AnyRequest],
    *,
    title: Text,
    documents: str,
    operation: str = "",
    certificate: bool = False,
    example: Mapping[str, str] | None = None,
    reads: bool = False,
    bulky: bool = False,
    words: Words = USUAL,
    style: Style = ENVELOPE,
) -> Callable[[Perform[AnyRequest]], Perform[AnyRequest]]:
    """Register a function: called with the request, and what the use cases of one transaction work with.

    This is all that there is to say of an endpoint: router, debugging tool, scenarios, documents and tests have it from
    here. Its operation is the last word of its path where it says none.
    """

    def register(perform: Perform[AnyRequest]) -> Perform[AnyRequest]:
        made = Endpoint(
            path=path,
            operation=operation or path.rpartition("/")[2],
            title=title,
            documents=documents,
            shape=shape,
            perform=perform,
            certificate=certificate,
            example=example or {},
            reads=reads,
            bulky=bulky,
            words=words,
            style=style,
        )
        ENDPOINTS.append(made)
        return perform

    return register
