"""Signing wrongly on purpose: every mistake that the doctor knows, as a merchant's code would make it."""

import base64
import hashlib
import hmac
import html
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from tests.support.merchant import signature

KEY = "sandboxv2key00000000000000000000"
V3_KEY = "sandboxv3key00000000000000000000"
Fields = dict[str, str]

DETAIL = '{"cost_price": 100, "url": "http://茶.example/1", "goods_detail": []}'


def order(**changes: str) -> Fields:
    """A unifiedorder whose fields stand in no order, one of them empty."""
    fields = {
        "trade_type": "NATIVE",
        "appid": "wx8888888888888888",
        "mch_id": "1900000109",
        "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "body": "龙井茶 & 茶杯",
        "attach": "",
        "out_trade_no": "ORDER001",
        "total_fee": "100",
        "spbill_create_ip": "123.12.12.123",
        "notify_url": "http://shop.example/notify?shop=1",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def md5(text: str, charset: str = "utf-8") -> str:
    return hashlib.md5(text.encode(charset, "replace")).hexdigest().upper()


def sha256(text: str, key: str = KEY) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


def filled(fields: Fields) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields.items() if value]


def plain(fields: Fields) -> str:
    return joined(sorted(filled(fields)))


def text(fields: Fields) -> str:
    """The right string."""
    return f"{plain(fields)}&key={KEY}"


def joined(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in pairs)


def closed(pairs: Iterable[tuple[str, str]]) -> str:
    return joined(pairs) + f"&key={KEY}"


def but(fields: Fields, **changes: str | None) -> str:
    """The MD5 signature of these fields with some others; None leaves one out."""
    return signature({name: value for name, value in {**fields, **changes}.items() if value is not None}, KEY)


def with_empty(fields: Fields, **values: str) -> str:
    """Signed with fields that would be dropped."""
    return md5(closed(sorted([*filled(fields), *values.items()])))


def changed(change: Callable[[str], str]) -> Callable[[Fields], str]:
    """Signed with each value changed."""
    return lambda fields: md5(closed(sorted((name, change(value)) for name, value in filled(fields))))


def camel(name: str) -> str:
    return {"appid": "appId"}.get(name) or re.sub("_(.)", lambda found: found[1].upper(), name)


@dataclass(frozen=True)
class Case:
    """A mistake: the hint it should get, how it signs, what the message holds. `also` are hints besides."""

    hint: str
    sign: Callable[[Fields], str]
    fields: Fields = field(default_factory=dict)
    also: tuple[str, ...] = ()
    quick: bool = True
    """Whether a call of a merchant finds it, too, which tries less."""
    refused: bool = False
    """Whether the V2 API refuses the message for another reason first."""


HMAC = {"sign_type": "HMAC-SHA256"}


def zeros(fields: Fields) -> Fields:
    """The fields with a nonce that gives an MD5 with a zero in front."""
    for number in range(10_000):
        tried = {**fields, "nonce_str": f"nonce{number}"}
        if signature(tried, KEY).startswith("0"):
            return tried
    raise AssertionError


