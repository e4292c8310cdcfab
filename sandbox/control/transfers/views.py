"""What the core knows of transfers, in the shapes of docs/contract.md."""

from msgspec.structs import asdict

from sandbox.control.notifications.shapes import Notification
from sandbox.control.transfers import shapes
from sandbox.core.links import Links
from sandbox.core.transfers import Transfer
from sandbox.web.shapes import instant


def listed_transfer_view(transfer: Transfer, links: Links) -> shapes.ListedTransfer:
    """A transfer without its notifications."""
    terms = transfer.terms
    return shapes.ListedTransfer(
        mch_id=transfer.mch_id,
        out_bill_no=terms.out_bill_no,
        transfer_bill_no=transfer.transfer_bill_no,
        face=transfer.origin.face,
        appid=terms.appid,
        openid=terms.openid,
        transfer_amount=terms.transfer_amount,
        transfer_remark=terms.transfer_remark,
        transfer_scene_id=terms.transfer_scene_id,
        user_recv_perception=terms.shown_as,
        state=transfer.state,
        fail_reason=transfer.told_reason or None,
        package_info=transfer.package_info if transfer.waiting else None,
        confirm_url=links.confirm_url(transfer) if transfer.waiting else None,
        created_at=instant(transfer.created_at),
        updated_at=instant(transfer.updated_at),
        due_at=instant(transfer.due_at),
        notify_url=terms.notify_url or None,
        scenario=transfer.plan.scenario if transfer.plan else None,
    )


def transfer_view(transfer: Transfer, links: Links, notifications: list[Notification]) -> shapes.Transfer:
    """A transfer with its notifications."""
    return shapes.Transfer(**asdict(listed_transfer_view(transfer, links)), notifications=notifications)
