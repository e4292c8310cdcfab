"""Declaring an endpoint: its path, its request's shape, and the function that gives the answer's own fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from sandbox.api import endpoint as api
from sandbox.core.errors import PaymentError
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.v2.envelope import Fields
from sandbox.v2.errors import BusinessFailure, Failure, ProtocolFailure
from sandbox.v2.shapes import V2Request
from sandbox.words.err_codes import ERR_CODES

AnyRequest = TypeVar("AnyRequest", bound=V2Request)

Layout = Literal["envelope", "sorted", "bare", "document"]
"""How an answer is laid out: the usual envelope; all its elements by name; nothing but the codes, unsigned; a Document,
and the usual envelope for failures. The last two are the same at every site.
"""


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that is no XML message, and unsigned: a bill. `headers` take the place of the usual ones."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Refusal = Callable[[str, Mapping[str, str | int], ProtocolFailure], ProtocolFailure]
"""An endpoint's own words for a call that never gets to its use case: of the fault's name (`words.faults`), its
facts, and what the others say."""


def as_usual(fault: str, facts: Mapping[str, str | int], usual: ProtocolFailure) -> ProtocolFailure:
    return usual


Answer = Fields | Document
Perform = Callable[[AnyRequest, Context], Answer]


@dataclass(frozen=True, kw_only=True)
class Endpoint(api.Endpoint):
    """`documents` is the section of the V2 notes that it follows; `certificate`: the client's own is needed.

    `example` names fields of a first call that no rule requires by themselves and that it makes no sense without, or
    whose usual example would not do; a value of "" stands for the usual one of a field of that name.

    `words` are this endpoint's own, for errors that it words otherwise than the others do, `codes` for err_codes that a
    scenario asks for, `refusal` for calls that get no further than their checks. `hollow` names elements of the
    envelope that stand there empty, and so unsigned, where the call has none.
    """

    documents: str
    shape: type[V2Request]
    perform: Callable[[Any, Context], Answer]
    certificate: bool = False
    example: Mapping[str, str] = field(default_factory=dict)
    layout: Layout = "envelope"
    words: Mapping[type[PaymentError], Failure] = field(default_factory=dict)
    codes: Mapping[str, Failure] = field(default_factory=dict)
    refusal: Refusal = as_usual
    hollow: tuple[str, ...] = ()

    @property
    def places(self) -> bool:
        """Whether it places orders."""
        return self.shape.terms is not V2Request.terms

    def failure(self, err_code: str) -> Failure:
        """How it tells of an err_code that a scenario asks for: as it does by itself, where it does."""
        own = (one for one in self.words.values() if isinstance(one, BusinessFailure) and one.err_code == err_code)
        usual = BusinessFailure(err_code, ERR_CODES.get(err_code, ""))
        return self.codes.get(err_code) or next(own, usual)

    @property
    def broken(self) -> Failure:
        """How it tells that WeChat itself could not do it."""
        return self.failure("SYSTEMERROR")


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
    layout: Layout = "envelope",
    words: Mapping[type[PaymentError], Failure] | None = None,
    codes: Mapping[str, Failure] | None = None,
    refusal: Refusal = as_usual,
    bulky: bool = False,
    hollow: tuple[str, ...] = (),
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
            layout=layout,
            words=words or {},
            codes=codes or {},
            refusal=refusal,
            bulky=bulky,
            hollow=hollow,
        )
        ENDPOINTS.append(made)
        return perform

    return register
