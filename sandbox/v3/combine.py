"""Combined orders are placed, queried and closed. Source: V3 notes, 9.7, appendix A.2."""

from typing import ClassVar

from sandbox.core.combined import SubOrder, whole
from sandbox.core.errors import AppNotPaired, OrderPaid
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Terms, TradeType
from sandbox.core.text import Text
from sandbox.core.usecases.combining import Combining
from sandbox.core.usecases.context import Context
from sandbox.v3 import combine_parts as parts
from sandbox.v3.callers import Calling
from sandbox.v3.combined import describe_combined
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import Failure, Json
from sandbox.v3.members import LARGEST, Location, Place
from sandbox.v3.orders import PAID
from sandbox.v3.parts import PartnerSettling
from sandbox.v3.prepay import OPENID_MISSING, OPENID_OF_ANOTHER, YES_NO, identity_of
from sandbox.v3.request import RequestInvalid
from sandbox.v3.shapes import Array, Object, Part, Within

COMBINE = "/v3/combine-transactions"
ONE = COMBINE + "/out-trade-no/{combine_out_trade_no}"
OUT_OF_RANGE = Failure(400, "PARAM_ERROR", "参数超出取值范围")
_CAPTION = "子单信息"
_SUB_ORDERS = Place(Location.BODY).inner("sub_orders")
_OF_DIRECT: Array[parts.SubOrder] = Array(
    Object(parts.SubOrder, _CAPTION), _CAPTION, least=parts.LEAST_DIRECT, most=parts.MOST_DIRECT
)


class CombinePrepay(Calling):
    """A combined order is placed: by a merchant for itself and others, or by a service provider."""

    caller = "combine_mchid"
    trade_type: ClassVar[TradeType]
    body = Within(Location.BODY, parts.Combined)

    def named(self) -> tuple[str, str, str]:
        return self.body.combine_mchid, self.body.combine_out_trade_no, ""

    def check(self) -> None:
        """How many sub-orders a merchant may combine that acts for itself, and that their sum is an amount."""
        if not all(one.sub_mchid for one in self.sub_orders):
            _OF_DIRECT.check(self.sub_orders, _SUB_ORDERS)
        total = sum(one.amount.total_amount for one in self.sub_orders)
        if total > LARGEST:
            raise RequestInvalid(OUT_OF_RANGE, "integer", field=_SUB_ORDERS.pointer, got=str(total))

    @property
    def sub_orders(self) -> tuple[parts.SubOrder, ...]:
        sent: tuple[parts.SubOrder, ...] = self.body.values["sub_orders"]
        return sent

    @property
    def attached(self) -> str:
        return self.terms().attach

    def require_accounts(self, merchant: Merchant, accounts: Accounts) -> None:
        """The appid belongs to everybody; who is a service provider acts for sub-merchants alone."""
        if self.body.combine_appid not in merchant.appids:
            raise AppNotPaired
        for one in self.sub_orders:
            accounts.merchant(one.mchid).require_pairing(self.body.combine_appid, one.sub_mchid, one.sub_appid)

    def terms(self) -> Terms:
        return whole(self._own_terms(), self.parts_asked())

    def parts_asked(self) -> list[SubOrder]:
        """The sub-orders under the core's names."""
        own = self._own_terms()
        return [
            SubOrder(OrderKey(one.mchid, one.out_trade_no, one.sub_mchid), _terms(one, own)) for one in self.sub_orders
        ]

    def _own_terms(self) -> Terms:
        body = self.body
        payer, scene = body.held("combine_payer_info", parts.CombinePayer), body.held("scene_info", parts.CombineScene)
        subsidy, sub_openid = body.held("subsidy_info", Part), payer.sub_openid if payer else ""
        return Terms(
            appid=body.combine_appid,
            sub_appid=self.sub_orders[0].sub_appid if sub_openid else "",
            trade_type=self.trade_type,
            total_fee=0,
            body="",
            notify_url=body.notify_url,
            time_start=body.time_start,
            time_expire=body.time_expire,
            limit_pay=",".join(body.limit_pay),
            openid=payer.openid if payer else "",
            sub_openid=sub_openid,
            spbill_create_ip=scene.payer_client_ip if scene else "",
            device_info=scene.device_id if scene else "",
            scene_info=scene.text("h5_info") if scene else "",
            subsidy_info=subsidy.text() if subsidy else "",
            identity=identity_of(payer),
        )


