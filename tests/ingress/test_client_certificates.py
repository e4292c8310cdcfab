"""Merchants' certificates, judged as the real front end does it."""

import ssl
from collections.abc import Callable

import aiohttp
import pytest

from sandbox.core.certificates import Certificate
from sandbox.ingress import issuing
from sandbox.server import Server
from sandbox.v2.certificates import PAGE
from sandbox.v2.endpoint import ENDPOINTS
from sandbox.v2.unsupported import needs_certificate, unsupported_paths
from tests.support.control import Control
from tests.support.merchant import Merchant, document, elements

Connector = Callable[..., aiohttp.TCPConnector]
REFUND = "/secapi/pay/refund"
ERROR = PAGE.format(title="The SSL certificate error")


def refund(merchant: Merchant) -> bytes:
    wanted = {"out_trade_no": "T1", "out_refund_no": "R1", "total_fee": "100", "refund_fee": "100"}
    return document(merchant.signed(**wanted))


async def asked(
    server: Server, connector: aiohttp.TCPConnector, merchant: Merchant, path: str = REFUND
) -> tuple[int, str, str]:
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.post(server.ways()["https"] + path, data=refund(merchant)) as answer,
    ):
        return answer.status, answer.content_type, await answer.text()


@pytest.mark.parametrize("path", [REFUND, "/pay/downloadfundflow", "/mmpaymkttransfers/sendredpack"])
async def test_none_is_the_front_ends_page(
    server: Server, trusting: ssl.SSLContext, merchant: Merchant, path: str
) -> None:
    status, kind, page = await asked(server, aiohttp.TCPConnector(ssl=trusting), merchant, path)
    assert (status, kind) == (400, "text/html")
    assert page == PAGE.format(title="No required SSL certificate was sent")


@pytest.mark.parametrize("path", ["/pay/orderquery", "/mmpaymkttransfers/query_coupon_stock", "/sandboxnew" + REFUND])
async def test_none_is_needed_elsewhere(
    server: Server, trusting: ssl.SSLContext, merchant: Merchant, path: str
) -> None:
    assert (await asked(server, aiohttp.TCPConnector(ssl=trusting), merchant, path))[0] == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_ones_own_is_taken(
    server: Server, with_certificate: Connector, merchant: Merchant, control: Control, version: ssl.TLSVersion
) -> None:
    shown = await control.get("/merchants/1900000109")
    connector = with_certificate(shown["certificate"], shown["private_key"], version)
    status, _, answer = await asked(server, connector, merchant)
    assert (status, elements(answer)["err_code"]) == (200, "ORDERNOTEXIST")


async def test_another_merchants_is_an_error_of_its_own(
    server: Server, with_certificate: Connector, merchant: Merchant, control: Control
) -> None:
    other = await control.post("/merchants", {}, 201)
    status, _, answer = await asked(server, with_certificate(other["certificate"], other["private_key"]), merchant)
    assert (status, elements(answer)["err_code"]) == (200, "CERT_ERROR")
    assert merchant.verifies(elements(answer))


@pytest.mark.parametrize("which", ["self-made", "another sandbox's", "the platform's", "deleted"])
async def test_a_foreign_one_is_the_front_ends_page(
    server: Server, with_certificate: Connector, merchant: Merchant, control: Control, which: str
) -> None:
    certificate = await _foreign(server, control, which)
    status, _, page = await asked(server, with_certificate(certificate.certificate, certificate.private_key), merchant)
    assert (status, page) == (400, ERROR)
    call = (await control.get("/journal?lang=en"))["items"][0]
    assert "none that this sandbox issued to a merchant" in call["explanation"]
    assert issuing.described(ssl.PEM_cert_to_DER_cert(certificate.certificate)).issuer in call["explanation"]


async def _foreign(server: Server, control: Control, which: str) -> Certificate:
    now = server.parts.clock.real_now()
    match which:
        case "self-made":
            return issuing.make_ca(["localhost"], now)
        case "another sandbox's":
            return issuing.make_account("1900000109", issuing.make_ca(["localhost"], now), now)
        case "the platform's":
            platform = (await server.parts.certificates.platform_keys("1900000109")).certificate
            assert platform is not None
            return platform.files
        case _:
            made = await control.post("/merchants", {}, 201)
            await control.call("DELETE", f"/merchants/{made['mch_id']}", None, 204)
            return Certificate(made["serial_no"], made["certificate"], made["private_key"])


async def test_plain_http_lets_it_pass_and_says_so(merchant: Merchant, control: Control) -> None:
    assert (await merchant.refund("T1", "R1"))["err_code"] == "ORDERNOTEXIST"
    call = (await control.get("/journal?lang=en"))["items"][0]
    assert "certificate" in call["remark"]
    assert "explanation" not in call
    assert call["facts"]["certificate"] == "waived"


class TestRequired:
    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"require_client_cert": True}

    async def test_plain_http_is_refused_where_it_is_wished(
        self, session: aiohttp.ClientSession, merchant: Merchant, control: Control
    ) -> None:
        async with session.post(REFUND, data=refund(merchant)) as answer:
            assert answer.status == 400
        call = (await control.get("/journal?lang=en"))["items"][0]
        assert (call["mch_id"], call["out_trade_no"]) == ("1900000109", "T1")
        assert "mutual TLS" in call["explanation"]


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("/secapi/pay/reverse", True),
        ("/pay/refund", False),
        ("/pay/downloadbill", False),
        ("/deposit/refund", True),
        ("/deposit/refundquery", False),
        ("/mmpaymkttransfers/promotion/transfers", True),
        ("/risk/getpublickey", True),
        ("/fund/queryautowithdrawbydate", True),
    ],
)
def test_which_paths_need_one(path: str, needed: bool) -> None:
    asked = {one.path: one.certificate for one in ENDPOINTS}
    asked |= {one: needs_certificate(one) for _, one in unsupported_paths()}
    assert asked[path] is needed
