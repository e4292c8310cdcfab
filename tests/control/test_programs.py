"""The programs that the debugging tool writes run as they stand, and place an order."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import need
from tests.control.test_debugging import example
from tests.support.control import Control
from tests.support.merchant import elements

pytestmark = pytest.mark.slow

BODY = "龙井茶 & \"$x\" '\\n' <b>#{a} ${b} %s😀"
SECONDS = 120.0
RUN = {
    "curl": ("sh", "pay.sh"),
    "python": (sys.executable, "pay.py"),
    "node": ("node", "pay.mjs"),
    "go": ("go", "run", "pay.go"),
    "java": ("java", "Pay.java"),
    "php": ("php", "pay.php"),
}
PACKAGES = {"curl": "curl", "node": "nodejs", "go": "golang-go", "java": "default-jdk-headless", "php": "php-cli"}
OPTIONAL = ("php",)


def toolchain(language: str) -> None:
    """Skip, saying what to install, unless the language is there."""
    if language == "python":
        return
    program = language if language == "curl" else RUN[language][0]
    if language in OPTIONAL and not shutil.which(program):
        pytest.skip(f"{program} is needed: install {PACKAGES[language]}")
    need(program, PACKAGES[language])


async def run(language: str, code: str, where: Path) -> str:
    """What the program prints; it is saved as it came."""
    command = RUN[language]
    (where / command[-1]).write_text(code, encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=where, env=own, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(SECONDS):
        out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode()


@pytest.mark.parametrize("language", list(RUN))
async def test_a_copied_program_of_apiv3_places_an_order(control: Control, language: str, tmp_path: Path) -> None:
    toolchain(language)
    path = "/v3/pay/transactions/native"
    fields = {**await example(control, path, face="v3"), "description": BODY.replace("😀", "")}
    asked = {"face": "v3", "language": language, "path": path, "fields": fields}
    written = await control.post("/debug/program", asked)
    key = (await control.get(f"/merchants/{control.mch_id}"))["private_key"]
    (tmp_path / "apiclient_key.pem").write_text(key)

    assert "code_url" in await run(language, written["code"], tmp_path)
    order = await control.order(fields["out_trade_no"])
    assert (order["face"], order["body"]) == ("v3", fields["description"])


@pytest.mark.parametrize("sign_type", ["MD5", "HMAC-SHA256"])
@pytest.mark.parametrize("language", list(RUN))
async def test_a_copied_program_places_an_order(
    control: Control, language: str, sign_type: str, tmp_path: Path
) -> None:
    toolchain(language)
    fields = {**await example(control), "body": BODY, "attach": "", "sign_type": sign_type}
    written = await control.post(
        "/debug/program", {"language": language, "path": "/pay/unifiedorder", "fields": fields}
    )
    answer = elements(await run(language, written["code"], tmp_path))
    assert answer["result_code"] == "SUCCESS", answer
    order = await control.order(fields["out_trade_no"])
    assert (order["body"], order["sign_type"]) == (BODY, sign_type)
