"""The shapes of the control API's answers about accounts. Source: docs/contract.md, "Shapes"."""

from sandbox.control.units import Fen
from sandbox.core.certificates import CertificateState
from sandbox.core.changes import AccountKind, Author
from sandbox.core.ledger import Account, Movement
from sandbox.core.merchants import AppKind, Capability, ProductState, Review, Wording
from sandbox.core.platform_keys import PlatformIdentity
from sandbox.web.shapes import Answer, Instant, Part


class SubMerchant(Answer):
    """A merchant that a service provider acts for. Its balance stands there where one merchant is asked for."""

    sub_mch_id: str
    sub_appids: list[str]
    products: dict[str, ProductState]
    balance_fen: Fen | None = None


class ListedMerchant(Answer, kw_only=True):
    """A merchant as it stands in a list: no keys. `wording`: V2's words for it; absent: the sandbox's.

    `platform_identity`: by what V3 shows it that WeChat Pay signs; `separate_platform_keys`: whether the public key has
    a pair of its own, and not that of the platform certificate.
    """

    mch_id: str
    name: str
    appids: list[str]
    products: dict[str, ProductState]
    service_provider: bool
    notify_url: str | None = None
    refund_notify_url: str | None = None
    sharing_notify_url: str | None = None
    sharing_ratio: str
    native_callback_url: str | None = None
    rate: str
    jsapi_directories: list[str]
    h5_domains: list[str]
    h5_check_ip: bool
    wording: Wording | None = None
    platform_identity: PlatformIdentity
    separate_platform_keys: bool
    sub_merchants: list[SubMerchant] | None = None


class MerchantList(Part[ListedMerchant]):
    """Merchants, newest first."""


class Merchant(ListedMerchant, kw_only=True):
    """A merchant with its keys; with its PEM texts, unless they are left to the first need.

    `openid` is a payer of its first appid. `api_key_replaced_at`: when the API key was last replaced by another. What
    begins with platform_ are WeChat Pay's keys that sign now: no certificate where the public key is the only identity.
    """

    openid: str | None = None
    api_key: str
    api_v3_key: str
    api_key_replaced_at: Instant | None = None
    balance_fen: Fen
    serial_no: str | None = None
    certificate: str | None = None
    private_key: str | None = None
    platform_serial_no: str | None = None
    platform_certificate: str | None = None
    platform_public_key: str | None = None
    platform_public_key_id: str | None = None


class LedgerLine(Answer, kw_only=True):
    """A move of money. `account` is the merchant's own one that it touched, if any, and `balance` what lay there then.

    `business_no` is the transaction's, the refund's or the transfer's number, `flow_no` the line's own.
    """

    at: Instant
    movement: Movement
    source: Account
    target: Account
    fen: int
    account: Account | None = None
    balance: Fen | None = None
    flow_no: str
    business_no: str | None = None
    out_trade_no: str | None = None
    out_refund_no: str | None = None
    out_bill_no: str | None = None
    remark: str | None = None


class Ledger(Part[LedgerLine], kw_only=True):
    """A merchant's ledger, newest line first; `balances` has what lies in each of its accounts now, in fen."""

    balances: dict[Account, int]


class App(Answer):
    """An app, official account or mini program of the open platform."""

    appid: str
    kind: AppKind
    name: str
    package_name: str
    app_signature: str
    bundle_id: str
    universal_link: str
    payment: Capability
    mch_ids: list[str]
    review: Review


class AppList(Part[App]):
    """Apps, newest first."""


class Card(Answer):
    """A bank card: what is left in it, null where it has no limit."""

    bank_type: str
    balance_fen: int | None


class Payer(Answer):
    """Someone who pays; `balance_fen` is what is in the wallet, null where it has no limit.

    `cards` is null where nobody has said which: the usual ones then, with the wallet as their one purse.

    `device` is a name for the phone; `logged_in`: whether WeChat is logged in on it; `wechat_version` is empty where it
    is new enough.
    """

    openid: str
    appid: str
    balance_fen: int | None
    device: str
    logged_in: bool
    wechat_version: str
    cards: list[Card] | None


class AuthCode(Answer):
    """A payment code on a payer's phone: 18 digits."""

    auth_code: str
    expires_at: Instant


class PayerList(Part[Payer]):
    """Payers, newest first."""


class Change(Answer):
    """A field of an account, before and after; an empty one where the account was made. Keys show their end only.

    `author` is through what it was changed.
    """

    at: Instant
    author: Author
    kind: AccountKind
    account: str
    field: str
    before: str
    after: str


class ChangeList(Part[Change]):
    """What was changed of an account, newest first."""


class Certificate(Answer, kw_only=True):
    """A merchant's certificate. Its times are real ones, whatever the sandbox's clock shows.

    `restorable_until`: until when a revoked one can be restored, if it still can.
    """

    serial_no: str
    state: CertificateState
    issued_at: Instant
    expires_at: Instant
    revoked_at: Instant | None = None
    restorable_until: Instant | None = None


class PlatformCertificate(Answer, kw_only=True):
    """One of WeChat Pay's certificates for a merchant. Its times are real ones, whatever the sandbox's clock shows."""

    serial_no: str
    state: CertificateState
    signs: bool
    effective_at: Instant
    expires_at: Instant
    certificate: str


class PlatformCertificateList(Part[PlatformCertificate]):
    """WeChat Pay's certificates for a merchant, newest first."""


class CertificateList(Part[Certificate]):
    """A merchant's certificates, newest first."""


class CertificateFiles(Certificate, kw_only=True):
    """A merchant's certificate with its PEM texts."""

    certificate: str
    private_key: str
