"""From text to a scenario, or to all that is wrong with it: file, line, field, and what would be right."""

import difflib
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec
import yaml
from msgspec import UNSET

from sandbox.core.errors import shortened
from sandbox.core.scenarios import Mistake
from sandbox.scenario.shapes import STRUCTS, ScenarioShape

MOST_NODES = 20_000
"""So many values are read at the most: aliases must not make a small file a huge one."""

_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
"""Ten times as quick where libyaml is there, which every start feels."""

_PAIR = re.compile(
    r"(?P<before>(?<!\\)(?:\\\\)*)\\u(?P<high>d[89ab][0-9a-f]{2})\\u(?P<low>d[c-f][0-9a-f]{2})", re.IGNORECASE
)
_PATH = re.compile(r"^(?P<message>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`")
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`")
_ENUM = re.compile(r"Invalid enum value '?(?P<value>[^']*)'?")
_EXPECTED = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<got>[^`]*)`")
_KINDS = {"object": "keys and values", "array": "a list", "str": "one value", "int": "a whole number"}


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: its values as text, and the line of each path such as `.notify[0].fault`.

    `mistakes` are those of its keys, which no value shows any more.
    """

    file: str
    data: Any
    lines: Mapping[str, int]
    mistakes: tuple[Mistake, ...] = ()

    def mistake(self, path: str, message: str) -> Mistake:
        return Mistake(self.file, self._line(path), path.lstrip("."), message)

    def _line(self, path: str) -> int:
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["))]
        return self.lines.get(path, 1)


def documents(text: str, file: str = "") -> tuple[list[Document], list[Mistake]]:
    """The documents of a YAML (or JSON) text, as far as it is YAML, and what it breaks off with."""
    found: list[Document] = []
    try:
        # One by one: what comes before a break is read all the same.
        nodes = filter(None, yaml.compose_all(_as_yaml(text), Loader=_LOADER))
        found.extend(_document(node, file) for node in nodes)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        reason = " ".join(filter(None, [error.context, error.problem]))
        return found, [Mistake(file, line, "", f"This is not YAML: {reason}.")]
    except RecursionError:
        return found, [Mistake(file, 0, "", "It is nested too deeply, or holds itself.")]
    except yaml.YAMLError as error:
        return found, [Mistake(file, 0, "", f"This is not YAML: {' '.join(str(error).split())}.")]
    return found, [] if found else [Mistake(file, 0, "", "There is no scenario in it.")]


def _as_yaml(text: str) -> str:
    """JSON is YAML, but for what lies beyond U+FFFF: JSON writes two escapes, YAML one."""
    return _PAIR.sub(_one_escape, text) if text.lstrip().startswith("{") else text


def _one_escape(pair: re.Match[str]) -> str:
    character = bytes.fromhex(pair["high"] + pair["low"]).decode("utf-16-be")
    return f"{pair['before']}\\U{ord(character):08x}"


def _document(node: yaml.Node, file: str) -> Document:
    lines: dict[str, int] = {}
    mistakes: list[Mistake] = []
    data = _value(node, "", lines, mistakes, file)
    return Document(file, data, lines, tuple(mistakes))


def _value(node: yaml.Node, path: str, lines: dict[str, int], mistakes: list[Mistake], file: str) -> Any:
    if len(lines) > MOST_NODES:
        raise yaml.YAMLError(f"it has more than {MOST_NODES} values")
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, f"{path}[{n}]", lines, mistakes, file) for n, one in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            mistakes.append(Mistake(file, key.start_mark.line + 1, path.lstrip("."), "A key is a word, not a list."))
            continue
        name = str(key.value)
        below = f"{path}.{name}"
        if name in found:
            mistakes.append(Mistake(file, key.start_mark.line + 1, below.lstrip("."), "It stands here twice."))
        lines[below] = key.start_mark.line + 1
        found[name] = _value(value, below, lines, mistakes, file)
    return found


def worded(document: Document, section: str, said: str) -> Mistake:
    """msgspec's complaint in words that say what would be right."""
    found = _PATH.match(said)
    assert found is not None
    path = section + (found["path"] or "").replace("[...]", "")  # of a mapping: the path says which
    message = found["message"]
    if unknown := _UNKNOWN.search(message):
        return document.mistake(f"{path}.{unknown['name']}", unknown_key(unknown["name"], _struct_at(path)))
    if missing := _MISSING.search(message):
        return document.mistake(path, f"{missing['name']} is missing.")
    if enum := _ENUM.search(message):
        return document.mistake(path, not_among(enum["value"], _choices(path)))
    if expected := _EXPECTED.search(message):
        wanted = " or ".join(_KINDS.get(one.strip(), one.strip()) for one in expected["wanted"].split("|"))
        choices = _choices(path)
        hint = f" ({', '.join(choices)})" if choices else ""
        got = _KINDS.get(expected["got"], expected["got"])
        return document.mistake(path, f"This must be {wanted}{hint}, not {got}.")
    described = _described(path)
    return document.mistake(path, f"This must be {described}." if described else f"{message.rstrip('.')}.")


def unknown_key(name: str, struct: type[msgspec.Struct]) -> str:
    known = [field.name for field in msgspec.structs.fields(struct)]
    return f"There is no such key.{guess(name, known)} Known here: {', '.join(known)}."


def not_among(value: str, choices: list[str]) -> str:
    return f"{shortened(value)!r} is none of {', '.join(choices)}.{guess(value, choices)}"


def guess(given: str, known: Iterable[str]) -> str:
    """A sentence that says what was meant, where something alike is known."""
    by_plain = {_plain(one): one for one in known}
    alike = difflib.get_close_matches(_plain(given), by_plain, 1, 0.6)
    return f" Did you mean {by_plain[alike[0]]}?" if alike else ""


def _plain(name: str) -> str:
    """A name as far as it is told apart: neither case nor the signs between words."""
    return re.sub(r"[\W_]", "", name).lower() or name


# -- finding the declaration that a path leads to ----------------------------------------------------------------------


def _names(path: str) -> list[str]:
    return re.findall(r"\.([^.\[\]]+)", path)


def _struct_at(path: str) -> type[msgspec.Struct]:
    """The struct whose keys stand at a path."""
    return next((STRUCTS[name] for name in reversed(_names(path)) if name in STRUCTS), ScenarioShape)


def _type_at(path: str) -> Any:
    *above, last = _names(path) or [""]
    owner = next((STRUCTS[name] for name in reversed(above) if name in STRUCTS), ScenarioShape)
    return next((field.type for field in msgspec.structs.fields(owner) if field.name == last), None)


def _parts(kind: Any) -> Iterator[Any]:
    """The types that a type is made of: of unions, lists and annotations."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType, list, typing.Annotated):
        for part in typing.get_args(kind):
            yield from _parts(part)
    else:
        yield kind


def _choices(path: str) -> list[str]:
    """The values that a field may have, where they are few."""
    found: list[str] = []
    for part in _parts(_type_at(path)):
        if isinstance(part, type) and issubclass(part, Enum):
            found += [str(one.value) for one in part]
        if typing.get_origin(part) is typing.Literal:
            found += [str(one) for one in typing.get_args(part)]
    return list(dict.fromkeys(found))


def _described(path: str) -> str:
    """What the declaration says of a field, as a hint."""
    for part in _parts(_type_at(path)):
        if isinstance(part, msgspec.Meta) and part.description:
            return part.description
    return ""


def given(value: Any, otherwise: Any) -> Any:
    """What was written, else `otherwise`."""
    return otherwise if value is UNSET else value
