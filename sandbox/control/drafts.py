"""The bodies of merchants, apps and payers: for the control API and for the configuration file alike."""

from dataclasses import replace
from typing import Annotated, Literal

import msgspec

from sandbox.core.enrolment import AppDraft, Draft
from sandbox.core.ledger import rate_of
from sandbox.core.merchants import PRODUCTS, AppKind, Capability, ProductState, SubMerchant
from sandbox.web.shapes import Appid, MchId, Openid, form

Key = Annotated[str, form("^[!-~]{32}$", "32 printable ASCII characters")]
Md5 = Annotated[str, form("^[0-9a-f]{32}$", "32 lower-case hex digits, without colons")]
Balance = Annotated[int, msgspec.Meta(ge=0, le=10**15, description="Fen; null where the payer's cards have no limit.")]
OwnBalance = Annotated[int, msgspec.Meta(ge=0, le=10**15, description="Fen.")]
Rate = Annotated[str, form(r"^[0-9]{1,2}(\.[0-9]{1,2})?%$", "a percentage of at most two decimals, such as 0.60%")]
Products = Annotated[
    dict[Literal["JSAPI", "NATIVE", "APP", "MWEB", "MICROPAY"], ProductState],
    msgspec.Meta(extra_json_schema={"propertyNames": {"enum": list(PRODUCTS)}}),
]


class SubMerchantBody(msgspec.Struct, forbid_unknown_fields=True):
    """A merchant that a service provider acts for.

    `products`: what it has granted to the provider; all, unless something else is said. `balance_fen` tops up or
    withdraws, as for a merchant.
    """

    sub_mch_id: MchId
    sub_appids: list[Appid] = []
    products: Products = {}
    balance_fen: OwnBalance | None = None

    def account(self) -> SubMerchant:
        products = {str(name): state for name, state in self.products.items()}
        return SubMerchant(self.sub_mch_id, tuple(self.sub_appids), products)


class MerchantChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What may be changed of a merchant; what is left out stays.

    `balance_fen` tops up or withdraws, so that so much lies in the merchant's basic account.
    """

    name: str | None = None
    appids: list[Appid] | None = None
    api_key: Key | None = None
    api_v3_key: Key | None = None
    products: Products | None = None
    service_provider: bool | None = None
    sub_merchants: list[SubMerchantBody] | None = None
    notify_url: str | None = None
    refund_notify_url: str | None = None
    native_callback_url: str | None = None
    rate: Rate | None = None
    balance_fen: OwnBalance | None = None

    def draft(self) -> Draft:
        subs = self.sub_merchants
        return Draft(
            name=self.name,
            appids=self.appids,
            api_key=self.api_key,
            api_v3_key=self.api_v3_key,
            products={str(name): state for name, state in (self.products or {}).items()},
            service_provider=self.service_provider,
            sub_merchants=None if subs is None else [sub.account() for sub in subs],
            notify_url=self.notify_url,
            refund_notify_url=self.refund_notify_url,
            native_callback_url=self.native_callback_url,
            rate=None if self.rate is None else rate_of(self.rate),
        )


class MerchantBody(MerchantChanges, kw_only=True):
    """A new merchant; what is left out is made up.

    `certificate`: whether its certificates are made now, which takes a moment, or when first needed.
    """

    mch_id: MchId | None = None
    certificate: bool = True

    def draft(self) -> Draft:
        return replace(super().draft(), mch_id=self.mch_id)


class AppChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What may be changed of an app; what is left out stays. `mch_ids`: the merchants it is paired with."""

    kind: AppKind | None = None
    name: str | None = None
    package_name: str | None = None
    app_signature: Md5 | None = None
    bundle_id: str | None = None
    universal_link: str | None = None
    payment: Capability | None = None
    mch_ids: list[MchId] | None = None

    def draft(self) -> AppDraft:
        return AppDraft(**msgspec.structs.asdict(self))


class AppBody(AppChanges, kw_only=True):
    """An app of the open platform; what is left out is made up, or stays where it is registered already."""

    appid: Appid | None = None


class PayerBody(msgspec.Struct, forbid_unknown_fields=True):
    """A payer, made up where nothing is said."""

    openid: Openid | None = None
    appid: Appid | None = None
    balance_fen: Balance | None = None
