"""What the use cases of one transaction work with: the transaction, and the sandbox around it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sandbox.core.clock import Clock
from sandbox.core.errors import OrderAmbiguous, PaymentError
from sandbox.core.events import EventName
from sandbox.core.ids import Ids
from sandbox.core.journal import Event
from sandbox.core.links import Links
from sandbox.core.merchants import Wording
from sandbox.core.order_keys import OrderKey
from sandbox.core.origin import Origin
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import CallContext, Scenarios
from sandbox.core.ports.storage import UnitOfWork

REFUND_SECONDS = 60.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a person may set.

    `strict_openids` knows only payers that were added; a refund that nobody decides succeeds after `refund_seconds` of
    sandbox time. `require_client_cert` refuses calls without a merchant's certificate over plain HTTP too. `wording`
    is V2's for merchants that have none of their own.
    """

    strict_openids: bool = False
    refund_seconds: float = REFUND_SECONDS
    require_client_cert: bool = False
    wording: Wording = Wording.TODAY


@dataclass(frozen=True, slots=True)
class Context:
    """`call_context` is the merchant's call that the use cases serve."""

    tx: UnitOfWork
    clock: Clock
    ids: Ids
    scenarios: Scenarios
    links: Links
    faces: Faces
    rules: Rules = Rules()
    call_context: CallContext = field(default_factory=CallContext)

    @property
    def origin(self) -> Origin:
        """The face by which the merchant called."""
        assert self.call_context.origin is not None, "what is placed belongs to a face"
        return self.call_context.origin

    def now(self, mch_id: str) -> datetime:
        """The merchant's time."""
        return self.clock.now(mch_id)

    def note(self, key: OrderKey, name: EventName, **facts: str | int) -> None:
        """Write a line of an order's timeline."""
        self.tx.note(Event(at=self.clock.now(key.mch_id), name=name, key=key, facts=facts))


def named_once(found: Sequence[T], unknown: PaymentError) -> T:
    """What people name by a number that sub-merchants may share: OrderAmbiguous where several have it."""
    if len(found) > 1:
        raise OrderAmbiguous
    if not found:
        raise unknown
    return found[0]
