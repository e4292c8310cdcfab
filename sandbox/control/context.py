"""What every handler of the control API needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.core.errors import MessageUnreadable
from sandbox.web.errors import Refused


@contextmanager
def fields_of_xml() -> Iterator[None]:
    """A body's `fields` become a message here; raises Refused where XML cannot hold them."""
    try:
        yield
    except MessageUnreadable:
        raise Refused(400, "invalid", "fields holds a name or value that XML cannot.", "fields") from None
