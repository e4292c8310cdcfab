"""An exchange's facts, flat: what is told of it is remembered as it was."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.exchange_facts import Facts, remembered, told
from sandbox.core.journal import CallRefusal, Exchange, ExchangeKind, Message, Played
from sandbox.core.origin import Origin

WORDS = st.text(max_size=5)
REFUSALS = st.builds(CallRefusal, WORDS, WORDS, WORDS).filter(lambda one: one != CallRefusal())
PLAYED = st.builds(Played, WORDS, WORDS, WORDS).filter(lambda one: one != Played())


def exchange(kind: ExchangeKind, **known: object) -> Exchange:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    origin = Origin("v2")
    return Exchange(at=at, kind=kind, origin=origin, method="POST", path="/", request=Message(), **known)  # type: ignore[arg-type]


@given(
    kind=st.sampled_from(ExchangeKind),
    refusal=st.none() | REFUSALS,
    played=st.none() | PLAYED,
    endpoint=WORDS,
    out_refund_no=WORDS,
    out_order_no=WORDS,
    receiver=WORDS,
    query=WORDS,
    raw_path=WORDS,
    uncertified=st.booleans(),
    single=st.booleans(),
    reply_cut=st.booleans(),
    facts=st.dictionaries(st.sampled_from(["field", "mch_id", "host"]), st.text() | st.integers()),
)
def test_what_is_told_is_remembered(kind: ExchangeKind, **known: object) -> None:
    assert remembered(told(exchange(kind, **known))) == known


def test_the_names_are_those_of_the_contract() -> None:
    """As journals have them that were written before there were fields for this."""
    failed = {"err_code": "ORDERPAID", "err_code_des": "该订单已支付", "scenario": "s", "scenario_fault": "ORDERPAID"}
    copy: Facts = {"out_refund_no": "R1", "single": 1, "scenario": "s", "notify_fault": "wrong-sign", "hostile": 1}
    kept: list[tuple[ExchangeKind, Facts]] = [
        (ExchangeKind.API, {"fault": "length", "field": "body", "return_msg": "body参数长度有误"}),
        (ExchangeKind.API, {**failed}),
        (ExchangeKind.API, {"endpoint": "*", "certificate": "waived"}),
        (ExchangeKind.NOTIFICATION, copy),
    ]
    for kind, facts in kept:
        assert told(exchange(kind, **remembered(facts))) == facts
