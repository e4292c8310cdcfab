"""The WeChat client for the debugging tool: what it says to a payment request."""

from collections.abc import Mapping

from sandbox.core.client import ClientSays, Outcome
from sandbox.core.invocation import CHANNELS, ClientChannel, Device, Invocation
from sandbox.core.links import Links
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.storage import Storage
from sandbox.core.text import Lang
from sandbox.core.usecases.making import UseCases
from sandbox.wechat.answers import to_app, to_page
from sandbox.wechat.invoking import Request, invoke


class WeChatClient:
    """Implements `ClientSimulator`."""

    def __init__(self, storage: Storage, links: Links, faces: Faces, usecases: UseCases) -> None:
        self._storage = storage
        self._links = links
        self._faces = faces
        self._usecases = usecases

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
        reply = await self._storage.write(lambda tx: invoke(self._usecases, self._faces, tx, asked))
        told = to_app(reply, self._links, 0, lang)
        return ClientSays(
            err_code=told.err_code,
            err_str=told.err_str,
            err_msg=to_page(reply, self._links, 0, lang).err_msg if channel != "app" else None,
            cause=told.cause.value if told.cause else "",
            explanation=told.explanation or "",
            string_to_sign=told.string_to_sign or "",
            cashier_url=told.cashier_url or "",
        )
