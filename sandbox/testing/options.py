"""What a test may ask for: the keywords of `Sandbox`, of a new merchant and of an expectation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypedDict


class ServeSettings(TypedDict, total=False):
    """The settings of `serve`; `merchants`, `apps` and `payers` as in a configuration file."""

    host: str
    port: int
    https_port: int
    proxy_port: int
    proxy_only: bool
    require_client_cert: bool
    public_url: str
    data_dir: Path | str
    database: str
    time_scale: float
    admin_token: str
    notify_allow: Sequence[str]
    strict_openids: bool
    refund_seconds: float
    wording: Literal["today", "2016"]
    code_url: Literal["wechat", "cashier"]
    lang: Literal["zh", "en"]
    seed: int
    scenario: Sequence[str]
    keep_calls: int
    keep_orders: int
    keep_megabytes: int
    merchants: Sequence[Mapping[str, Any]]
    apps: Sequence[Mapping[str, Any]]
    payers: Sequence[Mapping[str, Any]]


class MerchantFields(TypedDict, total=False):
    """A merchant as somebody asks for it; what is left out is made up."""

    mch_id: str
    name: str
    appids: Sequence[str]
    api_key: str
    api_v3_key: str
    products: Mapping[str, Literal["opened", "not_opened", "pending", "restricted"]]
    service_provider: bool
    sub_merchants: Sequence[Mapping[str, Any]]
    notify_url: str
    refund_notify_url: str
    sharing_notify_url: str
    sharing_ratio: str
    native_callback_url: str
    rate: str
    balance_fen: int
    wording: Literal["today", "2016"]
    platform_identity: Literal["certificate", "public_key", "both"]
    separate_platform_keys: bool
    certificate: bool


class Device(TypedDict, total=False):
    """The facts of a phone; what is left out counts as right."""

    package_name: str
    app_signature: str
    bundle_id: str
    wechat_installed: bool
    wechat_version: str
    logged_in: bool


class JournalFilter(TypedDict, total=False):
    """Which calls to list. `contains` is a text in the request or its answer; `since` is sandbox time."""

    path: str
    out_trade_no: str
    outcome: Literal["ok", "failed"]
    signature: Literal["ok", "wrong", "missing"]
    contains: str
    since: datetime
    limit: int


class Rule(TypedDict, total=False):
    """What a value must be like: the whole of it matches a regular expression of RE2, or it is not there (or is)."""

    matches: str
    absent: bool


class Count(TypedDict, total=False):
    """How many calls."""

    at_least: int
    at_most: int


Wanted = str | int | Rule


class Expectation(TypedDict, total=False):
    """What a call is like; what is left out may be anything. `fields` are those of the message that was sent."""

    path: str
    out_trade_no: str
    outcome: Literal["ok", "failed"]
    signature: Literal["ok", "wrong", "missing"]
    err_code: Wanted
    return_msg: Wanted
    fields: Mapping[str, Wanted]
    header: Mapping[str, Wanted]
    since: datetime


class Expectations(Expectation, total=False):
    """One expectation with a count (at least one call), or several that must be met in this order."""

    count: int | Count
    in_order: Sequence[Expectation]
