"""How V2 signs, step by step, and why somebody signed otherwise: for the debugging tool and whoever asks the doctor."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from sandbox.core.credentials import Credentials
from sandbox.core.errors import MessageUnreadable
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.orders import Order
from sandbox.core.ports.calls import MASK, Diagnosis, Signable, Signing
from sandbox.signing.flat import SignType, sign, signed_pairs, string_to_sign
from sandbox.v2.keys import KeysOfOthers, other_keys, signing_key
from sandbox.v2.messages import V2Messages
from sandbox.v2.origin import sign_type

_JSON_SIGNS = ("sign", "paySign")
_NAMES = ("mch_id", "mchid", "partnerid")
"""By which messages and payment requests call a merchant's number."""


class V2Signatures:
    """Implements Signatures."""

    algorithms: Sequence[str] = tuple(one.value for one in SignType)

    def key(self, credentials: Credentials, message: Signable | None = None) -> str:
        return signing_key(credentials.merchant)

    def keys(self, merchant: Merchant) -> Sequence[str]:
        others = (other.key for official in (False, True) for other in other_keys(merchant, official=official))
        return [key for key in dict.fromkeys([merchant.api_key, *others]) if key]

    def named(self, message: Signable) -> Sequence[str]:
        return [named.strip() for name in _NAMES if (named := message.texts.get(name))]

    def algorithm(self, fields: Mapping[str, str]) -> str:
        return fields.get("sign_type") or fields.get("signType") or ""

    def algorithm_of(self, order: Order) -> str:
        return sign_type(order.origin).value

    def given(self, message: Signable) -> str:
        return message.texts.get("sign", "")

    def message(self, shown: bytes) -> Signable:
        return Signable(fields=V2Messages().read(shown), body=shown)

    def read(self, text: str) -> Signable:
        if text.lstrip().startswith("{"):
            return Signable(fields=_fields_of_json(text), body=text.encode())
        return self.message(text.encode())

    def prepared(self, message: Signable, credentials: Credentials | None, nonce_str: str) -> Signable:
        return message

    def signed(self, message: Signable, signature: str) -> Signable:
        unsigned = {name: value for name, value in message.fields.items() if name != "sign"}
        fields = {**unsigned, "sign": signature}
        return replace(message, fields=fields, body=V2Messages().write(fields).encode())

    def steps(self, message: Signable, key: str, algorithm: str, *, shown: bool) -> Signing:
        fields = message.texts
        pairs = signed_pairs(fields)
        taken = {name for name, _ in pairs}
        return Signing(
            pairs=tuple(pairs),
            left_out=tuple(name for name in fields if name not in taken),
            string_to_sign=string_to_sign(fields, key if shown else MASK),
            sign=sign(fields, key, SignType(algorithm)),
        )

    def diagnose(
        self, message: Signable, key: str, credentials: Credentials | None, accounts: Accounts, algorithm: str = ""
    ) -> Diagnosis:
        from sandbox.signing.doctor import diagnose, unknown_merchant

        fields = message.texts
        if not key:
            return unknown_merchant(fields)
        merchant, usual = credentials.merchant if credentials else None, SignType(algorithm or SignType.MD5)
        own = other_keys(merchant) if merchant and key == signing_key(merchant) else []
        return diagnose(fields, key, KeysOfOthers(accounts), own_keys=own, thorough=True, sign_type=usual)


def _fields_of_json(text: str) -> Mapping[str, str]:
    """The fields of a payment request, whose `paySign` is its sign."""
    try:
        sent: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise MessageUnreadable("json_malformed", detail=str(error)) from None
    if any(isinstance(value, dict | list) for value in sent.values()) or not any(name in sent for name in _JSON_SIGNS):
        raise MessageUnreadable("json")
    fields = {name: str(value) for name, value in sent.items() if value is not None}
    signature = fields.pop("paySign", "") or fields.get("sign", "")
    return {**fields, "sign": signature}
