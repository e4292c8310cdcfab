"""Merchants' certificates over the control API: listed, issued, downloaded, revoked, restored, ended."""

from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from sandbox.server import Server
from tests.support.control import Control

pytestmark = pytest.mark.slow

ONE = "/merchants/1900000109"
ALL = f"{ONE}/certificates"


async def code(control: Control, path: str, status: int, body: object = None) -> str:
    return str((await control.post(path, body, status))["error"]["code"])


async def issued(control: Control, **body: Any) -> str:
    """The path of a new certificate."""
    return f"{ALL}/{(await control.post(ALL, body, 201))['serial_no']}"


async def test_there_is_none_before_the_first_is_needed(control: Control) -> None:
    assert (await control.get(ALL))["items"] == []
    first = await control.get(ONE)
    (one,) = (await control.get(ALL))["items"]
    assert (one["serial_no"], one["state"]) == (first["serial_no"], "valid")
    assert "private_key" not in one
    assert (await control.get(f"{ONE}/changes"))["items"] == []


async def test_the_newest_valid_one_is_the_merchants(control: Control) -> None:
    first = await control.get(ONE)
    second = await issued(control)
    assert second.endswith((await control.get(ONE))["serial_no"])
    await control.post(f"{second}/revoke")
    assert (await control.get(ONE))["serial_no"] == first["serial_no"]


async def test_after_the_last_was_revoked_none_comes_by_itself(
    control: Control, session: aiohttp.ClientSession
) -> None:
    await control.post(f"{await issued(control)}/revoke")
    shown = await control.get(ONE)
    assert "serial_no" not in shown
    assert "platform_certificate" in shown
    refused = await control.get(f"{ONE}/apiclient_cert.p12", 409)
    assert refused["error"]["code"] == "no_valid_certificate"
    assert "issue one" in refused["error"]["message"]
    await issued(control)
    async with session.get(f"/_sandbox{ONE}/apiclient_cert.p12") as answer:
        assert answer.status == 200


async def test_the_files_of_each_can_be_had_valid_or_not(control: Control, session: aiohttp.ClientSession) -> None:
    path = await issued(control, days=30)
    await control.post(f"{path}/revoke")
    one = await control.get(path)

    async def file(name: str) -> bytes:
        async with session.get(f"/_sandbox{path}/{name}") as answer:
            assert answer.status == 200
            return await answer.read()

    assert (await file("apiclient_cert.pem")).decode() == one["certificate"]
    assert (await file("apiclient_key.pem")).decode() == one["private_key"]
    key, certificate, _ = pkcs12.load_key_and_certificates(await file("apiclient_cert.p12"), b"1900000109")
    assert key is not None
    assert certificate == x509.load_pem_x509_certificate(one["certificate"].encode())


async def test_days_say_how_long_it_is_good(control: Control, server: Server) -> None:
    one = await control.get(await issued(control, days=30))
    ends = x509.load_pem_x509_certificate(one["certificate"].encode()).not_valid_after_utc
    assert 29 <= (ends - server.parts.clock.real_now()).days <= 30
    assert (await control.get(await issued(control, days=0)))["state"] == "expired"
    for days in (-1, 1826, 1.5):
        assert await code(control, ALL, 400, {"days": days}) == "invalid"


async def test_the_sandboxs_clock_ends_no_certificate(control: Control) -> None:
    path = await issued(control, days=1)
    await control.advance(86400 * 30)
    assert (await control.get(path))["state"] == "valid"


async def test_three_are_valid_at_a_time(control: Control) -> None:
    paths = [await issued(control) for _ in range(3)]
    assert await code(control, ALL, 409) == "certificates_enough"
    await issued(control, days=0)
    await control.post(f"{paths[0]}/revoke")
    await issued(control)
    assert await code(control, f"{paths[0]}/restore", 409) == "certificates_enough"
    assert (await control.get(paths[0]))["state"] == "revoked"
    await control.post(f"{paths[1]}/expire")
    assert (await control.post(f"{paths[0]}/restore"))["state"] == "valid"


async def test_what_cannot_be_is_refused(control: Control) -> None:
    path = await issued(control)
    assert await code(control, f"{path}/restore", 409) == "certificate_not_revoked"
    await control.post(f"{path}/revoke")
    for act in ("revoke", "expire"):
        assert await code(control, f"{path}/{act}", 409) == "certificate_ended"
    over = await issued(control)
    await control.post(f"{over}/expire")
    for act in ("revoke", "expire"):
        assert await code(control, f"{over}/{act}", 409) == "certificate_ended"


@pytest.mark.parametrize("act", ["", "/apiclient_cert.pem", "/apiclient_key.pem", "/apiclient_cert.p12"])
async def test_anothers_and_unknown_ones_are_not_found(control: Control, act: str) -> None:
    path = await issued(control)
    other = await control.post("/merchants", {"certificate": False}, 201)
    for wrong, name in (
        (path.replace("1900000109", other["mch_id"]), "certificate_unknown"),
        (f"{ALL}/{'0' * 40}", "certificate_unknown"),
        (path.replace("1900000109", "1900000199"), "merchant_unknown"),
    ):
        assert (await control.get(wrong + act, 404))["error"]["code"] == name


async def test_they_go_with_their_merchant(control: Control) -> None:
    made = await control.post("/merchants", {"mch_id": "1900000777"}, 201)
    await control.call("DELETE", "/merchants/1900000777", None, 204)
    await control.get("/merchants/1900000777/certificates", 404)
    await control.post("/merchants", {"mch_id": "1900000777", "certificate": False}, 201)
    assert (await control.get("/merchants/1900000777/certificates"))["items"] == []
    await control.get(f"/merchants/1900000777/certificates/{made['serial_no']}", 404)
