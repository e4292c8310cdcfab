"""The sandbox's day, for tests of what comes with the next one."""

from datetime import date, datetime, time, timedelta

from sandbox.core.ids import BEIJING
from tests.support.control import Control


async def now(control: Control) -> datetime:
    told = await control.get("/clock", mch_id=control.mch_id)
    return datetime.fromisoformat(told["now"]).astimezone(BEIJING)


async def forward_to(control: Control, day: date, hour: int = 9, minute: int = 0) -> None:
    """Advance every clock to a moment in Beijing that is still to come."""
    moment = datetime.combine(day, time(hour, minute), BEIJING)
    await control.advance((moment - await now(control)).total_seconds() + 0.5)


async def quiet_morning(control: Control) -> date:
    """Go to ten o'clock of the next day, so that no test is torn apart by midnight; gives the day."""
    day = (await now(control)).date() + timedelta(days=1)
    await forward_to(control, day, 10)
    return day


async def bills_are_made(control: Control, day: date) -> None:
    """Go to when the bills of a day are there."""
    await forward_to(control, day + timedelta(days=1))
