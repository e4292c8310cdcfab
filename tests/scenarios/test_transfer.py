"""What becomes of transfers to people under a scenario, as the merchant sees it in answers and in its inbox."""

import pytest
from cryptography.exceptions import InvalidSignature

from tests.scenarios.observing import observes
from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import V3Merchant
from tests.support.v3_transfers import balance, queried, top_up, transfer


@pytest.fixture
async def v3(scenario: str, control: Control, inbox: Inbox) -> V3Merchant:
    """A merchant with money, over whose transfers the scenario decides."""
    inbox.answer(204, "")
    await top_up(control, 1000)
    await control.post(f"/scenarios/{scenario}/apply", {"mch_id": control.mch_id})
    return await V3Merchant.of(control, inbox.url)


async def confirmed(v3: V3Merchant, control: Control, out_bill_no: str) -> None:
    assert (await transfer(v3, out_bill_no)).json["state"] == "WAIT_USER_CONFIRM"
    await control.post(f"/transfers/{v3.mch_id}/{out_bill_no}", {"outcome": "confirm"})


@observes("transfer-risk")
async def test_it_fails_once_it_is_confirmed(scenario: str, v3: V3Merchant, control: Control, inbox: Inbox) -> None:
    await confirmed(v3, control, "S1")
    await control.advance(1)
    found = await queried(v3, "S1")
    assert (found["state"], found["fail_reason"], await balance(control)) == ("FAIL", "TRANSFER_RISK", 1000)
    assert v3.open(inbox.received[0])["fail_reason"] == "TRANSFER_RISK"
    assert (await control.get(f"/transfers/{v3.mch_id}/S1"))["scenario"] == scenario


@observes("transfer-not-enough")
async def test_the_first_call_of_a_number_is_refused(scenario: str, v3: V3Merchant) -> None:
    for number in ("S1", "S2"):
        first, second = await transfer(v3, number), await transfer(v3, number)
        assert (first.status, first.json) == (403, {"code": "NOT_ENOUGH", "message": "资金不足"})
        assert (second.status, second.json["state"]) == (200, "WAIT_USER_CONFIRM")


@observes("transfer-forged")
async def test_a_forged_notification_comes_before_the_true_one(
    scenario: str, v3: V3Merchant, control: Control, inbox: Inbox
) -> None:
    await confirmed(v3, control, "S1")
    await control.advance(1)
    forged = inbox.received[0]
    with pytest.raises(InvalidSignature):
        v3.open(forged)
    await control.advance(60)
    assert v3.open(inbox.received[1])["state"] == "SUCCESS"
    told = (await control.get(f"/transfers/{v3.mch_id}/S1"))["notifications"]
    assert [(one["kind"], one.get("fault"), one.get("hostile")) for one in told] == [
        ("transfer", "wrong-sign", True),
        ("transfer", None, None),
    ]
