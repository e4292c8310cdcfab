"""The shapes of what a merchant's app or page sends to the client."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.invocation import IOS_URL, Channel, Device, Invocation, fields_of_ios_url
from sandbox.core.web_addresses import parts_of
from sandbox.web.errors import Refused
from sandbox.web.shapes import form

Said = str | int | None
"""A value as JSON holds it: apps send numbers for `timestamp`; null is the same as nothing."""

_NOT_FIELDS = frozenset({"device", "outcome", "reason", "api", "url"})

_WITH_REASON = {"properties": {"reason": {"type": "string"}}, "required": ["reason"]}
_WITH_ERROR = {"properties": {"outcome": {"const": "error"}}, "required": ["outcome"]}
_A_REASON_BELONGS_TO_AN_ERROR = Meta(extra_json_schema={"if": _WITH_REASON, "then": _WITH_ERROR})


class DeviceBody(msgspec.Struct):
    """The facts of a phone: what is given is checked, what is left out counts as right.

    Of `wechat_version` and `logged_in`, what is left out is as the payer's own settings have it.
    """

    package_name: str = ""
    app_signature: str = ""
    bundle_id: str = ""
    universal_link: str = ""
    wechat_installed: bool = True
    wechat_version: Annotated[str, form("^([0-9]{1,6}.*)?$", "a version such as 8.0.49")] = ""
    logged_in: bool | None = None


class OutcomeBody(msgspec.Struct, kw_only=True):
    """What every body may hold beside the request itself: the phone, and how the payment is to end."""

    device: DeviceBody = msgspec.field(default_factory=DeviceBody)
    outcome: Outcome | None = None
    reason: Cause | None = None


class AppPayReq(OutcomeBody, kw_only=True):
    """What an app gives to the SDK, and how the payment is to end (by the payer at the cashier, if nothing is said)."""

    appid: Said = None
    partnerid: Said = None
    prepayid: Said = None
    package: Said = None
    noncestr: Said = None
    timestamp: Said = None
    sign: Said = None


class JsapiPayReq(OutcomeBody, kw_only=True):
    """What a page or mini program gives to the bridge, and how the payment is to end.

    `api`: through which call; `url`: the address of the page, else what Referer says.
    """

    appId: Said = None  # noqa: N815 - WeChat's name
    timeStamp: Said = None  # noqa: N815
    nonceStr: Said = None  # noqa: N815
    package: Said = None
    signType: Said = None  # noqa: N815
    paySign: Said = None  # noqa: N815
    api: Literal["getBrandWCPayRequest", "chooseWXPay", "requestPayment"] = "getBrandWCPayRequest"
    url: Annotated[str, Meta(max_length=4096)] = ""


class NativeScan(msgspec.Struct, forbid_unknown_fields=True):
    """The text of a static code (Native 模式一) or of its short URL, and who scans it."""

    code_url: Annotated[str, Meta(min_length=1, max_length=1024)]
    openid: Annotated[str, form("^(o[A-Za-z0-9_-]{27})?$", "28 letters, digits, _ and -, the first `o`")] = ""


class IosPayReq(OutcomeBody, kw_only=True):
    """The URL with which the iOS SDK opens WeChat, and how the payment is to end."""

    url: Annotated[str, form(IOS_URL, "weixin://app/{appid}/pay/?... as the iOS SDK builds it")]


AppBody = Annotated[AppPayReq, _A_REASON_BELONGS_TO_AN_ERROR]
JsapiBody = Annotated[JsapiPayReq, _A_REASON_BELONGS_TO_AN_ERROR]
IosBody = Annotated[IosPayReq, _A_REASON_BELONGS_TO_AN_ERROR]


class ResultQuery(msgspec.Struct):
    """`since` is where the invocation said that waiting starts; `timeout` real seconds, 60 at most."""

    prepay_id: str = ""
    since: Annotated[int, Meta(ge=0, lt=10**18)] | None = None
    timeout: Annotated[int, Meta(ge=0)] = 25


def fields_of(sent: dict[str, Any]) -> dict[str, str]:
    """All that was sent as text, under the names it came with: misspelt ones are worth a word."""
    return {name: str(value) for name, value in sent.items() if name not in _NOT_FIELDS and _is_text(value)}


def _is_text(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def invocation_of(channel: Channel, body: OutcomeBody, sent: dict[str, Any], referer: str = "") -> Invocation:
    """The payment request in a body; raises Refused for a wish that makes no sense."""
    if body.reason is not None and body.outcome is not Outcome.ERROR:
        raise Refused(400, "invalid", "A reason belongs to the outcome error.", "reason")
    device = Device(**msgspec.structs.asdict(body.device))
    fields = fields_of_ios_url(body.url) if isinstance(body, IosPayReq) else fields_of(sent)
    assert fields is not None
    mini_program = isinstance(body, JsapiPayReq) and body.api == "requestPayment"
    return Invocation(channel, fields, device, _page(body, referer), mini_program)


def _page(body: OutcomeBody, referer: str) -> str:
    """The page that invoked it. A Referer without a path is what browsers send to another origin: it tells no page."""
    if not isinstance(body, JsapiPayReq) or body.api == "requestPayment":
        return ""
    return body.url or (referer if parts_of(referer).path.strip("/") else "")
