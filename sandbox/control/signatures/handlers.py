"""The signature doctor, and signing and verifying by hand."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from sandbox.control.context import check_algorithm, fields_of_xml
from sandbox.control.signatures import shapes
from sandbox.control.signatures.views import diagnosis_view, unreadable_view, verified_view
from sandbox.control.units import FaceChosen, SignType
from sandbox.core.errors import FaceUnknown, MerchantUnknown, MessageUnreadable
from sandbox.core.journal import Exchange
from sandbox.core.ports.calls import Signable
from sandbox.core.ports.face import Face
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import CallFilter
from sandbox.core.ports.storage import Storage
from sandbox.core.text import Lang
from sandbox.debugging.service import DebugService, NoKey
from sandbox.web.errors import Refused
from sandbox.web.operations import post
from sandbox.web.pages import Language
from sandbox.words.faults import fault_told

_NO_KEY = "Give key or mch_id: the message names no merchant that this sandbox has."
_OTHER_JSON = (
    "Of JSON alone, only objects with sign or paySign can be verified: V3 signs in headers, give the raw request."
)
_BASE64 = {"pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"}


class DoctorBody(msgspec.Struct, forbid_unknown_fields=True):
    """A message whose signature is to be explained: as text, or as bytes where it may not be UTF-8.

    Of V2 the XML; of V3, which signs in headers, the raw HTTP request, answer or notification, a curl command, HAR.

    It is checked against `key`, else the key of `mch_id`, else that of the merchant whom the message names.
    """

    body: str | UnsetType = UNSET
    body_base64: Annotated[bytes, Meta(extra_json_schema=_BASE64)] | UnsetType = UNSET
    mch_id: str = ""
    key: str = ""


OneMessage = Annotated[
    DoctorBody, Meta(extra_json_schema={"oneOf": [{"required": [name]} for name in ("body", "body_base64")]})
]


class SignBody(msgspec.Struct, forbid_unknown_fields=True):
    """Fields to be signed. `sign_type` is the usual one (of v2, MD5) unless given here or among the fields.

    Given here, it is not sent.
    """

    fields: dict[str, str | int]
    key: str = ""
    mch_id: str = ""
    sign_type: SignType | None = None
    face: FaceChosen = ""


class SignedBody(msgspec.Struct, forbid_unknown_fields=True):
    """A signed message, and whose key to check it with; without both, that of the merchant whom it names.

    It is read as one of the API that it looks like, unless `face` names one.
    """

    message: str
    key: str = ""
    mch_id: str = ""
    face: FaceChosen = ""


class SignatureHandlers:
    def __init__(self, storage: Storage, faces: Faces, debug: DebugService, language: Language) -> None:
        self._storage = storage
        self._faces = faces
        self._debug = debug
        self._language = language

    @post("/doctor", raises=(MerchantUnknown,))
    async def ask_doctor(self, request: web.Request, body: OneMessage) -> shapes.Diagnosis:
        """Why a signature is wrong, or why the message cannot be read."""
        lang = self._language(request)
        if (body.body is UNSET) == (body.body_base64 is UNSET):
            raise Refused(400, "invalid", "Give one of body and body_base64.", "body")
        if body.mch_id:
            self._storage.accounts.merchant(body.mch_id)
        message = body.body_base64 or (body.body or "").encode()
        face = self._faces.fitting(message)
        try:
            shown = face.signatures.message(message)
        except MessageUnreadable as unreadable:
            return unreadable_view(face.name, unreadable, lang)
        view = await self._diagnosed(face, body, shown, lang)
        view.certificate = await self._certificate(face, shown, lang)
        return view

    async def _diagnosed(self, face: Face, body: DoctorBody, shown: Signable, lang: Lang) -> shapes.Diagnosis:
        debug, accounts = self._debug.of(face), self._storage.accounts
        merchant = debug.merchant(body.mch_id, shown)
        credentials = await debug.credentials(merchant) if merchant else None
        key = body.key or (face.signatures.key(credentials, shown) if credentials else "")
        # In a thread: a thorough search takes a tenth of a second, and orders should not wait for it.
        found = await asyncio.to_thread(face.signatures.diagnose, shown, key, credentials, accounts)
        return diagnosis_view(found, merchant if key else None, lang)

    async def _certificate(self, face: Face, shown: Signable, lang: Lang) -> str | None:
        """Why the newest call with this message was turned away, where its client certificate was to blame."""
        sign, fields = face.signatures.given(shown), shown.texts
        if not sign:
            return None
        chosen = CallFilter(mch_id=next(iter(face.signatures.named(shown)), ""), contains=sign)
        page = await self._storage.read(lambda tx: tx.journal.calls(chosen, None, 1))
        call = page.items[0].what if page.items else None
        if not isinstance(call, Exchange) or self._faces.of(call).messages.request(call).fields != fields:
            return None
        blamed = call.fault.startswith("certificate_")
        return fault_told(call, lang) if blamed else None

    @post("/debug/sign", raises=(MerchantUnknown, FaceUnknown))
    async def sign_fields(self, body: SignBody) -> shapes.Signed:
        """The fields signed: the string, the signature, and the message to send."""
        fields = {name: str(value) for name, value in body.fields.items()}
        debug = self._debug.of(self._faces.named(body.face))
        face, sign_type = debug.face, _sign_type(debug.face, body, fields)
        key = await self._key(debug, body.key, body.mch_id, Signable(fields=fields))
        made = face.signatures.steps(Signable(fields=fields), key, sign_type, shown=bool(body.key))
        with fields_of_xml():
            message = face.signatures.signed(Signable(fields=body.fields), made.sign)
        return shapes.Signed(
            string_to_sign=made.string_to_sign,
            sign=made.sign,
            xml=message.text,
            pairs=[shapes.Pair(name, value) for name, value in made.pairs],
            left_out=list(made.left_out),
        )

    @post(
        "/debug/verify",
        raises=(MerchantUnknown, FaceUnknown),
        also={400: "`message_unreadable`, `not_supported`: `message` is none that is signed."},
    )
    async def verify_message(self, request: web.Request, body: SignedBody) -> shapes.Verified:
        """Whether a message's signature is right, over which string, and if not, why.

        XML; of V3 the raw HTTP request, answer or notification, a curl command or a HAR file; or a flat JSON object
        such as a second signature (its `paySign` is the sign).
        """
        fitting = self._faces.fitting(body.message.encode())
        face = self._faces.named(body.face or fitting.name)
        message = self._read(face, request, body.message)
        if body.mch_id:
            self._storage.accounts.merchant(body.mch_id)
        try:
            checked = await self._debug.of(face).check(message, body.key, body.mch_id)
        except NoKey:
            raise Refused(400, "invalid", _NO_KEY, "mch_id") from None
        return verified_view(checked, self._language(request))

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _read(self, face: Face, request: web.Request, message: str) -> Signable:
        try:
            return face.signatures.read(message)
        except MessageUnreadable as unreadable:
            if unreadable.reason == "json":
                raise Refused(400, "not_supported", _OTHER_JSON, "message") from None
            told = unreadable_view(face.name, unreadable, self._language(request))
            raise Refused(400, "message_unreadable", told.explanation, "message") from None

    async def _key(self, debug: DebugService, key: str, mch_id: str, message: Signable) -> str:
        if mch_id and not key:
            self._storage.accounts.merchant(mch_id)
        try:
            return await debug.key(key, debug.merchant(mch_id, message))
        except NoKey:
            raise Refused(400, "invalid", _NO_KEY, "mch_id") from None


def _sign_type(face: Face, body: SignBody, fields: Mapping[str, str]) -> str:
    among, beside = fields.get("sign_type", ""), body.sign_type
    if beside is not None:
        check_algorithm(face, beside)
    if among:
        check_algorithm(face, among, "fields.sign_type")
    if among and beside and among != beside:
        raise Refused(400, "invalid", "sign_type and fields.sign_type differ.", "sign_type")
    return beside or among or face.signatures.algorithms[0]
