"""A scenario as its file has it, wherever that was read from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from sandbox.core.scenarios import Mistake
from sandbox.core.text import Text


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: its values as text, and the line of each path such as `.notify[0].fault`.

    `mistakes` are those of its keys, which no value shows any more.
    """

    file: str
    data: Any
    lines: Mapping[str, int]
    mistakes: tuple[Mistake, ...] = ()

    def mistake(self, path: str, message: Text) -> Mistake:
        return Mistake(self.file, self._line(path), path.lstrip("."), message)

    def _line(self, path: str) -> int:
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["))]
        return self.lines.get(path, 1)


def given(value: Any, otherwise: Any) -> Any:
    """What was written, else `otherwise`."""
    return otherwise if value is UNSET else value
