"""WeChat Pay's own keys for a merchant over the control API: shared by all, and rotated for one alone."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.config import Settings
from sandbox.export import merchant_files
from sandbox.server import Server
from tests.support.control import Control
from tests.support.databases import Place

SHARED = "/merchants/1900000109"


@pytest.fixture(scope="module")
async def server(shared_database: Place) -> AsyncIterator[Server]:
    """One for all tests of this module, each of which has a merchant of its own."""
    running = await Server.start(Settings(port=0, **shared_database))
    yield running
    await running.stop()


@pytest.fixture
async def one(control: Control) -> str:
    """The path of a merchant of the test's own."""
    made = await control.post("/merchants", {"certificate": False}, 201)
    return f"/merchants/{made['mch_id']}"


def certificates(one: str) -> str:
    return f"{one}/platform-certificates"


async def signing(control: Control, one: str) -> str:
    """The number of the certificate that signs."""
    found = (await control.get(certificates(one)))["items"]
    (serial_no,) = [item["serial_no"] for item in found if item["signs"]]
    assert (await control.get(one))["platform_serial_no"] == serial_no
    return str(serial_no)


async def refused(control: Control, path: str, status: int = 409) -> str:
    return str((await control.post(path, None, status))["error"]["code"])


async def test_all_share_one_pair_under_both_names(control: Control, one: str) -> None:
    mine, theirs = await control.get(one), await control.get(SHARED)
    names = ("platform_serial_no", "platform_certificate", "platform_public_key", "platform_public_key_id")
    assert [mine[name] for name in names] == [theirs[name] for name in names]
    key = x509.load_pem_x509_certificate(mine["platform_certificate"].encode()).public_key()
    assert key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode() == mine["platform_public_key"]
    assert mine["platform_identity"] == "certificate"
    (shared,) = (await control.get(certificates(one)))["items"]
    assert (shared["serial_no"], shared["state"], shared["signs"]) == (mine["platform_serial_no"], "valid", True)


async def test_a_rotation_goes_step_by_step_and_disturbs_nobody_else(control: Control, one: str) -> None:
    old, before = await signing(control, one), await control.get(one)
    new = (await control.post(certificates(one), None, 201))["serial_no"]
    assert len(new) == 40
    assert new[0] != "0"
    assert await signing(control, one) == old
    assert [item["state"] for item in (await control.get(certificates(one)))["items"]] == ["valid", "valid"]

    await control.post(f"{certificates(one)}/{new}/sign")
    assert await signing(control, one) == new
    await control.post(f"{certificates(one)}/{old}/expire")
    assert [item["state"] for item in (await control.get(certificates(one)))["items"]] == ["valid", "expired"]

    assert (await control.get(one))["platform_public_key_id"] == before["platform_public_key_id"]
    assert await signing(control, SHARED) == old
    changes = (await control.get(f"{one}/changes"))["items"]
    assert [(change["field"].partition(".")[2], change["before"], change["after"]) for change in changes[:4]] == [
        (old, "valid", "expired"),
        *sorted([(new, "valid", "signs"), (old, "signs", "valid")], key=lambda line: line[0] == new),
        (new, "", "valid"),
    ]


async def test_where_the_one_that_signs_ends_the_other_one_signs(control: Control, one: str) -> None:
    old = await signing(control, one)
    new = (await control.post(certificates(one), None, 201))["serial_no"]
    await control.post(f"{certificates(one)}/{old}/expire")
    assert await signing(control, one) == new


async def test_what_does_not_fit_is_refused(control: Control, one: str) -> None:
    old = await signing(control, one)
    assert await refused(control, f"{certificates(one)}/{old}/expire") == "platform_certificate_last"
    assert await refused(control, f"{certificates(one)}/{'F' * 40}/sign", 404) == "platform_certificate_unknown"
    new = (await control.post(certificates(one), None, 201))["serial_no"]
    assert await refused(control, certificates(one)) == "platform_certificates_enough"
    await control.post(f"{certificates(one)}/{old}/expire")
    assert await refused(control, f"{certificates(one)}/{old}/sign") == "platform_certificate_ended"
    assert await refused(control, f"{certificates(one)}/{old}/expire") == "platform_certificate_ended"
    assert await signing(control, one) == new
    assert await refused(control, f"{certificates('/merchants/1000000000')}", 404) == "merchant_unknown"


async def test_a_public_key_of_its_own_stays_the_merchants(control: Control, one: str) -> None:
    shared = await control.get(one)
    await control.call("PATCH", one, {"separate_platform_keys": True})
    own = await control.get(one)
    assert own["platform_certificate"] == shared["platform_certificate"]
    assert own["platform_public_key"] != shared["platform_public_key"]
    assert own["platform_public_key_id"].startswith(f"PUB_KEY_ID_01{own['mch_id']}")
    await control.call("PATCH", one, {"separate_platform_keys": False})
    assert (await control.get(one))["platform_public_key"] == shared["platform_public_key"]
    await control.call("PATCH", one, {"separate_platform_keys": True})
    assert (await control.get(one))["platform_public_key_id"] == own["platform_public_key_id"]
    assert [change["field"] for change in (await control.get(f"{one}/changes"))["items"][:3]] == [
        "separate_platform_keys"
    ] * 3


async def test_a_merchant_of_the_public_key_alone_is_shown_no_certificate(control: Control) -> None:
    made = await control.post("/merchants", {"platform_identity": "public_key"}, 201)
    assert made["platform_identity"] == "public_key"
    assert "platform_certificate" not in made
    assert "platform_serial_no" not in made
    assert made["platform_public_key_id"].startswith("PUB_KEY_ID_")
    files = merchant_files(made, b"", b"")
    assert "platform_cert.pem" not in files
    assert files["pub_key.pem"].decode() == made["platform_public_key"]


async def test_a_deleted_merchants_keys_are_gone(
    control: Control, one: str, server: Server, session: aiohttp.ClientSession
) -> None:
    await control.call("PATCH", one, {"separate_platform_keys": True})
    await control.post(certificates(one), None, 201)
    mch_id = (await control.get(one))["mch_id"]
    await control.call("DELETE", one, None, 204)
    storage = server.parts.storage
    left = await storage.read(lambda tx: (tx.platform_keys.certificates(mch_id), tx.platform_keys.public_key(mch_id)))
    assert left == ([], None)
