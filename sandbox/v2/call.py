"""One call to V2 on its way: the words that it is answered in, and the fault that a scenario puts on its answer."""

from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web

from sandbox.core.merchants import Wording
from sandbox.core.plans import CallFault
from sandbox.core.world import World
from sandbox.v2 import troubles
from sandbox.v2.site import Site
from sandbox.web.recorded import RecordedCall


class Call(RecordedCall):
    """One call on its way through the steps, with the exchange that the journal keeps of it."""

    headers: ClassVar[Mapping[str, str]] = {"Server": "nginx", "Content-Type": "text/plain"}

    def __init__(self, request: web.Request, world: World, site: Site) -> None:
        super().__init__(request, world)
        self.site = site
        self.fault: CallFault | None = None
        self.wording = Wording.OF_2016 if site.official else world.rules.wording

    def answered(self, body: bytes, more: Mapping[str, str] | None = None, status: int = 200) -> web.Response:
        if self.fault is None:
            return super().answered(body, more, status)
        status, headers, body = troubles.distorted(status, self.headed(more), body, self.fault)
        if self.fault.fault not in troubles.SILENT:
            self.keep_reply(status, headers, body)
        return self.ended(status, headers, body)

    def recognise(self, message: Mapping[str, str]) -> None:
        """Note whose call it is, and in which words it is answered."""
        merchant = self.belongs_to(*(message.get(name, "") for name in ("mch_id", "out_trade_no", "sub_mch_id")))
        if merchant is not None and merchant.wording and not self.site.official:
            self.wording = merchant.wording
