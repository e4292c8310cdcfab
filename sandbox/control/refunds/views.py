"""What the core knows of refunds, in the shapes of docs/contract.md."""

from msgspec.structs import asdict

from sandbox.control.refunds import shapes
from sandbox.core.refunds import Refund
from sandbox.web.shapes import instant


def refund_view(refund: Refund) -> shapes.Refund:
    """A refund; `due_at` while it is being processed."""
    return shapes.Refund(
        face=refund.origin.face,
        out_refund_no=refund.terms.out_refund_no,
        refund_id=refund.refund_id,
        refund_fee=refund.terms.refund_fee,
        refund_fee_type=refund.terms.refund_fee_type,
        refund_status=refund.status,
        created_at=instant(refund.created_at),
        success_at=instant(refund.success_at) if refund.success_at else None,
        due_at=instant(refund.due_at) if refund.due_at else None,
        cash_refund_fee=refund.parts.cash_refund_fee,
        coupon_refund_fee=refund.coupon_refund_fee or None,
        settlement_refund_fee=refund.settlement_refund_fee,
        refund_recv_accout=refund.recv_account,
        refund_channel=refund.channel,
        refund_desc=refund.terms.refund_desc or None,
        notify_url=refund.terms.notify_url or None,
    )


def listed_refund_view(refund: Refund) -> shapes.ListedRefund:
    """A refund with the order that it is of."""
    key = refund.key
    return shapes.ListedRefund(
        mch_id=key.mch_id,
        sub_mch_id=key.sub_mch_id or None,
        out_trade_no=key.out_trade_no,
        **asdict(refund_view(refund)),
    )
