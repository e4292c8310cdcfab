"""What the merchant's app, page or iOS app gets back. Source: protocol notes, section 6.2; docs/fidelity.md."""

from typing import Any

from sandbox.core.catalogue import Lang
from sandbox.core.client import ClientResult, Outcome
from sandbox.core.links import Links
from sandbox.core.orders import Order, TradeType
from sandbox.wechat.invocation import Channel
from sandbox.wechat.invoking import Reply
from sandbox.wechat.second_signature import masked_text

_RETURN_KEYS = {Outcome.SUCCESS: "", Outcome.ERROR: "(null)", Outcome.CANCEL: "(null)"}
"""As iOS apps were seen to get it: empty after a success, the literal `(null)` otherwise."""


def answer_of(reply: Reply, links: Links, since: int, lang: Lang) -> dict[str, Any]:
    """The answer in the channel's own form. `since` is where waiting for the payer starts (`client/result`)."""
    forms = {Channel.APP: _to_app, Channel.JSAPI: _to_page, Channel.IOS: _to_ios}
    body = forms[reply.invocation.channel](reply)
    opened = reply.order is not None and reply.refused is None
    body["cashier_url"] = links.cashier_url(reply.order) if opened and reply.order else None
    return body | _why(reply, lang) | ({"since": since} if opened else {})


def _to_app(reply: Reply) -> dict[str, Any]:
    """PayResp: errCode is null until the payer has acted."""
    return {"errCode": reply.result.err_code if reply.result else None, "errStr": _err_str(reply)}


def _to_page(reply: Reply) -> dict[str, Any]:
    """What the bridge's callback gets, and the plain codes beside it."""
    err_msg = reply.result.err_msg(TradeType.JSAPI) if reply.result else None
    failed = reply.result is not None and reply.result.outcome is Outcome.ERROR
    described = {"err_code": "-1", "err_desc": _err_str(reply)} if failed else {}
    return {"err_msg": err_msg, **described, **_to_app(reply)}


def _to_ios(reply: Reply) -> dict[str, Any]:
    """The URL with which WeChat goes back to the app; it never carries the errStr."""
    url = return_url(reply.invocation.appid, reply.result) if reply.result else None
    return {"url": url, **_to_app(reply)}


def return_url(appid: str, result: ClientResult) -> str:
    return f"{appid}://pay/?returnKey={_RETURN_KEYS[result.outcome]}&ret={result.err_code}"


def _err_str(reply: Reply) -> str:
    if reply.refused:
        return reply.refused.err_str
    return reply.result.err_str if reply.result else ""


def _why(reply: Reply, lang: Lang) -> dict[str, Any]:
    """Cause and explanation, for a person; a wrong signature shows the text to sign, its key hidden."""
    cause = {"cause": reply.result.cause.value} if reply.result and reply.result.cause else {}
    if reply.refused is None:
        return cause
    told = {**cause, "explanation": reply.refused.explain(lang)}
    if reply.refused.explanation.startswith("sign_"):
        told["string_to_sign"] = masked_text(reply.invocation)
    return told


def result_of(order: Order, result: ClientResult | None, since: int) -> dict[str, Any]:
    """How the payer's act ended, for whoever waits for it; nulls while nothing has happened."""
    told: dict[str, Any] = {"trade_state": order.trade_state.value, "since": since, "errCode": None, "errStr": ""}
    if result is None:
        return told
    told |= {"outcome": result.outcome.value, "errCode": result.err_code, "errStr": result.err_str}
    if result.cause:
        told["cause"] = result.cause.value
    err_msg = result.err_msg(order.terms.trade_type)
    if err_msg:
        told["err_msg"] = err_msg
    if order.terms.trade_type is TradeType.APP:
        told["url"] = return_url(order.terms.sub_appid or order.terms.appid, result)
    return told
