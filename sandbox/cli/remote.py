"""A sandbox as commands speak to it, through its control API: one that runs, or one opened for a command."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import click
import msgspec

from sandbox.cli.help import say
from sandbox.cli.options import stop_if_wrong
from sandbox.config import Settings, language
from sandbox.instance import CannotStart, running_soon
from sandbox.words.terminal import NOT_REACHED, NOTHING_RUNS

if TYPE_CHECKING:
    from sandbox.server import Server

_LINE_BYTES = 1024 * 1024
"""The longest line of a stream of events: a notification is one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sandbox is, and what it asks for."""

    url: str
    token: str = ""


def place_of(url: str, token: str, data_dir: Path, lang: str | None) -> Place:
    """The sandbox that is named, else the one that runs on the data dir; raises CannotStart where none does."""
    if url:
        return Place(url.rstrip("/"), token)
    known = running_soon(data_dir)
    if known is None or not known["url"]:
        raise CannotStart(say(NOTHING_RUNS, lang, data_dir=data_dir))
    return Place(known["url"], token or known["token"])


def place_in(options: Mapping[str, Any]) -> Place:
    """The sandbox that a command's `remote_options` name; where none runs, the command ends with status 2."""
    stop_if_wrong(click.get_current_context())
    try:
        return place_of(options["url"] or "", options["token"] or "", Path(options["data_dir"]), options["lang"])
    except CannotStart as error:
        click.echo(f"wxpay-sandbox: {error}", err=True)
        raise click.exceptions.Exit(2) from None


@asynccontextmanager
async def reached(place: Place, lang: str | None) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a sandbox; what goes wrong on the way there is one sentence."""
    headers = {"Authorization": f"Bearer {place.token}"} if place.token else {}
    session = aiohttp.ClientSession(
        place.url, headers=headers, read_bufsize=_LINE_BYTES, timeout=aiohttp.ClientTimeout(total=None, sock_connect=10)
    )
    async with session:
        try:
            yield session
        except (aiohttp.ClientError, ValueError) as error:
            raise CannotStart(say(NOT_REACHED, lang, url=place.url, error=error)) from None


async def request(session: aiohttp.ClientSession, method: str, path: str, body: object = None, **query: str) -> Any:
    """What a call of the control API answers; raises CannotStart with its own words where it refuses."""
    async with session.request(method, path, json=body, params=query) as response:
        content = await response.read()
        if response.status == 204:
            return None
        answer = msgspec.json.decode(content)
        if response.status >= 400:
            raise CannotStart(answer["error"]["message"])
        return answer


@asynccontextmanager
async def control(settings: Settings) -> AsyncIterator[aiohttp.ClientSession]:
    """The control API of the sandbox on this data dir: the one that runs, or one opened just for this."""
    known, server = await found_or_started(settings, replace(settings, host="127.0.0.1", port=0), quiet=True)
    headers = {"Authorization": f"Bearer {known['token']}"} if known["token"] else {}
    try:
        async with aiohttp.ClientSession(known["url"], headers=headers) as session:
            yield session
    finally:
        if server is not None:
            await server.stop()


async def found_or_started(
    settings: Settings, own: Settings, *, quiet: bool = False
) -> "tuple[dict[str, str], Server | None]":
    """The ways into the sandbox that runs on this data dir, or into one started with `own`, which is to be stopped.

    Raises CannotStart.
    """
    known = running_soon(settings.data_dir) if settings.database != ":memory:" else None
    if known is None:
        from sandbox.server import Server  # noqa: PLC0415 - dear to import, and needed only here

        try:
            server = await Server.start(own, quiet=quiet)
        except CannotStart:
            known = running_soon(settings.data_dir)  # another began meanwhile
            if known is None:
                raise
        else:
            return {"url": server.url, "token": str(own.admin_token), **server.ways()}, server
    if not known["url"]:
        raise CannotStart(say(NOTHING_RUNS, settings.lang, data_dir=settings.data_dir))
    return known, None


async def ask(settings: Settings, method: str, path: str, body: object = None) -> Any:
    """What one call of this data dir's control API answers."""
    async with control(settings) as session:
        return await request(session, method, path, body)


async def ask_all(settings: Settings, path: str) -> list[Any]:
    """A whole list, part by part."""
    items: list[Any] = []
    async with control(settings) as session:
        cursor: str | None = "0"
        while cursor is not None:
            answer = await request(session, "GET", f"{path}?limit=1000&cursor={cursor}")
            items += answer["items"]
            cursor = answer["next"]
    return items


def in_language(lang: str) -> str:
    """The query that asks the control API for the reader's language."""
    return f"?lang={language(lang)}"
