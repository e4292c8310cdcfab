"""Mistakes with the five lines as a whole: their ends, their order, one too few."""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from urllib.parse import quote

from sandbox.signing import rsa
from sandbox.signing.rsa_doctor.case import Layout, Lines, Parts, legible

_ENDS = {r"\r\n": b"\r\n", r"\r": b"\r", r"\\n": b"\\n", "␠": b" ", "&": b"&", ",": b",", "|": b"|"}

Made = Iterator[Layout]


def last_line_end(lines: Lines) -> Made:
    yield Layout(b"\n".join(lines))


def no_line_ends(lines: Lines) -> Made:
    yield Layout(b"".join(lines))


def other_line_ends(lines: Lines) -> Made:
    for told, end in _ENDS.items():
        yield Layout(end.join(lines) + end, told)
        yield Layout(end.join(lines), told)


def line_ends_too_many(lines: Lines) -> Made:
    yield Layout(rsa.lines(*lines) + b"\n")
    yield Layout(b"\n" + rsa.lines(*lines))
    yield Layout(b"\n\n".join(lines) + b"\n")


def lines_left_out(lines: Lines) -> Made:
    """One to three of the five: without the first two it is the text of answers and notifications."""
    for left in (4, 3, 2):
        for kept in combinations(range(5), left):
            dropped = [name for place, name in enumerate(Parts._fields) if place not in kept]
            yield Layout(_lines(lines, kept), ", ".join(dropped))


def lines_order(lines: Lines) -> Made:
    for order in permutations(range(5)):
        yield Layout(_lines(lines, order), ", ".join(Parts._fields[place] for place in order))


def text_encoded(lines: Lines) -> Made:
    """The whole text escaped as in a URL, or in UTF-16."""
    text = rsa.lines(*lines)
    yield Layout(quote(text, safe="").encode(), "URL")
    yield Layout(legible(text).encode("utf-16-le"), "UTF-16")
    yield Layout(legible(text).encode("utf-16"), "UTF-16")


def unseen_around(lines: Lines) -> Made:
    text = rsa.lines(*lines)
    yield Layout(text + b"\0", r"\0")
    yield Layout(b"\xef\xbb\xbf" + text, "U+FEFF")
    yield Layout(text + b" ", "␠")
    yield Layout(text.strip(), "␠")


def _lines(lines: Lines, places: Sequence[int]) -> bytes:
    return rsa.lines(*(lines[place] for place in places))
