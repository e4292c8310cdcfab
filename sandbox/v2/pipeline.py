"""The way of a V2 call, from its bytes to its answer's: the steps in `ENDPOINT`, and below each in its turn.

Shape comes before signature because the real server was seen to complain of empty fields first (docs/fidelity.md).
"""

from aiohttp import web

from sandbox.api.body import BODY_LIMIT, read
from sandbox.api.pipeline import InTransaction, Pipeline, journal
from sandbox.api.scenarios import await_notification, deliver, meet_scenario, wanted
from sandbox.api.services import Services
from sandbox.core import errors
from sandbox.core.errors import PaymentError, StorageFailed
from sandbox.core.journal import ExchangeOutcome, SignatureState
from sandbox.core.plans import AnswerFault
from sandbox.core.ports.services import CallContext
from sandbox.signing.flat import sign as signature
from sandbox.signing.flat import verify
from sandbox.v2 import answer_faults, answers, certificates, envelope, explaining
from sandbox.v2.call import CallFailed, V2Call
from sandbox.v2.certificates import TurnedAway
from sandbox.v2.endpoint import Document, Endpoint
from sandbox.v2.envelope import Fields
from sandbox.v2.errors import POST_ONLY, UNAVAILABLE, Failure, ProtocolFailure, wording
from sandbox.v2.messages import explained
from sandbox.v2.origin import placed_by
from sandbox.v2.shapes import RequestInvalid, V2Request
from sandbox.v2.sign_facts import facts_of_wrong_sign
from sandbox.v2.site import Site
from sandbox.v2.style import Style


class EndpointCall(V2Call):
    """A call to an endpoint of ours.

    Its answer is made of the endpoint's own `answer_fields`, or is a `document`; a `failure` takes its place. `signed`
    is all that stands in it, with its sign.
    """

    endpoint: Endpoint
    message: dict[str, str]
    request: V2Request
    signed: Fields

    def __init__(self, http: web.Request, services: Services, site: Site, endpoint: Endpoint) -> None:
        super().__init__(http, services, site, certificate=endpoint.certificate)
        self.endpoint = endpoint
        self.failure: Failure | None = None
        self.document: Document | None = None
        self.answer_fields: Fields = {}


# -- before the transaction: nothing here needs the database, since accounts are in memory -----------------------------


def admit(call: EndpointCall) -> None:
    """What was sent must be a POST that can be read, of a length that a message may have."""
    if call.packing_broken:
        raise CallFailed(wording(envelope.MessageMalformed()), "malformed", unreadable="packing")
    if call.http.method != "POST":
        raise CallFailed(POST_ONLY, "method", method=call.http.method)
    if len(call.body) > BODY_LIMIT:
        raise CallFailed(wording(envelope.MessageMalformed()), "too_large", limit=BODY_LIMIT)


def parse(call: EndpointCall) -> None:
    """The fields of the message, which are all text."""
    try:
        call.message = envelope.parse(call.body)
    except PaymentError as error:
        why = explained(call.body, error)
        fault = {envelope.MessageEmpty: "empty", envelope.MessageNotUtf8: "not_utf8"}.get(type(error), "malformed")
        raise CallFailed(wording(error), fault, unreadable=why.reason, **why.place, **why.facts) from None


def validate(call: EndpointCall) -> None:
    """The request that the endpoint's shape makes of the fields."""
    call.recognise(call.message)
    try:
        call.request = call.endpoint.shape(call.message)
    except RequestInvalid as invalid:
        raise _failed(invalid) from None
    origin = placed_by(call.request.sign_type, official=call.site.official)
    call.call_context = CallContext(call.http.path, wanted(call.http), call.http.headers, origin)


def find_merchant(call: EndpointCall) -> None:
    """The merchant who calls; the accounts that the call names must belong together."""
    request = call.request
    try:
        call.merchant = call.services.storage.accounts.merchant(request.mch_id)
        request.require_accounts(call.merchant)
    except PaymentError as error:
        fault, facts = explaining.of_accounts(error, request)
        raise CallFailed(call.site.words.of(error), fault, **facts) from None


def verify_sign(call: EndpointCall) -> None:
    """Whether the sign is right."""
    request = call.request
    right = verify(request.signed, call.site.key(call.merchant), request.sign_type)
    call.exchange.signature = (
        SignatureState.OK if right else SignatureState.WRONG if request.sign else SignatureState.MISSING
    )


def require_sign(call: EndpointCall) -> None:
    """A wrong sign ends the call; the doctor is asked why it is wrong, for the journal."""
    if call.exchange.signature is SignatureState.OK:
        return
    request, accounts = call.request, call.services.storage.accounts
    facts = facts_of_wrong_sign(request.signed, call.merchant, call.site, accounts, request.sign_type)
    raise CallFailed(call.site.sign_wrong, "sign_wrong" if request.sign else "sign_missing", **facts)


