"""`wxpay-sandbox merchant`: the merchants of a data dir."""

from pathlib import Path
from typing import Any

import click
import msgspec

from sandbox.cli.help import Group, command_option, say
from sandbox.cli.options import data_options, settings_of
from sandbox.cli.process import run
from sandbox.cli.remote import ask, ask_all, control, request
from sandbox.config import Settings
from sandbox.export import merchant_files, write_files
from sandbox.instance import CannotStart
from sandbox.words.terminal import EXPORTED


@click.group(cls=Group)
def merchant() -> None:
    """Merchants and their credentials."""


@merchant.command("list")
@data_options
@click.pass_context
def list_merchants(context: click.Context, /, **_: Any) -> None:
    """List the merchants; never a key."""
    for one in run(ask_all(settings_of(context), "/_sandbox/merchants")):
        click.echo(f"{one['mch_id']}\t{','.join(one['appids'])}\t{one['name']}")


@merchant.command("show")
@click.argument("mch_id")
@data_options
@click.pass_context
def show_merchant(context: click.Context, /, mch_id: str, **_: Any) -> None:
    """Show one merchant with its keys, as JSON."""
    _print(run(ask(settings_of(context), "GET", f"/_sandbox/merchants/{mch_id}")))


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
    _print(run(ask(settings_of(context), "POST", "/_sandbox/merchants", body)))


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


def _print(answer: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(answer)).decode())


async def _export(settings: Settings, mch_id: str, folder: Path) -> list[str]:
    """Write the files of a merchant; gives their names."""
    async with control(settings) as session:
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
