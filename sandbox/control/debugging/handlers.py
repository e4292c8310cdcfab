"""The debugging tool (接口调试工具) over JSON: declared calls, programs, calls and notifications by hand."""

from collections.abc import Mapping

from aiohttp import web

from sandbox.control.context import check_algorithm, fields_of_xml
from sandbox.control.debugging import shapes
from sandbox.control.notifications.views import attempt_view, reply_view, request_view
from sandbox.control.signatures.views import unreadable_view, verified_view
from sandbox.core.errors import (
    ApiUnknown,
    FaceUnknown,
    MerchantUnknown,
    MessageUnreadable,
    NoticeUnopened,
    OrderNotFound,
)
from sandbox.core.links import Links
from sandbox.core.merchants import Merchant
from sandbox.core.notifications import NotificationKind
from sandbox.core.ports.calls import Api, Notice, Signable
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import ClientSimulator
from sandbox.core.ports.storage import Storage
from sandbox.core.text import Lang
from sandbox.debugging.programs import program
from sandbox.debugging.service import CallDraft, DebugService, NoKey
from sandbox.web.errors import Refused
from sandbox.web.operations import get, post
from sandbox.web.pages import Language
from sandbox.words.debugging import rule

_NO_KEY = "Give key or mch_id: the fields name no merchant that this sandbox has."


