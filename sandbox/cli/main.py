"""The command line's entry: which command it is, and help in the reader's language."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from sandbox import __version__
from sandbox.cli.help import Group, Lazy, defaults, language_of, speak
from sandbox.importing import quickly

COMMANDS = {
    "clock": "sandbox.cli.clock:clock",
    "demo": "sandbox.cli.serve:demo",
    "doctor": "sandbox.cli.doctor:doctor",
    "exec": "sandbox.cli.execute:execute",
    "listen": "sandbox.cli.logs:listen",
    "logs": "sandbox.cli.logs:logs",
    "merchant": "sandbox.cli.merchants:merchant",
    "pay": "sandbox.cli.pay:pay",
    "scenario": "sandbox.cli.scenarios:scenario",
    "serve": "sandbox.cli.serve:serve",
}
"""Where each command is: imported when somebody asks for it."""


class DefaultGroup(Group):
    """`wxpay-sandbox --port 0` means `wxpay-sandbox serve --port 0`. Help is in the language of --lang."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        speak(self, language_of(given, os.environ))
        with quickly():  # until the command's work begins: process.run
            return super().main(given, *rest, **more)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing:  # completion wants to know what there is, the default command or not
            return super().parse_args(ctx, args)
        own = {"-h", "--help", "--version"}
        lead = 2 if args[:1] == ["--lang"] else int(bool(args) and args[0].startswith("--lang="))
        if lead and len(args) > lead and args[lead] in own | set(self.commands):
            # Before a command: said for whatever command it is.
            command = self.get_command(ctx, args[lead])
            ctx.default_map = {args[lead]: defaults(command, "lang", language_of(args[:lead], {}))} if command else {}
            args = args[lead:]
        elif not args or (args[0].startswith("-") and args[0] not in own):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultGroup, commands=Lazy(COMMANDS), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wxpay-sandbox")
def main() -> None:
    """A local WeChat Pay."""
