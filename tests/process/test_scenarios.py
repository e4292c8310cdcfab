"""Scenarios over a restart, and on the command line."""

from pathlib import Path

import aiohttp

from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.support.process import SandboxProcess, run_command

KEY = "sandboxv2key00000000000000000000"


def shop(session: aiohttp.ClientSession) -> Merchant:
    return Merchant(session, "1900000109", "wx8888888888888888", KEY, "http://127.0.0.1:9/notify")


async def test_what_was_put_applied_and_counted_outlives_a_kill(tmp_path: Path) -> None:
    mine = {"mch_id": "1900000109"}
    async with SandboxProcess(tmp_path) as first, aiohttp.ClientSession(first.url) as session:
        control = Control(session)
        await control.call("PUT", "/scenarios/common", {"when": {"out_trade_no": "W*"}, "payer": {"outcome": "cancel"}})
        await control.call("PUT", "/scenarios/own", {"payer": {"outcome": "error"}}, **mine)
        await control.post("/scenarios/own/apply", {**mine, "out_trade_no": "S1"})
        await control.call("PUT", "/scenarios/second", {"when": {"out_trade_no": "M*", "nth": 2}, "notify": "none"})
        busy = {"api": {"call": "orderquery", "nth": "1-2", "fail": "SYSTEMERROR"}}
        await control.call("PUT", "/scenarios/busy", busy)
        await shop(session).order("M1")
        await shop(session).order("B1", attach="scenario:busy")
        assert (await shop(session).query("B1"))["err_code"] == "SYSTEMERROR"
        await shop(session).order("OLD", attach="scenario:pay-late")
        await control.post("/scenarios/pay-cancel/apply", {**mine, "next": True})
        assert "prepay_id" not in await shop(session).order("F1", attach="scenario:order-systemerror-once")
        await first.kill()
    async with SandboxProcess(tmp_path) as second, aiohttp.ClientSession(second.url) as session:
        control = Control(session)
        decided = {"S1": "own", "N1": "pay-cancel", "W1": "common", "M2": "second", "F1": "order-systemerror-once"}
        for number in decided:
            await shop(session).order(number)
        told = {number: (await control.order(number)).get("scenario") for number in ("OLD", *decided)}
        assert told == {"OLD": "pay-late", **decided}
        assert [(await shop(session).query("B1")).get("err_code") for _ in range(2)] == ["SYSTEMERROR", None]
        await control.advance(600)
        assert (await control.order("OLD"))["trade_state"] == "SUCCESS"


async def test_a_file_named_at_the_start_is_in_force(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nwhen: {attach: gift*}\nnotify: none\n")
    async with (
        SandboxProcess(tmp_path / "data", "--scenario", str(file), "--scenario", "pay-late") as sandbox,
        aiohttp.ClientSession(sandbox.url) as session,
    ):
        control = Control(session)
        await shop(session).order("G1", attach="gift 1")
        await shop(session).order("S1")
        assert [(await control.order(number)).get("scenario") for number in ("G1", "S1")] == ["mine", "pay-late"]
    async with SandboxProcess(tmp_path / "data") as again, aiohttp.ClientSession(again.url) as session:
        await shop(session).order("S2")
        assert "scenario" not in await Control(session).order("S2")


async def test_a_broken_file_stops_the_start_with_a_line_for_each_mistake(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\npayr: {}\nnotify: nothing\n")
    status, _, errors = await run_command(
        "serve", "--port", "0", "--data-dir", str(tmp_path / "data"), "--scenario", str(file)
    )
    assert status == 2
    assert f"{file}:2: payr: " in errors
    assert f"{file}:3: notify: " in errors
    assert "Traceback" not in errors


async def test_check_tells_what_is_wrong_and_what_is_right(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("name: good\nnotify: none\n")
    bad.write_text("name: bad\nnotify: [{fault: xe}]\n")
    assert (await run_command("scenario", "check", str(good)))[0] == 0
    status, out, _ = await run_command("scenario", "check", str(good), str(bad))
    assert status == 1
    assert f"{bad}:2: notify[0].fault: " in out
    assert f"{good}: good: ok" in out


async def test_check_speaks_the_readers_language(tmp_path: Path) -> None:
    file, odd = tmp_path / "mine.yaml", tmp_path / "odd.yaml"
    file.write_text("name: mine\npayr: {}\nnotify: [{after: soon}]\n---\na: [b\n")
    odd.write_text("name: odd\nwhen: {out_trade_no: 5}\n")
    status, out, _ = await run_command("scenario", "check", str(file), str(odd), "--lang", "zh")
    assert (status, out.splitlines()) == (
        1,
        [
            f"{odd}:2: when.out_trade_no: 提醒：只有订单号“5”符合，而订单号有 6 到 32 个字符。"
            '以它结尾、开头或包含它的，写 "*5"、"5*" 或 "*5*"；要按次序选订单，用 nth。',
            f"{odd}: odd: 没有错误",
            f"{file}:2: payr: 没有这个键。是不是想写 payer？这里可以写：name, title, description, good_merchant, "
            "how_to_see, group, when, use, payer, api, refund, transfer, share, bill, notify, signed_by。",
            f"{file}:3: notify[0].after: “soon”不合要求，应为：时间长度，如 3s、200ms、10m、6h、1d。",
            f"{file}:6: 这不是 YAML：列表没有用 ] 结束，或者少了逗号。",
        ],
    )
