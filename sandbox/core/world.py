"""All that a face needs of the sandbox, joined in `server.py`."""

from dataclasses import dataclass, field

from sandbox.core.clock import Clock
from sandbox.core.enrolment import Enrolment
from sandbox.core.ids import Ids
from sandbox.core.links import Links
from sandbox.core.payments import Payments, Rules
from sandbox.core.ports import Certificates, Changes, MessageFace, Occasion, Pulse, Scenarios, Storage, UnitOfWork


@dataclass(slots=True)
class World:
    """The sandbox as its faces see it.

    `links` is known once the port is bound, before any request; `pulse` is given at the start, for it needs the world.
    """

    storage: Storage
    clock: Clock
    ids: Ids
    changes: Changes
    rules: Rules
    links: Links
    certificates: Certificates
    scenarios: Scenarios
    messages: MessageFace
    pulse: Pulse = field(init=False)

    def enrolment(self, tx: UnitOfWork) -> Enrolment:
        """The use cases on accounts, for one transaction."""
        return Enrolment(tx, self.ids)

    def payments(self, tx: UnitOfWork, occasion: Occasion = Occasion()) -> Payments:
        """The use cases, for one transaction; `occasion` is the merchant's call that they serve."""
        return Payments(tx, self.clock, self.ids, self.scenarios, self.rules, occasion)
