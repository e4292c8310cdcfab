"""Merchants' certificates: listed, issued, downloaded, revoked, restored, ended."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from aiohttp import web

from sandbox.control.accounts import shapes
from sandbox.control.accounts.handlers import MerchantPath
from sandbox.control.accounts.views import certificate_files_view, certificate_view
from sandbox.core.certificates import LONGEST_DAYS, MerchantCertificate
from sandbox.core.changes import Author
from sandbox.core.clock import Clock
from sandbox.core.errors import (
    CertificateEnded,
    CertificateNotRevoked,
    CertificatesEnough,
    CertificateTooLate,
    CertificateUnknown,
    MerchantUnknown,
)
from sandbox.core.ports.services import Certificates
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.usecases.certificates import certificate_of
from sandbox.core.usecases.making import UseCases
from sandbox.web.operations import get, post
from sandbox.web.shapes import ListQuery, MchId, SerialNo

ALL = "/merchants/{mch_id}/certificates"
ONE = ALL + "/{serial_no}"
NAMED = (MerchantUnknown, CertificateUnknown)
PEM = "application/x-pem-file"
PKCS12 = "application/x-pkcs12"


class CertificatePath(msgspec.Struct):
    mch_id: MchId
    serial_no: SerialNo


class IssueBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new certificate. `days`: how long it is good, five years or until the CA's end; 0: it has ended already."""

    days: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_DAYS)] | None = None


class CertificateHandlers:
    def __init__(self, storage: Storage, clock: Clock, certificates: Certificates, usecases: UseCases) -> None:
        self._storage = storage
        self._clock = clock
        self._certificates = certificates
        self._usecases = usecases

    @get(ALL, raises=(MerchantUnknown,))
    async def list_certificates(self, path: MerchantPath, query: ListQuery) -> shapes.CertificateList:
        """A merchant's certificates, newest first, without their keys; none before the first is needed."""
        self._storage.accounts.merchant(path.mch_id)
        found = await self._storage.read(lambda tx: tx.merchant_certificates.of(path.mch_id))
        now = self._clock.real_now()
        return shapes.CertificateList(*query.part_of([certificate_view(one, now) for one in found]))

    @post(ALL, status=201, raises=(MerchantUnknown, CertificatesEnough))
    async def issue_certificate(self, path: MerchantPath, body: IssueBody) -> shapes.CertificateFiles:
        """Issue one more, with a key of its own; those that are valid stay so. At most three are valid at a time."""
        issued = await self._certificates.issue(path.mch_id, Author.CONTROL, body.days)
        return certificate_files_view(issued, self._clock.real_now())

    @get(ONE, raises=NAMED)
    async def get_certificate(self, path: CertificatePath) -> shapes.CertificateFiles:
        """One certificate with its key, valid or not."""
        return certificate_files_view(await self._find(path), self._clock.real_now())

    @get(f"{ONE}/apiclient_cert.pem", media_type=PEM, raises=NAMED)
    async def get_certificate_pem(self, path: CertificatePath) -> web.Response:
        """One certificate as PEM."""
        return web.Response(text=(await self._find(path)).files.certificate, content_type=PEM)

    @get(f"{ONE}/apiclient_key.pem", media_type=PEM, raises=NAMED)
    async def get_certificate_key(self, path: CertificatePath) -> web.Response:
        """Its key as PEM (PKCS #8)."""
        return web.Response(text=(await self._find(path)).files.private_key, content_type=PEM)

    @get(f"{ONE}/apiclient_cert.p12", media_type=PKCS12, raises=NAMED)
    async def get_certificate_pkcs12(self, path: CertificatePath) -> web.Response:
        """Both as PKCS #12; the password is the mch_id."""
        body = self._certificates.pkcs12((await self._find(path)).files, path.mch_id)
        return web.Response(body=body, content_type=PKCS12)

    @post(f"{ONE}/revoke", raises=(*NAMED, CertificateEnded))
    async def revoke_certificate(self, path: CertificatePath) -> shapes.Certificate:
        """Revoke it (作废): calls with it get the front end's page from now on."""
        return await self._changed(
            lambda tx: self._usecases.certificates(tx, Author.CONTROL).revoke(path.mch_id, path.serial_no)
        )

    @post(f"{ONE}/restore", raises=(*NAMED, CertificateNotRevoked, CertificateTooLate, CertificatesEnough))
    async def restore_certificate(self, path: CertificatePath) -> shapes.Certificate:
        """Restore a revoked one (恢复), within seven days."""
        return await self._changed(
            lambda tx: self._usecases.certificates(tx, Author.CONTROL).restore(path.mch_id, path.serial_no)
        )

    @post(f"{ONE}/expire", raises=(*NAMED, CertificateEnded))
    async def expire_certificate(self, path: CertificatePath) -> shapes.Certificate:
        """Have it end now, by the sandbox's book; what stands in the file stays."""
        return await self._changed(
            lambda tx: self._usecases.certificates(tx, Author.CONTROL).expire(path.mch_id, path.serial_no)
        )

    async def _find(self, path: CertificatePath) -> MerchantCertificate:
        return await self._storage.read_now(lambda tx: certificate_of(tx, path.mch_id, path.serial_no))

    async def _changed(self, change: Callable[[UnitOfWork], MerchantCertificate]) -> shapes.Certificate:
        certificate = await self._storage.write(change)
        return certificate_view(certificate, self._clock.real_now())
