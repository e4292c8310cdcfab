"""The WeChat client for the debugging tool: what it says to a payment request."""

from collections.abc import Mapping

from sandbox.core.client import ClientSays, Outcome
from sandbox.core.invocation import CHANNELS, ClientChannel, Device, Invocation
from sandbox.core.text import Lang
from sandbox.core.world import World
from sandbox.wechat.answers import to_app, to_page
from sandbox.wechat.invoking import Request, invoke


class WeChatClient:
    """What `world.client` is."""

    def __init__(self, world: World) -> None:
        self._world = world

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
        invocation = Invocation(CHANNELS[channel], fields, phone, place, mini_program=channel == "mini_program")
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
