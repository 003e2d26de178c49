"""Cells: what a value becomes, how it looks, and what no cell can hold."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from unicodedata import east_asian_width

from annotate.errors import counted
from annotate.present.wording import web_address
from annotate.study.words import visible

Kind = Literal[
    "text", "long", "quiet", "id", "count", "number", "amount", "seconds", "share", "date", "moment", "link"
]
Value = str | int | float | date | datetime | None

MOST_LETTERS = 32_767  # of a cell, counted as UTF-16 units
LONGEST_LINK = 2_079

FORMATS: dict[Kind, str] = {
    "text": "@",
    "long": "@",
    "quiet": "@",
    "link": "@",
    "id": "0",
    "count": "#,##0",
    "number": "0.000",
    "amount": "#,##0.0",
    "seconds": "#,##0",
    "share": "0%",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm:ss",
}
FIGURES: frozenset[Kind] = frozenset({"count", "number", "amount", "seconds", "share"})
_WRAPPED: frozenset[Kind] = frozenset({"long", "quiet", "link"})
# What a spreadsheet would read as something else than text, when the cell is edited.
_RISKY = re.compile(r"[=+\-@\t\r\n|%'#]|\d")
_EARLIEST = date(1900, 3, 1)
_BUTTON = 4  # letters that the button of a filter hides


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it holds, how wide it is in letters, and what it means.

    ``band`` names the columns that belong together, over their headings. A ``folded`` column is put away until a
    reader unfolds it. ``tall`` columns make a row as high as their text needs; of others the rest is in the cell.
    A column is at least so wide that the longest word of its heading stands whole beside the button of the filter.
    A column that is ``to_fill`` waits for what a reader writes.
    """

    title: str
    kind: Kind = "text"
    width: float = 14
    meaning: str = ""
    band: str = ""
    folded: bool = False
    tall: bool = True
    to_fill: bool = False

    def __post_init__(self) -> None:
        longest = max(map(len, self.title.split()), default=0)
        object.__setattr__(self, "width", max(self.width, 1.15 * longest + _BUTTON))

    @property
    def grows(self) -> bool:
        """Whether a long text goes on in the next line of its cell, and the row is as high as it needs."""
        return self.kind in _WRAPPED and self.tall and not self.folded


def as_value(kind: Kind, value: Value) -> tuple[Kind, Value]:
    """What a cell of this kind holds of a value: an undefined number is an empty cell, a text is made showable."""
    if isinstance(value, str):
        linked = kind == "link" and len(value) <= LONGEST_LINK and web_address(value) is not None
        return ("link" if linked else "long" if kind in {"link", "long"} else kind), as_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return kind, None
    if isinstance(value, datetime):
        return "moment", value
    if isinstance(value, date):
        return "date", value
    if isinstance(value, int) and kind not in FIGURES:
        return "id", value
    return kind, value


def is_risky(text: str) -> bool:
    """Whether a spreadsheet takes the text for something else when somebody edits the cell."""
    return _RISKY.match(text) is not None


def as_text(text: str) -> str:
    """A text as a cell can hold it.

    Control characters are written as what they are, and what is longer than a cell can hold is cut, with a mark that
    says so.
    """
    shown = visible(text)
    if len(shown) <= MOST_LETTERS // 2 or len(shown.encode("utf-16-le")) // 2 <= MOST_LETTERS:
        return shown
    mark = f" … [cut: {counted(len(text), 'character')} in all]"
    room = MOST_LETTERS - len(mark)
    return shown.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore") + mark


def as_date(text: object) -> Value:
    """A day or a moment in ISO 8601 as a real date (a time zone is turned into UTC), else the text.

    Dates before March 1900, which spreadsheets count in different ways, stay text.

    >>> as_date("2024-05-01"), as_date("2024-05-01T02:30:00+02:00"), as_date("May 2024")
    (datetime.date(2024, 5, 1), datetime.datetime(2024, 5, 1, 0, 30), 'May 2024')
    """
    if not isinstance(text, str):
        return None if text is None or text != text else str(text)  # noqa: PLR0124
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = date.fromisoformat(text)
            return day if day >= _EARLIEST else text
        if re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:", text):
            moment = datetime.fromisoformat(text)
            moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
            return moment if moment.date() >= _EARLIEST else text
    except (ValueError, OverflowError):
        return text
    return text


def text_lines(text: str, width: float) -> int:
    """Into how many lines a text breaks in a column so many letters wide; wide letters count twice."""
    return sum(max(1, math.ceil(0.97 * _letters(line) / (width - 1))) for line in text.splitlines() or [""])


def _letters(line: str) -> int:
    return len(line) if line.isascii() else sum(2 if east_asian_width(c) in "WF" else 1 for c in line)
