"""Tables on disk: .csv and .parquet in, .csv and .parquet out, text kept as text."""

import io
import math
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from annotate.errors import InputError
from annotate.files import SEPARATORS, lines, read_text, refuse_twins

READABLE = (".csv", ".parquet")


def read_frame(path: Path) -> pd.DataFrame:
    """Read a table; every cell of a CSV stays text, and ``NA`` is a text like any other.

    Raises
    ------
    InputError
        If the file is missing, of another kind, damaged, or no UTF-8.

    """
    kind = path.suffix.lower()
    if kind == ".parquet":
        if not path.is_file():
            msg = f"{path}: no such file"
            raise InputError(msg)
        return _read_parquet(path)
    if kind != ".csv":
        msg = f"{path}: a table is read from {' or '.join(READABLE)}, not from {kind or 'a file without ending'}"
        raise InputError(msg)
    return _read_csv(path)


def count_rows(path: Path) -> int:
    """How many rows a Parquet file has, without reading them.

    Raises
    ------
    InputError
        If it is not one.

    """
    try:
        return int(pq.read_metadata(path).num_rows)  # type: ignore[no-untyped-call] # pyarrow leaves it so
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: not a readable parquet file ({_first_line(error)})") from error


_ROOM = 2**30  # bytes that any file may take
_DENSEST = 500  # bytes in memory for each byte of a larger file; ratings take about 30
_CELL = 8  # bytes of a cell, besides its text


def _read_parquet(path: Path) -> pd.DataFrame:
    """Read a Parquet file that does not take far more memory than its size lets expect."""
    try:
        with pq.ParquetFile(path) as file:  # type: ignore[no-untyped-call] # pyarrow leaves it so
            allowed = max(_ROOM, _DENSEST * path.stat().st_size)
            stretches = _stretches(path)
            # no value is longer than all of its stretch of a column together
            needed = sum(values * (_CELL + size) for values, size in stretches)
            if needed > allowed:
                needed = _needed(path, file, stretches, allowed)
            if needed > allowed:
                raise InputError(
                    f"{path}: would take {needed / 2**20:,.0f} MB of memory, {allowed / 2**20:,.0f} are allowed a file "
                    "of its size; it is not opened, write it as .csv if it is yours"
                )
            _refuse_odd(path, file)
        frame = pd.read_parquet(path)
    except (pa.ArrowException, OSError, duckdb.Error) as error:
        raise InputError(f"{path}: not a readable parquet file ({_first_line(error)})") from error
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        SyntaxError,
        NotImplementedError,
    ) as error:
        raise InputError(
            f"{path}: what pandas wrote into it about its columns is damaged; write it again"
        ) from error
    frame.columns = pd.Index([str(name) for name in frame.columns])  # pandas may have kept names of any kind
    return frame


def _refuse_odd(path: Path, file: pq.ParquetFile) -> None:
    """Refuse columns of what cannot be read as text."""
    if odd := [str(one.name) for one in file.schema_arrow if not _is_plain(one.type)]:
        raise InputError(
            f"{path}: the column {', '.join(odd)} holds no texts, numbers or dates; write it as text"
        )


