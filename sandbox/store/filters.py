"""What the filters of the lists ask, as the scope that an index serves and the rest."""

from collections.abc import Mapping

from sqlalchemy import Text, literal_column, or_, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from sandbox.core.notifications import FAILED, NotificationState, Standing
from sandbox.core.ports.queries import OrderFilter
from sandbox.core.sharing import SharingState
from sandbox.store.paging import Asked, Conditions
from sandbox.store.searching import KNOWN
from sandbox.store.sharing_tables import sharings
from sandbox.store.tables import notifications, orders, refunds
from sandbox.store.transfer_tables import transfers

# A partial index serves a query only where its condition stands there in so many words, not as a bound value.
_TOLD_IN_VAIN = orders.c.notification.not_in([literal_column(f"'{one}'") for one in Standing if one not in FAILED])
_UNTOLD = (
    notifications.c.state != literal_column("'delivered'"),
    or_(notifications.c.attempts > literal_column("0"), notifications.c.state != literal_column("'pending'")),
)
_PENDING = notifications.c.state == NotificationState.PENDING.value

_STATES: Mapping[str, tuple[Conditions, Conditions]] = {
    **{state.value: ([notifications.c.state == state.value], ()) for state in NotificationState},
    "untried": ([_PENDING], [notifications.c.attempts == 0]),
    "failing": ([_PENDING], [notifications.c.attempts > 0]),
    "failed": (_UNTOLD, ()),
}
"""What an index serves of a state, and what else is asked."""


def of_orders(chosen: OrderFilter, found: Asked) -> Asked:
    """`found` is what is asked of the text that is searched for.

    The scope is what the fewest orders are likely to be of; a merchant's narrows those that are indexed by merchant.
    """
    mine = _is(orders.c.mch_id, chosen.mch_id)
    number = _is(orders.c.out_trade_no, chosen.out_trade_no)
    state = _is(orders.c.trade_state, chosen.trade_state)
    planned = [orders.c.plan.is_not(None)] if chosen.scenario else []
    in_vain = [_TOLD_IN_VAIN] if chosen.notification == "failed" else []
    told = _is(orders.c.notification, chosen.notification if chosen.notification not in ("failed", "none") else "")
    scopes = (
        found.scope,
        [*number, *(mine or [orders.c.mch_id.in_(KNOWN)])] if number else [],
        planned,
        [*in_vain, *mine] if in_vain else [],
        told,
        [*state, *mine] if state else [],
        mine,
    )
    rest = [*found.rest, *number, *in_vain, *told, *state, *mine, *_is(orders.c.trade_type, chosen.trade_type)]
    if chosen.scenario:
        begins = f'{{"scenario":"{chosen.scenario}",'
        rest.append(type_coerce(orders.c.plan, Text).startswith(begins, autoescape=True))
    if chosen.notification == "none":
        rest.append(orders.c.notification.is_(None))
    return _first(scopes, rest)


def of_refunds(mch_id: str, status: str, found: Asked) -> Asked:
    """Refunds of a merchant, and in a state."""
    mine, state = _is(refunds.c.mch_id, mch_id), _is(refunds.c.status, status)
    return _first((found.scope, state, mine), [*found.rest, *state, *mine])


def of_transfers(mch_id: str, state: str, found: Asked) -> Asked:
    """Transfers of a merchant, and in a state."""
    mine, stands = _is(transfers.c.mch_id, mch_id), _is(transfers.c.state, state)
    return _first((found.scope, stands, mine), [*found.rest, *stands, *mine])


def of_sharings(mch_id: str, state: str, found: Asked) -> Asked:
    """Sharings of a merchant, and in a state. An index has those that are not carried out; most are."""
    mine = _is(sharings.c.mch_id, mch_id)
    waiting = [sharings.c.due_at.is_not(None)] if state == SharingState.PROCESSING else []
    ended = [sharings.c.due_at.is_(None)] if state == SharingState.FINISHED else []
    return _first((found.scope, waiting, mine), [*found.rest, *waiting, *ended, *mine])


def of_notifications(mch_id: str, out_trade_no: str, state: str, found: Asked) -> Asked:
    """Notifications about what is a merchant's, or of shares that it was told of; about an order's number; in a state,
    or in one of the console's words for it."""
    number = _is(notifications.c.out_trade_no, out_trade_no)
    stands, how = _STATES[state] if state else ((), ())
    named = [*number, notifications.c.mch_id.in_(KNOWN)] if number else []
    rest = [*found.rest, *number, *stands, *how]
    scopes = (found.scope, named, stands)
    if not mch_id:
        return _first(scopes, rest)
    mine, told = notifications.c.mch_id == mch_id, notifications.c.receiver == mch_id
    if any(scopes):
        return _first(scopes, [*rest, or_(mine, told)])
    return Asked([mine], rest, beside=[told, notifications.c.receiver != literal_column("''")])


def _is(column: ColumnElement[str], value: str) -> list[ColumnElement[bool]]:
    return [column == value] if value else []


def _first(scopes: tuple[Conditions, ...], rest: Conditions) -> Asked:
    """The first scope that asks anything; what of the rest it does not ask already."""
    scope = next(filter(None, scopes), ())
    return Asked(scope, [one for one in rest if not any(one is asked for asked in scope)])
