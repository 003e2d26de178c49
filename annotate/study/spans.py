"""The twin of the ratings table: one row is one stretch of a passage that an annotator marked.

Columns: item, source, annotator, label, start, end, text, annotation, region, round. ``start`` and
``end`` are offsets into the passage in Unicode code points; ``passage[start:end] == text``.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from annotate.errors import TableError
from annotate.frames import read_frame, write_frame

COLUMNS = ("item", "source", "annotator", "label", "start", "end", "text", "annotation", "region", "round")
_NUMBERS = ("start", "end", "round")


def check_spans(
    frame: pd.DataFrame, passages: Mapping[str, str] | None = None, where: str = "spans"
) -> pd.DataFrame:
    """Check a table of spans and put it into canonical form.

    Parameters
    ----------
    frame
        The columns above.
    passages
        The text of each item; if given, the offsets must give the text that was marked.
    where
        The file's name, for messages.

    Raises
    ------
    TableError
        Naming the first offending row.

    """
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        msg = f"{where}: no column {', '.join(missing)}; a table of spans has {', '.join(COLUMNS)}"
        raise TableError(msg)
    table = frame.loc[:, list(COLUMNS)].reset_index(drop=True)
    for column in COLUMNS:
        table[column] = table[column].astype("int64" if column in _NUMBERS else "str")
    _first(table["start"].lt(0) | table["end"].le(table["start"]), table, where, "ends before it starts")
    if passages is not None:
        sliced = [
            passages.get(str(item), "")[start:end]
            for item, start, end in zip(table["item"], table["start"], table["end"], strict=True)
        ]
        _first(
            table["text"] != pd.Series(sliced, dtype="str"),
            table,
            where,
            "does not hold the text at its offsets",
        )
    return table


def _first(wrong: "pd.Series[bool]", table: pd.DataFrame, where: str, what: str) -> None:
    if wrong.any():
        row = table.iloc[int(np.flatnonzero(wrong)[0])]
        msg = (
            f"{where}: item {row['item']}, annotator {row['annotator']}, {row['label']} "
            f"{row['start']} to {row['end']}: the span {what}; {int(wrong.sum())} such in all"
        )
        raise TableError(msg)


def read_spans(path: Path) -> pd.DataFrame:
    """Read and check a table of spans, ``.csv`` or ``.parquet``."""
    return check_spans(read_frame(path), where=str(path))


def write_spans(frame: pd.DataFrame, path: Path) -> None:
    """Write a table of spans, ``.csv`` or ``.parquet``."""
    write_frame(frame, path)
