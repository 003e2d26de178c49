"""Dates of publication: those that are stated are checked, those that are guessed are made alike."""

import datetime as dt
import re
from urllib.parse import urlsplit

from annotate.errors import InputError

_COARSE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?")
_DASHED = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIGITS = re.compile(r"(?:19|20)\d{6}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_IN_ADDRESS = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d\d)[/-](?P<month>\d{{1,2}}|{'|'.join(_MONTHS)})[/-](?P<day>\d{{1,2}})(?!\d)",
    re.IGNORECASE,
)


def check_date(value: str | None, where: str) -> str | None:
    """Give a date as ISO 8601 writes it, or refuse it: ``2020-09-14``, ``20200914``, with a time, ``2020-09`` or ``2020``.

    Raises
    ------
    InputError
        Naming ``where`` it stands.

    """
    if value is None:
        return None
    if _DIGITS.fullmatch(value):
        value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
    if not is_date(value):
        raise InputError(f"{where}: published {value!r} is no date; write it as 2020-09-14")
    return value


def is_date(value: str) -> bool:
    """Tell a date or timestamp of ISO 8601, or a year, or a year and a month."""
    if coarse := _COARSE.fullmatch(value):
        value = f"{coarse['year']}-{coarse['month'] or '01'}-01"
    if not _DASHED.match(value):
        return False
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
