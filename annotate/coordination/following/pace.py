"""When a study ends if it goes on as in the last days."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

DAYS = 7
_FURTHEST = 36_500  # days: what takes a century has no end


@dataclass(frozen=True)
class Pace:
    """How much was done in the last days, and the day on which the rest is done then.

    ``end`` is an ISO date, or None where it cannot be known; ``basis`` says from what it was reckoned, or
    why it was not.
    """

    done: int
    days: int
    open: int
    per_day: float | None
    end: str | None
    basis: str

    def ending(self, end: str, basis: str) -> "Pace":
        """The same with another end."""
        return replace(self, end=end, basis=f"{self.basis}; {basis}")

    def without_end(self, reason: str) -> "Pace":
        """The same without an end."""
        return replace(self, end=None, basis=f"unknown: {reason}")


def pace(done_on: Iterable[date], open_: int, today: date) -> Pace:
    """Reckon from the annotations of the last seven days, or of all days since the first if they are fewer.

    Days without work count, and so does today, though it is not over: the end is reckoned too late
    rather than too early.

    Parameters
    ----------
    done_on
        The day of each annotation.
    open_
        How many are lacking.
    today
        The day to reckon from.

    """
    all_days = [day for day in done_on if day <= today]
    first = max(min(all_days, default=today), today - timedelta(days=DAYS - 1))
    days = (today - first).days + 1
    done = sum(day >= first for day in all_days)
    if not open_:
        return Pace(done, days, 0, done / days, None, "nothing is open")
    if not done:
        reason = (
            f"unknown: nothing was done in the last {DAYS} days"
            if all_days
            else "unknown: nothing was done yet"
        )
        return Pace(0, days, open_, None, None, reason)
    per_day = done / days
    left = math.ceil(open_ / per_day)
    basis = (
        f"{open_} open, {done} done in the last {days} days"
        if days > 1
        else f"{open_} open, {done} done today"
    )
    if left > _FURTHEST:
        return Pace(done, days, open_, per_day, None, f"unknown: {basis}, which would take a century")
    return Pace(done, days, open_, per_day, (today + timedelta(days=left)).isoformat(), basis)
