"""Calls, signed by APIv2 where they are of it, and how any call goes over the wire."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.core.usecases.accounts import DEFAULT_APPID, DEFAULT_MERCHANT

MCH_ID = DEFAULT_MERCHANT.mch_id
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Account:
    """In whose name a message of APIv2 is signed."""

    mch_id: str
    appid: str
    api_key: str


DEFAULT = Account(MCH_ID, DEFAULT_APPID, str(DEFAULT_MERCHANT.api_key))


@dataclass(frozen=True)
class Request:
    """A call to a server."""

    path: str
    body: bytes = b""
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml"})

    def raw(self, host: str) -> bytes:
        """Its bytes, head and body."""
        named = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(self.body)}\r\n{named}\r\n"
        return head.encode() + self.body


def order(out_trade_no: str, notify_url: str = "https://shop.example.com/notify") -> bytes:
    """A signed NATIVE order."""
    return signed(
        {
            "body": "测试商品",
            "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
            "out_trade_no": out_trade_no,
            "total_fee": "100",
            "spbill_create_ip": "1.2.3.4",
            "notify_url": notify_url,
            "trade_type": "NATIVE",
            "product_id": "1",
        }
    )


def query(out_trade_no: str, nonce_str: str) -> bytes:
    """A signed question about an order."""
    return signed({"out_trade_no": out_trade_no, "nonce_str": nonce_str})


def refund(out_trade_no: str) -> bytes:
    """A signed refund of a whole order, under the order's own number."""
    return signed(
        {
            "out_trade_no": out_trade_no,
            "out_refund_no": out_trade_no,
            "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
            "total_fee": "100",
            "refund_fee": "100",
        }
    )


def payment(out_trade_no: str) -> Request:
    """The control API's call that has the payer pay an order."""
    path = f"/_sandbox/orders/{MCH_ID}/{out_trade_no}/pay"
    return Request(path, json.dumps({"outcome": "success"}).encode(), headers=JSON)


def signed(given: Mapping[str, str], account: Account = DEFAULT) -> bytes:
    """A message as APIv2 has it signed: MD5 over the sorted fields and the key."""
    fields = {"appid": account.appid, "mch_id": account.mch_id, **given}
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields)) + f"&key={account.api_key}"
    fields["sign"] = hashlib.md5(text.encode()).hexdigest().upper()
    return (
        "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items()) + "</xml>"
    ).encode()


def authorization(pairs: Mapping[str, str]) -> dict[str, str]:
    """The headers of a call of APIv3, by the parts of its Authorization."""
    shown = ",".join(f'{name}="{value}"' for name, value in pairs.items())
    scheme = "WECHATPAY2-SHA256-RSA2048"
    return JSON | {"Authorization": f"{scheme} {shown}", "Accept": JSON["Content-Type"], "User-Agent": "bench"}
