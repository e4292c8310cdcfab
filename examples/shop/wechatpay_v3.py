"""A client of WeChat Pay APIv3, for the same shop: its book speaks of orders by V2's names, and here they are V3's.

Every answer is verified before anybody sees it, and so is every notification, with WeChat Pay's public key or with its
certificates, which are fetched when one is met that is not known. What the callers get is either true or an exception.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from signature import SignType
from signature_v3 import SCHEME, is_signed, lines, public_key, sign, unseal
from wechatpay import (
    BEIJING,
    Fields,
    Merchant,
    Patience,
    Receipt,
    Refused,
    Rejected,
    SignTypeOf,
    Unreachable,
    Unreadable,
    Untrusted,
    patiently,
    read_within_limit,
)

WINDOW = 300
"""Seconds that a signature of WeChat Pay's may be old."""
REFUNDS = "/v3/refund/domestic/refunds"
PRODUCTS = {"NATIVE": "native", "JSAPI": "jsapi", "APP": "app", "MWEB": "h5"}
CODES = {
    "ORDER_NOT_EXIST": "ORDERNOTEXIST",
    "ORDER_CLOSED": "ORDERCLOSED",
    "ORDER_PAID": "ORDERPAID",
    "SYSTEM_ERROR": "SYSTEMERROR",
    "BANK_ERROR": "SYSTEMERROR",
}
"""V3's codes by the names that the shop's book has for them."""
REFUND_STATES = {"ABNORMAL": "CHANGE", "CLOSED": "REFUNDCLOSE"}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Keys:
    """What a merchant signs with, what opens its notifications, and WeChat Pay's public key where it has one.

    Without the public key, WeChat Pay's certificates are fetched.
    """

    private: RSAPrivateKey = field(repr=False)
    serial_no: str
    api_v3: str = field(repr=False)
    public: RSAPublicKey | None = None
    public_id: str = ""


