"""From YAML to documents, or to what is wrong with it: file, line, and what would be right."""

import re
from typing import Any

import yaml

from sandbox.core.scenarios import Mistake
from sandbox.core.text import shown
from sandbox.scenario.documents import Document
from sandbox.words import scenario_files as words

MOST_NODES = 20_000
"""So many values are read at the most: aliases must not make a small file a huge one."""

_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
"""Ten times as quick where libyaml is there, which every start feels."""

_PAIR = re.compile(
    r"(?P<before>(?<!\\)(?:\\\\)*)\\u(?P<high>d[89ab][0-9a-f]{2})\\u(?P<low>d[c-f][0-9a-f]{2})", re.IGNORECASE
)


def documents(text: str, file: str = "") -> tuple[list[Document], list[Mistake]]:
    """The documents of a YAML (or JSON) text, as far as it is YAML, and what it breaks off with."""
    found: list[Document] = []
    try:
        # One by one: what comes before a break is read all the same.
        nodes = filter(None, yaml.compose_all(_as_yaml(text), Loader=_LOADER))
        found.extend(_document(node, file) for node in nodes)
    except _TooMany:
        return found, [Mistake(file, 0, "", words.TOO_MANY.filled(most=MOST_NODES))]
    except RecursionError:
        return found, [Mistake(file, 0, "", words.TOO_DEEP)]
    except yaml.YAMLError as error:
        return found, [_not_yaml(error, file)]
    return found, [] if found else [Mistake(file, 0, "", words.EMPTY)]


class _TooMany(Exception):
    """There are more values than are read."""


def _not_yaml(error: yaml.YAMLError, file: str) -> Mistake:
    line, said = 0, " ".join(str(error).split())
    if isinstance(error, yaml.MarkedYAMLError):
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        said = " ".join(filter(None, [error.context, error.problem]))
    known = (text for pattern, text in words.NOT_YAML_BECAUSE.items() if re.search(pattern, said))
    reason = next(known, words.PARSER_SAYS).filled(said=shown(said))
    return Mistake(file, line, "", words.NOT_YAML.filled(reason=reason))


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
        raise _TooMany
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, f"{path}[{n}]", lines, mistakes, file) for n, one in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            mistakes.append(Mistake(file, key.start_mark.line + 1, path.lstrip("."), words.KEY_IS_LIST))
            continue
        name = str(key.value)
        below = f"{path}.{name}"
        if name in found:
            mistakes.append(Mistake(file, key.start_mark.line + 1, below.lstrip("."), words.TWICE))
        lines[below] = key.start_mark.line + 1
        found[name] = _value(value, below, lines, mistakes, file)
    return found
