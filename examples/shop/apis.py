"""The two APIs of WeChat Pay, by what they ask of each other's place: an order is of the one that signs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from signature import SignType
from wechatpay import Fields, Merchant, Receipt, SignTypeOf


class Api(Protocol):
    """WeChat Pay as the shop needs it; the names of fields are V2's. Raises WeChatPayError, told ones Rejected."""

    merchant: Merchant

    async def unifiedorder(self, request: Mapping[str, str], sign_type: SignType) -> Fields: ...
    async def orderquery(self, out_trade_no: str, sign_type: SignType) -> Fields: ...
    async def closeorder(self, out_trade_no: str, sign_type: SignType) -> None: ...
    async def refund(self, request: Mapping[str, str], sign_type: SignType) -> Fields: ...
    async def refundquery(self, out_refund_no: str, sign_type: SignType) -> Fields: ...
    async def payment_told(self, headers: Mapping[str, str], raw: bytes, sign_type_of: SignTypeOf) -> Fields: ...
    async def refund_told(self, headers: Mapping[str, str], raw: bytes) -> Fields: ...
    def receipt(self, problem: str = "", status: int = 200) -> Receipt: ...
    def jsapi_params(self, prepay_id: str, sign_type: SignType) -> Fields: ...
    def app_params(self, prepay_id: str, sign_type: SignType) -> Fields: ...


@dataclass(frozen=True, slots=True)
class Apis:
    """V2, and V3 where the shop has the keys for it."""

    v2: Api
    v3: Api | None = None

    def of(self, sign_type: SignType) -> Api:
        """The API of an order that is signed so."""
        return self.v3 if self.v3 and sign_type is SignType.RSA else self.v2

    def told_by(self, headers: Mapping[str, str]) -> Api:
        """The API of a notification: V3's have their signature in a header."""
        return self.v3 if self.v3 and "Wechatpay-Serial" in headers else self.v2
