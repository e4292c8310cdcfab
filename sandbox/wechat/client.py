"""What the WeChat client checks before it opens the cashier, in the order in which it meets the matter.

Pure: an invocation, the app as the open platform knows it, the order as it is now. Source: V2 notes, 6;
order of the checks: decompiled clients as far as known (docs/fidelity.md), the rest assumed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sandbox.core.causes import Cause
from sandbox.core.client import Refusal
from sandbox.core.credentials import Credentials
from sandbox.core.errors import OrderClosed, OrderExpired, OrderPaid, OrderReversed, PaymentFailed, PrepayExpired
from sandbox.core.invocation import Channel, Invocation, other_appid
from sandbox.core.merchants import App, AppKind, Capability, Merchant, ProductState, Review
from sandbox.core.orders import Order
from sandbox.core.payers import new_enough
from sandbox.core.ports.face import ClientSignature
from sandbox.core.web_addresses import in_directories
from sandbox.words.causes import (
    ORDER_PAID_ERR_STR,
    PAGE_UNREGISTERED_ERR_STR,
    PAYMENT_FAILED_ERR_STR,
    TIME_EXPIRE_ERR_STR,
)

_PACKAGES = {
    Channel.APP: ("Sign=WXPay", re.compile(r"Sign=WXPay")),
    Channel.IOS: ("Sign=WXPay", re.compile(r"Sign=WXPay")),
    Channel.JSAPI: ("prepay_id=…", re.compile(r"prepay_id=.+")),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """The order that a prepay_id leads to, at a moment of the merchant's clock.

    `signature` is how the client's request for it is signed, by the merchant's `credentials`.
    """

    order: Order
    credentials: Credentials
    at: datetime
    signature: ClientSignature

    @property
    def merchant(self) -> Merchant:
        """Whose order it is."""
        return self.credentials.merchant


PhoneCheck = Callable[[Invocation], Refusal | None]
AppCheck = Callable[[Invocation, App], Refusal | None]
OrderCheck = Callable[[Invocation, Placed], Refusal | None]


def refusal(invocation: Invocation, app: App | None, placed: Placed | None) -> Refusal | None:
    """Why the client would not open the cashier; None when it does."""
    for check_phone in ON_THE_PHONE:
        if found := check_phone(invocation):
            return found
    if app is None:
        return Refusal(
            cause=Cause.APPID_UNREGISTERED,
            explanation="appid_unregistered",
            field=invocation.dialect.appid,
            given=invocation.appid,
        )
    for check_app in ON_THE_OPEN_PLATFORM:
        if found := check_app(invocation, app):
            return found
    if placed is None:
        return Refusal(cause=Cause.OTHER, explanation="prepay_id_unknown", given=invocation.prepay_id)
    for check_order in AT_THE_ORDER:
        if found := check_order(invocation, placed):
            return found
    return None


# -- the phone ---------------------------------------------------------------------------------------------------------


def check_installed(invocation: Invocation) -> Refusal | None:
    if invocation.device.wechat_installed:
        return None
    return Refusal(cause=Cause.NOT_INSTALLED, explanation="not_installed")


def check_version(invocation: Invocation) -> Refusal | None:
    given = invocation.device.wechat_version
    if new_enough(given):
        return None
    return Refusal(cause=Cause.TOO_OLD, explanation="too_old", given=given, expected="5.0")


def check_login(invocation: Invocation) -> Refusal | None:
    if invocation.device.logged_in is not False:
        return None
    return Refusal(cause=Cause.LOGGED_OUT, explanation="logged_out")


# -- the request's form (what the SDK calls checkArgs) --------------------------------------------------------------


def check_complete(invocation: Invocation) -> Refusal | None:
    """Every field is there, under its very name."""
    dialect = invocation.dialect
    needed = [name for name in (*dialect.fields, dialect.sign) if name not in dialect.optional]
    missing = next((name for name in needed if not invocation.fields.get(name)), None)
    if missing is None:
        return None
    words = f"调用支付JSAPI缺少参数：{missing}" if invocation.channel is Channel.JSAPI else ""
    alike = next((name for name in invocation.fields if _spelling(name) == _spelling(missing) and name != missing), "")
    explanation = "field_misspelt" if alike else "field_missing"
    return Refusal(cause=Cause.SIGN, explanation=explanation, field=missing, given=alike, words=words)


def _spelling(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def check_package(invocation: Invocation) -> Refusal | None:
    expected, form = _PACKAGES[invocation.channel]
    given = invocation.fields["package"]
    if form.fullmatch(given):
        return None
    return Refusal(cause=Cause.SIGN, explanation="package_form", field="package", given=given, expected=expected)


def check_timestamp(invocation: Invocation) -> Refusal | None:
    """The form only: ten digits. No clock is asked, since the sandbox's may be elsewhere."""
    field = invocation.dialect.timestamp
    given = invocation.fields[field]
    if re.fullmatch(r"[0-9]{10}", given):
        return None
    return Refusal(cause=Cause.SIGN, explanation="timestamp_form", field=field, given=given)


