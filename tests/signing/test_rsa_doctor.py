"""Each mistake that V3's doctor knows, made as a merchant's code makes it, and told by its name."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives import hashes

from sandbox.signing.rsa_doctor import Keyring, SignedCall, diagnose, sign_information
from sandbox.signing.rsa_doctor.table import OF_LINES, ON_LINES
from sandbox.words.rsa_signing import RSA_HINTS
from sandbox.words.signing import SIGN_HINTS, explained
from tests.support import rsa_signing as v3
from tests.support.rsa_signing import Wire, base64_of, rsa, written

ORDER = {
    "mchid": v3.MCH_ID,
    "description": "龙井茶 <& 茶杯>",
    "out_trade_no": "A001",
    "notify_url": "https://shop.example/notify",
    "amount": {"total": 100, "currency": "CNY"},
}
BODY = json.dumps(ORDER, ensure_ascii=False, separators=(",", ":")).encode()
POST = Wire(body=BODY)
GET = Wire("GET", "/v3/pay/transactions/out-trade-no/A%7C1%2Ax?mchid=1900000109&b=2+1")
PLAIN = Wire("GET", "/v3/certificates")
PIPE = Wire("GET", "/v3/pay/transactions/out-trade-no/A|1*茶?mchid=1900000109")

Signs = Callable[[Wire], bytes]
"""The text that is signed in place of the right one."""


def other(**changes: object) -> Signs:
    """Signed as if the call were another."""
    return lambda wire: replace(wire, **changes).text  # type: ignore[arg-type]


def lines(end: str, last: str, *order: int) -> Signs:
    def sign(wire: Wire) -> bytes:
        parts = [wire.method, wire.target, wire.timestamp, wire.nonce_str, wire.body.decode()]
        return (end.join(parts[place] for place in (order or range(5))) + last).encode()

    return sign


def body(**style: object) -> Signs:
    """The same JSON in another style."""
    return other(body=json.dumps(ORDER, **{"ensure_ascii": False, "separators": (",", ":"), **style}).encode())  # type: ignore[arg-type]


def altered(old: str, new: str) -> Signs:
    return other(body=BODY.decode().replace(old, new).encode())


def php(wire: Wire) -> bytes:
    """As json_encode writes it."""
    escaped = json.dumps(ORDER, separators=(",", ":")).replace("/", "\\/")
    return replace(wire, body=escaped.encode()).text


TEXTS: dict[str, tuple[str, Wire, Signs]] = {
    "no last line end": ("last_line_end", POST, lines("\n", "")),
    "no last line end of a GET": ("last_line_end", GET, lambda wire: wire.text[:-1]),
    "four lines of a GET": ("last_line_end", GET, lines("\n", "\n", 0, 1, 2, 3)),
    "no line ends": ("no_line_ends", POST, lines("", "")),
    "CR LF": ("other_line_ends", POST, lines("\r\n", "\r\n")),
    "CR LF but at the end": ("other_line_ends", POST, lines("\r\n", "")),
    "a backslash and an n": ("other_line_ends", POST, lines("\\n", "\\n")),
    "V2's ampersands": ("other_line_ends", POST, lines("&", "")),
    "a line end too many": ("line_ends_too_many", POST, lines("\n", "\n\n")),
    "nonce before timestamp": ("lines_order", POST, lines("\n", "\n", 0, 1, 3, 2, 4)),
    "timestamp and nonce first": ("lines_order", POST, lines("\n", "\n", 2, 3, 0, 1, 4)),
    "as an answer is signed": ("lines_left_out", POST, lines("\n", "\n", 2, 3, 4)),
    "no body's line": ("lines_left_out", POST, lines("\n", "\n", 0, 1, 2, 3)),
    "a blank at the end": ("unseen_around", POST, lambda wire: wire.text + b" "),
    "UTF-16": ("text_encoded", POST, lambda wire: wire.text.decode().encode("utf-16-le")),
    "without the query": ("target_without_query", GET, other(target="/v3/pay/transactions/out-trade-no/A%7C1%2Ax")),
    "with scheme and host": ("target_with_host", PLAIN, other(target="http://127.0.0.1:8686/v3/certificates")),
    "with WeChat Pay's host": ("target_with_host", GET, other(target=f"https://api.mch.weixin.qq.com{GET.target}")),
    "the query in another order": (
        "query_order",
        GET,
        other(target=f"{GET.target.partition('?')[0]}?b=2+1&mchid=1900000109"),
    ),
    "the query without ?": ("query_mark", GET, other(target=GET.target.replace("?", ""))),
    "a ? without a query": ("query_mark", PLAIN, other(target="/v3/certificates?")),
    "half of the query": ("query_part", GET, other(target=GET.target.partition("&")[0])),
    "a decoded path": ("target_decoded", GET, other(target=unquote(GET.target))),
    "a decoded |": ("target_decoded", GET, other(target=GET.target.replace("%7C", "|"))),
    "an escaped path": (
        "target_encoded",
        PIPE,
        other(target=PIPE.target.replace("|", "%7C").replace("茶", "%E8%8C%B6")),
    ),
    "an escaped path, * too": (
        "target_encoded",
        PIPE,
        other(target=PIPE.target.replace("|", "%7C").replace("*", "%2A").replace("茶", "%E8%8C%B6")),
    ),
    "escapes in lower case": (
        "target_percent_case",
        GET,
        other(target=GET.target.replace("%7C", "%7c").replace("%2A", "%2a")),
    ),
    "escaped twice": ("target_encoded_twice", GET, other(target=GET.target.replace("%", "%25"))),
    "a blank as %20": ("target_blanks", GET, other(target=GET.target.replace("+", "%20"))),
    "a slash at the end": ("trailing_slash", POST, other(target=f"{POST.target}/")),
    "no slash at the start": ("leading_slash", POST, other(target=POST.target[1:])),
    "without /v3": ("target_prefix", POST, other(target="/pay/transactions/native")),
    "a placeholder": (
        "target_template",
        Wire("GET", "/v3/pay/transactions/out-trade-no/A1?mchid=1"),
        other(target="/v3/pay/transactions/out-trade-no/{out_trade_no}?mchid=1"),
    ),
    "a lower-case method": ("method_case", POST, other(method="post")),
    "another method": ("method_other", GET, other(method="POST")),
    "milliseconds signed": ("timestamp_milliseconds_signed", POST, other(timestamp=f"{v3.TIMESTAMP}123")),
    "seconds signed": (
        "timestamp_seconds_signed",
        replace(POST, timestamp=f"{v3.TIMESTAMP}123"),
        other(timestamp=v3.TIMESTAMP),
    ),
    "the clock asked twice": ("timestamp_other", POST, other(timestamp=str(int(v3.TIMESTAMP) - 1))),
    "the nonce in lower case": ("nonce_case", POST, other(nonce_str=v3.NONCE.lower())),
    "a nonce without its dashes": (
        "nonce_other",
        replace(POST, nonce_str="593bec0c-930b-f1af-eb40-b4a08c8fb242"),
        other(nonce_str="593bec0c930bf1afeb40b4a08c8fb242"),
    ),
    "no body": ("body_left_out", POST, other(body=b"")),
    "a body for a GET": ("body_invented", GET, other(body=b"{}")),
    "the query for a body": ("body_invented", GET, other(body=b'{"mchid":"1900000109","b":"2 1"}')),
    "blanks in the JSON": ("body_blanks", POST, body(separators=(", ", ": "))),
    "indented JSON": ("body_blanks", POST, body(indent=4, separators=None)),
    "escaped Chinese": ("body_beyond_ascii", POST, body(ensure_ascii=True)),
    "escaped slashes": ("body_slashes", POST, altered("/", "\\/")),
    "escaped ampersands": (
        "body_html",
        POST,
        lambda wire: other(
            body=altered("<", "\\u003c")(wire).split(b"\n")[4].replace(b">", b"\\u003e").replace(b"&", b"\\u0026")
        )(wire),
    ),
    "sorted members": ("body_key_order", POST, body(sort_keys=True)),
    "members in another order": (
        "body_key_order",
        POST,
        other(body=json.dumps({**{"amount": 0}, **ORDER}, ensure_ascii=False, separators=(",", ":")).encode()),
    ),
    "PHP's json_encode": ("body_written_anew", POST, php),
    "a line end after the body": ("body_ends", POST, other(body=BODY + b"\r\n")),
    "GBK": ("body_charset", POST, other(body=BODY.decode().encode("gbk"))),
    "a member left out": ("body_members", POST, other(body=BODY.replace(b'"out_trade_no":"A001",', b""))),
    "a number as a text": ("body_numbers", POST, altered("100", '"100"')),
    "JSON in JSON": ("body_format", POST, other(body=json.dumps(BODY.decode(), ensure_ascii=False).encode())),
    "hashed before": ("hashed_before", POST, lambda wire: hashlib.sha256(wire.text).hexdigest().encode()),
    "V2's MD5 before": ("hashed_before", POST, lambda wire: hashlib.md5(wire.text).hexdigest().upper().encode()),
}


@pytest.mark.parametrize("row", TEXTS)
def test_what_was_signed_instead_is_found(row: str) -> None:
    mistake, wire, signs = TEXTS[row]
    text = signs(wire)
    found = diagnose(wire.sent(base64_of(rsa(text))), v3.keyring())
    assert (found.mistake, found.also) == (mistake, ())
    assert found.signed == text.decode("utf-8", "replace")
    assert found.string_to_sign == wire.text.decode()


def test_every_mistake_of_the_table_is_made_here() -> None:
    known = {one.mistake for one in ON_LINES} | {one.mistake for one in OF_LINES}
    made = {mistake for mistake, _, _ in TEXTS.values()}
    assert known - made == {"body_line_ends"}
    found = diagnose(Wire(body=b"{\r\n}").sent(base64_of(rsa(Wire(body=b"{\n}").text))), v3.keyring())
    assert found.mistake == "body_line_ends"


TWICE: dict[str, tuple[set[str], Wire, Signs]] = {
    "no query, no last line end": (
        {"target_without_query", "last_line_end"},
        GET,
        lambda wire: replace(wire, target=GET.target.partition("?")[0]).text[:-1],
    ),
    "lower case and no body": ({"method_case", "body_left_out"}, POST, other(method="post", body=b"")),
    "blanks and CR LF": (
        {"body_blanks", "other_line_ends"},
        POST,
        lambda wire: lines("\r\n", "\r\n")(replace(wire, body=json.dumps(ORDER, ensure_ascii=False).encode())),
    ),
    "a host and a body of its own": (
        {"target_with_host", "body_invented"},
        PLAIN,
        other(target="https://api.mch.weixin.qq.com/v3/certificates", body=b"{}"),
    ),
}


@pytest.mark.parametrize("row", TWICE)
def test_two_mistakes_are_found_together(row: str) -> None:
    mistakes, wire, signs = TWICE[row]
    found = diagnose(wire.sent(base64_of(rsa(signs(wire)))), v3.keyring())
    assert {found.mistake, *found.also} == mistakes


# -- how it was signed, and by whom ------------------------------------------------------------------------------------

WAYS: dict[str, tuple[list[str], Callable[[bytes], bytes]]] = {
    "PSS": (["padding_pss"], v3.pss),
    "PSS with the longest salt": (["padding_pss"], lambda text: v3.pss(text, salt=222)),
    "SHA-1": (["hash_other"], lambda text: rsa(text, algorithm=hashes.SHA1())),
    "MD5": (["hash_other"], lambda text: rsa(text, algorithm=hashes.MD5())),
    "SHA-512": (["hash_other"], lambda text: rsa(text, algorithm=hashes.SHA512())),
    "a bare digest": (["digest_bare"], lambda text: v3.bare(hashlib.sha256(text).digest())),
    "a bare digest in hex": (["digest_bare"], lambda text: v3.bare(hashlib.sha256(text).hexdigest().encode())),
    "WeChat Pay's key": (["key_platform"], lambda text: rsa(text, "platform")),
    "another merchant's key": (["key_other_merchant"], lambda text: rsa(text, "other")),
    "another certificate's key": (["serial_other_own"], lambda text: rsa(text, "older")),
    "a key of another place": (["key_unknown"], lambda text: rsa(text, "unknown")),
    "another text": (["text_unknown"], lambda text: rsa(b"tea")),
    "another text, PSS": (["padding_pss", "text_other"], lambda text: v3.pss(b"tea")),
    "another text and key": (["key_other_merchant", "text_unknown"], lambda text: rsa(b"tea", "other")),
    "SHA-1 and no last line end": (
        ["hash_other", "last_line_end"],
        lambda text: rsa(text[:-1], algorithm=hashes.SHA1()),
    ),
}


@pytest.mark.parametrize("row", WAYS)
def test_the_way_and_the_key_are_found(row: str) -> None:
    mistakes, sign = WAYS[row]
    found = diagnose(POST.sent(base64_of(sign(POST.text))), v3.keyring())
    assert [found.mistake, *found.also] == mistakes


SHOWN = {
    v3.SERIALS["platform"]: "serial_platform",
    v3.SERIALS["other"]: "serial_other_merchant",
    v3.SERIALS["unknown"]: "serial_unknown",
    v3.SERIALS["older"]: "serial_other_own",
    str(int(v3.SERIALS["own"], 16)): "serial_form",
    ":".join(v3.SERIALS["own"][at : at + 2] for at in range(0, 40, 2)): "serial_form",
    v3.SERIALS["own"].lower(): "",
}


@pytest.mark.parametrize("serial_no", SHOWN)
def test_the_serial_number_that_is_shown_is_checked(serial_no: str) -> None:
    wire = replace(POST, serial_no=serial_no)
    found = diagnose(wire.sent(base64_of(rsa(wire.text))), v3.keyring())
    assert (found.mistake, found.also) == (SHOWN[serial_no], ())


def test_keys_and_serials_are_named() -> None:
    found = diagnose(POST.sent(base64_of(rsa(POST.text, "other"))), v3.keyring())
    assert found.facts == {"signer": v3.SERIALS["other"], "other_mch_id": v3.OTHER_MCH_ID}


FORMS: dict[str, tuple[str, Callable[[str], str]]] = {
    "URL-safe": ("signature_url_safe", lambda text: text.replace("+", "-").replace("/", "_")),
    "URL-safe and unpadded": ("signature_url_safe", lambda text: text.replace("+", "-").replace("/", "_").rstrip("=")),
    "unpadded": ("signature_unpadded", lambda text: text.rstrip("=")),
    "hex": ("signature_hex", lambda text: base64.b64decode(text).hex()),
    "blanks for line ends": ("signature_lines", lambda text: f"{text[:76]} {text[76:152]} {text[152:]}"),
    "line ends written out": ("signature_lines", lambda text: f"{text[:64]}\\n{text[64:]}"),
    "+ lost": ("signature_plus_lost", lambda text: text.replace("+", " ")),
    "URL-encoded": (
        "signature_url_encoded",
        lambda text: text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
    ),
    "twice": ("signature_twice", lambda text: base64.b64encode(text.encode()).decode()),
    "hex in Base64": ("signature_twice", lambda text: base64.b64encode(base64.b64decode(text).hex().encode()).decode()),
    "quoted": ("signature_quoted", lambda text: f"'{text}'"),
    "cut": ("signature_length", lambda text: text[:340]),
    "no Base64": ("signature_form", lambda text: "sign!"),
}


@pytest.mark.parametrize("row", FORMS)
def test_how_the_signature_is_written_is_found(row: str) -> None:
    mistake, write = FORMS[row]
    found = diagnose(POST.sent(write(base64_of(rsa(POST.text)))), v3.keyring())
    assert (found.mistake, found.also) == (mistake, ())


def _without(name: str) -> Callable[[Mapping[str, str]], str]:
    return lambda fields: written({one: value for one, value in fields.items() if one != name})


HEADERS: dict[str, tuple[list[str], Callable[[Mapping[str, str]], str]]] = {
    "right": ([], written),
    "in another order": ([], lambda fields: written(dict(reversed(list(fields.items()))))),
    "blanks after commas": ([], lambda fields: written(fields, comma=", ")),
    "none": (["authorization_missing"], lambda fields: ""),
    "no scheme": (["scheme_missing"], lambda fields: written(fields, scheme="").strip()),
    "no blank": (["scheme_joined"], lambda fields: written(fields).replace(" ", "", 1)),
    "another scheme alone": (["scheme_other", "fields_missing", "header_beside"], lambda fields: "Bearer 12"),
    "another scheme": (["scheme_other"], lambda fields: written(fields, scheme="Bearer")),
    "lower case": (["scheme_case"], lambda fields: written(fields, scheme=v3.SCHEME.lower())),
    "SM": (["scheme_sm"], lambda fields: written(fields, scheme="WECHATPAY2-SM2-WITH-SM3")),
    "single quotes": (["quotes_single"], lambda fields: written(fields, pair="{}='{}'")),
    "wide quotes": (["quotes_wide"], lambda fields: written(fields, pair="{}=“{}”")),
    "no quotes": (["quotes_missing"], lambda fields: written(fields, pair="{}={}")),
    "blanks around =": (["blanks_within"], lambda fields: written(fields, pair='{} = "{}"')),
    "no commas": (["comma_missing"], lambda fields: written(fields, comma=" ")),
    "a comma at the end": (["comma_last"], lambda fields: f"{written(fields)},"),
    "something else": (
        ["header_beside"],
        lambda fields: f"! {written(fields)}".replace("! " + v3.SCHEME, f"{v3.SCHEME} !"),
    ),
    "camel case": (["fields_misnamed"], lambda fields: written(fields).replace("serial_no", "serialNo")),
    "one twice": (["fields_twice"], lambda fields: f'{written(fields)},mchid="{v3.MCH_ID}"'),
    "no serial number": (["fields_missing"], _without("serial_no")),
    "no signature": (["fields_missing"], _without("signature")),
}


@pytest.mark.parametrize("row", HEADERS)
def test_how_the_header_is_written_is_told(row: str) -> None:
    mistakes, write = HEADERS[row]
    found = diagnose(POST.sent(base64_of(rsa(POST.text)), write), v3.keyring())
    assert [name for name in (found.mistake, *found.also) if name] == mistakes


def test_a_header_without_end_is_read_at_once() -> None:
    """One way through it: with as many as it has characters this would go on for an hour."""
    found = diagnose(POST.sent("", lambda fields: f"{v3.SCHEME} {'a' * 200_000}"), v3.keyring())
    assert (found.mistake, found.also) == ("fields_missing", ("header_beside",))


# -- the clock, the certificate's state --------------------------------------------------------------------------------

CLOCKS = {
    v3.TIMESTAMP: [],
    f"{v3.TIMESTAMP}000": ["timestamp_milliseconds"],
    "2026-03-01": ["timestamp_form"],
    str(int(v3.TIMESTAMP) + 400): ["clock_ahead"],
    str(int(v3.TIMESTAMP) - 400): ["clock_behind"],
    str(int(v3.TIMESTAMP) + 8 * 3600): ["clock_ahead", "clock_hours"],
}


@pytest.mark.parametrize("timestamp", CLOCKS)
def test_a_timestamp_is_told_how_far_it_is_off(timestamp: str) -> None:
    wire = replace(POST, timestamp=timestamp)
    found = diagnose(wire.sent(base64_of(rsa(wire.text))), v3.keyring(), now=v3.NOW)
    assert [name for name in (found.mistake, *found.also) if name] == CLOCKS[timestamp]
    assert found.facts.get("seconds") in (None, "400", "28800")


@pytest.mark.parametrize("state", ["expires_at", "revoked_at"])
def test_a_certificate_that_is_good_no_more_is_told(state: str) -> None:
    keys = Keyring([replace(v3.certificate("own"), **{state: v3.NOW - timedelta(days=1)})])  # type: ignore[arg-type]
    found = diagnose(POST.sent(base64_of(rsa(POST.text))), keys, now=v3.NOW)
    assert found.mistake == {"expires_at": "certificate_expired", "revoked_at": "certificate_revoked"}[state]


# -- what is told ------------------------------------------------------------------------------------------------------


def test_the_right_signature_is_told_where_there_is_time() -> None:
    found = diagnose(POST.sent(base64_of(rsa(b"tea"))), v3.keyring(), thorough=True)
    assert found.expected == base64_of(rsa(POST.text))


def test_the_digest_of_an_unknown_text_is_told() -> None:
    found = diagnose(POST.sent(base64_of(rsa(b"tea"))), v3.keyring())
    assert found.facts["digest"] == hashlib.sha256(b"tea").hexdigest()
    assert hashlib.sha256(b"tea").hexdigest() in explained([found.mistake], found.facts, "en")[0]


def test_the_servers_view_is_told_as_wechat_pay_tells_it() -> None:
    information = sign_information(POST.sent(""))
    assert list(information) == ["method", "sign_message_length", "truncated_sign_message", "url"]
    assert information == {
        "method": "POST",
        "sign_message_length": len(POST.text),
        "truncated_sign_message": f'POST\n{POST.target}\n{v3.TIMESTAMP}\n{v3.NONCE}\n{{"mchid"\n',
        "url": POST.target,
    }


def _facts(call: SignedCall) -> Mapping[str, object]:
    return diagnose(call, v3.keyring(), now=v3.NOW).facts


def test_each_mistake_has_its_own_sentences_and_their_facts() -> None:
    assert not RSA_HINTS.keys() & SIGN_HINTS.keys()
    for mistake, wire, signs in TEXTS.values():
        facts = _facts(wire.sent(base64_of(rsa(signs(wire)))))
        for lang in ("zh", "en"):
            explanation, fix = explained([mistake], facts, lang)
            assert explanation
            assert fix
            assert "?。" not in explanation
