"""What stands in a scenario and can hardly be meant: a pattern that nothing fits, a *when* that never holds."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from sandbox.core.nth import nth_never
from sandbox.core.orders import TradeState, TradeType
from sandbox.core.plans import FORMER_NAMES
from sandbox.core.scenarios import Mistake
from sandbox.core.text import Text, shown
from sandbox.scenario.documents import Document, given
from sandbox.scenario.making import listed
from sandbox.scenario.shapes import ApiShape, ScenarioShape, WhenShape
from sandbox.scenario.vocabulary import Vocabulary
from sandbox.scenario.wording import guessed
from sandbox.words import scenario_files as words
from sandbox.words.scenario_files import WARNING

Doubt = tuple[str, Text]
"""A path, and a sentence about what stands there."""

SHORTEST_NUMBER, LONGEST_NUMBER = 6, 32
"""Source: V2 notes, 2.1."""

LONGEST_ATTACH = 128
LARGEST_FEN = 1_000_000_000
_WILD = re.compile(r"[*?\[\]]")
_SETS = re.compile(r"\[[^\]]+\]")
_NUMBER_SIGNS = re.compile(r"[0-9A-Za-z_\-|@*?\[\]!]*")
_MCH_ID = re.compile(r"[0-9]{8,10}")
_DIGIT_SIGNS = re.compile(r"[0-9*?\[\]!\-]*")
_APPID_SIGNS = re.compile(r"[0-9A-Za-z_\-*?\[\]!]*")
_OF_UNIFIED = frozenset({"unifiedorder", "closeorder"})
_OF_MICROPAY = frozenset({"micropay", "reverse"})


def doubts(document: Document, shape: ScenarioShape, vocabulary: Vocabulary | None) -> list[Mistake]:
    """What may be meant, but hardly is; the document is right. Without a vocabulary any path and code is known."""
    found = [*_of_when(shape), *_of_calls(shape), *_of_payers(shape), *_of_names(document.data)]
    if vocabulary is not None:
        found += [*_of_paths(shape, vocabulary.placing), *_of_codes(shape, vocabulary.codes)]
    return [Mistake(document.file, one.line, one.field, one.message, True, WARNING) for one in _told(document, found)]


def _told(document: Document, found: list[Doubt]) -> Iterator[Mistake]:
    yield from sorted((document.mistake(path, message) for path, message in found), key=lambda one: one.line)


def _of_when(shape: ScenarioShape) -> Iterator[Doubt]:
    when = given(shape.when, WhenShape())
    for name, check in _PATTERNS.items():
        pattern = getattr(when, name)
        if pattern and (message := check(pattern)):
            yield f".when.{name}", message
    if when.total_fee and not _payable(when.total_fee):
        yield ".when.total_fee", words.NO_AMOUNT
    if when.chance and when.chance.probability == 0:
        yield ".when.chance.probability", words.NO_CHANCE
    if when.nth and nth_never(when.nth):
        yield ".when.nth", words.NO_NUMBER


def _order_number(pattern: str) -> Text | None:
    if _NUMBER_SIGNS.fullmatch(pattern) is None:
        return words.NUMBER_SIGNS
    least = _least(pattern)
    if least > LONGEST_NUMBER:
        return words.NUMBER_LONG.filled(longest=LONGEST_NUMBER, least=least)
    if not _WILD.search(pattern) and least < SHORTEST_NUMBER:
        return words.NUMBER_SHORT.filled(given=pattern, shortest=SHORTEST_NUMBER, longest=LONGEST_NUMBER)
    return None


def _merchant_number(pattern: str) -> Text | None:
    if _DIGIT_SIGNS.fullmatch(pattern) is None:
        return words.MCH_ID_SIGNS
    if not _WILD.search(pattern) and _MCH_ID.fullmatch(pattern) is None:
        return words.MCH_ID_ALONE.filled(given=shown(pattern))
    return words.MCH_ID_LONG if _least(pattern) > 10 else None


def _appid(pattern: str) -> Text | None:
    if _APPID_SIGNS.fullmatch(pattern) is None:
        return words.APPID_SIGNS
    return words.APPID_LONG if _least(pattern) > 32 else None


def _attach(pattern: str) -> Text | None:
    if len(pattern.encode()) > 2 * LONGEST_ATTACH:
        return words.ATTACH_LONG.filled(longest=LONGEST_ATTACH)
    return None


_PATTERNS: dict[str, Callable[[str], Text | None]] = {
    "mch_id": _merchant_number,
    "sub_mch_id": _merchant_number,
    "appid": _appid,
    "out_trade_no": _order_number,
    "attach": _attach,
}


def _least(pattern: str) -> int:
    """How many characters fit at least."""
    return len(_SETS.sub("?", pattern).replace("*", ""))


def _payable(amounts: str) -> bool:
    return any(_among(*part.strip().partition("-")) for part in amounts.split(","))


def _among(first: str, dash: str, last: str) -> bool:
    """Whether an amount of money lies in a range such as 100-200, 500- or 101."""
    most = int(last) if last else LARGEST_FEN if dash else int(first)
    return max(int(first), 1) <= min(most, LARGEST_FEN)


def _of_paths(shape: ScenarioShape, placing: Sequence[str]) -> Iterator[Doubt]:
    """Patterns of *when* that are the path of no call that places an order."""
    for pattern, path in listed(given(shape.when, WhenShape()).path or [], ".when.path"):
        if not any(fnmatchcase(known, pattern) for known in placing):
            yield path, guessed(words.NO_PATH, pattern, placing)


def _of_calls(shape: ScenarioShape) -> Iterator[Doubt]:
    kinds = _kinds(shape)
    for one, path in listed(shape.api, ".api"):
        yield from _of_call(one, path)
        if kinds == {TradeType.MICROPAY} and one.call in _OF_UNIFIED:
            yield f"{path}.call", words.NOT_OF_MICROPAY.filled(call=one.call)
        if kinds and TradeType.MICROPAY not in kinds and one.call in _OF_MICROPAY:
            yield f"{path}.call", words.OF_MICROPAY.filled(call=one.call)


def _of_call(one: ApiShape, path: str) -> Iterator[Doubt]:
    if one.nth and nth_never(one.nth):
        yield f"{path}.nth", words.NO_NUMBER
    state = one.set.get("trade_state")
    states = [state.value for state in TradeState]
    if state is not None and state not in states:
        told = words.NO_TRADE_STATE.filled(given=shown(state), states=", ".join(states))
        yield f"{path}.set.trade_state", guessed(told, state, states)


def _of_codes(shape: ScenarioShape, codes: Collection[str]) -> Iterator[Doubt]:
    """Codes for which nobody has words."""
    for one, path in listed(shape.api, ".api"):
        code = given(one.fail, "")
        if not isinstance(code, str) and code.err_code and not code.err_code_des and code.err_code not in codes:
            told = words.NO_WORDS.filled(given=code.err_code)
            yield f"{path}.fail.err_code", guessed(told, code.err_code, codes)


def _of_payers(shape: ScenarioShape) -> Iterator[Doubt]:
    kinds = _kinds(shape)
    for one, path in listed(shape.payer, ".payer"):
        if one.password and kinds and TradeType.MICROPAY not in kinds:
            yield f"{path}.password", words.ASKS_NO_PASSWORD
    if kinds == {TradeType.MICROPAY} and shape.notify and shape.notify != "none":
        yield ".notify", words.NEVER_NOTIFIED


def _of_names(value: Any, path: str = "") -> Iterator[Doubt]:
    """Faults under a name that they had once, wherever they stand."""
    for below, one in _below(value, path):
        if below.endswith(".fault") and one in FORMER_NAMES:
            yield below, words.FORMER_NAME.filled(given=one, name=FORMER_NAMES[one])
        elif isinstance(one, dict | list):
            yield from _of_names(one, below)


def _below(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"{path}.{name}", one) for name, one in value.items())
    elif isinstance(value, list):
        yield from ((f"{path}[{n}]", one) for n, one in enumerate(value))


def _kinds(shape: ScenarioShape) -> set[TradeType]:
    """The trade_types that *when* asks for; empty: any."""
    wanted = given(given(shape.when, WhenShape()).trade_type, [])
    return set(wanted) if isinstance(wanted, list) else {wanted}
