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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from annotate.codebook.read import Codebook
from annotate.errors import TableError, counted
from annotate.frames import read_frame, write_frame
from annotate.study.missing import (
    MARKERS,
    counts_of,
    document_cautions,
    markers,
    missing_cells,
    named_missing,
)
from annotate.study.spellings import composed, nfc, spelling_cautions, unseen

REQUIRED = ("item", "source", "annotator", "variable", "category")
OPTIONAL = ("document", "annotation", "created_at", "updated_at", "lead_time", "round", "suggested")
JUDGEMENT = ["item", "annotator", "variable"]
KEY = [*JUDGEMENT, "round"]
_NAMED = ("source", "annotator", "item", "document")
_MOST_ROUNDS = 1_000_000  # what lies above is not a number of a repeat


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
        If the text is not a JSON array of strings.

    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        msg = f'category {text!r} is not a set; a set is written as a JSON array, such as ["a","b"]'
        raise TableError(msg)
    return tuple(values)


@dataclass(frozen=True)
class Entered:
    """A table from elsewhere, in canonical form.

    ``everything`` are the items and sources of all rows, ``left_out`` the rows without a judgement: item, annotator,
    variable and, as ``detail``, what stood there. ``cautions`` are sentences on how the table was understood.
    """

    ratings: pd.DataFrame
    everything: pd.DataFrame
    left_out: pd.DataFrame
    cautions: tuple[str, ...]


