"""Whether a merchant was told as it must be: in the end, once, and each time in its time."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from bench.soaking.books import Notification
from bench.soaking.receivers import Manner, Receipt
from bench.soaking.sales import Fault, Trouble
from sandbox.core.notifications import ATTEMPT_SECONDS, RETRY_SECONDS
from sandbox.core.verdicts import VerdictName

NEARLY = timedelta(seconds=0.05)
ALL_ATTEMPTS = 1 + len(RETRY_SECONDS)


def judged(
    notification: Notification, manner: Manner, receipts: Sequence[Receipt], troubles: Sequence[Trouble]
) -> Iterator[tuple[Fault, str]]:
    """What is wrong with one notification, of which a merchant has these receipts."""
    attempts = sorted(notification.attempts, key=lambda one: one.n)
    if notification.state == "pending":
        yield Fault.STILL_OWED, f"after {len(attempts)} attempts"
    if notification.state == "given_up" and (manner is not Manner.HANGING or len(attempts) < ALL_ATTEMPTS):
        yield Fault.NOT_DELIVERED, f"after {len(attempts)} attempts"
    if notification.state == "delivered" and not any(one.well for one in receipts):
        yield Fault.NEVER_CAME, ""
    # What was in flight when something broke may not have been noted, and then is sent once more.
    cut_off = sum(any(one.meets(receipt.at, receipt.at + ATTEMPT_SECONDS) for receipt in receipts) for one in troubles)
    accepted = sum(VerdictName(one.verdict).receipt for one in attempts)
    if len(receipts) - len(attempts) > cut_off or accepted - 1 > cut_off:
        came = ", ".join(f"{receipt.at:.1f}" for receipt in receipts)
        yield Fault.TOLD_TWICE, f"came at {came}; {len(attempts)} attempts are noted, {accepted} of them as taken"
    for (one, after), seconds in zip(pairwise(attempts), RETRY_SECONDS, strict=False):
        if after.at - one.at < timedelta(seconds=seconds) - NEARLY and not cut_off:
            yield Fault.TOO_EARLY, f"attempt {after.n} {after.at - one.at} after the one before"
