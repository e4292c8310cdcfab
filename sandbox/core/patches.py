"""What may be asked of an account: each draft names what is to be made up, changed or left as it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sandbox.core.merchants import AppKind, Capability, Merchant, ProductState, Review, Secret, SubMerchant, Wording
from sandbox.core.platform_keys import PlatformIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantPatch:
    """A merchant as somebody asks for it; what is None is made up, or stays as it is.

    `balances`: fen by sub_mch_id, its own by an empty one; what it leaves out stays. An empty `wording` is the
    sandbox's.
    """

    mch_id: str | None = None
    name: str | None = None
    appids: Sequence[str] | None = None
    api_key: str | None = None
    api_v3_key: str | None = None
    products: Mapping[str, ProductState] | None = None
    service_provider: bool | None = None
    sub_merchants: Sequence[SubMerchant] | None = None
    notify_url: str | None = None
    refund_notify_url: str | None = None
    sharing_notify_url: str | None = None
    sharing_ratio: int | None = None
    native_callback_url: str | None = None
    rate: int | None = None
    jsapi_directories: Sequence[str] | None = None
    h5_domains: Sequence[str] | None = None
    h5_check_ip: bool | None = None
    wording: Wording | Literal[""] | None = None
    platform_identity: PlatformIdentity | None = None
    separate_platform_keys: bool | None = None
    balances: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPatch:
    """An app as somebody asks for it; what is None stays as it is. `mch_ids` are the merchants it is paired with."""

    appid: str | None = None
    name: str | None = None
    kind: AppKind | None = None
    package_name: str | None = None
    app_signature: str | None = None
    bundle_id: str | None = None
    universal_link: str | None = None
    payment: Capability | None = None
    review: Review | None = None
    mch_ids: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerPatch:
    """A payer as somebody asks for it; `given` are the other fields of a Payer by name, what is absent stays."""

    openid: str | None = None
    appid: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


def patched(merchant: Merchant, draft: MerchantPatch) -> Merchant:
    """The merchant with what the draft gives, but its API key; its products add to those there are."""
    given: dict[str, Any] = {
        name: make(value) for name, make in _GIVEN.items() if (value := getattr(draft, name)) is not None
    }
    return replace(merchant, **given, products={**merchant.products, **(draft.products or {})})


APP_GIVEN = ("name", "kind", "package_name", "app_signature", "bundle_id", "universal_link", "payment", "review")
"""What a draft may give of an app."""

_GIVEN: Mapping[str, Callable[[Any], object]] = {
    **dict.fromkeys(("name", "notify_url", "refund_notify_url", "sharing_notify_url", "native_callback_url"), str),
    **dict.fromkeys(("jsapi_directories", "h5_domains"), tuple),
    # Of two with one number the last counts.
    "sub_merchants": lambda subs: tuple({sub.sub_mch_id: sub for sub in subs}.values()),
    # Twice the same would be two pairings, of which only one can be taken away.
    "appids": lambda appids: tuple(dict.fromkeys(appids)),
    "api_v3_key": Secret,
    **dict.fromkeys(("service_provider", "h5_check_ip", "separate_platform_keys"), bool),
    **dict.fromkeys(("rate", "sharing_ratio"), int),
    "platform_identity": PlatformIdentity,
    "wording": lambda wording: wording or None,
}
"""What a draft may give of a merchant, and what it becomes there."""
