"""The page on which a person confirms a transfer (确认收款), and what they do there."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.cashier.forms import NotUnderstood, read_form
from sandbox.core.plans import TransferFailReason
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.text import Text
from sandbox.core.transfer_errors import TransferEnded, TransferNotFound
from sandbox.core.transfers import SCENES, Transfer, TransferState
from sandbox.core.usecases.making import UseCases
from sandbox.web.pages import Pages
from sandbox.words import cashier as words
from sandbox.words import transfers as texts

_RECEIVED = {TransferState.TRANSFERING: texts.ON_ITS_WAY, TransferState.SUCCESS: texts.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one transaction read for a page: the transfer, whose it is, and whether it can be confirmed."""

    transfer: Transfer
    payer: str
    confirmable: bool


class TransferPages:
    """The handlers."""

    def __init__(self, storage: Storage, usecases: UseCases, pages: Pages) -> None:
        self._storage = storage
        self._usecases = usecases
        self._pages = pages

    async def show(self, request: web.Request) -> web.Response:
        return await self._shown(request, None, 200)

    async def act(self, request: web.Request) -> web.Response:
        """What the person did: confirm it, leave it, or have it fail with a `reason`."""
        try:
            form = await read_form(request)
            await self._storage.write(lambda tx: self._act(tx, _number(request), form))
        except TransferNotFound:
            return self._page(request, None, texts.UNKNOWN, 404)
        except TransferEnded:
            return await self._shown(request, None, 409)
        except NotUnderstood as wrong:
            return await self._shown(request, wrong.sentence, 400)
        left = {"left": "1"} if form.get("act") == "leave" else {}
        address = str(request.rel_url.without_query_params("left").update_query(left))
        return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})

    async def _shown(self, request: web.Request, notice: Text | None, status: int) -> web.Response:
        """The page as it stands, with what was wrong about a form."""
        try:
            seen = await self._storage.read(lambda tx: self._look(tx, _number(request)))
        except TransferNotFound:
            return self._page(request, None, texts.UNKNOWN, 404)
        return self._page(request, seen, notice, status)

    def _look(self, tx: UnitOfWork, transfer_bill_no: str) -> Seen:
        transfers = self._usecases.transfers(tx)
        found = transfers.find_by_bill_no(transfer_bill_no)
        name = tx.accounts.merchant(found.mch_id).name
        return Seen(found, name or found.mch_id, transfers.confirmable(found))

    def _act(self, tx: UnitOfWork, transfer_bill_no: str, form: dict[str, str]) -> None:
        transfers = self._usecases.transfers(tx)
        found = transfers.find_by_bill_no(transfer_bill_no)
        match form.get("act"):
            case "confirm":
                transfers.confirm(found)
            case "leave":
                transfers.leave(found)
            case "fail" if form.get("reason", "") in set(TransferFailReason):
                transfers.fail(found, TransferFailReason(form["reason"]))
            case _:
                raise NotUnderstood(words.BAD_FORM)

    def _page(
        self, request: web.Request, seen: Seen | None, notice: Text | None = None, status: int = 200
    ) -> web.Response:
        screen = _screen(seen, left="left" in request.query)
        context: dict[str, Any] = {
            "transfer": seen.transfer if seen else None,
            "payer": seen.payer if seen else "",
            "scene": SCENES[seen.transfer.terms.transfer_scene_id].name if seen else "",
            "screen": screen,
            "received": _RECEIVED.get(seen.transfer.state) if seen else None,
            "notice": notice,
            "reasons": texts.REASONS,
            "here": str(request.rel_url.without_query_params("left")),
            "in_language": lambda lang: str(request.rel_url.update_query(lang=lang)),
        }
        return self._pages.render(request, "cashier/transfer.html", context, status=status, ancestors="*")


def _screen(seen: Seen | None, *, left: bool) -> str:
    """What the person sees: the form, that it is received, that they left it, or that it is over."""
    if seen is not None and seen.transfer.state in _RECEIVED:
        return "received"
    if seen is None or not seen.confirmable:
        return "dead"
    return "cancelled" if left else "confirm"


def _number(request: web.Request) -> str:
    return request.match_info["transfer_bill_no"]
