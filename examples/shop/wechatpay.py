"""A client of WeChat Pay V2: orders, queries, closing, refunds, and what the payer's WeChat needs to start a payment.

Every answer is verified before anybody sees it. What the callers get is either true or an exception.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from typing import NamedTuple, TypeVar

import aiohttp
import envelope
from req_info import decrypt
from signature import SignType, is_signed, sign

PASSING = frozenset({"SYSTEMERROR", "FREQUENCY_LIMITED", "BIZERR_NEED_RETRY"})

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")

Fields = dict[str, str]
SignTypeOf = Callable[[str], SignType]
"""Which sign type an order has, by its out_trade_no."""


class WeChatPayError(Exception):
    """WeChat Pay did not do what was asked."""


class Unreachable(WeChatPayError):
    """No answer came: the connection failed, timed out or ended in an HTTP error. What was asked may have happened."""


class Untrusted(WeChatPayError):
    """An answer came that WeChat Pay did not sign for us: it says nothing."""


class Refused(WeChatPayError):
    """WeChat Pay understood and said no. `code` is its err_code, empty when it objects to the message itself."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(f"{code} {description}".strip())
        self.code = code


class Rejected(Exception):
    """A message about money that must not be believed; the text is the reason, for the sender's eyes."""


class Unreadable(Rejected):
    """A notification that is no message of this API at all."""


class Receipt(NamedTuple):
    """What a notification is answered."""

    status: int
    content_type: str
    text: str


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who we are to WeChat Pay."""

    appid: str
    mch_id: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer may take, and how long to wait before each new try; seconds."""

    answer_within: float = 8.0
    retry_after: tuple[float, ...] = (0.3, 1.0, 2.0)


