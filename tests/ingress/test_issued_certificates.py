"""A merchant's certificates over their life, with a client that shows them: issued, revoked, restored, ended."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.cli.doctor import report
from sandbox.config import Settings
from sandbox.core.text import Lang
from sandbox.server import Server
from tests.ingress.test_client_certificates import ERROR, asked, refund
from tests.support.control import Control
from tests.support.merchant import Merchant, document, elements

ALL = "/merchants/1900000109/certificates"

Connector = Callable[..., aiohttp.TCPConnector]


@pytest.fixture
def show(server: Server, with_certificate: Connector, merchant: Merchant) -> Callable[[Any], Any]:
    """Ask for a refund with a certificate of the control API's; gives the status and what was said."""

    async def shown(certificate: Any) -> tuple[int, str]:
        connector = with_certificate(certificate["certificate"], certificate["private_key"])
        status, _, answer = await asked(server, connector, merchant)
        return status, elements(answer)["err_code"] if status == 200 else answer

    return shown


TAKEN = (200, "ORDERNOTEXIST")
TURNED_AWAY = (400, ERROR)


async def explanation(control: Control, lang: str = "en") -> str:
    return str((await control.get("/journal", lang=lang))["items"][0]["explanation"])


async def changes(control: Control) -> list[tuple[str, str, str, str]]:
    found = (await control.get("/merchants/1900000109/changes"))["items"]
    return [(one["author"], one["field"], one["before"], one["after"]) for one in reversed(found)]


async def test_a_revoked_one_is_turned_away_and_a_new_one_taken(control: Control, show: Callable[[Any], Any]) -> None:
    first = await control.get("/merchants/1900000109")
    assert await show(first) == TAKEN
    revoked = await control.post(f"{ALL}/{first['serial_no']}/revoke")
    assert revoked["state"] == "revoked"
    assert await show(first) == TURNED_AWAY
    call = (await control.get("/journal"))["items"][0]
    assert (call["mch_id"], call["outcome"], call["facts"]["fault"]) == ("1900000109", "failed", "certificate_revoked")
    told = revoked["revoked_at"][:19].replace("T", " ")
    for lang, words in (("en", f"was revoked at {told}"), ("zh", f"已在 {told} 作废")):
        assert words in await explanation(control, lang)
        assert first["serial_no"] in await explanation(control, lang)

    second = await control.post(ALL, {}, 201)
    assert await show(second) == TAKEN
    assert await show(first) == TURNED_AWAY
    assert await changes(control) == [
        ("control", f"certificates.{first['serial_no']}", "valid", "revoked"),
        ("control", f"certificates.{second['serial_no']}", "", "valid"),
    ]


async def test_the_doctor_tells_of_it_too(
    server: Server, control: Control, with_certificate: Connector, merchant: Merchant
) -> None:
    first = await control.get("/merchants/1900000109")
    await control.post(f"{ALL}/{first['serial_no']}/revoke")
    message, address = refund(merchant), server.ways()["https"] + "/secapi/pay/refund"
    connector = with_certificate(first["certificate"], first["private_key"])
    async with aiohttp.ClientSession(connector=connector) as client:
        await client.post(address, data=message)
    said: dict[Lang, str] = {"en": "was revoked at", "zh": "作废"}
    for lang, words in said.items():
        found = await control.call("POST", "/doctor", {"body": message.decode()}, lang=lang)
        assert found["valid"]
        assert words in found["certificate"]
        assert words in report(found, lang)
    other = await control.post("/doctor", {"body": document(merchant.signed(out_trade_no="T2")).decode()})
    assert other["certificate"] is None
    # The same message over plain HTTP, where no certificate is asked for.
    async with merchant.session.post("/secapi/pay/refund", data=message):
        pass
    assert (await control.post("/doctor", {"body": message.decode()}))["certificate"] is None


