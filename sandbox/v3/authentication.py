"""Who calls: the Authorization header, its certificate, its signature, in the order in which WeChat Pay looks.

Each is a step of the pipeline. Source: V3 notes, 2, 3.2, 3.3. The times are real ones, whatever the sandbox's clock
shows: a merchant's program knows no other.
"""

from dataclasses import replace

from sandbox.core.certificates import CertificateState, MerchantCertificate
from sandbox.core.errors import MerchantUnknown
from sandbox.core.journal import SignatureState
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import UnitOfWork
from sandbox.signing import rsa
from sandbox.signing.rsa_doctor import SCHEME, WINDOW
from sandbox.v3 import authorization
from sandbox.v3.call import CallFailed, V3Call
from sandbox.v3.errors import Failure, sign_error
from sandbox.v3.sign_facts import detail
from sandbox.words.faults import NONCE_REPEATED

MALFORMED = sign_error("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》")
UNSIGNED = sign_error("签名信息错误，验签失败")
SCHEME_UNKNOWN = sign_error("Http头Authorization认证类型不正确")
UNTIMELY = sign_error("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
SERIAL_WRONG = sign_error("商户证书序列号有误。请使用签名私钥匹配的证书序列号")
ENDED = {
    CertificateState.EXPIRED: sign_error("商户证书已过期"),
    CertificateState.REVOKED: sign_error("商户证书已作废"),
}
NO_CERTIFICATE = sign_error("商户未申请过证书。")
SIGN_WRONG = sign_error("签名错误")


def _failed(call: V3Call, failure: Failure, fault: str, **facts: str | int) -> CallFailed:
    """The call, turned away; a reticent endpoint tells of no Request-ID then."""
    return CallFailed(replace(failure, identified=not call.endpoint.reticent), fault, **facts)


def read_authorization(call: V3Call) -> None:
    """The header must be there, of the right scheme and form."""
    header = call.http.headers.get("Authorization", "").strip()
    call.belongs_to(OrderKey(authorization.claimed_mchid(header), ""))
    found = authorization.read(header)
    if found is not None:
        call.authorization = found
        return
    call.exchange.signature = SignatureState.MISSING
    given, reticent = authorization.scheme(header), call.endpoint.reticent
    # A reticent one knows of other schemes no more than of none, but for WeChat Pay's own.
    if authorization.is_scheme(given) and given != SCHEME and (given.startswith("WECHATPAY2-") or not reticent):
        raise _failed(call, SCHEME_UNKNOWN, "v3_scheme", got=given[:64])
    fault = "v3_authorization_malformed" if given == SCHEME else "v3_authorization_missing"
    raise _failed(call, UNSIGNED if reticent else MALFORMED, fault, got=header[:64])


def require_timely(call: V3Call) -> None:
    """The timestamp must be of these minutes."""
    late = int(call.services.clock.real_now().timestamp()) - call.authorization.seconds
    if abs(late) > WINDOW:
        raise _failed(call, UNTIMELY, "v3_timestamp", got=call.authorization.timestamp, seconds=late)


async def find_merchant(call: V3Call) -> None:
    """The merchant who calls, and its certificates."""
    mch_id = call.authorization.mchid
    try:
        call.merchant = call.services.storage.accounts.merchant(mch_id)
    except MerchantUnknown:
        raise _failed(call, UNSIGNED, "merchant_unknown", mch_id=mch_id) from None
    face = call.services.faces.of(call.exchange)
    call.credentials = await call.services.credentials.of(face, call.merchant)
    if call.credentials.platform is None:  # among them once they were made
        await call.services.certificates.platform_keys(mch_id)
        call.credentials = await call.services.credentials.of(face, call.merchant)


async def find_certificate(call: V3Call) -> None:
    """The certificate that the call names must be the merchant's, and valid."""
    serial_no = call.authorization.serial_no.upper()
    mine = next((one for one in call.credentials.certificates if one.serial_no == serial_no), None)
    if mine is None:
        await _refuse_serial(call, serial_no)
        return
    state = mine.state(call.credentials.at)
    if state is not CertificateState.VALID:
        ended_at = mine.revoked_at if state is CertificateState.REVOKED else mine.expires_at
        facts = {"serial_no": serial_no, "holder": call.merchant.mch_id, "ended_at": str(ended_at)}
        raise _failed(call, ENDED[state], f"certificate_{state.value}", **facts)
    call.certificate = mine


async def _refuse_serial(call: V3Call, serial_no: str) -> None:
    def find(tx: UnitOfWork) -> MerchantCertificate | None:
        return tx.merchant_certificates.find(serial_no)

    other = await call.services.storage.read_now(find)
    if other is not None:
        raise _failed(call, SERIAL_WRONG, "v3_serial_of_another", serial_no=serial_no, mch_id=other.mch_id)
    platform = call.credentials.platform
    if platform is not None and platform.opener(serial_no) is not None:
        raise _failed(call, SERIAL_WRONG, "v3_serial_of_platform", serial_no=serial_no)
    if not call.credentials.certificates:
        raise _failed(call, NO_CERTIFICATE, "v3_no_certificate", mch_id=call.merchant.mch_id)
    raise _failed(call, SERIAL_WRONG, "v3_serial_unknown", serial_no=serial_no[:64])


def verify_sign(call: V3Call) -> None:
    """Whether the signature is right, over the request target and the body as they were sent."""
    shown, http = call.authorization, call.http
    text = rsa.lines(http.method, http.raw_path, shown.timestamp, shown.nonce_str, call.body)
    right = rsa.verify(text, shown.signature, call.certificate.files.certificate)
    call.exchange.signature = SignatureState.OK if right else SignatureState.WRONG


def require_sign(call: V3Call) -> None:
    """A wrong signature ends the call."""
    if call.exchange.signature is not SignatureState.OK:
        raise _failed(call, replace(SIGN_WRONG, detail=detail(call)), "v3_sign_wrong", mch_id=call.merchant.mch_id)


def note_nonce(call: V3Call) -> None:
    """A nonce that has come before is noted, no more: the real server takes it, too."""
    nonce_str = call.authorization.nonce_str
    if call.nonces.again(call.merchant.mch_id, nonce_str, call.services.clock.real_now().timestamp()):
        call.exchange.facts[NONCE_REPEATED] = nonce_str[:64]
