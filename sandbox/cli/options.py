"""The options of `serve`: one name gives the flag, the variable WXPAY_SANDBOX_<NAME> and the file's key.

click gives the precedence (flag, environment, file, default); all that is wrong is said at once.
"""

import math
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from sandbox.cli.help import Option, command_option
from sandbox.config import DEFAULT_DATA_DIR, DEFAULT_KEEP, DEFAULT_KEEP_MEGABYTES, Settings
from sandbox.core.clock import MAX_ADVANCE, MAX_SCALE, MIN_SCALE
from sandbox.core.merchants import Secret, Wording
from sandbox.core.usecases.context import REFUND_SECONDS
from sandbox.logs import FORMATS

PREFIX = "WXPAY_SANDBOX"
HTTPS_PORT = 8687
PROXY_PORT = 8688
ACCOUNTS = ("merchants", "apps", "payers")
MOST_VALUES = 200_000
"""So many values a configuration file may have."""
_WRONG = "wxpay-sandbox.wrong"

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
        shown = "'***'" if self.name == "admin_token" else repr(value)[:200]
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


def _setting(name: str, **attributes: Any) -> Decorator:
    flag = "--" + name.replace("_", "-")
    return click.option(flag, name, cls=Setting, envvar=f"{PREFIX}_{name.upper()}", show_envvar=True, **attributes)


lang_option = _setting("lang", type=click.Choice(["zh", "en"]), default=None)
"""Of every command: what it says, and its help."""


def data_options(command: Command) -> Command:
    """The options that name a data dir, for every command that needs one."""
    options = [
        _setting(
            "data_dir",
            type=click.Path(path_type=Path, file_okay=False),
            default=DEFAULT_DATA_DIR,
            show_default=True,
        ),
        _setting("database", default=""),
        _setting(
            "config",
            type=click.Path(path_type=Path, dir_okay=False),
            is_eager=True,
            expose_value=False,
            callback=_read_config,
        ),
        lang_option,
    ]
    return _decorate(command, options)


def remote_options(command: Command) -> Command:
    """The options that name a sandbox that runs: by its address, or by its data dir."""
    options: list[Decorator] = [
        command_option("--url", envvar=f"{PREFIX}_URL", show_envvar=True, metavar="URL"),
        command_option("--token", envvar=f"{PREFIX}_ADMIN_TOKEN", show_envvar=True),
        _setting(
            "data_dir",
            type=click.Path(path_type=Path, file_okay=False),
            default=DEFAULT_DATA_DIR,
            show_default=True,
        ),
        lang_option,
    ]
    return _decorate(command, options)


def serve_options(command: Command) -> Command:
    """All options of `serve`."""
    options = [
        _setting("host", default="127.0.0.1", show_default=True),
        _setting("port", type=click.IntRange(0, 65535), default=8686, show_default=True),
        _setting(
            "https_port",
            type=click.IntRange(0, 65535),
        ),
        _setting(
            "proxy_port",
            type=click.IntRange(0, 65535),
        ),
        _setting("proxy_only", is_flag=True, default=False),
        _setting("no_tls", is_flag=True, default=False),
        _setting(
            "require_client_cert",
            is_flag=True,
            default=False,
        ),
        _setting("public_url", type=PublicUrl(), default=""),
        _setting(
            "time_scale",
            type=Number(MIN_SCALE, MAX_SCALE),
        ),
        _setting("admin_token", default=""),
        _setting("make_token", is_flag=True, default=False),
        _setting(
            "notify_allow",
            multiple=True,
            metavar="HOST|CIDR",
        ),
        _setting(
            "refund_seconds",
            type=Number(0, MAX_ADVANCE),
            default=REFUND_SECONDS,
            show_default=True,
        ),
        _setting("strict_openids", is_flag=True, default=False),
        _setting(
            "wording",
            type=click.Choice([one.value for one in Wording]),
            default=Wording.TODAY.value,
            show_default=True,
        ),
        _setting(
            "code_url",
            type=click.Choice(["wechat", "cashier"]),
            default="wechat",
            show_default=True,
        ),
        _setting(
            "scenario",
            multiple=True,
            metavar="NAME|FILE",
        ),
        _setting(
            "log_format",
            type=click.Choice(FORMATS),
            default="text",
            show_default=True,
        ),
        _setting("seed", type=int),
        _setting(
            "keep_calls",
            type=click.IntRange(0),
            default=DEFAULT_KEEP,
            show_default=True,
        ),
        _setting(
            "keep_megabytes",
            type=click.IntRange(0),
            default=DEFAULT_KEEP_MEGABYTES,
            show_default=True,
        ),
        _setting(
            "keep_orders",
            type=click.IntRange(0),
            default=DEFAULT_KEEP,
            show_default=True,
        ),
        _setting("ready_json", is_flag=True, default=False),
    ]
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
