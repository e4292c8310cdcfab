"""One payment request: check it, note it on the order's timeline, and do what the caller wished."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.core.causes import Cause
from sandbox.core.client import LONGEST_FACT, ClientResult, Outcome, Refusal
from sandbox.core.clock import Clock
from sandbox.core.errors import OrderNotFound
from sandbox.core.events import EventName
from sandbox.core.invocation import Channel, Invocation
from sandbox.core.journal import Event
from sandbox.core.merchants import App
from sandbox.core.orders import Order
from sandbox.core.payers import Payer
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.usecases.making import UseCases
from sandbox.core.usecases.payments import Act
from sandbox.wechat.client import Placed, refusal


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller sent, and how the payment is to end."""

    invocation: Invocation
    outcome: Outcome | None = None
    reason: Cause = Cause.OTHER
    warning: Mapping[str, str | int] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of it: refused, or the cashier is open; `result` is None until the payer has acted."""

    invocation: Invocation
    order: Order | None
    refused: Refusal | None = None
    result: ClientResult | None = None


def invoke(usecases: UseCases, faces: Faces, tx: UnitOfWork, request: Request) -> Reply:
    """What the client does with the request, in one transaction."""
    payments = usecases.payments(tx)
    try:
        order = payments.find_by_prepay_id(request.invocation.prepay_id)
    except OrderNotFound:
        return _without_order(tx, request.invocation)
    invocation = _on_the_payers_phone(_with_appid(request, order), usecases.openids(tx).at_hand(order.terms))
    mch_id, face = order.key.mch_id, faces.of(order)
    now, merchant = usecases.clock.real_now(), tx.accounts.merchant(mch_id)
    credentials = face.credentials(tx, merchant, now, others=True)
    placed = Placed(order, credentials, usecases.clock.now(mch_id), face.client)
    refused = refusal(invocation, tx.accounts.app(invocation.appid), placed)
    _note(usecases.clock, tx, placed, request, refused)
    if not refused:
        payments.note_unverified(order, EventName.ANSWER_UNVERIFIED)
    if refused:
        return Reply(invocation, order, refused, ClientResult(Outcome.ERROR, refused.cause))
    if request.outcome is None:
        return Reply(invocation, order)
    paid, result = payments.act(order.key, Act(outcome=request.outcome, cause=request.reason))
    return Reply(invocation, paid, None, result)


def _without_order(tx: UnitOfWork, invocation: Invocation) -> Reply:
    """Nothing to note it on, and always a refusal."""
    refused = refusal(invocation, tx.accounts.app(invocation.appid), None)
    return Reply(invocation, None, refused, ClientResult(Outcome.ERROR, refused.cause if refused else Cause.OTHER))


def _with_appid(request: Request, order: Order) -> Invocation:
    """A mini program names no appid: it is the one that runs."""
    invocation, terms = request.invocation, order.terms
    if not invocation.mini_program or invocation.appid:
        return invocation
    return replace(invocation, fields={**invocation.fields, "appId": terms.client_appids()[0]})


def _on_the_payers_phone(invocation: Invocation, payer: Payer) -> Invocation:
    """The request, with what is known of the payer's phone where the caller says nothing of it."""
    device = invocation.device
    logged_in = payer.logged_in if device.logged_in is None else device.logged_in
    version = device.wechat_version or payer.wechat_version
    return replace(invocation, device=replace(device, logged_in=logged_in, wechat_version=version))


def _note(clock: Clock, tx: UnitOfWork, placed: Placed, request: Request, refused: Refusal | None) -> None:
    channel: Channel = request.invocation.channel
    facts: dict[str, str | int] = {"channel": channel.value, "result": refused.cause.value if refused else "ok"}
    app = tx.accounts.app(request.invocation.appid)
    why = refused.facts() if refused else (request.warning or _warning(placed, request.invocation, app))
    key = placed.order.key
    tx.note(Event(at=placed.at, name=EventName.CLIENT_INVOKED, key=key, facts={**facts, **why}))


def _warning(placed: Placed, invocation: Invocation, app: App | None) -> Mapping[str, str | int]:
    """What passes here, for nothing is set, and not at the real WeChat; or passes there too, and spoils the rest."""
    if invocation.page and not placed.merchant.jsapi_directories:
        return {"explanation": "directory_unset"}
    given = invocation.device.universal_link
    if app is not None and given and given != app.universal_link:
        return {"explanation": "universal_link", "given": given[:LONGEST_FACT], "expected": app.universal_link or "-"}
    return {}
