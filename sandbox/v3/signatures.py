"""How V3 signs, step by step. Implements Signatures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.orders import Order
from sandbox.core.ports.calls import Diagnosis, Signable, Signing
from sandbox.v3.authorization import SCHEME, read
from sandbox.v3.messages import V3Messages


class V3Signatures:
    algorithms: Sequence[str] = (SCHEME,)

    def key(self, merchant: Merchant) -> str:
        return ""

    def keys(self, merchant: Merchant) -> Sequence[str]:
        return [merchant.api_v3_key]

    def named(self, fields: Mapping[str, str]) -> Sequence[str]:
        return [fields[name] for name in ("mchid", "sp_mchid", "combine_mchid") if fields.get(name)]

    def algorithm(self, fields: Mapping[str, str]) -> str:
        return SCHEME

    def algorithm_of(self, order: Order) -> str:
        return SCHEME

    def given(self, message: Signable) -> str:
        found = read(dict(message.headers).get("Authorization", ""))
        return found.signature if found else ""

    def message(self, shown: bytes) -> Signable:
        return Signable(fields=V3Messages().read(shown), body=shown)

    def read(self, text: str) -> Signable:
        return self.message(text.encode())

    def signed(self, message: Signable, signature: str) -> Signable:
        return replace(message, headers=(*message.headers, ("Authorization", signature)))

    def steps(self, message: Signable, key: str, algorithm: str, *, shown: bool) -> Signing:
        return Signing((), tuple(message.fields), "", "")

    def diagnose(
        self, message: Signable, key: str, merchant: Merchant | None, accounts: Accounts, algorithm: str = ""
    ) -> Diagnosis:
        given = self.given(message)
        return Diagnosis(sign_type=SCHEME, given=given, expected="", string_to_sign="", mistake="unknown")
