"""Which orders, refunds and notifications are V3's, and by which of WeChat Pay's keys they are signed."""

from functools import cache
from types import MappingProxyType

from sandbox.core.origin import Origin

NAME = "v3"
CALLED = Origin(NAME)
"""Of a call, and of what people make by hand."""

_SERIAL = "wechatpay_serial"


@cache
def placed_by(wechatpay_serial: str) -> Origin:
    """Of what a call placed that showed this Wechatpay-Serial; "" where it showed none, or a certificate's."""
    return Origin(NAME, MappingProxyType({_SERIAL: wechatpay_serial})) if wechatpay_serial else CALLED


def wechatpay_serial(origin: Origin) -> str:
    """The Wechatpay-Serial that the call showed; "" for none."""
    return origin.facts.get(_SERIAL, "")
