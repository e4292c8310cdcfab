"""A payment request as it reaches the WeChat client, from an app, a page, a mini program or iOS."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from urllib.parse import parse_qsl

from sandbox.core.causes import Cause
from sandbox.core.client import Refusal
from sandbox.core.orders import Terms, TradeType

ClientChannel = Literal["app", "jsapi", "mini_program"]
"""Who asks, as a person names it."""


class Channel(StrEnum):
    """Who asked: the Android SDK (and its kin), a page or mini program, the iOS SDK."""

    APP = "app"
    JSAPI = "jsapi"
    IOS = "ios"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a channel spells its fields, those beside the second signature in the documents' order."""

    trade_type: TradeType
    fields: tuple[str, ...]
    sign: str
    appid: str
    timestamp: str
    optional: frozenset[str] = frozenset()


_APP = Dialect(
    TradeType.APP, ("appid", "partnerid", "prepayid", "package", "noncestr", "timestamp"), "sign", "appid", "timestamp"
)
_JSAPI = Dialect(
    TradeType.JSAPI,
    ("appId", "timeStamp", "nonceStr", "package", "signType"),
    "paySign",
    "appId",
    "timeStamp",
    frozenset({"signType"}),
)
DIALECTS = {Channel.APP: _APP, Channel.IOS: _APP, Channel.JSAPI: _JSAPI}
CHANNELS: dict[ClientChannel, Channel] = {"app": Channel.APP, "jsapi": Channel.JSAPI, "mini_program": Channel.JSAPI}


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What is known of the phone. Text left empty, and `logged_in` None, say nothing and count as right."""

    package_name: str = ""
    app_signature: str = ""
    bundle_id: str = ""
    universal_link: str = ""
    wechat_installed: bool = True
    wechat_version: str = ""
    logged_in: bool | None = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A request to pay. `fields` are all that came, under the names they came with.

    `page` is the address of the page that invoked it, empty where it is not known or no page did. `mini_program`: it
    came through wx.requestPayment.
    """

    channel: Channel
    fields: Mapping[str, str]
    device: Device = Device()
    page: str = ""
    mini_program: bool = False

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.channel]

    @property
    def appid(self) -> str:
        return self.fields.get(self.dialect.appid, "")

    @property
    def partnerid(self) -> str | None:
        """The merchant it names; a page names none."""
        return None if self.channel is Channel.JSAPI else self.fields.get("partnerid", "")

    @property
    def prepay_id(self) -> str:
        if self.channel is Channel.JSAPI:
            return self.fields.get("package", "").partition("prepay_id=")[2]
        return self.fields.get("prepayid", "")

    @property
    def sign(self) -> str:
        return self.fields.get(self.dialect.sign, "")


def other_appid(invocation: Invocation, terms: Terms, cause: Cause) -> Refusal:
    """A service provider's order, asked for or signed in the name of the wrong one of its two appids."""
    if terms.trade_type is TradeType.APP:
        explanation = "apps_own_appid"
    else:
        explanation = "sub_openids_appid" if terms.sub_openid else "openids_appid"
    (expected,) = terms.client_appids()
    field, given = invocation.dialect.appid, terms.other_appid()
    return Refusal(cause=cause, explanation=explanation, field=field, given=given, expected=expected)


IOS_URL = r"^(?:weixin://app|https://help\.wechat\.com/app)/([^/?#]+)/pay/?\?([^#]*)$"
_IOS_NAMES = {"nonceStr": "noncestr", "partnerId": "partnerid", "prepayId": "prepayid", "timeStamp": "timestamp"}


def fields_of_ios_url(url: str) -> dict[str, str] | None:
    """The fields in the URL with which the iOS SDK opens WeChat; None where it is no such URL.

    `weixin://app/{appid}/pay/?nonceStr=&package=Sign%3DWXPay&partnerId=&prepayId=&timeStamp=&sign=&signType=SHA1`, or
    the same as a universal link. signType means nothing: the SDK always writes SHA1, whatever the signature is.
    """
    match = re.fullmatch(IOS_URL, url)
    if match is None:
        return None
    query = {_IOS_NAMES.get(name, name): value for name, value in parse_qsl(match[2], keep_blank_values=True)}
    return {**query, "appid": match[1]}
