"""A merchant's page tells its keys by the version that takes them, hands out their files, and says what it uses."""

import re
from collections.abc import AsyncIterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key, pkcs12

from sandbox.config import Settings
from sandbox.server import Server
from tests.console.conftest import Visitor
from tests.support.control import Control

MERCHANT = "/console/merchants/1900000109"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    """One sandbox for the module: each test looks at what nobody else changes."""
    running = await Server.start(Settings(port=0, database=":memory:"))
    yield running
    await running.stop()


def uses(page: str) -> list[str]:
    return re.findall(r'<span class="tag">(\w+)</span>', page.partition('id="uses"')[2].partition("</dd>")[0])


async def file(visitor: Visitor, name: str) -> bytes:
    async with visitor.session.get(f"{MERCHANT}/files/{name}", headers=visitor.headers) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["Cache-Control"] == "no-store"
        return await answer.read()


async def test_the_page_says_which_api_a_merchant_uses(visitor: Visitor) -> None:
    assert uses((await visitor.get(MERCHANT)).text) == []
    await visitor.send("/console/start", face="v3", step="order", act="do", order="USES0001")
    assert uses((await visitor.get(MERCHANT)).text) == ["APIv3"]
    await visitor.send("/console/start", face="v2", step="order", act="do", order="USES0002")
    assert uses((await visitor.get(MERCHANT)).text) == ["APIv3", "V2"]


async def test_keys_stand_with_their_version_and_hide_until_they_are_asked_for(visitor: Visitor) -> None:
    page = (await visitor.get(MERCHANT)).text
    v3, v2 = page.partition('id="keys-v3"')[2].split('id="keys-v2"')
    assert 'value="api_v3_key"' in v3
    assert 'value="api_key"' in v2.partition("</section>")[0]
    assert "sandboxv3key" not in page
    assert "sandboxv2key" not in page


async def test_files_are_those_whose_numbers_the_page_shows(visitor: Visitor, control: Control) -> None:
    certificate = x509.load_pem_x509_certificate(await file(visitor, "apiclient_cert.pem"))
    key = load_pem_private_key(await file(visitor, "apiclient_key.pem"), None)
    platform = x509.load_pem_x509_certificate(await file(visitor, "platform_cert.pem"))
    load_pem_public_key(await file(visitor, "pub_key.pem"))
    assert key.public_key() == certificate.public_key()
    packed = pkcs12.load_pkcs12(await file(visitor, "apiclient_cert.p12"), b"1900000109")
    assert packed.cert is not None
    assert packed.cert.certificate == certificate
    page = (await visitor.get(MERCHANT)).text
    assert f"{certificate.serial_number:040X}" in page
    assert f"{platform.serial_number:040X}" in page
    assert (await control.get("/merchants/1900000109"))["platform_public_key_id"] in page


async def test_a_file_that_is_none_is_not_found(visitor: Visitor) -> None:
    assert (await visitor.get(f"{MERCHANT}/files/settings.env")).status == 404
    assert (await visitor.get("/console/merchants/1/files/pub_key.pem")).status == 404


async def test_the_settings_have_the_numbers_as_the_export_does(visitor: Visitor, control: Control) -> None:
    shown = await control.get("/merchants/1900000109")
    page = (await visitor.get(MERCHANT)).text
    assert f"WXPAY_SERIAL_NO={shown['serial_no']}" in page
    assert f"WXPAY_PUB_KEY_ID={shown['platform_public_key_id']}" in page
