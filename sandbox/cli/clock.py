"""`wxpay-sandbox clock`: what time it is in the sandbox, and moving it."""

import re
from typing import Any

import click

from sandbox.cli.help import Command, command_option, say
from sandbox.cli.options import remote_options
from sandbox.cli.process import run
from sandbox.cli.remote import Place, place_in, reached, request
from sandbox.instance import CannotStart
from sandbox.words import terminal as words

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_FORWARD = re.compile(r"\+([0-9]+(?:\.[0-9]+)?)([smhd]?)")
_SPEED = re.compile(r"x([0-9]+(?:\.[0-9]+)?)")


@click.command(cls=Command)
@click.argument("move", default="")
@command_option("--mch-id", default="")
@remote_options
def clock(move: str, mch_id: str, **where: Any) -> None:
    """Read the sandbox's clock, or move it."""
    run(_clock(place_in(where), where["lang"], move, mch_id))


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
