"""A V2 call, step by step: read, parse, validate, find_merchant, verify_sign, perform, sign, write.

Shape comes before signature because the real server was seen to complain of empty fields first (docs/fidelity.md).
The last three steps of a call that changes something run inside its transaction, so that what the merchant is told and
what the journal keeps are stored together.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from functools import partial

from aiohttp import web

from sandbox.core import errors
from sandbox.core.errors import PaymentError
from sandbox.core.ids import BEIJING
from sandbox.core.journal import KEPT_BYTES, Message
from sandbox.core.merchants import Merchant
from sandbox.core.notifications import ATTEMPT_SECONDS
from sandbox.core.plans import AnswerFault, CallFault, Plan
from sandbox.core.ports.services import Occasion
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.signature import sign, verify
from sandbox.core.world import World
from sandbox.v2 import envelope, troubles
from sandbox.v2.call import Call
from sandbox.v2.certificates import TITLES, Shown, shown_certificate, turn_away
from sandbox.v2.diagnosing import facts_of_wrong_sign
from sandbox.v2.endpoint import Answer, Document, Endpoint, Layout
from sandbox.v2.envelope import Fields
from sandbox.v2.errors import POST_ONLY, UNAVAILABLE, BusinessFailure, Failure, ProtocolFailure, wording
from sandbox.v2.messages import explained
from sandbox.v2.shapes import RequestInvalid, V2Request
from sandbox.v2.site import ORDINARY, Site
from sandbox.web.recorded import BODY_LIMIT, read_body

WISH = "Wechatpay-Negative-Test"
"""The header by which the official sandbox has a case chosen: here, the name of any scenario."""


class CallFailed(Exception):
    """A call that ends before its use case: what the merchant is told, and what the developer is told."""

    def __init__(self, failure: Failure, fault: str, **facts: str | int) -> None:
        super().__init__(fault)
        self.failure, self.fault, self.facts = failure, fault, facts


class Pipeline:
    """Answers every V2 endpoint."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, endpoint: Endpoint, site: Site, http: web.Request) -> web.StreamResponse:
        call = Call(http, self._world, site)
        try:
            shown = await self._certificate(call, endpoint)
        except errors.StorageFailed:
            return self._protocol_failure(call, UNAVAILABLE, endpoint.layout)
        if shown.what in TITLES:
            return await turn_away(call, self._world, shown)
        try:
            body = await self._read(call)
            request = self._parse(call, endpoint, body)
            merchant = self._find_merchant(call, request)
            self._verify_sign(call, request, merchant)
            self._require_case(call, request)
        except CallFailed as failed:
            return self._refuse(call, endpoint, failed)
        if shown.mch_id not in ("", merchant.mch_id):
            return self._certificate_of_another(call, endpoint, request, merchant, shown.mch_id)
        occasion = Occasion(http.path, _wish(http), http.headers, site.official)
        quiet = self._world.scenarios.quiet(occasion, request.message.get("attach", ""))
        try:
            if quiet:
                return await self._answer(call, endpoint, request, merchant, occasion)
            return await self._troubled(call, endpoint, request, merchant, occasion)
        except errors.StorageFailed:
            if isinstance(endpoint.broken, ProtocolFailure):
                return self._protocol_failure(call, endpoint.broken, endpoint.layout)
            return self._signed(call, endpoint, request, merchant, {}, endpoint.broken)

    async def _troubled(
        self, call: Call, endpoint: Endpoint, request: V2Request, merchant: Merchant, occasion: Occasion
    ) -> web.StreamResponse:
        """A call that a scenario may have something in store for."""
        plan = await self._world.storage.peek(lambda tx: self._plan(tx, call, request, occasion))
        if plan is not None:
            call.fault = self._world.scenarios.fault(call.exchange.key or request.key, endpoint.name, plan)
        if plan is None or call.fault is None:
            return await self._answer(call, endpoint, request, merchant, occasion)
        call.exchange.facts |= {"scenario": plan.scenario, "scenario_fault": call.fault.name}
        response = await self._answer(call, endpoint, request, merchant, occasion)
        if call.fault.until_notified:
            await self._until_notified(request)
        return await troubles.deliver(call.http, response, call.fault)

    def _plan(self, tx: UnitOfWork, call: Call, request: V2Request, occasion: Occasion) -> Plan | None:
        """What decides over this call: the scenario that its header names, the order's, or that of the order to be.

        Over a call about no order at all: what is in force for the merchant.
        """
        scenarios = self._world.scenarios
        self._place(tx, call, request)
        if occasion.wanted and scenarios.wished(occasion.wanted, request.mch_id):
            return scenarios.plan(occasion.wanted, request.mch_id, "header")
        order = tx.orders.find(call.exchange.key or request.key)
        if order is not None:
            return order.plan
        terms = request.terms()
        return scenarios.choose(request.key, terms, occasion) if terms else scenarios.standing(request.mch_id)

    async def _until_notified(self, request: V2Request) -> None:
        """Until the merchant has answered the payment notification, or has had its time to."""

        def told(tx: UnitOfWork) -> bool:
            return any(one.attempts for one in tx.notifications.of_order(request.key))

        with self._world.changes.subscribe() as changes, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ATTEMPT_SECONDS):
                while not await self._world.storage.peek(told):
                    await changes.next()

    async def _answer(
        self, call: Call, endpoint: Endpoint, request: V2Request, merchant: Merchant, occasion: Occasion
    ) -> web.Response:
        perform = partial(self._perform, call, endpoint, request, merchant, occasion)
        if not endpoint.reads:
            return await self._world.storage.write(partial(self._recorded, call, perform))
        look = self._world.storage.read if endpoint.bulky else self._world.storage.peek
        response = await look(perform)
        self._world.storage.jot(call.exchange)
        return response

    async def _certificate(self, call: Call, endpoint: Endpoint) -> Shown:
        """The client certificate, judged where one is needed; the official sandbox needs none."""
        if not endpoint.certificate or call.site.official:
            return Shown("right")
        shown = await shown_certificate(call.http, self._world)
        if shown.what == "waived":
            call.exchange.facts |= {"certificate": "waived"}
        return shown

    # -- the steps -----------------------------------------------------------------------------------------------------

    async def _read(self, call: Call) -> bytes:
        try:
            body = await read_body(call.http)
        except web.RequestPayloadError:
            malformed = wording(envelope.MessageMalformed())
            raise CallFailed(malformed, "malformed", unreadable="packing") from None
        call.exchange.request = Message(call.exchange.request.headers, body[:KEPT_BYTES])
        call.step("read")
        if call.http.method != "POST":
            raise CallFailed(POST_ONLY, "method", method=call.http.method)
        if len(body) > BODY_LIMIT:
            raise CallFailed(ProtocolFailure("XML格式错误"), "too_large", limit=BODY_LIMIT)
        return body

    def _parse(self, call: Call, endpoint: Endpoint, body: bytes) -> V2Request:
        try:
            message = envelope.parse(body)
            call.step("parse")
            call.recognise(message)
            request = endpoint.shape(message)
        except RequestInvalid as invalid:
            raise CallFailed(wording(invalid), invalid.fault, field=invalid.field, **invalid.facts) from None
        except PaymentError as error:
            fault = {envelope.MessageEmpty: "empty", envelope.MessageNotUtf8: "not_utf8"}.get(type(error), "malformed")
            why = explained(body, error)
            raise CallFailed(wording(error), fault, unreadable=why.reason, **why.place, **why.facts) from None
        call.step("validate")
        return request

    def _find_merchant(self, call: Call, request: V2Request) -> Merchant:
        try:
            merchant = self._world.storage.accounts.merchant(request.mch_id)
            request.require_accounts(merchant)
        except PaymentError as error:
            accounts = {"mch_id": request.mch_id, "sub_mch_id": request.sub_mch_id}
            facts = {**accounts, "appid": request.sub_appid or request.appid}
            raise CallFailed(wording(error, call.site.words), _ACCOUNT_FAULTS[type(error)], **facts) from None
        call.step("find_merchant")
        return merchant

    def _verify_sign(self, call: Call, request: V2Request, merchant: Merchant) -> None:
        right = verify(request.signed, call.site.key(merchant), request.sign_type)
        call.step("verify_sign")
        if right:
            call.exchange.signature = "ok"
            return
        call.exchange.signature = "wrong" if request.sign else "missing"
        accounts = self._world.storage.accounts
        facts = facts_of_wrong_sign(request.signed, merchant, call.site, accounts, request.sign_type)
        raise CallFailed(call.site.sign_wrong, "sign_wrong" if request.sign else "sign_missing", **facts)

    @staticmethod
    def _require_case(call: Call, request: V2Request) -> None:
        try:
            call.site.require_case(request)
        except RequestInvalid as invalid:
            raise CallFailed(wording(invalid), invalid.fault, field=invalid.field, **invalid.facts) from None

    def _perform(
        self,
        call: Call,
        endpoint: Endpoint,
        request: V2Request,
        merchant: Merchant,
        occasion: Occasion,
        tx: UnitOfWork,
    ) -> web.Response:
        self._place(tx, call, request)
        failure = _failure_of(call.fault, endpoint)
        answer: Answer = {}
        try:
            call.site.require_case_of(request, tx)
            if call.fault is None or call.fault.performed:
                answer = endpoint.perform(request, self._world.context(tx, occasion))
        except PaymentError as error:
            failure = failure or wording(error, endpoint.words)
            call.exchange.facts |= self._explain(error, request)
        if call.fault is not None and failure is None and not isinstance(answer, Document):
            other = tx.orders.another(request.key) if call.fault.fault is AnswerFault.OTHER_ORDER else None
            answer = troubles.altered(dict(answer), call.fault, other)
        call.step("perform")
        if isinstance(failure, ProtocolFailure):
            return self._protocol_failure(call, failure, endpoint.layout)
        if isinstance(answer, Document) and failure is None:
            call.exchange.outcome = "ok"
            return call.answered(answer.body, answer.headers)
        fields = {} if isinstance(answer, Document) else answer
        return self._signed(call, endpoint, request, merchant, fields, failure)

    def _signed(
        self,
        call: Call,
        endpoint: Endpoint,
        request: V2Request,
        merchant: Merchant,
        fields: Fields,
        failure: BusinessFailure | None,
    ) -> web.Response:
        site = _writer(call, endpoint.layout)
        hollow = () if site.official else endpoint.hollow
        answer = site.dress(self._head(request, failure, fields, hollow), request.nonce_str)
        key = call.site.key(merchant)
        answer["sign"] = sign({name: str(value) for name, value in answer.items()}, key, request.sign_type)
        if call.fault is not None:
            answer = troubles.missigned(answer, call.fault, request.sign_type)
        call.step("sign")
        call.exchange.outcome = "failed" if failure else "ok"
        if failure:
            call.exchange.facts |= {"err_code": failure.err_code, "err_code_des": failure.err_code_des}
        return call.answered(site.write(_laid_out(answer, endpoint.layout, site)))

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _head(
        self, request: V2Request, failure: BusinessFailure | None, fields: Fields, hollow: Sequence[str]
    ) -> dict[str, str | int]:
        """The answer, in the element order of 2016 to 2020; `sign` holds its place."""
        known = {**request.message, **fields}
        echoed = {n: known.get(n, "") for n in ("device_info", "sub_mch_id") if known.get(n) or n in hollow}
        if request.sub_appid and "sub_appid" not in fields:
            echoed["sub_appid"] = request.sub_appid
        answer: dict[str, str | int] = {
            "return_code": "SUCCESS",
            "return_msg": "OK",
            "appid": request.appid,
            "mch_id": request.mch_id,
            **echoed,
            "nonce_str": self._world.ids.answer_nonce(),
            "sign": "",
            "result_code": "FAIL" if failure else "SUCCESS",
        }
        if failure:
            return {**answer, "err_code": failure.err_code, "err_code_des": failure.err_code_des, **failure.fields}
        return {**answer, **fields}

    def _refuse(self, call: Call, endpoint: Endpoint, failed: CallFailed) -> web.Response:
        call.exchange.facts |= {"fault": failed.fault, **failed.facts}
        assert isinstance(failed.failure, ProtocolFailure)
        failure = endpoint.refusal(failed.fault, failed.facts, failed.failure)
        response = self._protocol_failure(call, failure, endpoint.layout)
        self._world.storage.jot(call.exchange)
        return response

    def _certificate_of_another(
        self, call: Call, endpoint: Endpoint, request: V2Request, merchant: Merchant, holder: str
    ) -> web.Response:
        call.exchange.facts |= {"fault": "certificate_other", "mch_id": holder}
        failure = wording(errors.CertificateOfAnother(), endpoint.words)
        assert isinstance(failure, BusinessFailure)
        response = self._signed(call, endpoint, request, merchant, {}, failure)
        self._world.storage.jot(call.exchange)
        return response

    def _protocol_failure(self, call: Call, failure: ProtocolFailure, layout: Layout) -> web.Response:
        call.exchange.outcome = "failed"
        said = {"return_code": "FAIL", "return_msg": failure.said(call.wording)}
        call.exchange.facts |= {"return_msg": said["return_msg"]}
        if failure.error_code:
            said["error_code"] = failure.error_code
        return call.answered(_writer(call, layout).write(said))

    @staticmethod
    def _place(tx: UnitOfWork, call: Call, request: V2Request) -> None:
        """Note which order the call is about, for its timeline."""
        key = request.named_order(tx)
        if key.out_trade_no:
            call.exchange.key = key

    def _explain(self, error: PaymentError, request: V2Request) -> dict[str, str | int]:
        if isinstance(error, RequestInvalid):
            return {"fault": error.fault, "field": error.field, **error.facts}
        if isinstance(error, errors.ExpiryTooSoon):
            now = self._world.clock.now(request.mch_id).astimezone(BEIJING)
            return {"fault": "expiry", "now": now.strftime("%Y%m%d%H%M%S")}
        if product := _PRODUCT_FAULTS.get(type(error)):
            trade_type = request.message.get("trade_type", "MICROPAY")
            accounts = {"mch_id": request.mch_id, "sub_mch_id": request.sub_mch_id}
            return {"fault": product, "trade_type": trade_type, **accounts}
        return {}

    @staticmethod
    def _recorded(call: Call, perform: "partial[web.Response]", tx: UnitOfWork) -> web.Response:
        response = perform(tx)
        tx.record(call.exchange)
        return response


