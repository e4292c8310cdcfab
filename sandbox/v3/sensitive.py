"""Sensitive fields (敏感信息): what travels hidden even inside TLS, under RSA-OAEP. Source: V3 notes, 3.5, 6.

A member that is declared as `Sealed` needs nothing more: once `open_sealed` has run, as a step of every call, it reads
as its plain text. The call says by `Wechatpay-Serial` for which of WeChat Pay's keys it was encrypted: the id of its
public key, or the number of a platform certificate, of either one during a rotation. What is told back to the merchant
is hidden by `sealed_for`, with the key of the merchant's own certificate.
"""

from collections.abc import Iterator

from sandbox.core.certificates import CertificateState, MerchantCertificate
from sandbox.core.platform_keys import PlatformKeys, SigningKey
from sandbox.core.usecases.context import Context
from sandbox.signing import rsa
from sandbox.v3.call import CallFailed, V3Call
from sandbox.v3.errors import PARAMETERS, Failure
from sandbox.v3.members import Sealed
from sandbox.v3.request import V3Request
from sandbox.v3.shapes import Part, Shaped


def _failure(message: str) -> Failure:
    return Failure(400, "PARAM_ERROR", message, number=PARAMETERS)


NO_SERIAL = _failure("HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)")
SERIAL_WRONG = _failure("平台证书序列号Wechatpay-Serial错误")
UNOPENED = _failure("平台私钥解密失败")


def open_sealed(call: V3Call) -> bool:
    """Sealed members of the request read as their plain text from here on; False where there are none.

    Raises CallFailed: no Wechatpay-Serial, one that is none of WeChat Pay's for this merchant, what cannot be opened.
    """
    found = list(sealed_in(call.request))
    if not found and not call.request.names_key:
        return False
    keys = call.credentials.platform
    assert keys is not None, "made before anything is signed"
    key = _shown(call, keys)
    for part, name in found:
        try:
            part.values[name] = rsa.decrypt(part.values[name], key.private_key)
        except ValueError:
            fault = "v3_sealed_other_key" if _opens(part.values[name], keys) else "v3_sealed_unopened"
            field = part.place.inner(name).pointer
            raise CallFailed(UNOPENED, fault, field=field, serial=key.serial) from None
    return True


def sealed_in(request: V3Request) -> Iterator[tuple[Part, str]]:
    """The sealed members that were sent, each with the object that it is of."""
    for part in request.parts.values() if isinstance(request, Shaped) else ():
        yield from _sealed_in(part)


def _sealed_in(part: Part) -> Iterator[tuple[Part, str]]:
    for name, member in part.members.items():
        value = part.values[name]
        if isinstance(member, Sealed) and value:
            yield part, name
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Part):
                yield from _sealed_in(inner)


def _shown(call: V3Call, keys: PlatformKeys) -> SigningKey:
    """The key that the call says it encrypted with."""
    serial = call.wechatpay_serial
    if not serial:
        raise CallFailed(NO_SERIAL, "v3_key_missing")
    key = keys.opener(serial)
    if key is not None:
        return key
    mine = any(one.serial_no == serial.upper() for one in call.credentials.certificates)
    raise CallFailed(SERIAL_WRONG, "v3_key_of_merchant" if mine else "v3_key_unknown", serial=serial[:64])


def _opens(text: str, keys: PlatformKeys) -> bool:
    """Whether one of WeChat Pay's other keys opens it."""
    for key in (keys.public_key.signing, *(one.signing for one in keys.certificates)):
        try:
            rsa.decrypt(text, key.private_key)
        except ValueError:
            continue
        return True
    return False


def sealed_for(certificate: MerchantCertificate, text: str) -> str:
    """What only the merchant reads, with the key of its certificate; 214 bytes at most, else ValueError."""
    return rsa.encrypt(text, certificate.files.certificate)


def newest_valid(request: V3Request, context: Context) -> MerchantCertificate:
    """The certificate for which the merchant is told sensitive fields."""
    now = context.clock.real_now()
    found = context.tx.merchant_certificates.of(request.mch_id)
    return next(one for one in found if one.state(now) is CertificateState.VALID)
