"""Installs the libraries from their registries, at the versions of the lock files, and builds the shops on them."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from tests.conftest import need
from tests.interop.libraries import HERE, Library

SECONDS = 300.0
"""How long an installation may take."""


def command_for(library: Library, cache: Path) -> list[str]:
    """The command that runs a library's shop; installs and builds it below `cache` when that was not done yet.

    Skips the test where a toolchain is missing, and says what to install.
    """
    build = {"Python": _python, "Node": _node, "Go": _go, "Java": _java}[library.language]
    return build(library, cache)


def _python(library: Library, cache: Path) -> list[str]:
    return [sys.executable, str(HERE / "python" / "shop.py")]


def _node(library: Library, cache: Path) -> list[str]:
    need("npm", "npm")
    node = need("node", "nodejs")
    folder = _made("node", cache, lambda work: _run(work, "npm", "ci"))
    return [node, str(folder / "shop.js")]


def _go(library: Library, cache: Path) -> list[str]:
    go = need("go", "golang")
    return [str(_made("go", cache, lambda work: _run(work, go, "build", "-o", "shop", ".")) / "shop")]


def _java(library: Library, cache: Path) -> list[str]:
    java, maven, javac = (
        need("java", "default-jdk-headless"),
        need("mvn", "maven"),
        need("javac", "default-jdk-headless"),
    )

    def build(work: Path) -> None:
        _run(work, maven, "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath")
        path = (work / "classpath").read_text()
        _run(work, javac, "-cp", path, "-d", "classes", *sorted(file.name for file in work.glob("*.java")))

    folder = _made("java", cache, build)
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # a short life is over before a better compiler pays
    return [java, *quick, "-cp", f"{folder / 'classes'}:{(folder / 'classpath').read_text()}", "Shop", library.name]


def _made(language: str, cache: Path, build: Callable[[Path], None]) -> Path:
    """A copy of the language's folder in which `build` has run, once for these sources, however many workers ask."""
    files = sorted(file for file in (HERE / language).iterdir() if file.is_file())
    digest = hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()[:16]
    folder = cache / f"{language}-{digest}"
    done = folder / "done"
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for file in files:
                shutil.copy(file, folder)
            build(folder)
            done.touch()
    return folder


def _run(folder: Path, *command: str) -> None:
    """Raises AssertionError with what the command said. A second try: registries fail for a moment now and then."""
    for _ in range(2):
        result = subprocess.run(
            command, cwd=folder, env=os.environ, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        if result.returncode == 0:
            return
    raise AssertionError(f"{' '.join(command)}\n{result.stdout}{result.stderr}")
