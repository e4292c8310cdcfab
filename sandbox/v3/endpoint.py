"""Declaring an endpoint of V3: its method and path, its request's shape, and the function that gives the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sandbox.api import endpoint as api
from sandbox.core.errors import PaymentError
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.v3.errors import Failure, Json, bare, of_code, wording
from sandbox.v3.request import RequestInvalid, V3Request

AnyRequest = TypeVar("AnyRequest", bound=V3Request)


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that is no message: a file, unsigned."""

    body: bytes
    content_type: str = "text/plain"


Told = Mapping[str, Json] | Document | None
Perform = Callable[[AnyRequest, Context], Told]


@dataclass(frozen=True, kw_only=True)
class Endpoint(api.Endpoint):
    """`documents` is the section of the V3 notes that it follows. None as an answer is a 204.

    `words` are what it says of errors in its own way, `codes` what it says of those that a scenario names; about all
    else it speaks as the others do. `trading` tells the group of basic payment, which asks for no User-Agent (V3 notes,
    3.2); `reticent`, that it tells as little as that group of a call that is not signed (3.3). `example` names what a
    first call needs besides the members that must be sent; an empty value is made up.
    """

    method: str
    documents: str
    shape: type[V3Request]
    perform: Callable[[Any, Context], Told]
    words: Mapping[type[PaymentError], Failure] = field(default_factory=dict)
    codes: tuple[Failure, ...] = ()
    trading: bool = True
    reticent: bool = True
    example: Mapping[str, str] = field(default_factory=dict)

    @property
    def places(self) -> bool:
        """Whether it places orders."""
        return self.shape.terms is not V3Request.terms

    def word(self, error: PaymentError) -> Failure:
        """How it tells of an error."""
        if isinstance(error, RequestInvalid):
            return error.failure
        return self.words.get(type(error)) or wording(error)

    def of_code(self, code: str, message: str = "") -> Failure:
        """How it fails with a code that a scenario names."""
        own = next((one for one in self.codes if bare(one.code) == bare(code)), None)
        return replace(own, message=message or own.message) if own else of_code(code, message)


ENDPOINTS: list[Endpoint] = []


def endpoint(
    method: str,
    path: str,
    shape: type[AnyRequest],
    *,
    title: Text,
    documents: str,
    operation: str,
    reads: bool = False,
    bulky: bool = False,
    words: Mapping[type[PaymentError], Failure] | None = None,
    codes: tuple[Failure, ...] = (),
    trading: bool = True,
    reticent: bool = False,
    example: Mapping[str, str] | None = None,
) -> Callable[[Perform[AnyRequest]], Perform[AnyRequest]]:
    """Register a function: called with the request, and what the use cases of one transaction work with.

    `operation` is the name by which scenarios know the call: that of V2's where both do the same. Basic payment is
    reticent without saying so.
    """

    def register(perform: Perform[AnyRequest]) -> Perform[AnyRequest]:
        made = Endpoint(
            method=method,
            path=path,
            operation=operation,
            title=title,
            documents=documents,
            shape=shape,
            perform=perform,
            reads=reads,
            bulky=bulky,
            words=words or {},
            codes=codes,
            trading=trading,
            reticent=trading or reticent,
            example=example or {},
        )
        ENDPOINTS.append(made)
        return perform

    return register
