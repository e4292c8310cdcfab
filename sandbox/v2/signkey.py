"""getsignkey: the official sandbox gives its key to whoever signs with the API key. Source: V2 notes, 7.2, 7.3.

Its two generations word what is wrong in their own ways; see docs/fidelity.md.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from aiohttp import web

from sandbox.core.doctor import MASK
from sandbox.core.errors import PaymentError
from sandbox.core.journal import Message
from sandbox.core.signature import SignType, verify
from sandbox.core.world import World
from sandbox.v2 import envelope
from sandbox.v2.call import Call
from sandbox.v2.diagnosing import facts_of_wrong_sign
from sandbox.v2.envelope import Fields
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


class _Refused(Exception):
    """What is wrong with a request: the answer, and what the developer is told."""

    def __init__(self, answer: Fields, fault: str, **facts: str | int) -> None:
        super().__init__(fault)
        self.answer, self.facts = answer, {"fault": fault, **facts}


async def give_signkey(http: web.Request, world: World, issuer: Issuer) -> web.Response:
    """Answer a request for the key of the official sandbox."""
    call = Call(http, world, ORDINARY)
    try:
        answer = _asked(call, world, issuer, await call.read())
        call.exchange.outcome = "ok"
    except _Refused as refused:
        answer = refused.answer
        call.exchange.outcome = "failed"
        told = str(answer.get("return_msg") or answer.get("retmsg"))
        call.exchange.facts |= {**refused.facts, "return_msg": told}
    response = call.answered(envelope.build_indented(answer))
    if "sandbox_signkey" in answer:
        # Whoever may read the journal need not be able to sign.
        kept = envelope.build_indented({**answer, "sandbox_signkey": MASK})
        call.exchange.reply = Message(call.exchange.reply.headers, kept)
    world.storage.jot(call.exchange)
    return response


def _asked(call: Call, world: World, issuer: Issuer, body: bytes) -> Fields:
    """The key, or _Refused."""
    fields = _parsed(issuer, body)
    call.recognise(fields)
    missing = [name for name in _WANTED if not fields.get(name)]
    if missing:
        raise _Refused(issuer.missing(missing), "missing", field=", ".join(missing))
    merchant = world.storage.accounts.merchants.get(fields["mch_id"])
    if merchant is None:
        raise _Refused(issuer.unknown(fields["mch_id"][:32]), "merchant_unknown", mch_id=fields["mch_id"][:32])
    declared = fields.get("sign_type", "")
    sign_type = SignType(declared) if declared in set(SignType) else SignType.MD5
    right = verify(fields, merchant.api_key, sign_type)
    call.exchange.signature = "ok" if right else "wrong"
    call.step("verify_sign")
    if not right:
        facts = facts_of_wrong_sign(fields, merchant, ORDINARY, world.storage.accounts, sign_type)
        raise _Refused(_WRONG_KEY, "sign_wrong", **facts)
    return {"return_code": "SUCCESS", "return_msg": "ok", "sandbox_signkey": str(merchant.sandbox_signkey)}


def _parsed(issuer: Issuer, body: bytes) -> dict[str, str]:
    try:
        return envelope.parse(body)
    except envelope.MessageEmpty:
        return {}
    except PaymentError as error:
        raise _Refused(issuer.malformed, "malformed", reason=str(error)) from None
