"""A merchant's order that asks for a scenario."""

from collections.abc import Awaitable, Callable

import pytest

from tests.support.control import Control
from tests.support.merchant import Merchant

Place = Callable[..., Awaitable[dict[str, str]]]
Ask = Callable[..., Awaitable[dict[str, object]]]


@pytest.fixture
def place(merchant: Merchant) -> Place:
    """Place an order, S1 unless told otherwise, under a scenario; gives the answer."""

    async def placed(scenario: str, out_trade_no: str = "S1", **fields: str) -> dict[str, str]:
        return await merchant.order(out_trade_no, attach=f"scenario:{scenario}", **fields)

    return placed


@pytest.fixture
def ask(control: Control) -> Ask:
    """Have the payer pay, the outcome left to the scenario; gives what the client reports."""

    async def asked(out_trade_no: str = "S1") -> dict[str, object]:
        answer = await control.post(f"/orders/{control.mch_id}/{out_trade_no}/pay")
        return dict(answer["client_result"])

    return asked


@pytest.fixture
def prefix() -> str:
    """Where the official sandbox is called; a test may name another."""
    return "/sandboxnew"


@pytest.fixture
async def official(merchant: Merchant, prefix: str) -> Merchant:
    """The merchant in the official sandbox, with its key."""
    return await merchant.in_official_sandbox(prefix)
