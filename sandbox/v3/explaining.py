"""What the developer is told of a refusal beside the merchant's words: the fault's name and its facts."""

from sandbox.core import errors
from sandbox.core.errors import PaymentError
from sandbox.v3.request import RequestInvalid, V3Request

_FAULTS: dict[type[PaymentError], str] = {
    errors.AppNotPaired: "pairing",
    errors.SubAppNotPaired: "pairing",
    errors.SubMerchantMissing: "v3_partner_only",
    errors.SubMerchantForbidden: "v3_direct_only",
    errors.SubMerchantNotAuthorized: "sub_merchant_unauthorized",
    errors.ProductNotOpened: "product_not_opened",
    errors.ProductPending: "product_pending",
    errors.MerchantRestricted: "product_restricted",
    errors.SubMerchantNotGranting: "product_not_granted",
    errors.NumberBurnt: "number_burnt",
}


def explained(error: PaymentError, request: V3Request) -> tuple[str, dict[str, str | int]] | None:
    """The fault and its facts; None where the merchant's words say all."""
    if isinstance(error, RequestInvalid):
        return error.fault, error.facts
    fault = _FAULTS.get(type(error))
    if fault is None:
        return None
    terms = request.terms()
    placed = {"appid": terms.sub_appid or terms.appid, "trade_type": terms.trade_type.value} if terms else {}
    return fault, {"mch_id": request.mch_id, "sub_mch_id": request.sub_mch_id, **placed}
