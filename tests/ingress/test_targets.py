"""Where the proxy leads what: a table."""

import pytest

from sandbox.ingress.targets import Asked, Decision, PassOn, Refusal, ToSandbox, decide, forbidden

TLS, PLAIN = ToSandbox(tls=True), ToSandbox(tls=False)


@pytest.mark.parametrize(
    ("asked", "authority", "decision"),
    [
        ("connect", "api.mch.weixin.qq.com:443", TLS),
        ("connect", "API.mch.Weixin.QQ.com.:443", TLS),
        ("connect", "payapp.weixin.qq.com:443", TLS),
        ("connect", "api2.wechatpay.cn:443", TLS),
        ("connect", "fraud.mch.weixin.qq.com:443", TLS),
        ("connect", "api.mch.weixin.qq.com:80", PLAIN),
        ("https", "api.mch.weixin.qq.com", PLAIN),
        ("https", "apihk.mch.weixin.qq.com:443", PLAIN),
        ("http", "api2.mch.weixin.qq.com", PLAIN),
        ("connect", "example.com:443", PassOn("example.com", 443)),
        ("connect", "Example.com:8443", PassOn("example.com", 8443)),
        ("connect", "[::1]:443", PassOn("::1", 443)),
        ("connect", "api.mch.weixin.qq.com.example.com:443", PassOn("api.mch.weixin.qq.com.example.com", 443)),
        ("connect", "notapi.weixin.qq.com:443", PassOn("notapi.weixin.qq.com", 443)),
        ("http", "example.com", PassOn("example.com", 80)),
        ("http", "example.com:8080", PassOn("example.com", 8080)),
    ],
)
def test_where_it_leads(asked: Asked, authority: str, decision: Decision) -> None:
    assert decide(asked, authority) == decision


@pytest.mark.parametrize(
    ("asked", "authority", "status", "words"),
    [
        ("connect", "api.mch.weixin.qq.com:8443", 403, "443 and 80"),
        ("connect", "apius.mch.weixin.qq.com:443", 403, "does not play"),
        ("http", "other.mch.weixin.qq.com", 403, "does not play"),
        ("https", "example.com", 400, "use CONNECT"),
        ("connect", "example.com", 400, "HOST:PORT"),
        ("connect", "example.com:0", 400, "HOST:PORT"),
        ("connect", "example.com:65536", 400, "HOST:PORT"),
        ("connect", "", 400, "HOST:PORT"),
        ("connect", "user@example.com:443", 400, "HOST:PORT"),
        ("connect", "::1:443", 400, "HOST:PORT"),
    ],
)
def test_what_it_refuses(asked: Asked, authority: str, status: int, words: str) -> None:
    decision = decide(asked, authority)
    assert isinstance(decision, Refusal)
    assert decision.status == status
    assert words in decision.sentence


def test_only_wechats_hosts_where_that_is_wished() -> None:
    assert decide("connect", "api.mch.weixin.qq.com:443", proxy_only=True) == TLS
    refused = decide("connect", "example.com:443", proxy_only=True)
    assert isinstance(refused, Refusal)
    assert (refused.status, "--proxy-only" in refused.sentence) == (403, True)


@pytest.mark.parametrize(
    ("client", "address", "passes"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "169.254.169.254", False),
        ("127.0.0.1", "::ffff:169.254.169.254", False),
        ("127.0.0.1", "::169.254.169.254", False),
        ("127.0.0.1", "64:ff9b::a9fe:a9fe", False),
        ("::1", "2002:a9fe:a9fe::1", False),
        ("::1", "fe80::1%eth0", False),
        ("127.0.0.1", "64:ff9b::808:808", True),
        ("::1", "93.184.215.14", True),
        ("::ffff:127.0.0.1", "10.0.0.1", True),
        ("172.17.0.3", "93.184.215.14", True),
        ("172.17.0.3", "127.0.0.1", False),
        ("172.17.0.3", "::ffff:127.0.0.1", False),
        ("172.17.0.3", "169.254.169.254", False),
        ("172.17.0.3", "0.0.0.0", False),
        ("fe80::1%eth0", "::1", False),
        ("8.8.8.8", "93.184.215.14", False),
    ],
)
def test_who_is_led_to_which_address(client: str, address: str, passes: bool) -> None:
    assert (forbidden(client, address) is None) is passes
