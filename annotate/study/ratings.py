"""THE table: one row is one judgement, somebody gave an item a category on a variable.

=========== ====== ==============================================================
column      type   meaning
=========== ====== ==============================================================
item        str    stable passage id: a hash of content and position
source      str    who published the passage
annotator   str    stable, pseudonymous id
variable    str    a control of the label config, such as ``claim_type``
category    str    what was chosen; a set is a JSON array in codebook order
document    str    optional: the document the passage is from
annotation  str    optional: Label Studio's number of the annotation
created_at  str    optional: ISO 8601
updated_at  str    optional: ISO 8601
lead_time   float  optional: seconds from opening to submitting
round       int    1, or the number of the repeat
suggested   str    optional: the model whose suggestion the annotator saw
=========== ====== ==============================================================

The key is (item, annotator, variable, round). A missing judgement is an absent row: there is no
blank category, and a control that was hidden is not a judgement either.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from annotate.codebook.read import Codebook
from annotate.errors import TableError
from annotate.frames import read_frame, write_frame

REQUIRED = ("item", "source", "annotator", "variable", "category")
OPTIONAL = ("document", "annotation", "created_at", "updated_at", "lead_time", "round", "suggested")
KEY = ["item", "annotator", "variable", "round"]
_MOST_ROUNDS = 1_000_000  # what lies above is no number of a repeat


def encode_set(values: Iterable[str], order: Sequence[str] = ()) -> str:
    """Write a set of categories as it stands in the table: a JSON array, each once, in codebook order.

    >>> encode_set(["b", "a", "b"], order=["b", "a"])
    '["b","a"]'
    """
    rank = {category: position for position, category in enumerate(order)}
    unique = sorted(set(values), key=lambda value: (rank.get(value, len(rank)), value))
    return json.dumps(unique, ensure_ascii=False, separators=(",", ":"))


def decode_set(text: str) -> tuple[str, ...]:
    """Read what :func:`encode_set` wrote.

    Raises
    ------
    TableError
        If the text is no JSON array of strings.

    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        msg = f'category {text!r} is no set; a set is written as a JSON array, such as ["a","b"]'
        raise TableError(msg)
    return tuple(values)


def check_ratings(
    frame: pd.DataFrame, codebook: Codebook | None = None, where: str = "ratings"
) -> pd.DataFrame:
    """Check a table of ratings and put it into canonical form.

    Parameters
    ----------
    frame
        At least the columns ``item``, ``source``, ``annotator``, ``variable``, ``category``.
        Columns that the contract does not name are kept, so that one can group by them.
    codebook
        If given, every variable and category must be in it.
    where
        The file's name, for messages.

    Returns
    -------
    DataFrame
        A copy: required columns first, text as ``str``, ``round`` filled with 1, a new index.

    Raises
    ------
    TableError
        Naming the first offending rows and how many there are.

    """
    missing = [column for column in REQUIRED if column not in frame.columns]
    if missing:
        if {"annotation_id", "annotator", "lead_time"} <= set(frame.columns):
            msg = f"{where}: a CSV export of Label Studio, which lacks skips, relations and ground truth; export the project as JSON"
            raise TableError(msg)
        found = ", ".join(map(str, frame.columns)) or "none"
        msg = f"{where}: no column {', '.join(missing)}; a ratings table has {', '.join(REQUIRED)} (found: {found})"
        raise TableError(msg)
    if frame.empty:
        msg = f"{where}: the table is empty; it needs one row for each judgement"
        raise TableError(msg)
    extra = [column for column in frame.columns if column not in REQUIRED + OPTIONAL]
    known = [column for column in OPTIONAL if column in frame.columns and column != "round"]
    table = frame.loc[:, [*REQUIRED, *known, *extra]].reset_index(drop=True)
    _no_blanks(table, where)
    for column in REQUIRED:
        table[column] = _text(table[column], where).astype("str").str.strip()
    table["round"] = _rounds(frame, where)
    _one_rating_each(table, where)
    _one_source_each(table, where)
    if codebook is not None:
        _within_codebook(table, codebook, where)
    return table


