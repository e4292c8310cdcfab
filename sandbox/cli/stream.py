"""The stream behind `listen` and `logs -f`: what happens, line by line, and notifications carried to a backend here."""

import asyncio
import base64
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import click
import msgspec

from sandbox.cli.process import stop_signal
from sandbox.cli.remote import Place, reached
from sandbox.core.journal import Message
from sandbox.core.text import Lang, Text
from sandbox.core.verdicts import Verdict
from sandbox.delivery.sender import AddressRules, Sender
from sandbox.instance import CannotStart
from sandbox.resolver import Resolver
from sandbox.words import terminal as words

AGAIN_SECONDS = 1.0
"""How soon a lost sandbox is looked for again."""

_MARKS = {"api": "→", "notification": "←"}
Say = Callable[[str], None]


def target_of(forward_to: str, notify_url: str) -> str:
    """Where a notification goes: to a path of the target's own, else to that of the notify_url, its query included."""
    target, named = urlsplit(forward_to), urlsplit(notify_url)
    if target.path.strip("/") or target.query:
        return forward_to
    return target._replace(path=named.path or "/", query=named.query).geturl()


def line_of(item: dict[str, Any]) -> str:
    """A call or an attempt for a person: when, what, how it ended; why not well, in a second line."""
    at = str(item["at"])[11:19]
    tone = {"ok": "green", "failed": "red"}.get(item["outcome"])
    first = f"{at} {_MARKS.get(item['kind'], ' ')} {click.style(item['text'], fg=tone)}"
    return f"{first}\n{' ' * 11}{item['why']}" if item["why"] else first


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens: at which sandbox, of whom, and where notifications are taken (empty: nowhere).

    `greeting` is said once the sandbox hears of it.
    """

    place: Place
    mch_ids: tuple[str, ...]
    forward_to: str
    lang: Lang
    only_failed: bool = False
    greeting: str = ""
    say: Say = click.echo

    async def listen(self) -> None:
        """Until it is cancelled; a sandbox that goes away is waited for. Raises CannotStart if it was never there."""
        known = False
        while True:
            try:
                async with reached(self.place, self.lang) as session:
                    async for name, data in self._events(session):
                        if name == "hello" and (known or self.greeting):
                            click.echo(self._told(words.FOUND_AGAIN) if known else self.greeting, err=True)
                        known = True
                        await self._heard(session, name, data)
            except CannotStart:
                if not known:
                    raise
            click.echo(self._told(words.LOST), err=True)
            await self._until_there()

    # -- parts ---------------------------------------------------------------------------------------------------------

    async def _events(self, session: aiohttp.ClientSession) -> AsyncIterator[tuple[str, Any]]:
        query = {"mch_id": ",".join(self.mch_ids), "forward_to": self.forward_to, "lang": self.lang}
        async with session.get("/_sandbox/listen", params=query) as response:
            if response.status >= 400:
                raise CannotStart(msgspec.json.decode(await response.read())["error"]["message"])
            name = ""
            async for raw in response.content:
                field, _, value = raw.decode().strip().partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    yield name, msgspec.json.decode(value)

    async def _heard(self, session: aiohttp.ClientSession, name: str, data: Any) -> None:
        if name == "line" and not (self.only_failed and data["outcome"] != "failed"):
            self.say(line_of(data))
        elif name == "forward":
            # Beside the others: a backend may be slow, and it may call the sandbox before it answers.
            task = asyncio.create_task(self._carry(session, data))
            _CARRIED.add(task)
            task.add_done_callback(_CARRIED.discard)

    async def _carry(self, session: aiohttp.ClientSession, handed: dict[str, Any]) -> None:
        url = target_of(self.forward_to, handed["url"])
        headers = tuple((str(name), str(value)) for name, value in handed["headers"])
        resolver = Resolver()
        try:
            sender = Sender(AddressRules(), resolver)
            result = await sender.send(url, Message(headers, base64.b64decode(handed["body_base64"])))
        finally:
            resolver.close()
        if isinstance(result, Verdict):
            body: dict[str, Any] = {"failure": result.name, "facts": dict(result.facts)}
        else:
            content = base64.b64encode(result.message.body).decode()
            headers = result.message.headers
            body = {"status": result.status, "headers": headers, "body_base64": content, "cut": result.cut}
        with suppress(aiohttp.ClientError):  # the sandbox has gone, which the stream says too
            async with session.post(f"/_sandbox/forwards/{handed['id']}", json=body):
                pass

    async def _until_there(self) -> None:
        """Until the sandbox takes calls again."""
        async with aiohttp.ClientSession(self.place.url) as session:
            for _ in itertools.count():
                await asyncio.sleep(AGAIN_SECONDS)
                with suppress(aiohttp.ClientError):
                    async with session.get("/_sandbox/health"):
                        return

    def _told(self, text: Text) -> str:
        return text.say(self.lang, url=self.place.url)


_CARRIED: set["asyncio.Task[None]"] = set()


async def until_stopped(listener: Listener) -> None:
    """Listen until Ctrl+C; what it holds at the sandbox ends with its connection."""
    stopped, work = stop_signal(), asyncio.create_task(listener.listen())
    told = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
    for task in (work, told):
        task.cancel()
    await asyncio.gather(work, told, return_exceptions=True)
    if work in done:
        work.result()
