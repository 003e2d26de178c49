"""Cells: what a value becomes, how it looks, and what no cell can hold."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

from annotate.present.wording import web_address
from annotate.study.words import visible

Kind = Literal["text", "long", "name", "id", "count", "number", "seconds", "share", "date", "moment", "link"]
Value = str | int | float | date | datetime | None

MOST_LETTERS = 32_767  # of a cell, counted as UTF-16 units
MOST_LINKS = 65_530  # of a sheet
LONGEST_LINK = 2_079

_FORMATS: dict[Kind, str] = {
    "text": "@",
    "long": "@",
    "name": "@",
    "link": "@",
    "id": "0",
    "count": "#,##0",
    "number": "0.000",
    "seconds": "#,##0.0",
    "share": "0.0%",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm:ss",
}
_WRAPPED: frozenset[Kind] = frozenset({"long", "name", "link"})
_FIGURES: frozenset[Kind] = frozenset({"count", "number", "seconds", "share"})
_FONT = "Calibri"
_INK, _RULE, _LINK = "1D2530", "D9DCE1", "1D5B8F"
# What a spreadsheet would read as something else than text, when the cell is edited.
_RISKY = re.compile(r"[=+\-@\t\r\n|%'#]|\d")
_EARLIEST = date(1900, 3, 1)
_BUTTON = 5  # letters that the button of a filter hides


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it holds, how wide it is in letters, and what it means.

    ``band`` shades the headings of columns that belong together; ``tall`` columns make a row as high as
    their text needs, of others the rest is in the cell. A column is at least so wide that
    the longest word of its heading stands whole beside the button of the filter.
    """

    title: str
    kind: Kind = "text"
    width: float = 14
    meaning: str = ""
    band: bool = False
    tall: bool = True

    def __post_init__(self) -> None:
        longest = max(map(len, self.title.split()), default=0)
        object.__setattr__(self, "width", max(self.width, 1.15 * longest + _BUTTON))

    @property
    def wrapped(self) -> bool:
        """Whether a long text goes on in the next line of its cell."""
        return self.kind in _WRAPPED


def new_workbook() -> Workbook:
    """An empty workbook that streams its rows, with our styles in it."""
    book = Workbook(write_only=True)
    line = Border(bottom=Side("thin", _RULE))
    for kind, form in _FORMATS.items():
        for bold in (False, True):
            style = NamedStyle(_style(kind, bold=bold), border=line, number_format=form)
            colour, underline = (_LINK, "single") if kind == "link" else (_INK, None)
            style.font = Font(name=_FONT, size=11, bold=bold, color=colour, underline=underline)
            style.alignment = Alignment(vertical="top", wrap_text=kind in _WRAPPED, **_beside(kind))
            book.add_named_style(style)
    kinds: tuple[Kind, ...] = ("text", "count")
    for kind in kinds:
        for band in (False, True):
            heading = NamedStyle(heading_style(Column("", kind, band=band)))
            heading.font = Font(name=_FONT, size=11, bold=True, color=_INK)
            heading.fill = PatternFill("solid", "D3DCE6" if band else "E4E9EF")
            place = {**_beside(kind), "indent": 2 if kind == "count" else 1}  # clear of the filter's button
            heading.alignment = Alignment(vertical="bottom", wrap_text=True, **place)
            heading.border = Border(bottom=Side("medium", "8694A6"))
            book.add_named_style(heading)
    note = NamedStyle("note", font=Font(name=_FONT, size=11, bold=True, color="5F4300"))
    note.fill = PatternFill("solid", "FBF3DC")
    note.alignment = Alignment(vertical="center", wrap_text=True, horizontal="left", indent=1)
    book.add_named_style(note)
    return book


def new_cell(sheet: Any, column: Column, value: Value, *, bold: bool = False) -> Any:
    """A cell with a value of its column; an undefined number is an empty cell."""
    kind = column.kind
    if isinstance(value, str):
        linked = kind == "link" and _can_link(sheet, value)
        cell = text_cell(sheet, value, _style("name" if kind == "link" and not linked else kind, bold=bold))
        if linked:
            shown = cell.value
            cell.hyperlink = value
            cell.value, cell.data_type = shown, "s"
        return cell
    if isinstance(value, float) and not math.isfinite(value):
        value = None
    if isinstance(value, date):
        kind = "moment" if isinstance(value, datetime) else "date"
    elif isinstance(value, int) and kind not in _FIGURES:
        kind = "id"
    cell = WriteOnlyCell(sheet, value)
    cell.style = _style(kind, bold=bold)
    return cell


def text_cell(sheet: Any, text: str, style: str) -> Any:
    """A cell that is a string, whatever it starts with, and stays one when it is edited."""
    shown = as_text(text)
    cell = WriteOnlyCell(sheet, shown)
    cell.data_type = "s"
    cell.style = style
    if _RISKY.match(shown):
        cell.quotePrefix = True
    return cell


def as_text(text: str) -> str:
    """A text as a cell can hold it.

    Control characters are written as what they are; what looks like a spreadsheet's own escape
    (``_x0041_``) is escaped, so that it is shown as it stands; and what is longer than a cell can
    hold is cut, with a mark that says so.
    """
    shown = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", visible(text))
    if len(shown.encode("utf-16-le")) // 2 <= MOST_LETTERS:
        return shown
    mark = f" … [cut: {len(text):,} characters in all]"
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
    return sum(max(1, math.ceil(0.93 * _letters(line) / (width - 1))) for line in text.splitlines() or [""])


def heading_style(column: Column) -> str:
    """The name of the style of a column's heading: above figures on the right, else on the left."""
    return f"heading {'right' if column.kind in _FIGURES else 'left'}{' band' if column.band else ''}"


def _letters(line: str) -> int:
    return len(line) if line.isascii() else sum(2 if east_asian_width(c) in "WF" else 1 for c in line)


def _style(kind: str, *, bold: bool) -> str:
    return f"{kind} bold" if bold else kind


def _beside(kind: Kind) -> dict[str, Any]:
    """Figures stand on the right; all else on the left, and not too close to them."""
    return {"horizontal": "right"} if kind in _FIGURES else {"horizontal": "left", "indent": 1}


def _can_link(sheet: Any, value: str) -> bool:
    """A spreadsheet repairs a file with too many links, or too long ones, by taking them all out."""
    linked = len(sheet._hyperlinks)  # noqa: SLF001 (openpyxl has no public count)
    return linked < MOST_LINKS and len(value) <= LONGEST_LINK and web_address(value) is not None
