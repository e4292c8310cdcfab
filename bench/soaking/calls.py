"""What shops and payers call, and what they make of the answers."""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bench.messages import JSON, Request, authorization, signed
from bench.servers import Answer
from bench.soaking.sales import Refund, Sale, Shop
from sandbox.signing import rsa

NO_ANSWER = "no answer"
UNAVAILABLE = {NO_ANSWER, "SYSTEMERROR", "SYSTEM_ERROR", "storage_failed"}
"""After these a caller knows nothing, and asks again."""
_ELEMENT = re.compile(r"<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</\1>")


@dataclass(frozen=True)
class Said:
    """What an answer comes to: `code` is "" where it is a success; `state`: the trade_state that it tells, if any."""

    code: str = ""
    state: str = ""

    @property
    def unclear(self) -> bool:
        return self.code in UNAVAILABLE


@dataclass(frozen=True)
class Call:
    """A call, whose request is made anew each time it is sent: signatures have a time."""

    make: Callable[[], Request]
    read: Callable[[Answer], Said]

    def said(self, answer: Answer | None) -> Said:
        return Said(NO_ANSWER) if answer is None else self.read(answer)


class Face(Protocol):
    """What a shop may ask by a version of the API."""

    def place(self, sale: Sale) -> Call: ...

    def query(self, sale: Sale) -> Call: ...

    def close(self, sale: Sale) -> Call: ...

    def refund(self, sale: Sale, refund: Refund) -> Call: ...


class V2:
    """The calls of APIv2."""

    def place(self, sale: Sale) -> Call:
        terms = {"body": "测试商品", "spbill_create_ip": "1.2.3.4", "trade_type": "NATIVE", "product_id": "1"}
        terms |= {"total_fee": str(sale.total_fee), "notify_url": sale.notify_url}
        return self._call("/pay/unifiedorder", sale, terms)

    def query(self, sale: Sale) -> Call:
        return self._call("/pay/orderquery", sale, {})

    def close(self, sale: Sale) -> Call:
        return self._call("/pay/closeorder", sale, {})

    def refund(self, sale: Sale, refund: Refund) -> Call:
        terms = {"total_fee": str(sale.total_fee), "refund_fee": str(refund.fen), "notify_url": refund.notify_url}
        return self._call("/secapi/pay/refund", sale, {"out_refund_no": refund.out_refund_no, **terms})

    def _call(self, path: str, sale: Sale, terms: dict[str, str]) -> Call:
        named = {"out_trade_no": sale.out_trade_no, "nonce_str": secrets.token_hex(16), **terms}
        return Call(lambda: Request(path, signed(named, sale.shop)), _read_v2)


def _read_v2(answer: Answer) -> Said:
    if answer.status != 200:
        return Said(f"HTTP {answer.status}")
    fields = {name: cdata or plain for name, cdata, plain in _ELEMENT.findall(answer.body.decode())}
    if fields.get("return_code") != "SUCCESS":
        return Said(fields.get("return_msg", "no return_msg"))
    code = "" if fields.get("result_code") == "SUCCESS" else fields.get("err_code", "no err_code")
    return Said(code, fields.get("trade_state", ""))


class V3:
    """The calls of APIv3."""

    def place(self, sale: Sale) -> Call:
        terms = {"appid": sale.shop.appid, "mchid": sale.shop.mch_id, "description": "测试商品"}
        named = {"out_trade_no": sale.out_trade_no, "notify_url": sale.notify_url}
        amount = {"total": sale.total_fee, "currency": "CNY"}
        return _v3(sale.shop, "POST", "/v3/pay/transactions/native", {**terms, **named, "amount": amount})

    def query(self, sale: Sale) -> Call:
        return _v3(sale.shop, "GET", f"{self._order(sale)}?mchid={sale.shop.mch_id}")

    def close(self, sale: Sale) -> Call:
        return _v3(sale.shop, "POST", f"{self._order(sale)}/close", {"mchid": sale.shop.mch_id})

    def refund(self, sale: Sale, refund: Refund) -> Call:
        named = {"out_trade_no": sale.out_trade_no, "out_refund_no": refund.out_refund_no}
        amount = {"refund": refund.fen, "total": sale.total_fee, "currency": "CNY"}
        terms = {**named, "notify_url": refund.notify_url, "amount": amount}
        return _v3(sale.shop, "POST", "/v3/refund/domestic/refunds", terms)

    def _order(self, sale: Sale) -> str:
        return f"/v3/pay/transactions/out-trade-no/{sale.out_trade_no}"


def _v3(shop: Shop, method: str, target: str, terms: Mapping[str, object] | None = None) -> Call:
    body = b"" if terms is None else json.dumps(terms, ensure_ascii=False).encode()

    def make() -> Request:
        at, nonce = str(int(time.time())), secrets.token_hex(16)
        signature = rsa.sign(rsa.lines(method, target, at, nonce, body), shop.private_key)
        pairs = {"mchid": shop.mch_id, "nonce_str": nonce, "signature": signature, "timestamp": at}
        return Request(target, body, method, authorization(pairs | {"serial_no": shop.serial_no}))

    return Call(make, _read_v3)


def _read_v3(answer: Answer) -> Said:
    told = _json(answer.body)
    if answer.status < 300:
        return Said("", told.get("trade_state", ""))
    return Said(told.get("code") or f"HTTP {answer.status}")


FACES: Mapping[str, Face] = {"v2": V2(), "v3": V3()}


def pay(sale: Sale) -> Call:
    """The payer pays, by the control API."""
    path = f"/_sandbox/orders/{sale.shop.mch_id}/{sale.out_trade_no}/pay"
    return Call(lambda: Request(path, b'{"outcome": "success"}', headers=JSON), _read_control)


def advance(seconds: float, mch_id: str = "") -> Request:
    """Moves the clock of a merchant, or of all."""
    return Request("/_sandbox/clock", json.dumps({"advance": seconds, "mch_id": mch_id}).encode(), headers=JSON)


def _read_control(answer: Answer) -> Said:
    if answer.status < 300:
        return Said()
    return Said(_json(answer.body).get("error", {}).get("code") or f"HTTP {answer.status}")


def _json(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
