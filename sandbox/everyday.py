"""Everyday commands, which speak to a sandbox that runs: pay, logs, clock, listen."""

import asyncio
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import click

from sandbox.config import language
from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.listening import Ear, line_of
from sandbox.options import remote_options
from sandbox.remote import Place, place_of, reached, request, run, stop_signal
from sandbox.server import CannotStart
from sandbox.spoken import Command, command_option, say
from sandbox.words import terminal as words

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_FORWARD = re.compile(r"\+([0-9]+(?:\.[0-9]+)?)([smhd]?)")
_SPEED = re.compile(r"x([0-9]+(?:\.[0-9]+)?)")


@click.command(cls=Command)
@click.argument("out_trade_no")
@command_option("--mch-id", default="")
@command_option("--outcome", type=click.Choice([one.value for one in Outcome]), default="success", show_default=True)
@command_option("--reason", type=click.Choice([one.value for one in Cause]), metavar="CAUSE")
@command_option("--openid", default="")
@remote_options
def pay(out_trade_no: str, mch_id: str, outcome: str, reason: str | None, openid: str, **where: Any) -> None:
    act = {"outcome": outcome, "reason": reason, "openid": openid}
    run(_pay(_place(where), where["lang"], out_trade_no, mch_id, {name: value for name, value in act.items() if value}))


@click.command(cls=Command)
@command_option("-f", "--follow", is_flag=True)
@command_option("-n", "--lines", type=click.IntRange(0, 1000), default=20, show_default=True)
@command_option("--mch-id", default="")
@command_option("--failed", is_flag=True)
@remote_options
def logs(follow: bool, lines: int, mch_id: str, failed: bool, **where: Any) -> None:
    run(_logs(_place(where), where["lang"], lines, mch_id, follow=follow, failed=failed))


@click.command(cls=Command)
@click.argument("move", default="")
@command_option("--mch-id", default="")
@remote_options
def clock(move: str, mch_id: str, **where: Any) -> None:
    run(_clock(_place(where), where["lang"], move, mch_id))


@click.command(cls=Command)
@command_option("--mch-id", "mch_ids", multiple=True)
@command_option("--forward-to", default="", metavar="URL")
@remote_options
def listen(mch_ids: tuple[str, ...], forward_to: str, **where: Any) -> None:
    parts = urlsplit(forward_to)
    if forward_to and not (parts.scheme in ("http", "https") and parts.hostname):
        raise click.BadParameter(say(words.FORWARD_WRONG, where["lang"], url=forward_to), param_hint="--forward-to")
    place, lang = _place(where), language(where["lang"])
    text = words.LISTENS_AND_FORWARDS if forward_to else words.LISTENS
    whose = ", ".join(mch_ids) or say(words.ALL_MERCHANTS, lang)
    greeting = say(text, lang, url=place.url, whose=whose, target=forward_to)
    run(_until_stopped(Ear(place, mch_ids, forward_to, lang, greeting=greeting)))


COMMANDS: dict[str, click.Command] = {"pay": pay, "logs": logs, "clock": clock, "listen": listen}


# -- what they do ------------------------------------------------------------------------------------------------------


def _place(where: dict[str, Any]) -> Place:
    try:
        return place_of(where["url"] or "", where["token"] or "", Path(where["data_dir"]), where["lang"])
    except CannotStart as error:
        click.echo(f"wxpay-sandbox: {error}", err=True)
        raise click.exceptions.Exit(2) from None


async def _pay(place: Place, lang: str | None, number: str, mch_id: str, act: dict[str, str]) -> None:
    async with reached(place, lang) as session:
        if not mch_id:
            found = (await request(session, "GET", "/_sandbox/orders", out_trade_no=number))["items"]
            mch_ids = sorted({one["mch_id"] for one in found})
            if not mch_ids:
                raise CannotStart(say(words.NO_ORDER, lang, out_trade_no=number))
            if len(mch_ids) > 1:
                raise CannotStart(say(words.WHOSE_ORDER, lang, out_trade_no=number, mch_ids=", ".join(mch_ids)))
            mch_id = mch_ids[0]
        path = f"/_sandbox/orders/{quote(mch_id, safe='')}/{quote(number, safe='')}/pay"
        answer = await request(session, "POST", path, act)
    order, result = answer["order"], answer["client_result"]
    told = " ".join(
        str(result[name]) for name in ("errCode", "errStr", "err_msg") if result.get(name) not in (None, "")
    )
    click.echo(say(words.PAID, lang, out_trade_no=number, state=order["trade_state"], result=told))


async def _logs(place: Place, lang: str | None, lines: int, mch_id: str, *, follow: bool, failed: bool) -> None:
    query = {"mch_id": mch_id, "limit": str(lines), **({"outcome": "failed"} if failed else {})}
    async with reached(place, lang) as session:
        found = (
            (await request(session, "GET", "/_sandbox/journal", lang=language(lang), **query))["items"] if lines else []
        )
    for call in reversed(found):
        click.echo(line_of(_told(call)))
    if follow:
        await _until_stopped(Ear(place, (mch_id,) if mch_id else (), "", language(lang), only_failed=failed))


def _told(call: dict[str, Any]) -> dict[str, Any]:
    """A call of the journal, in the form in which a stream tells it."""
    facts = call.get("facts") or {}
    reason = facts.get("return_msg") or facts.get("err_code") or ""
    ended = "ok  " if call["outcome"] == "ok" else "FAIL"
    named = f"{call.get('mch_id') or '-':<10} {call.get('out_trade_no') or '-':<16}"
    text = f"{call['request']['method']:<6} {call['path']:<17} {named} {ended} {reason} {call['duration_ms']:.1f} ms"
    return {**call, "kind": "api", "text": text, "why": call.get("explanation") or ""}


async def _clock(place: Place, lang: str | None, move: str, mch_id: str) -> None:
    about = {"mch_id": mch_id} if mch_id else {}
    async with reached(place, lang) as session:
        if move:
            reading = await request(session, "POST", "/_sandbox/clock", {**_moved(move, lang), **about})
        else:
            reading = await request(session, "GET", "/_sandbox/clock", **about)
    click.echo(say(words.CLOCK, lang, now=reading["now"], scale=f"{reading['scale']:g}", advanced=reading["advanced"]))


def _moved(move: str, lang: str | None) -> dict[str, object]:
    """What the control API is told of +5m, x60 or reset."""
    if found := _FORWARD.fullmatch(move):
        return {"advance": float(found[1]) * _UNITS[found[2] or "s"]}
    if found := _SPEED.fullmatch(move):
        return {"scale": float(found[1])}
    if move != "reset":
        raise CannotStart(say(words.MOVE_WRONG, lang, move=move))
    return {"reset": True}


async def _until_stopped(ear: Ear) -> None:
    """Listen until Ctrl+C; what it holds at the sandbox ends with its connection."""
    stopped, work = stop_signal(), asyncio.create_task(ear.listen())
    told = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
    for task in (work, told):
        task.cancel()
    await asyncio.gather(work, told, return_exceptions=True)
    if work in done:
        work.result()


def register(group: click.Group) -> None:
    for name, command in COMMANDS.items():
        group.add_command(command, name)
