"""The options of `serve`: one name gives the flag, the variable WXPAY_SANDBOX_<NAME> and the file's key.

click gives the precedence (flag, environment, file, default); all that is wrong is said at once.
"""

import math
import secrets
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import click
import msgspec

from sandbox.cli.help import Option, command_option
from sandbox.config import Settings
from sandbox.core.merchants import Secret, Wording

PREFIX = "WXPAY_SANDBOX"
HTTPS_PORT = 8687
PROXY_PORT = 8688
ACCOUNTS = ("merchants", "apps", "payers")
MOST_VALUES = 200_000
"""So many values a configuration file may have."""
_WRONG = "wxpay-sandbox.wrong"
_SECRET = {"admin_token", "database"}
"""Settings that are, or hold, what nobody else may read."""

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]


class Setting(Option):
    """An option that keeps what is wrong with it, so that all settings are judged before any is complained of."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        try:
            return super().process_value(ctx, value)
        except click.BadParameter as error:
            why = error.message
        except (TypeError, AttributeError):  # of a file: click takes it for granted that what it converts is a text
            why = "a value of this kind does not fit."
        shown = "'***'" if self.name in _SECRET else repr(value)[:200]
        wrong(ctx).append(f"{self.name}: {shown}: {why}")
        return None


def wrong(context: click.Context) -> list[str]:
    """The sentences about all that is wrong, so far."""
    sentences: list[str] = context.meta.setdefault(_WRONG, [])
    return sentences


class PublicUrl(click.ParamType[str]):
    name = "URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        try:
            parts = urlsplit(text)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            usable = False
        if text and not usable:
            self.fail("it must be a complete http:// or https:// URL.")
        return text


class Number(click.FloatRange):
    """A number in a range, in which not-a-number is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{number} is no number.")
        return number


def _option(name: str, **attributes: Any) -> Decorator:
    flag = "--" + name.replace("_", "-")
    return click.option(flag, name, cls=Setting, envvar=f"{PREFIX}_{name.upper()}", show_envvar=True, **attributes)


def _setting(name: str) -> Decorator:
    """The option that a field of Settings declares. What is false, empty or None needs no mention as its default."""
    default = _FIELDS[name].default
    usual = getattr(default, "value", default) if default and default is not MISSING else None
    kind, meta = _declared(_HINTS[name])
    if kind is bool:
        return _option(name, is_flag=True, default=False)
    if get_origin(kind) is tuple:
        return _option(name, multiple=True, metavar=meta.title)
    return _option(name, type=_click_type(kind, meta), default=usual, show_default=usual is not None)


def _declared(hint: Any) -> tuple[Any, msgspec.Meta]:
    """A setting's type and what is declared of it; that it may be None aside."""
    kind = next(one for one in get_args(hint) if one is not NoneType) if get_origin(hint) in _UNIONS else hint
    return get_args(kind) if get_origin(kind) is Annotated else (kind, msgspec.Meta())


def _click_type(kind: Any, meta: msgspec.Meta) -> click.ParamType[Any] | type:
    if choices := get_args(kind) or tuple(getattr(kind, "__members__", {}).values()):
        return click.Choice([str(one) for one in choices if one])
    if kind is Path:
        return click.Path(path_type=Path, file_okay=False)
    if kind is float:
        return Number(meta.ge, meta.le)
    if kind is int and meta.ge is not None:
        return click.IntRange(int(meta.ge), None if meta.le is None else int(meta.le))
    if meta.title == "URL":
        return PublicUrl()
    return int if kind is int else str


_UNIONS = (Union, UnionType)
_FIELDS = {one.name: one for one in fields(Settings)}
_HINTS = get_type_hints(Settings, include_extras=True)
_OF_DATA = ("data_dir", "database", "lang")

lang_option = _setting("lang")
"""Of every command: what it says, and its help."""


def data_options(command: Command) -> Command:
    """The options that name a data dir, for every command that needs one."""
    file = click.Path(path_type=Path, dir_okay=False)
    config = _option("config", type=file, is_eager=True, expose_value=False, callback=_read_config)
    return _decorate(command, [_setting("data_dir"), _setting("database"), config, lang_option])


