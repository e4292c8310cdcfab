"""Placing an order that the payer comes for later, for oneself or as a service provider.

Source: V3 notes, 9.1, 9.2, 9.6.
"""

import json
from typing import ClassVar

from sandbox.core.errors import OpenidInvalid
from sandbox.core.orders import Order, Terms, TradeType
from sandbox.core.placing import WHOLE
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.payments import Payments
from sandbox.v3 import parts
from sandbox.v3.callers import DirectCall, PartnerCall
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import Failure, Json
from sandbox.v3.members import Location
from sandbox.v3.request import RequestInvalid
from sandbox.v3.shapes import Part, Within

PAY = "/v3/pay/transactions"
PARTNER_PAY = "/v3/pay/partner/transactions"
OPENID_MISSING = Failure(400, "PARAM_ERROR", "JSAPI支付必须传openid")
OPENID_OF_ANOTHER = Failure(400, "PARAM_ERROR", "appid与openid不匹配")
YES_NO = {None: "", True: "Y", False: "N"}


def terms_of(body: parts.Ordered, trade_type: TradeType) -> Terms:
    """What an order's body asks for, under the core's names."""
    prepaid = body if isinstance(body, parts.Prepaid) else None
    payer, scene = body.held("payer", Part), body.held("scene_info", Part)
    settling, detail = body.held("settle_info", parts.Settling), body.held("detail", Part)
    partner_settling = body.held("settle_info", parts.PartnerSettling)
    subsidy = body.held("subsidy_info", parts.Subsidy)
    return Terms(
        appid=_text(body, "appid", "sp_appid"),
        sub_appid=_text(body, "sub_appid"),
        trade_type=trade_type,
        total_fee=body.amount.total,
        fee_type=body.amount.currency or "CNY",
        body=body.description,
        notify_url=prepaid.notify_url if prepaid else "",
        time_expire=prepaid.time_expire if prepaid else None,
        limit_pay=",".join(prepaid.limit_pay) if prepaid else "",
        attach=body.attach,
        goods_tag=body.goods_tag,
        receipt=YES_NO[body.support_fapiao],
        detail=detail.text() if detail else "",
        openid=_text(payer, "openid", "sp_openid"),
        sub_openid=_text(payer, "sub_openid"),
        spbill_create_ip=_text(scene, "payer_client_ip", "device_ip"),
        device_info=_text(scene, "device_id"),
        scene_info=scene.text("h5_info", "store_info") if scene else "",
        profit_sharing=YES_NO[settling.profit_sharing] if settling else "",
        subsidy_amount=partner_settling.subsidy_amount if partner_settling else None,
        subsidy_info=subsidy.text() if subsidy else "",
        identity=identity_of(payer),
    )


def identity_of(payer: Part | None) -> str:
    """The person who alone may pay, opened: two calls seal the same differently. "" where it may be anybody."""
    person = payer.held("identity", parts.Identity) if payer else None
    return json.dumps(person.values, ensure_ascii=False, separators=(",", ":")) if person else ""


def _text(part: Part | None, *names: str) -> str:
    """The first of some members that was sent."""
    values = part.values if part else {}
    return next((str(values[name]) for name in names if values.get(name)), "")


class DirectPrepay(DirectCall):
    trade_type: ClassVar[TradeType]
    body = Within(Location.BODY, parts.DirectOrder)

    @property
    def attached(self) -> str:
        return self.body.attach

    def terms(self) -> Terms:
        return terms_of(self.body, self.trade_type)


class JsapiPrepay(DirectPrepay):
    trade_type = TradeType.JSAPI
    body = Within(Location.BODY, parts.JsapiBody)


class AppPrepay(DirectPrepay):
    trade_type = TradeType.APP
    body = Within(Location.BODY, parts.AppBody)


class NativePrepay(DirectPrepay):
    trade_type = TradeType.NATIVE
    body = Within(Location.BODY, parts.NativeBody)


class H5Prepay(DirectPrepay):
    trade_type = TradeType.MWEB
    body = Within(Location.BODY, parts.H5Body)


class PartnerPrepay(PartnerCall):
    trade_type: ClassVar[TradeType]
    body = Within(Location.BODY, parts.PartnerOrder)

    @property
    def attached(self) -> str:
        return self.body.attach

    def terms(self) -> Terms:
        return terms_of(self.body, self.trade_type)


