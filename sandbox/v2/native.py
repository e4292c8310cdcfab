"""Native mode 1: what V2 asks the merchant, and how it reads the answer. Source: V2 notes, 3.12."""

from collections.abc import Mapping

from sandbox.core.journal import Message
from sandbox.core.merchants import Accounts
from sandbox.core.native import Asked
from sandbox.core.ports.face import Answer
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.signing.flat import SignType, sign, verify
from sandbox.v2 import envelope, static_codes
from sandbox.v2.notifications import HEADERS
from sandbox.v2.origin import called_at
from sandbox.v2.replies import fields_of, turned_down

_WANTED = ("appid", "mch_id", "nonce_str", "result_code", "sign")
_UNIFIEDORDERS = ("trade_type", "code_url")
"""What only unifiedorder's own answer has: passed on unchanged it is refused (seen live)."""


class V2Native:
    """Implements Native."""

    origin = called_at(official=False)

    def fields(self, code: str) -> Mapping[str, str] | None:
        return static_codes.fields_of(code)

    def wrong_with(self, fields: Mapping[str, str], accounts: Accounts) -> Verdict | None:
        return static_codes.wrong_with(fields, accounts)

    def ask(self, asked: Asked, nonce_str: str) -> Message:
        fields = {
            "appid": asked.appid,
            "openid": asked.openid,
            "mch_id": asked.merchant.mch_id,
            "is_subscribe": "N",
            "nonce_str": nonce_str,
            "product_id": asked.product_id,
        }
        return Message(HEADERS, envelope.build({**fields, "sign": sign(fields, asked.merchant.api_key)}))

    def read(self, answer: Answer, asked: Asked) -> Verdict | str:
        """The prepay_id that the merchant gives, or what is wrong with its answer."""
        fields = fields_of(answer)
        if isinstance(fields, Verdict):
            return fields
        return turned_down(fields, answer) or _wrong_with(fields, asked) or fields["prepay_id"]


def _wrong_with(told: Mapping[str, str], asked: Asked) -> Verdict | None:
    if any(name in told for name in _UNIFIEDORDERS):
        return Verdict(VerdictName.NATIVE_UNIFIEDORDER, (("link", "short" if asked.short else "long"),))
    refused = told.get("result_code") == "FAIL"
    missing = [name for name in (*_WANTED, *(() if refused else ("prepay_id",))) if not told.get(name)]
    if missing:
        return Verdict(VerdictName.NATIVE_FIELDS, (("fields", ", ".join(missing)),))
    if not verify(told, asked.merchant.api_key, _sign_type(told)):
        return Verdict(VerdictName.NATIVE_SIGN)
    if (told["appid"], told["mch_id"]) != (asked.appid, asked.merchant.mch_id):
        return Verdict(VerdictName.NATIVE_ACCOUNT, (("appid", told["appid"][:32]), ("mch_id", told["mch_id"][:32])))
    if refused:
        return Verdict(VerdictName.NATIVE_REFUSED, (("err_code_des", told.get("err_code_des", "")[:128]),))
    return None


def _sign_type(told: Mapping[str, str]) -> SignType:
    by_length = SignType.HMAC_SHA256 if len(told["sign"]) == 64 else SignType.MD5
    declared = told.get("sign_type", "")
    return SignType(declared) if declared in set(SignType) else by_length
