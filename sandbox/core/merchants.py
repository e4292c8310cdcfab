"""The accounts: merchants (商户平台), their sub-merchants, and apps (开放平台)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sandbox.core.errors import (
    AppNotPaired,
    AppUnknown,
    MerchantRestricted,
    MerchantUnknown,
    ProductNotOpened,
    ProductPending,
    SubAppNotPaired,
    SubMerchantForbidden,
    SubMerchantMissing,
    SubMerchantNotAuthorized,
    SubMerchantNotGranting,
)
from sandbox.core.ids import beijing
from sandbox.core.ledger import DEFAULT_RATE
from sandbox.core.platform_keys import PlatformIdentity

MOST_RATIO = 3000
"""What may be shared of an order by default, in hundredths of a percent."""

MOST_FORMER_KEYS = 5
MOST_DIRECTORIES = 5
MOST_DOMAINS = 5

PRODUCTS = ("JSAPI", "NATIVE", "APP", "MWEB", "MICROPAY")


class ProductState(StrEnum):
    """Whether a merchant may use a product (产品中心)."""

    OPENED = "opened"
    NOT_OPENED = "not_opened"
    PENDING = "pending"
    RESTRICTED = "restricted"


class Wording(StrEnum):
    """Which generation of its words V2 speaks: those seen since about 2022, or those of 2016 to 2020."""

    TODAY = "today"
    OF_2016 = "2016"


class Capability(StrEnum):
    """Whether an app may invoke payment (开放平台, 微信支付能力)."""

    OPENED = "opened"
    NOT_APPLIED = "not_applied"
    REVIEWING = "reviewing"
    REFUSED = "refused"


class Review(StrEnum):
    """How the open platform's review of an app stands (应用审核状态)."""

    PASSED = "passed"
    REVIEWING = "reviewing"
    REFUSED = "refused"


class AppKind(StrEnum):
    APP = "app"
    OFFICIAL_ACCOUNT = "official_account"
    MINI_PROGRAM = "mini_program"


class Secret(str):
    """A key: as good as any string, but `repr` shows ***, so that no log or traceback shows it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


@dataclass(frozen=True, slots=True)
class FormerKey:
    """An API key that was replaced: kept, so that a signature made with it can be recognised."""

    key: Secret
    replaced_at: datetime

    @property
    def end(self) -> str:
        """When it was replaced, as people are told it, in Beijing time."""
        return beijing(self.replaced_at)


@dataclass(frozen=True, slots=True)
class SubMerchant:
    """A merchant that a service provider acts for. `products` maps a trade_type to whether it is granted to it."""

    sub_mch_id: str
    sub_appids: tuple[str, ...] = ()
    products: Mapping[str, ProductState] = field(default_factory=dict)

    def require_pairing(self, sub_appid: str) -> None:
        """Raise SubAppNotPaired unless the appid, where there is one, is the sub-merchant's."""
        if sub_appid and sub_appid not in self.sub_appids:
            raise SubAppNotPaired


