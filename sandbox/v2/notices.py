"""Notifications of V2, whatever they are about: written, made by hand, opened, and the reply to them judged."""

from collections.abc import Callable, Mapping

from sandbox.core.credentials import Credentials
from sandbox.core.errors import NoticeUnopened
from sandbox.core.journal import Message
from sandbox.core.merchants import Merchant
from sandbox.core.notifications import NotificationKind
from sandbox.core.ports.calls import ExampleContext, Notice
from sandbox.core.ports.face import Answer, DeliveryContext
from sandbox.core.verdicts import Verdict
from sandbox.signing.flat import SignType, sign
from sandbox.v2 import envelope, examples
from sandbox.v2.keys import signing_key
from sandbox.v2.messages import V2Messages
from sandbox.v2.notifications import HEADERS, payment_fields, payment_message
from sandbox.v2.refund_notifications import decrypted, refund_message, sealed_notice
from sandbox.v2.replies import judge
from sandbox.v2.site import ORDINARY

_WRITERS: Mapping[NotificationKind, Callable[[DeliveryContext], Message]] = {
    NotificationKind.PAYMENT: payment_message,
    NotificationKind.REFUND: refund_message,
}


class V2Notifications:
    """Implements Notifications."""

    def build(self, delivery: DeliveryContext) -> Message:
        return _WRITERS[delivery.notification.kind](delivery)

    def judge(self, answer: Answer) -> Verdict:
        return judge(answer)

    def receipt(self) -> Message:
        from sandbox.words.verdicts import RIGHT_ANSWER

        return Message((("Content-Type", "text/xml; charset=utf-8"),), RIGHT_ANSWER.encode())

    def example(self, kind: NotificationKind, case: ExampleContext) -> Notice:
        if kind is NotificationKind.REFUND:
            return examples.refund_notice(case)
        paid = case.paid if case.paid and case.paid.payment else None
        return examples.payment_notice(case, payment_fields(paid, "") if paid else None)

    def key(self, merchant: Merchant) -> str:
        return signing_key(merchant)

    def write(
        self, kind: NotificationKind, notice: Notice, key: str, algorithm: str, credentials: Credentials
    ) -> Message:
        if kind is NotificationKind.REFUND:
            return sealed_notice(notice.fields, notice.sealed, key)
        fields = {name: value for name, value in notice.fields.items() if value and name != "sign"}
        return Message(HEADERS, ORDINARY.write_notification({**fields, "sign": sign(fields, key, SignType(algorithm))}))

    def open(self, body: bytes, key: str) -> Notice:
        fields = V2Messages().read(body)
        try:
            inner = envelope.parse(decrypted(fields.get("req_info", ""), key))
        except (envelope.MessageEmpty, envelope.MessageMalformed, envelope.MessageNotUtf8):
            raise NoticeUnopened from None
        return Notice({name: value for name, value in fields.items() if name != "req_info"}, inner)
