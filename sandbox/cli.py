"""The command line: each command a few lines that call something below."""

import asyncio
import base64
import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import click
import msgspec

from sandbox import __version__, logs
from sandbox.config import Settings, language, shipped
from sandbox.core.scenarios import Mistake, ScenarioInvalid
from sandbox.core.text import Lang
from sandbox.core.usecases.accounts import DEFAULT_APPID, DEFAULT_MERCHANT, DEFAULT_OPENID
from sandbox.doctoring import NoBody, body_of, report, status_of
from sandbox.everyday import register
from sandbox.export import merchant_files, write_files
from sandbox.ingress.command import CannotRun
from sandbox.ingress.command import run as run_command
from sandbox.ingress.environment import variables
from sandbox.ingress.trust import write_trust
from sandbox.options import data_options, lang_option, serve_options, settings_of
from sandbox.remote import request, run, stop_signal
from sandbox.scenario.library import built_in, names_in, read_file
from sandbox.server import CannotStart, Server, running
from sandbox.spoken import Group, command_option, defaults, language_of, say, speak
from sandbox.words.scenario_files import RIGHT
from sandbox.words.terminal import EXPORTED, PASTE, READY, SHOP, TOKEN_MADE, TOKEN_NEEDED, WAYS

log = logging.getLogger(__name__)

SHOP_SECONDS = 15.0
"""How long the demo shop may take to start."""


class DefaultGroup(Group):
    """`wxpay-sandbox --port 0` means `wxpay-sandbox serve --port 0`. Help is in the language of --lang."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        speak(self, language_of(given, os.environ))
        return super().main(given, *rest, **more)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing:  # completion wants to know what there is, the default command or not
            return super().parse_args(ctx, args)
        own = {"-h", "--help", "--version"}
        lead = 2 if args[:1] == ["--lang"] else int(bool(args) and args[0].startswith("--lang="))
        if lead and len(args) > lead and args[lead] in own | set(self.commands):
            # Before a command: said for whatever command it is.
            ctx.default_map = defaults(self, "lang", language_of(args[:lead], {}))
            args = args[lead:]
        elif not args or (args[0].startswith("-") and args[0] not in own):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wxpay-sandbox")
def main() -> None:
    """A local WeChat Pay."""


register(main)


@main.command()
@serve_options
@click.pass_context
def serve(context: click.Context, /, **_: Any) -> None:
    """Start the sandbox (the default command)."""
    settings = settings_of(context)
    logs.configure(settings.log_format)
    run(_serve(settings))


@main.command()
@serve_options
@command_option("--shop-port", type=click.IntRange(0, 65535), default=8690, show_default=True)
@click.pass_context
def demo(context: click.Context, /, shop_port: int, **_: Any) -> None:
    """Start the sandbox with a small example shop that sells through it."""
    settings = settings_of(context)
    logs.configure(settings.log_format)
    run(_demo(settings, shop_port))


@main.group()
def merchant() -> None:
    """Merchants and their credentials."""


@merchant.command("list")
@data_options
@click.pass_context
def list_merchants(context: click.Context, /, **_: Any) -> None:
    """List the merchants; never a key."""
    for one in run(_all(settings_of(context), "/_sandbox/merchants")):
        click.echo(f"{one['mch_id']}\t{','.join(one['appids'])}\t{one['name']}")


@merchant.command("show")
@click.argument("mch_id")
@data_options
@click.pass_context
def show_merchant(context: click.Context, /, mch_id: str, **_: Any) -> None:
    """Show one merchant with its keys, as JSON."""
    answer = run(_ask(settings_of(context), "GET", f"/_sandbox/merchants/{mch_id}"))
    click.echo(msgspec.json.format(msgspec.json.encode(answer)).decode())


@merchant.command("add")
@command_option("--mch-id")
@command_option("--name")
@command_option("--appid", "appids", multiple=True)
@command_option("--service-provider", is_flag=True)
@data_options
@click.pass_context
def add_merchant(
    context: click.Context,
    /,
    mch_id: str | None,
    name: str | None,
    appids: tuple[str, ...],
    service_provider: bool,
    **_: Any,
) -> None:
    """Add a merchant; prints it with its keys, as JSON."""
    wanted = {"mch_id": mch_id, "name": name, "appids": list(appids) or None, "service_provider": service_provider}
    body = {key: value for key, value in wanted.items() if value} | {"certificate": False}
    answer = run(_ask(settings_of(context), "POST", "/_sandbox/merchants", body))
    click.echo(msgspec.json.format(msgspec.json.encode(answer)).decode())


@merchant.command("export")
@click.argument("mch_id")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@data_options
@click.pass_context
def export_merchant(context: click.Context, /, mch_id: str, folder: Path, **_: Any) -> None:
    """Write a merchant's certificates, keys and settings into a folder."""
    settings = settings_of(context)
    files = run(_export(settings, mch_id, folder))
    click.echo(say(EXPORTED, settings.lang, folder=folder, files=", ".join(files)))


@main.group()
def scenario() -> None:
    """Scenarios: what goes wrong, by name."""


