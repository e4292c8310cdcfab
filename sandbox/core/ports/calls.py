"""What a face declares and shows of its calls: fields, examples, notifications, a signature step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.core.ids import Ids
from sandbox.core.journal import Headers, Message
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.core.payers import Payer
from sandbox.core.text import Text

Fields = Mapping[str, str]

MASK = "********"
"""What stands in place of a key that is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldForm:
    """A field as the protocol declares it.

    `form` is a name of `words.debugging.FORMS`; `limit` counts bytes of UTF-8, None where the form itself says how
    long it is; `choices` are all values that it takes, where these are few.
    """

    name: str
    required: bool
    form: str
    limit: int | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A call of the protocol. `certificate`: the real server asks for the merchant's own. `algorithm` is the usual.

    `operation` is its name in scenarios, `title` what people call it; `places` tells that it places orders.
    """

    path: str
    operation: str
    title: Text
    places: bool
    fields: tuple[FieldForm, ...]
    reads: bool
    certificate: bool
    algorithm: str
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """The call that places an order again, and what signs it."""

    api: Api
    fields: Fields
    key: str
    algorithm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleContext:
    """From whose accounts and orders example values are made. `order` is the newest, `paid` the newest paid one."""

    merchant: Merchant
    payer: Payer | None
    order: Order | None
    paid: Order | None
    auth_code: str
    notify_url: str
    now: datetime
    ids: Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Signable:
    """What a signature may be over: a message's fields, and what stands around them.

    `method` and `target` (path and query) are those of a call; what is no call has neither. A number among the fields
    is written as one.
    """

    fields: Mapping[str, str | int]
    method: str = ""
    target: str = ""
    headers: Headers = ()
    body: bytes = b""

    @property
    def texts(self) -> Fields:
        return {name: str(value) for name, value in self.fields.items()}

    @property
    def text(self) -> str:
        """The body, as people read it."""
        return self.body.decode()

    @property
    def message(self) -> Message:
        return Message(self.headers, self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedText:
    """What one side of an exchange has signed, where that is not among its fields, and by which key.

    `of_reply` tells which side; `serial_no` is that of the key's certificate, or the name of a public key.
    """

    of_reply: bool
    text: str
    signature: str
    serial_no: str


@dataclass(frozen=True, slots=True)
class Signing:
    """A signature step by step: the fields that take part, in their order; those that do not; the string; its digest.

    `keyed`: the key stands at the end of the string.
    """

    pairs: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    string_to_sign: str
    sign: str
    keyed: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """The fields of a notification, unsigned; `sealed` are those that travel encrypted inside req_info."""

    fields: Fields
    sealed: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says: whether it went well, in a code, and in WeChat's words where it did not."""

    good: bool
    code: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is known of a signature; no key stands in any of it.

    `mistake` is a name from `words.signing.SIGN_HINTS`, "" where the signature is right; `also` names mistakes made
    besides. `signed` is what was signed in place of `string_to_sign`, where that was found; `facts` fill the hint.
    `suspected`: the mistake is only what the message looks like; no string was found that gives its sign.
    """

    sign_type: str
    given: str
    expected: str
    string_to_sign: str
    mistake: str = ""
    also: tuple[str, ...] = ()
    signed: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    suspected: bool = False

    @property
    def valid(self) -> bool:
        return not self.mistake
