"""What each of the first steps does in the sandbox, rightly and wrongly: every result is what really came back."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from aiohttp import web
from markupsafe import Markup

from sandbox.console.debugging.debug_tabs import answered
from sandbox.console.debugging.messages import highlighted, pretty, show
from sandbox.console.first_steps.sample import receiver_url
from sandbox.console.frame.view import Console, lang_of, merchant_path, order_path, say
from sandbox.console.orders.sentences import verdict_told
from sandbox.core.client import ClientSays, Outcome
from sandbox.core.journal import Exchange, Message
from sandbox.core.merchants import Merchant
from sandbox.core.notifications import ATTEMPT_SECONDS, NotificationKind
from sandbox.core.orders import Order
from sandbox.core.ports.calls import Api, Signable, Signing
from sandbox.core.ports.face import Face
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Text
from sandbox.debugging.service import CallDraft, Called, DebugService, SecondSignature
from sandbox.words import debugging as words
from sandbox.words import first_steps as steps

_FOREIGN_MCH_ID = "1900000000"
_FOREIGN_APPID = "wx0000000000000000"
_DEBUG_SIGNATURE = "d" * 32
_BEFORE_THE_ORDER = frozenset({"account", "app", "pairing", "key"})
LOGIN, WRONG = "/login", "/wrong"
"""Mailboxes of the sample shop that answer as merchants often do, and should not."""

Block = tuple[Text, str | Markup]


class Filled(NamedTuple):
    """A call, and what its fields hold."""

    api: Api
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a step: in a sentence, why, and the messages themselves. `link` leads to where it can be seen."""

    good: bool
    sentence: str
    why: str = ""
    blocks: tuple[Block, ...] = ()
    link: tuple[Text, str] | None = None


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """One person's way: by which face, whose merchant, and the number of the order that it is about."""

    console: Console
    request: web.Request
    face: Face
    merchant: Merchant
    out_trade_no: str

    # -- account, app, pairing, key ------------------------------------------------------------------------------------

    async def account(self) -> Result:
        merchant = self.merchant
        facts = f"mch_id: {merchant.mch_id}\n{merchant.name}"
        link = (steps.MERCHANT_PAGE, merchant_path(merchant.mch_id))
        return Result(True, self._say(steps.HERE_IT_IS), blocks=((steps.ACCOUNT, facts),), link=link)

    async def wrong_account(self) -> Result:
        """The number is wrong wherever it stands; all else is the merchant's."""
        foreign = replace(self.merchant, mch_id=_FOREIGN_MCH_ID)
        draft = await self._draft(await self._examples(self._placing, foreign))
        if draft.credentials is not None:
            draft = replace(draft, credentials=replace(draft.credentials, merchant=foreign))
        return await self._send(draft)

    async def app(self) -> Result:
        appid = next(iter(self.merchant.appids), "")
        app = self.console.storage.accounts.app(appid)
        if app is None:
            return Result(False, self._say(steps.NO_APP))
        facts = {"appid": appid, "package_name": app.package_name, "app_signature": app.app_signature}
        text = "\n".join(f"{name}: {value}" for name, value in facts.items() if value)
        return Result(True, self._say(steps.HERE_IT_IS), blocks=((steps.ACCOUNT, text),))

    async def wrong_app(self) -> Result:
        return await self._invoke(device={"app_signature": _DEBUG_SIGNATURE})

    async def pairing(self) -> Result:
        if not self.merchant.appids:
            return Result(False, self._say(steps.NO_APP))
        told = self._say(steps.PAIRED, appid=", ".join(self.merchant.appids), mch_id=self.merchant.mch_id)
        return Result(True, told, link=(steps.MERCHANT_PAGE, merchant_path(self.merchant.mch_id)))

    async def wrong_pairing(self) -> Result:
        return await self._order({"appid": _FOREIGN_APPID})

    async def key(self) -> Result:
        draft = await self._draft(await self._examples(self._placing))
        string = steps.titled(self.face.name, "string")
        signing = draft.signing(shown=False)
        blocks: tuple[Block, ...] = ((string, _lined(signing.string_to_sign)), (steps.SIGNATURE, signing.sign))
        if (message := draft.message()).headers:
            blocks += ((steps.REQUEST, _as_sent(message)),)
        link = (steps.MERCHANT_PAGE, merchant_path(self.merchant.mch_id))
        return Result(True, self._say(steps.SIGNED), "", blocks, link)

    async def wrong_key(self) -> Result:
        draft = await self._draft(await self._examples(self._placing))
        if draft.credentials is not None:
            wrong = self.face.lessons.mistaken_key(draft.credentials)
            draft = replace(draft, credentials=wrong, key=self.face.signatures.key(wrong))
        return await self._send(draft)

    # -- order, second signature, client -------------------------------------------------------------------------------

    async def order(self) -> Result:
        return await self._order({"out_trade_no": self.out_trade_no})

    async def wrong_order(self) -> Result:
        return await self._order(self.face.lessons.yuan)

    async def second(self) -> Result:
        order = await self._placed()
        if order is None:
            return Result(False, self._say(steps.ORDER_FIRST))
        made = await self._signed(order)
        handed = json.dumps(dict(made.fields), indent=2, ensure_ascii=False)
        string = steps.titled(self.face.name, "string")
        blocks: tuple[Block, ...] = ((string, _lined(made.signing.string_to_sign)), (steps.JSON, handed))
        return Result(True, self._say(steps.MADE), blocks=blocks)

    async def wrong_second(self) -> Result:
        return await self._invoke(mistaken=True)

    async def client(self) -> Result:
        order = await self._placed()
        if order is None:
            return Result(False, self._say(steps.ORDER_FIRST))
        return await self._invoke(order, outcome=Outcome.SUCCESS)

    async def wrong_client(self) -> Result:
        return await self._invoke(outcome=Outcome.CANCEL)

    # -- notification, reply, query ------------------------------------------------------------------------------------

    async def notification(self) -> Result:
        attempt = await self._notified()
        if isinstance(attempt, Result):
            return attempt
        now = self.console.clock.real_now()
        opened = (await self.console.storage.read(lambda tx: self.console.faces.asked(attempt, tx, now))).opened
        blocks: tuple[Block, ...] = ((steps.REQUEST, _body(attempt.request)),)
        if opened:
            blocks += ((steps.OPENED, "\n".join(f"{name}: {value}" for name, value in opened.items())),)
        return self._judged(attempt, *blocks)

    async def wrong_notification(self) -> Result:
        return await self._deliver(LOGIN)

    async def reply(self) -> Result:
        attempt = await self._notified()
        if isinstance(attempt, Result):
            return attempt
        return self._judged(attempt, (steps.REPLY, _body(attempt.reply) or f"HTTP {attempt.status}"))

    async def wrong_reply(self) -> Result:
        return await self._deliver(WRONG)

    async def query(self) -> Result:
        return await self._call(self.face.lessons.asking, {"out_trade_no": self.out_trade_no})

    async def wrong_query(self) -> Result:
        order = await self._placed() or await self._another()
        if order is None:
            return await self._order({})
        lessons, prepay_id = self.face.lessons, order.prepay.prepay_id
        result = await self._call(lessons.asking, lessons.asked_wrongly(order))
        why = steps.titled(self.face.name, "asked_wrongly")
        return replace(result, why=self._say(why, prepay_id=prepay_id, length=len(prepay_id)))

    # -- how far one is ------------------------------------------------------------------------------------------------

    async def done(self, taken: frozenset[str]) -> frozenset[str]:
        """Of the steps that were taken and went well, those that still hold: without its order only the first do."""
        return taken if await self._placed() else taken & _BEFORE_THE_ORDER

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _say(self, text: Text, **facts: object) -> str:
        return say(self.request, text, **facts)

    @property
    def _service(self) -> DebugService:
        """The debugging tool's work, for the face of this tour."""
        return self.console.debug.of(self.face)

    @property
    def _placing(self) -> Api:
        return self.face.api.api(self.face.lessons.placing)

    async def _examples(self, api: Api, merchant: Merchant | None = None) -> Filled:
        """A call as its first example has it."""
        fields = dict(self.face.api.examples(api, await self._service.case(merchant or self.merchant)))
        if "notify_url" in fields:
            # The sample shop's own: a merchant's backend may not run yet.
            fields["notify_url"] = receiver_url(self.request)
        return Filled(api, fields)

    async def _draft(self, filled: Filled, changes: Mapping[str, str] = {}) -> CallDraft:
        return await self._service.draft(filled.api, {**filled.fields, **changes}, self.merchant)

    async def _order(self, changes: Mapping[str, str]) -> Result:
        return await self._call(self.face.lessons.placing, changes)

    async def _call(self, path: str, changes: Mapping[str, str]) -> Result:
        return await self._send(await self._draft(await self._examples(self.face.api.api(path)), changes))

    async def _send(self, draft: CallDraft) -> Result:
        message, called = await self._called(draft)
        told = await answered(self.console, self.request, called)
        blocks: tuple[Block, ...] = ((steps.REQUEST, _as_sent(message)),)
        if told.get("body"):
            blocks += ((steps.REPLY, told["body"].pretty or told["body"].text or f"HTTP {told['status']}"),)
        if told["good"] and (checked := told.get("checked")) and checked["valid"]:
            blocks += ((steps.titled(self.face.name, "answer_string"), _lined(checked["steps"].string_to_sign)),)
        link = (words.IN_THE_JOURNAL, told["call"]) if told.get("call") else None
        return Result(told["good"], told["sentence"], told.get("why", ""), blocks, link)

    async def _called(self, draft: CallDraft) -> tuple[Signable, Called]:
        """A call as it was sent, and what came of it."""
        message = draft.message()
        return message, await self._service.call(draft.api, message, mch_id=self.merchant.mch_id)

    async def _placed(self) -> Order | None:
        """The order of this tour, once it is placed."""

        def find(tx: UnitOfWork) -> Order | None:
            return next(iter(tx.orders.named(self.merchant.mch_id, self.out_trade_no)), None)

        return await self.console.storage.read(find)

    async def _another(self) -> Order | None:
        """An order of its own for what goes wrong, so that the tour's stays as it is."""
        _, called = await self._called(await self._draft(await self._examples(self._placing)))
        prepay_id = called.answer.get("prepay_id", "")
        return await self.console.storage.read(lambda tx: tx.orders.by_prepay_id(prepay_id))

    async def _invoke(
        self,
        order: Order | None = None,
        *,
        outcome: Outcome | None = None,
        device: Mapping[str, str] = {},
        mistaken: bool = False,
    ) -> Result:
        """Sign for the client, hand it over, and tell what the client says."""
        order = order or await self._another()
        if order is None:
            return await self._order({})
        fields, string = (await self._signed(order)).fields, ""
        if mistaken:
            signed = await self._mistaken(fields, order)
            fields, string = {**fields, "sign": signed.sign}, signed.string_to_sign
        says = await self.console.client.invoke("app", fields, lang_of(self.request), outcome=outcome, device=device)
        return self._client_said(says, fields, order, string)

    def _client_said(self, says: ClientSays, fields: Mapping[str, str], order: Order, signed: str) -> Result:
        """`signed` is the string that was signed, where it was another than the right one."""
        done = words.CLIENT_DONE.get(says.err_code) if says.err_code is not None else words.CLIENT_WAITS
        told = f"errCode {says.err_code}: {self._say(done or words.CLIENT_WAITS, why=says.err_str)}"
        blocks: tuple[Block, ...] = ((steps.JSON, json.dumps(dict(fields), indent=2, ensure_ascii=False)),)
        if signed:
            wrong, right = (steps.titled(self.face.name, one) for one in ("signed_string", "right_string"))
            blocks += ((wrong, _lined(signed)), (right, _lined(says.string_to_sign)))
        elif says.string_to_sign:
            blocks += ((steps.titled(self.face.name, "string"), _lined(says.string_to_sign)),)
        return Result(says.err_code == 0, told, says.explanation, blocks, (steps.ITS_ORDER, order_path(order.key)))

    async def _signed(self, order: Order) -> SecondSignature:
        """The second signature: of one order always the same, so that the next step hands over what this one shows."""
        nonce = hashlib.sha256(order.prepay.prepay_id.encode()).hexdigest()[:32]
        at = str(int(order.created_at.timestamp()))
        return await self.console.debug.second("app", order.prepay.prepay_id, nonce_str=nonce, timestamp=at)

    async def _mistaken(self, fields: Mapping[str, str], order: Order) -> Signing:
        """How fields are signed as the client does not have them."""
        face = self.console.faces.of(order)
        key = await self.console.debug.of(face).key("", self.merchant)
        algorithm = face.signatures.algorithm_of(order)
        return face.signatures.steps(Signable(fields=face.client.mistaken(fields)), key, algorithm, shown=False)

    async def _attempts(self) -> list[Exchange]:
        """The attempts to notify of the tour's order."""

        def look(tx: UnitOfWork) -> list[Exchange]:
            orders = tx.orders.named(self.merchant.mch_id, self.out_trade_no)
            owed = [one for order in orders for one in tx.notifications.of_order(order.key)]
            return [attempt for one in owed for attempt in tx.journal.attempts(one.id)]

        return await self.console.storage.read(look)

    async def _notified(self) -> Exchange | Result:
        """The latest attempt, as soon as there is one; or why there is none."""
        order = await self._placed()
        if order is None or order.payment is None:
            return Result(False, self._say(steps.PAY_FIRST if order else steps.ORDER_FIRST))
        with self.console.changes.subscribe() as changes, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ATTEMPT_SECONDS):
                while not (attempts := await self._attempts()):
                    await changes.next()
                return attempts[-1]
        return Result(False, self._say(steps.ON_ITS_WAY))

    async def _deliver(self, where: str) -> Result:
        """The notification, to a mailbox that answers as merchants often do."""
        service = self._service
        notice = await service.notice(NotificationKind.PAYMENT, self.merchant)
        key = service.notice_key("", self.merchant)
        message = await service.written(NotificationKind.PAYMENT, notice, self.merchant, key, service.algorithm({}))
        url = receiver_url(self.request) + where
        attempt = await self.console.manual_sender.deliver(url, message, self.face)
        return self._judged(attempt, (steps.REPLY, _body(attempt.reply) or f"HTTP {attempt.status}"))

    def _judged(self, attempt: Exchange, *blocks: Block) -> Result:
        told = verdict_told(attempt.verdict, lang_of(self.request))
        if told is None:
            return Result(False, self._say(steps.ON_ITS_WAY), blocks=blocks)
        why = " ".join(part for part in (told.explanation, "" if told.right else told.fix) if part)
        return Result(told.right, told.title, why, tuple(block for block in blocks if block[1]))


