"""Listening in a terminal: calls and attempts as they happen, and notifications to be carried elsewhere."""

import asyncio
import base64
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from aiohttp_sse import EventSourceResponse
from msgspec import Meta

from sandbox.core.errors import ForwardTaken, ForwardUnknown, MerchantUnknown
from sandbox.core.journal import Exchange, ExchangeOutcome, Message
from sandbox.core.ports.face import Answer
from sandbox.core.ports.services import Changes, Handed, Hearing, Switchboard
from sandbox.core.ports.storage import Storage
from sandbox.core.text import Lang
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.logs import Traffic
from sandbox.web.errors import Refused
from sandbox.web.operations import EVENTS, get, post
from sandbox.web.pages import Language
from sandbox.web.shapes import Query, instant
from sandbox.words.faults import fault_told
from sandbox.words.verdicts import told

LEASE_SECONDS = 0.5
"""How long after its connection a listener is still taken for one."""

Failure = Literal["timeout", "refused", "dns", "tls", "reset", "not_http", "too_large", "bad_url", "forbidden_address"]


class ListenQuery(Query, kw_only=True):
    """Whose calls and notifications, those of all where none is named.

    With `forward_to` the listener carries the notifications; it says to people where.
    """

    mch_id: Annotated[str, Meta(description="Merchants, separated by commas.")] = ""
    forward_to: Annotated[str, Meta(max_length=512)] = ""


class ForwardPath(msgspec.Struct):
    id: str


class CarriedBody(msgspec.Struct, forbid_unknown_fields=True):
    """What a notification that was carried came to: a reply, or why there is none (`failure`, with its facts)."""

    status: Annotated[int, Meta(ge=100, le=999)] = 200
    headers: list[tuple[str, str]] = []
    body_base64: str = ""
    cut: bool = False
    failure: Failure | None = None
    facts: dict[str, str] = {}


class ListeningHandlers:
    def __init__(self, storage: Storage, changes: Changes, switchboard: Switchboard, language: Language) -> None:
        self._storage = storage
        self._changes = changes
        self._switchboard = switchboard
        self._language = language

    @get("/listen", media_type=EVENTS, raises=(MerchantUnknown, ForwardTaken))
    async def listen(self, request: web.Request, query: ListenQuery) -> web.StreamResponse:
        """Server-sent events: `line`, a call or attempt that was made; `forward`, a notification to be carried.

        What becomes of the latter is told to `forwards/{id}` within the five seconds that a merchant has. The listener
        lasts as long as its connection.
        """
        mch_ids = frozenset(filter(None, query.mch_id.split(",")))
        for mch_id in mch_ids:
            self._storage.accounts.merchant(mch_id)
        stream, lang = EventSourceResponse(), self._language(request)
        # A stop of the sandbox ends whoever watches changes.
        with self._changes.subscribe(), suppress(ConnectionResetError):
            async with self._switchboard.listen(mch_ids, query.forward_to) as hearing:
                await stream.prepare(request)
                await _tell(stream, hearing, lang)
        return stream

    @post("/forwards/{id}", raises=(ForwardUnknown,))
    async def answer_forward(self, path: ForwardPath, body: CarriedBody) -> None:
        """What a notification that was carried came to; it is judged as always."""
        self._switchboard.answer(path.id, _result(body))


async def _tell(stream: EventSourceResponse, hearing: Hearing, lang: Lang) -> None:
    """Tell what is heard, as long as somebody is there."""
    async with stream:
        await stream.send("{}", event="hello")
        while stream.is_connected():
            with suppress(TimeoutError):
                async with asyncio.timeout(LEASE_SECONDS):
                    item = await hearing.next()
                await stream.send(msgspec.json.encode(_data(item, lang)).decode(), event=_name(item))


def _name(item: Exchange | Handed) -> str:
    return "forward" if isinstance(item, Handed) else "line"


def _data(item: Exchange | Handed, lang: Lang) -> Mapping[str, object]:
    if isinstance(item, Handed):
        body = base64.b64encode(item.message.body).decode()
        return {"id": item.number, "url": item.url, "headers": item.message.headers, "body_base64": body}
    return {
        "at": instant(item.at),
        "kind": item.kind,
        "mch_id": item.mch_id,
        "out_trade_no": (item.key.out_trade_no or None) if item.key else None,
        "out_bill_no": (item.key.out_bill_no or None) if item.key else None,
        "outcome": item.outcome,
        "text": str(Traffic([item])),
        "why": _why(item, lang),
    }


def _why(exchange: Exchange, lang: Lang) -> str:
    """Why it did not go well, in a sentence; empty where it did."""
    if exchange.verdict is not None:
        judged = told(exchange.verdict, lang)
        return "" if judged.right else judged.explanation
    return fault_told(exchange, lang) if exchange.outcome is ExchangeOutcome.FAILED else ""


def _result(body: CarriedBody) -> Answer | Verdict:
    if body.failure is not None:
        return Verdict(VerdictName(body.failure), tuple((name, value[:200]) for name, value in body.facts.items()))
    try:
        content = base64.b64decode(body.body_base64, validate=True)
    except ValueError:
        raise Refused(400, "invalid", "body_base64 is no base64.", "body_base64") from None
    return Answer(body.status, Message(tuple(body.headers), content), body.cut)
