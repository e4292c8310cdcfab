"""The call that places an order again: the fields of its first one, as the shape of its endpoint names them."""

from datetime import datetime, timedelta
from enum import Enum

from sandbox.core.ids import BEIJING
from sandbox.core.orders import Order, TradeType
from sandbox.core.ports.calls import Fields
from sandbox.v2.micropay import MicroPayOrder
from sandbox.v2.orders import UnifiedOrder
from sandbox.v2.origin import sign_type
from sandbox.v2.shapes import V2Request

PATHS: dict[bool, tuple[str, type[V2Request]]] = {
    True: ("/pay/micropay", MicroPayOrder),
    False: ("/pay/unifiedorder", UnifiedOrder),
}
"""By whether the merchant scans the payer's code."""


def placing(order: Order) -> tuple[str, type[V2Request]]:
    """The endpoint that an order like this is placed at, and its shape."""
    return PATHS[order.terms.trade_type is TradeType.MICROPAY]


def fields_again(order: Order, changes: Fields, now: datetime) -> Fields:
    """The fields, unsigned, with some changed; moments are as far from `now` as they were from the first placing."""
    shift = now - order.created_at
    sent: dict[str, object] = {**_accounts(order), "sign_type": sign_type(order.origin), **changes}
    _, shape = placing(order)
    known = {name: sent.get(name, getattr(order.terms, name, "")) for name in shape.fields}
    defaults = {"sign_type": "MD5", "fee_type": "CNY"}
    written = {name: _written(value, shift) for name, value in known.items()}
    return {name: value for name, value in written.items() if value and value != defaults.get(name)}


def _accounts(order: Order) -> Fields:
    return {"mch_id": order.key.mch_id, "sub_mch_id": order.key.sub_mch_id}


def _written(value: object, shift: timedelta) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (value + shift).astimezone(BEIJING).strftime("%Y%m%d%H%M%S")
    return str(value.value) if isinstance(value, Enum) else str(value)
