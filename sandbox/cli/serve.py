"""`wxpay-sandbox serve` and `demo`: a sandbox until it is told to end."""

import asyncio
import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from sandbox import __version__, logs
from sandbox.cli.help import Command, command_option, say
from sandbox.cli.options import serve_options, settings_of
from sandbox.cli.process import run, settle, stop_signal
from sandbox.config import Settings, shipped
from sandbox.core.databases import shown
from sandbox.core.usecases.accounts import DEFAULT_APPID, DEFAULT_MERCHANT, DEFAULT_OPENID
from sandbox.export import write_files
from sandbox.instance import CannotStart
from sandbox.server import Server
from sandbox.words.terminal import READY, SHOP, TOKEN_MADE, TOKEN_NEEDED, WAYS

log = logging.getLogger(__name__)

SHOP_SECONDS = 15.0
"""How long the demo shop may take to start."""


@click.command(cls=Command)
@serve_options
@click.pass_context
def serve(context: click.Context, /, **_: Any) -> None:
    """Start the sandbox (the default command)."""
    settings = settings_of(context)
    logs.configure(settings.log_format)
    run(_serve(settings))


@click.command(cls=Command)
@serve_options
@command_option("--shop-port", type=click.IntRange(0, 65535), default=8690, show_default=True)
@command_option("--shop-api", type=click.Choice(["v3", "v2"]), default="v3", show_default=True)
@click.pass_context
def demo(context: click.Context, /, shop_port: int, shop_api: str, **_: Any) -> None:
    """Start the sandbox with a small example shop that sells through it."""
    settings = settings_of(context)
    logs.configure(settings.log_format)
    run(_demo(settings, shop_port, shop_api))


async def _serve(settings: Settings) -> None:
    stopped = stop_signal()
    server = await Server.start(settings)
    try:
        settle()
        _announce(server, {})
        await stopped.wait()
    finally:
        await server.stop()


async def _demo(settings: Settings, shop_port: int, shop_api: str) -> None:
    stopped = stop_signal()
    server = await Server.start(settings)
    try:
        async with _shop(server, shop_port, shop_api) as shop_url:
            settle()
            _announce(server, {"shop": shop_url})
            await stopped.wait()
    finally:
        await server.stop()


@asynccontextmanager
async def _shop(server: Server, port: int, api: str) -> AsyncIterator[str]:
    """The example shop in a process of its own; gives its URL."""
    program = shipped("examples") / "shop" / "shop.py"
    # --no-times: the shop's clock is the wall's, and people turn the sandbox's.
    console = f"{server.parts.links.base}/console"
    arguments = ["--port", str(port), "--gateway", server.url, "--console", console, "--no-times", "--api", api]
    keys = {"SHOP_KEY": str(DEFAULT_MERCHANT.api_key), "SHOP_API_V3_KEY": str(DEFAULT_MERCHANT.api_v3_key)}
    with tempfile.TemporaryDirectory(prefix="wxpay-sandbox-shop-") as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(program),
            *arguments,
            *(await _certificate(server, Path(folder)) if api == "v3" else ()),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **keys},
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


async def _certificate(server: Server, folder: Path) -> tuple[str, ...]:
    """The shop's certificate with its key as files that only it reads, and the arguments that name them."""
    certificate = await server.parts.certificates.merchant(DEFAULT_MERCHANT.mch_id)
    write_files(
        folder,
        {
            "apiclient_cert.pem": certificate.certificate.encode(),
            "apiclient_key.pem": certificate.private_key.encode(),
        },
    )
    return (
        *("--certificate", str(folder / "apiclient_cert.pem")),
        *("--certificate-key", str(folder / "apiclient_key.pem")),
    )


def _announce(server: Server, more: dict[str, str]) -> None:
    """Say that the sandbox is ready: to a program as one line of JSON, to a person as a page."""
    settings = server.settings
    public = server.parts.links.base
    token = {"admin_token": str(settings.admin_token)} if settings.make_token else {}
    if settings.ready_json:
        merchants = [_ready_merchant(mch_id, server) for mch_id in server.parts.storage.accounts.merchants]
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
        "api_key": str(server.parts.storage.accounts.merchant(DEFAULT_MERCHANT.mch_id).api_key),
        "openid": DEFAULT_OPENID,
        "data": shown(settings.database) or settings.data_dir,
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
    one = server.parts.storage.accounts.merchant(mch_id)
    shown: dict[str, Any] = {"mch_id": mch_id, "appids": list(one.appids)}
    return shown | {"api_key": str(one.api_key)} if mch_id == DEFAULT_MERCHANT.mch_id else shown
