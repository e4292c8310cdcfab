"""The tabs of the debugging tool: each gives what its templates show, for a form as it was filled in."""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sandbox.console.debugging.debug_forms import FormValues, plain_rows, rows_of
from sandbox.console.debugging.messages import highlighted, pretty, show
from sandbox.console.first_steps.sample import receiver_url
from sandbox.console.frame.view import HOME, Console, lang_of, merchant_path, order_path, say
from sandbox.console.orders.sentences import verdict_told
from sandbox.core.client import Outcome
from sandbox.core.errors import ApiUnknown, MessageUnreadable, NoticeUnopened, OrderNotFound
from sandbox.core.invocation import CHANNELS, DIALECTS, ClientChannel
from sandbox.core.journal import Exchange, Message
from sandbox.core.notifications import NotificationKind
from sandbox.core.ports.calls import MASK, Api, Notice, Signable, Signing
from sandbox.debugging.programs import LANGUAGES, program
from sandbox.debugging.service import CallDraft, Called, Checked, DebugService, NoKey
from sandbox.words import debugging as words
from sandbox.words.faults import fault_told, remark
from sandbox.words.signing import explained
from sandbox.words.unreadable import why_unreadable

Context = dict[str, Any]
Tab = Callable[[Console, web.Request, FormValues, str], Awaitable[Context]]

_SIGNED_IN = ("Authorization",)
"""The headers in which a signature may stand: these are shown."""
_CHANNELS: dict[str, ClientChannel] = {"app": "app", "jsapi": "jsapi", "mini_program": "mini_program"}


async def request_tab(console: Console, request: web.Request, given: FormValues, act: str) -> Context:
    """Any call: its form, the steps of its signature, and, sent, its answer."""
    service, lang = tool(console, given), lang_of(request)
    api = api_chosen(service, given)
    examples = service.face.api.examples(api, await service.case(given.merchant, receiver_url(request)))
    values = given.fields_or(examples)
    draft = await drafted(service, given, values, api)
    usual = service.face.signatures.algorithms[0]
    context: Context = {
        "api": api,
        "apis": service.face.api.apis(),
        "rows": rows_of(api, values, lang),
        "steps": draft.signing(shown=given.shown),
        "algorithm": draft.algorithm,
        "undeclared": draft.algorithm != usual
        and not service.face.signatures.algorithm(values)
        and api.algorithm == usual,
        "url": console.links.base + api.path,
    }
    try:
        message = draft.message()
    except MessageUnreadable:
        return {**context, "xml": None, "programs": []}
    context |= {
        "url": console.links.base + message.target,
        "headers": [(name, value) for name, value in message.headers if name in _SIGNED_IN],
        "xml": pretty(message.text) or highlighted(message.text),
        "programs": programs(console, draft, message, shown=given.shown),
    }
    if act == "send":
        called = await service.call(
            api, message, key=given.get("key"), mch_id=given.merchant.mch_id, algorithm=draft.algorithm
        )
        context["answer"] = await answered(console, request, called)
    return context


def tool(console: Console, given: FormValues) -> DebugService:
    """The tool for the version of the API that was chosen; raises FaceUnknown."""
    return console.debug.of(console.faces.named(given.get("face")))


def api_chosen(service: DebugService, given: FormValues) -> Api:
    """The call that was chosen, else the first by which an order is placed."""
    try:
        return service.face.api.api(given.get("api"))
    except ApiUnknown:
        return service.face.api.api(next(iter(service.face.api.placing())))


async def drafted(service: DebugService, given: FormValues, values: Mapping[str, str], api: Api) -> CallDraft:
    """A call with these values; the algorithm is as the form says, else as was chosen, else the call's usual one."""
    algorithm = service.algorithm(given.fields, given.get("algorithm"), api.algorithm)
    return await service.draft(api, values, given.merchant, key=given.get("key"), algorithm=algorithm)


async def signer(service: DebugService, given: FormValues) -> str:
    """What signs: a key typed in, else the merchant's."""
    return await service.key(given.get("key"), given.merchant)


def notice_signer(service: DebugService, given: FormValues) -> str:
    """What signs or seals a notification: a key typed in, else the merchant's."""
    return service.notice_key(given.get("key"), given.merchant)


def programs(console: Console, draft: CallDraft, message: Signable, *, shown: bool) -> list[tuple[str, str, str]]:
    """Name, title and code of each; the key is hidden unless it is shown."""
    write = partial(program, draft=draft, base=console.links.base, message=message, key="" if shown else MASK)
    return [(name, title, write(name)) for name, title in LANGUAGES.items()]


