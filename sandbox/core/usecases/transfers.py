"""The use cases of transfers: ask for one, confirm, cancel, end it. An instance lives for one transaction.

Sources: V3 notes, 15.1; docs/fidelity.md.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from sandbox.core.events import EventName
from sandbox.core.notifications import Notification, NotificationKind, owing
from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import Plan, ReasonName, TransferFailReason
from sandbox.core.repertoire import Repertoire
from sandbox.core.transfer_errors import TransferEnded, TransferMismatch, TransferNotFound
from sandbox.core.transfers import CONFIRM_TIME, Transfer, TransferState, TransferTerms
from sandbox.core.usecases.bookkeeping import Bookkeeping
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.openids import Openids

Decision = Literal["confirm", "success", "fail"]
"""How a transfer may go on, as people and programs name it."""

BATCH = 500
QUERY_TIME = timedelta(days=30)
"""How long the merchant is told of a transfer."""

_EVENTS = {
    TransferState.TRANSFERING: EventName.TRANSFER_CONFIRMED,
    TransferState.SUCCESS: EventName.TRANSFER_SUCCEEDED,
    TransferState.FAIL: EventName.TRANSFER_FAILED,
    TransferState.CANCELING: EventName.TRANSFER_CANCELLING,
    TransferState.CANCELLED: EventName.TRANSFER_CANCELLED,
}


class Transfers:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx
        self._books = Bookkeeping(context)

    # -- the merchant --------------------------------------------------------------------------------------------------

    def request(self, mch_id: str, terms: TransferTerms) -> Transfer:
        """Accept a transfer; the same number in the same terms is the same transfer, whatever became of it.

        Raises TransferMismatch, OpenidInvalid, BalanceShort, and what `TransferTerms.require_fit` raises.
        """
        known = self._tx.transfers.find(OrderKey(mch_id, "", "", terms.out_bill_no))
        if known is not None:
            if known.terms != terms:
                raise TransferMismatch
            return known
        terms.require_fit()
        person = Openids(self._context).person(terms.appid, terms.openid)
        at, ids, chosen = self._context.now(mch_id), self._context.ids, self._chosen(mch_id)
        transfer = Transfer(
            mch_id=mch_id,
            origin=self._context.origin,
            terms=terms,
            transfer_bill_no=ids.transfer_bill_no(at),
            package_info=ids.package_info(),
            created_at=at,
            updated_at=at,
            due_at=at + CONFIRM_TIME,
            plan=chosen and self._faults.within(chosen),
        )
        if transfer.planned.seconds is not None:
            transfer = replace(transfer, due_at=at + min(timedelta(seconds=transfer.planned.seconds), CONFIRM_TIME))
        self._books.transfer(transfer)
        self._tx.payers.save(person)
        self._tx.transfers.add(transfer)
        self._note(EventName.TRANSFER_ACCEPTED, transfer)
        if chosen is not None:
            self._tell(transfer, chosen)
            self._context.scenarios.followed(self._tx)
        return transfer

    def find(self, key: OrderKey) -> Transfer:
        """Raises TransferNotFound."""
        found = self._tx.transfers.find(key)
        if found is None:
            raise TransferNotFound(*key.names)
        return found

    def find_by_bill_no(self, transfer_bill_no: str) -> Transfer:
        """The transfer of WeChat Pay's number; raises TransferNotFound."""
        found = self._tx.transfers.by_bill_no(transfer_bill_no)
        if found is None:
            raise TransferNotFound(transfer_bill_no)
        return found

    def require_told(self, transfer: Transfer) -> Transfer:
        """The transfer, as far as the merchant is still told of it; raises TransferNotFound."""
        if self._context.now(transfer.mch_id) > transfer.created_at + QUERY_TIME:
            raise TransferNotFound(*transfer.key.names)
        return transfer

    def cancel(self, transfer: Transfer) -> Transfer:
        """Take it back; asked again, it is on its way back or there. Raises TransferEnded."""
        transfer = self._overtaken(transfer)
        if transfer.state in (TransferState.CANCELING, TransferState.CANCELLED):
            return transfer
        return self._become(transfer.cancel(self._context.now(transfer.mch_id)))

    # -- the person ----------------------------------------------------------------------------------------------------

    def confirm(self, transfer: Transfer) -> Transfer:
        """The person confirms it; raises TransferEnded."""
        if not self.confirmable(transfer):
            raise TransferEnded
        return self._become(transfer.confirm(self._context.now(transfer.mch_id)))

    def confirmable(self, transfer: Transfer) -> bool:
        """Whether the person can still confirm it."""
        return transfer.waiting and self._context.now(transfer.mch_id) < transfer.expires_at

    def leave(self, transfer: Transfer) -> Transfer:
        """The person leaves it as it is; raises TransferEnded."""
        if not self.confirmable(transfer):
            raise TransferEnded
        self._note(EventName.TRANSFER_LEFT, transfer)
        return transfer

    # -- what becomes of it --------------------------------------------------------------------------------------------

    def decide(self, transfer: Transfer, what: Decision, reason: TransferFailReason) -> Transfer:
        """What somebody has become of it; the reason is that of a failure. Raises TransferEnded."""
        match what:
            case "confirm":
                return self.confirm(transfer)
            case "success":
                return self.succeed(transfer)
        return self.fail(transfer, reason)

    def succeed(self, transfer: Transfer) -> Transfer:
        """Have it arrive, confirmed on the way where it was not; raises TransferEnded."""
        confirmed = self.confirm(transfer) if transfer.waiting else transfer
        return self._become(confirmed.succeed(self._context.now(transfer.mch_id)))

    def fail(self, transfer: Transfer, reason: TransferFailReason) -> Transfer:
        """Have it fail; raises TransferEnded."""
        return self._become(self._overtaken(transfer).fail(reason, self._context.now(transfer.mch_id)))

    def owed(self, transfer: Transfer) -> Notification | None:
        """The notification that the schedule owes; None where none is."""
        return next((one for one in self._tx.notifications.of_order(transfer.key) if not one.single), None)

    def run_due(self, mch_id: str) -> int:
        """Do what has its time, each as of its own time: a batch, answers how many."""
        due = self._tx.transfers.due(mch_id, self._context.now(mch_id), BATCH)
        for transfer in due:
            assert transfer.due_at is not None, "what is due has a time"
            self._become(transfer.fall_due(transfer.due_at))
        return len(due)

    # -- parts ---------------------------------------------------------------------------------------------------------

    @property
    def _faults(self) -> Repertoire:
        return self._context.faces.by(self._context.origin).faults

    def _chosen(self, mch_id: str) -> Plan | None:
        """What decides over a new one: the scenario that the call's header names, else what is in force."""
        scenarios, wanted = self._context.scenarios, self._context.call_context.wanted
        if wanted and scenarios.wished(wanted, mch_id):
            return scenarios.plan(wanted, mch_id, ReasonName.HEADER)
        return scenarios.standing(mch_id)

    def _tell(self, transfer: Transfer, plan: Plan) -> None:
        """Which scenario decided, and why; and what of it is left out, for a transfer has no such fault."""
        key, scenario, why = transfer.key, plan.scenario, plan.why
        self._context.note(key, EventName.SCENARIO_CHOSEN, scenario=scenario, why=why.name.value, **why.facts)
        if lacking := self._faults.lacking(plan):
            told = {"scenario": scenario, "faults": ", ".join(lacking), "face": transfer.origin.face}
            self._context.note(key, EventName.SCENARIO_LACKING, **told)

    def _overtaken(self, transfer: Transfer) -> Transfer:
        """What its time has made of it by now, though the scheduler has not come to it."""
        now = self._context.now(transfer.mch_id)
        while transfer.due_at is not None and transfer.due_at <= now:
            transfer = self._become(transfer.fall_due(transfer.due_at))
        return transfer

    def _become(self, transfer: Transfer) -> Transfer:
        """Keep it in its new state, with all that follows."""
        self._tx.transfers.save(transfer)
        reason: dict[str, str] = {}
        if transfer.state is TransferState.FAIL and transfer.fail_reason:
            reason = {"fail_reason": transfer.fail_reason.value}
        self._note(_EVENTS[transfer.state], transfer, **reason)
        if transfer.ended:
            self._books.transfer_ended(transfer)
            self._owe(transfer)
        return transfer

    def _note(self, name: EventName, transfer: Transfer, **facts: str) -> None:
        self._context.note(transfer.key, name, transfer_amount=transfer.terms.transfer_amount, **facts)

    def _owe(self, transfer: Transfer) -> None:
        """The notification of its end; nobody is told where no URL was given."""
        if not transfer.terms.notify_url:
            return
        at, sendings = transfer.updated_at, transfer.planned.sendings
        for message in owing(partial(self._message, transfer, at), sendings, at):
            self._tx.owe(message)

    def _message(self, transfer: Transfer, at: datetime) -> Notification:
        return Notification(
            id=self._context.ids.notification_id(),
            kind=NotificationKind.TRANSFER,
            origin=transfer.origin,
            key=transfer.key,
            url=transfer.terms.notify_url,
            nonce_str=self._context.ids.answer_nonce(),
            created_at=at,
            next_at=at,
        )
