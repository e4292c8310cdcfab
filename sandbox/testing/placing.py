"""Orders and refunds as a merchant's backend asks for them, for tests that begin after that."""

import secrets
from collections.abc import Mapping

from sandbox.signing.flat import sign
from sandbox.testing.connection import Connection
from sandbox.testing.errors import ControlApiError
from sandbox.testing.shapes import Merchant
from sandbox.v2 import envelope

_USUAL = {
    "NATIVE": {"product_id": "1"},
    "MWEB": {"scene_info": '{"h5_info": {"type": "Wap", "wap_url": "https://shop.example.com", "wap_name": "Shop"}}'},
}
"""What a trade_type needs beside the rest."""


async def unifiedorder(connection: Connection, merchant: Merchant, terms: Mapping[str, str]) -> None:
    """Place an order; raises ControlApiError with WeChat's words where it is refused."""
    payer = {"openid": merchant.openid} if terms["trade_type"] == "JSAPI" else {}
    usual = {"body": "wxpay-sandbox", "spbill_create_ip": "123.12.12.123", **_USUAL.get(terms["trade_type"], {})}
    await _call(connection, "/pay/unifiedorder", merchant, {**usual, **payer, **terms})


async def refund(connection: Connection, merchant: Merchant, terms: Mapping[str, str]) -> None:
    """Ask for a refund; raises ControlApiError with WeChat's words where it is refused."""
    await _call(connection, "/secapi/pay/refund", merchant, terms)


async def _call(connection: Connection, path: str, merchant: Merchant, terms: Mapping[str, str]) -> None:
    common = {"appid": merchant.appid, "mch_id": merchant.mch_id, "nonce_str": secrets.token_hex(16)}
    fields = {**common, **terms}
    signed = envelope.build({**fields, "sign": sign(fields, merchant.api_key)})
    answer = envelope.parse(await connection.post_xml(path, signed))
    if answer.get("return_code") != "SUCCESS":
        raise ControlApiError(200, answer.get("return_code", ""), answer.get("return_msg", ""))
    if answer.get("result_code") != "SUCCESS":
        raise ControlApiError(200, answer.get("err_code", ""), answer.get("err_code_des", ""))
