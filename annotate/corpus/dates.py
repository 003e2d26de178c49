"""Dates as texts, tables and addresses write them, and the names of the months."""

import datetime as dt
import re
from urllib.parse import urlsplit

from annotate.errors import InputError

MONTHS = {
    "en": ["january", "february", "march", "april", "may", "june",
           "july", "august", "september", "october", "november", "december"],
    "de": ["januar", "februar", "märz", "april", "mai", "juni",
           "juli", "august", "september", "oktober", "november", "dezember"],
    "da": ["januar", "februar", "marts", "april", "maj", "juni",
           "juli", "august", "september", "oktober", "november", "december"],
}  # fmt: skip
_STEMS = [name[:3] for name in MONTHS["en"]]
_COMPACT = re.compile(r"(?:19|20)\d{6}", re.ASCII)
_WRITTEN = re.compile(
    r"\s*(?P<year>\d{4})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?)?\s*",
    re.ASCII | re.IGNORECASE,
)
_IN_ADDRESS = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d\d)[/-](?P<month>\d{{1,2}}|{'|'.join(_STEMS)})[/-](?P<day>\d{{1,2}})(?!\d)",
    re.IGNORECASE,
)


class Published:
    """A date as it is written: YYYY, YYYY-MM, YYYY-MM-DD, or with a time and perhaps a zone.

    ``days`` holds the year, and the month and the day where they are given; ``moment`` the time, in UTC where
    a zone stands with it; ``iso`` the whole as ISO 8601 writes it.
    """

    def __init__(self, days: tuple[int, ...], time: str | None, zone: str | None) -> None:
        dt.date(*(*days, 1, 1)[:3])
        self.days = days
        self.iso = "-".join(f"{part:0{4 if place == 0 else 2}}" for place, part in enumerate(days))
        self.moment: dt.datetime | None = None
        if time:
            self.iso += f"T{time}{(zone or '').upper()}"
            moment = dt.datetime.fromisoformat(self.iso)
            self.moment = moment.astimezone(dt.UTC) if moment.tzinfo else moment

    def earlier_than(self, other: "Published") -> bool:
        """Whether it is strictly earlier, as far as both are exact.

        Times are compared where both have a zone or neither has one, otherwise the days as written.
        """
        if self.moment and other.moment and (self.moment.tzinfo is None) == (other.moment.tzinfo is None):
            return self.moment < other.moment
        shared = min(len(self.days), len(other.days))
        return self.days[:shared] < other.days[:shared]


def read_published(value: object) -> Published | None:
    """Read a date, also where it is written as 20200914; None if it is not a date."""
    if not isinstance(value, str):
        return None
    if _COMPACT.fullmatch(value):
        value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
    found = _WRITTEN.fullmatch(value)
    if found is None:
        return None
    try:
        return Published(
            tuple(int(part) for part in found.groups()[:3] if part), found["time"], found["zone"]
        )
    except (ValueError, OverflowError):
        return None


def check_date(value: str | None, where: str) -> str | None:
    """Give a date as ISO 8601 writes it, or refuse it: ``2020-09-14``, ``20200914``, with a time, ``2020-09`` or ``2020``.

    Raises
    ------
    InputError
        Naming ``where`` it stands.

    """
    if value is None:
        return None
    read = read_published(value)
    if read is None:
        raise InputError(f"{where}: published {value!r} is not a date; write it as 2020-09-14")
    return read.iso


def date_in_address(url: str | None) -> str | None:
    """Find the day that the path of an address names, as in ``https://example.org/2020/09/14/title``."""
    try:
        match = _IN_ADDRESS.search(urlsplit(url).path if url else "")
    except ValueError:
        return None
    if match is None:
        return None
    month = match["month"].casefold()
    number = _STEMS.index(month) + 1 if month in _STEMS else int(month)
    try:
        return dt.date(int(match["year"]), number, int(match["day"])).isoformat()
    except ValueError:
        return None
