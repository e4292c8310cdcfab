"""What the sandbox is sending at this moment: whatever way it takes, it is known when it comes to our own door."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sandbox.core.journal import Message

REQUEST_ID = "Request-ID"


@dataclass(slots=True)
class Errand:
    """One message on its way; `came_home` once it was seen at our own door."""

    length: int
    came_home: bool = False


class Outgoing:
    """Messages in flight, by their Request-ID."""

    def __init__(self) -> None:
        self._errands: dict[str, Errand] = {}

    @contextmanager
    def sending(self, message: Message) -> Iterator[Errand]:
        errand, request_id = Errand(len(message.body)), dict(message.headers).get(REQUEST_ID, "")
        self._errands[request_id] = errand
        try:
            yield errand
        finally:
            self._errands.pop(request_id, None)

    def comes_home(self, request_id: str, length: str) -> bool:
        """Whether a request is such a message: a merchant may pass a Request-ID on, but not with a body as long."""
        errand = self._errands.get(request_id)
        if errand is None or length != str(errand.length):
            return False
        errand.came_home = True
        return True
