"""How a sheet of a workbook is written: looks, widths, filters, and text that stays text.

A spreadsheet takes a cell for a formula, an error or a date by its first letters. Here every text is
written as a string, whatever it starts with, and marked so that it stays one when somebody edits the
cell. Rows are streamed, so a large sheet is never in memory as a whole.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter

from annotate.errors import InputError, counted
from annotate.present.workbook.cell import (
    FIGURES,
    FORMATS,
    Column,
    Kind,
    Value,
    as_value,
    is_risky,
    text_lines,
)

MOST_ROWS = 1_048_576  # of a sheet
MOST_LINKS = 65_530  # of a sheet; with more a spreadsheet repairs the file by taking them all out
MOST_LINES = 20  # that a row is high; the rest is in the cell
_AT_ONCE = 400  # cells that share one drop-down list
_RESERVED = 100  # rows kept for headings and notes
_WINDOW = 110  # letters that fit into a window
_BUTTON = "0000"  # as wide as the button of a filter
_PAGE = 170  # letters that a printed page is wide, at the smallest size that can be read
_FONT = "Calibri"
INK, RULE, LINK, MUTED = "#1D2530", "#D9DCE1", "#1D5B8F", "#5C6673"
HEAD, BAND, NOTE, FILL = "#E4E9EF", "#D3DCE6", "#FBF3DC", "#FFFBE6"
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito (2008): told apart with any kind of colour vision."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its columns and rows, and what stands around them.

    ``count`` is how many rows there are, ``top`` are sentences above the header, and ``empty`` is what the sheet says
    where there are no rows. The first ``frozen`` columns stay in view; ``first_bold`` sets the first row apart.
    ``lists`` gives, for a row's number and a column's title, the range of cells that a drop-down list offers.
    ``explained`` puts the meaning of each column over its heading. Of the column ``quiet_again`` a text that stood in
    the row above is set in grey on one line. Without ``head_on_each_page`` the headings are printed once: where what
    stands below the table has other ones.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    count: int
    top: Sequence[str] = ()
    empty: str = ""
    frozen: int = 1
    first_bold: bool = False
    explained: bool = False
    lists: Sequence[tuple[int, str, str]] = ()
    quiet_again: str = ""
    tab: str = ""
    head_on_each_page: bool = True

    @property
    def header(self) -> int:
        """The row of the headings, from 0."""
        return len(self.top) + any(column.band for column in self.columns) + self.explained

    def place(self, title: str) -> int:
        """The place of a column, from 0."""
        return next(place for place, column in enumerate(self.columns) if column.title == title)


class Book:
    """An Excel file that is written row by row, with our looks in it."""

    def __init__(self, path: Path, *, title: str, created: Any) -> None:
        options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False}
        self.file = xlsxwriter.Workbook(str(path), options)
        self.file.set_properties({"title": title, "author": "annotate", "created": created})
        self.file.set_calc_mode("auto")
        self._looks: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._links = 0
        self.cell_look = cache(self._cell_look)

    def look(self, **wanted: Any) -> Any:
        """A format, made once."""
        key = tuple(sorted(wanted.items()))
        if key not in self._looks:
            base = {"font_name": _FONT, "font_size": 11, "font_color": INK, "valign": "top"}
            self._looks[key] = self.file.add_format(base | wanted)
        return self._looks[key]

    def _cell_look(self, kind: Kind, *, bold: bool, quoted: bool, filled: bool) -> Any:
        """The look of a cell of a kind."""
        wanted: dict[str, Any] = {"num_format": FORMATS[kind], "bottom": 1, "bottom_color": RULE}
        wanted |= {"align": "right"} if kind in FIGURES else {"align": "left", "indent": 1}
        wanted |= {"text_wrap": True} if kind in {"long", "link"} else {}
        wanted |= {"font_color": LINK, "underline": 1} if kind == "link" else {}
        wanted |= {"font_color": MUTED} if kind == "quiet" else {}
        wanted |= {"bold": True} if bold else {}
        wanted |= {"quote_prefix": True} if quoted else {}
        wanted |= {"bg_color": FILL} if filled else {}
        return self.look(**wanted)

    def text(self, page: Any, row: int, column: int, text: str, **wanted: Any) -> None:
        """Write a text, our own or from outside, so that it stays a text."""
        shown = as_value("text", text)[1]
        page.write_string(row, column, shown, self.look(quote_prefix=is_risky(str(shown)), **wanted))

    def add(self, name: str, sheet: Sheet) -> Any:
        """Write a sheet: sentences on top, a header that stays in view and filters, then the rows."""
        page = self.file.add_worksheet(name)
        columns, last = sheet.columns, len(sheet.columns) - 1
        header = sheet.header
        self._lay_out(page, sheet, header)
        for row, sentence in enumerate(sheet.top):
            self.sentence(page, row, sentence, columns)
        if any(column.band for column in columns):
            self._bands(page, len(sheet.top), columns)
        if sheet.explained:
            lines = max(text_lines(one.meaning, one.width) for one in columns if not one.folded)
            page.set_row(header - 1, 4 + 12.5 * min(lines, 9))
            for place, column in enumerate(columns):
                self.text(page, header - 1, place, column.meaning, text_wrap=True, italic=True, font_size=9,
                          font_color=MUTED, align="left", valign="bottom", indent=1)  # fmt: skip
        page.set_row(header, 4 + 15 * max(text_lines(f"{one.title} {_BUTTON}", one.width) for one in columns))
        for place, column in enumerate(columns):
            side = (
                {"align": "right", "indent": 2} if column.kind in FIGURES else {"align": "left", "indent": 1}
            )
            self.text(page, header, place, column.title, bold=True, bg_color=FILL if column.to_fill else HEAD,
                      text_wrap=True, valign="bottom", bottom=2, bottom_color="#8694A6", **side)  # fmt: skip
        count = self._rows(page, sheet, header + 1)
        if not count and sheet.empty:
            self.text(page, header + 1, 0, sheet.empty)
        page.autofilter(header, 0, header + max(count, 1), last)
        if count:
            self._after(page, sheet, header + 1)
        return page

    def sentence(self, page: Any, row: int, sentence: str, columns: Sequence[Column]) -> None:
        """Write a sentence across the first columns."""
        across = _across(columns)
        look = self.look(bold=True, font_color="#5F4300", bg_color=NOTE, valign="vcenter", text_wrap=True,
                         align="left", indent=1, quote_prefix=is_risky(sentence))  # fmt: skip
        width = sum(column.width for column in columns[:across] if not column.folded)
        page.set_row(row, 8 + 15 * text_lines(sentence, width))
        if across > 1:
            page.merge_range(row, 0, row, across - 1, "", look)
        page.write_string(row, 0, str(as_value("text", sentence)[1]), look)

    def _bands(self, page: Any, row: int, columns: Sequence[Column]) -> None:
        for band, of in groupby(enumerate(columns), key=lambda one: one[1].band):
            places = [place for place, _ in of]
            if band:
                look = self.look(bold=True, bg_color=BAND, align="left", indent=1, text_wrap=True, bottom=1,
                                 bottom_color="#8694A6", left=1, left_color="#FFFFFF")  # fmt: skip
                if len(places) > 1:
                    page.merge_range(row, places[0], row, places[-1], "", look)
                page.write_string(row, places[0], band, look)

    def _rows(self, page: Any, sheet: Sheet, first: int) -> int:
        columns, count, before = list(enumerate(sheet.columns)), 0, None
        again = next((place for place, one in columns if one.title == sheet.quiet_again), None)
        self._links = 0
        for count, values in enumerate(sheet.rows, start=1):
            row, bold = first + count - 1, sheet.first_bold and count == 1
            same = again is not None and values[again] is not None and values[again] == before
            lines = 1
            for place, column in columns:
                kind, shown = as_value(column.kind, values[place])
                quiet = same and place == again
                self._put(
                    page, row, place, "quiet" if quiet else kind, shown, bold=bold, filled=column.to_fill
                )
                if isinstance(shown, str) and column.grows and not quiet:
                    lines = max(lines, text_lines(shown, column.width))
            if lines > 1 or same:  # LibreOffice does not fit the height of a row by itself, so it is said
                page.set_row(row, 15.0 * min(lines, MOST_LINES) + 2)
            before = None if again is None else values[again]
        return count

    def _put(
        self, page: Any, row: int, place: int, kind: Kind, shown: Value, *, bold: bool, filled: bool
    ) -> None:
        """Write a cell. A text is written as a string whatever it looks like."""
        if isinstance(shown, str):
            linked = kind == "link" and self._links < MOST_LINKS
            self._links += linked
            kind = "long" if kind == "link" and not linked else kind
            look = self.cell_look(kind, bold=bold, quoted=is_risky(shown), filled=filled)
            if linked:
                page.write_url(row, place, shown, look, shown)
            else:
                page.write_string(row, place, shown, look)
            return
        look = self.cell_look(kind, bold=bold, quoted=False, filled=filled)
        if shown is None:
            page.write_blank(row, place, None, look)
        elif isinstance(shown, int | float):
            page.write_number(row, place, shown, look)
        else:
            page.write_datetime(row, place, shown, look)

    def _lay_out(self, page: Any, sheet: Sheet, header: int) -> None:
        """Say widths, what stays in view and how it prints."""
        columns = sheet.columns
        for place, column in enumerate(columns):
            folded = {"level": 1, "hidden": True} if column.folded else {}
            if not folded and place and columns[place - 1].folded:
                folded = {"collapsed": True}
            page.set_column(place, place, column.width, None, folded)
        page.freeze_panes(header + 1, sheet.frozen)
        if sheet.head_on_each_page:
            page.repeat_rows(0 if header < 4 else header - 1, header)  # noqa: PLR2004 (not half a page on each page)
        self.print_setup(page, sum(column.width for column in columns if not column.folded))
        if sheet.tab:
            page.set_tab_color(sheet.tab)

    def print_setup(self, page: Any, width: float = 0) -> None:
        """Print on A4, landscape, as wide as the page, or on several where nobody could read it."""
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(0.4, 0.4, 0.5, 0.6)
        page.set_footer("&L&8&A&C&8&F&R&8&P / &N")
        page.fit_to_pages(max(1, math.floor(width / _PAGE)), 0)

    def _after(self, page: Any, sheet: Sheet, first: int) -> None:
        """Offer lists in the cells that wait for a decision, one list for many cells: each costs its time."""
        cells: dict[tuple[str, str], list[int]] = {}
        for number, title, options in sheet.lists:
            cells.setdefault((title, options), []).append(first + number)
        for (title, options), rows in cells.items():
            place = sheet.place(title)
            for start in range(0, len(rows), _AT_ONCE):
                of = rows[start : start + _AT_ONCE]
                page.data_validation(
                    of[0], place, of[0], place,
                    {"validate": "list", "source": options, "error_type": "warning", "error_title": "Not in the codebook",
                     "error_message": "Choose one of the list, or several of it with commas between where several may be chosen.",
                     "other_cells": [(row, place, row, place) for row in of[1:]]},
                )  # fmt: skip


def check_rows(name: str, rows: int) -> None:
    """Refuse what no sheet can hold.

    Raises
    ------
    InputError
        If there are more rows than a sheet has.

    """
    if rows > MOST_ROWS - _RESERVED:
        raise InputError(
            f"workbook: {counted(rows, 'row is', 'rows are')} too many for the sheet {name}, which holds {MOST_ROWS:,}; "
            "take the tables as .csv or .parquet instead"
        )


def _across(columns: Sequence[Column]) -> int:
    """So many of the first columns as fit into a window."""
    width = 0.0
    for place, column in enumerate(columns, start=1):
        width += 0 if column.folded else column.width
        if width > _WINDOW:
            return place
    return len(columns)
