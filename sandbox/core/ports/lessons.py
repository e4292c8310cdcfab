"""What first steps need to know of a face, so that people can be shown how it goes, and how it usually goes wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.core.credentials import Credentials
from sandbox.core.journal import Message
from sandbox.core.orders import Order
from sandbox.core.ports.calls import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """The calls of a first order, and the usual mistakes that differ from face to face.

    An order of an app is placed at the path `placing` and asked for at `asking`; both calls have a field
    `out_trade_no`, the first also `appid`. `mistaken_key` gives what a merchant signs with that took the wrong key, or
    named it wrongly; `yuan` writes the amount of an order in yuan, where fen are wanted; `asked_wrongly` are the
    fields of a query that finds nothing, for an order that is there. `misreply` is what merchants answer to a
    notification that should not.
    """

    placing: str
    asking: str
    mistaken_key: Callable[[Credentials], Credentials]
    yuan: Mapping[str, str]
    asked_wrongly: Callable[[Order], Fields]
    misreply: Message