def _no_blanks(table: pd.DataFrame, where: str) -> None:
    for column in REQUIRED:
        values = table[column]
        blank = values.isna() | (values.astype("str").str.strip() == "")
        if blank.any():
            row = int(np.flatnonzero(blank)[0])
            msg = (
                f"{where}: row {row + 1} has no {column}{_more(int(blank.sum()))}; "
                "a missing judgement is an absent row, so leave the row out"
            )
            raise TableError(msg)


def _text(cells: "pd.Series[Any]", where: str) -> "pd.Series[Any]":
    """A parquet file may hold lists, which are sets of categories, and what is no text at all."""
    if cells.dtype != object:
        return cells
    for row, value in enumerate(cells, start=1):
        is_list = isinstance(value, list | tuple | np.ndarray) and cells.name == "category"
        if isinstance(value, bytes | dict | list | tuple | np.ndarray) and not is_list:
            kind = type(value).__name__
            msg = f"{where}: row {row}: {cells.name} is no text ({kind}); write text, numbers, or a list for a set"
            raise TableError(msg)
    return cells.map(
        lambda value: encode_set(map(str, value)) if isinstance(value, list | tuple | np.ndarray) else value
    )


def _rounds(frame: pd.DataFrame, where: str) -> "pd.Series[int]":
    if "round" not in frame.columns:
        return pd.Series(1, index=range(len(frame)), dtype="int64")
    numbers = pd.to_numeric(frame["round"].reset_index(drop=True), errors="coerce")
    wrong = numbers.isna() | (numbers < 1) | (numbers > _MOST_ROUNDS) | (numbers != numbers.round())
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        msg = f"{where}: row {row + 1}: round {str(frame['round'].iloc[row])!r} is no whole number from 1{_more(int(wrong.sum()))}"
        raise TableError(msg)
    return numbers.astype("int64")


def _one_rating_each(table: pd.DataFrame, where: str) -> None:
    twice = table.duplicated(KEY, keep=False)
    if not twice.any():
        return
    groups = table.loc[twice].groupby(KEY, sort=False)
    (item, annotator, variable, number), rows = next(iter(groups))
    which = (
        "annotations " + " and ".join(map(str, rows["annotation"]))
        if "annotation" in table.columns and len(set(rows["annotation"])) > 1
        else "rows " + " and ".join(str(row + 1) for row in rows.index)
    )
    again = "" if number == 1 else f", round {number}"
    msg = (
        f"{where}: item {item}, annotator {annotator}, variable {variable}{again}: {len(rows)} ratings, "
        f"{which}{_more(groups.ngroups)}; keep one, or tell repeats apart in a column round"
    )
    raise TableError(msg)


def _one_source_each(table: pd.DataFrame, where: str) -> None:
    pairs = table[["item", "source"]].drop_duplicates()
    twice = pairs["item"].duplicated(keep=False)
    if twice.any():
        item = pairs.loc[twice, "item"].iloc[0]
        names = " and ".join(pairs.loc[pairs["item"] == item, "source"])
        count = int(pairs.loc[twice, "item"].nunique())
        msg = f"{where}: item {item} has two sources, {names}{_more(count)}; an item has one publisher"
        raise TableError(msg)


def _within_codebook(table: pd.DataFrame, codebook: Codebook, where: str) -> None:
    for name, rows in table.groupby("variable", sort=False):
        variable = codebook.variable(str(name))
        if not variable.categories:
            continue
        allowed = {category.id for category in variable.categories}
        for category in rows["category"].unique():
            outside = _outside(category, allowed, is_set=variable.level == "set")
            if outside:
                row = rows.loc[rows["category"] == category].iloc[0]
                msg = (
                    f"{where}: item {row['item']}, annotator {row['annotator']}, variable {name}: "
                    f"{', '.join(outside)} is not in the codebook, which has {', '.join(sorted(allowed))}"
                )
                raise TableError(msg)


def _outside(category: str, allowed: Collection[str], *, is_set: bool) -> list[str]:
    chosen = decode_set(category) if is_set else (category,)
    return [value for value in chosen if value not in allowed]


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""


def read_ratings(path: Path, codebook: Codebook | None = None) -> pd.DataFrame:
    """Read and check a table of ratings, ``.csv`` or ``.parquet``."""
    return check_ratings(read_frame(path), codebook, where=str(path))


def write_ratings(frame: pd.DataFrame, path: Path) -> None:
    """Write a table of ratings, ``.csv`` or ``.parquet``."""
    write_frame(frame, path)
