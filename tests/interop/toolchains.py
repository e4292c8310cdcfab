"""Installs the libraries from their registries, at the versions of the lock files, and builds the shops on them."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from filelock import FileLock

from tests.conftest import need
from tests.interop.libraries import HERE, Face, Library

SECONDS = 300.0
"""How long an installation may take."""


def warm(cache: Path) -> None:
    """Begin all installations and builds, side by side and beside what the caller does next.

    What fails or is missing comes to light in `command_for`, which waits for what is under way.
    """
    pool = ThreadPoolExecutor()
    for language in BUILDS:
        pool.submit(made, language, cache)
    pool.shutdown(wait=False)


def command_for(library: Library, cache: Path) -> list[str]:
    """The command that runs a library's shop; installs and builds it below `cache` when that was not done yet.

    Skips the test where a toolchain is missing, and says what to install.
    """
    command = {"Python": _python, "Node": _node, "Go": _go, "Java": _java}[library.language]
    return command(library, cache)


def _python(library: Library, cache: Path) -> list[str]:
    return [sys.executable, str(HERE / "python" / f"{library.program}.py")]


def _node(library: Library, cache: Path) -> list[str]:
    return [need("node", "nodejs"), str(made("node", cache) / f"{library.program}.js")]


def _go(library: Library, cache: Path) -> list[str]:
    return [str(made("go", cache) / "built" / library.program)]


def _java(library: Library, cache: Path) -> list[str]:
    java, folder = need("java", "default-jdk-headless"), made("java", cache)
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # a short life is over before a better compiler pays
    classes = f"{folder / 'classes'}:{(folder / 'classpath').read_text()}"
    return [java, *quick, "-cp", classes, "ShopV3" if library.face is Face.V3 else "Shop", library.name]


def _build_node(work: Path) -> None:
    _run(work, need("npm", "npm"), "ci")


def _build_go(work: Path) -> None:
    _run(work, need("go", "golang"), "build", "-o", "built/", "./...")


def _build_java(work: Path) -> None:
    maven, javac = need("mvn", "maven"), need("javac", "default-jdk-headless")
    _run(work, maven, "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath")
    path = (work / "classpath").read_text()
    _run(work, javac, "-cp", path, "-d", "classes", *sorted(file.name for file in work.glob("*.java")))


BUILDS: dict[str, Callable[[Path], None]] = {"java": _build_java, "go": _build_go, "node": _build_node}
"""What takes longest comes first."""


def made(language: str, cache: Path) -> Path:
    """A copy of the language's folder in which it was built, once for these sources, however many workers ask."""
    source = HERE / language
    files = sorted(file for file in source.rglob("*") if file.is_file())
    digest = hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()[:16]
    folder = cache / f"{language}-{digest}"
    done = folder / "done"
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(source, folder)
            BUILDS[language](folder)
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