class DebugHandlers:
    def __init__(
        self,
        storage: Storage,
        links: Links,
        faces: Faces,
        client: ClientSimulator,
        debug: DebugService,
        language: Language,
    ) -> None:
        self._storage = storage
        self._links = links
        self._faces = faces
        self._client = client
        self._debug = debug
        self._language = language

    @get("/debug/apis", raises=(MerchantUnknown, FaceUnknown))
    async def list_apis(self, request: web.Request, query: shapes.ApisQuery) -> shapes.DeclaredApis:
        """Every call of WeChat's API that the sandbox has, with its declared fields and examples that work."""
        lang, merchant, debug = self._language(request), self._merchant(query.mch_id), self._of(query.face)
        case = await debug.case(merchant, self._links.own + "/sample/notify")
        declared = debug.face.api
        return shapes.DeclaredApis([_declared(api, declared.examples(api, case), lang) for api in declared.apis()])

    @post("/debug/send", raises=(ApiUnknown, MerchantUnknown, FaceUnknown))
    async def send_call(self, request: web.Request, body: shapes.CallBody) -> shapes.Built:
        """Sign a call and send it to the sandbox over HTTP as a merchant would; the answer's signature is checked."""
        debug = self._of(body.face)
        api = debug.face.api.api(body.path)
        draft = await self._draft(debug, api, body)
        message = self._written(draft, body.sign)
        mch_id = body.mch_id or next(iter(draft.face.signatures.named(message)), "")
        called = await debug.call(api, message, key=body.key, mch_id=mch_id, algorithm=draft.algorithm)
        exchange, lang = called.exchange, self._language(request)
        return shapes.Built(
            request=request_view(exchange),
            xml=message.text,
            string_to_sign=draft.signing(shown=bool(body.key)).string_to_sign,
            sign=body.sign or draft.sign,
            reply=reply_view(exchange),
            fields=dict(called.answer) or None,
            signature=verified_view(called.checked, lang) if called.checked else None,
            call_id=called.call_id or None,
            verdict=exchange.verdict.name if exchange.verdict else None,
        )

    @post("/debug/program", raises=(ApiUnknown, MerchantUnknown, FaceUnknown))
    async def write_program(self, body: shapes.ProgramBody) -> shapes.Program:
        """A program that signs and sends a call with its language's standard library, and runs as it stands."""
        debug = self._of(body.face)
        draft = await self._draft(debug, debug.face.api.api(body.path), body)
        message = self._written(draft)
        code = program(body.language, draft, base=self._links.base, message=message)
        return shapes.Program(body.language, code)

    @post("/debug/second", raises=(OrderNotFound,))
    async def sign_second(self, body: shapes.SecondBody) -> shapes.SecondSigned:
        """The second signature: what the backend hands to the app, page or mini program for an order."""
        second = await self._debug.second(
            body.channel, body.prepay_id, nonce_str=body.nonce_str, timestamp=body.timestamp, key=body.key
        )
        return shapes.SecondSigned(dict(second.fields), second.signing.string_to_sign, second.signing.sign)

    @post("/debug/invoke")
    async def invoke_client(self, request: web.Request, body: shapes.InvokeBody) -> shapes.ClientAnswer:
        """What the WeChat client says to a second signature."""
        fields, lang = _text(body.fields), self._language(request)
        said = await self._client.invoke(body.channel, fields, lang, outcome=body.outcome, page=body.url)
        return shapes.ClientAnswer(
            err_code=said.err_code,
            err_str=said.err_str,
            err_msg=said.err_msg,
            cause=said.cause or None,
            explanation=said.explanation or None,
            string_to_sign=said.string_to_sign or None,
            cashier_url=said.cashier_url or None,
        )

    @post("/debug/notify", raises=(MerchantUnknown, FaceUnknown))
    async def build_notice(self, request: web.Request, body: shapes.NoticeBody) -> shapes.BuiltNotice:
        """Build a notification by hand and, given a `url`, send it once; the reply is judged as any is."""
        merchant = self._merchant(body.mch_id)
        debug = self._of(body.face) if body.face else await self._debug.of_newest_paid(merchant)
        face, sign_type = debug.face, body.sign_type or debug.face.signatures.algorithms[0]
        check_algorithm(face, sign_type)
        kind = NotificationKind(body.kind)
        notice = await debug.notice(kind, merchant, _text(body.fields))
        key = debug.notice_key(body.key, merchant)
        with fields_of_xml():
            message = await debug.written(kind, notice, merchant, key, sign_type)
            face.messages.read(message.body)
        built = shapes.BuiltNotice(message.body.decode(), dict(notice.fields))
        if notice.sealed:
            built.sealed = dict(notice.sealed)
        else:
            made = face.signatures.steps(Signable(fields=notice.fields), key, sign_type, shown=bool(body.key))
            built.string_to_sign, built.sign = made.string_to_sign, made.sign
        if body.url:
            attempt = await debug.deliver(kind, notice, message, url=body.url, key=key, merchant=merchant)
            built.attempt = attempt_view(attempt, self._faces, self._language(request))
        return built

    @post(
        "/debug/open",
        raises=(MerchantUnknown, NoticeUnopened),
        also={400: "`message_unreadable`: `message` is no XML message."},
    )
    async def open_notice(self, request: web.Request, body: shapes.SealedBody) -> shapes.OpenedNotice:
        """Decrypt a refund notification's req_info."""
        message, face = body.message.encode(), self._faces.fitting(body.message.encode())
        try:
            shown = Signable(fields=face.messages.read(message))
            key = self._notice_key(self._debug.of(face), body.key, body.mch_id, shown)
            opened: Notice = face.notifications.open(message, key)
        except MessageUnreadable as unreadable:
            told = unreadable_view(face.name, unreadable, self._language(request))
            raise Refused(400, "message_unreadable", told.explanation, "message") from None
        return shapes.OpenedNotice(dict(opened.fields), dict(opened.sealed))

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _of(self, face: str) -> DebugService:
        """The tool for the calls of a face; raises Refused where there is none of that name."""
        return self._debug.of(self._faces.named(face))

    def _merchant(self, mch_id: str) -> Merchant:
        accounts = self._storage.accounts
        if mch_id or not accounts.merchants:
            return accounts.merchant(mch_id)
        return next(iter(accounts.merchants.values()))

    def _notice_key(self, debug: DebugService, key: str, mch_id: str, message: Signable) -> str:
        """What a notification is sealed with: the key given, or that of the merchant who is named."""
        if mch_id:
            self._storage.accounts.merchant(mch_id)
        try:
            return debug.notice_key(key, debug.merchant(mch_id, message))
        except NoKey:
            raise Refused(400, "invalid", _NO_KEY, "mch_id") from None

    async def _key(self, debug: DebugService, key: str, mch_id: str, message: Signable) -> str:
        if mch_id:
            self._storage.accounts.merchant(mch_id)
        try:
            return await debug.key(key, debug.merchant(mch_id, message))
        except NoKey:
            raise Refused(400, "invalid", _NO_KEY, "mch_id") from None

    async def _draft(self, debug: DebugService, api: Api, body: shapes.CallBody) -> CallDraft:
        fields = _text(body.fields)
        if body.mch_id:
            self._storage.accounts.merchant(body.mch_id)
        if body.sign_type is not None:
            check_algorithm(debug.face, body.sign_type)
        algorithm = body.sign_type or debug.algorithm(fields, api.algorithm)
        merchant = debug.merchant(body.mch_id, Signable(fields=fields))
        try:
            return await debug.draft(api, fields, merchant, key=body.key, algorithm=algorithm)
        except NoKey:
            raise Refused(400, "invalid", _NO_KEY, "mch_id") from None

    def _written(self, draft: CallDraft, sign: str = "") -> Signable:
        with fields_of_xml():
            return draft.message(sign)


def _text(fields: Mapping[str, str | int]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}


def _declared(api: Api, examples: Mapping[str, str], lang: Lang) -> shapes.DeclaredApi:
    return shapes.DeclaredApi(
        path=api.path,
        title=api.title.say(lang),
        certificate=api.certificate,
        reads=api.reads,
        sign_type=api.algorithm,
        fields=[
            shapes.DeclaredField(
                name=one.name,
                required=one.required,
                rule=rule(one, lang),
                limit=one.limit,
                choices=list(one.choices) or None,
                example=examples.get(one.name),
            )
            for one in api.fields
        ],
    )
