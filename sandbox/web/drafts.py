"""What may be asked of merchants, apps and payers: one declaration for control API, configuration file and console."""

from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from sandbox.core.ledger import rate_of
from sandbox.core.merchants import (
    MOST_DIRECTORIES,
    MOST_DOMAINS,
    PRODUCTS,
    AppKind,
    Capability,
    ProductState,
    Review,
    SubMerchant,
    Wording,
)
from sandbox.core.patches import AppPatch, MerchantPatch, PayerPatch
from sandbox.core.payers import MOST_CARDS, Card
from sandbox.core.platform_keys import PlatformIdentity
from sandbox.web.app_signatures import NoCertificate, of_certificate
from sandbox.web.errors import Refused
from sandbox.web.shapes import Appid, MchId, Openid, form

Key = Annotated[str, form("^[!-~]{32}$", "32 printable ASCII characters")]
Md5 = Annotated[str, form("^([0-9a-f]{32})?$", "32 lower-case hex digits, without colons")]
Name = Annotated[str, form(r"^[^\x00-\x1f\x7f]{0,256}$", "at most 256 characters, none of them a control character")]
Address = Annotated[
    str,
    form("^(https?://[!-~]{1,248})?$", "an address that begins with http:// or https://, of at most 256 characters"),
]
Balance = Annotated[int, msgspec.Meta(ge=0, le=10**15, description="Fen; null where there is no limit.")]
OwnBalance = Annotated[int, msgspec.Meta(ge=0, le=10**15, description="Fen.")]
Rate = Annotated[str, form(r"^[0-9]{1,2}(\.[0-9]{1,2})?%$", "a percentage of at most two decimals, such as 0.60%")]
Ratio = Annotated[
    str, form(r"^([0-9]{1,2}(\.[0-9]{1,2})?|100(\.00?)?)%$", "a percentage of at most two decimals, up to 100%")
]
Products = Annotated[
    dict[Literal["JSAPI", "NATIVE", "APP", "MWEB", "MICROPAY"], ProductState],
    msgspec.Meta(extra_json_schema={"propertyNames": {"enum": list(PRODUCTS)}}),
]


Words = Literal["today", "2016", 2016]
"""YAML reads 2016 as a number."""

Directory = Annotated[
    str,
    form(
        r"^https?://[A-Za-z0-9.-]{1,200}(:[0-9]{1,5})?(/[!\"$->@-~]{0,200})?/$",
        "an address that begins with http:// or https:// and ends with /, without ? and #",
    ),
]
Domain = Annotated[str, form(r"^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$", "a host name, without http:// and /")]
CardType = Annotated[str, form("^(LQT|[A-Z0-9]{2,16}_(DEBIT|CREDIT))$", "LQT, or a bank's code with _DEBIT or _CREDIT")]
Version = Annotated[str, form(r"^([0-9]{1,6}(\.[0-9]{1,6}){0,5})?$", "a version such as 8.0.49, or empty")]
Device = Annotated[str, form(r"^[^\x00-\x1f\x7f]{0,64}$", "at most 64 characters, none of them a control character")]


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
        return SubMerchant(self.sub_mch_id, tuple(dict.fromkeys(self.sub_appids)), products)


class MerchantChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What may be changed of a merchant; what is left out stays.

    `balance_fen` tops up or withdraws, so that so much lies in the merchant's basic account: now, or, where the
    configuration file says it, at each start.
    `notify_url` is what the sandbox's own sample orders and examples give; a backend's orders name theirs.
    `sharing_notify_url`: where it is told of shares that it was given, or gave back; `sharing_ratio`: how much of its
    orders may be shared (分账最大比例).
    `jsapi_directories` (支付授权目录) and `h5_domains` (H5 支付域名): where payments may be invoked; none: everywhere.
    `h5_check_ip`: whether the H5 page wants the payer to come from the order's spbill_create_ip.
    `wording`: which generation of its words V2 speaks to this merchant; null: the sandbox's (`--wording`).
    `platform_identity`: by what V3 shows that WeChat Pay signs: its certificates, its public key alone, or both.
    `separate_platform_keys`: whether that public key has a pair of its own; else it is the platform certificate's.
    """

    name: Name | None = None
    appids: list[Appid] | None = None
    api_key: Key | None = None
    api_v3_key: Key | None = None
    products: Products | None = None
    service_provider: bool | None = None
    sub_merchants: list[SubMerchantBody] | None = None
    notify_url: Address | None = None
    refund_notify_url: Address | None = None
    sharing_notify_url: Address | None = None
    sharing_ratio: Ratio | None = None
    native_callback_url: Address | None = None
    rate: Rate | None = None
    balance_fen: OwnBalance | None = None
    jsapi_directories: Annotated[list[Directory], msgspec.Meta(max_length=MOST_DIRECTORIES)] | None = None
    h5_domains: Annotated[list[Domain], msgspec.Meta(max_length=MOST_DOMAINS)] | None = None
    h5_check_ip: bool | None = None
    wording: Words | UnsetType | None = UNSET
    platform_identity: PlatformIdentity | None = None
    separate_platform_keys: bool | None = None

    def draft(self) -> MerchantPatch:
        subs = self.sub_merchants
        return MerchantPatch(
            name=self.name,
            appids=self.appids,
            api_key=self.api_key,
            api_v3_key=self.api_v3_key,
            products={str(name): state for name, state in (self.products or {}).items()},
            service_provider=self.service_provider,
            sub_merchants=None if subs is None else [sub.account() for sub in subs],
            notify_url=self.notify_url,
            refund_notify_url=self.refund_notify_url,
            sharing_notify_url=self.sharing_notify_url,
            sharing_ratio=None if self.sharing_ratio is None else rate_of(self.sharing_ratio),
            native_callback_url=self.native_callback_url,
            rate=None if self.rate is None else rate_of(self.rate),
            jsapi_directories=self.jsapi_directories,
            h5_domains=self.h5_domains,
            h5_check_ip=self.h5_check_ip,
            wording=_wording(self.wording),
            platform_identity=self.platform_identity,
            separate_platform_keys=self.separate_platform_keys,
            balances={
                **({} if self.balance_fen is None else {"": self.balance_fen}),
                **{sub.sub_mch_id: sub.balance_fen for sub in subs or () if sub.balance_fen is not None},
            },
        )


def _wording(said: Words | UnsetType | None) -> Wording | Literal[""] | None:
    if said is UNSET:
        return None
    return "" if said is None else Wording(str(said))


class MerchantBody(MerchantChanges, kw_only=True):
    """A new merchant; what is left out is made up.

    `certificate`: whether its certificates are made now, which takes a moment, or when first needed.
    """

    mch_id: MchId | None = None
    certificate: bool = True

    def draft(self) -> MerchantPatch:
        return replace(super().draft(), mch_id=self.mch_id)


class AppChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What may be changed of an app; what is left out stays.

    `mch_ids`: the merchants it is paired with itself; that it is a sub-merchant's app is said of their provider.
    `signing_certificate` (PEM), of which `app_signature` is computed, may be given in its place.
    """

    kind: AppKind | None = None
    name: Name | None = None
    package_name: Name | None = None
    app_signature: Md5 | None = None
    signing_certificate: Annotated[str, msgspec.Meta(max_length=65536)] | None = None
    bundle_id: Name | None = None
    universal_link: Name | None = None
    payment: Capability | None = None
    review: Review | None = None
    mch_ids: list[MchId] | None = None

    def draft(self) -> AppPatch:
        given = msgspec.structs.asdict(self)
        pem = given.pop("signing_certificate")
        if pem is None:
            return AppPatch(**given)
        if self.app_signature is not None:
            raise Refused(400, "invalid", "Give one of app_signature and signing_certificate.", "signing_certificate")
        try:
            return AppPatch(**{**given, "app_signature": of_certificate(pem.encode())})
        except NoCertificate:
            raise Refused(400, "invalid", "No certificate (PEM) can be read from it.", "signing_certificate") from None


class AppBody(AppChanges, kw_only=True):
    """An app of the open platform; what is left out is made up, or stays where it is registered already."""

    appid: Appid | None = None


class CardBody(msgspec.Struct, forbid_unknown_fields=True):
    """A bank card (or LQT, 零钱通): `balance_fen` is what is left in it, null where it has no limit."""

    bank_type: CardType
    balance_fen: Balance | None = None


Cards = Annotated[
    list[CardBody],
    msgspec.Meta(
        max_length=MOST_CARDS,
        description="In the order in which they are tried, after the wallet; of two of the same bank_type the last "
        "counts. Null: the usual cards, with the wallet as their one purse.",
    ),
]


class PayerBody(msgspec.Struct, forbid_unknown_fields=True):
    """A payer, made up where nothing is said. `balance_fen` is what is in the wallet (零钱).

    `device`: a name for the phone; `logged_in`: whether WeChat is logged in on it, and not elsewhere.
    """

    openid: Openid | None = None
    appid: Appid | None = None
    balance_fen: Balance | UnsetType | None = UNSET
    device: Device | UnsetType = UNSET
    logged_in: bool | UnsetType = UNSET
    wechat_version: Version | UnsetType = UNSET
    cards: Cards | UnsetType | None = UNSET

    def draft(self) -> PayerPatch:
        given = _given(self)
        return PayerPatch(openid=given.pop("openid"), appid=given.pop("appid"), given=given)


class PayerChanges(msgspec.Struct, forbid_unknown_fields=True):
    """What may be changed of a payer; what is left out stays."""

    balance_fen: Balance | UnsetType | None = UNSET
    device: Device | UnsetType = UNSET
    logged_in: bool | UnsetType = UNSET
    wechat_version: Version | UnsetType = UNSET
    cards: Cards | UnsetType | None = UNSET

    def given(self) -> dict[str, Any]:
        return _given(self)


def _given(body: PayerBody | PayerChanges) -> dict[str, Any]:
    """What is said, by the names of a Payer's fields."""
    said = {name: value for name, value in asdict(body).items() if value is not UNSET}
    if said.get("cards") is not None:
        # A dict keeps the place of the first and the card of the last.
        said["cards"] = tuple({one.bank_type: Card(one.bank_type, one.balance_fen) for one in said["cards"]}.values())
    return said
