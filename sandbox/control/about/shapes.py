"""The shapes of the control API's answers about the sandbox itself. Source: docs/contract.md, "Shapes"."""

from typing import Literal

from sandbox.web.shapes import Answer

Status = Literal["ok", "failing"]


class DatabaseHealth(Answer):
    """`kind` is `sqlite` or `postgresql`; `processes` is how many are on it, this one among them."""

    status: Status
    kind: str
    processes: int


class DeliveriesHealth(Answer):
    """Notifications, and what happens by the clock."""

    status: Status


class Parts(Answer):
    """What can fail, each by itself."""

    database: DatabaseHealth
    deliveries: DeliveriesHealth


class Health(Answer):
    """That the sandbox takes orders."""

    status: Status
    version: str
    parts: Parts


class Complaint(Answer):
    """One thing that is wrong: `code` is for programs (`disk_full`, `database_gone`, ...), `message` for people."""

    code: str
    message: str


class Unwell(Answer):
    """What the sandbox cannot do at the moment."""

    status: Status
    version: str
    parts: Parts
    failing: list[Complaint]


class Index(Answer):
    """Where to begin."""

    version: str
    openapi: str
    health: str
    merchants: str
    orders: str
    journal: str
    clock: str
    events: str
    console: str
