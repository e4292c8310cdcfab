"""Which built-in scenarios have a test, and what the tests of several groups need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tests.support.merchant import Merchant, document

OBSERVED: set[str] = set()
LITTLE = 0.3
"""The patience of a merchant that is not to be answered in time, in real seconds."""
ENOUGH = 30.0
"""That of one that is: more than a busy machine takes."""


def observes(*names: str) -> Callable[[Any], Any]:
    """A test that shows what these scenarios do; it is given each by the name `scenario`."""
    OBSERVED.update(names)
    return pytest.mark.parametrize("scenario", names)


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    content_type: str
    body: bytes


async def send(merchant: Merchant, call: str, patience: float = ENOUGH, /, **fields: str) -> Answer:
    """A signed call; raises TimeoutError, aiohttp.ClientError."""
    body = document(merchant.signed(**fields))
    async with merchant.session.post(
        f"/pay/{call}", data=body, timeout=aiohttp.ClientTimeout(total=patience)
    ) as response:
        return Answer(response.status, response.headers["Content-Type"], await response.read())


def terms(merchant: Merchant, scenario: str, out_trade_no: str = "S1") -> dict[str, str]:
    """An order that asks for a scenario by its attach."""
    return {
        "attach": f"scenario:{scenario}",
        "body": "龙井茶",
        "out_trade_no": out_trade_no,
        "total_fee": "100",
        "spbill_create_ip": "123.12.12.123",
        "notify_url": merchant.notify_url,
        "trade_type": "NATIVE",
    }