def require_case(call: EndpointCall) -> None:
    """The official sandbox takes orders of its cases only."""
    try:
        call.site.require_case(call.request)
    except RequestInvalid as invalid:
        raise _failed(invalid) from None


def require_own_certificate(call: EndpointCall) -> None:
    """The client certificate must be the caller's."""
    holder = call.shown.mch_id
    if holder not in ("", call.merchant.mch_id):
        failure = call.endpoint.words.of(errors.CertificateOfAnother())
        raise CallFailed(failure, "certificate_other", mch_id=holder)


def _failed(invalid: RequestInvalid) -> CallFailed:
    return CallFailed(wording(invalid), invalid.fault, field=invalid.field, **invalid.facts)


# -- inside the transaction --------------------------------------------------------------------------------------------


def perform(call: EndpointCall) -> None:
    """The use case, by the endpoint's function; what a scenario has the merchant told in place of the truth."""
    endpoint, request, fault, tx = call.endpoint, call.request, call.fault, call.tx
    call.note_order(tx)
    call.failure = answer_faults.failure(fault, endpoint.words) if fault else None
    answer: Fields | Document = {}
    try:
        call.site.require_case_of(request, tx)
        if fault is None or fault.performed:
            answer = endpoint.perform(request, call.services.usecases.context(tx, call.call_context))
    except PaymentError as error:
        call.failure = call.failure or endpoint.words.of(error)
        if explained := explaining.of_use_case(error, request, call.services.clock):
            call.exchange.explain(*explained)
    if isinstance(answer, Document):
        call.document = answer
    elif fault is None or call.failure is not None:
        call.answer_fields = answer
    else:
        other = tx.orders.another(request.key) if fault.fault is AnswerFault.OTHER_ORDER else None
        call.answer_fields = answer_faults.altered(dict(answer), fault, other)


def sign(call: EndpointCall) -> bool:
    """The answer's fields, signed; False for what is unsigned: failures of the protocol, documents."""
    site, failure, fault = call.site, call.failure, call.fault
    if isinstance(failure, ProtocolFailure) or (call.document and not failure):
        return False
    request = call.request
    style = style_of(call)
    nonce_str = call.services.ids.answer_nonce()
    fields = answers.enveloped(request, call.answer_fields, failure, nonce_str, style.hollow)
    fields = style.dress(fields, request.nonce_str)
    fields["sign"] = signature(
        {name: str(value) for name, value in fields.items()}, site.key(call.merchant), request.sign_type
    )
    call.signed = answer_faults.missigned(fields, fault, request.sign_type) if fault else fields
    return True


def write(call: EndpointCall) -> None:
    """The answer as bytes."""
    exchange, failure, style = call.exchange, call.failure, style_of(call)
    exchange.outcome = ExchangeOutcome.OK
    if isinstance(failure, ProtocolFailure):
        said = answers.protocol_failure(failure, call.wording)
        exchange.refuse(said["return_msg"])
        call.answer(style.write(said))
    elif call.document and not failure:
        call.answer(call.document.body, call.document.headers)
    else:
        if failure:
            exchange.refuse(failure.err_code_des, failure.err_code)
        call.answer(style.write(style.arrange(call.signed)))


def style_of(call: EndpointCall) -> Style:
    """How the answer is written: as at its site, but what is the same at every site as the endpoint has it."""
    own, site = call.endpoint.style, call.site.style
    return own if own.everywhere or site is None else site


# -- when it ends before -----------------------------------------------------------------------------------------------


def word(call: EndpointCall) -> None:
    """What a call that failed its checks is told: an endpoint may have words of its own for it."""
    refused = call.refused
    assert isinstance(refused, CallFailed)
    call.failure = refused.failure
    if isinstance(call.failure, ProtocolFailure):
        call.failure = call.endpoint.words.refusal(refused.fault, refused.facts, call.failure)


def word_unavailable(call: EndpointCall) -> None:
    """While it is not known yet who calls, there is no key to sign with."""
    call.failure = call.endpoint.words.broken if call.exchange.signature is SignatureState.OK else UNAVAILABLE
    call.answer_fields = {}


ENDPOINT = Pipeline(
    steps=(
        certificates.judge,
        read,
        certificates.require,
        admit,
        parse,
        validate,
        find_merchant,
        verify_sign,
        require_sign,
        require_case,
        require_own_certificate,
        meet_scenario,
        InTransaction(perform, sign, write),
        await_notification,
        deliver,
    ),
    endings={
        TurnedAway: (certificates.turn_away, journal),
        CallFailed: (word, sign, write, journal),
        StorageFailed: (word_unavailable, sign, write),
    },
)


async def handle(http: web.Request, services: Services, site: Site, endpoint: Endpoint) -> web.StreamResponse:
    """Answer a call to an endpoint of ours."""
    return await ENDPOINT.run(EndpointCall(http, services, site, endpoint))
