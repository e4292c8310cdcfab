"""The shapes of the debugging tool's calls."""

from typing import Annotated, Literal

import msgspec

from sandbox.control.notifications import shapes as notifications_shapes
from sandbox.control.signatures import shapes as signatures_shapes
from sandbox.control.units import FaceChosen, SignType
from sandbox.core.client import Outcome
from sandbox.core.invocation import ClientChannel
from sandbox.debugging.programs import LANGUAGES
from sandbox.web.shapes import Answer, Query, form

# -- what is asked for -------------------------------------------------------------------------------------------------


class ApisQuery(Query, kw_only=True):
    """For whose accounts and orders the examples are made; without, the first merchant's."""

    mch_id: str = ""
    face: FaceChosen = ""


class CallBody(msgspec.Struct, forbid_unknown_fields=True):
    """A call by its path and fields; it is signed with `key`, else with the key of `mch_id` or of the one it names.

    `sign_type` is the endpoint's usual unless given here or among the fields; given here, it is not sent.
    A `sign` that is given is sent as it is.
    """

    path: str
    fields: dict[str, str | int]
    key: str = ""
    mch_id: str = ""
    sign_type: SignType | None = None
    sign: str = ""
    face: FaceChosen = ""


class ProgramBody(CallBody, kw_only=True):
    """The same, and the language of the program."""

    language: Annotated[str, form(f"^({'|'.join(LANGUAGES)})$", f"one of {', '.join(LANGUAGES)}")]


class SecondBody(msgspec.Struct, forbid_unknown_fields=True):
    """The order by its prepay_id, and who is to invoke payment. A nonce and a timestamp are made up."""

    prepay_id: str
    channel: ClientChannel = "app"
    nonce_str: str = ""
    timestamp: str = ""
    key: str = ""


class InvokeBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the client is given; with an outcome, the payer acts at once.

    `url`: the address of the page that invokes it (jsapi); without one, the merchant's directories are not looked at.
    """

    fields: dict[str, str | int]
    channel: ClientChannel = "app"
    outcome: Outcome | None = None
    url: Annotated[str, msgspec.Meta(max_length=4096)] = ""


class NoticeBody(msgspec.Struct, forbid_unknown_fields=True):
    """A notification by hand: of the newest paid order (or of one made up), with fields changed; an empty one is left
    out.

    It is in the form of that order's API, unless `face` names another. Without a `url` it is only built. `fields` of a
    refund go where they belong: into req_info, or beside it.
    """

    kind: Literal["payment", "refund"] = "payment"
    mch_id: str = ""
    fields: dict[str, str | int] = {}
    key: str = ""
    sign_type: SignType | None = None
    url: str = ""
    face: FaceChosen = ""


class SealedBody(msgspec.Struct, forbid_unknown_fields=True):
    """A refund notification, and whose key to decrypt it with; without both, that of the merchant whom it names."""

    message: str
    key: str = ""
    mch_id: str = ""


# -- what is answered --------------------------------------------------------------------------------------------------


class DeclaredField(Answer):
    """A field of a call as the sandbox checks it: `rule` says in words what it may hold.

    `limit` counts bytes of UTF-8; `choices` are all that it takes, where they are few; `example` is a value that works.
    """

    name: str
    required: bool
    rule: str
    limit: int | None = None
    choices: list[str] | None = None
    example: str | None = None


class DeclaredApi(Answer):
    """A call of WeChat's API. `certificate`: the real server wants the merchant's own; `reads`: it changes nothing."""

    path: str
    title: str
    certificate: bool
    reads: bool
    sign_type: str
    fields: list[DeclaredField]


class DeclaredApis(Answer):
    """Every call that the sandbox has, with examples for one merchant."""

    items: list[DeclaredApi]
    next: str | None = None


class Built(Answer):
    """A call that was built and sent: the request as it went out, the raw reply, and its signature checked.

    `call_id` is its number in the journal. `reply` and `fields` are absent where no XML came; `signature` where the
    answer has none.
    """

    request: notifications_shapes.Request
    xml: str
    string_to_sign: str
    sign: str
    reply: notifications_shapes.Reply | None = None
    fields: dict[str, str] | None = None
    signature: signatures_shapes.Verified | None = None
    call_id: int | None = None
    verdict: str | None = None


class Program(Answer):
    """A program that signs and sends one call, and runs as it stands. The key stands in it."""

    language: str
    code: str


class SecondSigned(Answer):
    """What the backend hands to the app or page, and which string the second signature is over."""

    fields: dict[str, str]
    string_to_sign: str
    sign: str


class BuiltNotice(Answer):
    """A notification built by hand. A refund's has no sign: `sealed` is what req_info holds.

    `attempt` is there where it was sent.
    """

    body: str
    fields: dict[str, str]
    string_to_sign: str | None = None
    sign: str | None = None
    sealed: dict[str, str] | None = None
    attempt: notifications_shapes.Attempt | None = None


class OpenedNotice(Answer):
    """A refund notification with req_info decrypted."""

    fields: dict[str, str]
    sealed: dict[str, str]


class ClientAnswer(Answer, kw_only=True):
    """What the client says: `errCode` is null until the payer has acted at `cashier_url`; `err_msg` is for pages."""

    err_code: int | None = msgspec.field(name="errCode")
    err_str: str = msgspec.field(name="errStr")
    err_msg: str | None = None
    cause: str | None = None
    explanation: str | None = None
    string_to_sign: str | None = None
    cashier_url: str | None = None
