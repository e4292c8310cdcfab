"""A merchant's platform certificates: listed, a second one issued, another set to sign, one ended."""

from collections.abc import Callable

from sandbox.control.accounts import shapes
from sandbox.control.accounts.certificates import CertificatePath
from sandbox.control.accounts.handlers import MerchantPath
from sandbox.control.accounts.views import platform_certificate_view
from sandbox.core.changes import Author
from sandbox.core.clock import Clock
from sandbox.core.errors import (
    MerchantUnknown,
    PlatformCertificateEnded,
    PlatformCertificateLast,
    PlatformCertificatesEnough,
    PlatformCertificateUnknown,
)
from sandbox.core.platform_keys import PlatformCertificate
from sandbox.core.ports.services import Certificates
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.usecases.making import UseCases
from sandbox.core.usecases.platform_keys import platform_certificates_of
from sandbox.web.operations import get, post
from sandbox.web.shapes import ListQuery

ALL = "/merchants/{mch_id}/platform-certificates"
ONE = ALL + "/{serial_no}"
NAMED = (MerchantUnknown, PlatformCertificateUnknown, PlatformCertificateEnded)


class PlatformCertificateHandlers:
    def __init__(self, storage: Storage, clock: Clock, certificates: Certificates, usecases: UseCases) -> None:
        self._storage = storage
        self._clock = clock
        self._certificates = certificates
        self._usecases = usecases

    @get(ALL, raises=(MerchantUnknown,))
    async def list_platform_certificates(self, path: MerchantPath, query: ListQuery) -> shapes.PlatformCertificateList:
        """WeChat Pay's certificates (微信支付平台证书) for a merchant, newest first, and which of them signs."""
        await self._certificates.platform_keys(path.mch_id)
        now = self._clock.real_now()
        found = await self._storage.read(lambda tx: platform_certificates_of(tx, path.mch_id, now))
        return shapes.PlatformCertificateList(*query.part_of([platform_certificate_view(one, now) for one in found]))

    @post(ALL, status=201, raises=(MerchantUnknown, PlatformCertificatesEnough))
    async def issue_platform_certificate(self, path: MerchantPath) -> shapes.PlatformCertificate:
        """Issue a new one beside the old (平台证书更换), for this merchant alone; the old one goes on signing."""
        issued = await self._certificates.issue_platform(path.mch_id, Author.CONTROL)
        return platform_certificate_view(issued, self._clock.real_now())

    @post(f"{ONE}/sign", raises=NAMED)
    async def sign_with_platform_certificate(self, path: CertificatePath) -> shapes.PlatformCertificate:
        """Have this one sign from now on, and no other."""
        return await self._changed(
            lambda tx: self._usecases.platform_keys(tx, Author.CONTROL).sign_with(path.mch_id, path.serial_no)
        )

    @post(f"{ONE}/expire", raises=(*NAMED, PlatformCertificateLast))
    async def expire_platform_certificate(self, path: CertificatePath) -> shapes.PlatformCertificate:
        """Have it end now: the other one signs, and nothing that is encrypted for this one is read any more."""
        return await self._changed(
            lambda tx: self._usecases.platform_keys(tx, Author.CONTROL).end(path.mch_id, path.serial_no)
        )

    async def _changed(self, change: Callable[[UnitOfWork], PlatformCertificate]) -> shapes.PlatformCertificate:
        certificate = await self._storage.write(change)
        return platform_certificate_view(certificate, self._clock.real_now())
