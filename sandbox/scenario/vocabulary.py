"""What the faces have, and scenarios name: calls, codes, paths."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

from sandbox.core.ports.faces import Faces


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """`calls` by their operations, `codes` with which they may fail, and the paths at which orders are placed."""

    calls: Sequence[str]
    codes: Collection[str]
    placing: Sequence[str]

    @classmethod
    def of(cls, faces: Faces) -> Self:
        """What any of the faces has."""
        return cls(calls=faces.operations(), codes=faces.codes(), placing=faces.placing())