def _writer(call: Call, layout: Layout) -> Site:
    """Whose style an answer has: bills and the like are the same at every site."""
    return ORDINARY if layout in ("bare", "document") else call.site


def _laid_out(answer: dict[str, str | int], layout: Layout, site: Site) -> Fields:
    if layout == "sorted" and not site.official:
        return dict(sorted(answer.items()))
    if layout == "bare":
        said = {"err_code": "0", "err_code_des": ""} | {
            n: answer[n] for n in ("err_code", "err_code_des") if n in answer
        }
        return {"return_code": "SUCCESS", "return_msg": "", "result_code": answer["result_code"], **said}
    return answer


def _wish(http: web.Request) -> str:
    """The scenario that the call's header names: the official sandbox's MICROPAY_TIMEOUT is our micropay-timeout."""
    return http.headers.get(WISH, "").lower().replace("_", "-")


def _failure_of(fault: CallFault | None, endpoint: Endpoint) -> Failure | None:
    """What a scenario has the merchant told in place of the truth."""
    if fault is None or not fault.fails:
        return None
    if fault.return_msg:
        return ProtocolFailure(fault.return_msg)
    if fault.err_code_des:
        return BusinessFailure(fault.err_code, fault.err_code_des)
    return endpoint.failure(fault.err_code)


_ACCOUNT_FAULTS: dict[type[PaymentError], str] = {
    errors.MerchantUnknown: "merchant_unknown",
    errors.AppNotPaired: "pairing",
    errors.SubAppNotPaired: "pairing",
    errors.SubMerchantMissing: "sub_merchant_missing",
    errors.SubMerchantForbidden: "sub_merchant",
    errors.SubMerchantNotAuthorized: "sub_merchant_unauthorized",
}

_PRODUCT_FAULTS: dict[type[PaymentError], str] = {
    errors.ProductNotOpened: "product_not_opened",
    errors.ProductPending: "product_pending",
    errors.MerchantRestricted: "product_restricted",
    errors.SubMerchantNotGranting: "product_not_granted",
}