@scenario.command("list")
@data_options
@click.pass_context
def list_scenarios(context: click.Context, /, **_: Any) -> None:
    """List the scenarios at hand, group by group."""
    settings = settings_of(context)
    answer = run(_ask(settings, "GET", "/_sandbox/scenarios" + _in_language(settings.lang)))
    for one in answer["items"]:
        click.echo(f"{one['name']:<28}\t{one['group']:<12}\t{one['title']}")


@scenario.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@lang_option
def check_scenarios(files: tuple[Path, ...], lang: str | None) -> None:
    """Check scenario files: each mistake with file, line, field and what would be right; status 1 if there are any.

    What can hardly be meant is warned of, with status 0.
    """
    reader = language(lang)
    known = names_in(files) | {scenario.name for scenario, _ in built_in(shipped("scenarios"))}
    mistakes = [mistake for path in files for mistake in _mistakes_in(path, known, reader)]
    for mistake in mistakes:
        click.echo(mistake.told(reader))
    sys.exit(1 if mistakes else 0)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-")
@command_option("--mch-id", default="")
@command_option("--key", default="")
@data_options
@click.pass_context
def doctor(context: click.Context, /, file: Path, mch_id: str, key: str, **_: Any) -> None:
    """Explain why a signature is wrong.

    FILE (default: standard input) holds what was sent: the XML alone, the raw HTTP request, or a curl command. Exit
    status 0: the signature is right; 1: it is wrong; 2: the message cannot be read.
    """
    settings = settings_of(context)
    answer = run(_examine(settings, file, {"mch_id": mch_id, "key": key}))
    click.echo(report(answer, language(settings.lang)))
    sys.exit(status_of(answer))


@main.command("exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND...")
@data_options
@click.pass_context
def execute(context: click.Context, /, command: tuple[str, ...], **_: Any) -> None:
    """Run COMMAND so that its unchanged WeChat Pay SDK reaches the sandbox.

    COMMAND gets the proxy and CA variables that Python, Node, Go, Java, PHP, .NET and curl read. It speaks to the
    sandbox that runs on the data dir, or to one that is started for it. The exit status is COMMAND's.
    """
    sys.exit(run(_execute(settings_of(context), command)))


# -- what the commands do ----------------------------------------------------------------------------------------------


def _mistakes_in(path: Path, known: Collection[str], lang: Lang) -> list[Mistake]:
    """What is wrong in a file, with what else is doubtful there; says what is right in it."""
    try:
        found = read_file(path, "file", known)
    except ScenarioInvalid as invalid:
        return sorted([*invalid.mistakes, *invalid.warnings], key=lambda one: one.line)
    for scenario, _ in found:
        for warning in scenario.warnings:
            click.echo(warning.told(lang))
    click.echo(RIGHT.say(lang, file=path, names=", ".join(scenario.name for scenario, _ in found)))
    return []


def _in_language(lang: str) -> str:
    """The query that asks the control API for the reader's language."""
    return f"?lang={language(lang)}"


async def _serve(settings: Settings) -> None:
    stopped = stop_signal()
    server = await Server.start(settings)
    try:
        _announce(server, {})
        await stopped.wait()
    finally:
        await server.stop()


async def _demo(settings: Settings, shop_port: int) -> None:
    stopped = stop_signal()
    server = await Server.start(settings)
    try:
        async with _shop(server, shop_port) as shop_url:
            _announce(server, {"shop": shop_url})
            await stopped.wait()
    finally:
        await server.stop()


@asynccontextmanager
async def _shop(server: Server, port: int) -> AsyncIterator[str]:
    """The example shop in a process of its own; gives its URL."""
    program = shipped("examples") / "shop" / "shop.py"
    # --no-times: the shop's clock is the wall's, and people turn the sandbox's.
    console = f"{server.world.links.base}/console"
    arguments = ["--port", str(port), "--gateway", server.url, "--console", console, "--no-times"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(program),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "SHOP_KEY": str(DEFAULT_MERCHANT.api_key)},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SHOP_SECONDS):
            line = (await process.stdout.readline()).decode()
        if not line.startswith("shop ready at "):
            raise CannotStart(f"The demo shop did not start on port {port}; try --shop-port 0.")
        yield line.removeprefix("shop ready at ").strip()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _announce(server: Server, more: dict[str, str]) -> None:
    """Say that the sandbox is ready: to a program as one line of JSON, to a person as a page."""
    settings = server.settings
    public = server.world.links.base
    token = {"admin_token": str(settings.admin_token)} if settings.make_token else {}
    if settings.ready_json:
        merchants = [_ready_merchant(mch_id, server) for mch_id in server.world.storage.accounts.merchants]
        ways = {"http": server.url, **server.ways(), "console": f"{public}/console/"}
        ready = {**ways, "merchants": merchants, **token, **more}
        click.echo(msgspec.json.encode(ready).decode())
        sys.stdout.flush()
        return
    facts = {
        "version": __version__,
        "url": public,
        "console": f"{public}/console/",
        "mch_id": DEFAULT_MERCHANT.mch_id,
        "appid": DEFAULT_APPID,
        "api_key": str(server.world.storage.accounts.merchant(DEFAULT_MERCHANT.mch_id).api_key),
        "openid": DEFAULT_OPENID,
        "data": settings.database or settings.data_dir,
    }
    click.echo(say(READY, settings.lang, **facts) + "\n")
    if "proxy" in server.ways():
        click.echo(say(WAYS, settings.lang, **server.ways()))
    if token:
        click.echo(say(TOKEN_MADE, settings.lang, token=token["admin_token"]))
    if "shop" in more:
        click.echo(say(SHOP, settings.lang, shop=more["shop"]))
    if not settings.loopback and not settings.admin_token:
        log.warning(say(TOKEN_NEEDED, settings.lang))


