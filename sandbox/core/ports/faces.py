"""The faces that the sandbox has, and which of them something belongs to."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from sandbox.core.errors import FaceUnknown
from sandbox.core.journal import Exchange, ExchangeKind
from sandbox.core.notifications import Notification
from sandbox.core.orders import Order
from sandbox.core.origin import Origin
from sandbox.core.ports.calls import Api
from sandbox.core.ports.face import Face, Native, Reading
from sandbox.core.ports.repositories import Sieve
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.refunds import Refund
from sandbox.core.transfers import Transfer

Subject = Order | Refund | Transfer | Notification | Exchange
"""What belongs to a face."""


class Faces:
    """The faces that the sandbox has: at least one. Those of `later`, by name, are made for who asks for them."""

    def __init__(self, *faces: Face, later: Mapping[str, Callable[[], Face]] = MappingProxyType({})) -> None:
        self._faces = {face.name: face for face in faces}
        self._later = later
        self._names = [*self._faces, *later]
        self.first = faces[0]
        """The one that is meant where nobody says which."""

    def __iter__(self) -> Iterator[Face]:
        return map(self.named, self._names)

    def _find(self, name: str) -> Face | None:
        # Several threads may make the same one: what they make is equal.
        if name not in self._faces and name in self._later:
            self._faces[name] = self._later[name]()
        return self._faces.get(name)

    def named(self, name: str) -> Face:
        """The face of that name, the first where none is given; raises FaceUnknown."""
        if not name:
            return self.first
        if (found := self._find(name)) is None:
            raise FaceUnknown(name)
        return found

    def of(self, subject: Subject) -> Face:
        """The face that something belongs to; the first, where that one is not played: a call of it was kept."""
        return self.by(subject.origin)

    def by(self, origin: Origin) -> Face:
        """The same, by where it comes from."""
        return self._find(origin.face) or self.first

    def origin_at_platform(self, origin: Origin) -> Origin:
        """Of a notification that goes to the URL set in the merchant platform, about something of this origin.

        The platform tells of refunds in the form of the first face, whichever asked for them. Source: V3 notes, 10.5.
        """
        return origin if origin.face == self.first.name else self.first.origin

    def operations(self) -> list[str]:
        """The names by which scenarios know calls, of all faces."""
        return sorted({api.operation for face in self for api in face.api.apis()})

    def codes(self) -> frozenset[str]:
        """The codes with which calls may fail, of all faces."""
        return frozenset().union(*(face.codes for face in self))

    def placing(self) -> list[str]:
        """The paths at which orders are placed, of all faces."""
        return [path for face in self for path in face.api.placing()]

    def asked(self, exchange: Exchange, tx: UnitOfWork, at: datetime) -> Reading:
        """What was asked in an exchange, opened with the keys that its party has at a moment of real time."""
        face, merchant = self.of(exchange), tx.accounts.merchants.get(exchange.party)
        return face.messages.request(exchange, face.credentials(tx, merchant, at) if merchant else None)

    def called(self, exchange: Exchange) -> Api | None:
        """Which call a merchant made; None for a notification, and for a path that leads nowhere."""
        return self.of(exchange).api.at(exchange.path) if exchange.kind is ExchangeKind.API else None

    def operation(self, exchange: Exchange) -> str:
        """The name by which scenarios know the call that a merchant made; "" for what was none."""
        called = self.called(exchange)
        return called.operation if called else ""

    def fitting(self, body: bytes) -> Face:
        """The face that a bare message is one of, as far as its bytes tell."""
        return next((face for face in self if face.messages.fits(body)), self.first)

    def sieve(self, fields: Mapping[str, str]) -> Sieve | None:
        """Passes every request, of whichever face, that may have these fields; an empty value may be any."""
        sieves = [one for face in self if (one := face.messages.sieve(fields)) is not None]
        return (lambda body: any(one(body) for one in sieves)) if len(sieves) == len(self._names) else None

    def static_code(self, code: str) -> tuple[Native, Mapping[str, str]] | None:
        """The face whose static code a text is, with the code's fields; None for any other text."""
        for face in self:
            if face.native is not None and (fields := face.native.fields(code)) is not None:
                return face.native, fields
        return None
