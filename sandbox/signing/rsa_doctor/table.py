"""The table of mistakes with the text that is signed, the likeliest first; their sentences are in `words.rsa_texts`.

A new one is a line here, a function that makes what was signed of what was sent, a sentence, and a line in the tests'
table of mistakes.
"""

import base64
from collections.abc import Callable
from typing import NamedTuple

from sandbox.signing.rsa_doctor import bodies, layouts, targets, values
from sandbox.signing.rsa_doctor.case import Changes, Layouts, Place
from sandbox.signing.rsa_doctor.opened import digested


class OnLine(NamedTuple):
    """A mistake with one line. `alone`: it has so many forms that no second mistake is looked for beside it."""

    mistake: str
    place: Place
    changes: Changes
    alone: bool = False


ON_LINES: tuple[OnLine, ...] = (
    OnLine("target_without_query", "target", targets.without_query),
    OnLine("target_with_host", "target", targets.with_host),
    OnLine("body_left_out", "body", bodies.left_out),
    OnLine("body_invented", "body", bodies.invented),
    OnLine("body_blanks", "body", bodies.blanks),
    OnLine("body_beyond_ascii", "body", bodies.beyond_ascii),
    OnLine("body_slashes", "body", bodies.slashes),
    OnLine("body_html", "body", bodies.html),
    OnLine("body_key_order", "body", bodies.key_order),
    OnLine("body_key_order", "body", bodies.any_key_order, alone=True),
    OnLine("body_written_anew", "body", bodies.written_anew, alone=True),
    OnLine("body_ends", "body", bodies.ends),
    OnLine("body_line_ends", "body", bodies.line_ends),
    OnLine("body_charset", "body", bodies.charset),
    OnLine("body_members", "body", bodies.members),
    OnLine("body_numbers", "body", bodies.numbers),
    OnLine("body_format", "body", bodies.other_format),
    OnLine("target_decoded", "target", targets.decoded),
    OnLine("target_encoded", "target", targets.encoded),
    OnLine("target_encoded_twice", "target", targets.encoded_twice),
    OnLine("target_percent_case", "target", targets.percent_case),
    OnLine("target_blanks", "target", targets.blanks),
    OnLine("query_order", "target", targets.query_order),
    OnLine("query_mark", "target", targets.query_mark),
    OnLine("query_part", "target", targets.query_part),
    OnLine("trailing_slash", "target", targets.trailing_slash),
    OnLine("leading_slash", "target", targets.leading_slash),
    OnLine("target_prefix", "target", targets.prefix),
    OnLine("target_template", "target", targets.template),
    OnLine("method_case", "method", values.method_case),
    OnLine("method_other", "method", values.other_method),
    OnLine("timestamp_milliseconds_signed", "timestamp", values.milliseconds, alone=True),
    OnLine("timestamp_seconds_signed", "timestamp", values.seconds),
    OnLine("timestamp_other", "timestamp", values.other_timestamp, alone=True),
    OnLine("nonce_case", "nonce_str", values.nonce_case),
    OnLine("nonce_other", "nonce_str", values.other_nonce),
)


class OfLines(NamedTuple):
    """A mistake with the lines as a whole. `alone` as above."""

    mistake: str
    layouts: Layouts
    alone: bool = False


OF_LINES: tuple[OfLines, ...] = (
    OfLines("last_line_end", layouts.last_line_end),
    OfLines("no_line_ends", layouts.no_line_ends),
    OfLines("other_line_ends", layouts.other_line_ends),
    OfLines("line_ends_too_many", layouts.line_ends_too_many),
    OfLines("lines_left_out", layouts.lines_left_out, alone=True),
    OfLines("lines_order", layouts.lines_order, alone=True),
    OfLines("text_encoded", layouts.text_encoded, alone=True),
    OfLines("unseen_around", layouts.unseen_around, alone=True),
)

HASHED_BEFORE: dict[str, Callable[[bytes], bytes]] = {
    "SHA-256, hex": lambda text: digested(text).hex().encode(),
    "SHA-256": digested,
    "SHA-256, HEX": lambda text: digested(text).hex().upper().encode(),
    "SHA-256, Base64": lambda text: base64.b64encode(digested(text)),
    "MD5, hex": lambda text: digested(text, "MD5").hex().encode(),
    "MD5, HEX": lambda text: digested(text, "MD5").hex().upper().encode(),
    "SHA-1, hex": lambda text: digested(text, "SHA-1").hex().encode(),
    "Base64": base64.b64encode,
}
"""What some make of the text before it is signed (which hashes it by itself)."""
