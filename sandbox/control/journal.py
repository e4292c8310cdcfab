"""The journal: lists, one call, cURL and HAR; whether what a test expects was called, and waiting until it is."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from sandbox.control.desk import Desk
from sandbox.control.patterns import Patience
from sandbox.control.replies import ControlError, cursor_of, instant_of, limit_of, read_body, reply, without_none
from sandbox.control.verification import LOOKED, Inquiry, NearMiss, VerifyBody, WaitBody, question_of
from sandbox.control.views import Json, entry_view, summary
from sandbox.core.catalogue import Lang
from sandbox.core.catalogue import journal as words
from sandbox.core.journal import Exchange
from sandbox.core.ports import CallFilter, Entry, UnitOfWork
from sandbox.web import har
from sandbox.web.messages import curl

OUTCOMES = ("ok", "failed")
SIGNATURES = ("ok", "wrong", "missing")
LONGEST_SEARCH = 256


class JournalHandlers:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._world = desk.world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/journal", self.list),
            web.get("/journal.har", self.har),
            web.post("/journal/verify", self.verify),
            web.post("/journal/wait", self.wait),
            web.get(r"/journal/{id:[0-9]{1,18}}", self.get),
            web.get(r"/journal/{id:[0-9]{1,18}}/curl", self.curl),
        ]

    async def list(self, request: web.Request) -> web.Response:
        chosen, cursor, limit, lang = _filter(request), cursor_of(request), limit_of(request), self._lang(request)
        page = await self._world.storage.read(lambda tx: tx.journal.calls(chosen, cursor, limit))
        return reply({"items": [entry_view(entry, lang) for entry in page.items], "next": page.next})

    async def har(self, request: web.Request) -> web.Response:
        """What the list has, as an HTTP archive, oldest first."""
        chosen, cursor, limit, lang = _filter(request), cursor_of(request), limit_of(request), self._lang(request)

        def written(tx: UnitOfWork) -> bytes:
            return har.archive(tx.journal.calls(chosen, cursor, limit), self._world.links.base, lang)

        return har.download(await self._world.storage.read(written))

    async def get(self, request: web.Request) -> web.Response:
        entry = await self._find(request)
        return reply(entry_view(entry, self._lang(request)))

    async def curl(self, request: web.Request) -> web.Response:
        """The command that sends the call (or the attempt of a notification) again."""
        entry = await self._find(request)
        assert isinstance(entry.what, Exchange)
        return web.Response(text=curl(entry.what, self._world.links.base) + "\n", content_type="text/plain")

    async def verify(self, request: web.Request) -> web.Response:
        body, lang = await read_body(request, VerifyBody), self._lang(request)
        inquiry = _inquiry(body)

        def answered(tx: UnitOfWork) -> Json:
            return _verdict(inquiry, tx, lang) if not inquiry.look(tx) else _verdict(inquiry, None, lang)

        return reply(await self._world.storage.read(answered))

    async def wait(self, request: web.Request) -> web.Response:
        """Answers as `verify` does once it matches, or 408 after `timeout` real seconds."""
        body, lang = await read_body(request, WaitBody), self._lang(request)
        inquiry, matched = await self._until(body)
        if matched:
            return reply(_verdict(inquiry, None, lang))
        verdict = await self._world.storage.read(lambda tx: _verdict(inquiry, tx, lang))
        told = {name: verdict[name] for name in ("count", "unmatched", "near_misses") if name in verdict}
        return reply({"error": {"code": "timeout", "message": verdict["explanation"], **told}}, 408)

    # -- parts ---------------------------------------------------------------------------------------------------------

    async def _until(self, body: WaitBody) -> tuple[Inquiry, bool]:
        inquiry = _inquiry(body)
        ends = asyncio.get_running_loop().time() + body.timeout
        with self._world.changes.subscribe() as changes:
            # Never cut off in the middle of a look: what it has taken belongs to the next.
            while not await self._world.storage.read(inquiry.look):
                try:
                    async with asyncio.timeout_at(ends):
                        committed = await changes.next()
                        while not (committed.calls or committed.forgotten):
                            committed = await changes.next()
                except TimeoutError:
                    return inquiry, False
                if committed.forgotten:
                    # Numbers begin again where the newest lines were dropped.
                    inquiry = _inquiry(body)
        return inquiry, True

    async def _find(self, request: web.Request) -> Entry:
        number = int(request.match_info["id"])
        entry = await self._world.storage.read(lambda tx: tx.journal.entry(number))
        if entry is None or not isinstance(entry.what, Exchange):
            raise ControlError(404, "call_unknown", "The journal has no call of this number.")
        return entry

    def _lang(self, request: web.Request) -> Lang:
        return self._desk.language(request)


def _filter(request: web.Request) -> CallFilter:
    """The filter in a query; raises ControlError naming the parameter."""
    query = request.query
    contains = query.get("contains", "")
    if len(contains) > LONGEST_SEARCH:
        raise ControlError(400, "invalid", f"contains has at most {LONGEST_SEARCH} characters.", "contains")
    return CallFilter(
        mch_id=query.get("mch_id", ""),
        path=query.get("path", ""),
        out_trade_no=query.get("out_trade_no", ""),
        outcome=_one_of(request, "outcome", OUTCOMES),
        signature=_one_of(request, "signature", SIGNATURES),
        since=instant_of(query["since"], "since") if "since" in query else None,
        contains=contains,
    )


def _one_of(request: web.Request, name: str, allowed: tuple[str, ...]) -> str:
    value = request.query.get(name, "")
    if value and value not in allowed:
        raise ControlError(400, "invalid", f"{name} is one of {', '.join(allowed)}.", name)
    return value


def _inquiry(body: VerifyBody) -> Inquiry:
    patience = Patience()
    return Inquiry(question_of(body, patience), patience)


def _verdict(inquiry: Inquiry, tx: UnitOfWork | None, lang: Lang) -> Json:
    """The answer; with a transaction, of a question that did not match: then it says why."""
    question = inquiry.question
    verdict: dict[str, Any] = {
        "matched": question.matched,
        "count": question.count,
        "items": [entry_view(entry, lang) for entry in question.items],
        "near_misses": [],
        "unmatched": question.unmatched,
    }
    said = [] if tx is None else [question.explain(lang)]
    if tx is not None:
        misses = inquiry.near_misses(tx)
        verdict["near_misses"] = [_miss_view(miss, lang) for miss in misses]
        if not misses and not question.items:
            said.append(words.NOTHING_CALLED.say(lang))
    if not inquiry.whole:
        said.append(words.LOOKED_THROUGH.say(lang, lines=LOOKED))
    return without_none(verdict) | ({"explanation": ("" if lang == "zh" else " ").join(said)} if said else {})


def _miss_view(miss: NearMiss, lang: Lang) -> Json:
    return {
        "id": miss.entry.id,
        "summary": summary(miss.exchange, lang),
        "differences": [msgspec.to_builtins(difference) for difference in miss.differences],
    }
