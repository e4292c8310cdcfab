"""Which of a plan's faults a face can commit."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sandbox.core.plans import (
    ALTERED,
    Alteration,
    AnswerFault,
    CallFault,
    Fault,
    MessageFault,
    Plan,
    Sending,
    TransferAct,
)

TRANSFER = "transfer"
"""What transfers to people are called, where a face has none."""

SIGNED_BY = "signed-by"
"""What a choice of the key that signs is called, where a face has no such choice."""

Sendings = tuple[Sending, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repertoire:
    """The faults that one face can commit: on answers, on notifications of payments, of refunds, and of transfers.

    `fields` tells whether it sets and removes the fields of its messages as a scenario names them, `keys` whether
    WeChat Pay signs them with one of several keys of its own. A face without faults of `transfers` has no
    transfers at all.
    """

    answers: frozenset[AnswerFault] = frozenset(AnswerFault)
    payments: frozenset[MessageFault] = frozenset(MessageFault)
    refunds: frozenset[MessageFault] = frozenset(MessageFault)
    transfers: frozenset[MessageFault] = frozenset()
    fields: bool = True
    keys: bool = True

    def lacking_of(self, one: CallFault | Alteration, known: Collection[Fault]) -> str:
        """What a face with the `known` faults has not of one, by name; empty where it has all of it."""
        if one.fault is not None and one.fault not in known:
            return one.fault.value
        return ALTERED if (one.set or one.remove) and not self.fields else ""

    def lacking_call(self, fault: CallFault) -> str:
        """What the face cannot do to a call, by name; empty where it can have the call end so."""
        return self.lacking_of(fault, self.answers)

    def lacking(self, plan: Plan) -> list[str]:
        """The faults of a plan that the face has not, by name."""
        calls = [self.lacking_call(one) for one in plan.faults]
        payments = [self.lacking_of(one, self.payments) for one in _alterations(plan.sendings)]
        of_refunds = [one for act in plan.refunds for one in _alterations(act.sendings)]
        refunds = [self.lacking_of(one, self.refunds) for one in of_refunds]
        transfers = self._lacking_transfer(plan.transfer) if plan.transfer else []
        keys = [SIGNED_BY] if plan.signed_by and not self.keys else []
        return list(dict.fromkeys(filter(None, (*calls, *payments, *refunds, *transfers, *keys))))

    def within(self, plan: Plan) -> Plan:
        """The plan without what the face has not; all else happens as it stands there."""
        if not self.lacking(plan):
            return plan
        return replace(
            plan,
            faults=tuple(one for one in plan.faults if not self.lacking_call(one)),
            sendings=self._among(plan.sendings, self.payments),
            refunds=tuple(replace(act, sendings=self._among(act.sendings, self.refunds)) for act in plan.refunds),
            transfer=self._within_transfer(plan.transfer) if plan.transfer else None,
            signed_by=plan.signed_by if self.keys else None,
        )

    def of_refund(self, sendings: Sendings) -> Sendings:
        """The messages about a refund that the face can write: it need not be the face of the refund's order."""
        return self._among(sendings, self.refunds)

    def _lacking_transfer(self, act: TransferAct) -> list[str]:
        if not self.transfers:
            return [TRANSFER]
        return [self.lacking_of(one, self.transfers) for one in _alterations(act.sendings)]

    def _within_transfer(self, act: TransferAct) -> TransferAct | None:
        return replace(act, sendings=self._among(act.sendings, self.transfers)) if self.transfers else None

    def _among(self, sendings: Sendings, known: Collection[MessageFault]) -> Sendings:
        if sendings is None:
            return None
        return tuple(one for one in sendings if not any(self.lacking_of(it, known) for it in _alterations((one,))))


def _alterations(sendings: Sendings) -> list[Alteration]:
    return [one.alteration for one in sendings or () if one.alteration]
