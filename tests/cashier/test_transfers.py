"""The page on which a person confirms a transfer, over HTTP, as a phone's browser without scripts sees it."""

import pytest

from tests.cashier.conftest import Payer
from tests.support.control import Control
from tests.support.v3 import V3Merchant
from tests.support.v3_transfers import top_up, transfer


@pytest.fixture
async def page(control: Control) -> str:
    """Where a new transfer, T01, is confirmed: below /cashier/."""
    await top_up(control)
    made = (await transfer(await V3Merchant.of(control), "T01")).json
    return f"transfers/{made['transfer_bill_no']}"


async def test_it_does_not_fail_for_what_cancels_it(payer: Payer, page: str, control: Control) -> None:
    shown = (await payer.get(f"/cashier/{page}")).text
    assert ("OVERDUE_CLOSE" in shown, "MCH_CANCEL" in shown) == (True, False)
    assert (await payer.send(page, act="fail", reason="MCH_CANCEL")).status == 400
    assert (await control.get("/transfers/1900000109/T01"))["state"] == "WAIT_USER_CONFIRM"


async def test_whoever_leaves_it_may_come_back_until_it_is_over(payer: Payer, page: str, control: Control) -> None:
    left = await payer.send(page, act="leave")
    assert left.status == 303
    assert "还没有收款" in (await payer.get(left.location)).text
    assert (await payer.send(page, act="confirm")).status == 303
    late = await payer.send(page, act="leave")
    assert (late.status, "正在存入零钱" in late.text) == (409, True)
    told = (await control.get("/transfers/1900000109/T01/timeline"))["items"]
    assert [one["name"] for one in told if one.get("name")] == [
        "transfer_accepted",
        "transfer_left",
        "transfer_confirmed",
    ]
