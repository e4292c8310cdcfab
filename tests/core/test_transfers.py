"""The laws of a transfer's states: it moves along its table, and ends once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.plans import TransferFailReason
from sandbox.core.transfer_errors import TransferEnded
from sandbox.core.transfers import CONFIRM_TIME, MOVES, Transfer, TransferState, TransferTerms
from sandbox.v3.origin import CALLED

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
NEW = Transfer(
    mch_id="1900000109",
    origin=CALLED,
    terms=TransferTerms(
        out_bill_no="T1", appid="wx1", openid="o", transfer_amount=30, transfer_remark="r", transfer_scene_id="1000"
    ),
    transfer_bill_no="1330",
    package_info="p",
    created_at=AT,
    updated_at=AT,
    due_at=AT + CONFIRM_TIME,
)
ACTS = {
    "confirm": lambda one, at: one.confirm(at),
    "cancel": lambda one, at: one.cancel(at),
    "fail": lambda one, at: one.fail(TransferFailReason.TRANSFER_RISK, at),
    "succeed": lambda one, at: one.succeed(at),
    "fall due": lambda one, at: one.fall_due(one.due_at) if one.due_at else one.succeed(at),
}


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=6))
def test_whatever_is_done_it_moves_along_the_table(acts: list[str]) -> None:
    transfer, at = NEW, AT
    for act in acts:
        at += timedelta(seconds=1)
        before = transfer
        try:
            transfer = ACTS[act](transfer, at)
        except TransferEnded:
            continue
        assert transfer.state in MOVES[before.state]
        assert (transfer.due_at is None) == transfer.ended
        assert bool(transfer.fail_reason) == (transfer.state is TransferState.FAIL)
        assert bool(transfer.told_reason) == (transfer.state in (TransferState.FAIL, TransferState.CANCELLED))
