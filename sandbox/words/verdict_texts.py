"""The shape of a verdict's texts."""

from typing import NamedTuple

from sandbox.core.text import Text


class VerdictTexts(NamedTuple):
    """`title` in a word, `explanation` in a sentence, `fix` says what to do.

    Beside a verdict's facts they may name what `verdicts.told` makes of them: {quoted}, {because}.
    """

    title: Text
    explanation: Text
    fix: Text
