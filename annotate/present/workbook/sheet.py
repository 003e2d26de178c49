"""How a sheet of a workbook is written: styles, widths, filters, and text that stays text.

A spreadsheet takes a cell for a formula, an error or a date by its first letters. Here every text is
written as a string, whatever it starts with, and marked so that it stays one when somebody edits the
cell. Rows are streamed, so a large sheet does not have to fit into memory twice.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from annotate.errors import InputError
from annotate.present.workbook.cell import Column, Value, heading_style, new_cell, text_cell, text_lines

Rows = list[list[Value]]
Sheet = tuple[list[Column], Rows]

MOST_ROWS = 1_048_576  # of a sheet
MOST_LINES = 20  # that a row is high; the rest is in the cell
_RESERVED = 100  # rows kept for headings and notes
_WINDOW = 110  # letters that fit into a window
_BUTTON = "00000"  # as wide as the button of a filter
_PAGE = 150  # letters that a printed page is wide


def add_sheet(
    book: Workbook,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    top: Sequence[str] = (),
    empty: str = "",
    bold_first: bool = False,
    frozen: int = 1,
) -> None:
    """Write a sheet: sentences on top, a header that stays in view and filters, then the rows.

    Parameters
    ----------
    book
        Of :func:`~annotate.present.workbook.cell.new_workbook`.
    name, columns, rows
        The sheet. A value of None leaves its cell empty.
    top
        Sentences above the header, each across the first columns.
    empty
        What the sheet says where there are no rows.
    bold_first
        Set the first row apart.
    frozen
        How many columns stay in view.

    """
    sheet = book.create_sheet(name)
    header, last = len(top) + 1, get_column_letter(len(columns))
    _lay_out(sheet, columns, top, frozen)
    for sentence in top:
        sheet.append([text_cell(sheet, sentence, "note")])
    sheet.append([text_cell(sheet, column.title, heading_style(column)) for column in columns])
    count = 0
    for values in rows:
        bold = bold_first and not count
        cells = [
            new_cell(sheet, column, value, bold=bold) for column, value in zip(columns, values, strict=True)
        ]
        count += 1
        _append(sheet, cells, header + count, _height(columns, values))
    if not count and empty:
        sheet.append([text_cell(sheet, empty, "text")])
    sheet.auto_filter.ref = f"A{header}:{last}{header + max(count, 1)}"


def check_rows(name: str, rows: int) -> None:
    """Refuse what no sheet can hold.

    Raises
    ------
    InputError
        If there are more rows than a sheet has.

    """
    if rows > MOST_ROWS - _RESERVED:
        raise InputError(
            f"workbook: {rows:,} rows are too many for the sheet {name}, which holds {MOST_ROWS:,}; "
            "take the tables as .csv or .parquet instead"
        )


def _lay_out(sheet: Any, columns: Sequence[Column], top: Sequence[str], frozen: int) -> None:
    """Say widths, heights, what stays in view and how it prints, before the first row is written."""
    header = len(top) + 1
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    across = _across(columns)
    width = sum(column.width for column in columns[:across])
    for row, sentence in enumerate(top, start=1):
        if across > 1:
            sheet.merged_cells.add(f"A{row}:{get_column_letter(across)}{row}")
        sheet.row_dimensions[row].height = 8 + 15 * text_lines(sentence, width)
    lines = max(text_lines(f"{column.title} {_BUTTON}", column.width) for column in columns)
    sheet.row_dimensions[header].height = 4 + 15 * lines
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{header + 1}"
    sheet.print_title_rows = f"1:{header}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = max(1, round(sum(column.width for column in columns) / _PAGE))
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _across(columns: Sequence[Column]) -> int:
    """So many of the first columns as fit into a window."""
    width = 0.0
    for place, column in enumerate(columns, start=1):
        width += column.width
        if width > _WINDOW:
            return place
    return len(columns)


def _append(sheet: Any, cells: list[Any], place: int, height: float | None) -> None:
    """Write a row. LibreOffice does not fit the height of a row by itself, so it is said."""
    if height is not None:
        sheet.row_dimensions[place].height = height
    sheet.append(cells)
    sheet.row_dimensions.pop(place, None)  # written: no need to keep a million of them


def _height(columns: Sequence[Column], values: Sequence[Value]) -> float | None:
    lines = max(
        text_lines(value, column.width) if column.wrapped and column.tall and isinstance(value, str) else 1
        for column, value in zip(columns, values, strict=True)
    )
    return None if lines == 1 else 15.0 * math.ceil(min(lines, MOST_LINES)) + 2
