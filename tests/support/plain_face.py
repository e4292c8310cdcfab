"""A second, tiny version of the API, for tests that nothing but a face knows a version: messages of JSON, unsigned.

`CERTIFIED` is the same with signatures by certificates.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.core.causes import Cause
from sandbox.core.certificates import Certificate
from sandbox.core.client import Refusal
from sandbox.core.credentials import Credentials
from sandbox.core.errors import ApiUnknown, MessageUnreadable
from sandbox.core.invocation import Channel, Invocation
from sandbox.core.journal import Exchange, Message
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.notifications import NotificationKind
from sandbox.core.orders import Order
from sandbox.core.origin import Origin
from sandbox.core.plans import AnswerFault, MessageFault
from sandbox.core.ports.calls import Api, Diagnosis, ExampleContext, Notice, Repeat, Signable, SignedText, Signing, Told
from sandbox.core.ports.face import Answer, DeliveryContext, Face, Reading
from sandbox.core.ports.lessons import Lessons
from sandbox.core.ports.repositories import Sieve
from sandbox.core.repertoire import Repertoire
from sandbox.core.text import Text
from sandbox.core.verdicts import Verdict, VerdictName

ORIGIN = Origin("plain")
HELLO = Api(
    path="/plain/hello",
    operation="plainhello",
    title=Text("问好", "Say hello"),
    places=False,
    fields=(),
    reads=True,
    certificate=False,
    algorithm="word",
    method="GET",
)


def signature(text: str, by: Certificate) -> str:
    """A text's signature by the key of a certificate."""
    key = load_pem_private_key(by.private_key.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def signed_by(text: str, given: str, certificate: Certificate) -> bool:
    """Whether a signature is that of a certificate's key."""
    key = x509.load_pem_x509_certificate(certificate.certificate.encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        key.verify(base64.b64decode(given), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def sealed(text: str, merchant: Merchant) -> str:
    """A text that nobody reads who has not the merchant's APIv3 key."""
    return AESGCM(merchant.api_v3_key.encode()).encrypt(b"twelve bytes", text.encode(), None).hex()


def opened(text: str, merchant: Merchant) -> Mapping[str, str]:
    """What was sealed, as a field."""
    if not text:
        return {}
    return {"who": AESGCM(merchant.api_v3_key.encode()).decrypt(b"twelve bytes", bytes.fromhex(text), None).decode()}


class PlainMessages:
    def fits(self, body: bytes) -> bool:
        return body.lstrip().startswith(b"{")

    def read(self, body: bytes) -> Mapping[str, str]:
        try:
            return {name: str(value) for name, value in json.loads(body).items()}
        except ValueError as error:
            raise MessageUnreadable("json_malformed", detail=str(error)) from None

    def write(self, fields: Mapping[str, str | int]) -> str:
        return json.dumps(fields)

    def request(self, exchange: Exchange, credentials: Credentials | None = None) -> Reading:
        fields = self.read(exchange.request.body or b"{}")
        return Reading(fields, opened(fields.get("sealed", ""), credentials.merchant) if credentials else {})

    def reply(self, exchange: Exchange, credentials: Credentials | None = None) -> Reading:
        return Reading()

    def signed(self, exchange: Exchange) -> Sequence[SignedText]:
        return ()

    def sieve(self, fields: Mapping[str, str]) -> Sieve | None:
        return None

    def secrets(self, exchange: Exchange) -> Sequence[str]:
        return ()


class PlainNotifications:
    """A fault only makes the amount lower."""

    def build(self, delivery: DeliveryContext) -> Message:
        order, alteration = delivery.order, delivery.notification.alteration
        lower = alteration is not None and alteration.fault is MessageFault.AMOUNT_LOWER
        told = {
            "number": order.key.out_trade_no,
            "fen": order.terms.total_fee - lower,
            "about": delivery.notification.kind,
            **({"sealed": sealed("the payer", delivery.merchant)} if delivery.credentials.platform else {}),
        }
        body = json.dumps(told)
        headers = (("Content-Type", "application/json"), *self._signed(body, delivery))
        return Message(headers, body.encode())

    def _signed(self, body: str, delivery: DeliveryContext) -> Sequence[tuple[str, str]]:
        """The headers of a signature by the platform's key, with the time of the attempt."""
        platform, at = delivery.credentials.platform, delivery.sent_at.isoformat()
        if platform is None or platform.certificate is None:
            return ()
        files = platform.certificate.files
        return (("Serial", files.serial_no), ("Sent-At", at), ("Signature", signature(at + body, files)))

    def judge(self, answer: Answer) -> Verdict:
        return Verdict(
            VerdictName.OK if answer.status == 204 else VerdictName.HTTP_STATUS, (("status", str(answer.status)),)
        )

    def receipt(self) -> Message:
        return Message((), b"{}")

    def example(self, kind: NotificationKind, case: ExampleContext) -> Notice:
        return Notice({"number": case.paid.key.out_trade_no if case.paid else ""})

    def key(self, merchant: Merchant) -> str:
        return "please"

    def write(
        self, kind: NotificationKind, notice: Notice, key: str, algorithm: str, credentials: Credentials
    ) -> Message:
        return Message((), json.dumps(dict(notice.fields)).encode())

    def open(self, body: bytes, key: str) -> Notice:
        return Notice(PlainMessages().read(body))


class PlainSignatures:
    """A message is signed by a word in it."""

    algorithms: Sequence[str] = ("word",)

    def key(self, credentials: Credentials, message: Signable | None = None) -> str:
        return "please"

    def keys(self, merchant: Merchant) -> Sequence[str]:
        return ["please"]

    def named(self, message: Signable) -> Sequence[str]:
        return [message.texts["shop"]] if "shop" in message.fields else []

    def algorithm(self, fields: Mapping[str, str]) -> str:
        return ""

    def algorithm_of(self, order: Order) -> str:
        return "word"

    def given(self, message: Signable) -> str:
        return message.texts.get("word", "") or dict(message.headers).get("Word", "")

    def message(self, shown: bytes) -> Signable:
        return Signable(fields=PlainMessages().read(shown), body=shown)

    def read(self, text: str) -> Signable:
        return self.message(text.encode())

    def prepared(self, message: Signable, credentials: Credentials | None, nonce_str: str) -> Signable:
        return message

    def signed(self, message: Signable, signature: str) -> Signable:
        """A call has the word in a header, over its method and target; any other message among its fields."""
        if message.method:
            return replace(message, headers=(*message.headers, ("Word", signature)))
        fields = {**message.fields, "word": signature}
        return replace(message, fields=fields, body=json.dumps(fields).encode())

    def steps(self, message: Signable, key: str, algorithm: str, *, shown: bool) -> Signing:
        over = f"{message.method} {message.target}" if message.method else ""
        return Signing((), tuple(message.fields), over, f"{over} {key}".strip())

    def diagnose(
        self, message: Signable, key: str, credentials: Credentials | None, accounts: Accounts, algorithm: str = ""
    ) -> Diagnosis:
        given = self.given(message)
        mistake = "" if given == key else "unknown"
        return Diagnosis(sign_type="word", given=given, expected=key, string_to_sign="", mistake=mistake)


class PlainClient:
    """It wants a word for a signature, or one of the prepay_id by a certificate of the merchant's."""

    def request(
        self, channel: Channel, order: Order, credentials: Credentials, nonce_str: str, timestamp: str
    ) -> Mapping[str, str]:
        return {"prepayid": order.prepay.prepay_id}

    def covered(self, invocation: Invocation) -> Mapping[str, str]:
        return {"prepayid": invocation.prepay_id}

    def mistaken(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        return {name.upper(): value for name, value in fields.items()}

    def wrong_with(self, invocation: Invocation, order: Order, credentials: Credentials) -> Refusal | None:
        if invocation.sign == "please":
            return None
        if any(signed_by(invocation.prepay_id, invocation.sign, one.files) for one in credentials.valid):
            return None
        return Refusal(cause=Cause.SIGN, explanation="sign_unlike", expected="please")


PLACE = Api(
    path="/plain/orders",
    operation="plainorder",
    title=Text("下单", "Order"),
    places=True,
    fields=(),
    reads=False,
    certificate=False,
    algorithm="word",
)


class PlainDescription:
    def apis(self) -> Sequence[Api]:
        return [HELLO, PLACE]

    def api(self, path: str) -> Api:
        found = next((one for one in self.apis() if one.path == path), None)
        if found is None:
            raise ApiUnknown(path)
        return found

    def examples(self, api: Api, case: ExampleContext) -> Mapping[str, str]:
        return {}

    def curl(self, merchant: Merchant, base: str, notify_url: str, now: datetime) -> str:
        return f"curl {base}"

    def request(self, api: Api, fields: Mapping[str, str]) -> Signable:
        return Signable(fields=fields, method=api.method, target=f"{api.path}?{urlencode(fields)}")

    def told(self, answer: Mapping[str, str]) -> Told:
        return Told("error" not in answer, answer.get("error", "done"))

    def repeats(self, order: Order) -> bool:
        return False

    def again(self, order: Order, merchant: Merchant, out_trade_no: str, auth_code: str, now: datetime) -> Repeat:
        raise ApiUnknown("again")

    def at(self, path: str) -> Api | None:
        return next((one for one in self.apis() if one.path == path), None)

    def placing(self) -> Sequence[str]:
        return [one.path for one in self.apis() if one.places]

    def choices(self, name: str) -> tuple[str, ...]:
        return ()


FACE = Face(
    name="plain",
    origin=ORIGIN,
    messages=PlainMessages(),
    notifications=PlainNotifications(),
    signatures=PlainSignatures(),
    client=PlainClient(),
    api=PlainDescription(),
    lessons=Lessons(
        placing=PLACE.path,
        asking=HELLO.path,
        mistaken_key=lambda credentials: credentials,
        yuan={},
        asked_wrongly=lambda order: {},
        misreply=Message((), b"no"),
    ),
    codes=frozenset({"BAD_DAY"}),
    faults=Repertoire(
        answers=frozenset({AnswerFault.SLOW}),
        payments=frozenset({MessageFault.AMOUNT_LOWER}),
        refunds=frozenset({MessageFault.AMOUNT_LOWER}),
        fields=False,
    ),
)

CERTIFIED = replace(FACE, signs_by_certificate=True)
