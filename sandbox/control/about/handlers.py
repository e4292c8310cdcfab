"""The sandbox itself: health, its certificate, where to begin, and the description of all this."""

from typing import Any

from aiohttp import web

from sandbox import __version__
from sandbox.control.about import shapes
from sandbox.core.health import Trouble
from sandbox.core.links import Links
from sandbox.core.ports.services import Certificates, ClockControl
from sandbox.core.ports.storage import Storage
from sandbox.web.errors import reply
from sandbox.web.metrics import Metrics
from sandbox.web.openapi import document
from sandbox.web.operations import get
from sandbox.web.pages import Language
from sandbox.words import health

PREFIX = "/_sandbox/"


class AboutHandlers:
    def __init__(
        self,
        storage: Storage,
        links: Links,
        certificates: Certificates,
        clock_control: ClockControl,
        language: Language,
        metrics: Metrics,
        *,
        token_needed: bool,
    ) -> None:
        self._storage = storage
        self._links = links
        self._certificates = certificates
        self._clock_control = clock_control
        self._language = language
        self._metrics = metrics
        self._token_needed = token_needed
        self._document: dict[str, Any] = {}

    @get("/")
    async def get_index(self) -> shapes.Index:
        """Where to begin."""
        base = self._links.base
        names = ("health", "merchants", "orders", "journal", "clock", "events")
        return shapes.Index(
            version=__version__,
            openapi=f"{base}{PREFIX}openapi.json",
            console=f"{base}/console/",
            **{name: f"{base}{PREFIX}{name}" for name in names},
        )

    @get("/openapi.json")
    async def get_openapi(self, request: web.Request) -> dict[str, Any]:
        """This document."""
        if not self._document:
            self._document = document(request.match_info.apps[0], PREFIX, token_needed=self._token_needed)
        return self._document

    @get("/health", open_to_all=True, also={503: shapes.Unwell})
    async def get_health(self, request: web.Request) -> shapes.Health | web.Response:
        """Whether the sandbox takes orders and tells merchants: 200, or 503 and what is wrong.

        It writes to the database only where something failed lately, or the disk is nearly full.
        """
        lang, storage = self._language(request), self._storage
        of_database, of_deliveries = await storage.examine(), self._clock_control.trouble()
        parts = shapes.Parts(
            database=shapes.DatabaseHealth(_status(of_database), storage.kind, storage.owed.processes),
            deliveries=shapes.DeliveriesHealth(_status(of_deliveries)),
        )
        found = [trouble for trouble in (of_database, of_deliveries) if trouble]
        if not found:
            return shapes.Health("ok", __version__, parts)
        told = [shapes.Complaint(one.what.value, health.told(one, lang)) for one in found]
        return reply(shapes.Unwell("failing", __version__, parts, told), 503)

    @get("/ca.pem", media_type="application/x-pem-file", open_to_all=True)
    async def get_ca(self) -> web.Response:
        """The sandbox's CA certificate."""
        ca = await self._certificates.ca()
        return web.Response(text=ca.certificate, content_type="application/x-pem-file")

    @get("/metrics", media_type="text/plain")
    async def get_metrics(self) -> web.Response:
        """What happened, counted, in Prometheus' format."""
        headers = {"Content-Type": "text/plain; version=1.0.0; charset=utf-8"}
        return web.Response(body=await self._metrics.text(), headers=headers)


def _status(trouble: Trouble | None) -> shapes.Status:
    return "failing" if trouble else "ok"