class WeChatPay:
    """The V2 calls that a shop needs, made as one merchant."""

    def __init__(
        self, http: aiohttp.ClientSession, gateway: str, merchant: Merchant, patience: Patience = Patience()
    ) -> None:
        self._http = http
        self._gateway = gateway
        self._patience = patience
        self.merchant = merchant

    async def unifiedorder(self, request: Mapping[str, str], sign_type: SignType) -> Fields:
        """Place an order; after a passing failure, or no answer to be trusted, place the same one again a few times."""
        return await patiently(lambda: self._unifiedorder(request, sign_type), self._patience)

    async def orderquery(self, out_trade_no: str, sign_type: SignType) -> Fields:
        """Ask how an order stands: see `trade_state`."""
        fields = await self._call("/pay/orderquery", {"out_trade_no": out_trade_no}, sign_type)
        if fields.get("out_trade_no", out_trade_no) != out_trade_no:
            raise Untrusted("The answer speaks of another order.")
        return fields

    async def closeorder(self, out_trade_no: str, sign_type: SignType) -> None:
        """Make an unpaid order unpayable; a paid one is `Refused` with ORDERPAID."""
        await self._call("/pay/closeorder", {"out_trade_no": out_trade_no}, sign_type)

    async def refund(self, request: Mapping[str, str], sign_type: SignType) -> Fields:
        """Ask for a refund, with the merchant's certificate; the same one again a few times, as with an order."""
        return await patiently(lambda: self._refund(request, sign_type), self._patience)

    async def refundquery(self, out_refund_no: str, sign_type: SignType) -> Fields:
        """Ask how a refund stands: see `refund_status`. The names are those of a notification, without _0."""
        answer = await self._call("/pay/refundquery", {"out_refund_no": out_refund_no}, sign_type)
        if answer.get("out_refund_no_0") != out_refund_no:
            raise Untrusted("The answer speaks of another refund.")
        return answer | {name[:-2]: value for name, value in answer.items() if name.endswith("_0")}

    async def payment_told(self, headers: Mapping[str, str], raw: bytes, sign_type_of: SignTypeOf) -> Fields:
        """Read a notification of a payment; raises Unreadable, Rejected."""
        try:
            fields = envelope.read(raw)
        except envelope.BadMessage as error:
            raise Unreadable(f"报文格式错误 message is {error}") from error
        if not self.is_signed(fields, sign_type_of(fields.get("out_trade_no", ""))):
            raise Rejected("签名错误 wrong signature")
        if fields.get("return_code") != "SUCCESS":
            raise Rejected("通信未成功 return_code is not SUCCESS")
        if fields.get("result_code") != "SUCCESS":
            raise Rejected("支付未成功 result_code is not SUCCESS")
        return fields

    async def refund_told(self, headers: Mapping[str, str], raw: bytes) -> Fields:
        """Read a notification of a refund's end, which bears no signature: only we can decrypt it.

        Raises Unreadable, Rejected.
        """
        try:
            fields = envelope.read(raw)
            told = envelope.read(decrypt(fields.get("req_info", ""), self.merchant.key), root="root")
        except envelope.BadMessage as error:
            raise Unreadable(f"报文格式错误 message is {error}") from error
        if fields.get("appid") != self.merchant.appid:
            raise Rejected("appid不一致 appid differs")
        if fields.get("return_code") != "SUCCESS":
            raise Rejected("通信未成功 return_code is not SUCCESS")
        return {**told, "mch_id": fields.get("mch_id", "")}

    def receipt(self, problem: str = "", status: int = 200) -> Receipt:
        """What a notification is answered: SUCCESS, or FAIL with the reason."""
        said = ("FAIL", problem) if problem else ("SUCCESS", "OK")
        return Receipt(status, "text/xml", envelope.answer(*said))

    def is_signed(self, fields: Mapping[str, str], sign_type: SignType) -> bool:
        """Tell whether WeChat Pay signed this message for us."""
        return is_signed(fields, self.merchant.key, sign_type)

    def jsapi_params(self, prepay_id: str, sign_type: SignType) -> Fields:
        """What a page gives to getBrandWCPayRequest."""
        params = {
            "appId": self.merchant.appid,
            "timeStamp": str(int(time.time())),
            "nonceStr": secrets.token_hex(16),
            "package": f"prepay_id={prepay_id}",
            "signType": sign_type.value,
        }
        return params | {"paySign": sign(params, self.merchant.key, sign_type)}

    def app_params(self, prepay_id: str, sign_type: SignType) -> Fields:
        """What a mobile app puts into its PayReq."""
        params = {
            "appid": self.merchant.appid,
            "partnerid": self.merchant.mch_id,
            "prepayid": prepay_id,
            "package": "Sign=WXPay",
            "noncestr": secrets.token_hex(16),
            "timestamp": str(int(time.time())),
        }
        return params | {"sign": sign(params, self.merchant.key, sign_type)}

    async def _unifiedorder(self, request: Mapping[str, str], sign_type: SignType) -> Fields:
        answer = await self._call("/pay/unifiedorder", request, sign_type)
        if not answer.get("prepay_id") or answer.get("trade_type") != request["trade_type"]:
            raise Untrusted("The answer is for another order.")
        return answer

    async def _refund(self, request: Mapping[str, str], sign_type: SignType) -> Fields:
        answer = await self._call("/secapi/pay/refund", request, sign_type)
        named = ("out_trade_no", "out_refund_no", "refund_fee")
        if not answer.get("refund_id") or any(answer.get(name) != request[name] for name in named):
            raise Untrusted("The answer is for another refund.")
        return answer

    async def _call(self, path: str, fields: Mapping[str, str], sign_type: SignType) -> Fields:
        request = {
            "appid": self.merchant.appid,
            "mch_id": self.merchant.mch_id,
            **fields,
            "nonce_str": secrets.token_hex(16),
            "sign_type": sign_type.value,
        }
        request["sign"] = sign(request, self.merchant.key, sign_type)
        raw = await self._post(path, envelope.write(request))
        try:
            answer = envelope.read(raw)
        except envelope.BadMessage as error:
            raise Untrusted(f"The answer is {error}.") from error
        return self._checked(answer, sign_type)

    async def _post(self, path: str, body: bytes) -> bytes:
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        url = self._gateway + path
        timeout = aiohttp.ClientTimeout(total=self._patience.answer_within)
        try:
            async with self._http.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise Unreachable(f"HTTP {response.status}")
                return await read_within_limit(response)
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"{type(error).__name__} {error}".strip()) from error

    def _checked(self, answer: Fields, sign_type: SignType) -> Fields:
        """Give the answer back when it is a signed success; a FAIL of the message itself is never signed."""
        if answer.get("return_code") != "SUCCESS":
            raise Refused("", answer.get("return_msg", ""))
        if not self.is_signed(answer, sign_type):
            raise Untrusted("The answer's signature is wrong.")
        if (answer.get("appid"), answer.get("mch_id")) != (self.merchant.appid, self.merchant.mch_id):
            raise Untrusted("The answer is for another merchant.")
        if answer.get("result_code") != "SUCCESS":
            raise Refused(answer.get("err_code", ""), answer.get("err_code_des", ""))
        return answer


Answer = TypeVar("Answer")


async def patiently(call: Callable[[], Awaitable[Answer]], patience: Patience) -> Answer:
    """Make a call; after a passing failure, or no answer to be trusted, the same one again a few times."""
    for pause in patience.retry_after:
        try:
            return await call()
        except (Unreachable, Untrusted):
            pass
        except Refused as refusal:
            if refusal.code not in PASSING:
                raise
        await asyncio.sleep(pause)
    return await call()


async def read_within_limit(response: aiohttp.ClientResponse) -> bytes:
    """An answer's body; raises Untrusted for one that is too long."""
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > envelope.MAX_BYTES:
            raise Untrusted("The answer is longer than 64 KB.")
    return bytes(raw)
