"""Example values for the debugging tool: of the merchant's own accounts and orders where there are any."""

import secrets
import shlex
from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox.core.ids import BEIJING
from sandbox.core.merchants import Merchant
from sandbox.core.ports.calls import Api, ExampleContext, Notice
from sandbox.signing.flat import sign
from sandbox.v2.keys import signing_key

_FEE = 1


def of_call(api: Api, case: ExampleContext, example: Mapping[str, str]) -> Mapping[str, str]:
    """What a first call needs: required fields and those of `example`, sub-merchants' where there are any."""
    wanted = {one.name for one in api.fields if one.required} | set(example)
    if case.merchant.service_provider:
        wanted |= {"sub_mch_id"}
    known = {**_general(case), **_accounts(case), **(_new(case) if api.places else _known(api, case))}
    days = {one.name: _yesterday(case, "%Y%m%d") for one in api.fields if one.form == "day"}
    known = {**days, **known, **{name: value for name, value in example.items() if value}}
    given = {one.name: known.get(one.name, "") for one in api.fields if one.name in wanted}
    if any(one.name == "sign_type" and one.required for one in api.fields):
        given["sign_type"] = api.algorithm
    return given


def curl(merchant: Merchant, base: str, notify_url: str, now: datetime) -> str:
    """A command that places a signed order, to be pasted into a shell."""
    at = now.astimezone(BEIJING)
    fields = {
        "appid": next(iter(merchant.appids), ""),
        "mch_id": merchant.mch_id,
        "nonce_str": secrets.token_hex(16),
        "body": "Hello, sandbox",
        "out_trade_no": f"HELLO{at:%Y%m%d%H%M%S}",
        "total_fee": "1",
        "spbill_create_ip": "127.0.0.1",
        "notify_url": notify_url,
        "trade_type": "APP",
    }
    fields["sign"] = sign(fields, signing_key(merchant))
    message = "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</xml>"
    return f"curl -sS {shlex.quote(base + '/pay/unifiedorder')} \\\n  -d {shlex.quote(message)}"


def payment_notice(case: ExampleContext, told: Mapping[str, str] | None) -> Notice:
    """The notification of the newest paid order, else of one made up."""
    if told is not None:
        return Notice({**told, "nonce_str": _nonce()})
    return Notice(
        {
            "appid": _appid(case),
            "bank_type": "OTHERS",
            "cash_fee": str(_FEE),
            "fee_type": "CNY",
            "is_subscribe": "N",
            "mch_id": case.merchant.mch_id,
            "nonce_str": _nonce(),
            "openid": case.payer.openid if case.payer else "",
            "out_trade_no": _number(case, "DEBUG"),
            "result_code": "SUCCESS",
            "return_code": "SUCCESS",
            "time_end": _beijing(case, "%Y%m%d%H%M%S"),
            "total_fee": str(_FEE),
            "trade_type": "APP",
            "transaction_id": case.ids.transaction_id(case.now),
        }
    )


def refund_notice(case: ExampleContext) -> Notice:
    """The notification of a whole refund of the newest paid order, else of one made up."""
    order = case.paid
    fee = str(order.terms.total_fee) if order else str(_FEE)
    payment = order.payment if order else None
    return Notice(
        {"appid": _appid(case), "mch_id": case.merchant.mch_id, "nonce_str": _nonce()},
        {
            "out_refund_no": _number(case, "REFUND"),
            "out_trade_no": order.key.out_trade_no if order else _number(case, "DEBUG"),
            "refund_account": "REFUND_SOURCE_UNSETTLED_FUNDS",
            "refund_fee": fee,
            "refund_id": case.ids.refund_id(case.now),
            "refund_recv_accout": "支付用户零钱",
            "refund_request_source": "API",
            "refund_status": "SUCCESS",
            "settlement_refund_fee": fee,
            "settlement_total_fee": fee,
            "success_time": _beijing(case, "%Y-%m-%d %H:%M:%S"),
            "total_fee": fee,
            "transaction_id": payment.transaction_id if payment else case.ids.transaction_id(case.now),
        },
    )


def _general(case: ExampleContext) -> dict[str, str]:
    return {
        "nonce_str": _nonce(),
        "spbill_create_ip": "127.0.0.1",
        "notify_url": case.notify_url,
        "trade_type": "APP",
        "auth_code": case.auth_code,
        "account_type": "Basic",
        "begin_time": _yesterday(case, "%Y%m%d%H%M%S"),
        "end_time": _beijing(case, "%Y%m%d%H%M%S"),
        "offset": "0",
        "long_url": "weixin://wxpay/bizpayurl?pr=ABCDEFG",
        "interface_url": "https://api.mch.weixin.qq.com/pay/unifiedorder",
        "user_ip": "127.0.0.1",
        "execute_time_": "120",
        "return_code": "SUCCESS",
        "result_code": "SUCCESS",
    }


def _accounts(case: ExampleContext) -> dict[str, str]:
    sub = case.merchant.sub_merchants[0].sub_mch_id if case.merchant.sub_merchants else ""
    return {"appid": _appid(case), "mch_id": case.merchant.mch_id, "sub_mch_id": sub}


def _new(case: ExampleContext) -> dict[str, str]:
    return {"body": "Sample 样单", "out_trade_no": _number(case, "DEBUG"), "total_fee": str(_FEE)}


def _known(api: Api, case: ExampleContext) -> dict[str, str]:
    """Of the order that a call is about: a paid one for refunds, else the newest."""
    refunds = api.operation in ("refund", "refundquery")
    order = (case.paid if refunds else None) or case.order
    if order is None:
        return {"out_trade_no": _number(case, "DEBUG"), "out_refund_no": _number(case, "REFUND"), "total_fee": "1"}
    fee = str(order.terms.total_fee)
    return {
        "out_trade_no": order.key.out_trade_no,
        "out_refund_no": _number(case, "REFUND"),
        "total_fee": fee,
        "refund_fee": fee,
    }


def _appid(case: ExampleContext) -> str:
    return next(iter(case.merchant.appids), "")


def _nonce() -> str:
    return secrets.token_hex(16)


def _number(case: ExampleContext, prefix: str) -> str:
    """A merchant's own number that nobody has used: the moment, and six random digits."""
    return f"{prefix}{_beijing(case, '%Y%m%d%H%M%S')}{secrets.randbelow(1_000_000):06}"


def _yesterday(case: ExampleContext, form: str) -> str:
    return (case.now - timedelta(days=1)).astimezone(BEIJING).strftime(form)


def _beijing(case: ExampleContext, form: str) -> str:
    return case.now.astimezone(BEIJING).strftime(form)
