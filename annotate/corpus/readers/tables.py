"""Tables: their rows, and the documents that ready passages in them make up."""

import datetime as dt
import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from annotate.corpus.dates import check_date
from annotate.corpus.readers.archive import check_archive
from annotate.corpus.readers.document import (
    FACTS,
    TAKEN,
    Document,
    facts,
    seen,
    unseen_notice,
)
from annotate.corpus.readers.text import decode
from annotate.errors import InputError, counted
from annotate.files import lines, read_bytes, refuse_twins

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
        If the file is missing, damaged or empty; a line has too many or too few cells, or is not JSON.

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
        raise InputError(f"{path}: is not a workbook, or is damaged; save it as .xlsx again") from error
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
                f"{path}: line {number}: not JSON ({error.msg}); each line is one object"
            ) from error
        except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets without end
            raise InputError(
                f"{path}: line {number}: not JSON that can be read; each line is one object"
            ) from error
        if not isinstance(found, dict):
            raise InputError(f'{path}: line {number}: no object; each line is one, such as {{"text": "..."}}')
        yield number, found


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


TEXT = "text"


def read_ready(path: Path, text_column: str = TEXT) -> list[Document]:
    r"""Read the passages of a ``.csv``, ``.xlsx`` or ``.jsonl`` file.

    Rows with one ``document_id`` are one document: its text is their texts, parted by ``\\n``, and each row is a
    passage of it. Rows without an id are one document for each source, title, author, date and address
    that they name: named after the file, and numbered where there are several.

    Raises
    ------
    InputError
        If the table cannot be read or has no such column; a date is not a date; or two rows of one document
        contradict each other.

    """
    table = read_table(path)
    names = {name.casefold(): name for name in table.columns}
    column = text_column if text_column in table.columns else names.get(text_column.casefold())
    if column is None:
        there = ", ".join(table.columns)
        raise InputError(f"{path}: no column {text_column}; there are {there}; name one with --text-column")
    known = {fact: names[fact] for fact in (*FACTS, "document_id") if fact in names and names[fact] != column}
    others = [name for name in table.columns if name not in {column, *known.values()}]
    kept = [name for name in others if name.casefold() not in TAKEN]
    notices = [*table.notices, *_told(path, kept, [name for name in others if name not in kept])]
    rows = [row for row in table.rows if column in row.cells]
    if blank := len(table.rows) - len(rows):
        notices.append(f"{path}: left out: {blank} of {counted(len(table.rows), 'row')} without {column}")
    if not rows:
        raise InputError(f"{path}: no row holds a {column}; leave the file out or put its passages in")
    documents = list(_documents(path, rows, column, known, kept))
    first = documents[0]
    said = (*notices, *first.notices)
    return [
        replace(first, notices=said),
        *documents[1:],
    ]


def _told(path: Path, kept: list[str], ignored: list[str]) -> Iterator[str]:
    for names, what in ((kept, "kept in the tasks"), (ignored, "not used: every task has its own")):
        if names:
            yield f"{path}: the {'column' if len(names) == 1 else 'columns'} {', '.join(names)} {'is' if len(names) == 1 else 'are'} {what}"


Group = tuple[str | None, tuple[str | None, ...]]


def _documents(
    path: Path, rows: list[Row], column: str, known: dict[str, str], kept: list[str]
) -> Iterator[Document]:
    groups: dict[Group, list[Row]] = {}
    for row in rows:
        identity = row.cells.get(known.get("document_id", ""), "").strip() or None
        said = tuple(row.cells.get(known[fact]) for fact in FACTS if fact in known)
        groups.setdefault((identity, () if identity else said), []).append(row)
    unnamed = sum(identity is None for identity, _ in groups)
    numbers = itertools.count(1)
    for (identity, _), members in groups.items():
        label = f"{path.stem}-{next(numbers)}" if identity is None and unnamed > 1 else identity
        yield _document(path, members, column, known, kept, label)


def _document(
    path: Path, rows: list[Row], column: str, known: dict[str, str], kept: list[str], label: str | None
) -> Document:
    said: dict[str, str] = {}
    texts: list[str] = []
    pieces: list[tuple[int, int]] = []
    further: list[dict[str, str]] = []
    at = removed = 0
    for row in rows:
        for fact, value in _facts(path, row, known).items():
            if said.setdefault(fact, value) != value:
                msg = f"{path}: line {row.line}: the {fact} of document {label or path.stem} is {value!r} here and {said[fact]!r} before"
                raise InputError(f"{msg}; one document has one")
        text, unseen = seen(row.cells[column])
        removed += unseen
        if bare := text.strip():
            texts.append(bare)
            pieces.append((at, at + len(bare)))
            further.append({name: row.cells[name].strip() for name in kept if name in row.cells})
            at += len(bare) + 1
    if not texts:
        raise InputError(f"{path}: document {label or path.stem} is empty; leave its rows out")
    notices = unseen_notice(path, removed)
    return Document(
        path,
        "\n".join(texts),
        said,
        pieces=tuple(pieces),
        further=tuple(further) if kept else (),
        label=label,
        notices=notices,
    )


def _facts(path: Path, row: Row, known: dict[str, str]) -> dict[str, str]:
    found = facts(**{fact: row.cells.get(known[fact]) for fact in FACTS if fact in known})
    if date := check_date(found.get("published"), f"{path}: line {row.line}"):
        found["published"] = date
    return found
