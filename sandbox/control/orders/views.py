"""What the core knows of orders, in the shapes of docs/contract.md."""

from collections.abc import Sequence

from msgspec.structs import asdict

from sandbox.control.notifications import shapes as notifications_shapes
from sandbox.control.orders import shapes
from sandbox.control.refunds.views import refund_view
from sandbox.core.client import ClientResult
from sandbox.core.comments import Comment
from sandbox.core.links import Links
from sandbox.core.orders import Order
from sandbox.core.ports.faces import Faces
from sandbox.core.refunds import Refund
from sandbox.core.sharing import Frozen
from sandbox.web.shapes import instant


def listed_order_view(order: Order, links: Links, faces: Faces) -> shapes.ListedOrder:
    terms, payment = order.terms, order.payment
    return shapes.ListedOrder(
        mch_id=order.key.mch_id,
        appid=terms.appid,
        sub_mch_id=order.key.sub_mch_id or None,
        sub_appid=terms.sub_appid or None,
        out_trade_no=order.key.out_trade_no,
        trade_type=terms.trade_type,
        trade_state=order.trade_state,
        total_fee=terms.total_fee,
        fee_type=terms.fee_type,
        cash_fee=payment.cash_fee if payment else None,
        cash_fee_type=order.cash_fee_type if payment else None,
        rate_value=payment.rate_value if payment else None,
        body=terms.body,
        attach=terms.attach,
        prepay_id=order.prepay.prepay_id,
        code_url=links.code_url(order),
        mweb_url=links.mweb_url(order),
        transaction_id=payment.transaction_id if payment else None,
        openid=(payment.openid if payment else terms.openid) or None,
        bank_type=payment.bank_type if payment else None,
        notify_url=terms.notify_url,
        face=order.origin.face,
        sign_type=faces.of(order).signatures.algorithm_of(order) or None,
        created_at=instant(order.created_at),
        expires_at=instant(order.expires_at),
        paid_at=instant(payment.paid_at) if payment else None,
        coupon_fee=payment.coupon_fee if payment and payment.coupons else None,
        scenario=order.plan.scenario if order.plan else None,
        closed_at=instant(order.closed_at),
        combined=order.combined or None,
        combine_mch_id=order.combine.mch_id if order.combine and order.part else None,
        combine_out_trade_no=order.combine.out_trade_no if order.combine and order.part else None,
        official="official" in order.origin.facts or None,
        cashier_url=links.cashier_url(order),
    )


def order_view(
    order: Order,
    links: Links,
    faces: Faces,
    refunds: Sequence[Refund],
    notifications: list[notifications_shapes.Notification],
    parts: Sequence[Order],
    frozen: Frozen | None,
) -> shapes.Order:
    listed, seen = listed_order_view(order, links, faces), [refund_view(refund) for refund in refunds]
    sub_orders = [_sub_order_view(one) for one in parts] or None
    return shapes.Order(
        **asdict(listed),
        refunds=seen,
        notifications=notifications,
        unsplit_amount=frozen.fen if frozen else None,
        sub_orders=sub_orders,
    )


def _sub_order_view(order: Order) -> shapes.SubOrder:
    return shapes.SubOrder(
        mch_id=order.key.mch_id,
        sub_mch_id=order.key.sub_mch_id or None,
        out_trade_no=order.key.out_trade_no,
        total_fee=order.terms.total_fee,
        body=order.terms.body,
        trade_state=order.trade_state,
        transaction_id=order.payment.transaction_id if order.payment else None,
    )


def comment_view(comment: Comment) -> shapes.Comment:
    return shapes.Comment(
        mch_id=comment.key.mch_id,
        out_trade_no=comment.key.out_trade_no,
        transaction_id=comment.transaction_id,
        at=instant(comment.at),
        stars=comment.stars,
        text=comment.text,
    )


def client_view(result: ClientResult, order: Order) -> shapes.ClientResult:
    return shapes.ClientResult(
        err_code=result.err_code,
        err_str=result.err_str,
        cause=result.cause,
        err_msg=result.err_msg(order.terms.trade_type),
    )
