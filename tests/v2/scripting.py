"""Calls to any V2 endpoint, and failures of one that a scenario makes."""

from dataclasses import dataclass

from sandbox.v2.endpoint import ENDPOINTS
from tests.support.bills import download
from tests.support.calls import RIGHT_CALLS
from tests.support.control import Control
from tests.support.merchant import Merchant, document, elements, signature
from tests.v2 import provoking as by
from tests.v2.conftest import Open

BILL, FLOW, COMMENTS = "/pay/downloadbill", "/pay/downloadfundflow", "/billcommentsp/batchquerycomment"
TEXTS = (BILL, FLOW, COMMENTS)
TEXT = {"result_code": "SUCCESS"}
"""What stands here for an answer that is a text, and no message."""


@dataclass(frozen=True)
class ByScenario:
    """A scenario makes the call fail so: `api: {call: ..., fail: err_code}`."""

    path: str
    err_code: str

    async def __call__(self, merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
        call = next(one.operation for one in ENDPOINTS if one.path == self.path)
        await control.call("PUT", "/scenarios/asked-for", {"api": {"call": call, "fail": self.err_code}})
        await control.post("/scenarios/asked-for/apply", {"mch_id": merchant.mch_id})
        return await called(merchant, self.path, **RIGHT_CALLS[self.path])


async def called(merchant: Merchant, path: str, **fields: str | None) -> by.Answer:
    """A signed call to any endpoint; gives the answer's elements, or TEXT."""
    if path == COMMENTS:
        body = (await merchant.post(path, commenting(merchant, **fields))).encode()
    else:
        body = await download(merchant, path, **fields)
    return elements(body.decode()) if body.startswith(b"<xml>") else TEXT


def commenting(merchant: Merchant, **fields: str | None) -> bytes:
    """A message to batchquerycomment: HMAC-SHA256, and no sign_type."""
    common = {"appid": merchant.appid, "mch_id": merchant.mch_id, "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"}
    message = {name: value for name, value in {**common, **fields}.items() if value is not None}
    key = message.pop("_key", merchant.key)
    return document({"sign": signature(message, key, "HMAC-SHA256"), **message})


def scripted(path: str, *err_codes: str) -> dict[str, by.Provoke]:
    return {err_code: ByScenario(path, err_code) for err_code in err_codes}
