"""Notifications as V3 writes them: an envelope of JSON, signed, with what happened sealed in it.

What is sealed, and by which nonce, is the same at every attempt; time, nonce and signature of the message are of the
attempt. Source: V3 notes, 13; docs/fidelity.md.
"""

import hashlib
import secrets
import string
from collections.abc import Mapping

from sandbox.core.credentials import Credentials
from sandbox.core.errors import MessageUnreadable
from sandbox.core.journal import Message
from sandbox.core.merchants import Merchant
from sandbox.core.notifications import NotificationKind
from sandbox.core.plans import Alteration, MessageFault
from sandbox.core.platform_keys import SigningKey
from sandbox.core.ports.calls import ExampleContext, Notice
from sandbox.core.ports.face import Answer, DeliveryContext
from sandbox.core.verdicts import Verdict
from sandbox.signing import aead
from sandbox.v3 import forgeries, notice_examples
from sandbox.v3.answers import signature_headers, signer, written
from sandbox.v3.messages import V3Messages, flat, nested, parsed, unsealed
from sandbox.v3.news import WRITERS, Members, News
from sandbox.v3.notice_examples import original_type
from sandbox.v3.orders import moment
from sandbox.v3.origin import wechatpay_serial
from sandbox.v3.replies import judge

_LETTERS = string.ascii_letters + string.digits
_SIGNATURE_NONCE, SEAL_NONCE = 32, 12
HONEST = Alteration()

RECEIPT = Message((("Content-Type", "application/json"),), '{"code":"SUCCESS","message":"成功"}'.encode())


class V3Notifications:
    """Implements Notifications."""

    def build(self, delivery: DeliveryContext) -> Message:
        alteration = delivery.notification.alteration or HONEST
        news = WRITERS[delivery.notification.kind](delivery)
        news = news.saying(forgeries.told_falsely(news.told, alteration, delivery.around))
        body = forgeries.written_falsely(_body(news, delivery, alteration), alteration)
        return forgeries.packed(_signed(body, delivery, alteration), alteration, delivery.around)

    def judge(self, answer: Answer) -> Verdict:
        return judge(answer)

    def receipt(self) -> Message:
        return RECEIPT

    def example(self, kind: NotificationKind, case: ExampleContext) -> Notice:
        return notice_examples.of(kind, case)

    def key(self, merchant: Merchant) -> str:
        return merchant.api_v3_key

    def write(
        self, kind: NotificationKind, notice: Notice, key: str, algorithm: str, credentials: Credentials
    ) -> Message:
        told = notice_examples.typed(nested(notice.sealed))
        try:
            resource = sealed(told, key, original_type(kind), _random(SEAL_NONCE))
        except ValueError:
            raise MessageUnreadable("key_length", length=len(key.encode())) from None
        envelope: Members = {**nested(notice.fields), "resource": resource}
        return sent(envelope, signer(credentials), int(credentials.at.timestamp()))

    def open(self, body: bytes, key: str) -> Notice:
        said = parsed(body)
        plain = unsealed(said.pop("resource", None), key)
        return Notice(flat(said), V3Messages().read(plain))


def _body(news: News, delivery: DeliveryContext, alteration: Alteration) -> bytes:
    if alteration.fault is MessageFault.MINIMAL:
        return written(forgeries.minimal(news.told))
    note = delivery.notification
    key = forgeries.sealing_key(alteration, delivery.around, delivery.merchant.api_v3_key)
    resource = sealed(news.told, key, news.original_type, _lasting_nonce(note.id))
    envelope: Members = {
        "id": news.identity(note),
        "create_time": moment(news.at),
        "resource_type": "encrypt-resource",
        "event_type": news.event_type,
        "summary": news.summary,
        "resource": forgeries.sealed_falsely(resource, alteration),
    }
    return written(forgeries.envelope_falsely(envelope, alteration))


def _signed(body: bytes, delivery: DeliveryContext, alteration: Alteration) -> Message:
    by = forgeries.signing_key(alteration, _key(delivery))
    at = int(delivery.sent_at.timestamp())
    if alteration.fault is MessageFault.STALE_TIMESTAMP:
        at -= forgeries.LATE_SECONDS
    signature = signature_headers(body, by, at, _random(_SIGNATURE_NONCE))
    return Message(_headers(forgeries.signed_falsely(signature, alteration)), body)


def sent(envelope: Members, by: SigningKey, at: int) -> Message:
    """An envelope as it is sent, rightly signed at a moment of real time (seconds since 1970)."""
    body = written(envelope)
    return Message(_headers(signature_headers(body, by, at, _random(_SIGNATURE_NONCE))), body)


def _key(delivery: DeliveryContext) -> SigningKey:
    """WeChat Pay's key: a scenario's choice, else what the call asked for that the notification is about."""
    platform = delivery.credentials.platform
    if platform is not None and delivery.signed_by is not None:
        return platform.key_of(delivery.signed_by)
    return signer(delivery.credentials, wechatpay_serial(delivery.notification.origin))


def _headers(signature: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """All that a notification has, in the order of the captured one."""
    there: dict[str, str] = {
        "Pragma": "no-cache",
        "Content-Type": "application/json",
        "Accept": "*/*",
        "User-Agent": "Mozilla/4.0",
        "Connection": "close",
        **signature,
    }
    return tuple((name, there[name]) for name in _ORDER if name in there)


_ORDER = (
    "Wechatpay-Timestamp",
    "Pragma",
    "Wechatpay-Signature-Type",
    "Wechatpay-Signature",
    "Wechatpay-Serial",
    "Content-Type",
    "Wechatpay-Nonce",
    "Accept",
    "User-Agent",
    "Connection",
)


def seal_nonce() -> str:
    """A fresh nonce for what is sealed once."""
    return _random(SEAL_NONCE)


def _random(length: int) -> str:
    """Letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _lasting_nonce(notification_id: str) -> str:
    """The nonce of the seal: of one notification the same at each attempt, and of no two."""
    digest = hashlib.sha256(notification_id.encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:SEAL_NONCE])


def sealed(told: Members, api_v3_key: str, original_type: str, nonce: str) -> Members:
    """The `resource` of an envelope: what is told, as nobody reads it who has not the APIv3 key."""
    return {
        "original_type": original_type,
        "algorithm": aead.ALGORITHM,
        "ciphertext": aead.seal(written(told), api_v3_key, nonce, original_type),
        "associated_data": original_type,
        "nonce": nonce,
    }
