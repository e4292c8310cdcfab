"""The image's recipe, as far as it can be checked without a container engine, and the program as the image runs it."""

import asyncio
import fnmatch
import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import aiohttp
import dockerfile
import pytest

from tests.support.patience import PATIENCE
from tests.support.process import SandboxProcess

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE, IGNORED = ROOT / "Dockerfile", ROOT / ".dockerignore"
COMPOSE, COMPANY = ROOT / "compose.yaml", ROOT / "compose.postgresql.yaml"
pytestmark = pytest.mark.skipif(not DOCKERFILE.exists(), reason="the recipes are not installed; run it in a checkout")


def commands(name: str) -> list[Any]:
    return [one for one in dockerfile.parse_file(str(DOCKERFILE)) if one.cmd.upper() == name]


def environment() -> dict[str, str]:
    """What the image sets, by name; PATH apart."""
    words = [shlex.split(value)[0] for value in commands("ENV")[0].value]
    return {name: value for name, value in zip(words[::2], words[1::2], strict=True) if name != "PATH"}


def copied() -> list[str]:
    """What the build takes from the checkout."""
    return [source for one in commands("COPY") if not one.flags for source in one.value[:-1]]


def checkout_only() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


# -- the recipe --------------------------------------------------------------------------------------------------------


def test_the_last_stage_is_slim_and_runs_without_rights() -> None:
    assert len(commands("FROM")) == 2
    assert commands("FROM")[-1].value[0].endswith("-slim")
    assert commands("USER")[-1].value == ("10001",)


def test_all_that_the_wheel_is_built_from_is_copied() -> None:
    project = checkout_only()
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    built_from = {
        *wheel["packages"],
        *wheel["force-include"],
        "pyproject.toml",
        project["project"]["readme"],
        "LICENSE",
    }
    assert set(copied()) == built_from


