"""The sandbox's certificate authority: made when first needed, kept in the store, renewed before it ends.

One CA signs all: merchants' and the platform's certificates, and the server's for the names in the CA's own name
constraints. All processes on a database have the same: what is not there yet is made by one at a time, after another
look. How certificates are made (`issuing`) is imported on first use, and never on the event loop.
"""

import asyncio
import secrets
import ssl
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

from sandbox.core.certificates import (
    LONGEST_DAYS,
    Certificate,
    CertificateState,
    MerchantCertificate,
    UnknownCertificate,
)
from sandbox.core.changes import Author
from sandbox.core.clock import Clock
from sandbox.core.errors import NoValidCertificate
from sandbox.core.merchants import Secret
from sandbox.core.platform_keys import (
    SHARED,
    PlatformCertificate,
    PlatformKeys,
    PublicKey,
    own_key_id,
    shared_key_id,
)
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.usecases.certificates import CertificateService
from sandbox.core.usecases.platform_keys import PlatformKeyService

CA = "ca"
SERVER = "server"
CA_NAMES = "ca names"
"""The secret that keeps for which names the CA speaks: its serial number, and they."""
TURN = "certificates"
"""Whose turn it is to make any."""
RENEWAL = timedelta(days=30)
"""How long before its end a certificate of the server or the CA is renewed."""

PLATFORM_NAME = "Tenpay.com sign (sandbox)"
"""The common name of WeChat Pay's own certificates."""


