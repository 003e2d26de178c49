"""Ready passages in tables: the rows of one document, in their order, make up its text."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from annotate.corpus.dates import check_date
from annotate.corpus.readers.document import FACTS, Document, facts, seen, unseen_notice
from annotate.corpus.readers.rows import Row, Table, read_table
from annotate.errors import InputError

TEXT = "text"


def read_ready(path: Path, text_column: str = TEXT) -> list[Document]:
    r"""Read the passages of a ``.csv``, ``.xlsx`` or ``.jsonl`` file.

    Rows with one ``document_id`` are one document: its text is their texts, parted by ``\\n``, and each row is a
    passage of it. Rows without an id are one document for each source, title, author, date and address
    that they name: named after the file, and numbered where there are several.

    Raises
    ------
    InputError
        If the table cannot be read or has no such column; a date is none; or two rows of one document
        contradict each other.

    """
    table = read_table(path)
    names = {name.casefold(): name for name in table.columns}
    column = text_column if text_column in table.columns else names.get(text_column.casefold())
    if column is None:
        there = ", ".join(table.columns)
        raise InputError(f"{path}: no column {text_column}; there are {there}; name one with --text-column")
    known = {fact: names[fact] for fact in (*FACTS, "document_id") if fact in names and names[fact] != column}
    notices = [*table.notices, *_ignored(path, table, {column, *known.values()})]
    rows = [row for row in table.rows if column in row.cells]
    if blank := len(table.rows) - len(rows):
        notices.append(f"{path}: {blank} of {len(table.rows)} rows hold no {column}, and are left out")
    if not rows:
        raise InputError(f"{path}: no row holds a {column}; leave the file out or put its passages in")
    documents = list(_documents(path, rows, column, known))
    first = documents[0]
    said = (*notices, *first.notices)
    return [
        Document(path, first.text, first.said, pieces=first.pieces, label=first.label, notices=said),
        *documents[1:],
    ]


def _ignored(path: Path, table: Table, used: set[str]) -> Iterator[str]:
    if ignored := [name for name in table.columns if name not in used]:
        yield f"{path}: the columns {', '.join(ignored)} are not used"


Group = tuple[str | None, tuple[str | None, ...]]


def _documents(path: Path, rows: list[Row], column: str, known: dict[str, str]) -> Iterator[Document]:
    groups: dict[Group, list[Row]] = {}
    for row in rows:
        identity = row.cells.get(known.get("document_id", ""), "").strip() or None
        said = tuple(row.cells.get(known[fact]) for fact in FACTS if fact in known)
        groups.setdefault((identity, () if identity else said), []).append(row)
    unnamed = sum(identity is None for identity, _ in groups)
    numbers = itertools.count(1)
    for (identity, _), members in groups.items():
        label = f"{path.stem}-{next(numbers)}" if identity is None and unnamed > 1 else identity
        yield _document(path, members, column, known, label)


def _document(path: Path, rows: list[Row], column: str, known: dict[str, str], label: str | None) -> Document:
    said: dict[str, str] = {}
    texts: list[str] = []
    pieces: list[tuple[int, int]] = []
    at = removed = 0
    for row in rows:
        for fact, value in _facts(row, known).items():
            if said.setdefault(fact, value) != value:
                msg = f"{path}: line {row.line}: the {fact} of document {label or path.stem} is {value!r} here and {said[fact]!r} before"
                raise InputError(f"{msg}; one document has one")
        _check_published(path, row, known)
        text, unseen = seen(row.cells[column])
        removed += unseen
        if bare := text.strip():
            texts.append(bare)
            pieces.append((at, at + len(bare)))
            at += len(bare) + 1
    if not texts:
        raise InputError(f"{path}: document {label or path.stem} is empty; leave its rows out")
    notices = unseen_notice(path, removed)
    return Document(path, "\n".join(texts), said, pieces=tuple(pieces), label=label, notices=notices)


def _facts(row: Row, known: dict[str, str]) -> dict[str, str]:
    return facts(**{fact: row.cells.get(known[fact]) for fact in FACTS if fact in known})


def _check_published(path: Path, row: Row, known: dict[str, str]) -> None:
    if "published" in known:
        check_date(_facts(row, known).get("published"), f"{path}: line {row.line}")
