"""Transfers to people: look at them, and do what the person, or WeChat, does."""

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from sandbox.control.journal import shapes as journal_shapes
from sandbox.control.journal.views import entry_view
from sandbox.control.notifications.views import notification_view
from sandbox.control.transfers import shapes
from sandbox.control.transfers.views import listed_transfer_view, transfer_view
from sandbox.core.links import Links
from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import TransferFailReason
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import Entry, Page
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.text import Lang
from sandbox.core.transfer_errors import TransferEnded, TransferNotFound
from sandbox.core.transfers import Transfer, TransferState
from sandbox.core.usecases.making import UseCases
from sandbox.core.usecases.transfers import Decision
from sandbox.web.errors import Refused
from sandbox.web.operations import get, post
from sandbox.web.pages import Language
from sandbox.web.shapes import ListQuery, MchId, OutBillNo

ONE = "/transfers/{mch_id}/{out_bill_no}"


class TransferPath(msgspec.Struct):
    mch_id: MchId
    out_bill_no: OutBillNo

    @property
    def key(self) -> OrderKey:
        return OrderKey(self.mch_id, "", "", self.out_bill_no)


class TransfersQuery(ListQuery):
    mch_id: str = ""
    state: TransferState | UnsetType = UNSET


_WITH_REASON = {"properties": {"fail_reason": {"type": "string"}}, "required": ["fail_reason"]}
_FAILING = {"properties": {"outcome": {"const": "fail"}}, "required": ["outcome"]}


class DecideTransfer(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes of a transfer.

    `confirm`: the person confirms it, and it goes on as its scenario has it; `success`: the money arrives at once;
    `fail`: it comes to nothing, with a `fail_reason` (OTHER_FAIL_REASON_TYPE).
    """

    outcome: Decision = "confirm"
    fail_reason: TransferFailReason | UnsetType = UNSET


TransferBody = Annotated[DecideTransfer, msgspec.Meta(extra_json_schema={"if": _WITH_REASON, "then": _FAILING})]


class TransferHandlers:
    def __init__(self, storage: Storage, links: Links, faces: Faces, usecases: UseCases, language: Language) -> None:
        self._storage = storage
        self._links = links
        self._faces = faces
        self._usecases = usecases
        self._language = language

    @get("/transfers")
    async def list_transfers(self, query: TransfersQuery) -> shapes.TransferList:
        """Transfers to people, newest first."""
        chosen = (query.mch_id, query.state or "")
        page = await self._storage.read(lambda tx: tx.transfers.page(*chosen, query.after, query.limit))
        return shapes.TransferList([listed_transfer_view(one, self._links) for one in page.items], page.next)

    @get(ONE, raises=(TransferNotFound,))
    async def get_transfer(self, request: web.Request, path: TransferPath) -> shapes.Transfer:
        """One transfer with its notifications."""
        lang = self._language(request)
        return await self._storage.read(lambda tx: self._whole(tx, self._usecases.transfers(tx).find(path.key), lang))

    @get(f"{ONE}/timeline", raises=(TransferNotFound,))
    async def get_transfer_timeline(
        self, request: web.Request, path: TransferPath, query: ListQuery
    ) -> journal_shapes.Timeline:
        """Everything that happened to a transfer, oldest first."""
        lang = self._language(request)

        def read(tx: UnitOfWork) -> Page[Entry]:
            return tx.journal.timeline_after(self._usecases.transfers(tx).find(path.key).key, query.after, query.limit)

        page = await self._storage.read(read)
        return journal_shapes.Timeline([entry_view(entry, self._faces, lang) for entry in page.items], page.next)

    @post(ONE, raises=(TransferNotFound, TransferEnded))
    async def decide_transfer(self, request: web.Request, path: TransferPath, body: TransferBody) -> shapes.Transfer:
        """What the person who receives it, or WeChat, does with a transfer."""
        if body.fail_reason and body.outcome != "fail":
            raise Refused(400, "invalid", "A fail_reason belongs to the outcome fail.", "fail_reason")
        lang = self._language(request)

        def decide(tx: UnitOfWork) -> shapes.Transfer:
            transfers = self._usecases.transfers(tx)
            found = transfers.find(path.key)
            reason = body.fail_reason or TransferFailReason.OTHER_FAIL_REASON_TYPE
            return self._whole(tx, transfers.decide(found, body.outcome, reason), lang)

        return await self._storage.write(decide)

    def _whole(self, tx: UnitOfWork, transfer: Transfer, lang: Lang) -> shapes.Transfer:
        owed = tx.notifications.of_order(transfer.key)
        told = [notification_view(one, tx.journal.attempts(one.id), self._faces, lang) for one in owed]
        return transfer_view(transfer, self._links, told)
