"""The bodies of merchants, apps and payers: for the control API and for the configuration file alike."""

import re

import msgspec

from sandbox.control.replies import ControlError
from sandbox.core.enrolment import AppDraft, Draft
from sandbox.core.merchants import PRODUCTS, AppKind, Capability, ProductState, SubMerchant
from sandbox.core.payers import well_formed

_MCH_ID = re.compile(r"[0-9]{8,10}")
_APPID = re.compile(r"[0-9A-Za-z_\-]{1,32}")
_KEY = re.compile(r"[\x21-\x7e]{32}")
_MD5 = re.compile(r"[0-9a-f]{32}")
_LARGEST_BALANCE = 10**15


class SubMerchantBody(msgspec.Struct, forbid_unknown_fields=True):
    sub_mch_id: str
    sub_appids: list[str] = []


class MerchantBody(msgspec.Struct, forbid_unknown_fields=True):
    """A merchant as the contract writes it; what is left out is made up, or stays."""

    mch_id: str | None = None
    name: str | None = None
    appids: list[str] | None = None
    api_key: str | None = None
    api_v3_key: str | None = None
    products: dict[str, ProductState] | None = None
    service_provider: bool | None = None
    sub_merchants: list[SubMerchantBody] | None = None
    notify_url: str | None = None
    certificate: bool = True

    def draft(self) -> Draft:
        """The draft, or ControlError naming the field."""
        subs = self.sub_merchants or []
        _require(self.mch_id, _MCH_ID, "mch_id", "8 to 10 digits")
        _require(self.api_key, _KEY, "api_key", "32 printable ASCII characters")
        _require(self.api_v3_key, _KEY, "api_v3_key", "32 printable ASCII characters")
        for appid in [*(self.appids or []), *(appid for sub in subs for appid in sub.sub_appids)]:
            _require(appid, _APPID, "appids", "at most 32 letters, digits, _ and -")
        for sub in subs:
            _require(sub.sub_mch_id, _MCH_ID, "sub_merchants", "sub-merchants with 8 to 10 digits as sub_mch_id")
        for product in self.products or {}:
            if product not in PRODUCTS:
                raise ControlError(400, "invalid", f"products has the keys {', '.join(PRODUCTS)}.", "products")
        return Draft(
            mch_id=self.mch_id,
            name=self.name,
            appids=self.appids,
            api_key=self.api_key,
            api_v3_key=self.api_v3_key,
            products=self.products,
            service_provider=self.service_provider,
            sub_merchants=None
            if self.sub_merchants is None
            else [SubMerchant(sub.sub_mch_id, tuple(sub.sub_appids)) for sub in subs],
            notify_url=self.notify_url,
        )


class AppBody(msgspec.Struct, forbid_unknown_fields=True):
    """An app of the open platform."""

    appid: str | None = None
    kind: AppKind | None = None
    name: str | None = None
    package_name: str | None = None
    app_signature: str | None = None
    bundle_id: str | None = None
    universal_link: str | None = None
    payment: Capability | None = None
    mch_ids: list[str] | None = None

    def draft(self) -> AppDraft:
        _require(self.appid, _APPID, "appid", "at most 32 letters, digits, _ and -")
        _require(self.app_signature, _MD5, "app_signature", "32 lower-case hex digits, without colons")
        return AppDraft(
            appid=self.appid,
            kind=self.kind,
            name=self.name,
            package_name=self.package_name,
            app_signature=self.app_signature,
            bundle_id=self.bundle_id,
            universal_link=self.universal_link,
            payment=self.payment,
            mch_ids=self.mch_ids,
        )


class PayerBody(msgspec.Struct, forbid_unknown_fields=True):
    """A payer. `balance_fen` is null where cards have no limit."""

    openid: str | None = None
    appid: str | None = None
    balance_fen: int | None = None

    def checked(self) -> "PayerBody":
        if self.openid is not None and not well_formed(self.openid):
            raise ControlError(400, "invalid", "openid has 28 characters, the first `o`.", "openid")
        if self.balance_fen is not None and not 0 <= self.balance_fen <= _LARGEST_BALANCE:
            message = f"balance_fen is a number of fen from 0 to {_LARGEST_BALANCE}."
            raise ControlError(400, "invalid", message, "balance_fen")
        _require(self.appid, _APPID, "appid", "at most 32 letters, digits, _ and -")
        return self


def _require(value: str | None, pattern: re.Pattern[str], field: str, allowed: str) -> None:
    if value is not None and pattern.fullmatch(value) is None:
        raise ControlError(400, "invalid", f"{field}: {value!r} is not {allowed}.", field)
