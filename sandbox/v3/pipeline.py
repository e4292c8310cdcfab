"""The way of a V3 call, from its bytes to its answer's: the steps in `ENDPOINT`, and below each in its turn.

The order in which a call is checked is that of V3 notes, 3.2.
"""

from aiohttp import web

from sandbox.api.body import BODY_LIMIT, read
from sandbox.api.pipeline import InTransaction, Pipeline, journal
from sandbox.api.scenarios import await_notification, deliver, meet_scenario, wanted
from sandbox.api.services import Services
from sandbox.core.errors import MessageUnreadable, PaymentError, StorageFailed
from sandbox.core.journal import ExchangeOutcome
from sandbox.core.ports.services import CallContext
from sandbox.v3 import answer_faults, answers, json_body, sentences
from sandbox.v3.authentication import (
    find_certificate,
    find_merchant,
    note_nonce,
    read_authorization,
    require_sign,
    require_timely,
    verify_sign,
)
from sandbox.v3.call import CallFailed, V3Call
from sandbox.v3.echo import tell_echo
from sandbox.v3.endpoint import Document, Endpoint
from sandbox.v3.errors import UNAVAILABLE, Json, param_error
from sandbox.v3.explaining import explained
from sandbox.v3.headers import require_headers, require_json
from sandbox.v3.missigning import missigned
from sandbox.v3.naming import named
from sandbox.v3.nonces import SeenNonces
from sandbox.v3.origin import placed_by
from sandbox.v3.request import RequestInvalid, Said
from sandbox.v3.sensitive import open_sealed
from sandbox.v3.sign_facts import examine_sign

MALFORMED = param_error(sentences.MALFORMED)


def admit(call: V3Call) -> None:
    """What was sent must be of a length that a message may have, and packed as it says.

    It is known before the signature is looked at: what was not read whole has none that could be right.
    """
    if call.packing_broken:
        raise CallFailed(MALFORMED, "malformed", unreadable="packing")
    if len(call.body) > BODY_LIMIT:
        raise CallFailed(MALFORMED, "too_large", limit=BODY_LIMIT)


def parse(call: V3Call) -> None:
    """What path, query and body say."""
    body: Json = None
    if call.body:
        try:
            body = json_body.read(call.body)
        except MessageUnreadable as error:
            raise CallFailed(MALFORMED, "malformed", unreadable=error.reason, **error.place, **error.facts) from None
    call.said = Said(dict(call.http.match_info), json_body.object_of(list(call.http.query.items())), body)


def validate(call: V3Call) -> None:
    """The request that the endpoint's shape makes of it; it must be the call of the merchant who signed."""
    try:
        call.request = request = call.endpoint.shape.read(call.said)
        request.signed_by(call.merchant.mch_id)
    except RequestInvalid as invalid:
        body = call.said.body if isinstance(call.said.body, dict) else {}
        call.belongs_to(named(call.merchant.mch_id, call.http.path, {**call.said.query, **body}))
        raise CallFailed(invalid.failure, invalid.fault, **invalid.facts) from None
    call.belongs_to(request.key)
    origin = placed_by(call.wechatpay_serial)
    base = f"{call.http.scheme}://{call.http.host}"
    call.call_context = CallContext(call.http.path, wanted(call.http), call.http.headers, origin, base)


def require_accounts(call: V3Call) -> None:
    """The accounts that the call names must belong together."""
    try:
        call.request.require_accounts(call.merchant, call.services.storage.accounts)
    except PaymentError as error:
        fault, facts = explained(error, call.request) or ("", {})
        raise CallFailed(call.endpoint.word(error), fault, **facts) from None


def perform(call: V3Call) -> None:
    """The use case, by the endpoint's function; what a scenario has the merchant told in place of the truth."""
    fault, tx = call.fault, call.tx
    call.note_order(tx)
    if fault is not None and fault.fails:
        call.failure = call.endpoint.of_code(fault.code, fault.message)
    try:
        if fault is not None and not fault.performed:
            call.told = {}
        else:
            told = call.endpoint.perform(call.request, call.services.usecases.context(tx, call.call_context))
            call.told, call.document = (None, told) if isinstance(told, Document) else (told, None)
    except PaymentError as error:
        call.failure = call.failure or call.endpoint.word(error)
        if why := explained(error, call.request):
            call.exchange.explain(*why)
    if fault is not None and call.told is not None and not call.failure:
        other = tx.orders.another(call.exchange.key or call.request.key)
        call.told = answer_faults.altered(call.told, fault, other)


def sign(call: V3Call) -> bool:
    """The body of the answer, and its signature; False for what is unsigned."""
    failure = call.failure
    if call.document is not None and failure is None:
        call.answered = call.document.body
        return False
    said = failure.body if failure else call.told
    call.answered = b"" if said is None else answers.written(said)
    if failure is not None and not failure.signed:
        return False
    at, fault = int(call.services.clock.real_now().timestamp()), call.fault
    key = answers.signer(call.credentials, call.wechatpay_serial)
    if fault is None:
        call.signed = answers.signature_headers(call.answered, key, at)
        return True
    signed = answers.signature_headers(call.answered, answer_faults.signing_key(fault, key), at)
    call.signed = missigned(signed, fault.fault)
    return True


def write(call: V3Call) -> None:
    """The answer as bytes; a 204 has a Content-Type too, as client libraries expect."""
    exchange, failure = call.exchange, call.failure
    exchange.outcome = ExchangeOutcome.OK
    status = 204 if call.told is None and call.document is None else 200
    content_type = answers.CONTENT_TYPE
    if failure is not None:
        exchange.refuse(failure.message, failure.code)
        status = failure.status
    elif call.document is not None:
        content_type = call.document.content_type
    exchange.request_id = f"{exchange.request_id}-{failure.request_number if failure else 0}"
    call.answer(call.answered, {"Content-Type": content_type, **call.signed}, status)


def word(call: V3Call) -> None:
    """What a call that failed its checks is told."""
    assert isinstance(call.refused, CallFailed)
    call.failure = call.refused.failure


def word_unavailable(call: V3Call) -> None:
    """The store failed: WeChat Pay is busy."""
    call.failure, call.told, call.document = UNAVAILABLE, None, None


ENDPOINT = Pipeline(
    steps=(
        read,
        require_headers,
        read_authorization,
        require_timely,
        find_merchant,
        find_certificate,
        admit,
        verify_sign,
        require_sign,
        note_nonce,
        require_json,
        parse,
        validate,
        open_sealed,
        require_accounts,
        meet_scenario,
        InTransaction(perform, sign, write),
        await_notification,
        deliver,
        tell_echo,
    ),
    endings={
        CallFailed: (word, examine_sign, sign, write, journal),
        StorageFailed: (word_unavailable, sign, write),
    },
)


async def handle(http: web.Request, services: Services, endpoint: Endpoint, nonces: SeenNonces) -> web.StreamResponse:
    """Answer a call to an endpoint of ours."""
    return await ENDPOINT.run(V3Call(http, services, endpoint, nonces))
