"""Sandbox time: one clock that everything uses, and every merchant's own offset from it.

The sandbox's clock follows the real one, from which it is ahead by jumps (`advance`) and by running at another speed
(`scale`). A merchant's clock follows the sandbox's in the same way. Instants are aware datetimes in UTC; durations are
seconds. Beijing time exists only at the faces.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

MAX_ADVANCE = 10 * 365 * 86400.0
MIN_SCALE = 0.001
MAX_SCALE = 1_000_000.0


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """How far one clock is ahead of the clock it follows.

    `ahead` held at the real time `since`; `scale` is None where the clock runs as fast as the one it follows;
    `advanced` is the sum of all jumps, in seconds.
    """

    since: float = 0.0
    ahead: float = 0.0
    scale: float | None = None
    advanced: float = 0.0


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a clock shows: the time, sandbox seconds per real second, and the sum of all jumps."""

    now: datetime
    scale: float
    advanced: float


class Clock:
    """The time of the sandbox and of each merchant. `wall` gives real Unix seconds."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._settings: dict[str, ClockSetting] = {}

    def restore(self, settings: Mapping[str, ClockSetting]) -> None:
        """Go on with stored settings; the sandbox's own has the name ""."""
        self._settings = dict(settings)

    def settings(self) -> dict[str, ClockSetting]:
        """All settings, to be stored."""
        return dict(self._settings)

    def after(self, change: "Callable[[Clock], None]") -> dict[str, ClockSetting]:
        """All settings as a change would leave them; this clock stays as it is."""
        changed = Clock(self._wall)
        changed.restore(self._settings)
        change(changed)
        return changed.settings()

    def setting(self, mch_id: str = "") -> ClockSetting:
        return self._settings.get(mch_id, ClockSetting())

    def now(self, mch_id: str = "") -> datetime:
        """The time of the sandbox, or of a merchant."""
        return datetime.fromtimestamp(self._seconds(mch_id, self._wall()), UTC)

    def own(self) -> list[str]:
        """The merchants whose clock shows something of its own."""
        return [mch_id for mch_id in self._settings if mch_id]

    def real_now(self) -> datetime:
        """The wall's time: for certificates, sessions and V3's header timestamps only."""
        return datetime.fromtimestamp(self._wall(), UTC)

    def reading(self, mch_id: str = "") -> ClockReading:
        return ClockReading(self.now(mch_id), self.scale(mch_id), self.setting(mch_id).advanced)

    def scale(self, mch_id: str = "") -> float:
        """Sandbox seconds per real second."""
        own = self.setting(mch_id).scale
        if own is not None:
            return own
        return self.scale() if mch_id else 1.0

    def real_delay(self, at: datetime, mch_id: str = "") -> float:
        """Real seconds until the merchant's clock shows `at`; 0 when it already does."""
        return max(0.0, at.timestamp() - self._seconds(mch_id, self._wall())) / self.scale(mch_id)

    def advance(self, seconds: float, mch_id: str = "") -> None:
        """Jump forward. What falls due on the way is the business of whoever calls this."""
        setting = self.setting(mch_id)
        self._settings[mch_id] = replace(setting, ahead=setting.ahead + seconds, advanced=setting.advanced + seconds)

    def rescale(self, scale: float, mch_id: str = "") -> None:
        """Run at another speed from now on; merchants with a speed of their own keep it."""
        wall = self._wall()
        followers = [name for name, kept in self._settings.items() if name and kept.scale is not None]
        moved = [mch_id] if mch_id else ["", *followers]
        anchored = {name: replace(self.setting(name), since=wall, ahead=self._ahead(name, wall)) for name in moved}
        self._settings.update(anchored)
        self._settings[mch_id] = replace(self._settings[mch_id], scale=scale)

    def reset(self, mch_id: str = "") -> None:
        """Back to the clock it follows: no offset, its speed. What is stored keeps its times."""
        if not mch_id:
            self.rescale(1.0)
        self._settings.pop(mch_id, None)

    def forget(self, mch_id: str) -> None:
        """Drop the clock of a merchant that is no more."""
        self._settings.pop(mch_id, None)

    def _seconds(self, mch_id: str, wall: float) -> float:
        sandbox = wall + self._ahead("", wall)
        return sandbox + self._ahead(mch_id, wall) if mch_id else sandbox

    def _ahead(self, name: str, wall: float) -> float:
        setting = self._settings.get(name)
        if setting is None:
            return 0.0
        if setting.scale is None:
            return setting.ahead
        followed = self.scale() if name else 1.0
        return setting.ahead + (wall - setting.since) * (setting.scale - followed)