class Authority:
    """Issues certificates, one at a time. `names` are those by which this process is reached."""

    def __init__(self, storage: Storage, clock: Clock, names: Sequence[str]) -> None:
        self._storage = storage
        self._clock = clock
        self._names = tuple(names)

    async def ca(self) -> Certificate:
        """The CA's certificate; a new one where the old one nears its end or lacks one of the names."""
        known = await self._known_ca()
        if known is None:
            async with self._turn():
                return await self._ca()
        return known

    async def platform_keys(self, mch_id: str) -> PlatformKeys:
        """WeChat Pay's keys for a merchant; what is not there yet is made now. Raises MerchantUnknown."""
        while (kept := await self._platform_keys(mch_id)) is None:
            async with self._turn():
                await self._make_platform_keys(mch_id)
        return kept

    async def issue_platform(self, mch_id: str, author: Author) -> PlatformCertificate:
        """One more platform certificate, for this merchant alone; the old one goes on signing.

        Raises MerchantUnknown, PlatformCertificatesEnough.
        """
        await self.platform_keys(mch_id)
        async with self._turn():
            ca = await self._ca()
            issued = await asyncio.to_thread(self._make_platform, mch_id, ca)
            await self._storage.write(lambda tx: PlatformKeyService(tx, self._clock, author).keep(issued))
        return issued

    async def merchant(self, mch_id: str) -> Certificate:
        """A merchant's newest valid certificate (商户 API 证书); one who never had any gets the first now.

        Raises MerchantUnknown, and NoValidCertificate: where a person revoked the last, none comes by itself.
        """
        newest = await self._newest(mch_id)
        if newest is not None:
            return newest
        async with self._turn():
            return await self._newest(mch_id) or await self._first(mch_id)

    async def issue(self, mch_id: str, author: Author, days: int | None = None) -> MerchantCertificate:
        """One more certificate for a merchant; raises MerchantUnknown, CertificatesEnough."""
        self._storage.accounts.merchant(mch_id)
        async with self._turn():
            issued = await self._issued(mch_id, LONGEST_DAYS if days is None else days)
            await self._storage.write(lambda tx: CertificateService(tx, self._clock, author).keep(issued))
        return issued

    async def server(self) -> tuple[Certificate, Certificate]:
        """The HTTPS listeners' certificate, and the CA's that signed it: the same for all processes.

        It has all names that the CA speaks for, and is renewed near its end and when there is another CA.
        """
        known = await self._known_server()
        if known is None:
            async with self._turn():
                return await self._server()
        return known

    async def recognise(self, der: bytes) -> MerchantCertificate | UnknownCertificate:
        """The certificate that a client has shown, valid or not: byte for byte one that was issued to a merchant."""
        from sandbox.ingress import issuing  # whoever shows a certificate came by TLS, which has imported it

        shown = issuing.described(der)
        kept = await self._storage.read_now(lambda tx: tx.merchant_certificates.find(shown.serial_no))
        same = kept is not None and ssl.PEM_cert_to_DER_cert(kept.files.certificate) == der
        return kept if kept is not None and same else shown

    def pkcs12(self, certificate: Certificate, mch_id: str) -> bytes:
        """apiclient_cert.p12 as WeChat issues it; its password is the mch_id."""
        from sandbox.ingress import issuing

        return issuing.pkcs12(certificate, mch_id)

    async def _newest(self, mch_id: str) -> Certificate | None:
        """The newest valid one, None where none was ever issued; raises MerchantUnknown, NoValidCertificate."""
        self._storage.accounts.merchant(mch_id)
        found = await self._storage.read_now(lambda tx: tx.merchant_certificates.of(mch_id))
        valid = [one for one in found if one.state(self._now()) is CertificateState.VALID]
        if found and not valid:
            raise NoValidCertificate
        return valid[0].files if valid else None

    async def _first(self, mch_id: str) -> Certificate:
        """It comes with the merchant, as its keys do: no line of the timeline tells of it."""
        issued = await self._issued(mch_id, LONGEST_DAYS)

        def keep(tx: UnitOfWork) -> None:
            tx.accounts.merchant(mch_id)
            tx.merchant_certificates.add(issued)

        await self._storage.write(keep)
        return issued.files

    async def _issued(self, mch_id: str, days: int) -> MerchantCertificate:
        ca = await self._ca()
        return await asyncio.to_thread(self._make_merchants, mch_id, ca, days)

    async def _platform_keys(self, mch_id: str) -> PlatformKeys | None:
        merchant, now = self._storage.accounts.merchant(mch_id), self._now()
        return await self._storage.read_now(lambda tx: tx.platform_keys.of(merchant, now))

    async def _make_platform_keys(self, mch_id: str) -> None:
        """The merchant's own public key where it is to have one; then what all share, unless it is enough."""
        storage, merchant = self._storage, self._storage.accounts.merchant(mch_id)
        known = await storage.read_now(lambda tx: tx.platform_keys.public_key(mch_id))
        if merchant.separate_platform_keys and known is None:
            own = await asyncio.to_thread(self._make_public_key, mch_id)
            await storage.write(lambda tx: tx.platform_keys.keep_public_key(mch_id, own))
        if await self._platform_keys(mch_id) is not None:
            return
        ca = await self._ca()
        shared = await asyncio.to_thread(self._make_platform, SHARED, ca)
        key = await asyncio.to_thread(self._public_key_of, shared)

        def keep(tx: UnitOfWork) -> None:
            tx.platform_keys.add(shared)
            # A public key never ends: it stays where the certificate had to be renewed.
            if tx.platform_keys.public_key(SHARED) is None:
                tx.platform_keys.keep_public_key(SHARED, key)

        await storage.write(keep)

    async def _known_ca(self) -> Certificate | None:
        """The CA that is kept, where it is as good as a new one.

        Reading its names imports `cryptography`, for a tenth of a second; so a start finds what who made it has noted.
        """
        kept, noted = await self._storage.read_now(lambda tx: (tx.own_certificates.find(CA), tx.secrets.find(CA_NAMES)))
        serial_no, *names = noted.split() if noted else [""]
        good = kept is not None and serial_no == kept.serial_no and self._is_good(kept, names)
        return kept if good else None

    async def _ca(self) -> Certificate:
        """The same or a new one, for whose turn it is."""
        if (known := await self._known_ca()) is not None:
            return known
        kept = await self._kept(CA)
        ca, names = await asyncio.to_thread(self._renewed_ca, kept)

        def keep(tx: UnitOfWork) -> None:
            tx.own_certificates.save(CA, ca)
            tx.secrets.save(CA_NAMES, Secret(" ".join((ca.serial_no, *names))))

        await self._storage.write(keep)
        return ca

    async def _known_server(self) -> tuple[Certificate, Certificate] | None:
        kept, ca = await self._kept(SERVER), await self._known_ca()
        if kept is None or ca is None or not await asyncio.to_thread(self._still_serves, kept, ca):
            return None
        return kept, ca

    async def _server(self) -> tuple[Certificate, Certificate]:
        """The one that is known or a new one, with the CA's; for whose turn it is."""
        ca = await self._ca()
        if (known := await self._known_server()) is not None:
            return known
        made = await asyncio.to_thread(self._make_server, ca)
        await self._storage.write(lambda tx: tx.own_certificates.save(SERVER, made))
        return made, ca

    # -- these import `cryptography`, so they are for threads ----------------------------------------------------------

    def _renewed_ca(self, old: Certificate | None) -> tuple[Certificate, Sequence[str]]:
        """A CA for this process's names and those of the old one, with these: two public URLs need no CA each.

        It is the old one where all that is missing is a note of its names, as an earlier version left it.
        """
        from sandbox.ingress import issuing

        before = issuing.permitted_names(old) if old else set()
        names = self._and_others(before)
        if old is not None and self._is_good(old, before):
            return old, names
        return issuing.make_ca(names, self._now()), names

    def _make_server(self, ca: Certificate) -> Certificate:
        from sandbox.ingress import issuing

        return issuing.make_server(self._and_others(issuing.permitted_names(ca)), ca, self._now())

    def _make_platform(self, mch_id: str, ca: Certificate) -> PlatformCertificate:
        from sandbox.ingress import issuing

        made = issuing.make_account(PLATFORM_NAME, ca, self._now())
        begins, ends = issuing.begins_at(made), issuing.ends_at(made)
        return PlatformCertificate(mch_id=mch_id, files=made, effective_at=begins, expires_at=ends)

    def _make_public_key(self, mch_id: str) -> PublicKey:
        from sandbox.ingress import issuing

        public, private = issuing.make_pair()
        return PublicKey(own_key_id(mch_id, self._now(), secrets.randbits(64)), public, private)

    def _public_key_of(self, shared: PlatformCertificate) -> PublicKey:
        from sandbox.ingress import issuing

        return PublicKey(shared_key_id(shared.serial_no), issuing.public_key(shared.files), shared.files.private_key)

    def _make_merchants(self, mch_id: str, ca: Certificate, days: int) -> MerchantCertificate:
        from sandbox.ingress import issuing

        now = self._now()
        made = issuing.make_account(mch_id, ca, now, timedelta(days=days))
        return MerchantCertificate(mch_id=mch_id, files=made, issued_at=now, expires_at=issuing.ends_at(made))

    def _still_serves(self, kept: Certificate, ca: Certificate) -> bool:
        from sandbox.ingress import issuing

        lasts = issuing.ends_at(kept) - self._now() > RENEWAL
        return lasts and issuing.names_of(kept).issuperset(self._names) and issuing.issued_by(kept, ca)

    # -- parts ---------------------------------------------------------------------------------------------------------

    async def _kept(self, name: str) -> Certificate | None:
        return await self._storage.read_now(lambda tx: tx.own_certificates.find(name))

    def _turn(self) -> AbstractAsyncContextManager[None]:
        """For who may have to make one: what another process has made meanwhile is to be looked for inside."""
        return self._storage.exclusively(TURN)

    def _is_good(self, ca: Certificate, names: Collection[str]) -> bool:
        """Whether a CA that speaks for these names is good enough for this process."""
        return set(names).issuperset(self._names) and _lasts(ca, self._now())

    def _and_others(self, names: Collection[str]) -> Sequence[str]:
        """This process's names, then all others: each once."""
        return tuple(dict.fromkeys((*self._names, *sorted(names))))

    def _now(self) -> datetime:
        """Real time: certificates are valid by the wall, whatever the sandbox clock shows."""
        return self._clock.real_now()


def _lasts(ca: Certificate, now: datetime) -> bool:
    """Whether the CA is not near its end; read by the standard library, whose import every start has paid."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=ca.certificate)
    ends = ssl.cert_time_to_seconds(str(context.get_ca_certs()[0]["notAfter"]))
    return datetime.fromtimestamp(ends, UTC) - now > RENEWAL
