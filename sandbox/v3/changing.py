"""Members of a message, set and removed by their flat names (`amount.total`, `sub_orders[0].mchid`).

A scenario is written once for every face: what V2 calls otherwise is known by that name too.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from sandbox.v3.errors import Json
from sandbox.v3.messages import put, steps

MEANT = {
    "mch_id": "mchid",
    "sub_mch_id": "sub_mchid",
    "openid": "payer.openid",
    "sub_openid": "payer.sub_openid",
    "total_fee": "amount.total",
    "cash_fee": "amount.payer_total",
    "fee_type": "amount.currency",
    "cash_fee_type": "amount.payer_currency",
    "time_end": "success_time",
    "device_info": "scene_info.device_id",
    "refund_fee": "amount.refund",
    "cash_refund_fee": "amount.payer_refund",
    "refund_recv_accout": "user_received_account",
}
"""V2's names of what V3 has under another one."""
STAYING = frozenset({"total_fee", "cash_fee_type"})
"""Names of V2's by which nothing is removed: V3 tells of it whatever the state of an order (V3 notes, 9.3)."""


def changed(told: Mapping[str, Json], values: Mapping[str, str], removed: Iterable[str]) -> dict[str, Json]:
    """The members with some set, and some taken away; what was a number stays one where it can."""
    made: dict[str, Any] = deepcopy(dict(told))
    for name, value in values.items():
        way = _way(told, name)
        former = _at(made, way)
        whole = type(former) is int and value.lstrip("-").isdecimal()
        put(made, way, int(value) if whole else value)
    for name in removed:
        if name not in STAYING:
            _remove(made, _way(told, name))
    return made


def _way(told: Mapping[str, Json], name: str) -> list[str | int]:
    """The way to what a name means; some that are V2's are a transfer's own."""
    return steps(name if name in told else MEANT.get(name, name))


def _at(made: Any, way: list[str | int]) -> Any:
    """What stands there; None where nothing does."""
    for step in way:
        try:
            made = made[step]
        except (KeyError, IndexError, TypeError):
            return None
    return made


def _remove(made: dict[str, Any], way: list[str | int]) -> None:
    """Take it away where it stands, and the object that is empty then."""
    *above, last = way
    parent = _at(made, above)
    if _at(parent, [last]) is None:
        return
    del parent[last]
    if above and not parent:
        _remove(made, above)
