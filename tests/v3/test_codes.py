"""Each code of the documents can be had, with its status and its sentence. V3 notes, 3.5, 8, 9.8."""

from pathlib import Path

import pytest

from sandbox.v3.endpoint import ENDPOINTS
from sandbox.v3.errors import CODES, of_code
from tests.support.control import Control
from tests.support.v3 import V3Merchant
from tests.v3.tables import COVERS, ITSELF

OF_THE_NOTES = {
    "PARAM_ERROR": (400, "参数错误"),
    "INVALID_REQUEST": (400, "无效请求"),
    "APPID_MCHID_NOT_MATCH": (400, "appid和mch_id不匹配"),
    "MCH_NOT_EXISTS": (400, "商户号不存在"),
    "ORDER_CLOSED": (400, "该订单已失效"),
    "ORDERPAID": (400, "该订单已支付"),
    "ORDER_PAID": (400, "订单已支付"),
    "ORDER_REVERSED": (400, "订单已撤销"),
    "ORDERREVERSED": (400, "订单已撤销"),
    "SIGN_ERROR": (401, "签名错误"),
    "OUT_TRADE_NO_USED": (403, "商户订单号重复"),
    "RULE_LIMIT": (403, "业务规则限制"),
    "TRADE_ERROR": (403, "交易错误"),
    "ACCOUNT_ERROR": (403, "账号异常"),
    "NOT_ENOUGH": (403, "余额不足"),
    "ORDER_NOT_EXIST": (404, "订单不存在"),
    "FREQUENCY_LIMITED": (429, "频率超限"),
    "SYSTEM_ERROR": (500, "系统繁忙，请稍后重试"),
    "BANK_ERROR": (500, "银行系统异常"),
    "OPENID_MISMATCH": (500, "openid和appid不匹配"),
    "INVALID_TRANSACTIONID": (500, "订单号非法"),
    "USERPAYING": (202, "用户支付中，需要输入密码"),
}


@pytest.mark.parametrize("code", sorted(CODES))
async def test_a_scenario_gives_it(v3: V3Merchant, shared_control: Control, code: str) -> None:
    await shared_control.call("PUT", "/scenarios/asked-for", {"api": {"call": "orderquery", "fail": code}})
    await shared_control.post("/scenarios/asked-for/apply", {"mch_id": v3.mch_id})

    answer = await v3.query("WHATEVER01")

    expected = of_code(code)
    assert (answer.status, answer.json) == (expected.status, {"code": code, "message": expected.message})
    assert answer.signed == (code != "SIGN_ERROR" and expected.signed)


def test_the_documents_codes_are_all_there() -> None:
    of_ours = {code: (of_code(code).status, of_code(code).message) for code in OF_THE_NOTES}
    assert of_ours == OF_THE_NOTES
    assert set(OF_THE_NOTES) <= CODES


@pytest.mark.parametrize("code", ITSELF)
def test_the_modules_that_show_it_name_it(code: str) -> None:
    assert code in CODES
    for module in ITSELF[code]:
        assert code in (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"), module


def test_every_call_is_tested_by_a_module_that_is_there() -> None:
    for endpoint in ENDPOINTS:
        beginning = max((one for one in COVERS if endpoint.path.startswith(one)), key=len)
        for module in COVERS[beginning]:
            assert (Path(__file__).parent / f"{module}.py").exists(), (endpoint.path, module)
