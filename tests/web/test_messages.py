"""Messages read and sent again: what a merchant sent stands there as it was sent."""

import subprocess
from datetime import UTC, datetime

import pytest

from sandbox.core.journal import Exchange, ExchangeKind, Message
from sandbox.v2.origin import called_at
from sandbox.web.messages import curl


def exchange(body: bytes, path: str = "/pay/unifiedorder") -> Exchange:
    return Exchange(
        at=datetime(2026, 11, 23, tzinfo=UTC),
        kind=ExchangeKind.API if path.startswith("/") else ExchangeKind.NOTIFICATION,
        origin=called_at(official=False),
        method="POST",
        path=path,
        request=Message((("Host", "x"), ("Content-Type", "text/xml"), ("Content-Length", "9")), body),
        status=200,
    )


@pytest.mark.parametrize("body", ["<xml>plain</xml>", 'it\'s $HOME `id` \\ "quoted"\n<中文>'])
def test_the_curl_sends_the_same_bytes(body: str) -> None:
    command = curl(exchange(body.encode()), "http://127.0.0.1:1")
    printed = command.replace("curl ", "printf '%s\\0' ", 1)
    arguments = subprocess.run(["bash", "-c", printed], capture_output=True, check=True).stdout.decode().split("\0")
    assert arguments[arguments.index("--data-binary") + 1] == body
    assert "http://127.0.0.1:1/pay/unifiedorder" in arguments
    assert "Content-Type: text/xml" in arguments
    assert not any(argument.startswith(("Host", "Content-Length")) for argument in arguments)


@pytest.mark.parametrize(
    ("body", "packed"), [(b"\xff\xfe", "//4="), (b"a\0b", "YQBi"), (b"@/etc/passwd", "QC9ldGMvcGFzc3dk")]
)
def test_the_curl_of_bytes_that_no_argument_can_hold_goes_by_base64(body: bytes, packed: str) -> None:
    assert curl(exchange(body), "http://x").startswith(f"echo {packed} | base64 -d | curl")


def test_a_notifications_curl_goes_to_the_merchant() -> None:
    assert "'http://shop.example/notify?x=1'" in curl(exchange(b"", path="http://shop.example/notify?x=1"), "http://x")
