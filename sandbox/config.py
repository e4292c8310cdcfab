"""Settings: flags, environment and file made into one frozen object; and where the shipped files lie."""

import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, cast

from msgspec import Meta

from sandbox.core.clock import MAX_ADVANCE, MAX_SCALE, MIN_SCALE
from sandbox.core.merchants import Secret, Wording
from sandbox.core.text import Lang
from sandbox.core.usecases.context import REFUND_SECONDS

DEFAULT_DATA_DIR = Path(".wxpay-sandbox")
DEFAULT_KEEP = 100_000
"""Journal lines, and orders, that are kept."""
DEFAULT_KEEP_MEGABYTES = 512
"""What those lines hold at most: ten times what as many usual calls do not reach half of."""
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


LogFormat = Literal["text", "json"]
CodeUrl = Literal["wechat", "cashier"]
Port = Annotated[int, Meta(ge=0, le=65535)]
Kept = Annotated[int, Meta(ge=0)]
Url = Annotated[str, Meta(title="URL")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `serve` was told. One name gives the flag, the variable WXPAY_SANDBOX_<NAME> and the file's key.

    This is where they are declared: name, type, limits and default make the command line's options (`cli/options.py`)
    in this order; a title is the value's name in the help, whose sentences are in `words/commands.py`.
    """

    data_dir: Path = DEFAULT_DATA_DIR
    database: str = field(default="", repr=False)  # the URL of a PostgreSQL holds its password
    lang: Literal["", "zh", "en"] = ""
    host: str = "127.0.0.1"
    port: Port = 8686
    https_port: Port | None = None
    """None: no HTTPS, and no proxy. The command line's default is 8687, or any free port beside a free `port`."""
    proxy_port: Port | None = None
    """None: no proxy. The command line's default is 8688."""
    proxy_only: bool = False
    require_client_cert: bool = False
    public_url: Url = ""
    time_scale: Annotated[float, Meta(ge=MIN_SCALE, le=MAX_SCALE)] | None = None
    admin_token: Secret = field(default_factory=lambda: Secret(""))
    make_token: bool = False
    """Whether the admin token was made at this start, and so has to be told."""
    notify_allow: Annotated[tuple[str, ...], Meta(title="HOST|CIDR")] = ()
    refund_seconds: Annotated[float, Meta(ge=0, le=MAX_ADVANCE)] = REFUND_SECONDS
    strict_openids: bool = False
    wording: Wording = Wording.TODAY
    code_url: CodeUrl = "wechat"
    scenario: Annotated[tuple[str, ...], Meta(title="NAME|FILE")] = ()
    log_format: LogFormat = "text"
    seed: int | None = None
    keep_calls: Kept = DEFAULT_KEEP
    keep_megabytes: Kept = DEFAULT_KEEP_MEGABYTES
    keep_orders: Kept = DEFAULT_KEEP
    ready_json: bool = False
    accounts: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    """`merchants`, `apps` and `payers` of the configuration file, in the control API's shapes; no option."""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the sandbox."""
        return is_loopback(self.host)


def language(wanted: str | None = "") -> Lang:
    """The language that was asked for, else the terminal's."""
    if wanted in ("zh", "en"):
        return cast(Lang, wanted)
    locale = next((os.environ[name] for name in _LOCALE if os.environ.get(name)), "")
    return "zh" if locale.startswith("zh") else "en"


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def shipped(name: str) -> Path:
    """A folder that ships with the product: inside the package when installed, at the root in a checkout."""
    installed = Path(__file__).parent / "_data" / name
    return installed if installed.is_dir() else Path(__file__).parent.parent / name
