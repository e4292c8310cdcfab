"""The recipes for CI are true: what can run here runs, against a real sandbox; the rest is checked by its schema."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import sandbox
from tests.conftest import need
from tests.support.process import SandboxProcess

ROOT = Path(__file__).parent.parent.parent
RECIPES = [ROOT / "docs" / "ci.md", ROOT / "docs" / "ci.zh-CN.md"]
pytestmark = [
    pytest.mark.skipif(not RECIPES[0].exists(), reason="the docs are not installed; run it in a checkout"),
    pytest.mark.slow,
]

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\((?!http)([^)#]+)\)")
SECONDS = 90.0
"""How long a snippet may take, its compiler included."""


def blocks(kind: str) -> list[str]:
    return [text for named, text in _BLOCK.findall(RECIPES[0].read_text()) if named == kind]


def workflow(name: str) -> dict[str, Any]:
    """The workflow that has a step of this name."""
    return next(yaml.safe_load(text) for text in blocks("yaml") if name in text)


def step(name: str) -> str:
    steps = workflow(name)["jobs"]["test"]["steps"]
    return str(next(one["run"] for one in steps if one.get("name") == name))


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    """Runs a command where `wxpay-sandbox` is on the PATH; gives what it printed."""
    command = tmp_path / "bin" / "wxpay-sandbox"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sandbox "$@"\n')
    command.chmod(0o755)
    (tmp_path / "work").mkdir()

    async def run_it(*words: str, **environment: str) -> str:
        known = {
            **os.environ,
            "PATH": f"{command.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(Path(sandbox.__file__).parent.parent),
        }
        process = await asyncio.create_subprocess_exec(
            *words, stdout=asyncio.subprocess.PIPE, cwd=tmp_path / "work", env=known | environment
        )
        async with asyncio.timeout(SECONDS):
            out, _ = await process.communicate()
        assert process.returncode == 0
        return out.decode()

    return run_it


# -- both languages ----------------------------------------------------------------------------------------------------


def test_both_languages_show_the_same_recipes() -> None:
    english, chinese = (_BLOCK.findall(recipe.read_text()) for recipe in RECIPES)
    assert english == chinese


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_everything_linked_is_there(recipe: Path) -> None:
    assert [link for link in _LINK.findall(recipe.read_text()) if not (recipe.parent / link).exists()] == []


# -- the ready line in other languages ---------------------------------------------------------------------------------


async def test_bash_starts_it_and_stops_it(run: Callable[..., Any]) -> None:
    need("jq", "jq")
    need("curl", "curl")
    out = await run("bash", "-euc", blocks("bash")[0])
    assert json.loads(out)["status"] == "ok"


async def test_node_starts_it_and_stops_it(run: Callable[..., Any]) -> None:
    out = await run(need("node", "nodejs"), "-e", blocks("js")[0])
    assert json.loads(out)["status"] == "ok"


async def test_go_starts_it_and_stops_it(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "ready.go").write_text(blocks("go")[0])
    out = await run(need("go", "golang"), "run", str(tmp_path / "ready.go"))
    assert json.loads(out)["status"] == "ok"


async def test_java_starts_it_and_stops_it(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "Ready.java").write_text(blocks("java")[0])
    out = await run(need("java", "default-jdk"), str(tmp_path / "Ready.java"))
    assert json.loads(out)["status"] == "ok"


# -- workflows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "schema"), [(0, "github-workflows"), (1, "github-workflows"), (2, "gitlab-ci")])
def test_the_pipelines_are_valid(tmp_path: Path, n: int, schema: str) -> None:
    (tmp_path / "pipeline.yml").write_text(blocks("yaml")[n])
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    assert subprocess.run([*checker, str(tmp_path / "pipeline.yml")], check=False).returncode == 0


async def test_the_step_that_starts_the_sandbox_gives_its_address_to_the_next_ones(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    script = (
        step("Start the sandbox") + '\n. "$GITHUB_ENV"; curl -fsS "$WXPAY_URL/_sandbox/health"; kill $!; wait $! || :'
    )
    out = await run(need("bash", "bash"), "-euc", script, GITHUB_ENV=str(tmp_path / "env"))
    assert json.loads(out)["status"] == "ok"


async def test_the_step_that_makes_a_merchant_gives_its_credentials_to_the_next_ones(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    need("jq", "jq")
    given = workflow("A merchant for this job")["jobs"]["test"]["env"]
    token = given["WXPAY_ADMIN_TOKEN"]
    async with SandboxProcess(tmp_path / "data", "--host", "0.0.0.0", "--admin-token", token) as one:
        environment = {"WXPAY_URL": one.url, "WXPAY_ADMIN_TOKEN": token, "GITHUB_ENV": str(tmp_path / "env")}
        await run("bash", "-euo", "pipefail", "-c", step("A merchant for this job"), **environment)
    credentials = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    assert credentials.keys() == {"WXPAY_MCH_ID", "WXPAY_APPID", "WXPAY_API_KEY"}
    assert len(credentials["WXPAY_API_KEY"]) == 32


async def test_a_merchant_of_its_own_is_one_call(run: Callable[..., Any], tmp_path: Path) -> None:
    need("jq", "jq")
    async with SandboxProcess(tmp_path / "data") as one:
        out = await run("bash", "-euo", "pipefail", "-c", blocks("bash")[1], WXPAY_URL=one.url)
    assert out.startswith("WXPAY_MCH_ID=")


async def test_jobs_that_start_one_each_in_the_same_folder_do_not_meet(run: Callable[..., Any]) -> None:
    need("jq", "jq")
    both = await asyncio.gather(*[run("bash", "-euc", blocks("bash")[0]) for _ in range(2)])
    assert [json.loads(out)["status"] for out in both] == ["ok", "ok"]
