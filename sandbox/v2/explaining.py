"""What the developer is told of a refusal beside the merchant's words: the fault's name and its facts."""

from sandbox.core import errors
from sandbox.core.clock import Clock
from sandbox.core.errors import PaymentError
from sandbox.core.ids import BEIJING
from sandbox.v2.shapes import RequestInvalid, V2Request

Facts = dict[str, str | int]

_ACCOUNT_FAULTS: dict[type[PaymentError], str] = {
    errors.MerchantUnknown: "merchant_unknown",
    errors.AppNotPaired: "pairing",
    errors.SubAppNotPaired: "pairing",
    errors.SubMerchantMissing: "sub_merchant_missing",
    errors.SubMerchantForbidden: "sub_merchant",
    errors.SubMerchantNotAuthorized: "sub_merchant_unauthorized",
}

_PRODUCT_FAULTS: dict[type[PaymentError], str] = {
    errors.ProductNotOpened: "product_not_opened",
    errors.ProductPending: "product_pending",
    errors.MerchantRestricted: "product_restricted",
    errors.SubMerchantNotGranting: "product_not_granted",
}


def of_accounts(error: PaymentError, request: V2Request) -> tuple[str, Facts]:
    """Of accounts that do not belong together: the fault and its facts."""
    appid = request.sub_appid or request.appid
    return _ACCOUNT_FAULTS[type(error)], {**_accounts(request), "appid": appid}


def of_use_case(error: PaymentError, request: V2Request, clock: Clock) -> tuple[str, Facts] | None:
    """Of an error that the use case met: the fault and its facts; None where its words say all."""
    if isinstance(error, RequestInvalid):
        return error.fault, {"field": error.field, **error.facts}
    if isinstance(error, errors.ExpiryTooSoon):
        now = clock.now(request.mch_id).astimezone(BEIJING)
        return "expiry", {"now": now.strftime("%Y%m%d%H%M%S")}
    if isinstance(error, errors.NumberBurnt):
        return "number_burnt", {}
    if product := _PRODUCT_FAULTS.get(type(error)):
        return product, {"trade_type": request.message.get("trade_type", "MICROPAY"), **_accounts(request)}
    return None


def _accounts(request: V2Request) -> Facts:
    return {"mch_id": request.mch_id, "sub_mch_id": request.sub_mch_id}
