"""The shapes of the control API's answers about orders. Source: docs/contract.md, "Shapes"."""

from typing import Annotated

import msgspec

from sandbox.control.notifications.shapes import Notification
from sandbox.control.refunds.shapes import Refund
from sandbox.control.units import Face, Fen, SignType
from sandbox.core.causes import Cause
from sandbox.core.orders import TradeState, TradeType
from sandbox.web.shapes import Answer, Instant, Part


class Comment(Answer, kw_only=True):
    """A payer's comment on a paid order."""

    mch_id: str
    out_trade_no: str
    transaction_id: str
    at: Instant
    stars: int
    text: str


class ListedOrder(Answer):
    """An order as it stands in a list. Names are those of WeChat Pay's documents."""

    mch_id: str
    appid: str
    out_trade_no: str
    trade_type: TradeType
    trade_state: TradeState
    total_fee: Fen
    fee_type: Annotated[str, msgspec.Meta(description="The currency of total_fee: its smallest unit.")]
    body: str
    attach: str
    prepay_id: str
    notify_url: str
    face: Face
    created_at: Instant
    expires_at: Instant
    cashier_url: str
    sign_type: SignType | None = None
    sub_mch_id: str | None = None
    sub_appid: str | None = None
    cash_fee: Fen | None = None
    cash_fee_type: Annotated[str, msgspec.Meta(description="Of a paid order: the currency of cash_fee.")] | None = None
    rate_value: (
        Annotated[int, msgspec.Meta(description="At what a foreign currency was paid in CNY, times 10^8.")] | None
    ) = None
    code_url: str | None = None
    mweb_url: str | None = None
    transaction_id: str | None = None
    openid: str | None = None
    bank_type: str | None = None
    paid_at: Instant | None = None
    coupon_fee: Fen | None = None
    scenario: str | None = None
    closed_at: Instant | None = None
    official: (
        Annotated[bool, msgspec.Meta(description="Placed in the official sandbox, whose key signs here.")] | None
    ) = None
    combined: (
        Annotated[bool, msgspec.Meta(description="A combined order (合单): paid as one; refunds are of sub-orders.")]
        | None
    ) = None
    combine_mch_id: Annotated[str, msgspec.Meta(description="Of a sub-order: its combined order's mch_id.")] | None = (
        None
    )
    combine_out_trade_no: (
        Annotated[str, msgspec.Meta(description="Of a sub-order: its combined order's number.")] | None
    ) = None


class SubOrder(Answer):
    """A sub-order of a combined order. It is an order too, which the other calls find under its own number."""

    mch_id: str
    out_trade_no: str
    total_fee: Fen
    body: str
    trade_state: TradeState
    sub_mch_id: str | None = None
    transaction_id: str | None = None


class OrderList(Part[ListedOrder]):
    """Orders, newest first."""


class Order(ListedOrder, kw_only=True):
    """An order with all that belongs to it."""

    refunds: list[Refund]
    notifications: list[Notification]
    unsplit_amount: (
        Annotated[int, msgspec.Meta(description="Of an order that is to be shared (分账): fen that are frozen.")] | None
    ) = None
    sub_orders: (
        Annotated[
            list[SubOrder], msgspec.Meta(description="Of a combined order, in the order in which they were sent.")
        ]
        | None
    ) = None


class ClientResult(Answer, kw_only=True):
    """What the WeChat client tells the merchant's app (`errCode` 0, -1, -2) or page (`err_msg`)."""

    err_code: int = msgspec.field(name="errCode")
    err_str: str = msgspec.field(name="errStr")
    cause: Cause | None = None
    err_msg: str | None = None


class Paid(Answer):
    """What became of the order, and what the client was told."""

    order: Order
    client_result: ClientResult
