"""The shapes of what a merchant's app or page sends to the client."""

from typing import Any, Literal, TypeVar

import msgspec

from sandbox.core.catalogue.causes import Cause
from sandbox.core.client import Outcome
from sandbox.wechat.client import version_of
from sandbox.wechat.edge import BadRequest, shape_error
from sandbox.wechat.invocation import Channel, Device, Invocation, fields_of_ios_url

Said = str | int | None
"""A value as JSON holds it: apps send numbers for `timestamp`; null is the same as nothing."""

_NOT_FIELDS = frozenset({"device", "outcome", "reason", "api", "url"})


class DeviceBody(msgspec.Struct):
    """The facts of a phone; what is left out counts as right."""

    package_name: str = ""
    app_signature: str = ""
    bundle_id: str = ""
    wechat_installed: bool = True
    wechat_version: str = ""
    logged_in: bool = True


class Wish(msgspec.Struct):
    """What every body may hold beside the request itself: the phone, and how the payment is to end."""

    device: DeviceBody = msgspec.field(default_factory=DeviceBody)
    outcome: Outcome | None = None
    reason: Cause | None = None


class AppBody(Wish):
    """What an app gives to the SDK (PayReq)."""

    appid: Said = None
    partnerid: Said = None
    prepayid: Said = None
    package: Said = None
    noncestr: Said = None
    timestamp: Said = None
    sign: Said = None


class JsapiBody(Wish):
    """What a page or mini program gives to the bridge. `api` says through which call."""

    appId: Said = None  # noqa: N815 - WeChat's name
    timeStamp: Said = None  # noqa: N815
    nonceStr: Said = None  # noqa: N815
    package: Said = None
    signType: Said = None  # noqa: N815
    paySign: Said = None  # noqa: N815
    api: Literal["getBrandWCPayRequest", "chooseWXPay", "requestPayment"] = "getBrandWCPayRequest"


class IosBody(Wish, kw_only=True):
    """The URL with which the iOS SDK opens WeChat."""

    url: str


Body = TypeVar("Body", bound=Wish)


def read_body(shape: type[Body], sent: dict[str, Any]) -> Body:
    """The body in its shape; raises BadRequest naming the field."""
    try:
        body = msgspec.convert(sent, shape)
    except msgspec.ValidationError as error:
        raise shape_error(error) from None
    if body.reason is not None and body.outcome is not Outcome.ERROR:
        raise BadRequest(400, "invalid_field", "A reason belongs to the outcome error.", "reason")
    if body.device.wechat_version and not version_of(body.device.wechat_version):
        raise BadRequest(400, "invalid_field", "Expected a version such as 8.0.49.", "device.wechat_version")
    return body


def fields_of(sent: dict[str, Any]) -> dict[str, str]:
    """All that was sent as text, under the names it came with: misspelt ones are worth a word."""
    return {name: str(value) for name, value in sent.items() if name not in _NOT_FIELDS and _is_text(value)}


def _is_text(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def invocation_of(channel: Channel, body: Wish, sent: dict[str, Any]) -> Invocation:
    """The payment request in a body; raises BadRequest for a URL that iOS would not open WeChat with."""
    device = Device(**msgspec.structs.asdict(body.device))
    if not isinstance(body, IosBody):
        return Invocation(channel, fields_of(sent), device)
    fields = fields_of_ios_url(body.url)
    if fields is None:
        message = "Expected weixin://app/{appid}/pay/?... as the iOS SDK builds it."
        raise BadRequest(400, "invalid_field", message, "url")
    return Invocation(channel, fields, device)