def _body(message: Message) -> str | Markup:
    """A body as people read it."""
    body = show(message)
    return body.pretty or body.text or ""


def _lined(signed: str) -> str | Markup:
    """What is signed; where it is lines, each with its end to be seen."""
    if not signed.endswith("\n"):
        return signed
    return Markup("").join(Markup('<span class="line">{}</span>\n').format(one) for one in signed[:-1].split("\n"))


def _as_sent(message: Signable) -> str | Markup:
    """A call as people read it; with its head where its signature stands there."""
    body = pretty(message.text) or highlighted(message.text)
    if not message.headers:
        return body
    head = "\n".join([f"{message.method} {message.target}", *(": ".join(one) for one in message.headers)])
    return Markup("{}\n\n{}").format(head, body) if body else head


Act = Callable[[FirstSteps], Awaitable[Result]]

ACTS: dict[str, tuple[Act, Act]] = {
    "account": (FirstSteps.account, FirstSteps.wrong_account),
    "app": (FirstSteps.app, FirstSteps.wrong_app),
    "pairing": (FirstSteps.pairing, FirstSteps.wrong_pairing),
    "key": (FirstSteps.key, FirstSteps.wrong_key),
    "order": (FirstSteps.order, FirstSteps.wrong_order),
    "second": (FirstSteps.second, FirstSteps.wrong_second),
    "client": (FirstSteps.client, FirstSteps.wrong_client),
    "notification": (FirstSteps.notification, FirstSteps.wrong_notification),
    "reply": (FirstSteps.reply, FirstSteps.wrong_reply),
    "query": (FirstSteps.query, FirstSteps.wrong_query),
}
"""What the two buttons of each step do."""

LOOKS = frozenset({"account", "app", "pairing", "key", "second"})
"""The steps whose right button only looks or computes: an address may do that again."""