def remote_options(command: Command) -> Command:
    """The options that name a sandbox that runs: by its address, or by its data dir."""
    options: list[Decorator] = [
        command_option("--url", envvar=f"{PREFIX}_URL", show_envvar=True, metavar="URL"),
        command_option("--token", envvar=f"{PREFIX}_ADMIN_TOKEN", show_envvar=True),
        _setting("data_dir"),
        lang_option,
    ]
    return _decorate(command, options)


def serve_options(command: Command) -> Command:
    """All options of `serve`: the settings, and --no-tls behind those whose ports it takes away."""
    names = [name for name in _FIELDS if name not in (*_OF_DATA, "accounts")]
    options = [_setting(name) for name in names]
    options.insert(names.index("proxy_only") + 1, _option("no_tls", is_flag=True, default=False))
    return data_options(_decorate(command, options))


def _decorate(command: Command, options: list[Decorator]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def stop_if_wrong(context: click.Context) -> None:
    """Exit with status 2, naming all that is wrong with the settings, if anything is."""
    if sentences := wrong(context):
        for sentence in sentences:
            click.echo(f"wxpay-sandbox: {sentence}", err=True)
        context.exit(2)


def settings_of(context: click.Context) -> Settings:
    """The settings that a command was given; exits with status 2, naming all that is wrong."""
    stop_if_wrong(context)
    given = dict(context.params)
    known = {name: given[name] for name in Settings.__dataclass_fields__ if given.get(name) is not None}
    known |= _listeners(given)
    known["make_token"] = bool(known.get("make_token") and not known.get("admin_token"))
    known["admin_token"] = Secret(secrets.token_urlsafe(24) if known["make_token"] else known.get("admin_token", ""))
    known["wording"] = Wording(known.get("wording", Wording.TODAY))
    return Settings(**known, accounts=context.obj or {})


def _listeners(given: dict[str, Any]) -> dict[str, int | None]:
    """The ports of HTTPS and proxy; of a command that listens nowhere, none."""
    if "https_port" not in given or given["no_tls"]:
        return {"https_port": None, "proxy_port": None}
    usual = {"https_port": HTTPS_PORT, "proxy_port": PROXY_PORT}
    # Who asks for any free port wants to start beside others: a usual port would be in the way.
    return {
        name: given[name] if given[name] is not None else port if given["port"] else 0 for name, port in usual.items()
    }


def _read_config(context: click.Context, parameter: click.Parameter, path: Path | None) -> None:
    """Make the file's keys the options' defaults: below flags and environment, above the built-in ones."""
    if path is None:
        return
    content = _load(context, path)
    options = {one.name for one in context.command.params} | set(ACCOUNTS)
    for key in [key for key in content if key not in options - {"config"}]:
        wrong(context).append(f"config: {path}: unknown key {key!r}; known are {', '.join(sorted(map(str, options)))}.")
        del content[key]
    accounts = {key: content.pop(key) for key in ACCOUNTS if content.get(key) is not None}
    for key, entries in accounts.items():
        if not isinstance(entries, list):
            wrong(context).append(f"config: {path}: {key} must be a list.")
    context.obj = accounts
    context.default_map = {**(context.default_map or {}), **content}


def _values_in(content: Any) -> int:
    """How many values it has, aliases followed, which make a small file a huge one; stops counting over the limit."""
    waiting, count = [content], 0
    while waiting and count <= MOST_VALUES:
        one = waiting.pop()
        count += 1
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list | tuple | set) else ()
    return count


def _load(context: click.Context, path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - most starts read no file

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        wrong(context).append(f"config: {path} cannot be read: {getattr(error, 'strerror', None) or error}.")
        return {}
    except (yaml.YAMLError, ValueError) as error:  # a date or number that is none is a ValueError
        wrong(context).append(f"config: {path} is not YAML: {' '.join(str(error).split())}.")
        return {}
    except (LookupError, AttributeError):  # PyYAML takes it for granted that a tag fits: !!bool maybe
        wrong(context).append(f"config: {path} is not YAML: a tag in it does not fit its value.")
        return {}
    except RecursionError:
        wrong(context).append(f"config: {path} is nested too deeply.")
        return {}
    if _values_in(content) > MOST_VALUES:
        wrong(context).append(f"config: {path} has more than {MOST_VALUES} values, or holds itself.")
        return {}
    if content is not None and not isinstance(content, dict):
        wrong(context).append(f"config: {path} must hold keys and values.")
        return {}
    return content or {}
