"""The shapes of the control API's answers about refunds. Source: docs/contract.md, "Shapes"."""

from sandbox.control.units import Face, Fen
from sandbox.core.refunds import Channel, RefundStatus
from sandbox.web.shapes import Answer, Instant, Part


class Refund(Answer, kw_only=True):
    """A refund of an order; `due_at` is when it ends by itself, while it is being processed."""

    out_refund_no: str
    refund_id: str
    face: Face
    refund_fee: Fen
    refund_fee_type: str
    refund_status: RefundStatus
    created_at: Instant
    success_at: Instant | None = None
    due_at: Instant | None = None
    cash_refund_fee: Fen
    coupon_refund_fee: Fen | None = None
    settlement_refund_fee: Fen
    refund_recv_accout: str
    refund_channel: Channel
    refund_desc: str | None = None
    notify_url: str | None = None


class ListedRefund(Refund, kw_only=True):
    """A refund with the order that it is of."""

    mch_id: str
    sub_mch_id: str | None = None
    out_trade_no: str


class RefundList(Part[ListedRefund]):
    """Refunds, newest first."""
