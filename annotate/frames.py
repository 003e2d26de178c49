"""Tables on disk: .csv and .parquet in, .csv and .parquet out, text kept as text."""

import math
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from annotate.errors import InputError
from annotate.files import lines, read_text, refuse_twins

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
        try:
            return pd.read_parquet(path)
        except (pa.ArrowInvalid, OSError) as error:
            msg = f"{path}: no readable parquet file ({_first_line(error)})"
            raise InputError(msg) from error
    if kind != ".csv":
        msg = f"{path}: a table is read from {' or '.join(READABLE)}, not from {kind or 'a file without ending'}"
        raise InputError(msg)
    return _read_csv(path)


def _read_csv(path: Path) -> pd.DataFrame:
    rows = lines(read_text(path), path)
    line, first = next(rows)
    header = [name.strip() for name in first]
    refuse_twins(path, line, header)
    return pd.DataFrame([cells for _, cells in rows], columns=header, dtype="str")


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as its name's ending says, ``.csv`` or ``.parquet``."""
    if path.suffix.lower() == ".parquet":
        frame.to_parquet(path, index=False)
    elif path.suffix.lower() == ".csv":
        frame.to_csv(path, index=False, lineterminator="\n")
    else:
        msg = f"{path}: a table is written to {' or '.join(READABLE)}"
        raise InputError(msg)


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
