"""Everyday commands in a terminal: pay, logs, clock, listen; help in the reader's language."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import click
import pytest
from click.testing import CliRunner

from sandbox.cli.help import options
from sandbox.cli.main import main
from sandbox.cli.stream import target_of
from sandbox.server import Server
from sandbox.words.commands import COMMANDS, OPTIONS
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, elements
from tests.support.patience import PATIENCE
from tests.support.process import Process, start

NOWHERE = "http://127.0.0.1:1/pay/notify?from=wechat"
"""A notify_url that the sandbox cannot reach."""


@asynccontextmanager
async def command(*words: str, **environment: str) -> AsyncIterator[Process]:
    """A command as a process of its own."""
    process = await start(words, {"PYTHONUNBUFFERED": "1", **environment})
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def said(process: Process, text: str) -> str:
    """The first line of its output that holds a text."""
    async with asyncio.timeout(PATIENCE):
        while line := (await process.stdout.readline()).decode():
            if text in line:
                return line
    raise AssertionError(f"it ended without {text!r}")


@asynccontextmanager
async def listening(server: Server, *words: str) -> AsyncIterator[Process]:
    """`listen`, once the sandbox hears it."""
    async with command("listen", "--url", server.url, "--lang", "en", *words) as process:
        async with asyncio.timeout(PATIENCE):
            assert b"Ctrl+C" in await process.stderr.readline()
        yield process


async def run(*words: str) -> tuple[int, str]:
    """A command to its end: its status, and all that it said."""
    async with command(*words) as process:
        async with asyncio.timeout(PATIENCE):
            out, errors = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode() + errors.decode()


# -- pay, logs, clock --------------------------------------------------------------------------------------------------


async def test_an_order_is_paid_from_the_terminal(server: Server, merchant: Merchant, control: Control) -> None:
    await merchant.order("T-1")
    where = ("--url", server.url, "--lang", "zh")
    status, text = await run("pay", "T-1", "--outcome", "error", "--reason", "balance", *where)
    assert (status, text.startswith("T-1：NOTPAY · -1 余额不足")) == (0, True)
    status, text = await run("pay", "T-1", *where)
    assert (status, text.startswith("T-1：SUCCESS · 0")) == (0, True)
    status, text = await run("pay", "T-2", *where)
    assert (status, text) == (2, "wxpay-sandbox: 没有订单 T-2。\n")


async def test_the_clock_is_read_and_moved(server: Server, control: Control) -> None:
    where = ("--url", server.url, "--lang", "en")
    assert "speed 1, 0" in (await run("clock", *where))[1]
    assert (await run("clock", "+2m", *where))[0] == 0
    assert (await control.get("/clock"))["advanced"] == 120
    status, text = await run("clock", "tomorrow", *where)
    assert status == 2
    assert "tomorrow is no move of a clock" in text
    assert (await run("clock", "reset", *where))[0] == 0
    assert (await control.get("/clock"))["advanced"] == 0


async def test_logs_tell_the_latest_calls_and_go_on(server: Server, merchant: Merchant) -> None:
    await merchant.order("BEFORE")
    await merchant.query("UNKNOWN")
    async with command("logs", "-f", "--url", server.url, "--lang", "en") as process:
        assert "/pay/unifiedorder" in await said(process, "BEFORE")
        assert "FAIL" in await said(process, "UNKNOWN")
        heard = asyncio.create_task(said(process, "AFTER"))
        while not heard.done():  # it hears what comes after it has begun to listen
            await merchant.query("AFTER")
        assert "/pay/orderquery" in await heard


async def test_without_a_sandbox_a_command_says_so(tmp_path: Path) -> None:
    status, text = await run("logs", "--data-dir", str(tmp_path), "--lang", "zh")
    assert (status, "没有正在运行的沙箱" in text) == (2, True)
    status, text = await run("clock", "--url", "http://127.0.0.1:1", "--lang", "zh")
    assert (status, "连不上" in text) == (2, True)


# -- listen ------------------------------------------------------------------------------------------------------------


async def test_notifications_reach_a_backend_that_the_sandbox_cannot(
    server: Server, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    """Its reply goes back as the merchant's and is judged; what was notified stands on the timeline as always."""
    await merchant.order("FAR1", notify_url=NOWHERE)
    async with listening(server, "--forward-to", inbox.url) as process:
        inbox.answer(500)
        await control.pay("FAR1")
        assert "/pay/unifiedorder" not in await said(process, "notify")
        attempt = (await control.notification("FAR1"))["attempts"][0]
        assert (attempt["verdict"], attempt["reply"]["status"]) == ("http_status", 500)
        inbox.answer()
        await control.advance(15)
        await control.wait("FAR1", "notified")
        received = inbox.received[-1]
        assert merchant.verifies(elements(received.body))
        assert received.headers["User-Agent"].startswith("Mozilla")
        timeline = await control.timeline("FAR1")
        told = [item["facts"]["forwarded_to"] for item in timeline if item["kind"] == "notification"]
        assert told == [inbox.url, inbox.url]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_forwarding_ends_with_the_command_however_it_ends(
    server: Server, merchant: Merchant, control: Control, inbox: Inbox, number: signal.Signals
) -> None:
    async with listening(server, "--forward-to", "http://127.0.0.1:1", "--mch-id", merchant.mch_id) as process:
        status, text = await run("listen", "--url", server.url, "--forward-to", inbox.url, "--mch-id", merchant.mch_id)
        assert (status, "carries these notifications already" in text) == (2, True)
        process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            await process.communicate()
        assert process.returncode == (-number if number is signal.SIGKILL else 0)
    await merchant.order("NEAR1")
    await control.pay("NEAR1")
    # Who is killed may still be handed what is sent in the same half second; the next attempt goes out as always.
    async with asyncio.timeout(PATIENCE):
        while (await control.notification("NEAR1"))["state"] != "delivered":
            await control.advance(15)
    assert inbox.received


