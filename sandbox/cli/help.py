"""The command line in the reader's language: which one that is, and help texts from the catalogue."""

import importlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, TypeVar, cast

import click

from sandbox.config import language
from sandbox.core.text import Lang, Text
from sandbox.words.commands import COMMANDS, EXTRAS, HEADINGS, OPTIONS

Function = TypeVar("Function", bound=Callable[..., Any])

VARIABLE = "WXPAY_SANDBOX_LANG"
_BEHIND = re.compile(r"\[[^\]]*(?:env var|default): [^\]]*\]")


def say(text: Text, lang: str | None, **facts: object) -> str:
    return text.say(language(lang), **facts)


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Lang:
    """The language of help: as --lang says anywhere on the line, else the variable, else the terminal's."""
    given = [one.partition("=")[2] for one in arguments if one.startswith("--lang=")]
    given += [after for before, after in itertools.pairwise(arguments) if before == "--lang"]
    return language((given or [environment.get(VARIABLE, "")])[-1])


class Context(click.Context):
    """Writes help in the language of its command."""

    def make_formatter(self) -> click.HelpFormatter:
        return Formatter(self.command, width=self.terminal_width, max_width=self.max_content_width)


class Formatter(click.HelpFormatter):
    def __init__(self, command: click.Command, width: int | None, max_width: int | None) -> None:
        super().__init__(width=width, max_width=max_width)
        self._lang = lang_of(command)

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, HEADINGS["Usage: "].say(self._lang) if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(HEADINGS[heading].say(self._lang) if heading in HEADINGS else heading)


class Command(click.Command):
    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _with_help(super().get_help_option(ctx), self)


class Group(click.Group):
    context_class = Context
    command_class = Command
    group_class = type

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _with_help(super().get_help_option(ctx), self)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            speak(command, lang_of(self), f"{_path_of(self)} {cmd_name}".strip())
        return command


class Lazy(MutableMapping[str, click.Command]):
    """Commands by their names, each imported when it is looked at; `places` say where it is: `module:function`."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = dict(places)

    def __getitem__(self, name: str) -> click.Command:
        module, _, function = self._places[name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        return command

    def __setitem__(self, name: str, command: click.Command) -> None:
        raise TypeError("A command has a module of its own.")

    def __delitem__(self, name: str) -> None:
        del self._places[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _with_help(option: click.Option | None, command: click.Command) -> click.Option | None:
    if option is not None:
        option.help = OPTIONS["help"].say(lang_of(command))
    return option


class Option(click.Option):
    """An option whose help says default and variable in the reader's language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if record is None or lang_of(ctx.command) == "en":
            return record
        return record[0], _BEHIND.sub(lambda found: _translated(found[0]), record[1])


def _translated(extra: str) -> str:
    for english, chinese in EXTRAS.items():
        extra = extra.replace(english, chinese)
    return extra


def defaults(command: click.Command, name: str, value: str) -> dict[str, Any]:
    """A default of one option for a command and every command below it."""
    below = command.commands if isinstance(command, click.Group) else {}
    return {name: value, **{one: defaults(other, name, value) for one, other in below.items()}}


def lang_of(command: click.Command) -> Lang:
    return cast(Lang, vars(command).get("lang", "en"))


def _path_of(command: click.Command) -> str:
    return cast(str, vars(command).get("path", ""))


def speak(command: click.Command, lang: Lang, path: str = "") -> None:
    """Give a command and its options their help in a language; those below it have theirs when they are asked for."""
    vars(command).update(lang=lang, path=path)
    command.help = COMMANDS[path].say(lang)
    command.short_help = command.help.partition("\n\n")[0]
    for one in options(command):
        one.help = _of_option(path, one).say(lang)


def options(command: click.Command) -> Iterable[click.Option]:
    """What a command takes beside its arguments; --help apart, which has its words by itself."""
    return [one for one in command.params if isinstance(one, click.Option)]


def _of_option(path: str, option: click.Option) -> Text:
    name = str(option.name)
    return OPTIONS.get(f"{path.rpartition(' ')[2]}.{name}") or OPTIONS[name]


def command_option(*names: str, **attributes: Any) -> Callable[[Function], Function]:
    """An option of a command; its words are in the catalogue."""
    return click.option(*names, cls=Option, **attributes)
