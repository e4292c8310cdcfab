"""Characters that were lost on the way between signing and sending, or the other way round.

What was signed can be found where the lost characters are still known: they stand in the message, or are of a kind that
gets lost (line ends, white space, a NUL). Where they are not, there is only a suspicion.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sandbox.signing.doctor.subject import CESU_8, Attempts, Entry, SignatureCase, Signed

_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_WIDE_SPACES = re.compile("[\u00a0\u2002-\u200a\u202f\u205f\u3000]")
_EMOJI = re.compile("[\U00010000-\U0010ffff]")
_EMOJI_AND_JOINERS = re.compile("[\U00010000-\U0010ffff\u200d\ufe0f\u2600-\u27bf]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_REPLACED = "\ufffd"

_ENDS = {"\r": r"\r", "\n": r"\n", "\r\n": r"\r\n", " ": "␠", "\t": r"\t", "\0": r"\0", "\u00a0": "U+00A0"}
_STARTS = {"\ufeff": "U+FEFF", " ": "␠", "\n": r"\n", "\t": r"\t"}


def _named(*changes: tuple[str, Callable[[str], str]]) -> Entry:
    """Each change made to all values that it changes, then to one of them; `value` in the facts is its name."""

    def attempts(subject: SignatureCase) -> Attempts:
        for name, change in changes:
            changed = {field: new for field, value in subject.filled if (new := change(value)) != value}
            choices = [changed, *({field: new} for field, new in changed.items())] if len(changed) > 1 else [changed]
            yield from (_with(subject, choice, name) for choice in choices if choice)

    return attempts


def _with(subject: SignatureCase, changed: Mapping[str, str], value: str) -> Signed:
    pairs = [(field, changed.get(field, held)) for field, held in subject.filled]
    return subject.over(pairs, fields=", ".join(changed), value=value)


line_ends = _named(
    (r"\r\n", lambda value: re.sub("\r?\n", "\r\n", value)),
    (r"\r", lambda value: value.replace("\n", "\r")),
    (r"\n", lambda value: value.replace("\r\n", "\n").replace("\r", "\n")),
    (r"\n\r", lambda value: value.replace("\n", "\n\r")),
    (r"\\n", lambda value: value.replace("\n", r"\n")),
    ("<br>", lambda value: value.replace("\n", "<br>")),
)
wide_spaces = _named(("U+0020", lambda value: _WIDE_SPACES.sub(" ", value)))
spaces = _named(
    ("U+00A0", lambda value: value.replace(" ", "\u00a0")),
    ("U+3000", lambda value: value.replace(" ", "\u3000")),
    ("U+0020 ×4", lambda value: value.replace("\t", "    ")),
)
unicode_form = _named(
    *((form, lambda value, form=form: unicodedata.normalize(form, value)) for form in ("NFC", "NFD", "NFKC", "NFKD"))
)
invisible = _named(("-", lambda value: _INVISIBLE.sub("", value)))
emoji = _named(
    ("-", lambda value: _EMOJI.sub("", value)),
    ("-", lambda value: _EMOJI_AND_JOINERS.sub("", value)),
    ("?", lambda value: _EMOJI.sub("?", value)),
    ("??", lambda value: _EMOJI.sub("??", value)),
    ("????", lambda value: _EMOJI.sub("????", value)),
    ("U+FFFD", lambda value: _EMOJI.sub(_REPLACED, value)),
    ("U+FFFD ×2", lambda value: _EMOJI.sub(_REPLACED * 2, value)),
    ("U+FFFD ×4", lambda value: _EMOJI.sub(_REPLACED * 4, value)),
)


def _marks(mark: str, charset: str) -> Callable[[str], str]:
    """Each character beyond ASCII as so many marks as it has bytes in a charset."""
    return lambda value: _BEYOND_ASCII.sub(lambda one: mark * len(one[0].encode(charset, "replace")), value)


question_marks = _named(
    ("?", lambda value: _BEYOND_ASCII.sub("?", value)),
    ("??", _marks("?", "gb18030")),
    ("???", _marks("?", "utf-8")),
    ("U+FFFD", lambda value: _BEYOND_ASCII.sub(_REPLACED, value)),
    ("U+FFFD ×3", _marks(_REPLACED, "utf-8")),
    ("-", lambda value: _BEYOND_ASCII.sub("", value)),
)


def surrogates(subject: SignatureCase) -> Attempts:
    """Emoji as two surrogates of three bytes each (CESU-8), as Java's modified UTF-8 and old MySQL drivers write."""
    if named := [name for name, value in subject.filled if _EMOJI.search(value)]:
        yield Signed(subject.text, {"fields": ", ".join(named), "value": "CESU-8"}, charset=CESU_8)


def around_the_string(subject: SignatureCase) -> Attempts:
    """What a string of C or a file brings along, and nobody sees."""
    yield Signed(subject.text + "\0", {"value": r"\0"}, shown=f"{subject.text}␀")
    yield Signed("\ufeff" + subject.text, {"value": "U+FEFF"})


def lost_ends(subject: SignatureCase) -> Attempts:
    """One value with something at an end that was trimmed, or dropped, before it was sent."""
    for name, value in subject.filled:
        for end, told in _ENDS.items():
            signed = _with(subject, {name: value + end}, told)
            yield signed._replace(shown=signed.text.replace("\0", "␀"))
        for start, told in _STARTS.items():
            yield _with(subject, {name: start + value}, told)


# -- what can only be suspected ----------------------------------------------------------------------------------------


SUSPECTED = frozenset({"characters_lost", "characters_garbled", "cut_short"})


class Suspicion(NamedTuple):
    """What may have happened, by its name in `words.signing.SIGN_HINTS`, and to which fields."""

    mistake: str
    facts: Mapping[str, str]


_MOJIBAKE = re.compile("锟斤拷|烫烫|屯屯|[ÃÂâäåæçèé][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œ]|鈥|脙|茅")
_ELLIPSIS = ("...", "…", "……")
_LIMITS = {"body": (127, 128), "attach": (127, 128), "detail": (6000, 6144), "goods_tag": (32,), "refund_desc": (80,)}
"""At how many bytes or characters values are cut, so that they pass."""


def suspicions(fields: Mapping[str, str]) -> Iterator[Suspicion]:
    """What a message gives rise to suspect, the likeliest first."""
    values = {name: value for name, value in fields.items() if name != "sign"}
    for mistake, looks_so in (("characters_lost", _lost), ("characters_garbled", _garbled)):
        if named := [name for name, value in values.items() if looks_so(value)]:
            yield Suspicion(mistake, {"fields": ", ".join(named)})
    if named := [name for name, value in values.items() if _cut(name, value)]:
        yield Suspicion("cut_short", {"cut_fields": ", ".join(named)})


def _lost(value: str) -> bool:
    """Whether a value holds what a lost character leaves; one ? in a URL is none."""
    return _REPLACED in value or ("??" in value if "://" in value else "?" in value)


def _garbled(value: str) -> bool:
    return _MOJIBAKE.search(value) is not None


def _cut(name: str, value: str) -> bool:
    return value.endswith(_ELLIPSIS) or bool({len(value), len(value.encode())} & set(_LIMITS.get(name, ())))
