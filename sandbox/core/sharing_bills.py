"""What the bill of profit sharing (分账账单) says: its rows and their summary. Pure; amounts are fen until written.

Source: V3 notes, 11; docs/fidelity.md says what is documented and what is assumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sandbox.core.ids import beijing
from sandbox.core.orders import Order
from sandbox.core.sharing import Return, ShareResult, Sharing, sharer_of
from sandbox.core.statements import Bill, Row, yuan


class SharingBill(StrEnum):
    """The bill of profit sharing, of which there is one kind."""

    SHARING = "SHARING"


SHARING_COLUMNS = (
    *("分账时间", "分账发起方", "分账方", "微信订单号", "微信分账/回退单号", "分账明细单号", "商户分账/回退单号"),
    *("订单金额", "分账接收方", "分账金额", "业务类型", "处理状态", "分账描述", "备注"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingEntry:
    """A row of the bill of profit sharing: a share that its receiver got, or gave back; this has no `detail_id`."""

    at: datetime
    order: Order
    number: str
    detail_id: str = ""
    out_number: str
    account: str
    fen: int
    kind: str
    description: str


def shares_of(sharing: Sharing, order: Order) -> list[SharingEntry]:
    """The rows of a sharing that was carried out: of the shares that went well."""
    assert sharing.ended_at is not None, "a bill tells of what was carried out"
    return [
        SharingEntry(
            at=sharing.ended_at,
            order=order,
            number=sharing.order_id,
            detail_id=share.detail_id,
            out_number=sharing.out_order_no,
            account=share.to.account,
            fen=share.amount,
            kind="解冻" if share.to.account == sharing.sharer else "分账",
            description=share.description,
        )
        for share in sharing.shares
        if share.result is ShareResult.SUCCESS
    ]


def given_back(back: Return, order: Order) -> SharingEntry:
    """The row of a return."""
    return SharingEntry(
        at=back.created_at,
        order=order,
        number=back.return_id,
        out_number=back.out_return_no,
        account=back.return_mchid,
        fen=back.amount,
        kind="分账回退",
        description=back.description,
    )


def sharing_bill(entries: Iterable[SharingEntry]) -> Bill:
    """The bill, oldest first; its summary adds up what was shared, what was given back, and what was unfrozen."""
    told = sorted(entries, key=lambda entry: entry.at)

    def total(kind: str) -> str:
        return yuan(sum(entry.fen for entry in told if entry.kind == kind))

    summary = {
        "总笔数": str(len(told)),
        "分账总金额": total("分账"),
        "回退总金额": total("分账回退"),
        "解冻总金额": total("解冻"),
    }
    return Bill(SHARING_COLUMNS, tuple(_sharing_cells(entry) for entry in told), summary)


def _sharing_cells(entry: SharingEntry) -> Row:
    order, payment = entry.order, entry.order.payment
    assert payment is not None, "only what was paid is shared"
    return {
        "分账时间": beijing(entry.at),
        "分账发起方": order.key.mch_id,
        "分账方": sharer_of(order.key),
        "微信订单号": payment.transaction_id,
        "微信分账/回退单号": entry.number,
        "分账明细单号": entry.detail_id,
        "商户分账/回退单号": entry.out_number,
        "订单金额": yuan(order.settled_fen),
        "分账接收方": entry.account,
        "分账金额": yuan(entry.fen),
        "业务类型": entry.kind,
        "处理状态": "SUCCESS",
        "分账描述": entry.description,
        "备注": "",
    }
