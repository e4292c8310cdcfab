"""What every handler of the control API needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.core.errors import MessageUnreadable
from sandbox.core.ports.face import Face
from sandbox.web.errors import Refused


def check_algorithm(face: Face, name: str, field: str = "sign_type") -> None:
    """Raises Refused for an algorithm that a face does not have."""
    if name not in face.signatures.algorithms:
        raise Refused(400, "invalid", f"{field} is one of {', '.join(face.signatures.algorithms)}.", field)


@contextmanager
def fields_of_xml() -> Iterator[None]:
    """A body's `fields` become a message here; raises Refused where XML cannot hold them."""
    try:
        yield
    except MessageUnreadable:
        raise Refused(400, "invalid", "fields holds a name or value that XML cannot.", "fields") from None