async def answered(console: Console, request: web.Request, called: Called) -> Context:
    """What came back: in a sentence, raw, and its signature."""
    lang, exchange, answer = lang_of(request), called.exchange, called.answer
    if exchange.status is None:
        told = verdict_told(exchange.verdict, lang)
        return {"good": False, "sentence": say(request, words.NO_ANSWER, why=told.explanation if told else "")}
    entry = await console.storage.read(lambda tx: tx.journal.entry(called.call_id)) if called.call_id else None
    call = entry.what if entry else None
    good, sentence = _said(console, request, called)
    return {
        "good": good,
        "sentence": sentence,
        "why": fault_told(call, lang) if isinstance(call, Exchange) else "",
        "remark": remark(call, lang) if isinstance(call, Exchange) else "",
        "mend": mended_at(call) if isinstance(call, Exchange) else "",
        "status": exchange.status,
        "ms": f"{exchange.duration_ms:.1f}",
        "body": show(exchange.reply),
        "call": f"{HOME}/calls/{called.call_id}" if called.call_id else "",
        "order": _order_of(call) if good and isinstance(call, Exchange) else "",
        "prepay_id": answer.get("prepay_id", ""),
        "trade_type": answer.get("trade_type", ""),
        "checked": checked(request, called.checked) if called.checked else None,
        "unsigned": bool(answer) and called.checked is None,
    }


_PRODUCT = ("product_not_opened", "product_pending", "product_restricted")


def mended_at(call: Exchange) -> str:
    """The address of the page where a merchant is set so that a refused call would pass; empty where none does."""
    fault, (mch_id, sub_mch_id) = call.fault, (str(call.facts.get(name, "")) for name in ("mch_id", "sub_mch_id"))
    if fault in ("sub_merchant_missing", "sub_merchant_unauthorized"):
        return merchant_path(mch_id, "/sub-merchants")
    if fault == "product_not_granted" or (fault in _PRODUCT and sub_mch_id):
        return merchant_path(mch_id, f"/sub-merchants#s{quote(sub_mch_id)}")
    if fault in _PRODUCT:
        return merchant_path(mch_id) + "#products"
    return merchant_path(mch_id) if fault in ("pairing", "sub_merchant") else ""


def _order_of(call: Exchange) -> str:
    """The address of the order or transfer that a call is about, where it is about one."""
    return order_path(call.key) if call.key and call.key.number else ""


def _said(console: Console, request: web.Request, called: Called) -> tuple[bool, str]:
    if not called.answer:
        return True, say(request, words.A_FILE)
    told = console.faces.of(called.exchange).api.told(called.answer)
    if told.good:
        return True, say(request, words.WENT_WELL, code=told.code)
    return False, say(request, words.REFUSED, code=told.code, words=told.words)


def checked(request: web.Request, found: Checked) -> Context:
    """A signature that was checked, step by step, and why it is wrong."""
    diagnosis = found.diagnosis
    explanation, fix = explained([diagnosis.mistake, *diagnosis.also], diagnosis.facts, lang_of(request))
    return {
        "valid": diagnosis.valid,
        "steps": found.signing,
        "algorithm": diagnosis.sign_type,
        "given": diagnosis.given,
        "expected": diagnosis.expected,
        "signed": diagnosis.signed,
        "explanation": "" if diagnosis.valid else explanation,
        "fix": "" if diagnosis.valid else fix,
    }


async def check_tab(console: Console, request: web.Request, given: FormValues, act: str) -> Context:
    """Any message: is its signature right, over which string, and if not, why."""
    text = given.get("message")
    context: Context = {"message": text}
    if not text.strip():
        return context
    face = console.faces.fitting(text.encode())
    service = console.debug.of(face)
    try:
        found = await service.check(face.signatures.read(text), given.get("key"), given.get("signer"))
    except MessageUnreadable as unreadable:
        return {**context, "mistake": unreadable_told(request, face.name, unreadable)}
    except NoKey:
        return {**context, "mistake": say(request, words.NO_KEY)}
    return {**context, "checked": checked(request, found)}


def unreadable_told(request: web.Request, face: str, unreadable: MessageUnreadable) -> str:
    if unreadable.reason == "json":
        return say(request, words.OTHER_JSON)
    lang = lang_of(request)
    facts = {**unreadable.facts, **unreadable.place}
    return ("" if lang == "zh" else " ").join(why_unreadable(face, unreadable.reason, facts, lang))