class WeChatPayV3:
    """The V3 calls that a shop needs, made as one merchant."""

    def __init__(
        self, http: aiohttp.ClientSession, gateway: str, merchant: Merchant, keys: Keys, patience: Patience = Patience()
    ) -> None:
        self._http = http
        self._gateway = gateway
        self._patience = patience
        self._keys = keys
        self._known = {keys.public_id: keys.public} if keys.public else {}
        self.merchant = merchant

    # -- calls ---------------------------------------------------------------------------------------------------------

    async def unifiedorder(self, request: Mapping[str, str], sign_type: SignType) -> Fields:
        """Place an order; after a passing failure, or no answer to be trusted, place the same one again a few times."""
        trade_type = request["trade_type"]
        path, body = f"/v3/pay/transactions/{PRODUCTS[trade_type]}", self._order(request)
        answer = await patiently(lambda: self._call("POST", path, body), self._patience)
        placed = {"trade_type": trade_type, **{name: str(value) for name, value in answer.items()}}
        if "h5_url" in placed:
            placed["mweb_url"] = placed.pop("h5_url")
        if not placed.keys() & {"prepay_id", "code_url", "mweb_url"}:
            raise Untrusted("The answer is for another order.")
        return placed

    async def orderquery(self, out_trade_no: str, sign_type: SignType) -> Fields:
        """Ask how an order stands: see `trade_state`."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}"
        answer = await self._call("GET", f"{path}?{urlencode({'mchid': self.merchant.mch_id})}")
        if answer.get("out_trade_no") != out_trade_no:
            raise Untrusted("The answer speaks of another order.")
        return _payment(answer)

    async def closeorder(self, out_trade_no: str, sign_type: SignType) -> None:
        """Make an unpaid order unpayable; a paid one is `Refused` with ORDERPAID."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}/close"
        await self._call("POST", path, {"mchid": self.merchant.mch_id})

    async def refund(self, request: Mapping[str, str], sign_type: SignType) -> Fields:
        """Ask for a refund; the same one again a few times, as with an order."""
        body = {name: request[name] for name in ("out_trade_no", "out_refund_no", "notify_url")}
        amount = {"refund": int(request["refund_fee"]), "total": int(request["total_fee"]), "currency": "CNY"}
        asked = {**body, "amount": amount}
        answer = _refund(await patiently(lambda: self._call("POST", REFUNDS, asked), self._patience))
        named = ("out_trade_no", "out_refund_no", "refund_fee")
        if not answer["refund_id"] or any(answer[name] != request[name] for name in named):
            raise Untrusted("The answer is for another refund.")
        return answer

    async def refundquery(self, out_refund_no: str, sign_type: SignType) -> Fields:
        """Ask how a refund stands: see `refund_status`."""
        answer = _refund(await self._call("GET", f"{REFUNDS}/{quote(out_refund_no, safe='')}"))
        if answer["out_refund_no"] != out_refund_no:
            raise Untrusted("The answer speaks of another refund.")
        return answer

    # -- notifications -------------------------------------------------------------------------------------------------

    async def payment_told(self, headers: Mapping[str, str], raw: bytes, sign_type_of: SignTypeOf) -> Fields:
        """Read a notification of a payment; raises Unreadable, Rejected."""
        return _payment(await self._opened(headers, raw, "TRANSACTION.SUCCESS"))

    async def refund_told(self, headers: Mapping[str, str], raw: bytes) -> Fields:
        """Read a notification of a refund's end; raises Unreadable, Rejected."""
        return _refund(await self._opened(headers, raw, "REFUND."))

    def receipt(self, problem: str = "", status: int = 200) -> Receipt:
        """What a notification is answered: any 200 or 204 is a receipt, whatever it says."""
        said = {"code": "FAIL", "message": problem} if problem else {"code": "SUCCESS", "message": "成功"}
        failed = status if status >= 400 else 401
        return Receipt(failed if problem else 200, "application/json", json.dumps(said, ensure_ascii=False))

    # -- the payer's client --------------------------------------------------------------------------------------------

    def jsapi_params(self, prepay_id: str, sign_type: SignType) -> Fields:
        """What a page gives to getBrandWCPayRequest."""
        params = {
            "appId": self.merchant.appid,
            "timeStamp": str(int(time.time())),
            "nonceStr": secrets.token_hex(16),
            "package": f"prepay_id={prepay_id}",
        }
        return {**params, "signType": "RSA", "paySign": sign(lines(*params.values()), self._keys.private)}

    def app_params(self, prepay_id: str, sign_type: SignType) -> Fields:
        """What a mobile app puts into its PayReq; the signature is over four of these, prepay_id bare."""
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        return {
            "appid": self.merchant.appid,
            "partnerid": self.merchant.mch_id,
            "prepayid": prepay_id,
            "package": "Sign=WXPay",
            "noncestr": nonce,
            "timestamp": timestamp,
            "sign": sign(lines(self.merchant.appid, timestamp, nonce, prepay_id), self._keys.private),
        }

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _order(self, request: Mapping[str, str]) -> Json:
        body: Json = {
            "appid": self.merchant.appid,
            "mchid": self.merchant.mch_id,
            "description": request["body"],
            "out_trade_no": request["out_trade_no"],
            "notify_url": request["notify_url"],
            "amount": {"total": int(request["total_fee"]), "currency": "CNY"},
        }
        if expires := request.get("time_expire"):
            body["time_expire"] = datetime.strptime(expires, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).isoformat()
        if request["trade_type"] == "JSAPI":
            body["payer"] = {"openid": request["openid"]}
        if request["trade_type"] == "MWEB":
            body["scene_info"] = {"payer_client_ip": request["spbill_create_ip"], "h5_info": {"type": "Wap"}}
        return body

    async def _call(self, method: str, target: str, said: Json | None = None) -> Json:
        """The members of a verified answer; none of a 204."""
        status, headers, raw = await self._send(method, target, said)
        if status in (200, 204):
            await self._verify(headers, raw)
            return _read(raw) if raw else {}
        try:
            refusal = _read(raw)
        except ValueError as error:
            raise Unreachable(f"HTTP {status}") from error
        code = str(refusal.get("code", ""))
        raise Refused(CODES.get(code, code), str(refusal.get("message", "")))

    async def _send(self, method: str, target: str, said: Json | None = None) -> tuple[int, Mapping[str, str], bytes]:
        body = b"" if said is None else json.dumps(said, ensure_ascii=False).encode()
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        parts = {
            "mchid": self.merchant.mch_id,
            "nonce_str": nonce,
            "signature": sign(lines(method, target, timestamp, nonce, body), self._keys.private),
            "timestamp": timestamp,
            "serial_no": self._keys.serial_no,
        }
        headers = {
            "Authorization": f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in parts.items()),
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "tea-shop",
        }
        if self._keys.public:
            headers["Wechatpay-Serial"] = self._keys.public_id
        url, timeout = self._gateway + target, aiohttp.ClientTimeout(total=self._patience.answer_within)
        try:
            async with self._http.request(
                method, url, data=body or None, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, response.headers, await read_within_limit(response)
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"{type(error).__name__} {error}".strip()) from error

    async def _verify(self, headers: Mapping[str, str], raw: bytes) -> None:
        """Raise Untrusted unless WeChat Pay signed it, in these minutes."""
        stamp, nonce, signature, serial = (
            headers.get(f"Wechatpay-{name}", "") for name in ("Timestamp", "Nonce", "Signature", "Serial")
        )
        if not stamp.isdecimal() or abs(int(stamp) - time.time()) > WINDOW:
            raise Untrusted("The signature is of another time.")
        key = self._known.get(serial) or await self._fetched(serial)
        if key is None or not is_signed(lines(stamp, nonce, raw), signature, key):
            raise Untrusted("The signature is wrong.")

    async def _fetched(self, serial: str) -> RSAPublicKey | None:
        """WeChat Pay's certificates, as they are now; what opens with our APIv3 key is WeChat Pay's."""
        if self._keys.public and serial.startswith("PUB_KEY_ID_"):
            return None
        status, _, raw = await self._send("GET", "/v3/certificates")
        if status != 200:
            return None
        try:
            for one in _read(raw)["data"]:
                self._known[one["serial_no"]] = public_key(unseal(one["encrypt_certificate"], self._keys.api_v3))
        except (ValueError, KeyError, TypeError) as error:
            raise Untrusted("The certificates are not WeChat Pay's.") from error
        return self._known.get(serial)

    async def _opened(self, headers: Mapping[str, str], raw: bytes, event: str) -> Json:
        try:
            said = _read(raw)
        except ValueError as error:
            raise Unreadable(f"报文格式错误 message is {error}") from error
        try:
            await self._verify(headers, raw)
        except Untrusted as error:
            raise Rejected(f"签名错误 {error}") from error
        if not str(said.get("event_type", "")).startswith(event):
            raise Rejected("通知类型不符 another event_type")
        try:
            return _read(unseal(said["resource"], self._keys.api_v3))
        except (ValueError, KeyError, TypeError) as error:
            raise Rejected("解密失败 not sealed with our APIv3 key") from error


