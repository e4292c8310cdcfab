"""A merchant's backend as a test needs it: signs and sends calls, receives notifications, answers as it is told."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from xml.sax.saxutils import escape

import aiohttp
from aiohttp import web

_ELEMENT = re.compile(r"<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</\1>", re.DOTALL)
SUCCESS = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>"

GETSIGNKEY = {
    "/sandboxnew": "/sandboxnew/pay/getsignkey",
    "/xdc/apiv2sandbox": "/xdc/apiv2getsignkey/sign/getsignkey",
}


def elements(text: str) -> dict[str, str]:
    """The elements of a flat answer, in their order."""
    inner = text.strip().removeprefix("<xml>").removesuffix("</xml>")
    return {name: cdata or plain for name, cdata, plain in _ELEMENT.findall(inner)}


def signature(fields: dict[str, str], key: str, sign_type: str = "MD5") -> str:
    pairs = sorted((name, value) for name, value in fields.items() if value and name != "sign")
    text = "&".join(f"{name}={value}" for name, value in pairs) + f"&key={key}"
    if sign_type == "HMAC-SHA256":
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().upper()
    return hashlib.md5(text.encode()).hexdigest().upper()


def document(fields: dict[str, str]) -> bytes:
    return (
        "<xml>" + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items()) + "</xml>"
    ).encode()


@dataclass
class Received:
    """A notification as it came in."""

    headers: dict[str, str]
    body: str

    @property
    def fields(self) -> dict[str, str]:
        return elements(self.body)


@dataclass
class Inbox:
    """Where a merchant receives notifications. `reply` makes the answer to each; change it as the test needs."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    reply: Callable[[Received], web.StreamResponse] = lambda _: web.Response(text=SUCCESS)
    gate: asyncio.Event | None = None
    hanging: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        one = Received(dict(request.headers), (await request.read()).decode())
        self.received.append(one)
        self.arrived.set()
        if self.gate is not None:
            await self.gate.wait()
        return self.reply(one)

    async def hang(self, request: web.Request) -> web.StreamResponse:
        """Never answers, until the test ends."""
        await request.read()
        self.hanging += 1
        await self.released.wait()
        return web.Response(status=503)

    def answer(self, status: int = 200, text: str = SUCCESS, **headers: str) -> None:
        """Answer every notification so."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.reply = lambda _: web.Response(status=status, body=text.encode(), headers=named)


@dataclass
class Merchant:
    """A merchant with its credentials, calling one sandbox."""

    session: aiohttp.ClientSession
    mch_id: str
    appid: str
    key: str
    notify_url: str
    sign_type: str = ""
    prefix: str = ""

    @classmethod
    def opened(cls, session: aiohttp.ClientSession, account: dict[str, Any], notify_url: str) -> "Merchant":
        """A merchant that the control API has made."""
        return cls(session, account["mch_id"], account["appids"][0], account["api_key"], notify_url)

    def signed(self, **fields: str | None) -> dict[str, str]:
        common = {"appid": self.appid, "mch_id": self.mch_id, "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"}
        if self.sign_type:
            common["sign_type"] = self.sign_type
        message = {name: value for name, value in {**common, **fields}.items() if value is not None}
        key = message.pop("_key", self.key)
        return {"sign": signature(message, key, message.get("sign_type", "MD5")), **message}

    async def post(self, path: str, body: bytes) -> str:
        async with self.session.post(self.prefix + path, data=body, headers={"Content-Type": "text/xml"}) as response:
            assert response.status == 200
            return await response.text("utf-8")

    async def call(self, path: str, /, **fields: str | None) -> dict[str, str]:
        """Send a signed call; gives the answer's elements. A field that is None is left out."""
        return elements(await self.post(path, document(self.signed(**fields))))

    async def order(self, out_trade_no: str, **fields: str) -> dict[str, str]:
        """Place an order: NATIVE over 1.00 yuan unless told otherwise."""
        terms = {
            "body": "龙井茶",
            "out_trade_no": out_trade_no,
            "total_fee": "100",
            "spbill_create_ip": "123.12.12.123",
            "notify_url": self.notify_url,
            "trade_type": "NATIVE",
            "product_id": "88888",
        }
        return await self.call("/pay/unifiedorder", **{**terms, **fields})

    async def query(self, out_trade_no: str, **fields: str) -> dict[str, str]:
        return await self.call("/pay/orderquery", out_trade_no=out_trade_no, **fields)

    async def close(self, out_trade_no: str) -> dict[str, str]:
        return await self.call("/pay/closeorder", out_trade_no=out_trade_no)

    async def refund(
        self, out_trade_no: str, out_refund_no: str, refund_fee: int = 100, **fields: str
    ) -> dict[str, str]:
        """Ask for a refund of an order over 1.00 yuan."""
        terms = {"out_trade_no": out_trade_no, "out_refund_no": out_refund_no, "total_fee": "100"}
        return await self.call("/secapi/pay/refund", **{**terms, "refund_fee": str(refund_fee), **fields})

    async def micropay(
        self, out_trade_no: str, auth_code: str, total_fee: int = 100, /, **fields: str
    ) -> dict[str, str]:
        """Charge the payer who shows a code: 1.00 yuan unless told otherwise."""
        terms = {
            "body": "龙井茶",
            "out_trade_no": out_trade_no,
            "total_fee": str(total_fee),
            "spbill_create_ip": "123.12.12.123",
            "auth_code": auth_code,
        }
        return await self.call("/pay/micropay", **{**terms, **fields})

    async def reverse(self, out_trade_no: str, **fields: str) -> dict[str, str]:
        return await self.call("/secapi/pay/reverse", **{"out_trade_no": out_trade_no, **fields})

    async def refund_query(self, **fields: str) -> dict[str, str]:
        return await self.call("/pay/refundquery", **fields)

    async def in_official_sandbox(self, prefix: str = "/sandboxnew") -> "Merchant":
        """This merchant with the official sandbox's key, calling under its prefix."""
        answer = await self.call(GETSIGNKEY[prefix], appid=None)
        return replace(self, key=answer["sandbox_signkey"], prefix=prefix)

    def verifies(self, answer: dict[str, str], sign_type: str = "MD5") -> bool:
        return signature(answer, self.key, sign_type) == answer["sign"]
