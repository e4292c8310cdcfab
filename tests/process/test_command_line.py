"""The command line as people and programs use it."""

import json
import socket
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest

from tests.support.control import Control
from tests.support.process import SandboxProcess, run_command


async def test_the_ready_line_is_the_only_line_on_stdout(tmp_path: Path) -> None:
    async with SandboxProcess(tmp_path) as sandbox:
        assert sandbox.ready["console"] == f"{sandbox.url}/console/"
        assert sandbox.ready["merchants"][0]["mch_id"] == "1900000109"
        sandbox.process.terminate()
        out, _ = await sandbox.process.communicate()
        assert out == b""


async def test_a_second_one_on_the_same_data_dir_is_refused_naming_the_first(tmp_path: Path) -> None:
    async with SandboxProcess(tmp_path) as sandbox:
        status, out, errors = await run_command("serve", "--port", "0", "--data-dir", str(tmp_path))
        assert (status, out) == (2, "")
        assert sandbox.url in errors
        assert len(errors.splitlines()) == 1


async def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, errors = await run_command("serve", "--port", str(port), "--data-dir", str(tmp_path))
    assert status == 2
    assert f"port {port}" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("option", ["--https-port", "--proxy-port"])
async def test_another_taken_port_names_its_own_option(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, _, errors = await run_command("serve", "--port", "0", option, port, "--data-dir", str(tmp_path))
    assert (status, len(errors.splitlines())) == (2, 1)
    assert f"port {port}" in errors
    assert f"{option} 0" in errors


async def test_an_address_of_another_machine_is_one_sentence_without_false_advice(tmp_path: Path) -> None:
    status, _, errors = await run_command("serve", "--host", "203.0.113.9", "--port", "0", "--data-dir", str(tmp_path))
    assert (status, len(errors.splitlines())) == (2, 1)
    assert "203.0.113.9" in errors
    assert "--port 0" not in errors


async def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    config = tmp_path / "sandbox.yaml"
    config.write_text("prot: 8080\nlang: fr\n")
    status, _, errors = await run_command(
        "serve", "--port", "99999", "--config", str(config), "--public-url", "nowhere", "--keep-calls", "-1"
    )
    assert status == 2
    assert len(errors.splitlines()) == 5
    for name in ("port", "prot", "lang", "public_url", "keep_calls"):
        assert name in errors
    assert "Traceback" not in errors


LAUGHS = "".join(f"{name}: &{name} [{','.join([f'*{below}'] * 9)}]\n" for below, name in pairwise("abcdefghij"))


@pytest.mark.parametrize(
    "content",
    [
        "- a list\n",
        "port: [",
        "merchants: {}\n",
        "merchants:\n- mch_id: abc\n",
        pytest.param("port: " + "[" * 100_000, id="nested deeply"),
        pytest.param(f"a: &a [x]\n{LAUGHS}port: *j\n", id="aliases that make much of little"),
        pytest.param("merchants: &self [*self]\n", id="a list that holds itself"),
        pytest.param("no_tls: !!bool maybe\n", id="a tag that does not fit"),
        pytest.param("seed: !!int ''\n", id="a number that is empty"),
        pytest.param("public_url: !!timestamp soon\n", id="a time that is none"),
        "lang: 2026-99-99\n",
    ],
)
async def test_an_unusable_configuration_is_one_sentence(tmp_path: Path, content: str) -> None:
    config = tmp_path / "sandbox.yaml"
    config.write_text(content)
    status, _, errors = await run_command(
        "serve", "--port", "0", "--config", str(config), "--data-dir", str(tmp_path / "data")
    )
    assert status == 2
    assert errors.startswith("wxpay-sandbox: config: ")
    assert len(errors.splitlines()) == 1


async def test_values_of_a_wrong_kind_are_named_each(tmp_path: Path) -> None:
    config = tmp_path / "sandbox.yaml"
    config.write_text("data_dir: [a]\nno_tls: 3\nseed: []\n")
    status, _, errors = await run_command("serve", "--config", str(config))
    assert status == 2
    assert [line.split(":")[1].strip() for line in errors.splitlines()] == ["data_dir", "no_tls", "seed"]


async def test_flag_wins_over_variable_over_file_over_default(tmp_path: Path) -> None:
    config = tmp_path / "sandbox.yaml"
    config.write_text("admin_token: from-file\nlang: en\n")
    async with SandboxProcess(
        tmp_path / "data", "--config", str(config), WXPAY_SANDBOX_ADMIN_TOKEN="from-variable"
    ) as sandbox:
        headers = {"Authorization": "Bearer from-variable"}
        async with aiohttp.ClientSession(sandbox.url, headers=headers) as session:
            await Control(session).get("/merchants")


async def test_limits_may_stand_in_the_configuration_file(tmp_path: Path) -> None:
    config = tmp_path / "sandbox.yaml"
    config.write_text("keep_calls: 2\nkeep_orders: 0\n")
    async with (
        SandboxProcess(tmp_path / "data", "--config", str(config)) as sandbox,
        aiohttp.ClientSession(sandbox.url) as session,
    ):
        for _ in range(4):
            async with session.post("/pay/orderquery", data=b"<xml></xml>") as answer:
                await answer.read()
        for _ in range(4):
            await Control(session).post("/payers", status=201)
        assert len((await Control(session).get("/journal"))["items"]) == 2


async def test_a_configuration_brings_a_teams_own_merchant(tmp_path: Path) -> None:
    config = tmp_path / "sandbox.yaml"
    config.write_text(
        "merchants:\n- mch_id: '1230000109'\n  name: 我们的店\n  appids: [wx2421b1c4370ec43b]\n"
        "  api_key: 192006250b4c09247ec02edce69f6a2d\n"
        "apps:\n- appid: wx2421b1c4370ec43b\n  kind: mini_program\n"
        "payers:\n- openid: oUpF8uMEb4qRXf22hE3X68TekukE\n  appid: wx2421b1c4370ec43b\n"
    )
    for _ in range(2):
        async with (
            SandboxProcess(tmp_path / "data", "--config", str(config)) as sandbox,
            aiohttp.ClientSession(sandbox.url) as session,
        ):
            control = Control(session)
            assert (await control.get("/merchants/1230000109"))["api_key"] == "192006250b4c09247ec02edce69f6a2d"
            assert (await control.get("/apps/wx2421b1c4370ec43b"))["kind"] == "mini_program"
            openids = [payer["openid"] for payer in (await control.get("/payers"))["items"]]
            assert openids.count("oUpF8uMEb4qRXf22hE3X68TekukE") == 1


async def test_merchants_are_the_same_with_and_without_a_running_sandbox(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path))
    status, out, errors = await run_command("merchant", "add", "--mch-id", "1230000109", *data)
    assert status == 0, errors
    added = json.loads(out)
    _, listed, _ = await run_command("merchant", "list", *data)
    assert added["api_key"] not in listed
    async with SandboxProcess(tmp_path):
        _, while_running, _ = await run_command("merchant", "list", *data)
        _, shown, _ = await run_command("merchant", "show", "1230000109", *data)
    assert while_running == listed
    assert json.loads(shown)["api_key"] == added["api_key"]


