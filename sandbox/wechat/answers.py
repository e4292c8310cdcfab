"""What the merchant's app, page or iOS app gets back. Source: V2 notes, 6.2; docs/fidelity.md."""

import msgspec
from msgspec.structs import asdict

from sandbox.core.causes import Cause
from sandbox.core.client import ClientResult, Outcome
from sandbox.core.journal import Exchange
from sandbox.core.links import Links
from sandbox.core.native import Scanned
from sandbox.core.orders import Order, TradeState, TradeType
from sandbox.core.text import Lang
from sandbox.web.shapes import Answer
from sandbox.wechat.invoking import Reply
from sandbox.words.causes import explain
from sandbox.words.native import explanation_of, sentence_of

_RETURN_KEYS = {Outcome.SUCCESS: "", Outcome.ERROR: "(null)", Outcome.CANCEL: "(null)"}
"""As iOS apps were seen to get it: empty after a success, the literal `(null)` otherwise."""


class PayResp(Answer, kw_only=True):
    """What an app gets: `errCode` is null until the payer has acted at `cashier_url`.

    `cause`, `explanation` and `string_to_sign` (its key hidden) tell a person why it is -1; `since` is where waiting
    for the payer starts.
    """

    err_code: int | None = msgspec.field(name="errCode")
    err_str: str = msgspec.field(name="errStr")
    cashier_url: str | None
    cause: Cause | None = None
    explanation: str | None = None
    string_to_sign: str | None = None
    since: int | None = None


class JsapiPayResp(PayResp, kw_only=True):
    """What the bridge's callback gets, and the plain codes beside it; `err_msg` is null until the payer has acted."""

    err_msg: str | None
    bridge_err_code: str | None = msgspec.field(name="err_code", default=None)
    err_desc: str | None = None


class IosPayResp(PayResp, kw_only=True):
    """The URL with which WeChat goes back to the app; it never carries the errStr."""

    url: str | None


class NativeCallback(Answer, kw_only=True):
    """How the merchant was asked for an order, and what it answered."""

    url: str
    request: str
    status: int | None
    reply: str
    duration_ms: float


class NativeResp(Answer, kw_only=True):
    """What a scan led to: the order's cashier, or WeChat's sentence (`errStr`).

    `verdict` is "ok" or what is wrong with the code or the merchant's answer; `callback` is null where nobody was
    asked.
    """

    err_str: str = msgspec.field(name="errStr")
    cashier_url: str | None
    out_trade_no: str | None
    prepay_id: str | None
    verdict: str
    explanation: str
    callback: NativeCallback | None


class PayResult(Answer, kw_only=True):
    """How the payer's act ended, for whoever waits for it; `errCode` is null while nothing has happened."""

    trade_state: TradeState
    since: int
    err_code: int | None = msgspec.field(name="errCode")
    err_str: str = msgspec.field(name="errStr")
    outcome: Outcome | None = None
    cause: Cause | None = None
    err_msg: str | None = None
    url: str | None = None


def to_app(reply: Reply, links: Links, since: int, lang: Lang) -> PayResp:
    result, refused = reply.result, reply.refused
    told = PayResp(
        err_code=result.err_code if result else None,
        err_str=_err_str(reply),
        cashier_url=None,
        cause=result.cause if result else None,
    )
    if refused is None and reply.order is not None:
        told.cashier_url, told.since = links.cashier_url(reply.order), since
    if refused is not None:
        told.explanation, told.string_to_sign = explain(refused.facts(), lang), refused.string_to_sign or None
    return told


def to_page(reply: Reply, links: Links, since: int, lang: Lang) -> JsapiPayResp:
    err_msg = reply.result.err_msg(TradeType.JSAPI) if reply.result else None
    told = JsapiPayResp(**asdict(to_app(reply, links, since, lang)), err_msg=err_msg)
    if reply.result is not None and reply.result.outcome is Outcome.ERROR:
        told.bridge_err_code, told.err_desc = "-1", told.err_str
    return told


def to_ios(reply: Reply, links: Links, since: int, lang: Lang) -> IosPayResp:
    url = return_url(reply.invocation.appid, reply.result) if reply.result else None
    return IosPayResp(**asdict(to_app(reply, links, since, lang)), url=url)


def to_scanner(found: Scanned, links: Links, lang: Lang) -> NativeResp:
    order, asked = found.order, found.exchange
    return NativeResp(
        err_str="" if found.order else sentence_of(found.verdict).say("zh"),
        cashier_url=links.cashier_url(order) if order else None,
        out_trade_no=order.key.out_trade_no if order else None,
        prepay_id=order.prepay.prepay_id if order else None,
        verdict=found.verdict.public_name,
        explanation=explanation_of(found.verdict).say(lang),
        callback=_callback(asked) if asked else None,
    )


def _callback(asked: Exchange) -> NativeCallback:
    return NativeCallback(
        url=asked.path,
        request=asked.request.body.decode("utf-8", "replace"),
        status=asked.status,
        reply=asked.reply.body.decode("utf-8", "replace"),
        duration_ms=asked.duration_ms,
    )


def return_url(appid: str, result: ClientResult) -> str:
    return f"{appid}://pay/?returnKey={_RETURN_KEYS[result.outcome]}&ret={result.err_code}"


def _err_str(reply: Reply) -> str:
    if reply.refused:
        return reply.refused.err_str
    return reply.result.err_str if reply.result else ""


def result_of(order: Order, result: ClientResult | None, since: int) -> PayResult:
    told = PayResult(trade_state=order.trade_state, since=since, err_code=None, err_str="")
    if result is None:
        return told
    told.outcome, told.err_code, told.err_str = result.outcome, result.err_code, result.err_str
    told.cause, told.err_msg = result.cause, result.err_msg(order.terms.trade_type)
    if order.terms.trade_type is TradeType.APP:
        told.url = return_url(order.terms.sub_appid or order.terms.appid, result)
    return told
