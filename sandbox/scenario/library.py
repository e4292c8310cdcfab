"""Scenario files and definitions: read, checked, and written back."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sandbox.core.scenarios import Mistake, Scenario, ScenarioInvalid, Source
from sandbox.core.text import Text, shown, verbatim
from sandbox.scenario.doubting import doubts
from sandbox.scenario.making import Maker
from sandbox.scenario.reading import Document, documents, given
from sandbox.scenario.shapes import NAME, ScenarioShape, TextShape, WhenShape
from sandbox.scenario.sifting import sifted
from sandbox.scenario.vocabulary import Vocabulary
from sandbox.scenario.wording import guessed
from sandbox.words import scenario_files as words
from sandbox.words.scenario_files import WARNING

Found = tuple[Scenario, WhenShape | None]


def read_file(
    path: Path, source: Source, known: Collection[str] | None = None, vocabulary: Vocabulary | None = None
) -> list[Found]:
    """The scenarios of a file, one a YAML document; raises ScenarioInvalid with all that is wrong in it.

    `known` are the names that `use` may have beside those of the file itself, `vocabulary` is what it may name
    of the faces; None: anything.
    """
    read, broken = _documents_in(path)
    names = None if known is None else {*known, *_named(read)}
    found: list[Found] = []
    mistakes: list[Mistake] = []
    warnings: list[Mistake] = []
    for document in read:
        try:
            found.append(scenario_of(document, "", "", source, names, vocabulary))
            warnings += found[-1][0].warnings
        except ScenarioInvalid as invalid:
            mistakes += invalid.mistakes
            warnings += invalid.warnings
    if mistakes or broken:
        raise ScenarioInvalid([*mistakes, *broken], warnings)
    return found


def names_in(paths: Iterable[Path]) -> set[str]:
    """The names of the scenarios in files, whatever else is wrong there."""
    return {name for path in paths for name in _named(_documents_in(path)[0])}


def _documents_in(path: Path) -> tuple[list[Document], list[Mistake]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [], [Mistake(str(path), 0, "", words.CANNOT_READ.filled(reason=_reason(error)))]
    return documents(text, str(path))


def _reason(error: OSError | UnicodeDecodeError) -> Text:
    said = str(getattr(error, "strerror", None) or error)
    return words.READING.get(type(error)) or words.SYSTEM_SAYS.filled(said=said)


def _named(read: Iterable[Document]) -> set[str]:
    return {str(one.data["name"]) for one in read if isinstance(one.data, dict) and "name" in one.data}


@cache
def built_in(folder: Path) -> list[Found]:
    """The scenarios of the shipped files, read once: that is half of a start, and a test suite starts many."""
    return [found for path in sorted(folder.glob("*.yaml")) for found in read_file(path, "built-in")]


def read_text(
    text: str, name: str, mch_id: str, known: Collection[str] | None = None, vocabulary: Vocabulary | None = None
) -> Found:
    """One scenario from YAML or JSON; raises ScenarioInvalid. `known` and `vocabulary` as for a file."""
    found, broken = documents(text)
    if len(found) > 1:
        broken.append(Mistake("", 0, "", words.SEVERAL))
    if not broken:
        return scenario_of(found[0], name, mch_id, "api", known, vocabulary)
    for document in found[:1]:
        try:
            scenario_of(document, name, mch_id, "api", known, vocabulary)
        except ScenarioInvalid as invalid:
            raise ScenarioInvalid([*invalid.mistakes, *broken]) from None
    raise ScenarioInvalid(broken)


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
    when = given(shape.when, None)
    scenario = Scenario(
        name=name or own,
        title=_text(shape.title) if shape.title else Text(name or own, name or own),
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
    return scenario, when


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


def dumped(definition: Mapping[str, Any]) -> str:
    """A definition as YAML, in the order of its keys."""
    return yaml.safe_dump(dict(definition), allow_unicode=True, sort_keys=False, width=100)


def _text(written: str | TextShape) -> Text:
    """What was written, word by word."""
    return verbatim(written, written) if isinstance(written, str) else verbatim(written.zh, written.en)
