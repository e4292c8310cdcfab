"""An order, a notification, a timeline entry ... in the shapes of docs/contract.md."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import asdict

from sandbox.control import shapes
from sandbox.core.certificates import MerchantCertificate
from sandbox.core.changes import Change
from sandbox.core.client import ClientResult
from sandbox.core.clock import ClockReading
from sandbox.core.codes import AuthCode
from sandbox.core.comments import Comment
from sandbox.core.errors import MessageUnreadable
from sandbox.core.events import Actor
from sandbox.core.exchange_facts import told as facts_told
from sandbox.core.journal import Event, Exchange, ExchangeKind, Message
from sandbox.core.ledger import OWN, Account, Line, Owner, rate_text
from sandbox.core.links import Links
from sandbox.core.merchants import PRODUCTS, Accounts, App, Merchant, ProductState, SubMerchant
from sandbox.core.notifications import Notification
from sandbox.core.orders import Order
from sandbox.core.payers import Payer
from sandbox.core.ports.calls import Diagnosis
from sandbox.core.ports.queries import Entry, Page
from sandbox.core.refunds import Refund
from sandbox.core.scenarios import Application, Scenario
from sandbox.core.text import Lang
from sandbox.debugging.service import Checked
from sandbox.signing.flat import SignType
from sandbox.web.shapes import instant
from sandbox.words.events import sentence
from sandbox.words.faults import fault_told, remark
from sandbox.words.signing import SIGN_RIGHT, explained
from sandbox.words.unreadable import why_unreadable
from sandbox.words.verdicts import told

_EVENTS: dict[Actor, type[shapes.PayerEvent | shapes.WechatEvent | shapes.ScenarioEvent | shapes.ClockEvent]] = {
    Actor.PAYER: shapes.PayerEvent,
    Actor.WECHAT: shapes.WechatEvent,
    Actor.SCENARIO: shapes.ScenarioEvent,
    Actor.CLOCK: shapes.ClockEvent,
}


def listed_order_view(order: Order, links: Links) -> shapes.ListedOrder:
    terms, payment, facts = order.terms, order.payment, order.origin.facts
    return shapes.ListedOrder(
        mch_id=order.key.mch_id,
        appid=terms.appid,
        sub_mch_id=order.key.sub_mch_id or None,
        sub_appid=terms.sub_appid or None,
        out_trade_no=order.key.out_trade_no,
        trade_type=terms.trade_type,
        trade_state=order.trade_state,
        total_fee=terms.total_fee,
        fee_type=terms.fee_type,
        cash_fee=payment.cash_fee if payment else None,
        cash_fee_type=order.cash_fee_type if payment else None,
        rate_value=payment.rate_value if payment else None,
        body=terms.body,
        attach=terms.attach,
        prepay_id=order.prepay.prepay_id,
        code_url=links.code_url(order),
        mweb_url=links.mweb_url(order),
        transaction_id=payment.transaction_id if payment else None,
        openid=(payment.openid if payment else terms.openid) or None,
        bank_type=payment.bank_type if payment else None,
        notify_url=terms.notify_url,
        face=order.origin.face,
        sign_type=SignType(facts["sign_type"]) if "sign_type" in facts else None,
        created_at=instant(order.created_at),
        expires_at=instant(order.expires_at),
        paid_at=instant(payment.paid_at) if payment else None,
        coupon_fee=payment.coupon_fee if payment and payment.coupons else None,
        scenario=order.plan.scenario if order.plan else None,
        closed_at=instant(order.closed_at),
        official="official" in facts or None,
        cashier_url=links.cashier_url(order),
    )


def order_view(
    order: Order, links: Links, refunds: Sequence[Refund], notifications: list[shapes.Notification]
) -> shapes.Order:
    listed, seen = listed_order_view(order, links), [refund_view(refund) for refund in refunds]
    return shapes.Order(**asdict(listed), refunds=seen, notifications=notifications)


def notification_view(notification: Notification, attempts: Sequence[Exchange], lang: Lang) -> shapes.Notification:
    return shapes.Notification(
        id=notification.id,
        kind=notification.kind,
        mch_id=notification.key.mch_id,
        sub_mch_id=notification.key.sub_mch_id or None,
        out_trade_no=notification.key.out_trade_no,
        out_refund_no=notification.out_refund_no or None,
        url=notification.url,
        state=notification.state,
        next_at=instant(notification.next_at),
        fault=_fault(notification),
        hostile=notification.hostile or None,
        once=notification.single or None,
        attempts=[attempt_view(attempt, lang) for attempt in attempts],
    )


def _fault(notification: Notification) -> str | None:
    """The named fault of a message; "altered" where fields were set or removed."""
    if notification.alteration is None:
        return None
    return notification.alteration.fault.value if notification.alteration.fault else "altered"


def scenario_view(scenario: Scenario, applied: Sequence[Application], lang: Lang) -> shapes.Scenario:
    """A scenario with its definition, and what it is applied to."""
    definition = scenario.definition
    return shapes.Scenario(
        name=scenario.name,
        title=scenario.title.say(lang),
        description=scenario.description.say(lang) or None,
        good_merchant=scenario.good_merchant.say(lang) or None,
        how_to_see=scenario.how_to_see.say(lang) or None,
        group=scenario.group,
        hostile=scenario.hostile,
        source=scenario.source,
        mch_id=scenario.mch_id or None,
        applied_to=[application_view(one) for one in applied],
        warnings=[shapes.ScenarioWarning(one.field, one.say(lang)) for one in scenario.warnings] or None,
        **{name: definition.get(name) for name in ("when", "use", "payer", "api", "refund", "bill", "notify")},
    )


def application_view(application: Application) -> shapes.Application:
    return shapes.Application(
        mch_id=application.mch_id or None,
        out_trade_no=application.out_trade_no or None,
        next=application.next or None,
    )


def attempt_view(attempt: Exchange, lang: Lang) -> shapes.Attempt:
    view = shapes.Attempt(
        n=attempt.n,
        at=instant(attempt.at),
        duration_ms=attempt.duration_ms,
        request=request_view(attempt),
        reply=reply_view(attempt),
    )
    if attempt.verdict is not None:
        said = told(attempt.verdict, lang)
        view.verdict, view.explanation, view.fix = attempt.verdict.public_name, said.explanation, said.fix
    return view


def entry_view(entry: Entry, lang: Lang) -> shapes.TimelineItem:
    """A line of a timeline."""
    what = entry.what
    if isinstance(what, Event):
        event, said = _EVENTS[what.name.actor], summary(what, lang)
        return event(id=entry.id, at=instant(what.at), summary=said, name=what.name, facts=dict(what.facts))
    return exchange_view(entry, lang)


def exchange_view(entry: Entry, lang: Lang) -> shapes.Call | shapes.Delivery:
    """A call that came in, or an attempt to deliver a notification."""
    what = entry.what
    assert isinstance(what, Exchange)
    return _delivery_view(entry.id, what, lang) if what.kind is ExchangeKind.NOTIFICATION else call_view(entry, lang)


def call_view(entry: Entry, lang: Lang) -> shapes.Call:
    """A line of the journal."""
    what = entry.what
    assert isinstance(what, Exchange)
    return shapes.Call(
        id=entry.id,
        at=instant(what.at),
        summary=summary(what, lang),
        mch_id=what.mch_id or None,
        out_trade_no=what.key.out_trade_no if what.key else None,
        path=what.path,
        request=request_view(what),
        reply=reply_view(what),
        signature=what.signature or None,
        outcome=what.outcome,
        explanation=fault_told(what, lang) or None,
        remark=remark(what, lang) or None,
        facts={**facts_told(what)} or None,
        request_id=what.request_id,
        duration_ms=what.duration_ms,
        steps=[shapes.Step(name, ms) for name, ms in what.steps],
    )


def _delivery_view(number: int, attempt: Exchange, lang: Lang) -> shapes.Delivery:
    made = asdict(attempt_view(attempt, lang))
    said = summary(attempt, lang)
    return shapes.Delivery(
        id=number,
        summary=said,
        notification_id=attempt.notification_id,
        facts={**facts_told(attempt)} or None,
        **made,
    )


def summary(what: Event | Exchange, lang: Lang) -> str:
    """What happened, in a sentence."""
    if isinstance(what, Event):
        return sentence(what, lang)
    if what.verdict is not None:
        return told(what.verdict, lang).explanation
    reason = what.refusal and (what.refusal.code or what.refusal.message)
    return f"{what.method} {what.path}: {what.outcome}" + (f" ({reason})" if reason else "")


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
        native_callback_url=merchant.native_callback_url or None,
        rate=rate_text(merchant.rate),
        jsapi_directories=list(merchant.jsapi_directories),
        h5_domains=list(merchant.h5_domains),
        h5_check_ip=merchant.h5_check_ip,
        wording=merchant.wording,
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


def refund_view(refund: Refund) -> shapes.Refund:
    """A refund; `due_at` while it is being processed."""
    return shapes.Refund(
        face=refund.origin.face,
        out_refund_no=refund.terms.out_refund_no,
        refund_id=refund.refund_id,
        refund_fee=refund.terms.refund_fee,
        refund_fee_type=refund.terms.refund_fee_type,
        refund_status=refund.status,
        created_at=instant(refund.created_at),
        success_at=instant(refund.success_at) if refund.success_at else None,
        due_at=instant(refund.due_at) if refund.due_at else None,
        cash_refund_fee=refund.parts.cash_refund_fee,
        coupon_refund_fee=refund.coupon_refund_fee or None,
        settlement_refund_fee=refund.settlement_refund_fee,
        refund_recv_accout=refund.recv_account,
        refund_desc=refund.terms.refund_desc or None,
        notify_url=refund.terms.notify_url or None,
    )


def listed_refund_view(refund: Refund) -> shapes.ListedRefund:
    """A refund with the order that it is of."""
    key = refund.key
    return shapes.ListedRefund(
        mch_id=key.mch_id,
        sub_mch_id=key.sub_mch_id or None,
        out_trade_no=key.out_trade_no,
        **asdict(refund_view(refund)),
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
        remark=line.remark or None,
    )


def comment_view(comment: Comment) -> shapes.Comment:
    return shapes.Comment(
        mch_id=comment.key.mch_id,
        out_trade_no=comment.key.out_trade_no,
        transaction_id=comment.transaction_id,
        at=instant(comment.at),
        stars=comment.stars,
        text=comment.text,
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


def certificate_files_view(certificate: MerchantCertificate, now: datetime) -> shapes.CertificateFiles:
    files = certificate.files
    return shapes.CertificateFiles(
        **asdict(certificate_view(certificate, now)), certificate=files.certificate, private_key=files.private_key
    )


def diagnosis_view(diagnosis: Diagnosis, merchant: Merchant | None, lang: Lang) -> shapes.Diagnosis:
    """What the doctor says of a signature; `also` names further mistakes, `signed` what was signed instead."""
    explanation, fix = explained([diagnosis.mistake, *diagnosis.also], diagnosis.facts, lang)
    return shapes.Diagnosis(
        valid=diagnosis.valid,
        readable=True,
        mch_id=merchant.mch_id if merchant else None,
        sign_type=diagnosis.sign_type,
        given=diagnosis.given,
        expected=diagnosis.expected or None,
        string_to_sign=diagnosis.string_to_sign,
        signed=diagnosis.signed or None,
        mistake=diagnosis.mistake or None,
        suspected=diagnosis.suspected or None,
        also=list(diagnosis.also),
        facts=dict(diagnosis.facts),
        explanation=SIGN_RIGHT.say(lang) if diagnosis.valid else explanation,
        fix=fix,
    )


def verified_view(checked: Checked, lang: Lang) -> shapes.Verified:
    """Whether a signature is right, over which string, and what the doctor says."""
    diagnosis = checked.diagnosis
    explanation, fix = explained([diagnosis.mistake, *diagnosis.also], diagnosis.facts, lang)
    return shapes.Verified(
        valid=diagnosis.valid,
        sign_type=diagnosis.sign_type,
        given=diagnosis.given,
        expected=diagnosis.expected,
        string_to_sign=checked.signing.string_to_sign,
        explanation=SIGN_RIGHT.say(lang) if diagnosis.valid else explanation,
        fix=fix,
        mistake=diagnosis.mistake or None,
        suspected=diagnosis.suspected or None,
        also=list(diagnosis.also) or None,
        signed=diagnosis.signed or None,
    )


def unreadable_view(unreadable: MessageUnreadable, lang: Lang) -> shapes.Diagnosis:
    """What the doctor says of a message that cannot be read; `line` and `column` count from 1."""
    facts, place = unreadable.facts, unreadable.place
    explanation, fix = why_unreadable(unreadable.reason, {**facts, **place}, lang)
    return shapes.Diagnosis(
        valid=False,
        readable=False,
        mistake=unreadable.reason,
        facts=dict(facts),
        explanation=explanation,
        fix=fix,
        line=place.get("line"),
        column=place.get("column"),
    )


def clock_view(reading: ClockReading) -> shapes.Clock:
    return shapes.Clock(instant(reading.now), reading.scale, reading.advanced)


def client_view(result: ClientResult, order: Order) -> shapes.ClientResult:
    return shapes.ClientResult(
        err_code=result.err_code,
        err_str=result.err_str,
        cause=result.cause,
        err_msg=result.err_msg(order.terms.trade_type),
    )


def request_view(exchange: Exchange) -> shapes.Request:
    return shapes.Request(method=exchange.method, path=exchange.path, **_message_fields(exchange.request))


def reply_view(exchange: Exchange) -> shapes.Reply | None:
    if exchange.status is None:
        return None
    return shapes.Reply(status=exchange.status, cut=exchange.reply_cut, **_message_fields(exchange.reply))


def _message_fields(message: Message) -> dict[str, Any]:
    headers = [(name, value) for name, value in message.headers]
    try:
        return {"headers": headers, "body": message.body.decode()}
    except UnicodeDecodeError:
        return {"headers": headers, "body_base64": base64.b64encode(message.body).decode()}


def auth_code_view(code: AuthCode) -> shapes.AuthCode:
    return shapes.AuthCode(code.auth_code, instant(code.expires_at))