async def second_tab(console: Console, request: web.Request, given: FormValues, act: str) -> Context:
    """What the backend hands to the client for an order, and what the client says."""
    service, lang = tool(console, given), lang_of(request)
    order = (await service.case(given.merchant)).order
    prepay_id = given.get("prepay_id") or (order.prepay.prepay_id if order else "")
    by_type: ClientChannel = "jsapi" if order and order.terms.trade_type.value == "JSAPI" else "app"
    channel = _CHANNELS.get(given.get("channel"), by_type)
    context: Context = {
        "prepay_id": prepay_id,
        "channel": channel,
        "page": given.get("page"),
        "outcome": given.get("outcome"),
        "hand": given.get("hand"),
    }
    try:
        second = await service.second(
            channel, prepay_id, nonce_str=given.get("nonce"), timestamp=given.get("timestamp"), key=given.get("key")
        )
    except OrderNotFound:
        return {**context, "second": None}
    name = DIALECTS[CHANNELS[channel]].sign
    fields = {**second.fields, **({name: given.get("hand")} if given.get("hand") else {})}
    merchant = console.storage.accounts.merchant(second.order.key.mch_id)
    page = given.get("page", next(iter(merchant.jsapi_directories), ""))
    signatures = console.faces.of(second.order).signatures
    algorithm = signatures.algorithm_of(second.order)
    shown = signatures.steps(
        Signable(fields=dict(second.signing.pairs)),
        await service.of(console.faces.of(second.order)).key(given.get("key"), merchant),
        algorithm,
        shown=given.shown,
    )
    handed = {one: value for one, value in fields.items() if channel != "mini_program" or one != "appId"}
    context |= {
        "second": second,
        "page": page,
        "steps": shown,
        "algorithm": algorithm,
        "handed": json.dumps(handed, ensure_ascii=False, indent=2),
        "nonce": fields.get("noncestr") or fields.get("nonceStr", ""),
        "timestamp": fields.get("timestamp") or fields.get("timeStamp", ""),
        "order": order_path(second.order.key),
    }
    if act == "send":
        outcome = Outcome(given.get("outcome")) if given.get("outcome") in set(Outcome) else None
        context["says"] = await console.client.invoke(channel, fields, lang, outcome=outcome, page=page)
    return context


async def payment_tab(console: Console, request: web.Request, given: FormValues, act: str) -> Context:
    return await _notice(console, request, given, act, NotificationKind.PAYMENT)


async def refund_tab(console: Console, request: web.Request, given: FormValues, act: str) -> Context:
    context = await _notice(console, request, given, act, NotificationKind.REFUND)
    if sealed := given.get("sealed").strip():
        context["sealed"] = sealed
        service = console.debug.of(console.faces.fitting(sealed.encode()))
        try:
            opened = service.face.notifications.open(sealed.encode(), notice_signer(service, given))
        except MessageUnreadable as unreadable:
            return {**context, "mistake": unreadable_told(request, service.face.name, unreadable)}
        except NoticeUnopened:
            return {**context, "mistake": say(request, words.SEALS[service.face.name].unopened)}
        context |= {"opened": list(opened.sealed.items()), "opened_title": words.SEALS[service.face.name].opened}
    return context


async def _notice(
    console: Console, request: web.Request, given: FormValues, act: str, kind: NotificationKind
) -> Context:
    """A notification by hand."""
    service = tool(console, given) if given.get("face") else await console.debug.of_newest_paid(given.merchant)
    face, key = service.face, notice_signer(service, given)
    order = (await service.case(given.merchant)).paid
    # The form names every field: one that is empty was emptied.
    made = await service.notice(kind, given.merchant)
    changed = await service.notice(kind, given.merchant, given.fields) if given.fields else made
    told = order if kind is NotificationKind.PAYMENT else None
    usual = console.faces.of(told).signatures.algorithm_of(told) if told else ""
    algorithm = service.algorithm(given.fields, given.get("algorithm"), usual)
    url = given.get("url") or (order.terms.notify_url if order else "") or receiver_url(request)
    choices = face.api.choices
    context: Context = {
        "kind": kind,
        "face": face,
        "seal": words.SEALS[face.name],
        "beside": plain_rows(
            {**{one: "" for one in given.fields if one not in made.sealed}, **changed.fields}, choices
        ),
        "inside": plain_rows({**{one: "" for one in given.fields if one in made.sealed}, **changed.sealed}, choices),
        "url": url,
        "algorithm": algorithm,
        "sealed": "",
    }
    try:
        message: Message = await service.written(kind, changed, given.merchant, key, algorithm)
        fields = face.messages.read(message.body)
    except MessageUnreadable:
        return {**context, "xml": None}
    seen = show(message)
    context |= {
        "xml": seen.pretty or seen.text,
        "sealed_value": fields.get(words.SEALS[face.name].place, ""),
        "steps": await _signed(service, given, changed, message, algorithm),
    }
    if act == "send":
        attempt = await service.deliver(kind, changed, message, url=url, key=key, merchant=given.merchant)
        context["attempt"] = {
            "verdict": verdict_told(attempt.verdict, lang_of(request)),
            "status": attempt.status,
            "ms": f"{attempt.duration_ms:.1f}",
            "body": show(attempt.reply),
        }
    return context


async def _signed(
    service: DebugService, given: FormValues, notice: Notice, message: Message, algorithm: str
) -> Signing | None:
    """How a notification is signed; None for one that is not."""
    signatures = service.face.signatures
    if not notice.sealed:
        key = notice_signer(service, given)
        return signatures.steps(Signable(fields=notice.fields), key, algorithm, shown=given.shown)
    sent = Signable(fields=notice.fields, headers=message.headers, body=message.body)
    if not signatures.given(sent):
        return None
    return signatures.steps(sent, await service.key("", given.merchant, sent), algorithm, shown=False)


TABS: dict[str, Tab] = {
    "request": request_tab,
    "check": check_tab,
    "second": second_tab,
    "payment": payment_tab,
    "refund": refund_tab,
}
