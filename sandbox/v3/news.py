"""What a notification tells, before it is sealed: members in the order in which they were captured.

Source: V3 notes, 13.2 to 13.4, 15.1.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sandbox.core.notifications import Notification, NotificationKind
from sandbox.core.orders import Order
from sandbox.core.ports.face import DeliveryContext
from sandbox.core.refunds import Refund, RefundStatus
from sandbox.core.sharing import ReceiverType, SharingNews
from sandbox.core.transfers import Transfer
from sandbox.v3.combined import told_of
from sandbox.v3.errors import Json
from sandbox.v3.orders import moment, payer_of
from sandbox.v3.promotions import promotion_detail
from sandbox.v3.refund_answers import STATUSES

Members = dict[str, Json]


@dataclass(frozen=True, slots=True)
class News:
    """What happened, by which name, when; `told` is what is sealed, as an object of the `original_type`."""

    event_type: str
    summary: str
    original_type: str
    at: datetime
    told: Members

    def identity(self, note: Notification) -> str:
        """The id of the notification: the same at every attempt, and of every copy that tells of it."""
        key = note.key
        number = f"{note.sharing.order_id}/{note.told}" if note.sharing else note.out_refund_no
        about = (key.mch_id, key.sub_mch_id, key.number, number, self.event_type, moment(self.at))
        return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(about)))

    def saying(self, told: Members) -> "News":
        """The same news with other members."""
        return replace(self, told=told)


_SUMMARIES: Mapping[RefundStatus, str] = {
    RefundStatus.SUCCESS: "退款成功",
    RefundStatus.CHANGE: "退款异常",
    RefundStatus.REFUNDCLOSE: "退款关闭",
}
"""How a refund's end is summed up."""


def of_payment(delivery: DeliveryContext) -> News:
    """A payment that succeeded, of one order or of several as one."""
    order = delivery.order
    return payment_news(order, told_of(order, delivery.sub_orders) if order.combined else payment(order))


def payment_news(order: Order, told: Members) -> News:
    """What is told of an order that was paid."""
    assert order.payment is not None, "only a paid order is notified"
    return News("TRANSACTION.SUCCESS", "支付成功", "transaction", order.payment.paid_at, told)


def of_refund(delivery: DeliveryContext) -> News:
    """A refund that has ended, well or not."""
    assert delivery.refund is not None, "a refund notification is about a refund"
    return refund_news(delivery.refund, delivery.order, delivery.notification.created_at)


def refund_news(refund: Refund, order: Order, at: datetime) -> News:
    """What is told of a refund that has ended."""
    event_type, summary = f"REFUND.{STATUSES[refund.status]}", _SUMMARIES[refund.status]
    return News(event_type, summary, "refund", at, refunded(refund, order))


def of_transfer(delivery: DeliveryContext) -> News:
    """A transfer to a person that has ended, well or not."""
    return transfer_news(delivery.transfer)


def transfer_news(transfer: Transfer) -> News:
    """What is told of a transfer that has ended."""
    told = transferred(transfer)
    return News("MCHTRANSFER.BILL.FINISHED", "商家转账单据终态通知", "mch_payment", transfer.updated_at, told)


def of_sharing(delivery: DeliveryContext) -> News:
    """A share that a receiver was given, or gave back."""
    note = delivery.notification
    assert note.sharing is not None, "a notification of a sharing says what it tells"
    return sharing_news(note.sharing, delivery.order, note.created_at)


def sharing_news(share: SharingNews, order: Order, at: datetime) -> News:
    """What a receiver is told of a share. Source: 分账动账通知 (docs/fidelity.md)."""
    summary = "分账回退" if share.returned else "分账"
    return News("TRANSACTION.SUCCESS", summary, "profitsharing", at, shared(share, order, at))


WRITERS: Mapping[NotificationKind, Callable[[DeliveryContext], News]] = {
    NotificationKind.PAYMENT: of_payment,
    NotificationKind.REFUND: of_refund,
    NotificationKind.TRANSFER: of_transfer,
    NotificationKind.SHARING: of_sharing,
}
"""What is told, by what a notification is about."""