class PartnerJsapiPrepay(PartnerPrepay):
    trade_type = TradeType.JSAPI
    body = Within(Location.BODY, parts.PartnerJsapiBody)

    def check(self) -> None:
        payer = self.body.payer
        if not payer.sp_openid and not payer.sub_openid:
            raise RequestInvalid(OPENID_MISSING, "one_of", field="/body/payer/sp_openid, /body/payer/sub_openid")
        if payer.sub_openid and not self.body.sub_appid:
            raise RequestInvalid(OPENID_OF_ANOTHER, "missing", field="/body/sub_appid")


class PartnerAppPrepay(PartnerPrepay):
    trade_type = TradeType.APP
    body = Within(Location.BODY, parts.PartnerAppBody)


class PartnerNativePrepay(PartnerPrepay):
    trade_type = TradeType.NATIVE
    body = Within(Location.BODY, parts.PartnerNativeBody)


class PartnerH5Prepay(PartnerPrepay):
    trade_type = TradeType.MWEB
    body = Within(Location.BODY, parts.PartnerH5Body)


AnyPrepay = DirectPrepay | PartnerPrepay


def _place(request: AnyPrepay, context: Context) -> Order:
    terms = request.terms()
    try:
        return Payments(context).place(request.key, terms, WHOLE)
    except OpenidInvalid:
        for openid, appid in ((terms.openid, terms.appid), (terms.sub_openid, terms.sub_appid)):
            known = context.tx.payers.find(openid) if openid else None
            if known is not None and known.appid != appid:
                facts = {"openid": openid, "appid": appid, "other": known.appid}
                raise RequestInvalid(OPENID_OF_ANOTHER, "v3_openid", **facts) from None
        raise


@endpoint(
    "POST",
    f"{PAY}/jsapi",
    JsapiPrepay,
    title=Text("JSAPI、小程序下单", "Place an order: JSAPI, mini program"),
    documents="9.1",
    operation="unifiedorder",
)
def jsapi(request: JsapiPrepay, context: Context) -> dict[str, Json]:
    return {"prepay_id": _place(request, context).prepay.prepay_id}


@endpoint(
    "POST",
    f"{PAY}/app",
    AppPrepay,
    title=Text("APP 下单", "Place an order: APP"),
    documents="9.1",
    operation="unifiedorder",
)
def app(request: AppPrepay, context: Context) -> dict[str, Json]:
    return {"prepay_id": _place(request, context).prepay.prepay_id}


@endpoint(
    "POST",
    f"{PAY}/native",
    NativePrepay,
    title=Text("Native 下单", "Place an order: Native"),
    documents="9.1",
    operation="unifiedorder",
)
def native(request: NativePrepay, context: Context) -> dict[str, Json]:
    return {"code_url": context.links.code_url(_place(request, context))}


@endpoint(
    "POST",
    f"{PAY}/h5",
    H5Prepay,
    title=Text("H5 下单", "Place an order: H5"),
    documents="9.1",
    operation="unifiedorder",
)
def h5(request: H5Prepay, context: Context) -> dict[str, Json]:
    return {"h5_url": context.links.mweb_url(_place(request, context))}


@endpoint(
    "POST",
    f"{PARTNER_PAY}/jsapi",
    PartnerJsapiPrepay,
    title=Text("服务商 JSAPI、小程序下单", "Partner: place an order, JSAPI, mini program"),
    documents="9.6",
    operation="unifiedorder",
    example={"payer.sp_openid": ""},
)
def partner_jsapi(request: PartnerJsapiPrepay, context: Context) -> dict[str, Json]:
    return {"prepay_id": _place(request, context).prepay.prepay_id}


@endpoint(
    "POST",
    f"{PARTNER_PAY}/app",
    PartnerAppPrepay,
    title=Text("服务商 APP 下单", "Partner: place an order, APP"),
    documents="9.6",
    operation="unifiedorder",
)
def partner_app(request: PartnerAppPrepay, context: Context) -> dict[str, Json]:
    return {"prepay_id": _place(request, context).prepay.prepay_id}


@endpoint(
    "POST",
    f"{PARTNER_PAY}/native",
    PartnerNativePrepay,
    title=Text("服务商 Native 下单", "Partner: place an order, Native"),
    documents="9.6",
    operation="unifiedorder",
)
def partner_native(request: PartnerNativePrepay, context: Context) -> dict[str, Json]:
    return {"code_url": context.links.code_url(_place(request, context))}


@endpoint(
    "POST",
    f"{PARTNER_PAY}/h5",
    PartnerH5Prepay,
    title=Text("服务商 H5 下单", "Partner: place an order, H5"),
    documents="9.6",
    operation="unifiedorder",
)
def partner_h5(request: PartnerH5Prepay, context: Context) -> dict[str, Json]:
    return {"h5_url": context.links.mweb_url(_place(request, context))}
