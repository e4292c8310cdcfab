"""Scenarios from their documents: the shipped ones, and those that were read before."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import json

from sandbox.core.plans import Plan
from sandbox.core.scenarios import Mistake, Scenario, ScenarioInvalid, Source
from sandbox.core.text import Text, shown, verbatim
from sandbox.scenario.documents import Document, given
from sandbox.scenario.doubting import doubts
from sandbox.scenario.making import Maker
from sandbox.scenario.shapes import NAME, ScenarioShape, TextShape, WhenShape
from sandbox.scenario.sifting import sifted
from sandbox.scenario.vocabulary import Vocabulary
from sandbox.scenario.wording import guessed
from sandbox.words import scenario_files as words
from sandbox.words.scenario_files import WARNING

PREPARED = "built-in.json"
"""The documents of each shipped file, written by docs/make_scenarios.py: no start reads YAML."""

Found = tuple[Scenario, WhenShape | None]


@cache
def built_in(folder: Path) -> list[Found]:
    """The shipped scenarios, made once a process; who wrote their documents has checked them."""
    files = json.decode((folder / PREPARED).read_bytes(), type=dict[str, list[dict[str, Any]]])
    documents = [Document(file, data, {}) for file, several in files.items() for data in several]
    return [_built_in(document) for document in documents]


def _built_in(document: Document) -> Found:
    shape, _ = sifted(document)
    name = given(shape.name, "")
    return _found(document, shape, Maker(document, shape).plan(name), name, "", "built-in")


def defined(definition: Mapping[str, Any], name: str, mch_id: str) -> Found:
    """A scenario from a definition that was read before."""
    return scenario_of(Document("", dict(definition), {}), name, mch_id, "api")


def scenario_of(
    document: Document,
    name: str,
    mch_id: str,
    source: Source,
    known: Collection[str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Found:
    """A document as a scenario; `name` is the one it is put under, else it says its own.

    Raises ScenarioInvalid with all that is wrong in it.
    """
    if not isinstance(document.data, dict):
        raise ScenarioInvalid([document.mistake("", words.NO_MAPPING)])
    shape, mistakes = sifted(document)
    own = given(shape.name, "")
    maker = Maker(document, shape, [one.field for one in mistakes], vocabulary)
    plan = maker.plan(name or own)
    mistakes = [*document.mistakes, *mistakes, *_misnamed(document, shape, name), *maker.mistakes]
    strange, warnings = _strange_use(document, shape, known), doubts(document, shape, vocabulary)
    if source == "api":
        mistakes += strange
    else:
        # What a file uses may come from elsewhere.
        warnings += [replace(one, warning=True, frame=WARNING) for one in strange]
    if mistakes:
        raise ScenarioInvalid(sorted(mistakes, key=lambda one: one.line), warnings)
    return _found(document, shape, plan, name or own, mch_id, source, warnings)


def _found(
    document: Document,
    shape: ScenarioShape,
    plan: Plan,
    name: str,
    mch_id: str,
    source: Source,
    warnings: Sequence[Mistake] = (),
) -> Found:
    scenario = Scenario(
        name=name,
        title=_text(shape.title) if shape.title else Text(name, name),
        source=source,
        definition=document.data,
        plan=plan,
        mch_id=mch_id,
        description=_text(shape.description),
        good_merchant=_text(shape.good_merchant),
        how_to_see=_text(shape.how_to_see),
        group=shape.group,
        hostile=plan.hostile,
        when=document.data.get("when", {}),
        file=document.file,
        warnings=warnings,
    )
    return scenario, given(shape.when, None)


def _strange_use(document: Document, shape: ScenarioShape, known: Collection[str] | None) -> list[Mistake]:
    """That a scenario uses another one that is not known."""
    if not shape.use or known is None or shape.use in known:
        return []
    told = words.NO_SCENARIO.filled(given=shape.use)
    return [document.mistake(".use", guessed(told, shape.use, known))]


def _misnamed(document: Document, shape: ScenarioShape, name: str) -> list[Mistake]:
    """What is wrong with the name that a scenario has, or is put under."""
    own = given(shape.name, "")
    if name and own and own != name:
        return [document.mistake(".name", words.OTHER_NAME.filled(given=shown(name), own=own))]
    if not (name or own):
        # A name that is none was told of already.
        return [] if "name" in document.data else [document.mistake(".name", words.NO_NAME)]
    if re.fullmatch(NAME, name or own) is None:
        return [document.mistake(".name", words.BAD_NAME.filled(given=shown(name or own)))]
    return []


def _text(written: str | TextShape) -> Text:
    """What was written, word by word."""
    return verbatim(written, written) if isinstance(written, str) else verbatim(written.zh, written.en)
