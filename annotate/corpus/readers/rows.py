"""Rows of a table with the line that each stands in: ``.csv``, ``.xlsx`` and ``.jsonl``."""

import datetime as dt
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from annotate.corpus.readers.archive import check_archive
from annotate.corpus.readers.encoding import decode
from annotate.delimited import lines, refuse_twins
from annotate.errors import InputError
from annotate.files import read_bytes

TABLES = (".csv", ".xlsx", ".jsonl")


class Row(NamedTuple):
    """A row by its columns' names, without blank cells; ``line`` is where it stands in the file."""

    line: int
    cells: dict[str, str]


class Table(NamedTuple):
    """The columns of a table in their order, its rows, and what is to be said of how it was read."""

    columns: tuple[str, ...]
    rows: list[Row]
    notices: tuple[str, ...]


def read_table(path: Path) -> Table:
    """Read a table whose first row names the columns; every cell is text.

    Of a workbook the first sheet that holds anything is read. A date in it becomes ``2020-09-14``. A line of
    JSON Lines is an object; its keys are the columns.

    Raises
    ------
    InputError
        If the file is missing, damaged or empty; a line has too many or too few cells, or is no JSON.

    """
    kind = path.suffix.lower()
    if kind == ".jsonl":
        return _json_lines(path)
    if kind == ".xlsx":
        return _sheet(path)
    if kind == ".csv":
        return _csv(path)
    raise InputError(
        f"{path}: a table is read from {', '.join(TABLES)}, not from {kind or 'a file without ending'}"
    )


def _csv(path: Path) -> Table:
    text, notices = decode(read_bytes(path), path)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _table(path, list(lines(text, path)), notices)


def _sheet(path: Path) -> Table:
    check_archive(path, ".xlsx")
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [
            (name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names
        ]
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(f"{path}: is no workbook, or is damaged; save it as .xlsx again") from error
    filled = [(name, rows) for name, rows in sheets if any(any(map(_cell, row)) for row in rows)]
    if not filled:
        raise InputError(f"{path}: the workbook is empty; its first row names the columns")
    others = ", ".join(name for name, _ in filled[1:])
    notices = (f"{path}: read the sheet {filled[0][0]}, and not {others}",) if others else ()
    texts = [(number, [_cell(cell) for cell in row]) for number, row in enumerate(filled[0][1], start=1)]
    return _table(path, [(number, row) for number, row in texts if any(row)], notices)


def _table(path: Path, texts: list[tuple[int, list[str]]], notices: tuple[str, ...]) -> Table:
    (number, first), *others = texts
    header = [name.strip() for name in first]
    named = [name for name in header if name]
    refuse_twins(path, number, named)
    rows = [
        Row(line, {name: cell for name, cell in zip(header, cells, strict=False) if name and cell.strip()})
        for line, cells in others
    ]
    return Table(tuple(named), rows, notices)


def _cell(value: Any) -> str:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _json_lines(path: Path) -> Table:
    text, notices = decode(read_bytes(path), path)
    columns: dict[str, None] = {}
    rows = []
    for number, found in _objects(path, text):
        columns |= dict.fromkeys(found)
        cells = {str(key).strip(): _scalar(value) for key, value in found.items() if not _is_nothing(value)}
        rows.append(Row(number, {key: cell for key, cell in cells.items() if cell.strip()}))
    if not rows:
        raise InputError(f"{path}: the file is empty; each line of it is an object with a text")
    return Table(tuple(columns), rows, notices)


def _objects(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{path}: line {number}: no JSON ({error.msg}); each line is one object"
            ) from error
        except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets without end
            raise InputError(
                f"{path}: line {number}: no JSON that can be read; each line is one object"
            ) from error
        if not isinstance(found, dict):
            raise InputError(f'{path}: line {number}: no object; each line is one, such as {{"text": "..."}}')
        yield number, found


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
