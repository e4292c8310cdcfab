"""The journal: every API call, and one call (or notification attempt) with all that was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.console.debugging.messages import difference, show
from sandbox.console.frame.view import HOME, Console, console_of, cursor_of, lang_of, paging, query_with, say, searched
from sandbox.console.orders.sentences import verdict_told
from sandbox.console.orders.timeline import failure, item_of
from sandbox.core.journal import Exchange, ExchangeKind, ExchangeOutcome, SignatureState
from sandbox.core.ports.calls import SignedText
from sandbox.core.ports.face import Reading
from sandbox.core.ports.queries import CallFilter, Entry
from sandbox.core.ports.storage import UnitOfWork
from sandbox.web import har
from sandbox.web.messages import address, curl
from sandbox.words import console as words
from sandbox.words.faults import fault_told

PAGE = 50
OUTCOMES = {"ok": words.CALL_OK, "failed": words.CALL_FAILED}

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Found:
    """An exchange with its number, what was asked in it, and the attempt before it where there is one."""

    entry: Entry
    exchange: Exchange
    asked: Reading
    previous: Exchange | None = None


@dataclass(frozen=True, slots=True)
class _SignedLines:
    """What was signed, line by line."""

    of_reply: bool
    text: str
    lines: Sequence[str]
    signature: str
    serial_no: str

    @classmethod
    def of(cls, signed: SignedText) -> "_SignedLines":
        lines = signed.text.removesuffix("\n").split("\n")
        return cls(signed.of_reply, signed.text, lines, signed.signature, signed.serial_no)


@routes.get("/calls")
async def list_calls(request: web.Request) -> web.Response:
    console, chosen, cursor = console_of(request), _filter(request), cursor_of(request)
    page = await console.storage.read(lambda tx: tx.journal.calls(chosen, cursor, PAGE))
    context = {
        "rows": [_row(console, request, entry) for entry in page.items],
        "chips": [
            (
                say(request, text),
                query_with(request, outcome="" if chosen.outcome == name else name),
                chosen.outcome == name,
            )
            for name, text in OUTCOMES.items()
        ]
        + [
            (
                say(request, words.SIGNATURE_WRONG),
                query_with(request, signature="" if chosen.signature else "wrong"),
                bool(chosen.signature),
            )
        ],
        "path": chosen.path,
        "archive": query_with(request).replace(request.path, f"{HOME}/calls.har", 1),
        "any_path": query_with(request, path=""),
        **paging(request, page.next),
        "filtered": chosen != CallFilter(mch_id=chosen.mch_id) or cursor is not None,
        "unfiltered": query_with(request, outcome="", signature="", path="", q=""),
        "base": console.links.base,
    }
    return console.page(request, "calls.html", context, here="calls")


@routes.get("/calls.har")
async def download_calls(request: web.Request) -> web.StreamResponse:
    """The newest of the calls that a filter finds, as an HTTP archive."""
    return await har.download(
        request,
        console_of(request).storage,
        console_of(request).links.base,
        har.Wanted(_filter(request)),
        lang_of(request),
    )


def _filter(request: web.Request) -> CallFilter:
    outcome, path = request.query.get("outcome", ""), request.query.get("path", "")[:128]
    mch_id = console_of(request).merchant_chosen(request)
    wrong = request.query.get("signature") == SignatureState.WRONG
    return CallFilter(
        mch_id=mch_id,
        path=path,
        outcome=ExchangeOutcome(outcome if outcome in OUTCOMES else ""),
        signature=SignatureState.WRONG if wrong else SignatureState.UNCHECKED,
        contains=searched(request),
    )


def _row(console: Console, request: web.Request, entry: Entry) -> dict[str, Any]:
    call = entry.what
    assert isinstance(call, Exchange)
    failed = call.outcome is ExchangeOutcome.FAILED
    return {
        "id": entry.id,
        "call": call,
        "age": (console.clock.now(call.mch_id) - call.at).total_seconds(),
        "failed": failed,
        "why": failure(call) if failed else "",
        "hint": fault_told(call, lang_of(request)) if failed else "",
        "same_path": query_with(request, path=call.path),
    }


@routes.get(r"/calls/{entry_id:\d{1,18}}")
async def show_call(request: web.Request) -> web.Response:
    """One exchange as a page of its own: the address to paste into a chat."""
    console = console_of(request)
    found = await _find(request)
    exchange = found.exchange
    context = {
        **_raw(console, request, found),
        "item": item_of(found.entry, console.faces, lang_of(request)),
        "told": verdict_told(exchange.verdict, lang_of(request)),
        "mch_id": exchange.mch_id if exchange.mch_id in console.storage.accounts.merchants else "",
        "age": (console.clock.now(exchange.mch_id) - exchange.at).total_seconds(),
    }
    return console.page(
        request, "call.html", context, here="calls" if exchange.kind is ExchangeKind.API else "notifications"
    )


@routes.get(r"/calls/{entry_id:\d{1,18}}/raw")
async def raw_call(request: web.Request) -> web.Response:
    """What folds open in a timeline: the raw messages alone."""
    return console_of(request).part(request, "raw.html", _raw(console_of(request), request, await _find(request)))


async def _find(request: web.Request) -> Found:
    console, entry_id = console_of(request), int(request.match_info["entry_id"])
    found = await console.storage.read(lambda tx: _look_up(console, tx, entry_id))
    if found is None:
        raise web.HTTPNotFound
    return found


def _look_up(console: Console, tx: UnitOfWork, entry_id: int) -> Found | None:
    entry = tx.journal.entry(entry_id)
    if entry is None or not isinstance(entry.what, Exchange):
        return None
    exchange = entry.what
    attempts = tx.journal.attempts(exchange.notification_id) if exchange.n > 1 else ()
    asked = console.faces.asked(exchange, tx, console.clock.real_now())
    return Found(entry, exchange, asked, _before(attempts, exchange.n))


def _before(attempts: Sequence[Exchange], n: int) -> Exchange | None:
    return next((attempt for attempt in attempts if attempt.n == n - 1), None)


def _raw(console: Console, request: web.Request, found: Found) -> dict[str, Any]:
    exchange = found.exchange
    return {
        "id": found.entry.id,
        "exchange": exchange,
        "url": address(exchange, console.links.base),
        "curl": curl(exchange, console.links.base),
        "request_body": show(exchange.request),
        "reply_body": show(exchange.reply),
        "hint": fault_told(exchange, lang_of(request)),
        "string_to_sign": str(exchange.facts.get("string_to_sign", "")),
        "signed_string": str(exchange.facts.get("signed_string", "")),
        "sign_type": str(exchange.facts.get("sign_type", "")),
        "expected_sign": str(exchange.facts.get("expected_sign", "")),
        "given_sign": found.asked.fields.get("sign", ""),
        "opened": found.asked.opened,
        "signed": [_SignedLines.of(one) for one in console.faces.of(exchange).messages.signed(exchange)],
        "changes": difference(found.previous, exchange) if found.previous else [],
        "previous": found.previous,
    }
