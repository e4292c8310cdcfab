"""What stands in an answer of V2 around an endpoint's own fields, and in which order."""

from collections.abc import Sequence

from sandbox.core.merchants import Wording
from sandbox.v2.envelope import Fields
from sandbox.v2.errors import BusinessFailure, ProtocolFailure
from sandbox.v2.shapes import V2Request


def enveloped(
    request: V2Request, fields: Fields, failure: BusinessFailure | None, nonce_str: str, hollow: Sequence[str]
) -> dict[str, str | int]:
    """The answer, in the element order of 2016 to 2020; `sign` holds its place."""
    known = {**request.message, **fields}
    echoed = {n: known.get(n, "") for n in ("device_info", "sub_mch_id") if known.get(n) or n in hollow}
    if request.sub_appid and "sub_appid" not in fields:
        echoed["sub_appid"] = request.sub_appid
    answer: dict[str, str | int] = {
        "return_code": "SUCCESS",
        "return_msg": "OK",
        "appid": request.appid,
        "mch_id": request.mch_id,
        **echoed,
        "nonce_str": nonce_str,
        "sign": "",
        "result_code": "FAIL" if failure else "SUCCESS",
    }
    if failure:
        return {**answer, "err_code": failure.err_code, "err_code_des": failure.err_code_des, **failure.fields}
    return {**answer, **fields}


def protocol_failure(failure: ProtocolFailure, wording: Wording) -> dict[str, str]:
    """The few elements of a failure that is unsigned."""
    said = {"return_code": "FAIL", "return_msg": failure.said(wording)}
    return {**said, "error_code": failure.error_code} if failure.error_code else said
