"""The clock: read, moved, sped up, set back."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sandbox.control.clock import shapes
from sandbox.control.clock.views import clock_view
from sandbox.core.clock import MAX_ADVANCE, MAX_SCALE, MIN_SCALE, Clock
from sandbox.core.errors import ClockRefused, MerchantUnknown
from sandbox.core.ports.services import ClockControl
from sandbox.core.ports.storage import Storage
from sandbox.web.operations import get, post
from sandbox.web.shapes import Query


class ClockQuery(Query):
    mch_id: str = ""


class ClockBody(msgspec.Struct, forbid_unknown_fields=True):
    """One of `advance`, `scale` and `reset`; without `mch_id`, of the sandbox and so of every merchant."""

    # The limits are described here and kept by the clock.
    advance: Annotated[float, Meta(extra_json_schema={"minimum": 0, "maximum": MAX_ADVANCE})] | UnsetType = UNSET
    scale: Annotated[float, Meta(extra_json_schema={"minimum": MIN_SCALE, "maximum": MAX_SCALE})] | UnsetType = UNSET
    reset: Annotated[bool, Meta(extra_json_schema={"const": True})] | UnsetType = UNSET
    mch_id: str = ""

    def __post_init__(self) -> None:
        if [self.advance is not UNSET, self.scale is not UNSET, self.reset is True].count(True) != 1:
            raise ValueError("Give one of advance, scale and reset")


OneMove = Annotated[
    ClockBody, Meta(extra_json_schema={"oneOf": [{"required": [name]} for name in ("advance", "scale", "reset")]})
]


class ClockHandlers:
    def __init__(self, storage: Storage, clock: Clock, clock_control: ClockControl) -> None:
        self._storage = storage
        self._clock = clock
        self._clock_control = clock_control

    @get("/clock", raises=(MerchantUnknown,))
    async def get_clock(self, query: ClockQuery) -> shapes.Clock:
        """The clock of the sandbox, or of a merchant."""
        return clock_view(self._clock.reading(self._known(query.mch_id)))

    @post("/clock", raises=(MerchantUnknown, ClockRefused))
    async def set_clock(self, body: OneMove) -> shapes.Clock:
        """Move a clock forward, change its speed, or go back to real time.

        Advancing runs what falls due on the way, in order, and answers when it has run.
        """
        mch_id = self._known(body.mch_id)
        if body.advance is not UNSET:
            await self._clock_control.advance(body.advance, mch_id)
        elif body.scale is not UNSET:
            await self._clock_control.rescale(body.scale, mch_id)
        else:
            await self._clock_control.reset(mch_id)
        return clock_view(self._clock.reading(mch_id))

    def _known(self, mch_id: str) -> str:
        if mch_id:
            self._storage.accounts.merchant(mch_id)
        return mch_id