def _terms(one: parts.SubOrder, own: Terms) -> Terms:
    """What a sub-order asks for. It is paid by whoever pays the combined order, and nobody is notified of it."""
    settling = one.held("settle_info", PartnerSettling)
    sharing = settling.profit_sharing if settling else one.values.get("profit_sharing")
    return Terms(
        appid=own.appid,
        sub_appid=one.sub_appid,
        trade_type=own.trade_type,
        total_fee=one.amount.total_amount,
        fee_type=one.amount.currency,
        body=one.description,
        notify_url="",
        attach=one.attach,
        detail=one.values.get("detail") or "",
        goods_tag=one.goods_tag,
        openid=own.openid,
        sub_openid=own.sub_openid if one.sub_appid == own.sub_appid else "",
        device_info=own.device_info,
        limit_pay=own.limit_pay,
        profit_sharing=YES_NO[sharing],
        subsidy_amount=settling.subsidy_amount if settling else None,
    )


class CombineJsapi(CombinePrepay):
    trade_type = TradeType.JSAPI
    body = Within(Location.BODY, parts.CombineJsapiBody)

    def check(self) -> None:
        super().check()
        payer = self.body.combine_payer_info
        if not payer.openid and not payer.sub_openid:
            field = "/body/combine_payer_info/openid, /body/combine_payer_info/sub_openid"
            raise RequestInvalid(OPENID_MISSING, "one_of", field=field)
        if payer.sub_openid and not self.sub_orders[0].sub_appid:
            raise RequestInvalid(OPENID_OF_ANOTHER, "missing", field="/body/sub_orders/0/sub_appid")


class CombineApp(CombinePrepay):
    trade_type = TradeType.APP
    body = Within(Location.BODY, parts.CombineAppBody)


class CombineNative(CombinePrepay):
    trade_type = TradeType.NATIVE
    body = Within(Location.BODY, parts.CombineNativeBody)


class CombineH5(CombinePrepay):
    trade_type = TradeType.MWEB
    body = Within(Location.BODY, parts.CombineH5Body)


class OfCombined(Calling):
    """A call about a combined order. It names no merchant: that is the one who signed it."""

    path = Within(Location.PATH, parts.CombinedNumber)

    def named(self) -> tuple[str, str, str]:
        return "", self.path.combine_out_trade_no, ""

    def signed_by(self, mch_id: str) -> None:
        self.mch_id = mch_id


class CombineClose(OfCombined):
    body = Within(Location.BODY, parts.CombineCloseBody)


def _place(request: CombinePrepay, context: Context) -> Order:
    return Combining(context).place(request.key, request.terms(), request.parts_asked())


@endpoint(
    "POST",
    f"{COMBINE}/jsapi",
    CombineJsapi,
    title=Text("合单 JSAPI、小程序下单", "Place a combined order: JSAPI, mini program"),
    documents="9.7",
    operation="unifiedorder",
)
def jsapi(request: CombineJsapi, context: Context) -> dict[str, Json]:
    return {"prepay_id": _place(request, context).prepay.prepay_id}


@endpoint(
    "POST",
    f"{COMBINE}/app",
    CombineApp,
    title=Text("合单 APP 下单", "Place a combined order: APP"),
    documents="9.7",
    operation="unifiedorder",
)
def app(request: CombineApp, context: Context) -> dict[str, Json]:
    return {"prepay_id": _place(request, context).prepay.prepay_id}


@endpoint(
    "POST",
    f"{COMBINE}/native",
    CombineNative,
    title=Text("合单 Native 下单", "Place a combined order: Native"),
    documents="9.7",
    operation="unifiedorder",
)
def native(request: CombineNative, context: Context) -> dict[str, Json]:
    return {"code_url": context.links.code_url(_place(request, context))}


@endpoint(
    "POST",
    f"{COMBINE}/h5",
    CombineH5,
    title=Text("合单 H5 下单", "Place a combined order: H5"),
    documents="9.7",
    operation="unifiedorder",
)
def h5(request: CombineH5, context: Context) -> dict[str, Json]:
    return {"h5_url": context.links.mweb_url(_place(request, context))}


@endpoint(
    "GET",
    ONE,
    OfCombined,
    title=Text("合单查询订单", "Query a combined order"),
    documents="9.7",
    operation="orderquery",
    reads=True,
)
def query(request: OfCombined, context: Context) -> dict[str, Json]:
    return describe_combined(*Combining(context).find(request.key))


@endpoint(
    "POST",
    f"{ONE}/close",
    CombineClose,
    title=Text("合单关闭订单", "Close a combined order"),
    documents="9.7",
    operation="closeorder",
    words={OrderPaid: PAID},
    codes=(PAID,),
)
def close(request: CombineClose, context: Context) -> None:
    named = [OrderKey(one.mchid, one.out_trade_no, one.sub_mchid) for one in request.body.sub_orders]
    Combining(context).close(request.key, request.body.combine_appid, named)