@dataclass(frozen=True, slots=True)
class Merchant:
    """A merchant, direct or 服务商. `products` maps a trade_type to its state; what it leaves out is opened."""

    mch_id: str
    name: str
    appids: tuple[str, ...]
    api_key: Secret
    api_v3_key: Secret
    products: Mapping[str, ProductState] = field(default_factory=dict)
    service_provider: bool = False
    sub_merchants: tuple[SubMerchant, ...] = ()
    notify_url: str = ""
    refund_notify_url: str = ""
    """Where refunds are notified that name no notify_url of their own (商户平台, 退款配置)."""
    sharing_notify_url: str = ""
    """Where it is told of shares that it was given, or gave back (商户平台, 分账动账通知)."""
    sharing_ratio: int = MOST_RATIO
    """What may be shared of its orders, in hundredths of a percent: 3000 is 30%."""
    native_callback_url: str = ""
    """Where WeChat asks for an order when somebody scans a static code (Native 模式一)."""
    rate: int = DEFAULT_RATE
    """What WeChat takes of a payment, in hundredths of a percent: 60 is 0.60%."""
    former_keys: tuple[FormerKey, ...] = ()
    """The API keys before this one, the newest first."""
    jsapi_directories: tuple[str, ...] = ()
    """支付授权目录: where pages may invoke a payment. None: everywhere, which the timeline warns of."""
    h5_domains: tuple[str, ...] = ()
    """H5支付域名: from where an H5 payment may come and where it may go back to. None: anywhere."""
    h5_check_ip: bool = False
    """Whether the H5 page wants the payer to come from the order's spbill_create_ip, as the real one does."""
    wording: Wording | None = None
    """The words that V2 has for this merchant; None: the sandbox's."""
    platform_identity: PlatformIdentity = PlatformIdentity.CERTIFICATE
    """By what V3 shows this merchant that WeChat Pay signs."""
    separate_platform_keys: bool = False
    """Whether WeChat Pay's public key has a pair of its own; else it is that of the platform certificate."""

    def with_key(self, api_key: str, at: datetime) -> "Merchant":
        """The merchant with another API key: what is signed with the old one is wrong from now on."""
        if api_key == self.api_key:
            return self
        before = FormerKey(self.api_key, at)
        kept = [one for one in self.former_keys if one.key != api_key]
        return replace(self, api_key=Secret(api_key), former_keys=(before, *kept)[:MOST_FORMER_KEYS])

    def product(self, trade_type: str, sub_mch_id: str = "") -> ProductState:
        """How the product stands, for a sub-merchant where one is named: what is closed to either is closed."""
        own = self.products.get(trade_type, ProductState.OPENED)
        sub_merchant = self.sub_merchant(sub_mch_id)
        if own is not ProductState.OPENED or sub_merchant is None:
            return own
        return sub_merchant.products.get(trade_type, ProductState.OPENED)

    def require_product(self, trade_type: str, sub_mch_id: str = "") -> None:
        """Raise what a unifiedorder of this trade_type meets."""
        state = self.product(trade_type, sub_mch_id)
        if state is ProductState.NOT_OPENED:
            raise ProductNotOpened if self.product(trade_type) is state else SubMerchantNotGranting
        if state is ProductState.PENDING:
            raise ProductPending
        if state is ProductState.RESTRICTED:
            raise MerchantRestricted

    @property
    def all_appids(self) -> tuple[str, ...]:
        """Its own appids and its sub-merchants', each once."""
        return tuple(dict.fromkeys([*self.appids, *(appid for sub in self.sub_merchants for appid in sub.sub_appids)]))

    def sub_merchant(self, sub_mch_id: str) -> SubMerchant | None:
        if not sub_mch_id:
            return None
        return next((one for one in self.sub_merchants if one.sub_mch_id == sub_mch_id), None)

    def require_pairing(self, appid: str, sub_mch_id: str = "", sub_appid: str = "") -> None:
        """Raise unless these accounts belong together. Source: V2 notes, 1.4."""
        if appid not in self.appids:
            raise AppNotPaired
        if not self.service_provider:
            if sub_mch_id or sub_appid:
                raise SubMerchantForbidden
            return
        if not sub_mch_id:
            raise SubMerchantMissing
        sub_merchant = self.sub_merchant(sub_mch_id)
        if sub_merchant is None:
            raise SubMerchantNotAuthorized
        sub_merchant.require_pairing(sub_appid)


@dataclass(frozen=True, slots=True)
class App:
    """An app, official account or mini program of the open platform.

    `app_signature` is the MD5 of the Android keystore's certificate: 32 hex digits, lower case. Without a passed
    `review` it cannot pay, whatever `payment` says: one applies for payment once the app has passed.
    """

    appid: str
    name: str = ""
    kind: AppKind = AppKind.APP
    package_name: str = ""
    app_signature: str = ""
    bundle_id: str = ""
    universal_link: str = ""
    payment: Capability = Capability.OPENED
    review: Review = Review.PASSED


class Accounts:
    """All merchants and apps, kept in memory: every call needs one, and they are few."""

    def __init__(self, merchants: Iterable[Merchant] = (), apps: Iterable[App] = ()) -> None:
        self.merchants = {merchant.mch_id: merchant for merchant in merchants}
        self.apps = {app.appid: app for app in apps}

    def merchant(self, mch_id: str) -> Merchant:
        """The merchant, or MerchantUnknown."""
        try:
            return self.merchants[mch_id]
        except KeyError:
            raise MerchantUnknown(mch_id) from None

    def app(self, appid: str) -> App | None:
        return self.apps.get(appid)

    def registered(self, appid: str) -> App:
        """The app, or AppUnknown."""
        try:
            return self.apps[appid]
        except KeyError:
            raise AppUnknown(appid) from None

    def having(self, account: Merchant | App) -> "Accounts":
        """These accounts with one more, or with one changed."""
        if isinstance(account, Merchant):
            return Accounts({**self.merchants, account.mch_id: account}.values(), self.apps.values())
        return Accounts(self.merchants.values(), {**self.apps, account.appid: account}.values())

    def without(self, mch_id: str) -> "Accounts":
        """These accounts without one merchant."""
        return Accounts((one for one in self.merchants.values() if one.mch_id != mch_id), self.apps.values())

    def without_app(self, appid: str) -> "Accounts":
        """These accounts without one app."""
        return Accounts(self.merchants.values(), (one for one in self.apps.values() if one.appid != appid))

    def only_of(self, mch_id: str) -> list[str]:
        """The appids that nobody but this merchant is paired with, its sub-merchants' among them."""
        others = self.without(mch_id)
        return [appid for appid in self.merchant(mch_id).all_appids if not others.merchants_of(appid)]

    def become(self, other: "Accounts") -> None:
        """Show what `other` shows; whoever goes through these meanwhile sees the old ones to the end."""
        self.merchants, self.apps = other.merchants, other.apps

    def merchants_of(self, appid: str) -> list[str]:
        """The mch_ids that an appid is paired with, as direct app or as a sub-merchant's."""
        return [
            merchant.mch_id
            for merchant in self.merchants.values()
            if appid in merchant.appids or any(appid in sub.sub_appids for sub in merchant.sub_merchants)
        ]
