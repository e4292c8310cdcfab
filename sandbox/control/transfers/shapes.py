"""The shapes of the control API's answers about transfers. Source: docs/contract.md, "Shapes"."""

from typing import Annotated

from msgspec import Meta

from sandbox.control.notifications.shapes import Notification
from sandbox.control.units import Face, Fen
from sandbox.core.plans import TransferFailReason
from sandbox.core.transfers import MCH_CANCEL, TransferState
from sandbox.web.shapes import Answer, Instant, Part

FailReason = Annotated[str, Meta(extra_json_schema={"enum": [*TransferFailReason, MCH_CANCEL]})]


class ListedTransfer(Answer, kw_only=True):
    """A transfer to a person; `due_at` is when its state changes by itself.

    `package_info`, and the page where the person confirms it (`confirm_url`), while it waits for that.
    """

    mch_id: str
    out_bill_no: str
    transfer_bill_no: str
    face: Face
    appid: str
    openid: str
    transfer_amount: Fen
    transfer_remark: str
    transfer_scene_id: str
    user_recv_perception: str
    state: TransferState
    fail_reason: FailReason | None = None
    package_info: str | None = None
    confirm_url: str | None = None
    created_at: Instant
    updated_at: Instant
    due_at: Instant | None = None
    notify_url: str | None = None
    scenario: str | None = None


class Transfer(ListedTransfer, kw_only=True):
    """A transfer with its notifications."""

    notifications: list[Notification]


class TransferList(Part[ListedTransfer]):
    """Transfers without their notifications, newest first."""
