"""The call that places an order again: the members of its first one, as the shape of its endpoint has them."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox.core.orders import Order, Terms, TradeType
from sandbox.v3.errors import Json
from sandbox.v3.messages import flat
from sandbox.v3.orders import accounts_of, moment
from sandbox.v3.prepay import PARTNER_PAY, PAY

_PRODUCTS = {
    TradeType.JSAPI: "jsapi",
    TradeType.APP: "app",
    TradeType.NATIVE: "native",
    TradeType.MWEB: "h5",
    TradeType.MICROPAY: "codepay",
}
_YES_NO = {"Y": True, "N": False}


def path_again(order: Order) -> str:
    """The endpoint that an order like this is placed at."""
    return f"{PARTNER_PAY if order.key.sub_mch_id else PAY}/{_PRODUCTS[order.terms.trade_type]}"


def fields_again(order: Order, out_trade_no: str, auth_code: str, now: datetime) -> Mapping[str, str]:
    """Its members by their ways; a time_expire is as far from `now` as it was from the first placing.

    The person who alone may pay is left out: that would have to be encrypted anew.
    """
    terms = order.terms
    said: dict[str, Json] = {
        **accounts_of(order),
        "description": terms.body,
        "out_trade_no": out_trade_no,
        "attach": terms.attach,
        "goods_tag": terms.goods_tag,
        "support_fapiao": _YES_NO.get(terms.receipt),
        "amount": {"total": terms.total_fee, "currency": terms.fee_type},
        "detail": _object(terms.detail),
        "settle_info": {
            "profit_sharing": _YES_NO.get(terms.profit_sharing),
            "subsidy_amount": terms.subsidy_amount,
        },
        "subsidy_info": _object(terms.subsidy_info),
        **(_at_the_till(terms, auth_code) if terms.trade_type is TradeType.MICROPAY else _prepaid(order, now)),
    }
    return {way: text for way, text in flat(_sent(said)).items() if text not in ("", "{}", "[]")}


def _prepaid(order: Order, now: datetime) -> dict[str, Json]:
    terms = order.terms
    shift: timedelta = now - order.created_at
    openid, sub_openid = ("sp_openid", "sub_openid") if order.key.sub_mch_id else ("openid", "")
    payer: dict[str, Json] = {openid: terms.openid, **({sub_openid: terms.sub_openid} if sub_openid else {})}
    limit_pay: list[Json] = [one for one in terms.limit_pay.split(",") if one]
    return {
        "time_expire": moment(terms.time_expire + shift) if terms.time_expire else "",
        "notify_url": terms.notify_url,
        "limit_pay": limit_pay,
        "payer": payer if terms.trade_type is TradeType.JSAPI else {},
        "scene_info": _scene(terms, "payer_client_ip"),
    }


def _at_the_till(terms: Terms, auth_code: str) -> dict[str, Json]:
    return {"payer": {"auth_code": auth_code}, "scene_info": _scene(terms, "device_ip")}


def _scene(terms: Terms, ip: str) -> dict[str, Json]:
    return {ip: terms.spbill_create_ip, "device_id": terms.device_info, **_object(terms.scene_info)}


def _object(text: str) -> dict[str, Json]:
    read = json.loads(text) if text else {}
    assert isinstance(read, dict), "kept as an object"
    return read


def _sent(value: Json) -> Json:
    """Without what is null."""
    if isinstance(value, dict):
        return {name: _sent(one) for name, one in value.items() if one is not None}
    return [_sent(one) for one in value] if isinstance(value, list) else value
