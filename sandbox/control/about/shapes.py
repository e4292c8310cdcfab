"""The shapes of the control API's answers about the sandbox itself. Source: docs/contract.md, "Shapes"."""

from sandbox.web.shapes import Answer


class Health(Answer):
    """That the sandbox takes orders."""

    status: str
    version: str


class Complaint(Answer):
    """One thing that is wrong: `code` is for programs (`disk_full`, `database_gone`, ...), `message` for people."""

    code: str
    message: str


class Unwell(Answer):
    """What the sandbox cannot do at the moment."""

    status: str
    version: str
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
