"""A merchant that makes the classic mistakes, each on purpose: never copy from here.

It resolves entities and fetches external ones, checks no signature, amount, appid or mch_id, takes bodies of any size,
looks at neither return_code nor result_code, books orders that it never placed, and answers SUCCESS to everything,
to what it cannot read too.
"""

import asyncio
from dataclasses import dataclass, field
from urllib.request import urlopen
from xml.parsers import expat

from aiohttp import web

from tests.support.merchant import SUCCESS, Merchant

ANY_SIZE = 2**40


@dataclass
class NaiveShop:
    """`read` holds every notification as its parser understood it; `paid` what it believes to have been paid."""

    merchant: Merchant
    read: list[dict[str, str]] = field(default_factory=list)
    paid: dict[str, int] = field(default_factory=dict)

    async def order(self, out_trade_no: str) -> None:
        answer = await self.merchant.order(out_trade_no, attach="tea")
        assert answer["result_code"] == "SUCCESS"

    async def notify(self, request: web.Request) -> web.Response:
        # In a thread, because its parser waits for the network.
        fields = await asyncio.to_thread(careless_fields, await request.read())
        self.read.append(fields)
        self.paid[fields.get("out_trade_no", "?")] = int(fields.get("total_fee", "0"))
        return web.Response(text=SUCCESS)

    def application(self) -> web.Application:
        app = web.Application(client_max_size=ANY_SIZE)
        app.router.add_post("/notify", self.notify)
        return app


def careless_fields(body: bytes) -> dict[str, str]:
    """What stands in a message, as far as it can be read; entities are resolved, wherever they lead."""
    reader = _CarelessReader()
    reader.take(body)
    return reader.fields


class _CarelessReader:
    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._element = ""
        self._parser = expat.ParserCreate()
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.ExternalEntityRefHandler = self._fetch

    def take(self, body: bytes) -> None:
        try:
            self._parser.Parse(body, True)
        except expat.ExpatError:
            return

    def _start(self, name: str, _: dict[str, str]) -> None:
        self._element = name

    def _end(self, _: str) -> None:
        self._element = ""

    def _text(self, text: str) -> None:
        if self._element:
            self.fields[self._element] = self.fields.get(self._element, "") + text

    def _fetch(self, context: str | None, base: str | None, system_id: str | None, public_id: str | None) -> int:
        with urlopen(system_id or "") as answer:
            self._parser.ExternalEntityParserCreate(context).Parse(answer.read(), True)
        return 1
