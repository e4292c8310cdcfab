"""How a mistake or a warning must be told: whole, in one line, and in the reader's language alone."""

import re

from sandbox.core.scenarios import Mistake
from sandbox.core.text import Lang

LANGUAGES: tuple[Lang, ...] = ("zh", "en")
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_QUOTED = re.compile(r"“.*?”|'.*?'|\".*?\"")
_ENGLISH = re.compile(r"\b[A-Za-z]+ [a-z]+\b|\b[A-Z][a-z]+\b")
"""Two words in a row, or one as a sentence begins: names of keys and values are neither."""


def told_in_one_language(one: Mistake) -> None:
    for lang in LANGUAGES:
        said = one.say(lang)
        assert not re.search(r"[{}]\w+[{}]|\n|“”|''", said), said
        assert said.endswith(("。", "？") if lang == "zh" else (".", "?")), said
        assert one.told(lang).endswith(said)
    assert re.search(_CHINESE, one.say("zh")), one.say("zh")
    assert not re.search(_ENGLISH, re.sub(_QUOTED, "", one.say("zh"))), one.say("zh")
    assert not re.search(_CHINESE, re.sub(_QUOTED, "", one.say("en"))), one.say("en")
