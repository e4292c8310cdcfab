"""One CA, for the sandbox's own names and no other; kept, and renewed before it ends."""

import asyncio
import ssl
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sandbox.config import Settings
from sandbox.core.certificates import Certificate, MerchantCertificate
from sandbox.core.merchants import Secret
from sandbox.ingress import https, issuing
from sandbox.ingress.authority import CA_NAMES, RENEWAL, Authority
from sandbox.ingress.names import server_names
from sandbox.server import Server
from tests.conftest import need

NAMES = server_names("https://pay.example.test:8443/x")


@pytest.fixture
def ca(server: Server) -> Certificate:
    return issuing.make_ca(NAMES, server.parts.clock.real_now())


@pytest.mark.parametrize("name", ["example.com", "weixin.qq.com", "xapi.mch.weixin.qq.com", "10.0.0.1", "*.qq.com", ""])
async def test_no_other_name_is_ever_signed(server: Server, ca: Certificate, name: str) -> None:
    with pytest.raises(issuing.NameRefused):
        issuing.make_server([*NAMES, name], ca, server.parts.clock.real_now())


async def test_whoever_trusts_the_ca_trusts_no_other_name_even_with_its_key(
    server: Server, ca: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openssl, now = need("openssl", "openssl"), server.parts.clock.real_now()
    (tmp_path / "ca.pem").write_text(ca.certificate)
    right = issuing.make_server(NAMES, ca, now)
    monkeypatch.setattr(issuing, "permitted_names", lambda ca: {"example.com", "10.0.0.1"})
    for certificate, good in (
        (right, True),
        (issuing.make_server(["example.com"], ca, now), False),
        (issuing.make_server(["10.0.0.1"], ca, now), False),
    ):
        (tmp_path / "leaf.pem").write_text(certificate.certificate)
        command = [openssl, "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "ca.pem", "leaf.pem"]
        said = await asyncio.to_thread(
            subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (said.returncode == 0) is good, said.stderr
        assert good or "permitted subtree violation" in said.stderr


async def test_the_names_are_those_of_wechat_of_this_machine_and_of_the_public_url() -> None:
    assert set(NAMES) == {
        *("api.mch.weixin.qq.com", "api2.mch.weixin.qq.com", "apihk.mch.weixin.qq.com"),
        *("api.wechatpay.cn", "api2.wechatpay.cn"),
        *("payapp.weixin.qq.com", "fraud.mch.weixin.qq.com"),
        *("localhost", "127.0.0.1", "::1", "pay.example.test"),
    }
    assert "xn--fsqu00a.test" in server_names("http://例子.test")


class Moment:
    """A clock for certificates alone."""

    def __init__(self, server: Server) -> None:
        self.now = server.parts.clock.real_now()

    def real_now(self) -> datetime:
        return self.now


async def test_certificates_are_kept_and_renewed_before_they_end(server: Server) -> None:
    moment = Moment(server)
    authority = Authority(server.parts.storage, moment, NAMES)  # type: ignore[arg-type]
    first, ca = await authority.server()
    assert await authority.ca() == ca
    assert await authority.server() == (first, ca)
    assert issuing.names_of(first) == set(NAMES)

    moment.now = issuing.ends_at(first) - RENEWAL + timedelta(hours=1)
    second, same = await authority.server()
    assert second != first
    assert same == ca

    moment.now = issuing.ends_at(ca) - RENEWAL + timedelta(hours=1)
    third, new = await authority.server()
    assert new == await authority.ca() != ca
    assert issuing.issued_by(third, new)
    assert issuing.ends_at(third) <= issuing.ends_at(new)


def of(server: Server, *public_urls: str) -> list[Authority]:
    """The authorities of processes at one database, each with a public URL of its own."""
    return [Authority(server.parts.storage, server.parts.clock, server_names(url)) for url in public_urls]


async def test_other_names_renew_and_whoever_has_one_of_them_shows_the_same(server: Server) -> None:
    one, other = of(server, "http://one.test", "http://10.9.8.7")
    first, _ = await one.server()
    second, ca = await other.server()
    assert first != second
    assert issuing.names_of(second) >= {"one.test", "10.9.8.7"}
    assert await one.server() == (second, ca)


async def test_processes_that_begin_together_make_one_of_each(server: Server) -> None:
    both = of(server, "http://pay.test", "http://pay.test")

    async def made_by(authority: Authority) -> tuple[object, ...]:
        shown, mch_id = await authority.server(), "1900000109"
        return shown, await authority.platform_keys(mch_id), await authority.merchant(mch_id)

    first, second = await asyncio.gather(*[made_by(one) for one in both])
    assert first == second


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(https, "CHECK_SECONDS", 0.01)


@pytest.mark.usefixtures("quick_looks")
async def test_a_listener_shows_what_another_process_has_made(server: Server, trusting: ssl.SSLContext) -> None:
    port = urlsplit(server.ways()["https"]).port

    async def shown(context: ssl.SSLContext) -> bytes:
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        writer.close()
        return bytes(writer.get_extra_info("ssl_object").getpeercert(binary_form=True))

    before = await shown(trusting)
    (other,) = of(server, "http://other.test")
    expected, ca = await other.server()
    anyone = ssl.create_default_context()
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    while (found := await shown(anyone)) == before:
        pass
    assert found == ssl.PEM_cert_to_DER_cert(expected.certificate)
    assert await asyncio.to_thread(Path(server.ways()["ca"]).read_text) == ca.certificate


async def test_a_cas_names_are_read_from_it_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Certificate] = []
    permitted = issuing.permitted_names

    def counted(ca: Certificate) -> set[str]:
        read.append(ca)
        return permitted(ca)

    monkeypatch.setattr(issuing, "permitted_names", counted)
    storage, clock = server.parts.storage, server.parts.clock
    first = await Authority(storage, clock, NAMES).ca()
    assert await Authority(storage, clock, NAMES).ca() == first
    read.clear()
    # A data dir of an earlier version keeps a CA, and does not tell for which names it is.
    await storage.write(lambda tx: tx.secrets.save(CA_NAMES, Secret("")))
    for _ in range(2):
        assert await Authority(storage, clock, NAMES).ca() == first
    assert read == [first]


async def test_a_merchants_certificate_outlives_the_ca(server: Server) -> None:
    moment = Moment(server)
    authority = Authority(server.parts.storage, moment, NAMES)  # type: ignore[arg-type]
    mine = await authority.merchant("1900000109")
    await Authority(server.parts.storage, moment, server_names("http://new.test")).ca()  # type: ignore[arg-type]
    assert await authority.merchant("1900000109") == mine
    known = await authority.recognise(ssl.PEM_cert_to_DER_cert(mine.certificate))
    assert isinstance(known, MerchantCertificate)
    assert known.mch_id == "1900000109"


async def test_a_restart_keeps_ca_and_file_and_all_are_ones_own(tmp_path: Path) -> None:
    settings = Settings(port=0, https_port=0, data_dir=tmp_path / "data")
    found = []
    for _ in range(2):
        server = await Server.start(settings)
        found.append(await asyncio.to_thread(Path(server.ways()["ca"]).read_text))
        await server.stop()
    assert found[0] == found[1]
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    assert {modes["ca.pem"], modes["sandbox.db"]} == {0o600}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
