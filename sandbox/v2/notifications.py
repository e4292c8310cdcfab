"""Payment notifications: how V2 writes them. Source: V2 notes, 5.1."""

from sandbox.core.currency import CNY
from sandbox.core.ids import BEIJING
from sandbox.core.journal import Message
from sandbox.core.orders import Order, Payment
from sandbox.core.ports.face import DeliveryContext
from sandbox.signing.flat import sign
from sandbox.v2 import notification_faults
from sandbox.v2.official import site_of
from sandbox.v2.origin import sign_type

HEADERS = (
    ("User-Agent", "Mozilla/4.0"),
    ("Accept", "*/*"),
    ("Pragma", "no-cache"),
    ("Content-Type", "text/xml"),
)


def payment_message(delivery: DeliveryContext) -> Message:
    """A payment notification; a scenario may have altered it."""
    order, around, site = delivery.order, delivery.around, site_of(delivery.order)
    fields = site.tell(payment_fields(order, delivery.notification.nonce_str), order)
    alteration, key, signed_by = delivery.notification.alteration, site.key(delivery.merchant), sign_type(order.origin)
    if alteration is None:
        return Message(HEADERS, site.write_notification({**fields, "sign": sign(fields, key, signed_by)}))
    fields = notification_faults.altered_fields(fields, alteration, around)
    signed = notification_faults.signed(fields, alteration, around, key, signed_by)
    return notification_faults.packed(Message(HEADERS, site.write_notification(signed)), alteration, around)


def coupon_fields(payment: Payment, total_fee: int) -> dict[str, str | int]:
    """What query and notification say of coupons; empty where none was used. Source: V2 notes, 8.7.

    coupon_type stands there only where a 免充值 coupon was used.
    """
    if not payment.coupons:
        return {}
    fields: dict[str, str | int] = {"coupon_fee": payment.coupon_fee, "coupon_count": len(payment.coupons)}
    for n, coupon in enumerate(payment.coupons):
        if payment.no_cash_fee:
            fields[f"coupon_type_{n}"] = coupon.type.value
        fields |= {f"coupon_id_{n}": coupon.id, f"coupon_fee_{n}": coupon.fee}
    if payment.no_cash_fee:
        fields["settlement_total_fee"] = total_fee - payment.no_cash_fee
    return fields


def payment_fields(order: Order, nonce_str: str) -> dict[str, str]:
    """The notification's fields as they are signed; what was not sent at order time is left out."""
    terms, payment = order.terms, order.payment
    assert payment is not None, "only a paid order is notified"
    fields = {
        "appid": terms.appid,
        "attach": terms.attach,
        "bank_type": payment.bank_type,
        "cash_fee": str(payment.cash_fee),
        "device_info": terms.device_info,
        "fee_type": terms.fee_type,
        "is_subscribe": payment.is_subscribe,
        "mch_id": order.key.mch_id,
        "nonce_str": nonce_str,
        "openid": payment.openid,
        "out_trade_no": order.key.out_trade_no,
        "result_code": "SUCCESS",
        "return_code": "SUCCESS",
        "sub_appid": terms.sub_appid,
        "sub_is_subscribe": payment.is_subscribe if payment.sub_openid else "",
        "sub_mch_id": order.key.sub_mch_id,
        "sub_openid": payment.sub_openid,
        "time_end": payment.paid_at.astimezone(BEIJING).strftime("%Y%m%d%H%M%S"),
        "total_fee": str(terms.total_fee),
        "trade_type": terms.trade_type.value,
        "transaction_id": payment.transaction_id,
        **({"cash_fee_type": CNY, "rate_value": str(payment.rate_value)} if payment.rate_value else {}),
        **{name: str(value) for name, value in coupon_fields(payment, terms.total_fee).items()},
    }
    return {name: value for name, value in fields.items() if value}
