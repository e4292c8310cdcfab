"""A merchant's backend that transfers money to people by V3."""

from typing import Any

from tests.support.control import Control
from tests.support.v3 import Answered, V3Merchant

BILLS = "/v3/fund-app/mch-transfer/transfer-bills"
OPENID = "oSandboxPayer000000000000001"
REPORTS = [
    {"info_type": "活动名称", "info_content": "新会员有礼"},
    {"info_type": "奖励说明", "info_content": "注册会员抽奖一等奖"},
]


def transfer_terms(v3: V3Merchant, out_bill_no: str, **more: Any) -> dict[str, Any]:
    """A transfer over 0.30 yuan as it is asked for; None takes a member away."""
    said = {
        "appid": v3.appid,
        "out_bill_no": out_bill_no,
        "transfer_scene_id": "1000",
        "openid": OPENID,
        "transfer_amount": 30,
        "transfer_remark": "新会员开通有礼",
        "notify_url": v3.notify_url,
        "transfer_scene_report_infos": REPORTS,
        **more,
    }
    return {name: value for name, value in said.items() if value is not None}


async def transfer(v3: V3Merchant, out_bill_no: str, **more: Any) -> Answered:
    return await v3.call("POST", BILLS, transfer_terms(v3, out_bill_no, **more))


async def queried(v3: V3Merchant, out_bill_no: str) -> Any:
    answer = await v3.get(f"{BILLS}/out-bill-no/{out_bill_no}")
    assert answer.status == 200, answer
    return answer.json


async def top_up(control: Control, fen: int = 1_000_000) -> None:
    await control.call("PATCH", f"/merchants/{control.mch_id}", {"balance_fen": fen})


async def balance(control: Control) -> int:
    return int((await control.get(f"/merchants/{control.mch_id}/ledger"))["balances"]["Basic"])