# -- the open platform -------------------------------------------------------------------------------------------------


def check_package_name(invocation: Invocation, app: App) -> Refusal | None:
    return _check_identity("package_name", invocation.device.package_name, app.package_name)


def check_app_signature(invocation: Invocation, app: App) -> Refusal | None:
    """The MD5 of the certificate that signed the app; tools print it with colons, in capitals."""
    given = invocation.device.app_signature.replace(":", "").lower()
    return _check_identity("app_signature", given, app.app_signature)


def check_bundle_id(invocation: Invocation, app: App) -> Refusal | None:
    return _check_identity("bundle_id", invocation.device.bundle_id, app.bundle_id)


def _check_identity(field: str, given: str, registered: str) -> Refusal | None:
    if not given or given == registered:
        return None
    explanation = field if registered else "app_fact_unregistered"
    return Refusal(cause=Cause.APP_SIGNATURE, explanation=explanation, field=field, given=given, expected=registered)


def check_kind(invocation: Invocation, app: App) -> Refusal | None:
    """An appid pays where it lives: an official account's in its pages, a mini program's in that, neither in an app.

    A mobile app's passes in pages and mini programs too: it is the kind of every app of which nobody has said it.
    """
    if invocation.channel is not Channel.JSAPI:
        expected = AppKind.APP
    else:
        expected = AppKind.MINI_PROGRAM if invocation.mini_program else AppKind.OFFICIAL_ACCOUNT
    if app.kind in (expected, AppKind.APP):
        return None
    return Refusal(cause=Cause.APPID_MISMATCH, explanation="kind", field=app.appid, given=app.kind, expected=expected)


def check_review(invocation: Invocation, app: App) -> Refusal | None:
    if app.review is Review.PASSED:
        return None
    return Refusal(
        cause=Cause.NO_PERMISSION, explanation="review", field=app.appid, given=app.review, expected=Review.PASSED
    )


def check_capability(invocation: Invocation, app: App) -> Refusal | None:
    if app.payment is Capability.OPENED:
        return None
    return Refusal(
        cause=Cause.NO_PERMISSION,
        explanation="capability",
        field=app.appid,
        given=app.payment,
        expected=Capability.OPENED,
    )


# -- the order ---------------------------------------------------------------------------------------------------------


def check_appid(invocation: Invocation, placed: Placed) -> Refusal | None:
    """The order's own appid, or its sub_appid: `Terms.client_appids` knows which."""
    terms, field = placed.order.terms, invocation.dialect.appid
    if invocation.appid == terms.other_appid():
        return other_appid(invocation, terms, Cause.APPID_MISMATCH)
    return _check_account(field, invocation.appid, *terms.client_appids())


def check_partnerid(invocation: Invocation, placed: Placed) -> Refusal | None:
    """The order's mch_id, or its sub_mch_id; a page names no merchant."""
    key = placed.order.key
    if invocation.partnerid is None:
        return None
    return _check_account("partnerid", invocation.partnerid, key.mch_id, key.sub_mch_id)


