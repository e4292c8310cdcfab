"""WeChat Pay's own certificates, as merchants fetch them. Source: V3 notes, 5.1."""

import secrets

from sandbox.core.errors import PlatformCertificateUnknown
from sandbox.core.platform_keys import PlatformCertificate
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.signing import aead
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import Failure, Json
from sandbox.v3.members import Choice, Location
from sandbox.v3.orders import moment
from sandbox.v3.shapes import Part, Shaped, Within

ASSOCIATED_DATA = "certificate"
NONE = Failure(
    404,
    "RESOURCE_NOT_EXISTS",
    "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引"
    "https://pay.weixin.qq.com/docs/merchant/products/platform-certificate/wxp-pub-key-guide.html",
)


class Signed(Shaped):
    """A call that names no merchant: it is that of whoever signed it."""

    def signed_by(self, mch_id: str) -> None:
        self.mch_id = mch_id


class Algorithms(Part):
    algorithm_type = Choice("算法类型", ("RSA", "SM2", "ALL"))


class CertificatesCall(Signed):
    query = Within(Location.QUERY, Algorithms)


@endpoint(
    "GET",
    "/v3/certificates",
    CertificatesCall,
    title=Text("下载平台证书", "Platform certificates"),
    documents="5.1",
    operation="certificates",
    reads=True,
    words={PlatformCertificateUnknown: NONE},
    trading=False,
)
def certificates(request: CertificatesCall, context: Context) -> dict[str, Json]:
    """Those that are valid, the newest first; none for who asks for SM2's."""
    merchant = context.tx.accounts.merchant(request.mch_id)
    keys = context.tx.platform_keys.of(merchant, context.clock.real_now())
    if keys is None or not keys.certificates or request.query.algorithm_type == "SM2":
        raise PlatformCertificateUnknown
    return {"data": [described(one, merchant.api_v3_key) for one in keys.certificates]}


def described(certificate: PlatformCertificate, api_v3_key: str) -> dict[str, Json]:
    """A certificate, sealed with the merchant's APIv3 key; members in the order that was captured."""
    fresh = secrets.token_hex(6)
    return {
        "effective_time": moment(certificate.effective_at),
        "encrypt_certificate": {
            "algorithm": aead.ALGORITHM,
            "associated_data": ASSOCIATED_DATA,
            "ciphertext": aead.seal(certificate.files.certificate.encode(), api_v3_key, fresh, ASSOCIATED_DATA),
            "nonce": fresh,
        },
        "expire_time": moment(certificate.expires_at),
        "serial_no": certificate.serial_no,
    }
