"""Notifications as V3 writes them: an envelope of JSON, signed, with what happened sealed in it.

Source: V3 notes, 13.
"""

import secrets
import string
import uuid
from collections.abc import Mapping

from sandbox.core.errors import NoticeUnopened
from sandbox.core.journal import Message
from sandbox.core.notifications import NotificationKind
from sandbox.core.orders import Order
from sandbox.core.plans import MessageFault
from sandbox.core.ports.calls import ExampleContext, Notice
from sandbox.core.ports.face import Answer, DeliveryContext
from sandbox.core.replies import by_status
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.signing import aead
from sandbox.v3.answers import signature_headers, signer, written
from sandbox.v3.combined import told_of
from sandbox.v3.errors import Json
from sandbox.v3.messages import V3Messages, flat, nested, parsed
from sandbox.v3.orders import moment
from sandbox.v3.origin import wechatpay_serial

HEADERS = (
    ("User-Agent", "Mozilla/4.0"),
    ("Accept", "*/*"),
    ("Pragma", "no-cache"),
    ("Content-Type", "application/json"),
)
RECEIPT = Message((("Content-Type", "application/json"),), '{"code":"SUCCESS","message":"成功"}'.encode())


class V3Notifications:
    """Implements Notifications."""

    def build(self, delivery: DeliveryContext) -> Message:
        note, order, alteration = delivery.notification, delivery.order, delivery.notification.alteration
        told = told_of(order, delivery.sub_orders) if order.combined else payment(order)
        if alteration is not None and alteration.fault is MessageFault.AMOUNT_LOWER:
            told["amount"] = {"total": order.terms.total_fee - 1}
        envelope: dict[str, Json] = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, note.id)),
            "create_time": moment(note.created_at),
            "resource_type": "encrypt-resource",
            "event_type": "TRANSACTION.SUCCESS",
            "summary": "支付成功",
            "resource": sealed(told, delivery.merchant.api_v3_key, "transaction"),
        }
        return self._signed(written(envelope), delivery)

    def _signed(self, body: bytes, delivery: DeliveryContext) -> Message:
        by = signer(delivery.credentials, wechatpay_serial(delivery.notification.origin))
        headers = signature_headers(body, by, int(delivery.sent_at.timestamp()), nonce(32))
        return Message((*HEADERS, *headers.items()), body)

    def judge(self, answer: Answer) -> Verdict:
        wrong = None if answer.status == 204 else by_status(answer)
        return wrong or Verdict(VerdictName.OK)

    def receipt(self) -> Message:
        return RECEIPT

    def example(self, kind: NotificationKind, case: ExampleContext) -> Notice:
        if case.paid is None:
            return Notice({})
        return Notice({"event_type": "TRANSACTION.SUCCESS"}, flat(payment(case.paid)))

    def write(self, kind: NotificationKind, notice: Notice, key: str, algorithm: str) -> Message:
        body: dict[str, Json] = {**notice.fields, "resource": sealed(nested(notice.sealed), key, "transaction")}
        return Message(HEADERS, written(body))

    def open(self, body: bytes, key: str) -> Notice:
        said = parsed(body)
        try:
            resource = said.pop("resource")
            plain = aead.unseal(resource["ciphertext"], key, resource["nonce"], resource["associated_data"])
            return Notice(flat(said), V3Messages().read(plain))
        except (ValueError, KeyError, TypeError):
            raise NoticeUnopened from None


def nonce(length: int) -> str:
    """Letters and digits."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def sealed(told: Mapping[str, Json], api_v3_key: str, original_type: str) -> dict[str, Json]:
    """The `resource` of an envelope: what is told, as nobody reads it who has not the APIv3 key."""
    fresh = nonce(12)
    return {
        "original_type": original_type,
        "algorithm": aead.ALGORITHM,
        "ciphertext": aead.seal(written(told), api_v3_key, fresh, original_type),
        "associated_data": original_type,
        "nonce": fresh,
    }


def payment(order: Order) -> dict[str, Json]:
    """What a payment's notification tells, in the captured order (V3 notes, 13.2)."""
    terms, paid = order.terms, order.payment
    assert paid is not None, "only a paid order is notified"
    return {
        "mchid": order.key.mch_id,
        "appid": terms.appid,
        "out_trade_no": order.key.out_trade_no,
        "transaction_id": paid.transaction_id,
        "trade_type": terms.trade_type.value,
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": paid.bank_type,
        "attach": terms.attach,
        "success_time": moment(paid.paid_at),
        "payer": {"openid": paid.openid},
        "amount": {
            "total": terms.total_fee,
            "payer_total": paid.cash_fee,
            "currency": terms.fee_type,
            "payer_currency": order.cash_fee_type,
        },
    }
