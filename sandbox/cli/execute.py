"""`wxpay-sandbox exec`: a command whose unchanged WeChat Pay SDK reaches the sandbox."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sandbox.cli.help import Command
from sandbox.cli.options import data_options, settings_of
from sandbox.cli.process import run
from sandbox.cli.remote import found_or_started
from sandbox.config import Settings
from sandbox.ingress.command import CannotRun
from sandbox.ingress.command import run as run_command
from sandbox.ingress.environment import variables
from sandbox.ingress.trust import write_trust
from sandbox.instance import CannotStart


@click.command("exec", cls=Command, context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND...")
@data_options
@click.pass_context
def execute(context: click.Context, /, command: tuple[str, ...], **_: Any) -> None:
    """Run COMMAND so that its unchanged WeChat Pay SDK reaches the sandbox.

    COMMAND gets the proxy and CA variables that Python, Node, Go, Java, PHP, .NET and curl read. It speaks to the
    sandbox that runs on the data dir, or to one that is started for it. The exit status is COMMAND's.
    """
    sys.exit(run(_execute(settings_of(context), command)))


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
    known, server = await found_or_started(settings, replace(settings, port=0, https_port=0, proxy_port=0))
    try:
        if "proxy" not in known:
            raise CannotStart(f"The sandbox at {known['url']} runs without its proxy; start it without --no-tls.")
        yield known
    finally:
        if server is not None:
            await server.stop()