def _read(raw: bytes) -> Json:
    """The members of a JSON object; raises ValueError."""
    try:
        said = json.loads(raw)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(said, dict):
        raise ValueError("no JSON object")
    return said


def _text(said: Json, *way: str) -> str:
    value: Any = said
    for step in way:
        value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None else str(value)


def _payment(said: Json) -> Fields:
    success_time = _text(said, "success_time")
    try:
        time_end = datetime.fromisoformat(success_time).astimezone(BEIJING).strftime("%Y%m%d%H%M%S")
    except ValueError:
        time_end = ""
    return {
        "appid": _text(said, "appid"),
        "mch_id": _text(said, "mchid"),
        "out_trade_no": _text(said, "out_trade_no"),
        "transaction_id": _text(said, "transaction_id"),
        "total_fee": _text(said, "amount", "total"),
        "fee_type": _text(said, "amount", "currency"),
        "trade_state": _text(said, "trade_state"),
        "trade_state_desc": _text(said, "trade_state_desc"),
        "time_end": time_end,
    }


def _refund(said: Json) -> Fields:
    status = _text(said, "refund_status") or _text(said, "status")
    return {
        "mch_id": _text(said, "mchid"),
        "out_trade_no": _text(said, "out_trade_no"),
        "transaction_id": _text(said, "transaction_id"),
        "out_refund_no": _text(said, "out_refund_no"),
        "refund_id": _text(said, "refund_id"),
        "total_fee": _text(said, "amount", "total"),
        "refund_fee": _text(said, "amount", "refund"),
        "refund_status": REFUND_STATES.get(status, status),
    }
