"""queryexchagerate (sic): the rate at which an order in a foreign currency settles. Source: V2 notes, 9.8."""

from datetime import timedelta

import pytest

from tests.support.calls import RIGHT_CALLS
from tests.support.control import Control
from tests.support.days import now
from tests.support.merchant import Merchant
from tests.v2 import provoking as by
from tests.v2.conftest import Open
from tests.v2.scripting import scripted

PATH = "/pay/queryexchagerate"


async def answered(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    return await merchant.call(PATH, **RIGHT_CALLS[PATH])


COVERS = ("/pay/queryexchagerate",)
ANSWERS: dict[str, dict[str, by.Provoke]] = {PATH: {"SUCCESS": answered, **scripted(PATH, "SYSTEMERROR")}}
LACKS = {PATH: ("fee_type", "币种")}


@pytest.mark.parametrize(
    ("fee_type", "rate"), [("USD", "717420000"), ("HKD", "80730000"), ("JPY", "4680000"), ("CNY", "100000000")]
)
async def test_it_is_for_one_unit_of_the_currency_times_10_8(shopkeeper: Merchant, fee_type: str, rate: str) -> None:
    answer = await shopkeeper.call(PATH, fee_type=fee_type, date="20200807", nonce_str=None)
    assert (answer["fee_type"], answer["rate_time"], answer["rate"]) == (fee_type, "20200807", rate)
    assert shopkeeper.verifies(answer)


async def test_it_is_the_rate_of_an_order(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", fee_type="USD", total_fee="42")
    await control.pay("ORDER001")
    asked = await merchant.call(PATH, **RIGHT_CALLS[PATH])
    assert (await merchant.query("ORDER001"))["rate_value"] == asked["rate"]


@pytest.mark.parametrize("wrong", [{"fee_type": "XXX"}, {"fee_type": "usd"}, {"date": "2020-08-07"}])
async def test_what_is_no_currency_or_no_day(shopkeeper: Merchant, wrong: dict[str, str]) -> None:
    answer = await shopkeeper.call(PATH, **{**RIGHT_CALLS[PATH], **wrong})
    assert answer["return_msg"] == f"{next(iter(wrong))}参数格式错误"


async def test_there_is_no_rate_of_a_day_to_come(merchant: Merchant, control: Control) -> None:
    today = await now(control)
    for day, code in ((today, "SUCCESS"), (today + timedelta(days=1), "FAIL")):
        answer = await merchant.call(PATH, fee_type="USD", date=f"{day:%Y%m%d}")
        assert answer["return_code"] == code
