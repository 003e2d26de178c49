"""An export that is read task by task, and rows that are packed as they come: neither is ever in memory whole.

:class:`TaskFile` goes wherever a list of tasks goes. It is read by Python's own JSON reader, piece by piece, so that what
it brings is what the list would hold. Where anything is odd it gives up, and who asked reads the file whole, which says
what is wrong with it.
"""

import codecs
import json
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from annotate.study.exported import as_meant

STREAMED_FROM = 2**23
"""From so many bytes on a file is read as a stream: below, a list takes little and is as fast."""
_PIECE = 2**22  # bytes that are read at a time
_PACKED = 2**14  # rows that are packed together
_BLANK = re.compile(r"[ \t\n\r]*")
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KINDS: Mapping[str, pa.DataType] = {
    "lead_time": pa.float64(),
    "marks_whole": pa.bool_(),
    **dict.fromkeys(("round", "start", "end", "n_annotations"), pa.int64()),
}


class NotStreamedError(Exception):
    """A file that is not read as a stream, for any reason: read it whole."""


class TaskFile(Sequence[Any]):
    """The tasks of an export, each decoded when it is asked for.

    The first pass notes where each lies. It must be over before one of them is asked for by its number.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts, self._ends = array("Q"), array("Q")

    def __len__(self) -> int:
        """How many tasks the last pass went through."""
        return len(self._starts)

    @overload
    def __getitem__(self, number: int) -> Any: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Any]: ...
    def __getitem__(self, number: int | slice) -> Any:
        """Read tasks by their numbers, from 0."""
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        start, end = self._starts[number], self._ends[number]
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                return as_meant(json.loads(file.read(end - start)))
        except (OSError, ValueError, RecursionError) as error:  # it was changed meanwhile
            raise NotStreamedError from error

    def __iter__(self) -> Iterator[Any]:
        """Go through the tasks from the first on."""
        starts, ends = array("Q"), array("Q")
        try:
            for start, end, task in _elements(self._path):
                starts.append(start)
                ends.append(end)
                yield as_meant(task)
            self._starts, self._ends = starts, ends
        except (OSError, ValueError, RecursionError) as error:
            raise NotStreamedError from error


def _elements(path: Path) -> Iterator[tuple[int, int, Any]]:
    """The elements of a JSON array, with the bytes where each begins and ends.

    Raises
    ------
    NotStreamedError, ValueError
        If the file is anything but one array in UTF-8 that is not empty.

    """
    decode = codecs.getincrementaldecoder("utf-8")().decode
    with path.open("rb") as file:
        first = file.read(3)
        place = 3 if first == codecs.BOM_UTF8 else 0  # the byte where the text in hand begins
        file.seek(place)
        text, size, opened = "", _PIECE, False
        while piece := b"" if first.startswith(_MARKS) else file.read(size):
            text += decode(piece)
            done = 0  # what is behind in the text in hand
            if not opened and (at := _blank(text, 0)) < len(text):
                if text[at] != "[":
                    break
                opened, done, place = True, at + 1, place + at + 1
            for at, after, behind, task in _whole(text, done) if opened else ():
                start = place + at - done  # what is blank is a byte each
                place = start + _bytes(text[at:after])
                yield start, place, task
                place += behind + 1 - after
                done = behind + 1
                if text[behind] == "]":
                    rest = (text[done:].encode(), *iter(lambda: file.read(_PIECE), b""))
                    if any(one.strip(b" \t\n\r") for one in rest):
                        raise NotStreamedError
                    return
            text, size = text[done:], _PIECE if done else 2 * size
        raise NotStreamedError


def _whole(text: str, done: int) -> Iterator[tuple[int, int, int, Any]]:
    """The elements that are whole: where each begins and ends, and where the comma or the last bracket stands behind it."""
    scan = json.JSONDecoder().raw_decode
    while True:
        at = _blank(text, done)
        try:
            task, after = scan(text, at)
        except json.JSONDecodeError:
            return
        behind = _blank(text, after)
        if behind == len(text) or text[behind] not in ",]":  # of a number more may come
            return
        yield at, after, behind, task
        done = behind + 1


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return at if found is None else found.end()


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


class Gathered:
    """The rows of one table, packed by the thousand: as columns in memory, or into a Parquet file.

    What is not ``packed`` stays as it came, so that a small table is made as pandas makes it.
    """

    def __init__(self, columns: Sequence[str], *, packed: bool = False, into: Path | None = None) -> None:
        self._columns, self._packed, self._into = [*dict.fromkeys(columns)], packed, into
        self._schema = pa.schema([(one, _KINDS.get(one, pa.string())) for one in self._columns])
        self._rows: list[Mapping[str, Any]] = []
        self._tables: list[pa.Table] = []
        self._writer = None if into is None else pq.ParquetWriter(into, self._schema)  # type: ignore[no-untyped-call] # pyarrow leaves it so
        self.count = 0

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a row."""
        self._rows.append(row)
        self.count += 1
        if self._packed and len(self._rows) >= _PACKED:
            self._pack()

    def _pack(self) -> None:
        try:
            cells = {one: [row.get(one) for row in self._rows] for one in self._columns}
            table = pa.table(cells, schema=self._schema)
        except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
            raise NotStreamedError from error
        self._rows = []
        if self._writer is None:
            self._tables.append(table)
        else:
            self._writer.write_table(table)  # type: ignore[no-untyped-call] # as above

    def close(self) -> None:
        """Write what is left into the file."""
        self._pack()
        if self._writer is not None:
            self._writer.close()  # type: ignore[no-untyped-call] # as above

    def frame(self) -> pd.DataFrame:
        """All rows, with the kinds of columns that pandas finds in them."""
        if not self._tables:
            return pd.DataFrame(self._rows, columns=self._columns)
        self._pack()
        table, self._tables = pa.concat_tables(self._tables), []
        for place, name in enumerate(self._columns):  # a column that holds nothing is of no kind
            if table.column(place).null_count == len(table):
                table = table.set_column(place, name, pa.nulls(len(table)))
        found: pd.DataFrame = table.to_pandas()
        return found
