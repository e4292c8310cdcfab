"""Exchanges as an HTTP Archive, which browsers' network panels and other tools open.

Source: HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): what is required is there, what is not known is -1;
members of our own begin with an underscore, as the specification asks.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from aiohttp import web

from sandbox import __version__
from sandbox.core.errors import StorageFailed
from sandbox.core.ids import BEIJING
from sandbox.core.journal import KEPT_BYTES, Exchange, ExchangeKind, Message, header
from sandbox.core.ports.queries import CallFilter, Entry
from sandbox.core.ports.storage import Storage
from sandbox.core.text import Lang
from sandbox.web.messages import address, decoded
from sandbox.words import journal as words

Json = dict[str, Any]
LARGEST = 1000
"""Calls in one archive."""

AT_A_TIME = 8
"""Calls that are read and written together: 1.5 MB at most."""

_VERSION = "HTTP/1.1"
_AS_FILE = {
    "Content-Type": "application/json",
    "Content-Disposition": 'attachment; filename="wxpay-sandbox.har"',
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The calls that go into an archive: the newest `limit` that a filter finds, or those before a cursor."""

    chosen: CallFilter
    cursor: str | None = None
    limit: int = LARGEST


def opening() -> bytes:
    """An archive as far as its first entry."""
    creator = {"name": "wxpay-sandbox", "version": __version__}
    log = {"version": "1.2", "creator": creator, "pages": [], "entries": []}
    return msgspec.json.encode({"log": log}).removesuffix(b"]}}")


def entries(found: Iterable[Entry], base: str, lang: Lang) -> bytes:
    """Some entries of it, a comma between one and the next."""
    return b",".join(
        msgspec.json.encode(_entry(one.id, one.what, base, lang)) for one in found if isinstance(one.what, Exchange)
    )


def closing(following: str | None) -> bytes:
    """The rest; `_next` is the cursor of the calls before the first entry."""
    return b'],"_next":' + msgspec.json.encode(following) + b"}}"


async def download(request: web.Request, storage: Storage, base: str, wanted: Wanted, lang: Lang) -> web.StreamResponse:
    """An archive as a file, oldest call first: a few entries in memory at a time, however slow its reader."""
    page = await storage.read(lambda tx: tx.journal.call_numbers(wanted.chosen, wanted.cursor, wanted.limit))
    numbers = page.items[::-1]
    if request.method == "HEAD":
        return web.Response(headers=_AS_FILE)

    async def some(start: int) -> bytes:
        few = numbers[start : start + AT_A_TIME]
        # A line that was dropped meanwhile is not there.
        return await storage.read(lambda tx: entries(filter(None, map(tx.journal.entry, few)), base, lang))

    written = await some(0)
    response = web.StreamResponse(headers=_AS_FILE)
    await response.prepare(request)
    await response.write(opening() + written)
    try:
        for start in range(AT_A_TIME, len(numbers), AT_A_TIME):
            following = await some(start)
            await response.write((b"," if written and following else b"") + following)
            written = written or following
        await response.write(closing(page.next))
    except StorageFailed:
        # The status is sent; that the file is not whole shows in how it ends.
        if request.transport is not None:
            request.transport.abort()
    return response


def _entry(number: int, exchange: Exchange, base: str, lang: Lang) -> Json:
    timings = _timings(exchange)
    return {
        "startedDateTime": _instant(exchange.at),
        "time": sum(timings.values()),
        "request": _request(exchange, base),
        "response": _response(exchange),
        "cache": {},
        "timings": timings,
        "comment": _comment(exchange, lang),
        "_id": number,
        "_kind": exchange.kind,
        "_mch_id": exchange.mch_id,
        "_out_trade_no": exchange.key.out_trade_no if exchange.key else "",
        "_outcome": exchange.outcome,
        "_signature": exchange.signature,
    }


def _request(exchange: Exchange, base: str) -> Json:
    url = address(exchange, base)
    request = {
        "method": exchange.method,
        "url": url,
        "httpVersion": _VERSION,
        "cookies": _cookies(header(exchange.request.headers, "cookie").split(";")),
        "headers": _pairs(exchange.request.headers),
        "queryString": _pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": _size(exchange.request),
    }
    if exchange.request.body:
        mime_type = header(exchange.request.headers, "content-type") or "application/octet-stream"
        # HAR 1.2 knows an encoding in answers only.
        text = {f"_{name}" if name == "encoding" else name: value for name, value in _text(exchange.request).items()}
        request["postData"] = {"mimeType": mime_type, **text}
    return request


def _response(exchange: Exchange) -> Json:
    """The answer; status 0 where none came, as browsers write it."""
    status, reply = exchange.status or 0, exchange.reply
    set_cookies = [value.partition(";")[0] for name, value in reply.headers if name.lower() == "set-cookie"]
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in set(HTTPStatus) else "",
        "httpVersion": _VERSION,
        "cookies": _cookies(set_cookies),
        "headers": _pairs(reply.headers),
        "content": {
            "size": len(reply.body),
            "mimeType": header(reply.headers, "content-type") or "x-unknown",
            **(_text(reply) if reply.body else {}),
        },
        "redirectURL": header(reply.headers, "location"),
        "headersSize": -1,
        "bodySize": _size(reply),
    }


def _text(message: Message) -> Json:
    """A body as text, or in base64 where it is not UTF-8."""
    text = decoded(message.body, cut=_is_cut(message))
    if text is None:
        return {"text": base64.b64encode(message.body).decode(), "encoding": "base64"}
    return {"text": text}


def _is_cut(message: Message) -> bool:
    return len(message.body) >= KEPT_BYTES


def _size(message: Message) -> int:
    return -1 if _is_cut(message) else len(message.body)


def _timings(exchange: Exchange) -> dict[str, float]:
    """Milliseconds: `send` until the request was read, `wait` until it was answered."""
    sent = dict(exchange.steps).get("read", 0.0)
    return {"send": sent, "wait": max(exchange.duration_ms - sent, 0.0), "receive": 0.0}


def _comment(exchange: Exchange, lang: Lang) -> str:
    """What an archive has no place for: the signature's verdict, why a call failed, that a body was cut."""
    said = [words.SIGNATURES[exchange.signature].say(lang)] if exchange.kind is ExchangeKind.API else []
    if exchange.refusal is not None:
        said += filter(None, [exchange.refusal.code or exchange.refusal.message])
    cut = _is_cut(exchange.request) or _is_cut(exchange.reply)
    return "; ".join([*said, words.CUT.say(lang)] if cut else said)


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in pairs]


def _cookies(written: Sequence[str]) -> list[Json]:
    split = [one.strip().partition("=") for one in written]
    return _pairs([(name, value) for name, equals, value in split if equals])


def _instant(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="milliseconds")
