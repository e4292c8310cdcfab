"""A message of V3 as somebody shows it: a raw HTTP request or answer, a curl command, a HAR file, or the JSON alone."""

import base64
import binascii
import json
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from sandbox.core.errors import MessageUnreadable
from sandbox.core.journal import Headers, header
from sandbox.core.ports.calls import Signable
from sandbox.v3.messages import V3Messages

_REQUEST = re.compile(rb"([A-Za-z]+) (\S+) HTTP/[0-9.]+\r?\n")
_ANSWER = re.compile(rb"HTTP/[0-9.]+ [0-9]{3}[^\r\n]*\r?\n")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CURL = re.compile(r"(?:echo (?P<base64>\S+) \| base64 -d \| )?curl\s")
_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--data-ascii")
_WITH_VALUE = ("-X", "--request", "-H", "--header", "-A", "--user-agent", "--url", *_DATA)


def read_shown(shown: bytes) -> Signable:
    """What is shown, as it was sent; raises MessageUnreadable."""
    text = shown.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head := _REQUEST.match(text):
        return _request(head[1].decode("latin-1"), head[2].decode("utf-8", "replace"), *_apart(text[head.end() :]))
    if head := _ANSWER.match(text):
        headers, body = _apart(text[head.end() :])
        return Signable(fields=_fields(body), headers=headers, body=body)
    if found := _CURL.match(command := text.decode("utf-8", "replace")):
        return _curl(command[found.end() :], found["base64"])
    if (recorded := _recorded(text)) is not None:
        return recorded
    return Signable(fields=V3Messages().read(shown), body=shown)


def _request(method: str, target: str, headers: Headers, body: bytes) -> Signable:
    """A request; its target may be a whole address, as proxies have it."""
    host, target = _target(target)
    named = any(name.lower() == "host" for name, _ in headers)
    known: Headers = headers if named or not host else (*headers, ("Host", host))
    return Signable(fields=_fields(body), method=method, target=target, headers=known, body=body)


def _target(address: str) -> tuple[str, str]:
    """Host and request target."""
    if "://" not in address:
        return "", address
    parts = urlsplit(address)
    rest = address.partition("://")[2]
    slash = rest.find("/")
    return parts.netloc, rest[slash:].partition("#")[0] if slash >= 0 else "/"


def _apart(text: bytes) -> tuple[Headers, bytes]:
    """Headers and body; a saved file may have a line end more than was sent."""
    head, *rest = [b"", text[1:]] if text[:1] == b"\n" else _BLANK_LINE.split(text, maxsplit=1)
    lines = [line.decode("utf-8", "replace").partition(":") for line in head.splitlines()]
    headers = tuple((name.strip(), value.strip()) for name, colon, value in lines if colon)
    body = rest[0] if rest else b""
    length = header(headers, "Content-Length")
    return headers, body[: int(length)] if length.isdecimal() else body


def _fields(body: bytes) -> dict[str, str]:
    """The members of a body; none where it is no JSON, which is no hindrance to look at its signature."""
    try:
        return dict(V3Messages().read(body))
    except MessageUnreadable:
        return {}


# -- curl --------------------------------------------------------------------------------------------------------------


def _curl(command: str, piped: str | None) -> Signable:
    try:
        words = shlex.split(command.replace("\\\r\n", " ").replace("\\\n", " "))
        stdin = base64.b64decode(piped) if piped else b""
    except (ValueError, binascii.Error) as error:
        raise MessageUnreadable("curl", detail=str(error)) from None
    options = list(_options(words))
    bodies = [value for name, value in options if name in _DATA]
    if any(value.startswith("@") and value != "@-" for value in bodies):
        raise MessageUnreadable("curl_file")
    body = stdin if "@-" in bodies else "&".join(bodies).encode()
    address = next((value for name, value in options if name in ("", "--url")), "")
    method = next((value for name, value in options if name in ("-X", "--request")), "POST" if bodies else "GET")
    split = [value.partition(":") for name, value in options if name in ("-H", "--header")]
    headers = tuple((name.strip(), value.strip()) for name, _, value in split)
    return _request(method, address, headers, body)


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Options with their values; an address has no name."""
    left = iter(words)
    for word in left:
        if word in _WITH_VALUE:
            yield word, next(left, "")
        elif word.startswith("-"):
            continue
        else:
            yield "", word


# -- HAR ---------------------------------------------------------------------------------------------------------------


def _recorded(text: bytes) -> Signable | None:
    """The last signed request of a HAR file; None for what is none."""
    try:
        entries = json.loads(text)["log"]["entries"]
        requests = [entry["request"] for entry in entries]
        signed = [one for one in requests if _authorization(one)] or requests
        return _of_har(signed[-1])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return None


def _authorization(request: Any) -> bool:
    return any(str(one["name"]).lower() == "authorization" for one in request["headers"])


def _of_har(request: Any) -> Signable:
    headers = tuple((str(one["name"]), str(one["value"])) for one in request["headers"])
    body = str(request.get("postData", {}).get("text", "")).encode()
    return _request(str(request["method"]), str(request["url"]), headers, body)