async def test_an_expired_one_is_turned_away_whatever_its_file_says(
    control: Control, show: Callable[[Any], Any]
) -> None:
    first = await control.get("/merchants/1900000109")
    ended = await control.post(f"{ALL}/{first['serial_no']}/expire")
    assert ended["state"] == "expired"
    assert await show(first) == TURNED_AWAY
    told = ended["expires_at"][:19].replace("T", " ")
    assert f"ended at {told}" in await explanation(control)
    assert f"已在 {told} 过期" in await explanation(control, "zh")

    over = await control.post(ALL, {"days": 0}, 201)
    assert over["state"] == "expired"
    assert await show(over) == TURNED_AWAY
    assert await show(await control.post(ALL, {"days": 1}, 201)) == TAKEN


async def test_old_and_new_work_side_by_side(control: Control, show: Callable[[Any], Any]) -> None:
    first, second = await control.get("/merchants/1900000109"), await control.post(ALL, {}, 201)
    assert [await show(first), await show(second)] == [TAKEN, TAKEN]
    assert (await control.get("/merchants/1900000109"))["serial_no"] == second["serial_no"]


async def test_a_revoked_one_can_be_restored(control: Control, show: Callable[[Any], Any]) -> None:
    first = await control.get("/merchants/1900000109")
    one = f"{ALL}/{first['serial_no']}"
    assert "restorable_until" in await control.post(f"{one}/revoke")
    assert (await control.post(f"{one}/restore"))["state"] == "valid"
    assert await show(first) == TAKEN


async def test_anothers_revoked_one_tells_whose_it_is(control: Control, show: Callable[[Any], Any]) -> None:
    other = await control.post("/merchants", {}, 201)
    await control.post(f"/merchants/{other['mch_id']}/certificates/{other['serial_no']}/revoke")
    assert await show(other) == TURNED_AWAY
    assert other["mch_id"] in await explanation(control)


async def test_a_call_with_anothers_valid_one_says_whose_it_is(control: Control, show: Callable[[Any], Any]) -> None:
    other = await control.post("/merchants", {}, 201)
    assert await show(other) == (200, "CERT_ERROR")
    assert f"that of {other['mch_id']}" in await explanation(control)


async def test_what_became_of_them_survives_a_restart(tmp_path: Path) -> None:
    settings = Settings(port=0, https_port=0, data_dir=tmp_path / "data")
    server = await Server.start(settings)
    async with aiohttp.ClientSession(server.url) as session:
        control = Control(session)
        first = await control.get("/merchants/1900000109")
        await control.post(f"{ALL}/{first['serial_no']}/revoke")
        second = await control.post(ALL, {}, 201)
        await control.post(f"{ALL}/{second['serial_no']}/expire")
        third = await control.post(ALL, {}, 201)
        before = await control.get(ALL)
    await server.stop()
    server = await Server.start(settings)
    async with aiohttp.ClientSession(server.url) as session:
        control = Control(session)
        assert await control.get(ALL) == before
        assert [one["state"] for one in before["items"]] == ["valid", "expired", "revoked"]
        kept = await control.get("/merchants/1900000109")
        assert (kept["serial_no"], kept["private_key"]) == (third["serial_no"], third["private_key"])
        assert len(await changes(control)) == 4
    await server.stop()


async def test_revoking_reaches_a_connection_that_is_open(
    server: Server, control: Control, with_certificate: Connector, merchant: Merchant
) -> None:
    first = await control.get("/merchants/1900000109")
    connector = with_certificate(first["certificate"], first["private_key"])
    address, statuses, opened = server.ways()["https"] + "/secapi/pay/refund", [], []

    async def count(*_: object) -> None:
        opened.append(1)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(count)
    async with aiohttp.ClientSession(connector=connector, trace_configs=[trace]) as client:
        for act in ("revoke", "restore", ""):
            async with client.post(address, data=refund(merchant)) as answer:
                statuses.append(answer.status)
                await answer.read()
            if act:
                await control.post(f"{ALL}/{first['serial_no']}/{act}")
    assert (statuses, len(opened)) == ([200, 400, 200], 1)
