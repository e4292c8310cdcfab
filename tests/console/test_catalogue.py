"""Every sentence stands in both languages and takes the same facts."""

import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sandbox.core.events import EventName
from sandbox.core.journal import Event
from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import ReasonName
from sandbox.core.text import Text
from sandbox.words import (
    accounts,
    certificates,
    console,
    debugging,
    enrolling,
    events,
    faults,
    first_steps,
    funds,
    journal,
    native,
    refusals,
    scenario_files,
    scenario_pages,
    scenarios,
    signing,
    terminal,
    unreadable,
    verdicts,
)
from sandbox.words.events import EVENTS, duration, sentence
from sandbox.words.scenarios import WHYS

KEY = OrderKey("1900000109", "N1")


def texts(found: object) -> Iterator[Text]:
    """All Texts in a module's values, however nested."""
    if isinstance(found, Text):
        yield found
    elif isinstance(found, dict):
        for value in found.values():
            yield from texts(value)
    elif isinstance(found, tuple | list):
        for value in found:
            yield from texts(value)


MODULES = (
    accounts,
    certificates,
    console,
    debugging,
    enrolling,
    events,
    faults,
    first_steps,
    funds,
    journal,
    native,
    refusals,
    scenario_files,
    scenario_pages,
    scenarios,
    signing,
    terminal,
    unreadable,
    verdicts,
)
ALL = [text for module in MODULES for value in vars(module).values() for text in texts(value)]


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("text", ALL, ids=[text.en[:30] for text in ALL])
def test_both_languages_say_the_same_facts(text: Text) -> None:
    assert text.zh
    assert text.en
    assert facts(text.zh) == facts(text.en)
    if text is not console.OTHER_LANGUAGE:
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", text.en), text.en


def told(name: EventName, /, **known: str | int) -> Event:
    return Event(at=datetime(2026, 11, 23, tzinfo=UTC), name=name, key=KEY, facts=known)


def test_every_event_that_is_noted_has_a_sentence() -> None:
    assert set(EVENTS) == set(EventName)


def test_every_reason_of_a_scenario_has_a_sentence() -> None:
    assert set(WHYS) == set(ReasonName) - {ReasonName.UNSAID}


def test_a_sentence_speaks_of_yuan_causes_and_spans() -> None:
    assert (
        sentence(told(EventName.PAID, bank_type="OTHERS", total_fee=123456), "en")
        == "The payer paid ¥1,234.56 (OTHERS)"
    )
    assert sentence(told(EventName.PAYMENT_FAILED, cause="balance"), "zh") == "支付失败：余额不足"
    assert sentence(told(EventName.CLOCK_ADVANCED, seconds=90061), "zh") == "沙箱时间快进 1 天 1 小时"


def test_a_sentence_survives_facts_it_does_not_know() -> None:
    assert sentence(told(EventName.PAID), "en") == "The payer paid  ()"
    assert sentence(told(EventName.PAYMENT_FAILED, cause="new-cause"), "en") == "The payment failed: new-cause"
    assert sentence(told(EventName.OTHER, name="something_new"), "en") == "something_new"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (0.4, "0 s"), (59.6, "1 min"), (75, "1 min 15 s"), (-3600, "1 h"), (90061, "1 d 1 h")],
)
def test_spans_are_said_in_their_two_largest_units(seconds: float, said: str) -> None:
    assert duration(seconds, "en") == said