def test_what_is_copied_is_not_ignored_and_nothing_else_goes_to_the_engine() -> None:
    rules = [line for line in IGNORED.read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert [rule.removeprefix("!") for rule in rules if rule.startswith("!")] == copied()
    hidden = [rule.removeprefix("**/") for rule in rules[1:] if not rule.startswith("!")]
    tracked = subprocess.run(["git", "ls-files", *copied()], cwd=ROOT, capture_output=True, text=True, check=True)
    parts = {part for path in tracked.stdout.splitlines() for part in path.split("/")}
    assert [part for part in parts for rule in hidden if fnmatch.fnmatch(part, rule)] == []


def test_the_data_lies_in_a_volume_that_the_user_owns() -> None:
    assert commands("VOLUME")[0].value == (environment()["WXPAY_SANDBOX_DATA_DIR"],)
    assert any("-o sandbox -g sandbox /data" in one.value[0] for one in commands("RUN"))


def test_the_ports_that_it_listens_on_are_exposed() -> None:
    listens = tuple(environment()[f"WXPAY_SANDBOX_{name}"] for name in ("PORT", "HTTPS_PORT", "PROXY_PORT"))
    assert commands("EXPOSE")[0].value == listens


def test_compose_starts_the_image_with_its_ports_on_this_machine_only() -> None:
    import yaml

    sandbox = yaml.safe_load(COMPOSE.read_text())["services"]["wxpay"]
    assert sandbox["build"] == "."
    assert sandbox["ports"] == [f"127.0.0.1:{port}:{port}" for port in commands("EXPOSE")[0].value]
    assert sandbox["volumes"][0].endswith(":" + environment()["WXPAY_SANDBOX_DATA_DIR"])


def test_the_sandboxes_of_a_company_are_of_this_image_with_a_driver_and_nothing_that_lasts() -> None:
    import yaml

    services = yaml.safe_load(COMPANY.read_text())["services"]
    assert services["sandbox"]["build"] == "."
    assert "postgresql" in checkout_only()["project"]["optional-dependencies"]
    assert any("./[postgresql]" in one.value[0] for one in commands("RUN"))
    data_dir, user = environment()["WXPAY_SANDBOX_DATA_DIR"], commands("USER")[-1].value[0]
    assert services["sandbox"]["tmpfs"] == [f"{data_dir}:uid={user},mode=0700"]
    assert services["wxpay"]["ports"] == [f"{port}:{port}" for port in commands("EXPOSE")[0].value]


def test_the_compose_files_are_valid() -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    assert subprocess.run([*checker, str(COMPOSE), str(COMPANY)], check=False).returncode == 0


# -- the image, where there is an engine -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def image() -> str:
    """The image, built; skips where no container engine runs."""
    if not shutil.which("docker") or docker("version") is None:
        pytest.skip("no container engine runs here: what follows runs the image's commands without one")
    built = docker("build", "--quiet", str(ROOT))
    assert built is not None
    return built


def docker(*words: str) -> str | None:
    """What the engine's command prints; None where it fails."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


async def test_the_image_starts_and_is_well_with_nothing_to_write_on_but_its_volume(image: str) -> None:
    container = docker("run", "--detach", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", image)
    assert container is not None
    heard = ["--filter", f"container={container}", "--filter", "event=health_status", "--since", "10m"]
    events = await asyncio.create_subprocess_exec("docker", "events", *heard, stdout=asyncio.subprocess.PIPE)
    try:
        assert events.stdout is not None
        async with asyncio.timeout(PATIENCE):
            assert b"health_status: healthy" in await events.stdout.readline()
        assert docker("exec", container, "python", "-c", "import asyncpg") is not None
    finally:
        events.terminate()
        await events.wait()
        docker("rm", "--force", "--volumes", container)


# -- the program as the image runs it ----------------------------------------------------------------------------------


def as_in_the_image(tmp_path: Path, *arguments: str, **more: str) -> SandboxProcess:
    """The image's command and environment, but for a free port and a folder of the test's."""
    assert commands("ENTRYPOINT")[0].value == ("wxpay-sandbox",)
    given = {name: value for name, value in environment().items() if name.startswith("WXPAY_SANDBOX_")}
    (command,) = commands("CMD")[-1].value
    free = ("--https-port", "0", "--proxy-port", "0")  # beside the port, for the image names its own
    return SandboxProcess(tmp_path, *free, *arguments, command=command, **{**given, **more})


async def test_it_makes_a_token_and_asks_for_it(tmp_path: Path) -> None:
    async with as_in_the_image(tmp_path) as sandbox, aiohttp.ClientSession(sandbox.url) as session:
        token = sandbox.ready["admin_token"]
        assert len(token) >= 32
        assert await status(session, "") == 401
        assert await status(session, "guess") == 401
        assert await status(session, token) == 200


async def test_the_token_that_was_given_counts_and_is_not_printed(tmp_path: Path) -> None:
    async with (
        as_in_the_image(tmp_path, WXPAY_SANDBOX_ADMIN_TOKEN="mine") as sandbox,
        aiohttp.ClientSession(sandbox.url) as session,
    ):
        assert "admin_token" not in sandbox.ready
        assert await status(session, "mine") == 200


async def test_each_start_makes_another_token(tmp_path: Path) -> None:
    async with as_in_the_image(tmp_path) as first:
        pass
    async with as_in_the_image(tmp_path) as second:
        assert first.ready["admin_token"] != second.ready["admin_token"]


async def test_others_on_the_network_reach_it_by_any_name(tmp_path: Path) -> None:
    async with as_in_the_image(tmp_path) as sandbox, aiohttp.ClientSession(sandbox.url) as session:
        named = {"Host": "wxpay:8686"}
        async with session.get("/_sandbox/health", headers=named) as answer:
            assert (await answer.json())["status"] == "ok"
        assert await status(session, sandbox.ready["admin_token"], **named) == 200


async def test_a_person_is_shown_the_token(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "sandbox", "--port", "0", "--data-dir", str(tmp_path), "--make-token", "--lang", "en"],
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while "Admin token" not in (line := (await process.stdout.readline()).decode()):
            assert line
    process.terminate()
    assert await process.wait() == 0
    assert len(line.split()[2]) >= 32


async def test_the_health_check_passes_only_while_it_serves(tmp_path: Path) -> None:
    async with as_in_the_image(tmp_path) as sandbox:
        port = sandbox.url.rpartition(":")[2]
        assert await health_check(port) == 0
    assert await health_check(port) != 0


async def health_check(port: str) -> int:
    """The image's own check, with its own words."""
    kind, program, *arguments = commands("HEALTHCHECK")[0].value
    assert (kind, program) == ("CMD", "python")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "WXPAY_SANDBOX_PORT": port, "http_proxy": "http://127.0.0.1:9"},
    )
    return await process.wait()


async def status(session: aiohttp.ClientSession, token: str, **headers: str) -> int:
    """Of a call of the control API with this token."""
    sent = {"Authorization": f"Bearer {token}", **headers} if token else headers
    async with session.get("/_sandbox/merchants", headers=sent) as answer:
        return answer.status
