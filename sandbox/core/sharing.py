"""Profit sharing (分账): what of a payment goes to whom, and what of it is frozen until then. Immutable values.

Amounts are fen. Source: V3 notes, 15.2, appendix A.5; docs/fidelity.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sandbox.core.order_keys import OrderKey
from sandbox.core.origin import Origin
from sandbox.core.share_acts import ShareFailReason
from sandbox.core.sharing_errors import SharingFinished, SharingShort

FROZEN_FOR = timedelta(days=30)
"""How long after the payment what nobody has shared stays frozen."""
RIPE_AFTER = timedelta(minutes=1)
"""How long after the payment sharing begins."""
SHARED_AFTER = timedelta(seconds=5)
"""How long WeChat Pay takes over a sharing (assumed)."""
RETURNABLE_FOR = timedelta(days=180)
MOST_SHARINGS = 50
MOST_RETURNS = 50
TO_SHARER = "解冻给分账方"
"""What is written of the money that is not shared after all."""


class ReceiverType(StrEnum):
    """What an account is."""

    MERCHANT_ID = "MERCHANT_ID"
    PERSONAL_OPENID = "PERSONAL_OPENID"
    PERSONAL_SUB_OPENID = "PERSONAL_SUB_OPENID"


class Relation(StrEnum):
    """What a receiver is to who shares."""

    SERVICE_PROVIDER = "SERVICE_PROVIDER"
    STORE = "STORE"
    STAFF = "STAFF"
    STORE_OWNER = "STORE_OWNER"
    PARTNER = "PARTNER"
    HEADQUARTER = "HEADQUARTER"
    BRAND = "BRAND"
    DISTRIBUTOR = "DISTRIBUTOR"
    USER = "USER"
    SUPPLIER = "SUPPLIER"
    CUSTOM = "CUSTOM"


class SharingState(StrEnum):
    PROCESSING = "PROCESSING"
    FINISHED = "FINISHED"


class ShareResult(StrEnum):
    """What became of one receiver's share."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who receives: a merchant's number, or an openid."""

    type: ReceiverType
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A receiver (分账接收方) that a merchant, or a service provider for its sub-merchant, has added."""

    mch_id: str
    sub_mch_id: str
    to: Recipient
    relation: Relation
    name: str = ""
    custom_relation: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a receiver is to be given."""

    to: Recipient
    amount: int
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a receiver is given by one sharing, under a number of WeChat Pay's (detail_id).

    `rest` tells that nobody asked for it: what was left goes to who shares (解冻).
    """

    to: Recipient
    amount: int
    description: str
    detail_id: str
    rest: bool = False
    result: ShareResult = ShareResult.PENDING
    fail_reason: ShareFailReason | None = None

    @property
    def wish(self) -> Wish:
        return Wish(self.to, self.amount, self.description)

    def end(self, fail_reason: ShareFailReason | None) -> "Share":
        result = ShareResult.CLOSED if fail_reason else ShareResult.SUCCESS
        return replace(self, result=result, fail_reason=fail_reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """One request to share an order's money, or to unfreeze what is left of it (分账单).

    `due_at` is when WeChat Pay carries it out; None once it has, which was at `ended_at`. `unfreezes`: nothing stays
    frozen behind it.
    """

    key: OrderKey
    origin: Origin
    transaction_id: str
    out_order_no: str
    order_id: str
    shares: tuple[Share, ...]
    unfreezes: bool
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None = None

    @property
    def amount(self) -> int:
        """All shares together."""
        return sum(share.amount for share in self.shares)

    @property
    def state(self) -> SharingState:
        return SharingState.PROCESSING if self.due_at else SharingState.FINISHED

    @property
    def sharer(self) -> str:
        """Whose money it is."""
        return sharer_of(self.key)

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """What was asked for."""
        return tuple(share.wish for share in self.shares if not share.rest)

    @property
    def given_away(self) -> int:
        """What others get of it, or have got."""
        return sum(
            share.amount
            for share in self.shares
            if share.result is not ShareResult.CLOSED and share.to.account != self.sharer
        )

    def given_to(self, mch_id: str) -> int:
        """What a merchant has got of it."""
        return sum(
            share.amount
            for share in self.shares
            if share.to == Recipient(ReceiverType.MERCHANT_ID, mch_id) and share.result is ShareResult.SUCCESS
        )

    def end(self, at: datetime, failures: Mapping[Recipient, ShareFailReason]) -> "Sharing":
        """The sharing, carried out: the shares of accounts that fail are closed. Raises SharingFinished."""
        if self.due_at is None:
            raise SharingFinished
        shares = tuple(one.end(failures.get(one.to)) for one in self.shares)
        return replace(self, shares=shares, due_at=None, ended_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What of an order's money waits to be shared: `fen` until `thaws_at`, when all that is left is unfrozen.

    None of it is left where `thaws_at` is None.
    """

    key: OrderKey
    fen: int
    thaws_at: datetime | None

    def less(self, fen: int) -> "Frozen":
        """What is frozen once so much is not any more; raises SharingShort."""
        if fen > self.fen:
            raise SharingShort
        left = self.fen - fen
        return replace(self, fen=left, thaws_at=self.thaws_at if left else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTerms:
    """What is to be given back. The sharing is named by one of its numbers; the other is empty, or its own too."""

    order_id: str
    out_order_no: str
    out_return_no: str
    return_mchid: str
    amount: int
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a merchant gave back of what a sharing had given it (分账回退)."""

    key: OrderKey
    origin: Origin
    order_id: str
    out_order_no: str
    out_return_no: str
    return_id: str
    return_mchid: str
    amount: int
    description: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingNews:
    """What a merchant is told of money that it was given, or gave back (分账动账), and who it is.

    The numbers are those of the sharing, or of the return.
    """

    mch_id: str
    order_id: str
    out_order_no: str
    amount: int
    description: str
    returned: bool = False


def sharer_of(key: OrderKey) -> str:
    """Whose an order's money is (分账方): the sub-merchant's that it was placed for, else the merchant's."""
    return key.sub_mch_id or key.mch_id


def given_away(sharings: Iterable[Sharing]) -> int:
    """What others get of an order."""
    return sum(one.given_away for one in sharings)
