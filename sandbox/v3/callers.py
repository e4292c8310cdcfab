"""Who calls for whom: a merchant for itself, or a service provider for one of its sub-merchants.

Source: V3 notes, 3.2, 9.6; docs/fidelity.md.
"""

from sandbox.core.errors import SubMerchantForbidden, SubMerchantMissing, SubMerchantNotAuthorized
from sandbox.core.merchants import Accounts, Merchant
from sandbox.v3.errors import WORDING, Failure, param_error
from sandbox.v3.request import RequestInvalid
from sandbox.v3.shapes import Part, Shaped, undeclared

OTHER_MCHID = param_error("http header中的mchid与post payload中的mchid不匹配")
SUB_MCHID_MISSING = WORDING[SubMerchantMissing]
SAME_MCHID = Failure(400, "PARAM_ERROR", "子商户mchid不能与自身mchid相同")
_OF_SUB = ("sub_mchid", "sub_appid")
"""By what a service provider names a sub-merchant."""


class Calling(Shaped):
    """A call that says who makes it."""

    caller = ""
    """The member that says so."""

    def signed_by(self, mch_id: str) -> None:
        if self.mch_id != mch_id:
            raise RequestInvalid(OTHER_MCHID, "v3_mchid", field=self.caller, got=self.mch_id, mch_id=mch_id)

    @property
    def named_by(self) -> Part:
        """The part of the call that holds the accounts."""
        return self.body if self.body.has(self.caller) else self.query

    def account(self, name: str) -> str:
        """One of the accounts; "" where it was not sent."""
        return str(self.named_by.values.get(name) or "")

    def named(self) -> tuple[str, str, str]:
        number = self.path.values.get("out_trade_no") or self.body.values.get("out_trade_no") or ""
        return self.account(self.caller), str(number), self.account("sub_mchid")


class DirectCall(Calling):
    """A call of a merchant that acts for itself."""

    caller = "mchid"

    def require_accounts(self, merchant: Merchant, accounts: Accounts) -> None:
        if merchant.service_provider:
            raise SubMerchantMissing
        if appid := self.account("appid"):
            merchant.require_pairing(appid)


class PartnerCall(Calling):
    """A call of a service provider for a sub-merchant."""

    caller = "sp_mchid"

    def signed_by(self, mch_id: str) -> None:
        super().signed_by(mch_id)
        if self.sub_mch_id == mch_id:
            raise RequestInvalid(SAME_MCHID, "v3_sub_mchid", field="sub_mchid", got=mch_id)

    def require_accounts(self, merchant: Merchant, accounts: Accounts) -> None:
        if not merchant.service_provider:
            raise SubMerchantForbidden
        if merchant.sub_merchant(self.sub_mch_id) is None:
            raise SubMerchantNotAuthorized
        sub_appid = self.account("sub_appid")
        if appid := self.account("sp_appid"):
            merchant.require_pairing(appid, self.sub_mch_id, sub_appid)


class OwnCall(Shaped):
    """A call that names nobody who makes it: that is whoever signs it. Only a service provider names a sub-merchant."""

    needs_sub_merchant = True
    """Whether a service provider must."""

    def signed_by(self, mch_id: str) -> None:
        self.mch_id = mch_id

    def named(self) -> tuple[str, str, str]:
        body, query = self.body.values, self.query.values
        return "", str(body.get("out_trade_no") or ""), str(body.get("sub_mchid") or query.get("sub_mchid") or "")

    def require_accounts(self, merchant: Merchant, accounts: Accounts) -> None:
        if not merchant.service_provider:
            self._require_no_strangers()
        elif not self.sub_mch_id:
            if self.needs_sub_merchant:
                raise RequestInvalid(SUB_MCHID_MISSING, "v3_sub_mchid_missing", mch_id=self.mch_id)
        elif merchant.sub_merchant(self.sub_mch_id) is None:
            raise SubMerchantNotAuthorized

    def _require_no_strangers(self) -> None:
        """For a merchant that acts for itself a sub-merchant's accounts are members that nobody has declared."""
        places = [part.place.inner(name) for part in (self.body, self.query) for name in _OF_SUB if part.has(name)]
        if not places:
            return
        strangers = [place.pointer for place in places]
        field = ", ".join(strangers)
        raise RequestInvalid(undeclared(strangers), "v3_sub_mchid_forbidden", field=field, mch_id=self.mch_id)
