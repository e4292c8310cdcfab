"""APIv3 as newcomers meet it, with its usual mistakes. Source: V3 notes, 2, 13.5, 14."""

from dataclasses import replace

from sandbox.core.certificates import MerchantCertificate
from sandbox.core.credentials import Credentials
from sandbox.core.journal import Message
from sandbox.core.orders import Order
from sandbox.core.ports.calls import Fields
from sandbox.core.ports.lessons import Lessons


def _with_the_serial_of_the_platform(credentials: Credentials) -> Credentials:
    """The right key signs, under the serial number of WeChat Pay's certificate (or the name of its public key)."""
    if credentials.platform is None:
        return credentials
    serial_no = credentials.platform.signer().serial

    def named(one: MerchantCertificate) -> MerchantCertificate:
        return replace(one, files=replace(one.files, serial_no=serial_no))

    return replace(credentials, certificates=[named(one) for one in credentials.certificates])


def _without_mchid(order: Order) -> Fields:
    return {"out_trade_no": order.key.out_trade_no, "mchid": ""}


LESSONS = Lessons(
    placing="/v3/pay/transactions/app",
    asking="/v3/pay/transactions/out-trade-no/{out_trade_no}",
    mistaken_key=_with_the_serial_of_the_platform,
    yuan={"amount.total": "0.01"},
    asked_wrongly=_without_mchid,
    # V2's way to have it again; here the status alone counts.
    misreply=Message(
        (("Content-Type", "text/xml"),),
        "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[验签失败]]></return_msg></xml>".encode(),
    ),
)
