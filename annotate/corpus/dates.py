"""Dates of publication: those that are stated are checked, those that are guessed are made alike."""

import datetime as dt
import re
from urllib.parse import urlsplit

from annotate.errors import InputError

_COARSE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_IN_ADDRESS = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d\d)[/-](?P<month>\d{{1,2}}|{'|'.join(_MONTHS)})[/-](?P<day>\d{{1,2}})(?!\d)",
    re.IGNORECASE,
)


def check_date(value: str | None, where: str) -> None:
    """Refuse a date that is none: ISO 8601 as ``2020-09-14``, with a time, or as coarse as ``2020-09`` or ``2020``.

    Raises
    ------
    InputError
        Naming ``where`` it stands.

    """
    if value is None or is_date(value):
        return
    raise InputError(f"{where}: published {value!r} is no date; write it as 2020-09-14")


def is_date(value: str) -> bool:
    """Tell a date or timestamp of ISO 8601, or a year, or a year and a month."""
    if coarse := _COARSE.fullmatch(value):
        value = f"{coarse['year']}-{coarse['month'] or '01'}-01"
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def date_in_address(url: str | None) -> str | None:
    """Find the day that an address names, as in ``https://example.org/2020/09/14/title``."""
    if url is None:
        return None
    match = _IN_ADDRESS.search(_path_of(url))
    if match is None:
        return None
    month = match["month"].casefold()
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    try:
        return dt.date(int(match["year"]), number, int(match["day"])).isoformat()
    except ValueError:
        return None


def host_of(url: str | None) -> str | None:
    """Name the host of an address, without ``www.``."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