async def test_what_cannot_be_delivered_there_is_the_verdict(
    server: Server, merchant: Merchant, control: Control
) -> None:
    await merchant.order("DOWN1", notify_url=NOWHERE)
    async with listening(server, "--forward-to", "http://127.0.0.1:1") as process:
        await control.pay("DOWN1")
        assert "refused" in await said(process, "notify")
    assert (await control.notification("DOWN1"))["attempts"][0]["verdict"] == "refused"


async def test_only_the_chosen_merchants_are_forwarded(
    server: Server, session: aiohttp.ClientSession, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    other = Merchant.opened(session, await control.post("/merchants", {}, 201), inbox.url)
    async with listening(server, "--forward-to", "http://127.0.0.1:1", "--mch-id", other.mch_id):
        await merchant.order("MINE1")
        await control.pay("MINE1")
        await control.wait("MINE1", "notified")


@pytest.mark.parametrize(
    ("forward_to", "url"),
    [
        ("http://localhost:8000", "http://localhost:8000/pay/notify?from=wechat"),
        ("http://localhost:8000/", "http://localhost:8000/pay/notify?from=wechat"),
        ("https://localhost/hook", "https://localhost/hook"),
        ("http://localhost:8000?a=1", "http://localhost:8000?a=1"),
    ],
)
def test_a_path_of_its_own_is_used_else_that_of_the_notify_url(forward_to: str, url: str) -> None:
    assert target_of(forward_to, NOWHERE) == url


# -- help --------------------------------------------------------------------------------------------------------------


def every(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from every(below, f"{path} {name}".strip())


@pytest.mark.parametrize("path", [path for path, _ in every(main)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_and_option_has_its_help_in_both_languages(path: str, lang: str) -> None:
    shown = CliRunner().invoke(main, [*path.split(), "-h"], env={"WXPAY_SANDBOX_LANG": lang}).output
    assert COMMANDS[path].say(lang).split("\n\n")[0][:20] in shown  # type: ignore[arg-type]
    chinese = any("\u4e00" <= one <= "\u9fff" for one in shown.replace("服务商", ""))
    assert chinese == (lang == "zh")
    assert all(one.help for one in options(dict(every(main))[path]))


def test_nothing_is_explained_that_is_not_there() -> None:
    commands = dict(every(main))
    assert set(commands) == set(COMMANDS)
    names = {str(one.name) for command in commands.values() for one in options(command)} | {"help"}
    assert {name.rpartition(".")[2] for name in OPTIONS} == names


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (["--lang", "zh", "-h"], {}),
        (["--lang=zh", "scenario", "list", "--help"], {}),
        (["pay", "--help", "--lang", "zh"], {}),
        (["-h"], {"WXPAY_SANDBOX_LANG": "zh"}),
        (["-h"], {"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}),
    ],
)
def test_the_language_of_help_is_chosen_as_elsewhere(words: list[str], environment: dict[str, str]) -> None:
    known = {"WXPAY_SANDBOX_LANG": None, "LC_ALL": None, "LC_MESSAGES": None, "LANG": "en_US.UTF-8"}
    assert "用法：" in CliRunner().invoke(main, words, env={**known, **environment}).output


def test_shell_completion_is_clicks_own() -> None:
    """As the READMEs say: `eval "$(_WXPAY_SANDBOX_COMPLETE=bash_source wxpay-sandbox)"`."""
    environment = {"_WXPAY_SANDBOX_COMPLETE": "zsh_complete", "COMP_WORDS": "wxpay-sandbox lis", "COMP_CWORD": "1"}
    assert "listen" in CliRunner().invoke(main, prog_name="wxpay-sandbox", env=environment).output
    script = CliRunner().invoke(main, prog_name="wxpay-sandbox", env={"_WXPAY_SANDBOX_COMPLETE": "bash_source"})
    assert "_WXPAY_SANDBOX_COMPLETE=bash_complete" in script.output
