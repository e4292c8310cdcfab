"""The shop's settings: one name each, as a flag and as an environment variable SHOP_..."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from signature import SignType


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. URLs have no slash at the end; what tells how long or when is seconds."""

    host: str
    port: int
    gateway: str
    browser_gateway: str
    console: str
    public_url: str
    mch_id: str
    appid: str
    key: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    certificate: str
    certificate_key: str
    public_key: str
    public_key_id: str
    sign_type: SignType
    openid: str
    database: str
    look_after: tuple[float, ...]
    close_after: float
    answer_within: float
    retry_after: tuple[float, ...]
    no_times: bool


@dataclass(frozen=True, slots=True)
class _Option:
    default: str
    says: str


_OPTIONS = {
    "host": _Option("127.0.0.1", "address to listen on"),
    "port": _Option("8690", "port to listen on; 0 is any free one"),
    "gateway": _Option("http://127.0.0.1:8686", "WeChat Pay's base URL, as this process reaches it"),
    "browser-gateway": _Option("", "the same as the customer's browser reaches it (default: the gateway)"),
    "console": _Option("", "a sandbox's console, which every page links to (default: none)"),
    "public-url": _Option("", "this shop's base URL, as WeChat Pay and browsers reach it (default: where it listens)"),
    "mch-id": _Option("1900000109", "merchant number"),
    "appid": _Option("wx8888888888888888", "appid bound to the merchant"),
    "key": _Option("sandboxv2key00000000000000000000", "the merchant's API key (V2), 32 characters"),
    "api": _Option("v2", "the API by which orders are placed: v2 or v3"),
    "api-v3-key": _Option("sandboxv3key00000000000000000000", "the merchant's APIv3 key, 32 characters"),
    "certificate": _Option(
        "",
        "the merchant's certificate (apiclient_cert.pem): V3 signs by it, the real V2 wants it for refunds",
    ),
    "certificate-key": _Option("", "its private key (apiclient_key.pem)"),
    "public-key": _Option("", "WeChat Pay's public key (pub_key.pem); without it, V3's certificates are fetched"),
    "public-key-id": _Option("", "the public key's id: PUB_KEY_ID_..."),
    "sign-type": _Option("MD5", "how V2 signs: MD5 or HMAC-SHA256"),
    "openid": _Option("oSandboxPayer000000000000001", "the customer's openid under the appid, for JSAPI"),
    "database": _Option(":memory:", "SQLite file for the orders"),
    "look-after": _Option("5,30,60,180,300,600,1200", "ages in seconds at which a waiting order is queried"),
    "answer-within": _Option("8", "seconds that WeChat Pay's answer may take"),
    "retry-after": _Option("0.3,1,2", "pauses in seconds before an order that got no answer is placed again"),
    "close-after": _Option("1800", "age in seconds at which an unpaid order is closed"),
}


_ABOUT = "A small tea shop that is paid through WeChat Pay, by V2 or APIv3."


def read_settings(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read flags, then environment, then defaults; what is wrong ends the program, every fault named."""
    parser = argparse.ArgumentParser(prog="shop", description=_ABOUT)
    for name, option in _OPTIONS.items():
        variable = _variable(name)
        default = environment.get(variable, option.default)
        parser.add_argument(f"--{name}", default=default, metavar="...", help=f"{option.says} [{variable}]")
    parser.add_argument(
        "--no-times",
        action="store_true",
        default=environment.get(_variable("no-times"), "") not in ("", "0", "false"),
        help="send neither time_start nor time_expire, for a gateway whose clock is not ours [SHOP_NO_TIMES]",
    )
    given = vars(parser.parse_args(arguments))
    faults = _faults(given)
    if faults:
        parser.error("; ".join(faults))
    return _settings(given)


def _variable(name: str) -> str:
    return "SHOP_" + name.replace("-", "_").upper()


def _faults(given: Mapping[str, str]) -> list[str]:
    checks = {
        "port": _is_port(given["port"]),
        "gateway": _is_base_url(given["gateway"]),
        "browser_gateway": not given["browser_gateway"] or _is_base_url(given["browser_gateway"]),
        "console": not given["console"] or _is_base_url(given["console"]),
        "public_url": not given["public_url"] or _is_base_url(given["public_url"]),
        "mch_id": given["mch_id"].isascii() and given["mch_id"].isalnum(),
        "appid": given["appid"].isascii() and given["appid"].isalnum(),
        "key": len(given["key"].encode()) == 32,
        "api": given["api"] in ("v2", "v3"),
        "api_v3_key": len(given["api_v3_key"].encode()) == 32,
        "certificate_key": given["api"] != "v3" or bool(given["certificate"] and given["certificate_key"]),
        "public_key_id": bool(given["public_key"]) == given["public_key_id"].startswith("PUB_KEY_ID_"),
        "sign_type": given["sign_type"] in (SignType.MD5, SignType.HMAC_SHA256),
        "look_after": all(_is_seconds(age) for age in given["look_after"].split(",")),
        "close_after": _is_seconds(given["close_after"]),
        "answer_within": _is_seconds(given["answer_within"]),
        "retry_after": all(_is_seconds(pause) for pause in given["retry_after"].split(",")),
    }
    right = {
        "port": "a number from 0 to 65535",
        "gateway": "an http(s) URL without query",
        "browser_gateway": "an http(s) URL without query",
        "console": "an http(s) URL without query",
        "public_url": "an http(s) URL without query",
        "mch_id": "letters and digits",
        "appid": "letters and digits",
        "key": "32 bytes long",
        "api": "v2 or v3",
        "api_v3_key": "32 bytes long",
        "certificate_key": "given for v3, with --certificate",
        "public_key_id": "given with --public-key, and begin with PUB_KEY_ID_",
        "sign_type": "MD5 or HMAC-SHA256",
        "look_after": "numbers above 0, with commas between them",
        "close_after": "a number above 0",
        "answer_within": "a number above 0",
        "retry_after": "numbers above 0, with commas between them",
    }
    return [f"--{name.replace('_', '-')} must be {right[name]}" for name, fine in checks.items() if not fine]


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= 65535


def _is_base_url(text: str) -> bool:
    try:
        url = urlsplit(text)
        return url.scheme in ("http", "https") and bool(url.hostname) and not url.query and url.port != 0
    except ValueError:
        return False


def _is_seconds(text: str) -> bool:
    try:
        return 0 < float(text) < 10**9
    except ValueError:
        return False


def _settings(given: Mapping[str, str]) -> Settings:
    gateway = given["gateway"].rstrip("/")
    return Settings(
        host=given["host"],
        port=int(given["port"]),
        gateway=gateway,
        browser_gateway=given["browser_gateway"].rstrip("/") or gateway,
        console=given["console"].rstrip("/"),
        public_url=given["public_url"].rstrip("/"),
        mch_id=given["mch_id"],
        appid=given["appid"],
        key=given["key"],
        api_v3_key=given["api_v3_key"],
        certificate=given["certificate"],
        certificate_key=given["certificate_key"],
        public_key=given["public_key"],
        public_key_id=given["public_key_id"],
        sign_type=SignType.RSA if given["api"] == "v3" else SignType(given["sign_type"]),
        openid=given["openid"],
        database=given["database"],
        look_after=tuple(sorted(float(age) for age in given["look_after"].split(","))),
        close_after=float(given["close_after"]),
        answer_within=float(given["answer_within"]),
        retry_after=tuple(float(pause) for pause in given["retry_after"].split(",")),
        no_times=bool(given["no_times"]),
    )
