"""From a scenario's shape to its plan; rules that need more than one field are checked here."""

from collections.abc import Collection
from typing import TypeVar

from msgspec import UnsetType

from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.clock import MAX_ADVANCE
from sandbox.core.nth import nth_valid
from sandbox.core.plans import (
    Alteration,
    AnswerFault,
    CallFault,
    Coupon,
    PayerAct,
    Plan,
    Reason,
    ReasonName,
    RefundAct,
    RefundEnd,
    Sending,
    SignedBy,
    TransferAct,
    Trigger,
)
from sandbox.core.scenarios import Mistake
from sandbox.core.share_acts import ShareAct
from sandbox.core.text import Text, shown
from sandbox.scenario.documents import Document, given
from sandbox.scenario.shapes import (
    ApiShape,
    FailShape,
    NotifyShape,
    PayerShape,
    RefundShape,
    ScenarioShape,
    ShareShape,
    SignedByShape,
    SigningKeyName,
    TransferShape,
)
from sandbox.scenario.vocabulary import Vocabulary
from sandbox.scenario.wording import guessed
from sandbox.words import scenario_files as words

T = TypeVar("T")
ANY = "*"
"""What stands for every call."""

_ENDS: dict[str, RefundEnd] = {"success": "SUCCESS", "change": "CHANGE", "close": "REFUNDCLOSE"}
_NEED_SECONDS = {AnswerFault.SLOW, AnswerFault.DRIP}


