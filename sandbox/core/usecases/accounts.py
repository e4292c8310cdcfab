"""Opening accounts: the default merchant, merchants made up for a test run, and those of a team's configuration.

Source: contract, "The default merchant".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sandbox.core.changes import OPENED, AccountKind, Author, Change, Difference, balance_field, differences
from sandbox.core.errors import AccountTaken, AppPaired, PayerUnknown
from sandbox.core.ids import secret_key
from sandbox.core.ledger import Owner
from sandbox.core.merchants import Accounts, App, AppKind, Merchant, Secret, SubMerchant
from sandbox.core.patches import APP_GIVEN, AppPatch, MerchantPatch, PayerPatch, patched
from sandbox.core.payers import Payer
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.usecases.bookkeeping import Bookkeeping
from sandbox.core.usecases.context import Context

PACKAGE_NAME = "com.example.shop"
APP_SIGNATURE = "0123456789abcdef0123456789abcdef"
DEFAULT_APPID = "wx8888888888888888"
DEFAULT_OPENID = "oSandboxPayer000000000000001"
DEFAULT_MERCHANT = Merchant(
    mch_id="1900000109",
    name="沙箱商店 Sandbox Shop",
    appids=(DEFAULT_APPID,),
    api_key=Secret("sandboxv2key00000000000000000000"),
    api_v3_key=Secret("sandboxv3key00000000000000000000"),
)


class AccountService:
    """The use cases on accounts, for one transaction. What they change stands on the accounts' timeline."""

    def __init__(self, context: Context, author: Author) -> None:
        self._tx = context.tx
        self._ids = context.ids
        self._clock = context.clock
        self._books = Bookkeeping(context)
        self._author = author

    def ensure_default(self) -> None:
        """The default merchant, its app and its payer, unless they are there: how a sandbox begins, and no change."""
        if DEFAULT_MERCHANT.mch_id not in self._tx.accounts.merchants:
            self._tx.merchants.save(DEFAULT_MERCHANT)
        if self._tx.accounts.app(DEFAULT_APPID) is None:
            self._tx.apps.save(_blank_app(DEFAULT_APPID))
        if self._tx.payers.first_of(DEFAULT_APPID) is None:
            self._tx.payers.save(Payer(DEFAULT_OPENID, DEFAULT_APPID))

    def open(self, draft: MerchantPatch) -> Merchant:
        """A new merchant; raises AccountTaken. Appids that nobody has registered get an app and a payer."""
        if draft.mch_id is not None and draft.mch_id in self._tx.accounts.merchants:
            raise AccountTaken
        blank = Merchant(
            mch_id=draft.mch_id or self._ids.mch_id(),
            name="",
            appids=(self._ids.appid(),),
            api_key=Secret(secret_key()),
            api_v3_key=Secret(secret_key()),
        )
        merchant = patched(replace(blank, name=f"商户 Shop {blank.mch_id}"), draft)
        if draft.api_key is not None:
            merchant = replace(merchant, api_key=Secret(draft.api_key))
        self._note(AccountKind.MERCHANT, merchant.mch_id, [_opened(merchant.name)])
        self._keep(merchant)
        self._set_balances(merchant.mch_id, draft.balances)
        return merchant

    def change(self, mch_id: str, draft: MerchantPatch) -> Merchant:
        """A merchant's new settings; raises MerchantUnknown."""
        before = self._tx.accounts.merchant(mch_id)
        merchant = patched(before, draft)
        if draft.api_key is not None:
            merchant = merchant.with_key(draft.api_key, self._clock.now(mch_id))
        self._change(before, merchant)
        self._set_balances(mch_id, draft.balances)
        return merchant

    def set_balance(self, owner: Owner, fen: int) -> None:
        """Top up or withdraw, so that so much lies in the basic account of a merchant or sub-merchant."""
        before = self._books.balance(owner)
        if fen != before:
            self._books.set_balance(owner, fen)
            change = balance_field(owner.sub_mch_id), str(before), str(fen)
            self._note(AccountKind.MERCHANT, owner.mch_id, [change])

    def _set_balances(self, mch_id: str, balances: Mapping[str, int]) -> None:
        for sub_mch_id, fen in balances.items():
            self.set_balance(Owner(mch_id, sub_mch_id), fen)

    def pair(self, mch_id: str, appid: str, *, paired: bool) -> None:
        """Pair an appid with a merchant, or unpair it, unless it is so already; raises MerchantUnknown."""
        merchant = self._tx.accounts.merchant(mch_id)
        # The first appid is the merchant's usual one: what is paired already stays where it is.
        others = tuple(one for one in merchant.appids if one != appid)
        if paired != (appid in merchant.appids):
            self._change(merchant, replace(merchant, appids=(*others, appid) if paired else others))

    def add_sub_merchant(self, mch_id: str, sub: SubMerchant) -> None:
        """Add a sub-merchant to a service provider; raises MerchantUnknown, and AccountTaken where it is there."""
        if self._tx.accounts.merchant(mch_id).sub_merchant(sub.sub_mch_id):
            raise AccountTaken
        self.keep_sub_merchant(mch_id, sub)

    def keep_sub_merchant(self, mch_id: str, sub: SubMerchant) -> None:
        """Add a sub-merchant to a service provider, or change it; raises MerchantUnknown."""
        merchant = self._tx.accounts.merchant(mch_id)
        subs = {**{one.sub_mch_id: one for one in merchant.sub_merchants}, sub.sub_mch_id: sub}
        self._change(merchant, replace(merchant, sub_merchants=tuple(subs.values())))

    def remove_sub_merchant(self, mch_id: str, sub_mch_id: str) -> None:
        """Take a sub-merchant away from its service provider; raises MerchantUnknown."""
        merchant = self._tx.accounts.merchant(mch_id)
        left = tuple(one for one in merchant.sub_merchants if one.sub_mch_id != sub_mch_id)
        self._change(merchant, replace(merchant, sub_merchants=left))

    def bring_up_to_date(self, draft: MerchantPatch) -> Merchant:
        """Open the merchant, or change it: for a configuration file."""
        if draft.mch_id is not None and draft.mch_id in self._tx.accounts.merchants:
            return self.change(draft.mch_id, draft)
        return self.open(draft)

    def register_app(self, draft: AppPatch) -> App:
        """A new app; raises AccountTaken, MerchantUnknown."""
        if draft.appid and self._tx.accounts.app(draft.appid):
            raise AccountTaken
        return self.keep_app(draft)

    def keep_app(self, draft: AppPatch) -> App:
        """Register an app, or change it; raises MerchantUnknown."""
        appid = draft.appid or self._ids.appid()
        given = {name: getattr(draft, name) for name in APP_GIVEN if getattr(draft, name) is not None}
        app = replace(self._tx.accounts.app(appid) or _blank_app(appid, draft.kind or AppKind.APP), **given)
        self._save_app(app)
        if draft.mch_ids is not None:
            self._pair(appid, draft.mch_ids)
        return app

    def remove_app(self, appid: str) -> None:
        """Drop an app with its payers; raises AppUnknown, and AppPaired while a merchant is paired with it."""
        self._tx.accounts.registered(appid)
        paired = self._tx.accounts.merchants_of(appid)
        if paired:
            raise AppPaired(f"Merchants are paired with this app; unpair them first: {', '.join(paired)}.")
        self._tx.delete_app(appid)

    def register_payer(self, draft: PayerPatch) -> Payer:
        """A new payer; raises AccountTaken."""
        if draft.openid and self._tx.payers.find(draft.openid):
            raise AccountTaken
        return self.add_payer(draft)

    def add_payer(self, draft: PayerPatch) -> Payer:
        """A new payer, or a known one with what is given; raises AccountTaken for one of another appid."""
        known = self._tx.payers.hold(draft.openid) if draft.openid else None
        if known is not None:
            if draft.appid not in (None, known.appid):
                raise AccountTaken
            return self._change_payer(known, draft.given)
        payer = Payer(draft.openid or self._ids.openid(), draft.appid or DEFAULT_APPID, **draft.given)
        self._add_payer(payer)
        return payer

    def change_payer(self, openid: str, given: Mapping[str, Any]) -> Payer:
        """A payer with some fields changed, by name; raises PayerUnknown."""
        return self._change_payer(payer_of(self._tx, openid), given)

    def _change_payer(self, known: Payer, given: Mapping[str, Any]) -> Payer:
        payer = replace(known, **given)
        self._note(AccountKind.PAYER, payer.openid, differences(known, payer))
        self._tx.payers.save(payer)
        return payer

    def close(self, mch_id: str) -> None:
        """Delete a merchant with all that belongs to it; raises MerchantUnknown."""
        before = self._tx.accounts
        alone = before.only_of(mch_id)
        self._tx.delete_merchant(mch_id)
        for appid in alone:
            self._tx.delete_app(appid)
        self._note_pairings(before, mch_id)

    def _change(self, before: Merchant, merchant: Merchant) -> None:
        self._note(AccountKind.MERCHANT, merchant.mch_id, differences(before, merchant))
        self._keep(merchant)

    def _note_pairings(self, before: Accounts, mch_id: str) -> None:
        """Say to the apps of a merchant, those that it had and those that it has, whom they are paired with now."""
        appids: dict[str, None] = {}
        for accounts in (before, self._tx.accounts):
            if mch_id in accounts.merchants:
                appids |= dict.fromkeys(accounts.merchant(mch_id).all_appids)
        for appid in filter(self._tx.accounts.app, appids):
            was, now = (", ".join(accounts.merchants_of(appid)) for accounts in (before, self._tx.accounts))
            if was != now:
                self._note(AccountKind.APP, appid, [("mch_ids", was, now)])

    def _note(self, kind: AccountKind, account: str, changed: Iterable[Difference]) -> None:
        at = self._clock.now(account if kind is AccountKind.MERCHANT else "")
        for name, before, after in changed:
            self._tx.account_changes.add(Change(at, self._author, kind, account, name, before, after))

    def _keep(self, merchant: Merchant) -> None:
        """Keep a merchant; an appid of it that nobody has registered gets an app."""
        before = self._tx.accounts
        self._tx.merchants.save(merchant)
        for appid in merchant.all_appids:
            self._save_app(self._tx.accounts.app(appid) or _blank_app(appid))
        self._note_pairings(before, merchant.mch_id)

    def _pair(self, appid: str, mch_ids: Sequence[str]) -> None:
        """Pair an app with these merchants and no others; what it is to their sub-merchants stays."""
        wanted = {self._tx.accounts.merchant(mch_id).mch_id for mch_id in mch_ids}
        for mch_id in list(self._tx.accounts.merchants):
            self.pair(mch_id, appid, paired=mch_id in wanted)

    def _save_app(self, app: App) -> None:
        """Keep an app that is new or was changed; one that has no payer gets one."""
        known = self._tx.accounts.app(app.appid)
        if app != known:
            self._note(AccountKind.APP, app.appid, differences(known, app) if known else [_opened(app.name)])
            self._tx.apps.save(app)
        if self._tx.payers.first_of(app.appid) is None:
            self._add_payer(Payer(self._ids.openid(), app.appid))

    def _add_payer(self, payer: Payer) -> None:
        self._note(AccountKind.PAYER, payer.openid, [_opened(payer.appid)])
        self._tx.payers.save(payer)


def payer_of(tx: UnitOfWork, openid: str) -> Payer:
    """The payer of an openid; raises PayerUnknown."""
    payer = tx.payers.hold(openid)
    if payer is None:
        raise PayerUnknown(openid)
    return payer


def _opened(as_what: str) -> Difference:
    return OPENED, "", as_what


def _blank_app(appid: str, kind: AppKind = AppKind.APP) -> App:
    """An app of which nothing else is said; what is no Android app has no package and no signature."""
    app = App(appid, name=f"应用 {appid}", kind=kind)
    return replace(app, package_name=PACKAGE_NAME, app_signature=APP_SIGNATURE) if kind is AppKind.APP else app