def _check_account(field: str, given: str, *allowed: str) -> Refusal | None:
    named = [one for one in allowed if one]
    if given in named:
        return None
    expected = " / ".join(named)
    return Refusal(
        cause=Cause.APPID_MISMATCH, explanation="not_the_orders", field=field, given=given, expected=expected
    )


def check_pairing(invocation: Invocation, placed: Placed) -> Refusal | None:
    """The merchant may have been unpaired from the order's appid, or the sub-merchant from its sub_appid, since."""
    key, terms, merchant = placed.order.key, placed.order.terms, placed.merchant
    sub_merchant = merchant.sub_merchant(key.sub_mch_id)
    pairs = [
        (terms.appid, key.mch_id, merchant.appids),
        (terms.sub_appid, key.sub_mch_id, sub_merchant.sub_appids if sub_merchant else ()),
    ]
    for appid, mch_id, paired in pairs:
        if appid and appid not in paired:
            return Refusal(cause=Cause.APPID_MISMATCH, explanation="unpaired", given=appid, expected=mch_id)
    return None


def check_scene(invocation: Invocation, placed: Placed) -> Refusal | None:
    expected, given = invocation.dialect.trade_type, placed.order.terms.trade_type
    if given is expected:
        return None
    return Refusal(cause=Cause.WRONG_SCENE, explanation="wrong_scene", given=given, expected=expected)


def check_product(invocation: Invocation, placed: Placed) -> Refusal | None:
    """The merchant's product may have been closed since the order was placed."""
    trade_type = placed.order.terms.trade_type
    state = placed.merchant.product(trade_type, placed.order.key.sub_mch_id)
    if state is ProductState.OPENED:
        return None
    return Refusal(
        cause=Cause.NO_PERMISSION,
        explanation="product",
        field=trade_type,
        given=state,
        expected=ProductState.OPENED,
    )


def check_directory(invocation: Invocation, placed: Placed) -> Refusal | None:
    """The page lies in one of the merchant's 支付授权目录. Without any, all pages may; `invoking` warns of that."""
    directories = placed.merchant.jsapi_directories
    if not directories or not invocation.page or in_directories(invocation.page, directories):
        return None
    return Refusal(
        cause=Cause.NO_PERMISSION,
        explanation="directory",
        given=invocation.page,
        expected=", ".join(directories),
        words=f"{PAGE_UNREGISTERED_ERR_STR}:{invocation.page}",
    )


def check_state(invocation: Invocation, placed: Placed) -> Refusal | None:
    try:
        placed.order.require_payable(placed.at)
    except (OrderClosed, OrderReversed):
        return Refusal(cause=Cause.ORDER_CLOSED, explanation="order_closed")
    except OrderExpired:
        words = TIME_EXPIRE_ERR_STR if placed.order.terms.time_expire else ""
        return Refusal(cause=Cause.ORDER_EXPIRED, explanation="time_expire", words=words)
    except OrderPaid:
        return Refusal(cause=Cause.OTHER, explanation="order_paid", words=ORDER_PAID_ERR_STR)
    except PrepayExpired:
        return Refusal(cause=Cause.ORDER_EXPIRED, explanation="prepay_expired")
    except PaymentFailed:
        return Refusal(cause=Cause.OTHER, explanation="payment_failed", words=PAYMENT_FAILED_ERR_STR)
    return None


def check_second_signature(invocation: Invocation, placed: Placed) -> Refusal | None:
    return placed.signature.wrong_with(invocation, placed.order, placed.credentials)


ON_THE_PHONE: tuple[PhoneCheck, ...] = (
    check_installed,
    check_version,
    check_login,
    check_complete,
    check_package,
    check_timestamp,
)
ON_THE_OPEN_PLATFORM: tuple[AppCheck, ...] = (
    check_package_name,
    check_app_signature,
    check_bundle_id,
    check_kind,
    check_review,
    check_capability,
)
AT_THE_ORDER: tuple[OrderCheck, ...] = (
    check_appid,
    check_partnerid,
    check_pairing,
    check_scene,
    check_directory,
    check_product,
    check_state,
    check_second_signature,
)
