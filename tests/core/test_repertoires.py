"""What a face has none of is left out of a plan, by name; all else happens as it was planned."""

from dataclasses import replace

import pytest

from sandbox.core.plans import (
    Alteration,
    AnswerFault,
    CallFault,
    MessageFault,
    Plan,
    Reason,
    RefundAct,
    Sending,
    SignedBy,
)
from sandbox.core.repertoire import Repertoire

FORGED = Sending(alteration=Alteration(fault=MessageFault.XXE))
LOWER = Sending(alteration=Alteration(fault=MessageFault.AMOUNT_LOWER))
SET = Sending(alteration=Alteration(set={"attach": "x"}))
HONEST = Sending()
LITTLE = Repertoire(
    answers=frozenset({AnswerFault.SLOW}),
    payments=frozenset({MessageFault.AMOUNT_LOWER}),
    refunds=frozenset(),
)


def plan(**parts: object) -> Plan:
    return Plan(scenario="x", why=Reason(name="order"), **parts)  # type: ignore[arg-type]


def test_a_face_with_every_fault_changes_nothing() -> None:
    whole = plan(sendings=(FORGED, HONEST), faults=(CallFault(fault=AnswerFault.RESET),))
    assert Repertoire().within(whole) is whole
    assert Repertoire().lacking(whole) == []


def test_messages_with_a_fault_that_it_has_not_are_not_sent() -> None:
    whole = plan(sendings=(FORGED, LOWER, SET, HONEST))
    assert LITTLE.lacking(whole) == ["xxe"]
    assert LITTLE.within(whole).sendings == (LOWER, SET, HONEST)


def test_refunds_have_a_repertoire_of_their_own() -> None:
    whole = plan(refunds=(RefundAct(status="CHANGE", sendings=(LOWER, HONEST)), RefundAct()))
    assert LITTLE.lacking(whole) == ["amount-lower"]
    assert LITTLE.within(whole).refunds == (RefundAct(status="CHANGE", sendings=(HONEST,)), RefundAct())


def test_calls_are_answered_as_always_in_place_of_a_fault_that_it_has_not() -> None:
    slow, code = CallFault(fault=AnswerFault.SLOW, seconds=1), CallFault(code="SYSTEMERROR")
    whole = plan(faults=(CallFault(fault=AnswerFault.RESET), slow, code))
    assert LITTLE.lacking(whole) == ["reset"]
    assert LITTLE.within(whole).faults == (slow, code)


def test_fields_are_changed_only_where_the_face_does() -> None:
    whole = plan(sendings=(SET, LOWER), faults=(CallFault(set={"attach": "x"}), CallFault(fault=AnswerFault.SLOW)))
    few = replace(LITTLE, fields=False)
    assert LITTLE.within(whole) is whole
    assert few.lacking(whole) == ["altered"]
    assert few.within(whole) == plan(sendings=(LOWER,), faults=(CallFault(fault=AnswerFault.SLOW),))


def test_what_is_lacking_is_named_once() -> None:
    whole = plan(sendings=(FORGED, FORGED), refunds=(RefundAct(sendings=(FORGED,)),))
    assert LITTLE.lacking(whole) == ["xxe"]


@pytest.mark.parametrize("sendings", [None, ()])
def test_nothing_planned_stays_nothing_planned(sendings: tuple[Sending, ...] | None) -> None:
    whole = plan(sendings=sendings, faults=(CallFault(fault=AnswerFault.RESET),))
    assert LITTLE.within(whole).sendings == sendings


def test_a_face_whose_messages_wechat_pay_signs_with_no_key_of_its_own_has_no_choice_of_it() -> None:
    whole = plan(sendings=(HONEST,), signed_by=SignedBy(key="public_key"))
    assert Repertoire().lacking(whole) == []
    assert Repertoire(keys=False).lacking(whole) == ["signed-by"]
    assert Repertoire(keys=False).within(whole) == plan(sendings=(HONEST,))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_a_share_of_the_messages_is_signed_with_one_key_and_the_rest_with_the_other(share: float) -> None:
    ids = [f"N{number}" for number in range(2000)]
    public = [SignedBy(key="public_key", share=share).public(one, 1) for one in ids]
    certificate = [SignedBy(key="certificate", share=share).public(one, 1) for one in ids]
    assert abs(sum(public) / len(ids) - share) < 0.05
    assert certificate == [not one for one in public]


def test_attempts_are_chosen_by_their_number() -> None:
    chosen = SignedBy(key="public_key", attempts="1,3-")
    assert [chosen.public("N1", n) for n in range(1, 5)] == [True, False, True, True]
