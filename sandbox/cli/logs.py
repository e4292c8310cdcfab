"""`wxpay-sandbox logs` and `listen`: what has happened, and what happens."""

from typing import Any
from urllib.parse import urlsplit

import click

from sandbox.cli.help import Command, command_option, say
from sandbox.cli.options import remote_options
from sandbox.cli.process import run
from sandbox.cli.remote import Place, place_in, reached, request
from sandbox.cli.stream import Listener, line_of, until_stopped
from sandbox.config import language
from sandbox.words import terminal as words


@click.command(cls=Command)
@command_option("-f", "--follow", is_flag=True)
@command_option("-n", "--lines", type=click.IntRange(0, 1000), default=20, show_default=True)
@command_option("--mch-id", default="")
@command_option("--failed", is_flag=True)
@remote_options
def logs(follow: bool, lines: int, mch_id: str, failed: bool, **where: Any) -> None:
    """The latest calls; -f goes on, with notifications."""
    run(_logs(place_in(where), where["lang"], lines, mch_id, follow=follow, failed=failed))


@click.command(cls=Command)
@command_option("--mch-id", "mch_ids", multiple=True)
@command_option("--forward-to", default="", metavar="URL")
@remote_options
def listen(mch_ids: tuple[str, ...], forward_to: str, **where: Any) -> None:
    """Calls and notifications live in the terminal; --forward-to also takes the notifications to an address."""
    parts = urlsplit(forward_to)
    if forward_to and not (parts.scheme in ("http", "https") and parts.hostname):
        raise click.BadParameter(say(words.FORWARD_WRONG, where["lang"], url=forward_to), param_hint="--forward-to")
    place, lang = place_in(where), language(where["lang"])
    text = words.LISTENS_AND_FORWARDS if forward_to else words.LISTENS
    whose = ", ".join(mch_ids) or say(words.ALL_MERCHANTS, lang)
    greeting = say(text, lang, url=place.url, whose=whose, target=forward_to)
    run(until_stopped(Listener(place, mch_ids, forward_to, lang, greeting=greeting)))


async def _logs(place: Place, lang: str | None, lines: int, mch_id: str, *, follow: bool, failed: bool) -> None:
    query = {"mch_id": mch_id, "limit": str(lines), **({"outcome": "failed"} if failed else {})}
    async with reached(place, lang) as session:
        found = (
            (await request(session, "GET", "/_sandbox/journal", lang=language(lang), **query))["items"] if lines else []
        )
    for call in reversed(found):
        click.echo(line_of(_told(call)))
    if follow:
        await until_stopped(Listener(place, (mch_id,) if mch_id else (), "", language(lang), only_failed=failed))


def _told(call: dict[str, Any]) -> dict[str, Any]:
    """A call of the journal, in the form in which a stream tells it."""
    facts = call.get("facts") or {}
    reason = facts.get("return_msg") or facts.get("err_code") or ""
    ended = "ok  " if call["outcome"] == "ok" else "FAIL"
    named = f"{call.get('mch_id') or '-':<10} {call.get('out_trade_no') or '-':<16}"
    text = f"{call['request']['method']:<6} {call['path']:<17} {named} {ended} {reason} {call['duration_ms']:.1f} ms"
    return {**call, "kind": "api", "text": text, "why": call.get("explanation") or ""}
