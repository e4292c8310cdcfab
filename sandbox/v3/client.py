"""The second signature: the one that a merchant makes for the WeChat client. Source: V3 notes, 14."""

from collections.abc import Mapping

from sandbox.core.causes import Cause
from sandbox.core.client import Refusal
from sandbox.core.credentials import Credentials
from sandbox.core.invocation import DIALECTS, Channel, Invocation
from sandbox.core.orders import Order
from sandbox.signing import rsa

_COVERED = {
    Channel.JSAPI: ("appId", "timeStamp", "nonceStr", "package"),
    Channel.APP: ("appid", "timestamp", "noncestr", "prepayid"),
}
SIGN_TYPE = "RSA"


class V3ClientSignature:
    """Implements ClientSignature."""

    def request(
        self, channel: Channel, order: Order, credentials: Credentials, nonce_str: str, timestamp: str
    ) -> Mapping[str, str]:
        appid, prepay_id = order.terms.client_appids()[0], order.prepay.prepay_id
        values: tuple[str, ...]
        if channel is Channel.JSAPI:
            values = (appid, timestamp, nonce_str, f"prepay_id={prepay_id}", SIGN_TYPE)
        else:
            values = (appid, credentials.merchant.mch_id, prepay_id, "Sign=WXPay", nonce_str, timestamp)
        return dict(zip(DIALECTS[channel].fields, values, strict=True))

    def covered(self, invocation: Invocation) -> Mapping[str, str]:
        names = _COVERED[Channel.JSAPI if invocation.channel is Channel.JSAPI else Channel.APP]
        return {name: invocation.fields.get(name, "") for name in names}

    def misnamed(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        return fields

    def wrong_with(self, invocation: Invocation, order: Order, credentials: Credentials) -> Refusal | None:
        given = invocation.fields.get("signType", "")
        if invocation.channel is Channel.JSAPI and given != SIGN_TYPE:
            return Refusal(cause=Cause.SIGN, explanation="sign_type", field="signType", given=given, expected=SIGN_TYPE)
        text = rsa.lines(*self.covered(invocation).values())
        if any(rsa.verify(text, invocation.sign, one.files.certificate) for one in credentials.valid):
            return None
        expected = ", ".join(self.covered(invocation))
        return Refusal(cause=Cause.SIGN, explanation="sign_unlike", string_to_sign=text.decode(), expected=expected)