async def test_an_unknown_merchant_is_one_sentence(tmp_path: Path) -> None:
    status, _, errors = await run_command("merchant", "show", "1", "--data-dir", str(tmp_path))
    assert status == 2
    assert len(errors.splitlines()) == 1


async def test_export_writes_what_a_backend_needs(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    status, _, errors = await run_command(
        "merchant", "export", "1900000109", str(folder), "--data-dir", str(tmp_path / "data")
    )
    assert status == 0, errors
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "apiclient_key.pem",
        "apiclient_cert.pem",
        "apiclient_cert.p12",
        "platform_cert.pem",
        "pub_key.pem",
        "ca.pem",
        "settings.env",
    }
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    from cryptography.hazmat.primitives.serialization import pkcs12

    key, certificate, _ = pkcs12.load_key_and_certificates((folder / "apiclient_cert.p12").read_bytes(), b"1900000109")
    assert key is not None
    assert certificate is not None
    serial = f"{certificate.serial_number:X}"
    assert len(serial) == 40
    assert f"WXPAY_SERIAL_NO={serial}" in (folder / "settings.env").read_text()
    assert (folder / "apiclient_key.pem").read_text().startswith("-----BEGIN PRIVATE KEY-----")


async def test_export_says_where_no_certificate_is_valid(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with SandboxProcess(data) as sandbox, aiohttp.ClientSession(sandbox.url) as session:
        control = Control(session)
        one = await control.get("/merchants/1900000109")
        await control.post(f"/merchants/1900000109/certificates/{one['serial_no']}/revoke")
    status, _, errors = await run_command(
        "merchant", "export", "1900000109", str(tmp_path / "files"), "--data-dir", str(data)
    )
    assert (status, (tmp_path / "files").exists()) == (2, False)
    assert "no valid certificate any more; issue one" in errors
    assert errors.count("\n") == 1


async def test_help_names_every_command() -> None:
    status, out, _ = await run_command("--help")
    assert status == 0
    assert all(name in out for name in ("serve", "demo", "merchant"))


async def test_a_data_dir_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    status, _, errors = await run_command("serve", "--port", "0", "--data-dir", str(tmp_path / "file" / "data"))
    assert status == 2
    assert len(errors.splitlines()) == 1


async def test_a_file_that_is_named_as_the_data_dir_is_one_sentence_to_everyday_commands_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    status, _, errors = await run_command("pay", "1", "--data-dir", str(tmp_path / "file"))
    assert status == 2
    assert errors.startswith("wxpay-sandbox: data_dir: ")
    assert len(errors.splitlines()) == 1


async def test_what_is_kept_is_for_its_owner_only(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    async with SandboxProcess(data_dir):
        modes = {path.name: path.stat().st_mode & 0o777 for path in data_dir.iterdir()}
    assert modes["sandbox.db"] == 0o600
    assert modes["running.json"] == 0o600
