"""What the core knows of accounts, in the shapes of docs/contract.md."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import asdict

from sandbox.control.accounts import shapes
from sandbox.core.certificates import CertificateState, MerchantCertificate
from sandbox.core.changes import Change
from sandbox.core.codes import AuthCode
from sandbox.core.ledger import OWN, Account, Line, Owner, rate_text
from sandbox.core.merchants import PRODUCTS, Accounts, App, Merchant, ProductState, SubMerchant
from sandbox.core.payers import Payer
from sandbox.core.platform_keys import PlatformCertificate
from sandbox.core.ports.queries import Page
from sandbox.web.shapes import instant


def listed_merchant_view(merchant: Merchant) -> shapes.ListedMerchant:
    subs = [_sub_merchant_view(sub) for sub in merchant.sub_merchants]
    return shapes.ListedMerchant(
        mch_id=merchant.mch_id,
        name=merchant.name,
        appids=list(merchant.appids),
        products={name: merchant.product(name) for name in PRODUCTS},
        service_provider=merchant.service_provider,
        notify_url=merchant.notify_url or None,
        refund_notify_url=merchant.refund_notify_url or None,
        sharing_notify_url=merchant.sharing_notify_url or None,
        sharing_ratio=rate_text(merchant.sharing_ratio),
        native_callback_url=merchant.native_callback_url or None,
        rate=rate_text(merchant.rate),
        jsapi_directories=list(merchant.jsapi_directories),
        h5_domains=list(merchant.h5_domains),
        h5_check_ip=merchant.h5_check_ip,
        wording=merchant.wording,
        platform_identity=merchant.platform_identity,
        separate_platform_keys=merchant.separate_platform_keys,
        sub_merchants=subs if merchant.service_provider else None,
    )


def _sub_merchant_view(sub: SubMerchant) -> shapes.SubMerchant:
    products = {name: sub.products.get(name, ProductState.OPENED) for name in PRODUCTS}
    return shapes.SubMerchant(sub.sub_mch_id, list(sub.sub_appids), products)


def merchant_view(merchant: Merchant, payer: Payer | None, balance: Callable[[Owner], int]) -> shapes.Merchant:
    """A merchant with its keys and balances, without its PEM texts; with a payer of its first appid."""
    listed = listed_merchant_view(merchant)
    for sub in listed.sub_merchants or ():
        sub.balance_fen = balance(Owner(merchant.mch_id, sub.sub_mch_id))
    return shapes.Merchant(
        **asdict(listed),
        openid=payer.openid if payer else None,
        api_key=str(merchant.api_key),
        api_v3_key=str(merchant.api_v3_key),
        api_key_replaced_at=instant(merchant.former_keys[0].replaced_at) if merchant.former_keys else None,
        balance_fen=balance(Owner(merchant.mch_id)),
    )


def ledger_view(page: Page[Line], balance: Callable[[Account], int]) -> shapes.Ledger:
    """A part of a ledger, and the balances."""
    return shapes.Ledger(
        items=[_line_view(line) for line in page.items],
        next=page.next,
        balances={account: balance(account) for account in Account if account in OWN},
    )


def _line_view(line: Line) -> shapes.LedgerLine:
    return shapes.LedgerLine(
        at=instant(line.at),
        movement=line.move.movement,
        source=line.move.source,
        target=line.move.target,
        fen=line.move.fen,
        account=line.account,
        balance=line.balance if line.account else None,
        flow_no=line.flow_no,
        business_no=line.business_no or None,
        out_trade_no=line.out_trade_no or None,
        out_refund_no=line.out_refund_no or None,
        out_bill_no=line.out_bill_no or None,
        remark=line.remark or None,
    )


def app_view(app: App, accounts: Accounts) -> shapes.App:
    return shapes.App(
        appid=app.appid,
        kind=app.kind,
        name=app.name,
        package_name=app.package_name,
        app_signature=app.app_signature,
        bundle_id=app.bundle_id,
        universal_link=app.universal_link,
        payment=app.payment,
        review=app.review,
        mch_ids=accounts.merchants_of(app.appid),
    )


def payer_view(payer: Payer) -> shapes.Payer:
    cards = payer.cards
    return shapes.Payer(
        openid=payer.openid,
        appid=payer.appid,
        balance_fen=payer.balance_fen,
        device=payer.device,
        logged_in=payer.logged_in,
        wechat_version=payer.wechat_version,
        cards=None if cards is None else [shapes.Card(card.bank_type, card.balance_fen) for card in cards],
    )


def change_view(change: Change) -> shapes.Change:
    return shapes.Change(
        at=instant(change.at),
        author=change.author,
        kind=change.kind,
        account=change.account,
        field=change.field,
        before=change.before,
        after=change.after,
    )


def certificate_view(certificate: MerchantCertificate, now: datetime) -> shapes.Certificate:
    return shapes.Certificate(
        serial_no=certificate.serial_no,
        state=certificate.state(now),
        issued_at=instant(certificate.issued_at),
        expires_at=instant(certificate.expires_at),
        revoked_at=instant(certificate.revoked_at),
        restorable_until=instant(certificate.restorable_until(now)),
    )


def platform_certificate_view(certificate: PlatformCertificate, now: datetime) -> shapes.PlatformCertificate:
    valid = certificate.valid(now)
    return shapes.PlatformCertificate(
        serial_no=certificate.serial_no,
        state=CertificateState.VALID if valid else CertificateState.EXPIRED,
        signs=valid and certificate.signs,
        effective_at=instant(certificate.effective_at),
        expires_at=instant(certificate.expires_at),
        certificate=certificate.files.certificate,
    )


def certificate_files_view(certificate: MerchantCertificate, now: datetime) -> shapes.CertificateFiles:
    files = certificate.files
    return shapes.CertificateFiles(
        **asdict(certificate_view(certificate, now)), certificate=files.certificate, private_key=files.private_key
    )


def auth_code_view(code: AuthCode) -> shapes.AuthCode:
    return shapes.AuthCode(code.auth_code, instant(code.expires_at))
