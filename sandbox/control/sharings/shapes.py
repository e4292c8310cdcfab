"""The shapes of the control API's answers about profit sharing. Source: docs/contract.md, "Shapes"."""

from sandbox.control.units import Face, Fen
from sandbox.core.share_acts import ShareFailReason
from sandbox.core.sharing import ReceiverType, ShareResult, SharingState
from sandbox.web.shapes import Answer, Instant, Part


class Share(Answer, kw_only=True):
    """What one receiver is given; `rest`: nobody asked for it, it was left and goes to who shares."""

    type: ReceiverType
    account: str
    amount: Fen
    description: str
    detail_id: str
    result: ShareResult
    fail_reason: ShareFailReason | None = None
    rest: bool | None = None


class Return(Answer, kw_only=True):
    """What a merchant gave back."""

    out_return_no: str
    return_id: str
    return_mchid: str
    amount: Fen
    description: str
    created_at: Instant


class Sharing(Answer, kw_only=True):
    """A sharing of an order, or an unfreezing; `due_at` is when it is carried out, while it is being processed."""

    mch_id: str
    sub_mch_id: str | None = None
    out_trade_no: str
    transaction_id: str
    out_order_no: str
    order_id: str
    face: Face
    state: SharingState
    receivers: list[Share]
    created_at: Instant
    due_at: Instant | None = None
    ended_at: Instant | None = None
    returns: list[Return]


class SharingList(Part[Sharing]):
    """Sharings, newest first."""
