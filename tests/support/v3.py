"""A merchant's backend that speaks V3, as a test needs it: signs calls, verifies answers, opens notifications.

It checks as the official client libraries do; it is written from the documents, not from the program.
"""

import base64
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from yarl import URL

from tests.support.control import Control
from tests.support.merchant import Received

SCHEME = "WECHATPAY2-SHA256-RSA2048"
PAY = "/v3/pay/transactions"


@cache
def _private(pem: str) -> rsa.RSAPrivateKey:
    """To read a key takes as long as to sign with it twenty times: each is read once."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def sign(text: bytes, private_key: str) -> str:
    key = _private(private_key)
    return base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def verify(text: bytes, signature: str, public_key: str) -> None:
    """Raises InvalidSignature."""
    pem = public_key.encode()
    in_certificate = "CERTIFICATE" in public_key
    key = x509.load_pem_x509_certificate(pem).public_key() if in_certificate else load_pem_public_key(pem)
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(signature), text, padding.PKCS1v15(), hashes.SHA256())


def hidden(text: str, pem: str, oaep: Any = hashes.SHA1) -> str:
    """A sensitive field, encrypted for who holds the key of a certificate or of a public key."""
    raw = pem.encode()
    key = x509.load_pem_x509_certificate(raw).public_key() if b"CERTIFICATE" in raw else load_pem_public_key(raw)
    assert isinstance(key, rsa.RSAPublicKey)
    return base64.b64encode(key.encrypt(text.encode(), padding.OAEP(padding.MGF1(oaep()), oaep(), None))).decode()


def revealed(text: str, private_key: str) -> str:
    """What stands in a sensitive field, decrypted by who holds the key."""
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    return _private(private_key).decrypt(base64.b64decode(text), oaep).decode()


@dataclass(frozen=True)
class Answered:
    """An answer; what was signed is verified already."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def signed(self) -> bool:
        return "Wechatpay-Signature" in self.headers

    @property
    def number(self) -> str:
        """What ends the Request-ID; "" where there is none."""
        return self.headers.get("Request-ID", "").rpartition("-")[2]


@dataclass
class V3Merchant:
    """`mch_id` with its keys, as the control API hands them out. `serial` is the Wechatpay-Serial that it sends."""

    session: aiohttp.ClientSession
    shown: Mapping[str, Any]
    notify_url: str = "https://shop.example/notify"
    serial: str = ""
    keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def of(cls, control: Control, notify_url: str = "https://shop.example/notify") -> "V3Merchant":
        shown = await control.get(f"/merchants/{control.mch_id}")
        keys = {
            shown["platform_serial_no"]: shown["platform_certificate"],
            shown["platform_public_key_id"]: shown["platform_public_key"],
        }
        return cls(control.session, shown, notify_url, keys=keys)

    @property
    def mch_id(self) -> str:
        return str(self.shown["mch_id"])

    @property
    def appid(self) -> str:
        return str(self.shown["appids"][0])

    def authorization(self, method: str, target: str, body: bytes, **other: str) -> str:
        """The header; `other` takes the place of its parts (mchid, serial_no, timestamp, nonce_str, signature)."""
        parts = {
            "mchid": self.mch_id,
            "nonce_str": secrets.token_hex(16),
            "timestamp": str(int(time.time())),
            "serial_no": str(self.shown["serial_no"]),
            **other,
        }
        text = f"{method}\n{target}\n{parts['timestamp']}\n{parts['nonce_str']}\n".encode() + body + b"\n"
        parts.setdefault("signature", sign(text, str(self.shown["private_key"])))
        return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in parts.items())

    async def call(
        self,
        method: str,
        target: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        authorization: Callable[[str], str] = lambda header: header,
    ) -> Answered:
        """A call, signed; `body` may be bytes. `authorization` spoils the header. A signed answer is verified."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {"Accept": "application/json", "User-Agent": "a merchant", **(headers or {})}
        if raw:
            named.setdefault("Content-Type", "application/json")
        if self.serial:
            named.setdefault("Wechatpay-Serial", self.serial)
        if shown := authorization(self.authorization(method, target, raw)):
            named["Authorization"] = shown
        base = str(self.session._base_url).rstrip("/")
        url = URL(base + target, encoded=True)
        async with aiohttp.ClientSession() as plain, plain.request(method, url, data=raw or None, headers=named) as got:
            answer = Answered(got.status, dict(got.headers), await got.read())
        if answer.signed:
            self.verify(answer.headers, answer.body)
        return answer

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """As a client library verifies an answer or a notification: time, serial, signature."""
        assert abs(int(headers["Wechatpay-Timestamp"]) - time.time()) < 300
        assert headers["Wechatpay-Signature-Type"] == SCHEME
        text = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n".encode() + body + b"\n"
        verify(text, headers["Wechatpay-Signature"], self.keys[headers["Wechatpay-Serial"]])

    def open(self, received: Received) -> Any:
        """What a notification tells, verified and opened."""
        self.verify(received.headers, received.body.encode())
        return self.unsealed(json.loads(received.body)["resource"])

    def unsealed(self, resource: Mapping[str, str]) -> Any:
        """What was sealed with the APIv3 key."""
        key, aad = str(self.shown["api_v3_key"]).encode(), resource["associated_data"].encode()
        sealed = base64.b64decode(resource["ciphertext"])
        return json.loads(AESGCM(key).decrypt(resource["nonce"].encode(), sealed, aad))

    def terms(self, out_trade_no: str, **more: Any) -> dict[str, Any]:
        """A native order over 1.01 yuan; None takes a member away."""
        said = {
            "appid": self.appid,
            "mchid": self.mch_id,
            "description": "茶",
            "out_trade_no": out_trade_no,
            "notify_url": self.notify_url,
            "amount": {"total": 101, "currency": "CNY"},
            **more,
        }
        return {name: value for name, value in said.items() if value is not None}

    async def place(self, out_trade_no: str, product: str = "native", **more: Any) -> Answered:
        return await self.call("POST", f"{PAY}/{product}", self.terms(out_trade_no, **more))

    async def query(self, out_trade_no: str) -> Answered:
        return await self.get(f"{PAY}/out-trade-no/{quote(out_trade_no)}", mchid=self.mch_id)

    async def close(self, out_trade_no: str) -> Answered:
        return await self.call("POST", f"{PAY}/out-trade-no/{quote(out_trade_no)}/close", {"mchid": self.mch_id})

    async def get(self, path: str, **query: str) -> Answered:
        return await self.call("GET", f"{path}?{urlencode(query)}" if query else path)
