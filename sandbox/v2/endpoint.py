"""Declaring an endpoint: its path, its request's shape, and the function that gives the answer's own fields."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.core.errors import PaymentError
from sandbox.core.links import Links
from sandbox.core.payments import Payments
from sandbox.v2.envelope import Fields
from sandbox.v2.shapes import V2Request

AnyRequest = TypeVar("AnyRequest", bound=V2Request)


class BusinessRefusal(PaymentError):
    """An endpoint words an error in its own way."""

    def __init__(self, err_code: str, err_code_des: str) -> None:
        super().__init__(err_code_des)
        self.err_code, self.err_code_des = err_code, err_code_des


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`reads` tells that the call changes nothing."""

    path: str
    shape: type[V2Request]
    perform: Callable[[Any, Payments, Links], Fields]
    reads: bool

    @property
    def name(self) -> str:
        """Its last word, by which scenarios know it: "unifiedorder"."""
        return self.path.rpartition("/")[2]


ENDPOINTS: list[Endpoint] = []


def endpoint(
    path: str, shape: type[AnyRequest], *, reads: bool = False
) -> Callable[[Callable[[AnyRequest, Payments, Links], Fields]], Callable[[AnyRequest, Payments, Links], Fields]]:
    """Register a function: called with the request, the use cases of one transaction, and the links."""

    def register(
        perform: Callable[[AnyRequest, Payments, Links], Fields],
    ) -> Callable[[AnyRequest, Payments, Links], Fields]:
        ENDPOINTS.append(Endpoint(path, shape, perform, reads))
        return perform

    return register
