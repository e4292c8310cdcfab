"""`wxpay-sandbox exec`: an unchanged program reaches the sandbox, and nothing else changes for it."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.conftest import need
from tests.support.patience import PATIENCE
from tests.support.process import SandboxProcess, run_command

URL = "https://api.mch.weixin.qq.com/pay/orderquery"
PYTHON = f"""
import urllib.request
for _ in range(5):
    answer = urllib.request.urlopen({URL!r}, data=b"<xml/>").read().decode()
print(answer)
"""
NODE = f"""
const https = require('node:https');
const ask = (agent) => new Promise((resolve, reject) => {{
  const request = https.request({URL!r}, {{ method: 'POST', agent }}, (answer) => answer.on('data', resolve));
  request.on('error', reject).end('<xml/>');
}});
(async () => {{
  const own = new https.Agent({{ keepAlive: false }});
  const fetched = await fetch({URL!r}, {{ method: 'POST', body: '<xml/>' }});
  console.log(String(await ask()), String(await ask(own)), await fetched.text());
  process.exit();
}})();
"""
JAVA = f"""
import java.net.*;
public class Ask {{
  public static void main(String[] arguments) throws Exception {{
    HttpURLConnection connection = (HttpURLConnection) new URL("{URL}").openConnection();
    connection.setDoOutput(true);
    connection.getOutputStream().write("<xml/>".getBytes());
    System.out.write(connection.getInputStream().readAllBytes());
    System.out.flush();
  }}
}}
"""
GO = f"""
package main

import ("io"; "net/http"; "os"; "strings")

func main() {{
	answer, err := http.Post("{URL}", "text/xml", strings.NewReader("<xml/>"))
	if err != nil {{ panic(err) }}
	io.Copy(os.Stdout, answer.Body)
}}
"""
ANSWER = "此字段为必填项"


async def execute(tmp_path: Path, *command: str, **environment: str) -> tuple[int, str, str]:
    """Run a command by `exec`, with a sandbox made for it."""
    return await run_command("exec", "--data-dir", str(tmp_path / "data"), "--", *command, stdin=b"", **environment)


async def test_python_reaches_the_sandbox(tmp_path: Path) -> None:
    status, out, errors = await execute(tmp_path, sys.executable, "-c", PYTHON)
    assert (status, errors) == (0, "")
    assert ANSWER in out
    assert not (tmp_path / "data" / "running.json").exists()


async def test_curl_reaches_the_sandbox(tmp_path: Path) -> None:
    status, out, errors = await execute(tmp_path, need("curl", "curl"), "-sS", "-d", "<xml/>", URL)
    assert (status, errors) == (0, "")
    assert ANSWER in out


async def test_node_reaches_the_sandbox_by_every_client(tmp_path: Path) -> None:
    program = tmp_path / "ask.js"
    program.write_text(NODE)
    status, out, errors = await execute(tmp_path, need("node", "nodejs"), str(program))
    assert (status, errors) == (0, "")
    assert out.count(ANSWER) == 3


async def test_java_reaches_the_sandbox(tmp_path: Path) -> None:
    program = tmp_path / "Ask.java"
    program.write_text(JAVA)
    status, out, errors = await execute(tmp_path, need("java", "default-jdk-headless"), str(program))
    assert (status, ANSWER in out) == (0, True), errors


async def test_go_reaches_the_sandbox(tmp_path: Path) -> None:
    program = tmp_path / "main.go"
    program.write_text(GO)
    status, out, errors = await execute(tmp_path, need("go", "golang-go"), "run", str(program))
    assert (status, ANSWER in out) == (0, True), errors


async def test_it_speaks_to_the_sandbox_that_runs(tmp_path: Path) -> None:
    async with SandboxProcess(tmp_path / "data") as sandbox:
        show = "import os; print(os.environ['HTTPS_PROXY'], os.environ['WXPAY_SANDBOX_URL'])"
        status, out, _ = await execute(tmp_path, sys.executable, "-c", show)
        assert (status, out.split()) == (0, [sandbox.ready["proxy"], sandbox.url])


async def test_a_sandbox_without_a_proxy_is_one_sentence(tmp_path: Path) -> None:
    async with SandboxProcess(tmp_path / "data", "--no-tls") as sandbox:
        assert not {"https", "proxy", "ca"} & set(sandbox.ready)
        status, _, errors = await execute(tmp_path, "true")
        assert (status, len(errors.splitlines())) == (2, 1)
        assert "--no-tls" in errors


@pytest.mark.parametrize(
    ("command", "status"),
    [(["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -9 $$"], 137), (["no-such-command"], 127), (["/"], 126)],
)
async def test_the_status_is_the_commands(tmp_path: Path, command: list[str], status: int) -> None:
    found, out, errors = await execute(tmp_path, *command, WXPAY_SANDBOX_DATABASE=":memory:")
    assert (found, out) == (status, "")
    assert len(errors.splitlines()) == (1 if status in (126, 127) else 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_signals_are_the_commands(tmp_path: Path, number: signal.Signals) -> None:
    script = f"trap 'exit 9' {int(number)}; echo ready; while :; do sleep 0.05; done"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "exec", "--data-dir", str(tmp_path / "data"), "--", "sh", "-c", script),
        stdout=asyncio.subprocess.PIPE,
        env=dict(os.environ),
        start_new_session=True,  # no terminal that tells the command as well
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    process.send_signal(number)
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == 9


async def test_the_data_dir_that_it_makes_is_its_owners_alone(tmp_path: Path) -> None:
    made = tmp_path / "new"
    status, _, errors = await run_command("exec", "--data-dir", str(made), "--", sys.executable, "-c", "")
    assert (status, made.stat().st_mode & 0o777) == (0, 0o700), errors
    assert {file.stat().st_mode & 0o777 for file in made.iterdir()} == {0o600}
