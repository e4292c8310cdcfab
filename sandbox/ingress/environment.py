"""The variables that lead an unchanged program to the sandbox: a table per runtime, and no I/O."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.core.hosts import WECHAT_HOSTS
from sandbox.ingress.trust import JAVA_PASSWORD, Trust

NODE_PRELOAD = Path(__file__).parent / "node_proxy.cjs"
"""For versions of Node that read no proxy variables."""

LOCAL = ("localhost", "127.0.0.1", "::1")


def variables(present: Mapping[str, str], ways: Mapping[str, str], trust: Trust) -> dict[str, str]:
    """What to set beside what is `present`. `ways` are those of running.json: "url", "token", "proxy"."""
    direct = _direct(present.get("no_proxy") or present.get("NO_PROXY") or "")
    changed = {
        "WXPAY_SANDBOX_URL": ways["url"],
        "WXPAY_SANDBOX_CA": str(trust.ca),
        "HTTPS_PROXY": ways["proxy"],
        "https_proxy": ways["proxy"],
        "NO_PROXY": direct,
        "no_proxy": direct,
        **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), str(trust.bundle)),
        **_node(present, trust),
        "JAVA_TOOL_OPTIONS": _java(present, ways["proxy"], trust),
        # An empty part stands for the folder that PHP was built with.
        "PHP_INI_SCAN_DIR": f"{present.get('PHP_INI_SCAN_DIR', '')}{os.pathsep}{trust.php}",
    }
    return changed | ({"WXPAY_SANDBOX_ADMIN_TOKEN": ways["token"]} if ways.get("token") else {})


def _direct(no_proxy: str) -> str:
    """The hosts that need no proxy: those that were named, but for patterns that hold WeChat's, and this machine."""
    named = [one.strip() for one in no_proxy.split(",") if one.strip()]
    return ",".join(dict.fromkeys((*(one for one in named if not _holds_wechat(one)), *LOCAL)))


def _holds_wechat(pattern: str) -> bool:
    domain = pattern.lower().partition(":")[0].lstrip("*").lstrip(".")
    return any(f".{host}".endswith(f".{domain}") for host in WECHAT_HOSTS) if domain else True


def _node(present: Mapping[str, str], trust: Trust) -> dict[str, str]:
    """Node from 22.21 and 24.5 on reads the proxy's variables when told to; for others there is a preload."""
    more = f'--require "{NODE_PRELOAD.as_posix()}"'
    return {
        "NODE_EXTRA_CA_CERTS": str(trust.bundle if present.get("NODE_EXTRA_CA_CERTS") else trust.ca),
        "NODE_USE_ENV_PROXY": "1",
        "NODE_OPTIONS": f"{present['NODE_OPTIONS']} {more}" if present.get("NODE_OPTIONS") else more,
    }


def _java(present: Mapping[str, str], proxy: str, trust: Trust) -> str:
    parts = urlsplit(proxy)
    options = {
        "https.proxyHost": parts.hostname,
        "https.proxyPort": parts.port,
        "http.nonProxyHosts": "localhost|127.*|[::1]",  # those of https too
        "javax.net.ssl.trustStore": trust.java,
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": JAVA_PASSWORD,
    }
    given = [f'-D{name}="{value}"' if " " in str(value) else f"-D{name}={value}" for name, value in options.items()]
    return " ".join(filter(None, (present.get("JAVA_TOOL_OPTIONS", ""), *given)))
