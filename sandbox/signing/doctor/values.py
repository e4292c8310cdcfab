"""Mistakes with values: escaped, encoded, trimmed, garbled or written otherwise than they are sent."""

import html
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus, unquote

from sandbox.signing.doctor.subject import Attempts, Entry, SignatureCase, Signed

_JSON_TOKEN = re.compile(r'("(?:\\.|[^"\\])*")|\s+|([,:])', re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")


def _values(*changes: Callable[[str], str]) -> Entry:
    """Each change made to all values, then to one of them."""

    def attempts(subject: SignatureCase) -> Attempts:
        seen: list[dict[str, str]] = []
        for change in changes:
            changed = {name: new for name, value in subject.filled if (new := change(value)) != value}
            if not changed or changed in seen:
                continue
            seen.append(changed)
            yield _with_values(subject, changed)
            for name in changed if len(changed) > 1 else ():
                yield _with_values(subject, {name: changed[name]})

    return attempts


def _with_values(subject: SignatureCase, changed: Mapping[str, str]) -> Signed:
    pairs = [(name, changed.get(name, value)) for name, value in subject.filled]
    return subject.over(pairs, fields=", ".join(changed))


def _lower_hex(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), text)


url_encoded = _values(
    lambda value: quote(value, safe=""),
    lambda value: quote_plus(value, safe="*-._").replace("~", "%7E"),  # Java
    lambda value: quote(value, safe="!'()*"),  # JavaScript
    quote_plus,  # PHP, Python
    lambda value: _lower_hex(quote_plus(value, safe="!()*")),  # .NET
    lambda value: quote(value, safe="~@#$&()*!+=:;,?/'"),  # JavaScript's encodeURI
)
url_decoded = _values(unquote)
xml_escaped = _values(
    lambda value: html.escape(value, quote=False),
    html.escape,
    lambda value: html.escape(value).replace("&#x27;", "&apos;"),
    lambda value: html.escape(value).replace("&#x27;", "&#39;"),
)
xml_unescaped = _values(html.unescape)
cdata = _values(lambda value: f"<![CDATA[{value}]]>")
white_space = _values(str.strip, lambda value: re.sub(r"\s+", "", value), lambda value: re.sub(r"\s+", " ", value))


# -- charsets ----------------------------------------------------------------------------------------------------------


def charset(subject: SignatureCase) -> Attempts:
    if not subject.plain.isascii():
        yield Signed(subject.text, {"charset": "GBK"}, charset="gb18030")
        yield Signed(subject.text, {"charset": "ISO-8859-1"}, charset="latin-1")
        yield Signed(subject.text, {"charset": "ASCII"}, charset="ascii")
        for wrong, name in (("latin-1", "ISO-8859-1"), ("cp1252", "Windows-1252"), ("gb18030", "GBK")):
            yield Signed(subject.text.encode().decode(wrong, "replace"), {"charset": f"UTF-8 > {name} > UTF-8"})


def _mended(wrong: str) -> Callable[[str], str]:
    """Turns UTF-8 that was read in a wrong charset into the text that it was."""

    def mend(value: str) -> str:
        try:
            return value.encode(wrong).decode()
        except UnicodeError:
            return value

    return mend


garbled_when_sent = _values(_mended("latin-1"), _mended("cp1252"), _mended("gb18030"))


# -- JSON and numbers --------------------------------------------------------------------------------------------------


def _in_json(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: change(value) if value.lstrip()[:1] in ("{", "[") else value


def _respaced(between: str) -> Callable[[str], str]:
    """JSON with no white space but `between` after each comma and colon."""

    def respace(value: str) -> str:
        return _JSON_TOKEN.sub(lambda found: found[1] or (found[2] + between if found[2] else ""), value)

    return respace


def _unicode_escaped(value: str) -> str:
    units = value.encode("utf-16-be")
    codes = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
    return "".join([chr(code) if code < 128 else f"\\u{code:04x}" for code in codes])


json_rewritten = _values(
    _in_json(_respaced("")),
    _in_json(_respaced(" ")),
    _in_json(lambda value: value.replace("/", "\\/")),
    _in_json(lambda value: value.replace("\\/", "/")),
    _in_json(_unicode_escaped),
    _in_json(lambda value: _unicode_escaped(value.replace("/", "\\/"))),
    _in_json(lambda value: value.replace('"', '\\"')),
)


def number_format(subject: SignatureCase) -> Attempts:
    for name, value in subject.filled:
        for other in _other_numbers(value):
            pairs = [(one, other if one == name else held) for one, held in subject.filled]
            yield subject.over(pairs, fields=name, value=other)


def _other_numbers(value: str) -> list[str]:
    """The same number written in other ways, in yuan too."""
    if _NUMBER.fullmatch(value) is None:
        return []
    number = float(value)
    whole, yuan = f"{number:.0f}", f"{number / 100:.2f}"
    as_fen = [whole, f"{whole}.0", f"{number:.2f}", f"{number:,.0f}", f"0{value}", f"{number * 100:.0f}"]
    as_yuan = [yuan, yuan.rstrip("0").rstrip("."), str(number / 100)]
    return [other for other in dict.fromkeys([*as_fen, *as_yuan]) if other != value]
