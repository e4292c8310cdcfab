"""V2 as newcomers meet it, with its usual mistakes."""

from dataclasses import replace

from sandbox.core.credentials import Credentials
from sandbox.core.journal import Message
from sandbox.core.orders import Order
from sandbox.core.ports.calls import Fields
from sandbox.core.ports.lessons import Lessons

_LONGEST_NUMBER = 32
"""Bytes of an out_trade_no."""


def _with_the_other_key(credentials: Credentials) -> Credentials:
    """The APIv3 key signs, in place of the API key."""
    merchant = credentials.merchant
    return replace(credentials, merchant=replace(merchant, api_key=merchant.api_v3_key))


def _by_prepay_id(order: Order) -> Fields:
    """As much of the prepay_id as fits, in place of the merchant's own number."""
    return {"out_trade_no": order.prepay.prepay_id[:_LONGEST_NUMBER]}


LESSONS = Lessons(
    placing="/pay/unifiedorder",
    asking="/pay/orderquery",
    mistaken_key=_with_the_other_key,
    yuan={"total_fee": "0.01"},
    asked_wrongly=_by_prepay_id,
    # As APIv3 wants it.
    misreply=Message((("Content-Type", "application/json"),), b'{"code": "SUCCESS", "message": "OK"}'),
)
