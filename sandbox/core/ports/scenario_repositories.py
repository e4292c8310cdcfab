"""What is kept of scenarios, each thing with its repository; those of one transaction are in its `UnitOfWork`."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import Plan
from sandbox.core.scenarios import Application, Scenario


class KeptScenarios(Protocol):
    """Those that were put: by their owner ("" for everybody) and name."""

    def save(self, scenario: Scenario) -> None: ...
    def delete(self, mch_id: str, name: str) -> None: ...
    def all(self) -> Sequence[tuple[str, str, Mapping[str, Any]]]:
        """Owner, name, definition of each."""

    def changed(self) -> None:
        """Have whoever remembers them read them again, and whether anything follows one."""


class Applications(Protocol):
    """What is applied to what."""

    def save(self, application: Application) -> None: ...
    def delete(self, application: Application) -> None: ...
    def all(self) -> Sequence[Application]:
        """In the order in which they were."""

    def hold(self, application: Application) -> bool:
        """Whether it is there; if so, nobody else ends it until this transaction has ended."""

    def ask(self, wanted: Sequence[Application]) -> None:
        """Have these in force for a start's sake, and no longer what an earlier start had so; those by hand stay."""


class Choices(Protocol):
    """What was chosen for orders that are not placed yet: so many of the newest."""

    def find(self, key: OrderKey) -> tuple[Plan | None] | None:
        """What was chosen, which may be no plan; None where nothing was."""

    def keep(self, key: OrderKey, plan: Plan | None) -> None: ...
    def drop(self, key: OrderKey) -> None: ...
    def drop_all(self, mch_id: str, out_trade_no: str) -> None:
        """Those of a number, of a merchant, or all; what is empty does not filter."""

    def with_plan(self) -> bool:
        """Whether a plan was chosen for any."""


class Tallies(Protocol):
    """What is counted for scenarios, of an order, a transfer or a merchant (a key without number), by name.

    Of orders and transfers so many of the newest are kept.
    """

    def count(self, key: OrderKey, name: str) -> int:
        """Count one more; how many there are now."""

    def drop(self, name: str) -> None:
        """Forget what was counted by a name, of whomever."""
