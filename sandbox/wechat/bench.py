"""The second signature for the debugging tool: what the backend hands to the client, and what the client says to it."""

from collections.abc import Mapping

from sandbox.core.client import Outcome
from sandbox.core.debugging import ClientChannel, ClientSays
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.core.text import Lang
from sandbox.core.world import World
from sandbox.wechat.answers import to_app, to_page
from sandbox.wechat.invocation import Channel, Device, Invocation
from sandbox.wechat.invoking import Request, invoke

_DIALECTS = {"app": Channel.APP, "jsapi": Channel.JSAPI, "mini_program": Channel.JSAPI}


class SecondSignatures:
    """What `world.client` is."""

    def __init__(self, world: World) -> None:
        self._world = world

    def request(
        self, channel: ClientChannel, order: Order, merchant: Merchant, nonce_str: str, timestamp: str
    ) -> Mapping[str, str]:
        appid, prepay_id = order.terms.client_appids()[0], order.prepay.prepay_id
        if channel == "app":
            return {
                "appid": appid,
                "partnerid": merchant.mch_id,
                "prepayid": prepay_id,
                "package": "Sign=WXPay",
                "noncestr": nonce_str,
                "timestamp": timestamp,
            }
        return {
            "appId": appid,
            "timeStamp": timestamp,
            "nonceStr": nonce_str,
            "package": f"prepay_id={prepay_id}",
            "signType": order.terms.sign_type.value,
        }

    def signed(self, channel: ClientChannel, fields: Mapping[str, str]) -> tuple[Mapping[str, str], str]:
        invocation = Invocation(_DIALECTS[channel], fields)
        return invocation.signed(), invocation.dialect.sign

    async def invoke(
        self,
        channel: ClientChannel,
        fields: Mapping[str, str],
        lang: Lang,
        *,
        outcome: Outcome | None = None,
        device: Mapping[str, str] = {},
        page: str = "",
    ) -> ClientSays:
        phone = Device(package_name=device.get("package_name", ""), app_signature=device.get("app_signature", ""))
        place = page if channel == "jsapi" else ""
        invocation = Invocation(_DIALECTS[channel], fields, phone, place, mini_program=channel == "mini_program")
        asked = Request(invocation, outcome)
        reply = await self._world.storage.write(lambda tx: invoke(self._world, tx, asked))
        told = to_app(reply, self._world.links, 0, lang)
        return ClientSays(
            err_code=told.err_code,
            err_str=told.err_str,
            err_msg=to_page(reply, self._world.links, 0, lang).err_msg if channel != "app" else None,
            cause=told.cause.value if told.cause else "",
            explanation=told.explanation or "",
            string_to_sign=told.string_to_sign or "",
            cashier_url=told.cashier_url or "",
        )
