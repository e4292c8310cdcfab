"""The second signature: the one that a merchant makes for the WeChat client, and what usually goes wrong with it.

Source: V3 notes, 14.
"""

from collections.abc import Mapping

from sandbox.core.causes import Cause
from sandbox.core.certificates import CertificateState
from sandbox.core.client import Refusal
from sandbox.core.credentials import Credentials
from sandbox.core.invocation import DIALECTS, Channel, Invocation
from sandbox.core.orders import Order
from sandbox.signing import rsa
from sandbox.signing.rsa_doctor.made import Made, made, signers
from sandbox.v3.client_texts import Signed, habit, signed_texts
from sandbox.v3.keyring import keyring

COVERED = {
    Channel.JSAPI: ("appId", "timeStamp", "nonceStr", "package"),
    Channel.APP: ("appid", "timestamp", "noncestr", "prepayid"),
}
SIGN_TYPE = "RSA"


class V3ClientSignature:
    """Implements ClientSignature: it covers four values, each on a line of its own."""

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
        names = COVERED[Channel.JSAPI if invocation.channel is Channel.JSAPI else Channel.APP]
        return {name: invocation.fields.get(name, "") for name in names}

    def mistaken(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        """As a page signs it: `prepay_id=` stands before the number."""
        return {**fields, "prepayid": f"prepay_id={fields['prepayid']}"}

    def wrong_with(self, invocation: Invocation, order: Order | None, credentials: Credentials) -> Refusal | None:
        """Of no order in particular where somebody only shows what is handed over."""
        given = invocation.fields.get("signType", "")
        if invocation.channel is Channel.JSAPI and given != SIGN_TYPE:
            return self._refusal(invocation, "v3_sign_type", field="signType", given=given, expected=SIGN_TYPE)
        text, valid = self._text(invocation), credentials.valid
        if any(rsa.verify(text, invocation.sign, one.files.certificate) for one in valid):
            return None
        return self._mistaken(invocation, order, credentials)

    def _text(self, invocation: Invocation) -> bytes:
        """What should be signed."""
        return rsa.lines(*self.covered(invocation).values())

    def _mistaken(self, invocation: Invocation, order: Order | None, credentials: Credentials) -> Refusal:
        """The likeliest mistake, proved by the signature; where nothing is, as much as it shows."""
        if found := habit(invocation, credentials.merchant):
            return self._refusal(invocation, "v3_sign_md5", given=found)
        covered = tuple(self.covered(invocation).values())
        for one in made(invocation.sign, signers(keyring(credentials))):
            signed = next(
                (text for text in signed_texts(covered, invocation, order) if one.held.covers(text.text)), None
            )
            if signed or one.held.certain:
                return self._by(invocation, one, signed, credentials)
        return self._refusal(invocation, "v3_sign_unlike", expected=", ".join(self.covered(invocation)))

    def _by(self, invocation: Invocation, one: Made, signed: Signed | None, credentials: Credentials) -> Refusal:
        """Of a signature whose key is known: the key is told first, then the way, then the text."""
        signer = one.signer
        if signer.whose == "platform":
            return self._refusal(invocation, "v3_sign_platform", given=signer.serial_no)
        if signer.whose == "other":
            return self._refusal(invocation, "v3_sign_other_merchant", given=signer.mch_id)
        state = next(own.state(credentials.at) for own in credentials.certificates if own.serial_no == signer.serial_no)
        if state is not CertificateState.VALID:
            return self._refusal(invocation, f"v3_sign_{state}", given=signer.serial_no)
        if one.form.mistake:
            return self._refusal(invocation, "v3_sign_form", field=invocation.dialect.sign)
        if one.held.mistakes:
            return self._refusal(invocation, f"v3_{next(iter(one.held.mistakes))}", given=one.held.algorithm)
        if signed is None:
            expected = ", ".join(self.covered(invocation))
            return self._refusal(invocation, "v3_sign_other_text", given=signer.serial_no, expected=expected)
        return self._refusal(
            invocation, signed.explanation, field=signed.field, given=signed.given, expected=signed.expected
        )

    def _refusal(self, invocation: Invocation, explanation: str, **facts: str) -> Refusal:
        text = self._text(invocation).decode("utf-8", "replace")
        return Refusal(cause=Cause.SIGN, explanation=explanation, string_to_sign=text, **facts)