class Maker:
    """Makes one scenario's plan; `mistakes` gathers the rules that it breaks.

    `wrong` are the fields of whose values that was told already: the shape is without them, so a rule about several
    fields is silent where one of those is among them. `vocabulary` is what `call` and `fail` may name; None: anything.
    """

    def __init__(
        self,
        document: Document,
        shape: ScenarioShape,
        wrong: Collection[str] = (),
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self._vocabulary = vocabulary
        self._document = document
        self._shape = shape
        self._wrong_fields = wrong
        self.mistakes: list[Mistake] = []

    def plan(self, name: str) -> Plan:
        """The plan, its reason still open: a good one where there are no `mistakes`."""
        shape = self._shape
        money = (shape.payer, shape.refund, shape.transfer, shape.share)
        if shape.use and any((*money, shape.api, shape.bill, shape.notify, shape.signed_by)):
            self._wrong(".use", words.USE_ALONE)
        if shape.when and not nth_valid(shape.when.nth):
            self._wrong(".when.nth", words.NTH_FORM)
        return Plan(
            scenario=name,
            why=Reason(name=ReasonName.UNSAID),
            acts=tuple(self._act(one, path) for one, path in listed(shape.payer, ".payer")),
            sendings=self._sendings(shape.notify, ".notify"),
            faults=tuple(self._fault(one, path) for one, path in listed(shape.api, ".api")),
            refunds=tuple(self._refund(one, path) for one, path in listed(shape.refund, ".refund")),
            transfer=self._transfer(shape.transfer),
            sharings=tuple(self._share(one, path) for one, path in listed(shape.share, ".share")),
            bill=given(shape.bill, None),
            signed_by=self._signed_by(shape.signed_by),
        )

    def _act(self, shape: PayerShape, path: str) -> PayerAct:
        if shape.reason and shape.outcome is not Outcome.ERROR:
            self._wrong(f"{path}.reason", words.REASON_OF_ERROR, beside=True)
        if shape.final and shape.outcome is not Outcome.ERROR:
            self._wrong(f"{path}.final", words.FINAL_OF_ERROR, beside=True)
        if shape.coupons and shape.outcome is not Outcome.SUCCESS:
            self._wrong(f"{path}.coupons", words.COUPONS_OF_SUCCESS, beside=True)
        if sum(not one.fee for one in shape.coupons) > 1:
            self._wrong(f"{path}.coupons", words.ONE_REST)
        anchor = Trigger(given(shape.at, "asked" if isinstance(shape.after, UnsetType) else "placed"))
        seconds = float(given(shape.after, 0.0))
        if anchor is Trigger.CLOSE and seconds:
            self._wrong(f"{path}.after", words.BEFORE_CLOSE, beside=True)
        if seconds < 0 and anchor is not Trigger.EXPIRY:
            self._wrong(f"{path}.after", words.NEGATIVE, beside=True)
        return PayerAct(
            outcome=shape.outcome,
            cause=given(shape.reason, Cause.OTHER),
            bank_type=given(shape.bank_type, ""),
            coupons=tuple(Coupon(id=one.id, type=one.type, fee=int(one.fee)) for one in shape.coupons),
            final=shape.final,
            password=shape.password,
            anchor=anchor,
            seconds=seconds,
        )

    def _sendings(
        self, shape: NotifyShape | list[NotifyShape] | str | UnsetType, path: str
    ) -> tuple[Sending, ...] | None:
        if isinstance(shape, UnsetType):
            return None
        if isinstance(shape, str):
            return ()
        sendings: list[Sending] = []
        for one, below in listed(shape, path):
            sendings.append(self._sending(one, below, sendings))
        return tuple(sendings)

    def _refund(self, shape: RefundShape, path: str) -> RefundAct:
        if not nth_valid(shape.nth):
            self._wrong(f"{path}.nth", words.NTH_FORM)
        seconds = None if isinstance(shape.after, UnsetType) else float(shape.after)
        if seconds is not None and seconds < 0:
            self._wrong(f"{path}.after", words.FROM_ZERO)
        return RefundAct(
            status=_ENDS[shape.outcome],
            seconds=seconds,
            nth=shape.nth,
            sendings=self._sendings(shape.notify, f"{path}.notify"),
        )

    def _transfer(self, shape: TransferShape | UnsetType) -> TransferAct | None:
        if isinstance(shape, UnsetType):
            return None
        seconds = None if isinstance(shape.after, UnsetType) else float(shape.after)
        if seconds is not None and seconds < 0:
            self._wrong(".transfer.after", words.FROM_ZERO)
        sendings = self._sendings(shape.notify, ".transfer.notify")
        return TransferAct(reason=given(shape.reason, None), seconds=seconds, sendings=sendings)

    def _share(self, shape: ShareShape, path: str) -> ShareAct:
        if not nth_valid(shape.nth):
            self._wrong(f"{path}.nth", words.NTH_FORM)
        return ShareAct(fail_reason=shape.fail_reason, account=shape.account, nth=shape.nth)

    def _sending(self, shape: NotifyShape, path: str, before: list[Sending]) -> Sending:
        following = before[-1].after + (before[-1].copies - 1) * before[-1].every + 1.0 if before else 0.0
        after, every = float(given(shape.after, following)), float(given(shape.every, 1.0))
        if after < 0 or every < 0:
            self._wrong(f"{path}.after" if after < 0 else f"{path}.every", words.FROM_ZERO)
        if after + (shape.copies - 1) * every > MAX_ADVANCE:
            self._wrong(path, words.SENT_UNTIL)
        fault = given(shape.fault, None)
        altered = fault is not None or shape.set or shape.remove
        return Sending(
            after=after,
            copies=shape.copies,
            every=every,
            alteration=Alteration(fault=fault, set=shape.set, remove=tuple(shape.remove)) if altered else None,
        )

    def _signed_by(self, shape: SignedByShape | SigningKeyName | UnsetType) -> SignedBy | None:
        if isinstance(shape, UnsetType):
            return None
        if not isinstance(shape, SignedByShape):
            return SignedBy(key=shape)
        if not nth_valid(shape.attempts):
            self._wrong(".signed_by.attempts", words.NTH_FORM)
        return SignedBy(key=shape.key, share=shape.share, attempts=shape.attempts)

    def _fault(self, shape: ApiShape, path: str) -> CallFault:
        if self._vocabulary is not None and shape.call not in (calls := (*self._vocabulary.calls, ANY)):
            told = words.NO_CALL.filled(given=shape.call, calls=", ".join(calls))
            self._wrong(f"{path}.call", guessed(told, shape.call, self._vocabulary.calls))
        if not nth_valid(shape.nth):
            self._wrong(f"{path}.nth", words.NTH_FORM)
        fault = given(shape.fault, None)
        if fault is not None and shape.fail:
            self._wrong(f"{path}.fault", words.NOT_BOTH)
        if not (fault or shape.fail or shape.set or shape.remove or shape.until):
            self._wrong(path, words.NO_EFFECT, beside=True)
        if fault in _NEED_SECONDS and not shape.seconds:
            self._wrong(path, words.NEEDS_SECONDS.filled(fault=fault), beside=True)
        failure = self._failure(shape, path)
        return CallFault(
            call=shape.call,
            nth=shape.nth,
            code=failure.err_code,
            message=failure.return_msg or failure.err_code_des,
            fault=fault,
            seconds=float(given(shape.seconds, 0.0)),
            set=shape.set,
            remove=tuple(shape.remove),
            performed=given(shape.performed, not shape.fail),
            until_notified=bool(shape.until),
        )

    def _failure(self, shape: ApiShape, path: str) -> FailShape:
        fail: str | FailShape = given(shape.fail, FailShape())
        if isinstance(fail, str):
            if self._vocabulary is not None and fail not in (codes := self._vocabulary.codes):
                told = words.NO_ERR_CODE.filled(given=shown(fail), codes=", ".join(sorted(codes)))
                self._wrong(f"{path}.fail", guessed(told, fail, codes))
            return FailShape(err_code=fail)
        if shape.fail and bool(fail.err_code) == bool(fail.return_msg):
            self._wrong(f"{path}.fail", words.CODE_OR_MESSAGE, beside=True)
        return fail

    def _wrong(self, path: str, message: Text, *, beside: bool = False) -> None:
        """Note a mistake. `beside`: the rule looks at the fields that stand beside this one, or below it, too."""
        field = path.lstrip(".")
        around = field if not beside or field.endswith("]") or "." not in field else field.rpartition(".")[0]
        if not any(one == around or one.startswith((f"{around}.", f"{around}[")) for one in self._wrong_fields):
            self.mistakes.append(self._document.mistake(path, message))


def listed(value: T | list[T] | UnsetType, path: str) -> list[tuple[T, str]]:
    """One or several of a kind, each with its path."""
    if isinstance(value, UnsetType):
        return []
    if isinstance(value, list):
        return [(one, f"{path}[{n}]") for n, one in enumerate(value)]
    return [(value, path)]
