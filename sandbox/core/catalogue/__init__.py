"""Every sentence a person reads, in Chinese and English. WeChat's own texts are not translated."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Literal, NamedTuple

Lang = Literal["zh", "en"]


class Text(NamedTuple):
    """A sentence in both languages; `{name}` stands for a fact."""

    zh: str
    en: str

    def say(self, lang: Lang, **facts: object) -> str:
        return (self.zh if lang == "zh" else self.en).format_map(facts)

    def filled(self, **facts: object) -> "Text":
        """The sentence with its facts in it, to be said later; braces among the facts are no places for more."""
        return verbatim(self.say("zh", **facts), self.say("en", **facts))

    def recall(self, lang: Lang, facts: Mapping[str, object], otherwise: str = "?") -> str:
        """The sentence from facts that were kept; `otherwise` stands for one that a journal's older line lacks."""
        return (self.zh if lang == "zh" else self.en).format_map(defaultdict(lambda: otherwise, facts))


def verbatim(zh: str, en: str) -> Text:
    """Words whose braces are no places for facts."""
    return Text(*(text.replace("{", "{{").replace("}", "}}") for text in (zh, en)))
