"""What a soak comes to, for people and for programs."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Self

import msgspec

from bench.soaking.books import Books
from bench.soaking.receivers import Receipt
from bench.soaking.sales import Finding, Trouble, Written

SHOWN = 20
"""Findings of one fault that people are shown."""


class Report(msgspec.Struct, kw_only=True):
    """Counted by what it was; times are `time.monotonic`'s. Nothing was lost where there are no `findings`."""

    asked: int
    orders: int
    paid: int
    closed: int
    refunds: int
    refunds_refused: int
    owed: int
    delivered: int
    given_up: int
    attempts: int
    received: int
    answered: int
    unanswered: int
    troubles: list[Trouble]
    jumps: int
    findings: list[Finding]

    @classmethod
    def of(
        cls,
        written: Written,
        books: Collection[Books],
        received: Mapping[str, Sequence[Receipt]],
        troubles: Sequence[Trouble],
        jumps: int,
        findings: list[Finding],
    ) -> Self:
        refunds = [refund for sale in written.sales for refund in sale.refunds]
        owed = [one for theirs in books for one in theirs.notifications]
        return cls(
            asked=len(written.sales),
            orders=sum(sale.placed for sale in written.sales),
            paid=sum(sale.paid for sale in written.sales),
            closed=sum(sale.closed for sale in written.sales),
            refunds=sum(refund.code == "" for refund in refunds),
            refunds_refused=sum(bool(refund.code) for refund in refunds),
            owed=len(owed),
            delivered=sum(one.state == "delivered" for one in owed),
            given_up=sum(one.state == "given_up" for one in owed),
            attempts=sum(len(one.attempts) for one in owed),
            received=sum(map(len, received.values())),
            answered=written.answered,
            unanswered=len(written.unanswered),
            troubles=list(troubles),
            jumps=jumps,
            findings=findings,
        )

    def lines(self) -> Iterator[str]:
        """The same in sentences."""
        yield f"acknowledged  {self.orders} orders of {self.asked} asked for; {self.paid} paid, {self.closed} closed"
        yield f"              {self.refunds} refunds; {self.refunds_refused} refused"
        yield f"owed          {self.owed} notifications; {self.delivered} delivered, {self.given_up} given up"
        yield f"told          {self.attempts} times by the books; {self.received - self.attempts} times more, cut off"
        yield f"calls         {self.answered} answered, {self.unanswered} times not"
        yield f"the clock     {self.jumps} jumps"
        for one in self.troubles:
            yield f"trouble       at {one.began:.1f}: {one.name}, well again after {one.ended - one.began:.1f} s"
        for fault, abouts in self._by_fault().items():
            yield f"FOUND         {fault} ({len(abouts)})"
            yield from (f"              {about}" for about in abouts[:SHOWN])
        yield f"lost          {'see above' if self.findings else 'nothing'}"

    def _by_fault(self) -> Mapping[str, list[str]]:
        abouts = defaultdict[str, list[str]](list)
        for finding in self.findings:
            abouts[finding.fault].append(finding.about)
        return abouts
