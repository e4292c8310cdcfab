"""`wxpay-sandbox scenario`: the scenarios at hand, and whether files of them are right."""

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from sandbox.cli.help import Group
from sandbox.cli.options import data_options, lang_option, settings_of
from sandbox.cli.process import run
from sandbox.cli.remote import ask, in_language
from sandbox.config import language, shipped
from sandbox.core.scenarios import Mistake, ScenarioInvalid
from sandbox.core.text import Lang
from sandbox.parts import FACES
from sandbox.scenario.files import names_in, read_file
from sandbox.scenario.library import built_in
from sandbox.scenario.vocabulary import Vocabulary
from sandbox.words.scenario_files import RIGHT


@click.group(cls=Group)
def scenario() -> None:
    """Scenarios: what goes wrong, by name."""


@scenario.command("list")
@data_options
@click.pass_context
def list_scenarios(context: click.Context, /, **_: Any) -> None:
    """List the scenarios at hand, group by group."""
    settings = settings_of(context)
    answer = run(ask(settings, "GET", "/_sandbox/scenarios" + in_language(settings.lang)))
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


def _mistakes_in(path: Path, known: Collection[str], lang: Lang) -> list[Mistake]:
    """What is wrong in a file, with what else is doubtful there; says what is right in it."""
    try:
        found = read_file(path, "file", known, Vocabulary.of(FACES))
    except ScenarioInvalid as invalid:
        return sorted([*invalid.mistakes, *invalid.warnings], key=lambda one: one.line)
    for scenario, _ in found:
        for warning in scenario.warnings:
            click.echo(warning.told(lang))
    click.echo(RIGHT.say(lang, file=path, names=", ".join(scenario.name for scenario, _ in found)))
    return []