def check_ratings(
    frame: pd.DataFrame,
    codebook: Codebook | None = None,
    where: str = "ratings",
    *,
    missing: str | Sequence[str] = (),
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
    missing
        What stands for a missing judgement in the column category, such as ``"NA"``, or several; these rows are left
        out. ``"none"`` says that whatever looks like it is a category. A category of the codebook is always one.

    Returns
    -------
    DataFrame
        A copy: required columns first, text as ``str`` (Unicode form C), ``round`` filled with 1, a new index. Where
        no annotator rates an item twice, the column ``round`` tells waves, and all are round 1.

    Raises
    ------
    TableError
        Naming the first offending rows and how many there are. Also where a category is what R, pandas or Excel
        write for a missing value, and ``missing`` does not say what it is.

    """
    return enter_ratings(frame, codebook, where, missing=missing).ratings


def enter_ratings(
    frame: pd.DataFrame,
    codebook: Codebook | None = None,
    where: str = "ratings",
    *,
    missing: str | Sequence[str] = (),
) -> Entered:
    """Do what :func:`check_ratings` does, and tell what was left out and how the table was understood."""
    if not isinstance(frame, pd.DataFrame):
        raise TableError(
            f"{where}: {type(frame).__name__} is not a pandas data frame; read_ratings takes paths"
        )
    table = with_texts(frame.reset_index(drop=True), where)
    said = list(spelling_cautions(table, codebook))
    for column in table.columns:
        table[column] = composed(table[column])
    for column in REQUIRED:
        table[column] = table[column].str.strip()
    if codebook is not None:
        spell_as_declared(table, codebook)
    gone, told = missing_cells(table, markers(missing), declared_by(codebook), where)
    said += [
        *told,
        *named_missing(
            {
                column: counts_of(table.loc[table[column].isin(MARKERS), column])
                for column in _NAMED
                if column in table.columns
            }
        ),
    ]
    rows = table.loc[gone]
    left_out = rows[JUDGEMENT].assign(detail=rows["category"].fillna("").astype("str"))
    ratings = canonical_ratings(table.loc[~gone], codebook, where)
    if (ratings["round"] > 1).any() and not ratings.duplicated(JUDGEMENT).any():
        waves = ratings["round"].nunique()
        said.append(waves_caution(waves))
        ratings["round"] = 1
    everything = table[["item", "source"]].dropna().drop_duplicates("item").reset_index(drop=True)
    said += [*round_cautions(ratings), *document_cautions(ratings)]
    return Entered(ratings, everything, left_out.reset_index(drop=True), tuple(said))


def declared_by(codebook: Codebook | None) -> dict[str, set[str]]:
    """The categories of each variable of a codebook."""
    variables = () if codebook is None else codebook.variables
    return {one.name: {category.id for category in one.categories} for one in variables}


def round_cautions(ratings: pd.DataFrame) -> tuple[str, ...]:
    """Say how much stands in later rounds only, and is left out wherever the first round is taken."""
    later = ratings["round"] > 1
    if not later.any():
        return ()
    first = pd.MultiIndex.from_frame(ratings.loc[~later, JUDGEMENT])
    alone = later & ~pd.MultiIndex.from_frame(ratings[JUDGEMENT]).isin(first)
    if not alone.any():
        return ()
    whole = len(set(ratings.loc[alone, "item"]) - set(ratings.loc[~later, "item"]))
    return (later_caution(int(alone.sum()), whole, ratings["item"].nunique()),)


def waves_caution(waves: int) -> str:
    """Say that rounds are not repeats."""
    return f"round tells waves here, since nobody rates an item twice: all {waves} count as one round"


def later_caution(alone: int, whole: int, items: int) -> str:
    """Say how many ratings, and how many of all items, stand in later rounds only."""
    return (
        f"agreement is of round 1, which leaves out {counted(alone, 'rating')} by annotators who did not rate the item in it, "
        f"and {whole} of {counted(items, 'item')} altogether"
    )


def canonical_ratings(
    frame: pd.DataFrame, codebook: Codebook | None = None, where: str = "ratings"
) -> pd.DataFrame:
    """Put ratings that need no understanding, such as those of an export, into canonical form.

    The index of the frame numbers the rows from 0, for messages. See :func:`check_ratings`.
    """
    table = with_texts(frame, where)
    _no_blanks(table, where)
    for column in REQUIRED:
        table[column] = table[column].str.strip()
    table["round"] = rounds_of(frame, where)
    _one_rating_each(table, where)
    _one_source_each(table, where)
    if codebook is not None:
        within_codebook(table, codebook, where)
    return table.reset_index(drop=True)


def with_texts(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """The columns in order, those that are required as text; a cell that holds nothing stays so."""
    missing = [column for column in REQUIRED if column not in frame.columns]
    if missing:
        if {"annotation_id", "annotator", "lead_time"} <= set(frame.columns):
            msg = f"{where}: a CSV export of Label Studio, which lacks skips, relations and ground truth; export the project as JSON"
            raise TableError(msg)
        found = ", ".join(map(str, frame.columns)) or "none"
        msg = f"{where}: no column {', '.join(missing)}; a ratings table has {', '.join(REQUIRED)} (found: {found})"
        raise TableError(msg)
    twice = [name for name in dict.fromkeys(frame.columns) if list(frame.columns).count(name) > 1]
    if twice:
        msg = f"{where}: column {', '.join(map(str, twice))} is there twice; rename one or leave it out"
        raise TableError(msg)
    if frame.empty:
        msg = f"{where}: the table is empty; it needs one row for each judgement"
        raise TableError(msg)
    extra = [column for column in frame.columns if column not in REQUIRED + OPTIONAL]
    known = [column for column in OPTIONAL if column in frame.columns]
    table = frame.loc[:, [*REQUIRED, *known, *extra]]
    return table.assign(**{column: _text(table[column], where).astype("str") for column in REQUIRED})


def spell_as_declared(table: pd.DataFrame, codebook: Codebook) -> None:
    """Write categories as the codebook does, where that is not composed."""
    for variable in codebook.variables:
        spelled = {nfc(one.id): one.id for one in variable.categories if nfc(one.id) != one.id}
        if spelled:
            rows = table["variable"] == variable.name
            table.loc[rows, "category"] = [
                encode_set(spelled.get(one, one) for one in decode_set(text))
                if variable.level == "set"
                else spelled.get(text, text)
                for text in table.loc[rows, "category"]
            ]


def _no_blanks(table: pd.DataFrame, where: str) -> None:
    for column in REQUIRED:
        blank = unseen(table[column])
        if blank.any():
            raise no_cell(where, column, int(table.index[blank][0]), int(blank.sum()))


def no_cell(where: str, column: str, row: int, count: int) -> TableError:
    """The error to raise where a cell that is needed holds nothing, first in this row (from 0)."""
    remedy = "so leave the row out"
    if column == "category":
        remedy += ", or say --missing '' (in Python missing='') and all such rows are left out and counted"
    return TableError(
        f"{where}: row {row + 1} has no {column}{_more(count)}; a missing judgement is an absent row, {remedy}"
    )


def _text(cells: "pd.Series[Any]", where: str) -> "pd.Series[Any]":
    """A parquet file may hold lists, which are sets of categories, and what is not text at all."""
    if cells.dtype != object:
        return cells
    for row, value in cells.items():
        is_list = isinstance(value, list | tuple | np.ndarray) and cells.name == "category"
        if isinstance(value, bytes | dict | list | tuple | np.ndarray) and not is_list:
            kind = type(value).__name__
            msg = f"{where}: row {int(str(row)) + 1}: {cells.name} is not text ({kind}); write text, numbers, or a list for a set"
            raise TableError(msg)
    return cells.map(
        lambda value: encode_set(map(str, value)) if isinstance(value, list | tuple | np.ndarray) else value
    )


def rounds_of(frame: pd.DataFrame, where: str, weights: "pd.Series[int] | None" = None) -> "pd.Series[int]":
    """The rounds as numbers; ``weights`` are how many rows each row stands for."""
    if "round" not in frame.columns:
        return pd.Series(1, index=frame.index, dtype="int64")
    numbers = pd.to_numeric(frame["round"], errors="coerce")
    wrong = numbers.isna() | (numbers < 1) | (numbers > _MOST_ROUNDS) | (numbers != numbers.round())
    if wrong.any():
        row = int(numbers.index[wrong][0])
        count = int(wrong.sum() if weights is None else weights[wrong].sum())
        msg = f"{where}: row {row + 1}: round {str(frame['round'].loc[row])!r} is not a whole number from 1{_more(count)}"
        raise TableError(msg)
    return numbers.astype("int64")


def _one_rating_each(table: pd.DataFrame, where: str) -> None:
    twice = table.duplicated(KEY, keep=False)
    if not twice.any():
        return
    groups = table.loc[twice].groupby(KEY, sort=False)
    _, rows = next(iter(groups))
    raise rated_twice(where, rows, groups.ngroups)


def rated_twice(where: str, rows: pd.DataFrame, count: int) -> TableError:
    """The error to raise where these rows are one judgement, the first of so many."""
    item, annotator, variable, number = rows[KEY].iloc[0]
    which = (
        "annotations " + " and ".join(map(str, rows["annotation"]))
        if "annotation" in rows.columns and len(set(rows["annotation"])) > 1
        else "rows " + " and ".join(str(row + 1) for row in rows.index)
    )
    again = "" if number == 1 else f", round {number}"
    msg = (
        f"{where}: item {item}, annotator {annotator}, variable {variable}{again}: {counted(len(rows), 'rating')}, "
        f"{which}{_more(count)}; keep one, or tell repeats apart in a column round"
    )
    return TableError(msg)


def _one_source_each(table: pd.DataFrame, where: str) -> None:
    pairs = table[["item", "source"]].drop_duplicates()
    twice = pairs["item"].duplicated(keep=False)
    if twice.any():
        item = pairs.loc[twice, "item"].iloc[0]
        names = pairs.loc[pairs["item"] == item, "source"]
        raise two_sources(where, item, names, int(pairs.loc[twice, "item"].nunique()))


def two_sources(where: str, item: str, names: Iterable[str], count: int) -> TableError:
    """The error to raise where an item has several sources, the first of so many."""
    told = " and ".join(names)
    return TableError(
        f"{where}: item {item} has two sources, {told}{_more(count)}; an item has one publisher"
    )


def within_codebook(table: pd.DataFrame, codebook: Codebook, where: str) -> None:
    """Refuse a variable or a category that the codebook does not have, with the first rating that has it."""
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


def read_ratings(
    path: Path | str, codebook: Codebook | None = None, *, missing: str | Sequence[str] = ()
) -> pd.DataFrame:
    """Read and check a table of ratings, ``.csv`` or ``.parquet``; see :func:`check_ratings`."""
    return check_ratings(read_frame(Path(path)), codebook, str(path), missing=missing)


def write_ratings(frame: pd.DataFrame, path: Path | str) -> None:
    """Write a table of ratings, ``.csv`` or ``.parquet``."""
    write_frame(frame, Path(path))
