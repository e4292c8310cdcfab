"""What the test modules beside this one say of the endpoints that they test, so that no table says it again.

`COVERS`: the paths whose fields and rules a module tests. `ANSWERS`: what an endpoint can be made to answer, in the
form of `outcomes.OUTCOMES`, where its own module says it. `LACKS`: by path, a field that must be there, with its
caption, where nonce_str need not be.
"""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_MODULES = sorted(Path(__file__).parent.glob("test_*.py"))


def rules() -> dict[str, list[str]]:
    """The modules that test an endpoint's fields, money and times, by its path."""
    found: dict[str, list[str]] = {}
    for module, node in _assigned("COVERS"):
        for path in ast.literal_eval(node):
            found.setdefault(path, []).append(module)
    return found


def said(name: str) -> dict[str, Any]:
    """All that modules say under one of the other names."""
    told: dict[str, Any] = {}
    for module, _ in _assigned(name):
        told |= getattr(importlib.import_module(f"tests.v2.{module}"), name)
    return told


def _assigned(name: str) -> Iterator[tuple[str, ast.expr]]:
    """The modules that give a name a value; read and not imported, for most of them read these tables themselves."""
    for path in _MODULES:
        text = path.read_text(encoding="utf-8")
        if f"\n{name}" not in text:
            continue
        for node in ast.parse(text).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            if value is not None and any(isinstance(one, ast.Name) and one.id == name for one in targets):
                yield path.stem, value