CASES: dict[str, Case] = {
    # the sign itself
    "no sign": Case("sign_missing", lambda fields: ""),
    "lower case": Case("lower_case", lambda fields: signature(fields, KEY).lower()),
    "a line break after it": Case("sign_white_space", lambda fields: signature(fields, KEY) + "\n"),
    "HMAC undeclared": Case("other_sign_type", lambda fields: signature(fields, KEY, "HMAC-SHA256")),
    "HMAC declared, MD5 made": Case("other_sign_type", lambda fields: signature(fields, KEY), HMAC),
    "a sign_type that is none": Case("sign_type_unknown", but, {"sign_type": "md5"}, refused=True),
    "nonsense": Case("sign_form", lambda fields: "茶"),
    "SHA-1": Case("other_algorithm", lambda fields: hashlib.sha1(text(fields).encode()).hexdigest()),
    "SHA-256 without a key": Case(
        "other_algorithm", lambda fields: hashlib.sha256(text(fields).encode()).hexdigest().upper(), HMAC
    ),
    "Base64": Case(
        "other_algorithm", lambda fields: base64.b64encode(hashlib.md5(text(fields).encode()).digest()).decode()
    ),
    "SHA-512": Case(
        "other_algorithm", lambda fields: hashlib.sha512(text(fields).encode()).hexdigest().upper(), refused=True
    ),
    "a big number's hex": Case("zeros_lost", lambda fields: signature(fields, KEY).lstrip("0"), zeros(order())),
    # the key
    "the APIv3 key": Case("api_v3_key", lambda fields: signature(fields, V3_KEY)),
    "the documents' key": Case("example_key", lambda fields: signature(fields, "192006250b4c09247ec02edce69f6a2d")),
    "the mch_id as the key": Case("value_as_key", lambda fields: signature(fields, fields["mch_id"])),
    "a key with a space": Case("key_white_space", lambda fields: signature(fields, KEY + " ")),
    "a key with a line end, HMAC": Case(
        "key_white_space", lambda fields: signature(fields, KEY + "\n", "HMAC-SHA256"), HMAC
    ),
    "a key in quotes": Case("key_changed", lambda fields: signature(fields, f'"{KEY}"')),
    "a key in capitals": Case("key_changed", lambda fields: signature(fields, KEY.upper())),
    "a hashed key": Case("key_changed", lambda fields: signature(fields, hashlib.md5(KEY.encode()).hexdigest())),
    "an empty key": Case("empty_key", lambda fields: signature(fields, "")),
    "a null key": Case("empty_key", lambda fields: signature(fields, "null")),
    "no key": Case("no_key", lambda fields: md5(plain(fields))),
    "no key, HMAC": Case("no_key", lambda fields: sha256(plain(fields)), HMAC),
    "key= without &": Case("key_joined_wrongly", lambda fields: md5(f"{plain(fields)}key={KEY}")),
    "&key without =": Case("key_joined_wrongly", lambda fields: md5(f"{plain(fields)}&key{KEY}")),
    "the bare key": Case("key_joined_wrongly", lambda fields: md5(plain(fields) + KEY)),
    "&KEY=": Case("key_named_otherwise", lambda fields: md5(f"{plain(fields)}&KEY={KEY}")),
    "the key sorted in": Case("key_sorted", lambda fields: md5(joined(sorted([*filled(fields), ("key", KEY)])))),
    "the key twice": Case("key_twice", lambda fields: md5(f"{text(fields)}&key={KEY}")),
    "a doubled key, HMAC": Case("key_twice", lambda fields: sha256(text(fields) + KEY, KEY + KEY), HMAC),
    "HMAC with an empty key": Case("hmac_keyed_wrongly", lambda fields: sha256(text(fields), ""), HMAC),
    "HMAC upside down": Case("hmac_keyed_wrongly", lambda fields: sha256(KEY, text(fields)), HMAC),
    # which fields
    "MD5 sign_type unsigned": Case(
        "sign_type_left_out", lambda fields: but(fields, sign_type=None), {"sign_type": "MD5"}
    ),
    "HMAC sign_type unsigned": Case(
        "sign_type_left_out",
        lambda fields: signature({n: v for n, v in fields.items() if n != "sign_type"}, KEY, "HMAC-SHA256"),
        HMAC,
    ),
    "sign_type unsent": Case("sign_type_not_sent", lambda fields: but(fields, sign_type="MD5")),
    "HMAC sign_type unsent": Case(
        "sign_type_not_sent", lambda fields: signature({**fields, **HMAC}, KEY, "HMAC-SHA256")
    ),
    "empty fields too": Case("empty_fields", lambda fields: md5(closed(sorted(fields.items())))),
    "an empty sign too": Case("empty_fields", lambda fields: md5(closed(sorted([*fields.items(), ("sign", "")])))),
    "null for empty": Case("null_fields", lambda fields: but(fields, attach="null")),
    "None for empty": Case("null_fields", lambda fields: but(fields, attach="None")),
    "an empty field unsent": Case("extra_field", lambda fields: with_empty(fields, device_info="")),
    "a null field unsent": Case("extra_field", lambda fields: but(fields, openid="null")),
    "a default unsent": Case("extra_field", lambda fields: but(fields, device_info="WEB")),
    "a field forgotten": Case("field_left_out", lambda fields: but(fields, notify_url=None)),
    "two fields forgotten": Case(
        "field_left_out", lambda fields: but(fields, body=None, total_fee=None), {"product_id": ""}
    ),
    "signed twice": Case("sign_included", lambda fields: md5(closed(sorted([*filled(fields), ("sign", but(fields))])))),
    # order, names, joining
    "unsorted": Case("unsorted", lambda fields: md5(closed(filled(fields)))),
    "sorted backwards": Case("unsorted", lambda fields: md5(closed(sorted(filled(fields), reverse=True)))),
    "unsorted, HMAC": Case("unsorted", lambda fields: sha256(closed(filled(fields))), HMAC),
    "camelCase": Case("other_names", lambda fields: signature({camel(n): v for n, v in fields.items()}, KEY)),
    "appId": Case("other_names", lambda fields: but(fields, appid=None, appId=fields["appid"])),
    "capitals before the digest": Case("case_changed", lambda fields: md5(text(fields).upper())),
    "an & too many": Case("joined_otherwise", lambda fields: md5(f"{plain(fields)}&&key={KEY}")),
    "quotes": Case(
        "joined_otherwise",
        lambda fields: md5("&".join(f'{n}="{v}"' for n, v in sorted(filled(fields))) + f"&key={KEY}"),
    ),
    "a line break at the end": Case("trailing_newline", lambda fields: md5(text(fields) + "\n")),
    "a line break at the end, HMAC": Case("trailing_newline", lambda fields: sha256(text(fields) + "\r\n"), HMAC),
    # values
    "URL-encoded": Case("url_encoded", changed(lambda value: quote(value, safe=""))),
    "URL-encoded with +": Case("url_encoded", changed(quote_plus)),
    "one field URL-encoded": Case(
        "url_encoded", lambda fields: but(fields, notify_url=quote(fields["notify_url"], ""))
    ),
    "sent URL-encoded": Case("url_decoded", lambda fields: but(fields, attach="茶"), {"attach": quote("茶")}),
    "XML-escaped": Case("xml_escaped", changed(html.escape)),
    "escaped once too often": Case(
        "xml_unescaped", lambda fields: but(fields, attach="a & b"), {"attach": "a &amp; b"}
    ),
    "CDATA signed": Case("cdata", changed(lambda value: f"<![CDATA[{value}]]>")),
    "trimmed": Case("white_space", lambda fields: but(fields, attach="茶"), {"attach": " 茶\n"}),
    "GBK": Case("charset", lambda fields: md5(text(fields), "gbk")),
    "ISO-8859-1": Case("charset", lambda fields: md5(text(fields), "latin-1")),
    "UTF-8 twice": Case("charset", lambda fields: md5(text(fields).encode().decode("latin-1"))),
    "sent garbled": Case(
        "garbled_when_sent", lambda fields: but(fields, attach="茶"), {"attach": "茶".encode().decode("latin-1")}
    ),
    "JSON without spaces": Case(
        "json_rewritten",
        lambda fields: but(fields, detail=json.dumps(json.loads(DETAIL), ensure_ascii=False, separators=(",", ":"))),
        {"detail": DETAIL},
    ),
    "JSON in ASCII": Case(
        "json_rewritten", lambda fields: but(fields, detail=json.dumps(json.loads(DETAIL))), {"detail": DETAIL}
    ),
    "a number with a point": Case("number_format", lambda fields: but(fields, total_fee="100.0")),
    "yuan": Case("number_format", lambda fields: but(fields, total_fee="1.00")),
    "a number with a zero in front": Case("number_format", lambda fields: but(fields, total_fee="0100")),
    "a number with a point, sent so": Case(
        "number_format", lambda fields: but(fields, total_fee="1"), {"total_fee": "1.0"}, refused=True
    ),
    # characters lost or changed
    "CRLF signed, LF read": Case("line_ends", lambda fields: but(fields, body="茶\r\n杯"), {"body": "茶\n杯"}),
    "CR signed, LF read": Case("line_ends", lambda fields: but(fields, body="茶\r杯"), {"body": "茶\n杯"}),
    "CRLF, HMAC": Case(
        "line_ends",
        lambda fields: signature({**fields, "body": "a\r\nb"}, KEY, "HMAC-SHA256"),
        {"body": "a\nb", **HMAC},
    ),
    "a NUL at the end": Case("unseen_ends", lambda fields: md5(text(fields) + "\0")),
    "a BOM in front": Case("unseen_ends", lambda fields: md5("\ufeff" + text(fields))),
    "a key with a NUL": Case("unseen_ends", lambda fields: signature(fields, KEY + "\0")),
    "a key with a CR": Case("key_white_space", lambda fields: signature(fields, KEY + "\r")),
    "emoji dropped": Case("emoji_otherwise", lambda fields: but(fields, body="茶杯"), {"body": "茶🍵杯"}),
    "emoji as ?": Case("emoji_otherwise", lambda fields: but(fields, body="茶?杯"), {"body": "茶🍵杯"}),
    "emoji as ??": Case("emoji_otherwise", lambda fields: but(fields, body="茶??杯"), {"body": "茶🍵杯"}),
    "emoji as ????, HMAC": Case(
        "emoji_otherwise",
        lambda fields: signature({**fields, "body": "tea????"}, KEY, "HMAC-SHA256"),
        {"body": "tea🍵", **HMAC},
    ),
    "emoji as surrogates": Case(
        "emoji_otherwise",
        lambda fields: (
            hashlib.md5(text(fields).replace("🍵", "\ud83c\udf75").encode("utf-8", "surrogatepass")).hexdigest().upper()
        ),
        {"body": "茶🍵杯"},
    ),
    "a zero-width space": Case("invisible", lambda fields: but(fields, body="茶杯"), {"body": "茶\u200b杯"}),
    "a BOM in a value": Case("invisible", lambda fields: but(fields, body="茶"), {"body": "\ufeff茶"}),
    "composed": Case("unicode_form", lambda fields: but(fields, body="café"), {"body": "cafe\u0301"}),
    "decomposed": Case("unicode_form", lambda fields: but(fields, body="cafe\u0301"), {"body": "café"}),
    "full width": Case("unicode_form", lambda fields: but(fields, body="ABC"), {"body": "ＡＢＣ"}),
    "a hard space sent": Case("spaces", lambda fields: but(fields, body="茶 杯"), {"body": "茶\u00a0杯"}),
    "a hard space signed": Case("spaces", lambda fields: but(fields, body="茶\u00a0杯"), {"body": "茶 杯"}),
    "? for each byte": Case("question_marks", lambda fields: but(fields, body="??????"), {"body": "茶杯"}),
    "?? for each character": Case("question_marks", lambda fields: but(fields, body="????"), {"body": "茶杯"}),
    "U+FFFD for each": Case("question_marks", lambda fields: but(fields, body="\ufffd\ufffd"), {"body": "茶杯"}),
    "Chinese dropped": Case("question_marks", lambda fields: but(fields, body="tea "), {"body": "tea 茶"}),
    "a line end that was trimmed": Case("lost_ends", lambda fields: but(fields, total_fee="100\r"), quick=False),
    "a NUL in a value": Case("lost_ends", lambda fields: but(fields, body=fields["body"] + "\0"), quick=False),
    # only suspected
    "Chinese sent as ?": Case("characters_lost", lambda fields: but(fields, body="龙井茶"), {"body": "???"}),
    "Chinese sent as ? for each byte, HMAC": Case(
        "characters_lost",
        lambda fields: signature({**fields, "body": "龙井茶"}, KEY, "HMAC-SHA256"),
        {"body": "?????????", **HMAC},
    ),
    "emoji sent as ?": Case("characters_lost", lambda fields: but(fields, attach="杯🍵"), {"attach": "杯?"}),
    "sent as U+FFFD": Case("characters_lost", lambda fields: but(fields, attach="茶"), {"attach": "\ufffd"}),
    "garbled beyond repair": Case("characters_garbled", lambda fields: but(fields, attach="茶"), {"attach": "锟斤拷"}),
    "cut at the limit": Case("cut_short", lambda fields: but(fields, body="a" * 200), {"body": "a" * 128}),
    "cut with dots": Case("cut_short", lambda fields: but(fields, attach="a long story"), {"attach": "a long..."}),
    "lost and cut": Case(
        "characters_lost", lambda fields: but(fields, attach="茶" * 50), {"attach": "?" * 128}, also=("cut_short",)
    ),
    # nothing fits
    "the key of nobody": Case("unknown", lambda fields: signature(fields, "x" * 32)),
    "the key of nobody, HMAC undeclared": Case(
        "unknown", lambda fields: signature(fields, "x" * 32, "HMAC-SHA256"), also=("other_sign_type",)
    ),
    "the request of yesterday": Case("unknown", lambda fields: but(fields, body="昨天")),
    # the sign's look besides
    "unsorted and in lower case": Case(
        "unsorted", lambda fields: md5(closed(filled(fields))).lower(), also=("lower_case",)
    ),
    "unsorted and HMAC undeclared": Case(
        "unsorted", lambda fields: sha256(closed(filled(fields))), also=("other_sign_type",)
    ),
}
