"""A transfer from a merchant to a person (商家转账): its terms, its state. Immutable values and pure transitions.

The person confirms it in WeChat; until then its money is locked, neither the merchant's nor the person's.
Sources: V3 notes, 15.1; docs/fidelity.md.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sandbox.core.order_keys import OrderKey
from sandbox.core.origin import Origin
from sandbox.core.plans import Plan, TransferAct, TransferFailReason
from sandbox.core.transfer_errors import (
    PerceptionUnsupported,
    TransferEnded,
    TransferNameMissing,
    TransferOutOfRange,
    TransferReportIncomplete,
    TransferSceneUnknown,
)

CONFIRM_TIME = timedelta(hours=24)
"""How long the person has to confirm it."""
MOVING_TIME = timedelta(seconds=1)
"""How long money is on its way, to the person or back."""
MCH_CANCEL = "MCH_CANCEL"
"""The fail_reason of a transfer that was cancelled, which nothing else has."""
LEAST_FEN = 10
NAMED_FROM_FEN = 200_000
"""From here on the person's name must be given."""


class TransferState(StrEnum):
    """In the documents' order. ACCEPTED and PROCESSING are over before the call is answered."""

    WAIT_USER_CONFIRM = "WAIT_USER_CONFIRM"
    TRANSFERING = "TRANSFERING"
    SUCCESS = "SUCCESS"
    FAIL = "FAIL"
    CANCELING = "CANCELING"
    CANCELLED = "CANCELLED"


MOVES: dict[TransferState, frozenset[TransferState]] = {
    TransferState.WAIT_USER_CONFIRM: frozenset(
        {TransferState.TRANSFERING, TransferState.FAIL, TransferState.CANCELING}
    ),
    TransferState.TRANSFERING: frozenset({TransferState.SUCCESS, TransferState.FAIL}),
    TransferState.CANCELING: frozenset({TransferState.CANCELLED}),
    TransferState.SUCCESS: frozenset(),
    TransferState.FAIL: frozenset(),
    TransferState.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What a transfer may be for: its name, what must be reported of it, and as what the person may see it.

    The first of the `perceptions` is shown where the merchant names none.
    """

    name: str
    reports: tuple[str, ...]
    perceptions: tuple[str, ...]


SCENES = {
    "1000": Scene("现金营销", ("活动名称", "奖励说明"), ("活动奖励", "现金奖励")),
    "1002": Scene("行政补贴", ("补贴类型",), ("行政补贴", "行政奖励")),
    "1004": Scene("保险理赔", ("保险产品备案编号", "保险名称", "保险操作单号"), ("保险理赔款",)),
    "1005": Scene("佣金报酬", ("岗位类型", "报酬说明"), ("劳务报酬", "报销款", "企业补贴", "开工利是")),
    "1009": Scene("采购货款", ("采购商品名称",), ("货款",)),
    "1010": Scene("二手回收", ("回收商品名称",), ("二手回收货款",)),
    "1011": Scene("企业赔付", ("赔付原因",), ("退款", "商家赔付")),
    "1013": Scene("公益补助", ("公益活动名称", "公益活动备案编号"), ("公益补助金",)),
}
"""By their transfer_scene_id; each merchant has them all."""


@dataclass(frozen=True, slots=True)
class Report:
    """A thing that is reported of a transfer, as its scene asks for."""

    info_type: str
    info_content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTerms:
    """What the merchant asked for: fen, text that was not sent is empty. `user_name` is opened."""

    out_bill_no: str
    appid: str
    openid: str
    transfer_amount: int
    transfer_remark: str
    transfer_scene_id: str
    reports: tuple[Report, ...] = ()
    user_name: str = ""
    notify_url: str = ""
    user_recv_perception: str = ""
    user_recv_style: str = ""

    def require_fit(self) -> None:
        """Raises TransferSceneUnknown, TransferReportIncomplete, PerceptionUnsupported, TransferOutOfRange,
        TransferNameMissing."""
        scene = SCENES.get(self.transfer_scene_id)
        if scene is None:
            raise TransferSceneUnknown
        if sorted(one.info_type for one in self.reports) != sorted(scene.reports):
            raise TransferReportIncomplete
        if self.user_recv_perception and self.user_recv_perception not in scene.perceptions:
            raise PerceptionUnsupported
        if self.transfer_amount < LEAST_FEN:
            raise TransferOutOfRange
        if self.transfer_amount >= NAMED_FROM_FEN and not self.user_name:
            raise TransferNameMissing

    @property
    def shown_as(self) -> str:
        """As what the person sees the money."""
        return self.user_recv_perception or SCENES[self.transfer_scene_id].perceptions[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One transfer. `due_at` is when its state changes by itself; None once it has ended.

    `package_info` is what opens the page on which the person confirms it. `fail_reason` is known from the moment on at
    which it is decided that it fails.
    """

    mch_id: str
    origin: Origin
    terms: TransferTerms
    transfer_bill_no: str
    package_info: str
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    state: TransferState = TransferState.WAIT_USER_CONFIRM
    fail_reason: TransferFailReason | None = None
    plan: Plan | None = None

    @property
    def key(self) -> OrderKey:
        """What names it on timelines and in notifications."""
        return OrderKey(self.mch_id, "", "", self.terms.out_bill_no)

    @property
    def waiting(self) -> bool:
        return self.state is TransferState.WAIT_USER_CONFIRM

    @property
    def ended(self) -> bool:
        return not MOVES[self.state]

    @property
    def told_reason(self) -> str:
        """The fail_reason that is told of it, once it has come to nothing; "" before, and of one that succeeded."""
        if self.state is TransferState.CANCELLED:
            return MCH_CANCEL
        return self.fail_reason.value if self.ended and self.fail_reason else ""

    @property
    def expires_at(self) -> datetime:
        """Until when it can be confirmed."""
        return self.created_at + CONFIRM_TIME

    @property
    def planned(self) -> TransferAct:
        """What its scenario makes of it."""
        return (self.plan.transfer if self.plan else None) or TransferAct()

    def confirm(self, at: datetime) -> "Transfer":
        """The person has confirmed it: the money is on its way, or, by its scenario, fails to come."""
        return replace(self._moved(TransferState.TRANSFERING, at, at + MOVING_TIME), fail_reason=self.planned.reason)

    def cancel(self, at: datetime) -> "Transfer":
        """The merchant takes it back (撤销)."""
        return self._moved(TransferState.CANCELING, at, at + MOVING_TIME)

    def fail(self, reason: TransferFailReason, at: datetime) -> "Transfer":
        return replace(self._moved(TransferState.FAIL, at), fail_reason=reason)

    def succeed(self, at: datetime) -> "Transfer":
        return replace(self._moved(TransferState.SUCCESS, at), fail_reason=None)

    def fall_due(self, at: datetime) -> "Transfer":
        """What becomes of it by itself at its `due_at`."""
        match self.state:
            case TransferState.WAIT_USER_CONFIRM if at < self.expires_at:
                return self.confirm(at)
            case TransferState.WAIT_USER_CONFIRM:
                return self.fail(TransferFailReason.OVERDUE_CLOSE, at)
            case TransferState.CANCELING:
                return self._moved(TransferState.CANCELLED, at)
        return self.fail(self.fail_reason, at) if self.fail_reason else self.succeed(at)

    def _moved(self, state: TransferState, at: datetime, due_at: datetime | None = None) -> "Transfer":
        """In another state; raises TransferEnded where there is no way to it."""
        if state not in MOVES[self.state]:
            raise TransferEnded
        return replace(self, state=state, updated_at=at, due_at=due_at)
