"""An exchange's facts, flat: as the journal's column keeps them, and as control API and logs tell them.

`told` and `remembered` are a pair: what one writes, in this version or an earlier one, the other reads.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.core.journal import KEPT_BYTES, CallRefusal, Exchange, ExchangeKind, Played

Facts = dict[str, str | int]

_TEXTS = ("endpoint", "out_refund_no", "out_order_no", "receiver", "query", "raw_path")
"""Fields that are told by their own names, where there is anything in them."""


def told(exchange: Exchange) -> Facts:
    """All facts of an exchange by the names that the contract has for them."""
    facts = dict(exchange.facts)
    if exchange.refusal is not None:
        facts |= _told_of_refusal(exchange.refusal)
    if exchange.played is not None:
        facts |= _told_of_play(exchange.played, exchange.kind)
    for name in _TEXTS:
        if value := getattr(exchange, name):
            facts[name] = value
    if exchange.uncertified:
        facts["certificate"] = "waived"
    if exchange.single:
        facts["single"] = 1
    if exchange.reply_cut:
        facts["reply_cut"] = KEPT_BYTES
    return facts


def _told_of_refusal(refusal: CallRefusal) -> Facts:
    named = {"fault": refusal.fault} if refusal.fault else {}
    if refusal.code:
        return {**named, "err_code": refusal.code, "err_code_des": refusal.message}
    return {**named, "return_msg": refusal.message} if refusal.message else {**named}


def _told_of_play(played: Played, kind: ExchangeKind) -> Facts:
    name = "scenario_fault" if kind is ExchangeKind.API else "notify_fault"
    named = (("scenario", played.scenario), (name, played.fault), ("scenario_lacking", played.lacking))
    return {key: value for key, value in named if value}


def remembered(facts: Mapping[str, str | int]) -> dict[str, Any]:
    """What `told` was made of, as arguments of Exchange."""
    rest = dict(facts)

    def take(name: str) -> str:
        return str(rest.pop(name, ""))

    code, des, return_msg, fault = take("err_code"), take("err_code_des"), take("return_msg"), take("fault")
    played = Played(take("scenario"), take("scenario_fault") or take("notify_fault"), take("scenario_lacking"))
    refusal = CallRefusal(code, des if code else return_msg, fault)
    return {
        "refusal": None if refusal == CallRefusal() else refusal,
        "played": None if played == Played() else played,
        **{name: take(name) for name in _TEXTS},
        "uncertified": take("certificate") == "waived",
        "single": bool(take("single")),
        "reply_cut": bool(take("reply_cut")),
        "facts": rest,
    }
