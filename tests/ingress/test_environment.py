"""The variables of `exec`, as a table."""

from pathlib import Path

import pytest

from sandbox.ingress.environment import variables
from sandbox.ingress.trust import Trust

TRUST = Trust(Path("/t/ca.pem"), Path("/t/roots.pem"), Path("/t/roots.p12"), Path("/t/php"))
WAYS = {"url": "http://127.0.0.1:1", "token": "", "proxy": "http://127.0.0.1:3"}


@pytest.mark.parametrize(
    ("present", "direct"),
    [
        ("", "localhost,127.0.0.1,::1"),
        ("db.local, localhost", "db.local,localhost,127.0.0.1,::1"),
        ("*,.qq.com,weixin.qq.com,*.mch.weixin.qq.com:443,notqq.com", "notqq.com,localhost,127.0.0.1,::1"),
    ],
)
def test_hosts_that_need_no_proxy_are_kept_but_for_wechats(present: str, direct: str) -> None:
    changed = variables({"NO_PROXY": present}, WAYS, TRUST)
    assert changed["NO_PROXY"] == changed["no_proxy"] == direct


def test_what_is_set_already_is_kept() -> None:
    present = {"JAVA_TOOL_OPTIONS": "-Xmx1g", "NODE_OPTIONS": "--inspect", "PHP_INI_SCAN_DIR": "/etc/php"}
    changed = variables(present, WAYS, TRUST)
    assert changed["JAVA_TOOL_OPTIONS"].startswith("-Xmx1g -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=3 ")
    assert changed["NODE_OPTIONS"].startswith("--inspect --require ")
    assert changed["PHP_INI_SCAN_DIR"] == "/etc/php:/t/php"


def test_the_proxy_is_for_https_alone() -> None:
    changed = variables({}, WAYS, TRUST)
    assert changed["HTTPS_PROXY"] == changed["https_proxy"] == WAYS["proxy"]
    assert not {"HTTP_PROXY", "http_proxy", "ALL_PROXY", "WXPAY_SANDBOX_ADMIN_TOKEN"} & set(changed)


def test_the_token_is_handed_on() -> None:
    assert variables({}, {**WAYS, "token": "T"}, TRUST)["WXPAY_SANDBOX_ADMIN_TOKEN"] == "T"
