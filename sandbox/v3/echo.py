"""The test of signing and encrypting (商户签名验签/加解密测试), which does nothing else. Source: V3 notes, 5.4.

The call names by Wechatpay-Serial the key that it encrypted with; its answer is signed with the same, and so is the
notification, where it asks for one. That is sent once, for nothing says that it is tried again.
"""

import uuid
from collections.abc import Mapping

from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.v3 import answers
from sandbox.v3.call import V3Call
from sandbox.v3.certificates import Signed
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import Json
from sandbox.v3.members import Location, Sealed, String
from sandbox.v3.notifications import seal_nonce, sealed, sent
from sandbox.v3.orders import moment
from sandbox.v3.parts import NOTIFY_URL
from sandbox.v3.sensitive import newest_valid, sealed_for
from sandbox.v3.shapes import Part, Within

NOTIFIED_AS = {"echo_message": "echo_message", "encrypted_echo_message": "encrypt_echo_message"}
"""The members of the answer, as the notification calls them."""


class EchoBody(Part):
    notify_url = String(255, "商户回调地址", required=False, pattern=NOTIFY_URL, form="url")
    echo_message = String(1024, "回显信息")
    encrypted_echo_message = Sealed("平台证书或微信支付公钥加密测试字段", required=False)


class EchoCall(Signed):
    body = Within(Location.BODY, EchoBody)
    names_key = True


@endpoint(
    "POST",
    "/v3/security/echo",
    EchoCall,
    title=Text("商户签名验签/加解密测试", "Test of signing and encrypting"),
    documents="5.4",
    operation="securityecho",
    trading=False,
)
def echo(request: EchoCall, context: Context) -> dict[str, Json]:
    """What was said; what was encrypted comes encrypted for the merchant."""
    said = request.body
    told: dict[str, Json] = {"echo_message": said.echo_message}
    if said.encrypted_echo_message:
        told["encrypted_echo_message"] = sealed_for(newest_valid(request, context), said.encrypted_echo_message)
    return told


def tell_echo(call: V3Call) -> bool:
    """The notification of an echo that was answered well; False where none is wanted."""
    request, told = call.request, call.told
    if not (isinstance(request, EchoCall) and isinstance(told, Mapping) and request.body.notify_url):
        return False
    resource = {notified: told[name] for name, notified in NOTIFIED_AS.items() if name in told}
    envelope: dict[str, Json] = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, call.exchange.request_id)),
        "create_time": moment(call.exchange.at),
        "resource_type": "encrypt-resource",
        "event_type": "SECURITY_ECHO.SUCCESS",
        "summary": "签名验签/加解密测试成功",
        "resource": dict(sealed(resource, call.merchant.api_v3_key, "security", seal_nonce())),
    }
    services, by = call.services, answers.signer(call.credentials, call.wechatpay_serial)
    message = sent(envelope, by, int(services.clock.real_now().timestamp()))
    services.courier.send(request.body.notify_url, message, call.merchant, services.faces.of(call.exchange))
    return True
