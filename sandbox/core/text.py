"""A sentence in Chinese and English. The sentences themselves are in `words/`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from sandbox.core.errors import shortened

Lang = Literal["zh", "en"]


class Text(NamedTuple):
    """A sentence in both languages; `{name}` stands for a fact."""

    zh: str
    en: str

    def say(self, lang: Lang, **facts: object) -> str:
        return (self.zh if lang == "zh" else self.en).format_map(facts)

    def filled(self, **facts: object) -> "Text":
        """The sentence with its facts in it, to be said later; braces among the facts are no places for more.

        A fact that is itself a Text is said in each language.
        """
        return verbatim(self.say("zh", **_in("zh", facts)), self.say("en", **_in("en", facts)))

    def recall(self, lang: Lang, facts: Mapping[str, object], otherwise: str = "?") -> str:
        """The sentence from facts that were kept; `otherwise` stands for one that a journal's older line lacks."""
        return (self.zh if lang == "zh" else self.en).format_map(defaultdict(lambda: otherwise, facts))


def verbatim(zh: str, en: str) -> Text:
    """Words whose braces are no places for facts."""
    return Text(*(text.replace("{", "{{").replace("}", "}}") for text in (zh, en)))


def together(*texts: Text) -> Text:
    """Sentences that follow each other."""
    return Text("".join(text.zh for text in texts), " ".join(text.en for text in texts))


def either(texts: Iterable[Text]) -> Text:
    """One or the other."""
    said = list(texts)
    return Text("或".join(text.zh for text in said), " or ".join(text.en for text in said))


def shown(value: str) -> str:
    """A value of somebody else's as it stands between quotation marks: in one line, and shortened if long."""
    return repr(shortened(value))[1:-1]


def _in(lang: Lang, facts: Mapping[str, object]) -> dict[str, object]:
    return {name: fact.say(lang) if isinstance(fact, Text) else fact for name, fact in facts.items()}
