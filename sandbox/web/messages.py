"""The bytes of an exchange as text, and the command that sends it again: for console and control API alike."""

import base64
import shlex
from urllib.parse import urlsplit

from sandbox.core.journal import Exchange, ExchangeKind, header

_NOT_REPEATED = {"host", "content-length", "connection", "accept-encoding", "transfer-encoding"}


def decoded(raw: bytes, *, cut: bool = False) -> str | None:
    """The text of UTF-8 bytes, else None; a character that a cut split is left out."""
    for lost in range(4 if cut else 1):
        try:
            return raw[: len(raw) - lost].decode()
        except UnicodeDecodeError:
            continue
    return None


def address(exchange: Exchange, base: str) -> str:
    """The URL that was called. `base` is the sandbox's own, for calls that came in."""
    if urlsplit(exchange.path).scheme:
        return exchange.target
    if exchange.kind is ExchangeKind.API:
        return base + exchange.target
    return f"http://{header(exchange.request.headers, 'host')}{exchange.target}"


def curl(exchange: Exchange, base: str) -> str:
    """The command that sends the same request again."""
    parts = [f"curl -sS -X {shlex.quote(exchange.method)} {shlex.quote(address(exchange, base))}"]
    for name, value in exchange.request.headers:
        if name.lower() not in _NOT_REPEATED:
            parts.append(f"-H {shlex.quote(f'{name}: {value}')}")
    raw = exchange.request.body
    if not raw:
        return _lines(parts)
    text = decoded(raw)
    if text is None or "\0" in text or text.startswith("@"):
        # No argument can hold these bytes; and curl reads a file where it begins with @.
        return f"echo {base64.b64encode(raw).decode()} | base64 -d | " + _lines([*parts, "--data-binary @-"])
    return _lines([*parts, f"--data-binary {shlex.quote(text)}"])


def _lines(parts: list[str]) -> str:
    return " \\\n  ".join(parts)
