"""Every endpoint can be had to answer all that its documents list. Source: V2 notes, 1.4, 2.5, 3."""

import pytest

from sandbox.v2.endpoint import ENDPOINTS
from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.v2.conftest import Open
from tests.v2.outcomes import OUTCOMES, REFUSALS, refused, words_of
from tests.v2.scripting import BILL

_BY_CODE = "接口返回错误"
SYSTEM_ERRORS = {
    "/pay/micropay": _BY_CODE,
    "/secapi/pay/reverse": _BY_CODE,
    "/pay/reverse": _BY_CODE,
    "/pay/downloadfundflow": "微信支付内部错误",
}
"""Where the documents' words stand for want of a raw answer."""


def test_every_endpoint_has_its_outcomes() -> None:
    assert set(OUTCOMES) == {endpoint.path for endpoint in ENDPOINTS}


@pytest.mark.parametrize(("path", "says"), [(path, says) for path, outcomes in OUTCOMES.items() for says in outcomes])
async def test_it_can_answer(merchant: Merchant, control: Control, open_merchant: Open, path: str, says: str) -> None:
    answer = await OUTCOMES[path][says](merchant, control, open_merchant)
    if says == "SUCCESS":
        assert answer["result_code"] == "SUCCESS"
    elif path == BILL:
        assert (answer["return_code"], answer["return_msg"]) == ("FAIL", says)
        assert answer["error_code"].isdigit()
    else:
        assert (answer["result_code"], answer["err_code"]) == ("FAIL", says)
        if says == "SYSTEMERROR":
            assert answer["err_code_des"] == SYSTEM_ERRORS.get(path, "System Error")
        assert answer["err_code_des"] != ""


@pytest.fixture(scope="module", params=REFUSALS)
def wording(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("fault", REFUSALS["today"])
@pytest.mark.parametrize("path", OUTCOMES)
async def test_it_refuses(shopkeeper: Merchant, wording: str, path: str, fault: str) -> None:
    answer = await refused(shopkeeper, path, fault)
    assert (answer["return_code"], answer["return_msg"]) == ("FAIL", words_of(path, wording, fault))
    assert "err_code" not in answer
