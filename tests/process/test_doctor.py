"""`wxpay-sandbox doctor`, as people run it."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.cli.doctor import NoBody, body_of
from tests.support.merchant import document, signature
from tests.support.missigning import KEY, order
from tests.support.process import SandboxProcess, run_command

BODY = document({**order(), "sign": signature(order(), KEY)})
WRONG = document({**order(), "sign": signature(order(), KEY).lower()})


@pytest.fixture(scope="module")
async def data_dir(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """The data dir of a sandbox that runs."""
    path = tmp_path_factory.mktemp("data")
    async with SandboxProcess(path):
        yield path


@pytest.mark.parametrize(
    ("message", "status", "lang", "said"),
    [
        (BODY, 0, "zh_CN.UTF-8", "签名正确"),
        (WRONG, 1, "zh_CN.UTF-8", "把签名结果转成大写"),
        (WRONG, 1, "en_US.UTF-8", "Turn the result into upper case"),
        (b"<xml><body>a & b</body></xml>", 2, "en_US.UTF-8", "line 1, column 14"),
        ("<xml><body>茶</body></xml>".encode("gbk"), 2, "zh_CN.UTF-8", "看起来是 GBK"),
    ],
)
async def test_a_message_on_standard_input_is_judged(
    data_dir: Path, message: bytes, status: int, lang: str, said: str
) -> None:
    got, out, errors = await run_command("doctor", "--data-dir", str(data_dir), stdin=message, LANG=lang)
    assert (got, errors) == (status, "")
    assert said in out
    assert KEY not in out


async def test_a_key_that_the_sandbox_does_not_know_can_be_given(data_dir: Path, tmp_path: Path) -> None:
    fields = order(mch_id="1230000109")
    saved = tmp_path / "order.xml"
    saved.write_bytes(document({**fields, "sign": signature(fields, "x" * 32)}))
    command = ("doctor", str(saved), "--data-dir", str(data_dir))
    assert (await run_command(*command))[0] == 1
    assert (await run_command(*command, "--key", "x" * 32))[0] == 0
    assert (await run_command(*command, "--mch-id", "1900000109"))[0] == 1


@pytest.mark.parametrize("arguments", [("/nowhere/order.xml",), ("--mch-id", "1111111111")])
async def test_what_stops_the_doctor_is_one_sentence(data_dir: Path, arguments: tuple[str, ...]) -> None:
    status, out, errors = await run_command("doctor", *arguments, "--data-dir", str(data_dir), stdin=BODY)
    assert (status, out) == (2, "")
    assert len(errors.splitlines()) == 1


async def test_the_doctor_needs_no_running_sandbox(tmp_path: Path) -> None:
    status, out, errors = await run_command("doctor", "--data-dir", str(tmp_path), stdin=WRONG)
    assert status == 1, errors
    assert "upper case" in out


# -- what may be saved -------------------------------------------------------------------------------------------------

HEAD = b"POST /pay/unifiedorder HTTP/1.1\r\nHost: 127.0.0.1:8686\r\nContent-Type: text/xml\r\n\r\n"
SAVED = {
    "the body": BODY,
    "the body with a declaration": b'<?xml version="1.0"?>\n' + BODY,
    "a request": HEAD + BODY,
    "a request saved by an editor": b"\xef\xbb\xbf" + HEAD.replace(b"\r", b"") + BODY,
    "headers without a request line": HEAD.partition(b"\r\n")[2] + BODY,
    "an answer": b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n" + BODY,
    "curl -d": b"curl http://127.0.0.1:8686/pay/unifiedorder -d '" + BODY + b"'",
    "curl over lines": b"curl -sS -X POST http://h/ \\\n  -H 'Content-Type: text/xml' \\\n  --data-binary '"
    + BODY
    + b"'\n",
    "curl with =": b"curl --data-raw='" + BODY + b"' http://h/",
    "curl from Base64": b"echo " + base64.b64encode(BODY) + b" | base64 -d | curl -sS --data-binary @- http://h/",
}


@pytest.mark.parametrize("name", SAVED)
def test_the_body_is_found_in_what_was_saved(name: str) -> None:
    saved = SAVED[name]
    assert body_of(saved) == (saved if name.startswith("the body") else BODY)


def test_curl_may_read_a_file(tmp_path: Path) -> None:
    (tmp_path / "order.xml").write_bytes(BODY)
    assert body_of(f"curl --data-binary @{tmp_path}/order.xml http://h/".encode()) == BODY


def test_a_request_without_a_body_is_empty() -> None:
    assert body_of(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n") == b""


@pytest.mark.parametrize(
    "command", [b"curl http://h/", b"curl -d", b"curl -d 'open", b"curl -d @/nowhere/order.xml http://h/"]
)
def test_a_curl_command_that_sends_nothing_has_no_body(command: bytes) -> None:
    with pytest.raises(NoBody):
        body_of(command)
