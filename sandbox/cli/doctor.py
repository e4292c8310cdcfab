"""`wxpay-sandbox doctor`: a saved request, and what the doctor says of it."""

import argparse
import base64
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sandbox.cli.help import Command, command_option, say
from sandbox.cli.options import data_options, settings_of
from sandbox.cli.process import run
from sandbox.cli.remote import ask, in_language
from sandbox.config import Settings, language
from sandbox.core.text import Lang
from sandbox.instance import CannotStart
from sandbox.words import terminal as words

RIGHT, WRONG, UNREADABLE = 0, 1, 2
"""Exit statuses."""

_HEAD = re.compile(rb"(?:[A-Z]+ \S+ HTTP/[0-9.]+|HTTP/[0-9.]+ [0-9]{3}[^\r\n]*|[A-Za-z][A-Za-z-]*:[^\r\n]*)\r?\n")
_IN_HEADERS = re.compile(rb"WECHATPAY2-SHA256-RSA2048|^Wechatpay-Signature:", re.IGNORECASE | re.MULTILINE)
"""By which V3's messages are known."""
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CURL = re.compile(r"(?:echo (?P<base64>\S+) \| base64 -d \| )?curl\s")
_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--data-ascii")


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-")
@command_option("--mch-id", default="")
@command_option("--key", default="")
@data_options
@click.pass_context
def doctor(context: click.Context, /, file: Path, mch_id: str, key: str, **_: Any) -> None:
    """Explain why a signature is wrong.

    FILE (default: standard input) holds what was sent: the XML alone, the raw HTTP request, or a curl command; of V3
    the request with its headers (raw, as curl, as HAR), an answer or a notification. Exit status 0: the signature is
    right; 1: it is wrong; 2: the message cannot be read.
    """
    settings = settings_of(context)
    answer = run(_examine(settings, file, {"mch_id": mch_id, "key": key}))
    click.echo(report(answer, language(settings.lang)))
    sys.exit(status_of(answer))


async def _examine(settings: Settings, file: Path, options: dict[str, str]) -> Any:
    try:
        body = body_of(_saved(file, settings.lang))
    except NoBody as error:
        raise CannotStart(str(error)) from None
    examined = {"body_base64": base64.b64encode(body).decode(), **options}
    return await ask(settings, "POST", f"/_sandbox/doctor{in_language(settings.lang)}", examined)


def _saved(file: Path, lang: str) -> bytes:
    """A file's content; - is standard input."""
    if file != Path("-"):
        try:
            return file.read_bytes()
        except OSError as error:
            raise CannotStart(f"{file} cannot be read: {error.strerror}.") from None
    if sys.stdin.isatty():
        click.echo(say(words.PASTE, lang), err=True)
    return sys.stdin.buffer.read()


class NoBody(Exception):
    """What was saved holds no body; the message says why."""


def body_of(saved: bytes) -> bytes:
    """The body of what was saved: a body alone, a raw request with its headers, or a curl command.

    What is signed in its headers is taken whole.

    Raises NoBody.
    """
    if _IN_HEADERS.search(saved):
        return saved
    text = saved.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HEAD.match(text):
        _, *body = _BLANK_LINE.split(text, maxsplit=1)
        return body[0] if body else b""
    command = text.decode("utf-8", "replace")
    if found := _CURL.match(command):
        return base64.b64decode(found["base64"]) if found["base64"] else _data_of(command)
    return saved


def _data_of(command: str) -> bytes:
    """What a curl command sends."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument(*_DATA, dest="data", default="")
    try:
        data = str(parser.parse_known_args(shlex.split(command.replace("\r\n", "\n")))[0].data)
    except (ValueError, argparse.ArgumentError) as error:
        raise NoBody(f"The curl command cannot be read: {error}.") from None
    if not data:
        raise NoBody("The curl command sends no data (-d, --data-binary, ...).")
    return _file(data[1:]) if data.startswith("@") else data.encode()


def _file(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise NoBody(f"{name}, which the curl command sends, cannot be read: {error.strerror}.") from None


def status_of(answer: Mapping[str, Any]) -> int:
    """The exit status for what the doctor says."""
    if not answer["readable"]:
        return UNREADABLE
    return RIGHT if answer["valid"] else WRONG


def report(answer: Mapping[str, Any], lang: Lang) -> str:
    """What the doctor says, for a terminal."""
    titles = {RIGHT: words.SIGN_RIGHT, WRONG: words.SIGN_WRONG, UNREADABLE: words.MESSAGE_UNREADABLE}
    title = titles[status_of(answer)].say(lang)
    lines = [click.style(title, fg="green" if answer["valid"] else "red", bold=True)]
    if not answer["valid"]:
        lines += [_visible(answer["explanation"]), words.FIX.say(lang, fix=_visible(answer["fix"]))]
    for name, label in words.DIAGNOSIS.items():
        if value := answer.get(name):
            lines += ["", label.say(lang), f"  {_visible(value)}"]
    return "\n".join(lines)


def _visible(text: str) -> str:
    """Text from a message, harmless to a terminal: control characters are written as escapes."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