def _ready_merchant(mch_id: str, server: Server) -> dict[str, Any]:
    """A merchant in the ready line; the default one's key is public, the others' are not printed."""
    one = server.world.storage.accounts.merchant(mch_id)
    shown: dict[str, Any] = {"mch_id": mch_id, "appids": list(one.appids)}
    return shown | {"api_key": str(one.api_key)} if mch_id == DEFAULT_MERCHANT.mch_id else shown


@asynccontextmanager
async def _control(settings: Settings) -> AsyncIterator[aiohttp.ClientSession]:
    """The control API of the sandbox on this data dir: the one that runs, or one opened just for this."""
    known = running(settings.data_dir)
    if known is not None:
        headers = {"Authorization": f"Bearer {known['token']}"} if known["token"] else {}
        async with aiohttp.ClientSession(known["url"], headers=headers) as session:
            yield session
        return
    server = await Server.start(replace(settings, host="127.0.0.1", port=0), quiet=True)
    try:
        async with aiohttp.ClientSession(server.url) as session:
            yield session
    finally:
        await server.stop()


async def _execute(settings: Settings, command: tuple[str, ...]) -> int:
    async with _ways_in(settings) as ways:
        with tempfile.TemporaryDirectory(prefix="wxpay-sandbox-exec-") as folder:
            trust = await asyncio.to_thread(write_trust, Path(folder), Path(ways["ca"]), os.environ)
            changed = variables(os.environ, ways, trust)
            try:
                return await run_command(command, {**os.environ, **changed})
            except CannotRun as error:
                click.echo(f"wxpay-sandbox: {error}", err=True)
                return error.status


@asynccontextmanager
async def _ways_in(settings: Settings) -> AsyncIterator[dict[str, str]]:
    """The ways into the sandbox that runs on this data dir, or into one that runs as long as this is open."""
    known = running(settings.data_dir) if settings.database != ":memory:" else None
    if known and known["url"]:
        if "proxy" not in known:
            raise CannotStart(f"The sandbox at {known['url']} runs without its proxy; start it without --no-tls.")
        yield known
        return
    server = await Server.start(replace(settings, port=0, https_port=0, proxy_port=0))
    try:
        yield {"url": server.url, "token": str(settings.admin_token), **server.ways()}
    finally:
        await server.stop()


async def _examine(settings: Settings, file: Path, options: dict[str, str]) -> Any:
    try:
        body = body_of(_saved(file, settings.lang))
    except NoBody as error:
        raise CannotStart(str(error)) from None
    examined = {"body_base64": base64.b64encode(body).decode(), **options}
    return await _ask(settings, "POST", f"/_sandbox/doctor{_in_language(settings.lang)}", examined)


def _saved(file: Path, lang: str) -> bytes:
    """A file's content; - is standard input."""
    if file != Path("-"):
        try:
            return file.read_bytes()
        except OSError as error:
            raise CannotStart(f"{file} cannot be read: {error.strerror}.") from None
    if sys.stdin.isatty():
        click.echo(say(PASTE, lang), err=True)
    return sys.stdin.buffer.read()


async def _ask(settings: Settings, method: str, path: str, body: object = None) -> Any:
    async with _control(settings) as session:
        return await request(session, method, path, body)


async def _all(settings: Settings, path: str) -> list[Any]:
    """A whole list, part by part."""
    items: list[Any] = []
    async with _control(settings) as session:
        cursor: str | None = "0"
        while cursor is not None:
            answer = await request(session, "GET", f"{path}?limit=1000&cursor={cursor}")
            items += answer["items"]
            cursor = answer["next"]
    return items


async def _export(settings: Settings, mch_id: str, folder: Path) -> list[str]:
    """Write the files of a merchant; gives their names."""
    async with _control(settings) as session:
        shown = await request(session, "GET", f"/_sandbox/merchants/{mch_id}")
        async with session.get(f"/_sandbox/merchants/{mch_id}/apiclient_cert.p12") as answer:
            p12 = await answer.read()
            if answer.status >= 400:  # none of its certificates is valid
                raise CannotStart(msgspec.json.decode(p12)["error"]["message"])
        async with session.get("/_sandbox/ca.pem") as answer:
            files = merchant_files(shown, p12, await answer.read())
    try:
        write_files(folder, files)
    except OSError as error:
        raise CannotStart(f"{folder} cannot be written: {error.strerror}.") from None
    return list(files)
