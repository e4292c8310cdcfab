"""Example values for the debugging tool: of the merchant's own accounts and orders where there are any."""

import json
import re
import secrets
import shlex
from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox.core.ids import BEIJING, beijing
from sandbox.core.merchants import Merchant
from sandbox.core.ports.calls import Api, ExampleContext

_TOTAL = 1
_CURL = r"""
body=<BODY>
timestamp=$(date +%s); nonce=$(openssl rand -hex 16)
serial_no=$(openssl x509 -in apiclient_cert.pem -noout -serial | cut -d= -f2)
signature=$(printf 'POST\n<PATH>\n%s\n%s\n%s\n' "$timestamp" "$nonce" "$body" \
  | openssl dgst -sha256 -sign apiclient_key.pem | openssl base64 -A)
authorization="mchid=\"<MCHID>\",nonce_str=\"$nonce\",timestamp=\"$timestamp\",serial_no=\"$serial_no\""
curl -sS <URL> \
  -H "Authorization: WECHATPAY2-SHA256-RSA2048 $authorization,signature=\"$signature\"" \
  -H 'Content-Type: application/json' -H 'Accept: application/json' -d "$body"
""".strip()
_FILLED = re.compile("<([A-Z]+)>")


def of_call(api: Api, case: ExampleContext, example: Mapping[str, str]) -> Mapping[str, str]:
    """What a first call needs: members that must be sent, and those of `example`."""
    known = {**_general(case), **_accounts(case), **(_new(case) if api.places else _known(api, case))}
    known |= {name: value for name, value in example.items() if value}
    wanted = {one.name for one in api.fields if one.required} | set(example)
    return {one.name: known.get(one.name, "") for one in api.fields if one.name in wanted}


def curl(merchant: Merchant, base: str, notify_url: str, now: datetime) -> str:
    """A command that places a signed order, to be pasted into a shell where the merchant's exported files lie."""
    path = "/v3/pay/transactions/native"
    body = {
        "appid": next(iter(merchant.appids), ""),
        "mchid": merchant.mch_id,
        "description": "Hello, sandbox",
        "out_trade_no": f"HELLO{beijing(now, '%Y%m%d%H%M%S')}",
        "notify_url": notify_url,
        "amount": {"total": _TOTAL},
    }
    written = shlex.quote(json.dumps(body, ensure_ascii=False, separators=(",", ":")))
    fills = {"BODY": written, "MCHID": merchant.mch_id, "URL": shlex.quote(base + path), "PATH": path}
    return _FILLED.sub(lambda found: fills[found[1]], _CURL)


def _general(case: ExampleContext) -> dict[str, str]:
    return {
        "notify_url": case.notify_url,
        "scene_info.payer_client_ip": "127.0.0.1",
        "scene_info.h5_info.type": "Wap",
        "scene_info.store_info.out_id": "SHOP01",
        "payer.auth_code": case.auth_code,
        "bill_date": beijing(case.now - timedelta(days=1), "%Y-%m-%d"),
        "out_refund_no": _number(case, "REFUND"),
        "refund_id": case.ids.refund_id(case.now),
        "reason": "Sample 样单",
        "out_bill_no": _number(case, "BILL"),
        "transfer_bill_no": case.ids.transfer_bill_no(case.now),
    }


def _accounts(case: ExampleContext) -> dict[str, str]:
    merchant = case.merchant
    appid, payer = next(iter(merchant.appids), ""), case.payer
    sub = merchant.sub_merchants[0].sub_mch_id if merchant.sub_merchants else ""
    openid = payer.openid if payer and payer.appid == appid else case.ids.openid()
    return {
        **dict.fromkeys(("appid", "sp_appid", "combine_appid"), appid),
        **dict.fromkeys(("mchid", "sp_mchid", "combine_mchid"), merchant.mch_id),
        **dict.fromkeys(("openid", "payer.openid", "payer.sp_openid", "combine_payer_info.openid"), openid),
        "sub_mchid": sub,
    }


def _new(case: ExampleContext) -> dict[str, str]:
    return {
        "description": "Sample 样单",
        "out_trade_no": _number(case, "DEBUG"),
        "amount.total": str(_TOTAL),
        "amount.currency": "CNY",
    }


def _known(api: Api, case: ExampleContext) -> dict[str, str]:
    """Of the order that a call is about: a paid one for refunds and by WeChat Pay's number, else the newest."""
    names = {one.name for one in api.fields}
    of_payment = api.operation.startswith("refund") or "transaction_id" in names
    order = (case.paid if of_payment else None) or case.order
    if order is None:
        return {"out_trade_no": _number(case, "DEBUG"), "transaction_id": case.ids.transaction_id(case.now)}
    total = str(order.terms.total_fee)
    return {
        "out_trade_no": order.key.out_trade_no,
        "transaction_id": order.payment.transaction_id if order.payment else case.ids.transaction_id(case.now),
        "sub_mchid": order.key.sub_mch_id or _accounts(case)["sub_mchid"],
        "amount.total": total,
        "amount.refund": total,
        "amount.currency": order.terms.fee_type,
    }


def _number(case: ExampleContext, prefix: str) -> str:
    """A merchant's own number that nobody has used: the moment, and six random digits."""
    at = case.now.astimezone(BEIJING)
    return f"{prefix}{at:%Y%m%d%H%M%S}{secrets.randbelow(1_000_000):06}"
