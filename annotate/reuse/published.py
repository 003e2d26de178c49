"""Dates of publication, as exact as they are written, and which of two is earlier."""

import re
from datetime import UTC, date, datetime

_WRITTEN = re.compile(
    r"\s*(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|[+-]\d\d:?\d\d)?)?)?)?\s*",
    re.ASCII | re.IGNORECASE,
)


class Published:
    """A date as it is written: YYYY, YYYY-MM, YYYY-MM-DD, or with a time and perhaps a zone."""

    def __init__(self, days: tuple[int, ...], moment: datetime | None) -> None:
        self.days = days
        self.moment = moment

    def earlier_than(self, other: "Published") -> bool:
        """Whether it is strictly earlier, as far as both are exact.

        Times are compared where both have a zone or neither has one, otherwise the days as written.
        """
        if self.moment and other.moment and (self.moment.tzinfo is None) == (other.moment.tzinfo is None):
            return self.moment < other.moment
        shared = min(len(self.days), len(other.days))
        return self.days[:shared] < other.days[:shared]


def read_published(value: object) -> Published | None:
    """Read a date; None if it is none."""
    found = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    days = tuple(int(part) for part in found.groups()[:3] if part)
    try:
        date(*(*days, 1, 1)[:3])
        moment = datetime.fromisoformat(_iso(days, found[4], found[5])) if found[4] else None
        if moment and moment.tzinfo:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Published(days, moment)


def _iso(days: tuple[int, ...], time: str, zone: str | None) -> str:
    year, month, day = days
    return f"{year:04}-{month:02}-{day:02}T{time}{(zone or '').upper()}"