def parquet_columns(path: Path) -> list[str]:
    """The names of the columns of a Parquet file, of which nothing else is read.

    Raises
    ------
    InputError
        If it is missing, damaged, or has columns that hold no texts, numbers or dates.

    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    try:
        with pq.ParquetFile(path) as file:  # type: ignore[no-untyped-call] # pyarrow leaves it so
            _refuse_odd(path, file)
            return list(file.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: not a readable parquet file ({_first_line(error)})") from error


def _stretches(path: Path) -> list[tuple[int, int]]:
    """How many values each stretch of a column holds, and its bytes unpacked, as the file says.

    DuckDB reads them, because pyarrow ends the process where what a file says of a stretch contradicts itself.
    """
    with duckdb.connect() as connection:
        asked = "SELECT num_values, total_uncompressed_size FROM parquet_metadata(?)"
        return [
            (int(values), int(size)) for values, size in connection.execute(asked, [str(path)]).fetchall()
        ]


def _needed(path: Path, file: pq.ParquetFile, stretches: list[tuple[int, int]], allowed: int) -> int:
    """Bytes that its cells take, counted without writing out a text as often as it occurs."""
    values = sum(number for number, _ in stretches)
    needed = _CELL * values + sum(size for _, size in stretches)
    if needed > allowed:
        return needed
    needed = _CELL * values
    texts = [one.name for one in file.schema_arrow if _is_text(one.type)]
    with pq.ParquetFile(path, read_dictionary=texts) as compact:  # type: ignore[no-untyped-call]
        for batch in compact.iter_batches(batch_size=2**16, columns=texts):
            for column in batch.columns:
                lengths = pc.call_function("binary_length", [column.dictionary])  # type: ignore[attr-defined] # pyarrow leaves its types open
                total = pc.call_function("sum", [lengths.take(column.indices)])  # type: ignore[attr-defined] # as above
                needed += total.as_py() or 0
            if needed > allowed:
                break
    return needed


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_plain(kind: pa.DataType) -> bool:
    """Whether a cell of it is a text, a number, a date, a list of such, or nothing."""
    if pa.types.is_dictionary(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _is_plain(kind.value_type)
    return _is_text(kind) or bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_temporal(kind)
        or pa.types.is_null(kind)
    )


def _read_csv(path: Path) -> pd.DataFrame:
    rows = lines(read_text(path, cells=True), path)
    line, first = next(rows)
    header = [name.strip() for name in first]
    refuse_twins(path, line, header)
    return pd.DataFrame([cells for _, cells in rows], columns=header, dtype="str")


_BOTH = "\r\n\x00\x1e"


def csv_text(frame: pd.DataFrame) -> str:
    """Write a table as CSV of which each cell can be read back, also one that holds a carriage return alone."""
    names = [str(name) for name in frame.columns]
    texts = [frame[name] for name in frame.columns if frame[name].dtype.kind not in "biufcmM"]
    if not any("\r" in name for name in names) and not any(
        column.map(lambda value: isinstance(value, str) and "\r" in value).any() for column in texts
    ):
        return frame.to_csv(index=False, lineterminator="\n")
    written = (
        io.StringIO()
    )  # cells are quoted that hold a character of the line end, so it needs one with both
    frame.to_csv(written, index=False, lineterminator=_BOTH)
    return written.getvalue().replace(_BOTH, "\n")


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as its name's ending says, ``.csv`` or ``.parquet``."""
    if path.suffix.lower() == ".parquet":
        frame.to_parquet(path, index=False)
    elif path.suffix.lower() == ".csv":
        path.write_text(csv_text(frame), encoding="utf-8", newline="")
    else:
        msg = f"{path}: a table is written to {' or '.join(READABLE)}"
        raise InputError(msg)


WHITE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What Python takes for white space, and DuckDB has to be told."""
_FIRST = 2**16  # bytes of a table of text that tell how it is written


def copied(connection: duckdb.DuckDBPyConnection, path: Path, place: Path) -> bool:
    """Copy a table of text as Parquet, by DuckDB, in bounded memory.

    Returns
    -------
    bool
        Whether it could: DuckDB is asked only where a table is written in the plainest way, and its answer is taken only
        where nothing is odd. Otherwise :func:`read_frame` says what the table holds, or what is wrong with it.

    """
    with path.open("rb") as file:
        first, *_ = file.read(_FIRST).removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)
    line = first.removesuffix(b"\r").decode("utf-8", errors="replace")
    separator = max(SEPARATORS, key=line.count)
    names = [name.strip() for name in line.split(separator)]
    if not all(re.fullmatch(r"[\w .-]+", name) for name in names) or line.startswith("sep="):
        return False
    if len({name.casefold() for name in names}) < len(names):
        return False
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    filled = " OR ".join(f"trim({named(name)}, {quoted(WHITE)}) <> ''" for name in names)
    rows = (
        f"read_csv({quoted(path)}, auto_detect = false, header = true, columns = {{{columns}}}, "
        f"delim = {quoted(separator)}, quote = '\"', escape = '\"', comment = '', strict_mode = true, "
        f"force_not_null = [{', '.join(map(quoted, names))}])"
    )
    try:
        connection.execute(f"COPY (FROM {rows} WHERE {filled}) TO {quoted(place)} (FORMAT parquet)")
    except duckdb.Error:
        return False
    return True


def named(column: str) -> str:
    """The name of a column as it stands in a query."""
    return '"' + column.replace('"', '""') + '"'


def quoted(text: object) -> str:
    """A text as it stands in a query."""
    return "'" + str(text).replace("'", "''") + "'"


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows as dictionaries in plain Python types; NaN, NaT and NA are None."""
    return [{str(key): plain(value) for key, value in row.items()} for row in frame.to_dict("records")]


def plain(value: Any) -> Any:
    """A cell as a plain Python value: what is missing or not finite is None."""
    if isinstance(value, list | tuple | dict):
        return value
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, date):
        return value.isoformat()
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
