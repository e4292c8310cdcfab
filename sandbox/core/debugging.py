"""What the debugging tool (接口调试工具) works with: declared calls, the steps of a signature, what the client says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sandbox.core.ids import Ids
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.core.payers import Payer
from sandbox.core.text import Text
from sandbox.signing.flat import SignType, sign, signed_pairs, string_to_sign

Fields = Mapping[str, str]
NoticeKind = Literal["payment", "refund"]
ClientChannel = Literal["app", "jsapi", "mini_program"]


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
    """A call of the protocol. `certificate`: the real server asks for the merchant's own. `sign_type` is the usual.

    `operation` is its name in scenarios, `title` what people call it; `places` tells that it places orders.
    """

    path: str
    operation: str
    title: Text
    places: bool
    fields: tuple[FieldForm, ...]
    reads: bool
    certificate: bool
    sign_type: SignType
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """The call that places an order again, and what signs it."""

    api: Api
    fields: Fields
    key: str
    sign_type: SignType


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


@dataclass(frozen=True, slots=True)
class Signing:
    """A signature step by step: the fields that take part, sorted; those that do not; the string; its digest."""

    pairs: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    string_to_sign: str
    sign: str


def signing(fields: Fields, key: str, sign_type: SignType, shown_key: str = "") -> Signing:
    """How these fields are signed; `shown_key` stands in the string in place of the key, where it is given."""
    pairs = signed_pairs(fields)
    named = {name for name, _ in pairs}
    return Signing(
        pairs=tuple(pairs),
        left_out=tuple(name for name in fields if name not in named),
        string_to_sign=string_to_sign(fields, shown_key or key),
        sign=sign(fields, key, sign_type),
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """The fields of a notification, unsigned; `sealed` are those that travel encrypted inside req_info."""

    fields: Fields
    sealed: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSays:
    """What the WeChat client answers a payment request: `err_code` is None until the payer has acted at the cashier.

    `err_msg` is for pages and mini programs; `explanation` and `string_to_sign` tell a person why it is -1.
    """

    err_code: int | None
    err_str: str
    err_msg: str | None = None
    cause: str = ""
    explanation: str = ""
    string_to_sign: str = ""
    cashier_url: str = ""
