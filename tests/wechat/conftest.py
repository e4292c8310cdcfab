"""A merchant's app and page: they sign for the client and hand the request over."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.support.merchant import Merchant, signature

TIMESTAMP = "1795464115"
Invoke = Callable[..., Awaitable[dict[str, Any]]]


class Phone:
    """Signs as a merchant does and calls /_sandbox/client/ as an app, a page or iOS does."""

    def __init__(self, session: aiohttp.ClientSession, merchant: Merchant) -> None:
        self.session = session
        self.merchant = merchant

    async def place(self, out_trade_no: str, trade_type: str, **fields: str) -> str:
        """The prepay_id of a new order."""
        if trade_type == "JSAPI":
            fields.setdefault("openid", "oSandboxPayer000000000000001")
        answer = await self.merchant.order(out_trade_no, trade_type=trade_type, **fields)
        return answer["prepay_id"]

    def app_fields(self, prepay_id: str, sign_type: str = "MD5", **changed: str) -> dict[str, str]:
        fields = {
            "appid": self.merchant.appid,
            "partnerid": self.merchant.mch_id,
            "prepayid": prepay_id,
            "package": "Sign=WXPay",
            "noncestr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
            "timestamp": TIMESTAMP,
        } | changed
        return fields | {"sign": signature(fields, self.merchant.key, sign_type)}

    def page_fields(self, prepay_id: str, sign_type: str = "MD5", **changed: str) -> dict[str, str]:
        fields = {
            "appId": self.merchant.appid,
            "timeStamp": TIMESTAMP,
            "nonceStr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
            "package": f"prepay_id={prepay_id}",
            "signType": sign_type,
        } | changed
        return fields | {"paySign": signature(fields, self.merchant.key, sign_type)}

    async def call(self, channel: str, body: object, status: int = 200, **more: object) -> dict[str, Any]:
        whole = {**body, **more} if isinstance(body, dict) else body
        async with self.session.post(f"/_sandbox/client/{channel}", json=whole) as response:
            answer: dict[str, Any] = await response.json()
            assert response.status == status, answer
            return answer

    async def result(self, prepay_id: str, **query: str) -> dict[str, Any]:
        async with self.session.get("/_sandbox/client/result", params={"prepay_id": prepay_id, **query}) as response:
            return {"status": response.status, **(await response.json())}


@pytest.fixture
def phone(session: aiohttp.ClientSession, merchant: Merchant) -> Phone:
    return Phone(session, merchant)
