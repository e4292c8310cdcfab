"""The journal: lists, one call, cURL and HAR; whether what a test expects was called, and waiting until it is."""

import asyncio
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from sandbox.control.journal import shapes
from sandbox.control.journal.verification import LOOKED, JournalWatch, NearMiss, VerifyBody, WaitBody, question_of
from sandbox.control.journal.views import call_view, exchange_view, summary
from sandbox.core.clock import Clock
from sandbox.core.errors import CallUnknown
from sandbox.core.journal import Exchange, ExchangeOutcome, SignatureState
from sandbox.core.links import Links
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import CallFilter, Entry
from sandbox.core.ports.services import Changes
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.text import Lang
from sandbox.web import har
from sandbox.web.errors import reply
from sandbox.web.messages import curl
from sandbox.web.operations import get, post
from sandbox.web.pages import Language
from sandbox.web.shapes import Instant, ListQuery, form, instant_of
from sandbox.words import journal as words

ONE = "/journal/{id:[0-9]{1,18}}"


class CallPath(msgspec.Struct):
    id: Annotated[str, form("^[0-9]{1,18}$", "a call's number")]


class JournalQuery(ListQuery):
    """`contains` is text that stands in the request's body; `since` is sandbox time."""

    mch_id: str = ""
    path: str = ""
    out_trade_no: str = ""
    outcome: Literal["ok", "failed"] | UnsetType = UNSET
    signature: Literal["ok", "wrong", "missing"] | UnsetType = UNSET
    since: Instant | UnsetType = UNSET
    contains: Annotated[str, msgspec.Meta(max_length=256)] = ""

    def filter(self) -> CallFilter:
        return CallFilter(
            mch_id=self.mch_id,
            path=self.path,
            out_trade_no=self.out_trade_no,
            outcome=ExchangeOutcome(self.outcome or ""),
            signature=SignatureState(self.signature or ""),
            since=None if self.since is UNSET else instant_of(self.since, "since"),
            contains=self.contains,
        )


class JournalHandlers:
    def __init__(
        self, storage: Storage, clock: Clock, changes: Changes, links: Links, faces: Faces, language: Language
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._changes = changes
        self._links = links
        self._faces = faces
        self._language = language

    @get("/journal")
    async def list_calls(self, request: web.Request, query: JournalQuery) -> shapes.Journal:
        """Every call of WeChat's API, whatever became of it, newest first."""
        chosen, lang = query.filter(), self._language(request)
        page = await self._storage.read(lambda tx: tx.journal.calls(chosen, query.after, query.limit))
        return shapes.Journal([call_view(entry, self._faces, lang) for entry in page.items], page.next)

    @get("/journal.har")
    async def get_har(self, request: web.Request, query: JournalQuery) -> web.StreamResponse:
        """What the list has, as an HTTP archive (HAR 1.2), oldest first."""
        wanted = har.Wanted(query.filter(), query.after, query.limit)
        return await har.download(request, self._storage, self._links.base, wanted, self._language(request))

    @get(ONE, raises=(CallUnknown,))
    async def get_call(self, request: web.Request, path: CallPath) -> shapes.Call | shapes.Delivery:
        """One call, or one attempt to deliver a notification, opened where it was sealed."""
        entry, at = await self._find(path), self._clock.real_now()
        exchange, view = entry.what, exchange_view(entry, self._faces, self._language(request))
        assert isinstance(exchange, Exchange)
        asked = await self._storage.read(lambda tx: self._faces.asked(exchange, tx, at))
        view.request.opened = dict(asked.opened) or None
        return view

    @get(f"{ONE}/curl", media_type="text/plain", raises=(CallUnknown,))
    async def get_curl(self, path: CallPath) -> web.Response:
        """The command that sends the call (or the attempt of a notification) again."""
        entry = await self._find(path)
        assert isinstance(entry.what, Exchange)
        return web.Response(text=curl(entry.what, self._links.base) + "\n", content_type="text/plain")

    @post("/journal/verify")
    async def verify_calls(self, request: web.Request, body: VerifyBody) -> shapes.Verification:
        """Whether the calls that came in are those that a test expects: how many, or in which order."""
        inquiry, lang = self._inquiry(body), self._language(request)

        def answered(tx: UnitOfWork) -> shapes.Verification:
            return _verification(inquiry, None if inquiry.look(tx) else tx, self._faces, lang)

        return await self._storage.read(answered)

    @post("/journal/wait", also={408: shapes.NotCalled})
    async def wait_for_calls(self, request: web.Request, body: WaitBody) -> shapes.Verification | web.Response:
        """Answers as `verify` does once it matches, or 408 after `timeout` real seconds."""
        lang = self._language(request)
        inquiry, matched = await self._until(body)
        if matched:
            return _verification(inquiry, None, self._faces, lang)
        found = await self._storage.read(lambda tx: _verification(inquiry, tx, self._faces, lang))
        return reply(shapes.NotCalled(_not_called(found)), 408)

    # -- parts ---------------------------------------------------------------------------------------------------------

    async def _until(self, body: WaitBody) -> tuple[JournalWatch, bool]:
        inquiry = self._inquiry(body)
        ends = asyncio.get_running_loop().time() + body.timeout
        with self._changes.subscribe() as changes:
            # Never cut off in the middle of a look: what it has taken belongs to the next.
            while not await self._storage.read(inquiry.look):
                try:
                    async with asyncio.timeout_at(ends):
                        committed = await changes.next()
                        while not (committed.calls or committed.forgotten):
                            committed = await changes.next()
                except TimeoutError:
                    return inquiry, False
                if committed.forgotten:
                    # Numbers begin again where the newest lines were dropped.
                    inquiry = self._inquiry(body)
        return inquiry, True

    def _inquiry(self, body: VerifyBody) -> JournalWatch:
        return JournalWatch(question_of(body), self._faces)

    async def _find(self, path: CallPath) -> Entry:
        entry = await self._storage.read(lambda tx: tx.journal.entry(int(path.id)))
        if entry is None or not isinstance(entry.what, Exchange):
            raise CallUnknown(path.id)
        return entry


def _verification(inquiry: JournalWatch, tx: UnitOfWork | None, faces: Faces, lang: Lang) -> shapes.Verification:
    """The answer; with a transaction, of a question that did not match: then it says why."""
    question = inquiry.question
    found = shapes.Verification(
        matched=question.matched,
        count=question.count,
        items=[call_view(entry, faces, lang) for entry in question.items],
        near_misses=[],
        unmatched=question.unmatched,
    )
    said = [] if tx is None else [question.explain(lang)]
    if tx is not None:
        found.near_misses = [_miss_view(miss, lang) for miss in inquiry.near_misses(tx)]
        if not found.near_misses and not question.items:
            said.append(words.NOTHING_CALLED.say(lang))
    if not inquiry.whole:
        said.append(words.LOOKED_THROUGH.say(lang, lines=LOOKED))
    found.explanation = ("" if lang == "zh" else " ").join(said) or None
    return found


def _not_called(found: shapes.Verification) -> shapes.NotCalledDetail:
    return shapes.NotCalledDetail(
        code="timeout",
        message=found.explanation or "",
        count=found.count,
        near_misses=found.near_misses,
        unmatched=found.unmatched,
    )


def _miss_view(miss: NearMiss, lang: Lang) -> shapes.NearMiss:
    return shapes.NearMiss(miss.entry.id, summary(miss.exchange, lang), list(miss.differences))
