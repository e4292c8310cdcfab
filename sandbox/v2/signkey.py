"""getsignkey: the official sandbox gives its key to whoever signs with the API key. Source: V2 notes, 7.2, 7.3.

Its two generations word what is wrong in their own ways; see docs/fidelity.md.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from aiohttp import web

from sandbox.api.body import read
from sandbox.api.call import Refused
from sandbox.api.pipeline import Pipeline, journal
from sandbox.api.services import Services
from sandbox.core.errors import PaymentError
from sandbox.core.journal import ExchangeOutcome, Message, SignatureState
from sandbox.core.ports.calls import MASK
from sandbox.signing.flat import SignType, verify
from sandbox.v2 import envelope
from sandbox.v2.call import V2Call
from sandbox.v2.envelope import Fields
from sandbox.v2.keys import sandbox_signkey
from sandbox.v2.sign_facts import facts_of_wrong_sign
from sandbox.v2.site import ORDINARY

_WANTED = ("mch_id", "sign", "nonce_str")
_WRONG_KEY = {"return_code": "FAIL", "return_msg": "获取沙箱密钥失败，确认交易密钥是否正确"}


class Issuer(NamedTuple):
    """How one generation refuses: XML that it cannot read, fields that are missing, a merchant it does not know."""

    malformed: Fields
    missing: Callable[[Sequence[str]], Fields]
    unknown: Callable[[str], Fields]


def _old(retmsg: str) -> Fields:
    """The first generation's names for what is wrong with a request."""
    return {"return_code": "FAIL", "retmsg": retmsg, "retcode": "1"}


def _new(return_msg: str) -> Fields:
    return {"return_code": "FAIL", "return_msg": return_msg}


def _required(names: Sequence[str]) -> Fields:
    return _new(" ".join(f'"{name}" is required.' for name in names).removesuffix("."))


ISSUERS = {
    "/sandboxnew/pay/getsignkey": Issuer(
        _old("输入请求参数xml格式错误"),
        lambda names: _old(f"请确认请求参数是否正确param {names[0]} invalid"),
        lambda mch_id: _old(f"请确认请求参数是否正确merchant invalid mch_id({mch_id})"),
    ),
    "/xdc/apiv2getsignkey/sign/getsignkey": Issuer(
        _required(_WANTED),
        _required,
        lambda _: _new("商户号非法"),
    ),
}


class NoKey(Refused):
    """What is wrong with a request for the key: the answer, and what the developer is told."""

    def __init__(self, answer: Fields, fault: str, **facts: str | int) -> None:
        super().__init__(fault, **facts)
        self.answer = answer


class SignkeyCall(V2Call):
    """A request for the key of the official sandbox, to one of its generations."""

    fields: dict[str, str]
    sign_type: SignType

    def __init__(self, http: web.Request, services: Services, issuer: Issuer) -> None:
        super().__init__(http, services, ORDINARY)
        self.issuer = issuer


def take_fields(call: SignkeyCall) -> None:
    """The fields of the message; none where there is no message."""
    try:
        call.fields = envelope.parse(call.body)
    except envelope.MessageEmpty:
        call.fields = {}
    except PaymentError as error:
        raise NoKey(call.issuer.malformed, "malformed", reason=str(error)) from None
    call.recognise(call.fields)


def require_fields(call: SignkeyCall) -> None:
    """All fields are required."""
    missing = [name for name in _WANTED if not call.fields.get(name)]
    if missing:
        raise NoKey(call.issuer.missing(missing), "missing", field=", ".join(missing))


def require_merchant(call: SignkeyCall) -> None:
    """The merchant who asks."""
    mch_id = call.fields["mch_id"]
    merchant = call.services.storage.accounts.merchants.get(mch_id)
    if merchant is None:
        raise NoKey(call.issuer.unknown(mch_id[:32]), "merchant_unknown", mch_id=mch_id[:32])
    call.merchant = merchant


def verify_sign(call: SignkeyCall) -> None:
    """Whether it is signed with the API key."""
    declared = call.fields.get("sign_type", "")
    call.sign_type = SignType(declared) if declared in set(SignType) else SignType.MD5
    right = verify(call.fields, call.merchant.api_key, call.sign_type)
    call.exchange.signature = SignatureState.OK if right else SignatureState.WRONG


def require_sign(call: SignkeyCall) -> None:
    if call.exchange.signature is not SignatureState.OK:
        accounts = call.services.storage.accounts
        facts = facts_of_wrong_sign(call.fields, call.merchant, ORDINARY, accounts, call.sign_type)
        raise NoKey(_WRONG_KEY, "sign_wrong", **facts)


def give(call: SignkeyCall) -> None:
    """Answer with the key; whoever may read the journal need not be able to sign, so that it keeps a mask."""
    answer = {"return_code": "SUCCESS", "return_msg": "ok", "sandbox_signkey": str(sandbox_signkey(call.merchant))}
    call.exchange.outcome = ExchangeOutcome.OK
    call.answer(envelope.build_indented(answer))
    kept = envelope.build_indented({**answer, "sandbox_signkey": MASK})
    call.exchange.reply = Message(call.exchange.reply.headers, kept)


def refuse(call: SignkeyCall) -> None:
    """Answer with what is wrong."""
    assert isinstance(call.refused, NoKey)
    answer = call.refused.answer
    call.exchange.refuse(str(answer.get("return_msg") or answer.get("retmsg")))
    call.answer(envelope.build_indented(answer))


ISSUING = Pipeline(
    steps=(read, take_fields, require_fields, require_merchant, verify_sign, require_sign, give, journal),
    endings={NoKey: (refuse, journal)},
)


async def give_signkey(http: web.Request, services: Services, issuer: Issuer) -> web.StreamResponse:
    """Answer a request for the key of the official sandbox."""
    return await ISSUING.run(SignkeyCall(http, services, issuer))
