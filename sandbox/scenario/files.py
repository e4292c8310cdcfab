"""Scenario files, and texts of one scenario: read, checked, and written back. No start needs it: YAML costs time."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.core.scenarios import Mistake, ScenarioInvalid, Source
from sandbox.core.text import Text
from sandbox.scenario.documents import Document
from sandbox.scenario.library import Found, scenario_of
from sandbox.scenario.reading import documents
from sandbox.scenario.vocabulary import Vocabulary
from sandbox.words import scenario_files as words


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


def dumped(definition: Mapping[str, Any]) -> str:
    """A definition as YAML, in the order of its keys."""
    return yaml.safe_dump(dict(definition), allow_unicode=True, sort_keys=False, width=100)
