"""A merchant's reply of any shape costs only that attempt."""

import statistics
import time
from collections.abc import Iterator

import pytest

from sandbox.core.journal import KEPT_BYTES, Message
from sandbox.core.ports.face import Answer
from sandbox.core.verdicts import Verdict
from sandbox.delivery.sender import AddressRules, Sender
from sandbox.resolver import Resolver
from tests.support.control import Control
from tests.support.hostile import hostile
from tests.support.merchant import Merchant

pytestmark = pytest.mark.slow

MESSAGE = Message((("Content-Type", "text/xml"),), b"<xml></xml>")
MERCHANTS = 20


@pytest.fixture(scope="module")
def hostile_url() -> Iterator[str]:
    with hostile() as url:
        yield url


@pytest.mark.parametrize(
    ("shape", "verdict"),
    [
        ("continue", "too_large"),
        ("early-hints", "too_large"),
        ("unknown-1xx", "too_large"),
        ("headers", "too_large"),
        ("long-header", "too_large"),
        ("long-status", "too_large"),
        ("dripping-continue", "timeout"),
        ("dripping-headers", "timeout"),
        ("dripping-body", "timeout"),
        ("nothing-but-newlines", "not_http"),
        ("switch", "not_http"),
        ("no-http", "not_http"),
        ("bytes", "not_http"),
    ],
)
async def test_an_attempt_ends_with_a_verdict(hostile_url: str, shape: str, verdict: str) -> None:
    sender = Sender(AddressRules(), Resolver(), seconds=0.3 if verdict == "timeout" else 30)
    result = await sender.send(f"{hostile_url}/{shape}", MESSAGE)
    assert isinstance(result, Verdict)
    assert result.name == verdict


@pytest.mark.parametrize(
    ("shape", "status", "kept"),
    [
        ("chunks", 200, None),
        ("chunk-extension", 200, 0),
        ("trailers", 200, 0),
        ("body", 200, KEPT_BYTES),
        ("many-headers", 200, KEPT_BYTES),
        ("long-body", 200, KEPT_BYTES),
        ("failing-body", 500, KEPT_BYTES),
        ("bomb", 200, KEPT_BYTES),
    ],
)
async def test_of_a_body_that_does_not_end_what_was_read_is_kept(
    hostile_url: str, shape: str, status: int, kept: int | None
) -> None:
    result = await Sender(AddressRules(), Resolver(), seconds=30).send(f"{hostile_url}/{shape}", MESSAGE)
    assert isinstance(result, Answer)
    assert (result.status, result.cut) == (status, True)
    assert kept is None or len(result.message.body) == kept


async def test_what_comes_behind_a_reply_belongs_to_nothing(hostile_url: str) -> None:
    sender = Sender(AddressRules(), Resolver())
    for _ in range(2):
        result = await sender.send(f"{hostile_url}/behind-the-reply", MESSAGE)
        assert isinstance(result, Answer)
        assert (result.status, result.message.body, result.cut) == (200, b"OK", False)


@pytest.mark.parametrize("shape", ["continue", "many-headers", "chunks", "bomb"])
async def test_other_calls_stay_quick_while_twenty_answer_like_that(
    merchant: Merchant, control: Control, hostile_url: str, shape: str
) -> None:
    for number in range(MERCHANTS):
        await merchant.order(f"HOSTILE{number}", notify_url=f"{hostile_url}/{shape}")
        await control.pay(f"HOSTILE{number}")
    seconds = []
    for number in range(MERCHANTS):
        began = time.perf_counter()
        await merchant.order(f"OTHER{number}")
        seconds.append(time.perf_counter() - began)
    # Half of them: the hostile server is of this process, and may hold up a few where much runs.
    assert statistics.median(seconds) < 1
