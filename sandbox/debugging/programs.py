"""Short programs that sign and send one call with their language's standard library, and run as they stand.

Each is a template in templates/programs/, in the folder of its face; what stands in it is written as that language
writes a literal.
"""

import json
import shlex
from functools import cache
from typing import TYPE_CHECKING

from sandbox.config import shipped
from sandbox.core.ports.calls import Signable
from sandbox.debugging.service import CallDraft

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = {
    "curl": "cURL",
    "python": "Python",
    "node": "Node.js",
    "go": "Go",
    "java": "Java",
    "php": "PHP",
}
"""Name and title of each, in the order in which they are shown."""


def program(language: str, draft: CallDraft, *, base: str, message: Signable, key: str = "") -> str:
    """The program that sends a call to the sandbox at `base`, signed by itself; `message` is the call, signed already.

    `language` is one of LANGUAGES; a `key` stands there in place of the right one. A face that signs by certificate
    reads the key from a file.
    """
    filled = Signable(fields={name: value for name, value in draft.fields.items() if value != ""})
    unsigned = draft.face.signatures.signed(filled, "").texts
    facts = {
        "url": base + message.target,
        "base": base,
        "method": message.method,
        "target": message.target,
        "mch_id": draft.credentials.merchant.mch_id if draft.credentials else "",
        "serial_no": _serial_no(draft),
        "fields": [(name, value) for name, value in unsigned.items() if value != ""],
        "key": key or draft.key,
        "algorithm": draft.algorithm,
        "message": message.text,
    }
    return _environment().get_template(f"{draft.face.name}/{language}.txt").render(facts)


def _serial_no(draft: CallDraft) -> str:
    """That of the certificate whose key signs; "" where none does."""
    own = draft.credentials.certificates if draft.credentials else ()
    return next((one.serial_no for one in own if one.files.private_key == draft.key), "")


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

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
