"""Short programs that sign and send one call with their language's standard library, and run as they stand.

Each is a template in templates/programs/; what stands in it is written as that language writes a literal.
"""

import json
import shlex
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.config import shipped
from sandbox.signing.flat import SignType

LANGUAGES = {
    "curl": "cURL",
    "python": "Python",
    "node": "Node.js",
    "go": "Go",
    "java": "Java",
    "php": "PHP",
}
"""Name and title of each, in the order in which they are shown."""


def program(language: str, *, url: str, fields: Mapping[str, str], key: str, sign_type: SignType, message: str) -> str:
    """The program that sends these fields, signed by itself; `message`, already signed, is what curl sends.

    `language` is one of LANGUAGES.
    """
    sent = [(name, value) for name, value in fields.items() if name != "sign" and value != ""]
    facts = {"url": url, "fields": sent, "key": key, "hmac": sign_type is SignType.HMAC_SHA256, "message": message}
    return _environment().get_template(f"{language}.txt").render(facts)


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - source code, not HTML: every value goes through its language's literal
        loader=FileSystemLoader(shipped("templates") / "programs"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"json": _literal, "ascii": json.dumps, "php": _php, "shell": shlex.quote}
    return environment


def _literal(text: str) -> str:
    """A literal of Python, JavaScript and Go alike."""
    return json.dumps(text, ensure_ascii=False)


def _php(text: str) -> str:
    """Single quotes: nothing is interpolated in them."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
