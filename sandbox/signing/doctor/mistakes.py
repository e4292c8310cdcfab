"""The table of mistakes, likeliest first. They are those that public issue threads tell of."""

from sandbox.signing.doctor import fields, keys, lost, values
from sandbox.signing.doctor.subject import Entry

OF_ONE_STRING: tuple[tuple[str, Entry], ...] = (
    ("sign_type_left_out", fields.sign_type_left_out),
    ("sign_type_not_sent", fields.sign_type_not_sent),
    ("empty_fields", fields.empty_fields),
    ("unsorted", fields.unsorted),
    ("no_key", keys.no_key),
    ("empty_key", keys.empty_key),
    ("null_fields", fields.null_fields),
    ("trailing_newline", keys.trailing_newline),
    ("key_white_space", keys.key_white_space),
    ("key_joined_wrongly", keys.key_joined_wrongly),
    ("key_sorted", keys.key_sorted),
    ("key_twice", keys.key_twice),
    ("hmac_keyed_wrongly", keys.hmac_keyed_wrongly),
    ("example_key", keys.example_key),
    ("charset", values.charset),
    ("line_ends", lost.line_ends),
    ("unseen_ends", lost.around_the_string),
    ("emoji_otherwise", lost.emoji),
    ("emoji_otherwise", lost.surrogates),
    ("invisible", lost.invisible),
    ("spaces", lost.wide_spaces),
    ("unicode_form", lost.unicode_form),
    ("url_encoded", values.url_encoded),
    ("xml_escaped", values.xml_escaped),
    ("sign_included", fields.sign_included),
    ("key_named_otherwise", keys.key_named_otherwise),
    ("key_changed", keys.key_changed),
    ("value_as_key", keys.value_as_key),
    ("json_rewritten", values.json_rewritten),
    ("white_space", values.white_space),
    ("cdata", values.cdata),
    ("xml_unescaped", values.xml_unescaped),
    ("url_decoded", values.url_decoded),
    ("garbled_when_sent", values.garbled_when_sent),
    ("number_format", values.number_format),
    ("joined_otherwise", fields.joined_otherwise),
    ("case_changed", fields.case_changed),
    ("question_marks", lost.question_marks),
    ("spaces", lost.spaces),
)
"""Name (of `words.signing.SIGN_HINTS`) and entry: those that take a fixed number of attempts."""

MISTAKES: tuple[tuple[str, Entry], ...] = (
    *OF_ONE_STRING,
    ("field_left_out", fields.fields_left_out(lambda count: range(1, min(count, 2)))),
    ("extra_field", fields.extra_field),
    ("other_names", fields.other_names),
    ("field_left_out", fields.fields_left_out(lambda count: range(2, min(count, 3)))),
    ("extra_field", fields.two_extra_fields),
    ("lost_ends", lost.lost_ends),
    ("field_left_out", fields.fields_left_out(lambda count: range(3, count))),
)
"""All, with the searches for fields, which grow with their number: how much may be tried ends them."""
