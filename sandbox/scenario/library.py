"""Scenario files and definitions: read, checked, and written back."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sandbox.core.catalogue import Text, verbatim
from sandbox.core.scenarios import Mistake, Scenario, ScenarioInvalid, Source
from sandbox.scenario.making import Maker
from sandbox.scenario.reading import Document, documents, given, shape_of
from sandbox.scenario.shapes import NAME, TextShape, WhenShape

Found = tuple[Scenario, WhenShape | None]


def read_file(path: Path, source: Source) -> list[Found]:
    """The scenarios of a file, one a YAML document; raises ScenarioInvalid with all that is wrong in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioInvalid([Mistake(str(path), 0, "", f"It cannot be read: {reason}.")]) from None
    found: list[Found] = []
    mistakes: list[Mistake] = []
    for document in documents(text, str(path)):
        try:
            found.append(scenario_of(document, "", "", source))
        except ScenarioInvalid as invalid:
            mistakes += invalid.mistakes
    if mistakes:
        raise ScenarioInvalid(mistakes)
    return found


@cache
def built_in(folder: Path) -> list[Found]:
    """The scenarios of the shipped files, read once: that is half of a start, and a test suite starts many."""
    return [found for path in sorted(folder.glob("*.yaml")) for found in read_file(path, "built-in")]


def read_text(text: str, name: str, mch_id: str) -> Found:
    """One scenario from YAML or JSON; raises ScenarioInvalid."""
    found = documents(text)
    if len(found) > 1:
        raise ScenarioInvalid([Mistake("", 0, "", "There are several scenarios in it; put them one by one.")])
    return scenario_of(found[0], name, mch_id, "api")


def defined(definition: Mapping[str, Any], name: str, mch_id: str) -> Found:
    """A scenario from a definition that was read before."""
    return scenario_of(Document("", dict(definition), {}), name, mch_id, "api")


def scenario_of(document: Document, name: str, mch_id: str, source: Source) -> Found:
    """A document as a scenario; `name` is the one it is put under, else it says its own."""
    shape = shape_of(document)
    own = given(shape.name, "")
    if name and own and own != name:
        raise ScenarioInvalid([document.mistake(".name", f"It is put as {name!r}, but its name says {own!r}.")])
    if not (name or own):
        raise ScenarioInvalid([document.mistake(".name", "A scenario needs a name, such as name: my-first-scenario.")])
    if re.fullmatch(NAME, name or own) is None:
        message = f"{name or own!r} is no name for a scenario: lower-case letters, digits and -, at most 64."
        raise ScenarioInvalid([document.mistake(".name", message)])
    plan = Maker(document, shape).plan(name or own)
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
    )
    return scenario, when


def dumped(definition: Mapping[str, Any]) -> str:
    """A definition as YAML, in the order of its keys."""
    return yaml.safe_dump(dict(definition), allow_unicode=True, sort_keys=False, width=100)


def _text(written: str | TextShape) -> Text:
    """What was written, word by word."""
    return verbatim(written, written) if isinstance(written, str) else verbatim(written.zh, written.en)