def payment(order: Order) -> Members:
    """What is told of a payment; of a service provider's order under its members' names."""
    terms, paid = order.terms, order.payment
    assert paid is not None, "only a paid order is notified"
    scene: Members = {"scene_info": {"device_id": terms.device_info}} if terms.device_info else {}
    coupons: Members = {"promotion_detail": promotion_detail(paid, terms.fee_type)} if paid.coupons else {}
    return {
        **_accounts(order),
        "out_trade_no": order.key.out_trade_no,
        "transaction_id": paid.transaction_id,
        "trade_type": terms.trade_type.value,
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": paid.bank_type,
        "attach": terms.attach,
        "success_time": moment(paid.paid_at),
        "payer": payer_of(order, paid),
        "amount": {
            "total": terms.total_fee,
            "payer_total": paid.cash_fee,
            "currency": terms.fee_type,
            "payer_currency": order.cash_fee_type,
        },
        **scene,
        **coupons,
    }


def _accounts(order: Order) -> Members:
    key, terms = order.key, order.terms
    if not key.sub_mch_id:
        return {"mchid": key.mch_id, "appid": terms.appid}
    sub_appid: Members = {"sub_appid": terms.sub_appid} if terms.sub_appid else {}
    return {"sp_mchid": key.mch_id, "sub_mchid": key.sub_mch_id, "sp_appid": terms.appid, **sub_appid}


def shared(share: SharingNews, order: Order, at: datetime) -> Members:
    """What is told of a share; the numbers are those of the sharing, or of the return."""
    paid = order.payment
    assert paid is not None, "only a paid order is shared"
    return {
        **_merchants(order),
        "transaction_id": paid.transaction_id,
        "order_id": share.order_id,
        "out_order_no": share.out_order_no,
        "receiver": {
            "type": ReceiverType.MERCHANT_ID.value,
            "account": share.mch_id,
            "amount": share.amount,
            "description": share.description,
        },
        "success_time": moment(at),
    }


def _merchants(order: Order) -> Members:
    """Whose order it is, of what is about no appid."""
    key = order.key
    return {"sp_mchid": key.mch_id, "sub_mchid": key.sub_mch_id} if key.sub_mch_id else {"mchid": key.mch_id}


def refunded(refund: Refund, order: Order) -> Members:
    """What is told of a refund; success_time only of one that succeeded."""
    key, paid = order.key, order.payment
    assert paid is not None, "only a paid order is refunded"
    success: Members = {"success_time": moment(refund.success_at)} if refund.success_at else {}
    return {
        **_merchants(order),
        "out_trade_no": key.out_trade_no,
        "transaction_id": paid.transaction_id,
        "out_refund_no": refund.terms.out_refund_no,
        "refund_id": refund.refund_id,
        "refund_status": STATUSES[refund.status],
        **success,
        "amount": {
            "total": order.terms.total_fee,
            "refund": refund.terms.refund_fee,
            "payer_total": paid.cash_fee,
            "payer_refund": refund.parts.cash_refund_fee,
        },
        "user_received_account": refund.recv_account,
    }


def transferred(transfer: Transfer) -> Members:
    """What is told of a transfer: the merchant twice, as captured; fail_reason only of one that came to nothing."""
    terms, reason = transfer.terms, transfer.told_reason
    why: Members = {"fail_reason": reason} if reason else {}
    return {
        "mch_id": transfer.mch_id,
        "out_bill_no": terms.out_bill_no,
        "transfer_bill_no": transfer.transfer_bill_no,
        "transfer_amount": terms.transfer_amount,
        "state": transfer.state.value,
        "openid": terms.openid,
        **why,
        "create_time": moment(transfer.created_at),
        "update_time": moment(transfer.updated_at),
        "mchid": transfer.mch_id,
    }
