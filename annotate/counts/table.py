"""Reduce a table of ratings to patterns: how many items got which multiset of categories.

Every coefficient in :mod:`annotate.agreement` depends on the ratings only through such a table. It is
small (3 annotators and 9 categories make at most 219 patterns, however many items there are), and it
is additive over disjoint items, so the same digits come out of one machine or of many.

The counting is exact, never by hashing. Each category is a digit of a number in the base *most
ratings of an item + 1*; the sum of an item's digits is its multiset, packed, and one group-by on the
sums counts the items. Where one integer is too short for all categories, several are used.

A few coefficients must know who chose what. For them, and only when they are asked for, the same
packing has one digit for each annotator, the category chosen, so that a pattern is who chose what.

What is asked of single judgements (annotators, items, rounds) needs them in memory, as codes; a table that
lives elsewhere is brought home for it, its needed columns alone.

Two ways lead to patterns, and tests hold them to the same digits. Any frame that Narwhals knows is reduced
by its own engine (DuckDB relations and Spark or polars frames stay lazy; only the pattern table comes
home). A pandas frame is in memory already, and numpy counts it faster on factorised codes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import narwhals as nw
import pandas as pd
from narwhals.exceptions import DuplicateError
from narwhals.typing import IntoFrame

from annotate.counts.coded import CodedTable
from annotate.counts.packing import ROW, Choices, Group, Packing, Tally, sort_groups
from annotate.counts.queried import QueriedTable
from annotate.errors import TableError
from annotate.sampling import AUTO

__all__ = [
    "ROW",
    "Choices",
    "CodedTable",
    "Group",
    "Packing",
    "QueriedTable",
    "RatingsTable",
    "Tally",
    "bring_home",
    "open_table",
    "sort_groups",
]


DOCUMENT = "document"


class RatingsTable(Protocol):
    """A table of ratings, wherever it lives, as the coefficients need to see it."""

    @property
    def cluster(self) -> str | None:
        """The column that tells which items are drawn together, None where items are drawn."""

    def variables(self) -> dict[str, list[str]]:
        """Each variable with the categories used, both sorted."""

    def locate(self, variable: str, category: str) -> tuple[str, str]:
        """Item and annotator of a rating, the first by name, to be shown in a message."""

    def repeated(self, variable: str, apart: Sequence[str] = ()) -> tuple[str, str] | None:
        """Item and annotator of a judgement that was made twice, or None.

        Judgements that differ in ``apart``, columns of those the table is grouped by, are not the same.
        """

    def tallies(self, variable: str, columns: Mapping[str, int], n_categories: int) -> list[Tally]:
        """The whole table first, then each group; ``columns`` gives each category text its column."""

    def assignments(self, variable: str, columns: Mapping[str, int], n_categories: int) -> list[Choices]:
        """Who chose what, for the same groups in the same order."""


def open_table(ratings: IntoFrame, by: Sequence[str] = (), cluster: str | None = None) -> RatingsTable:
    """Look at a table of ratings, grouped by the columns ``by``.

    ``cluster`` is a column whose values are drawn together, None for items; with ``auto`` it is ``document``,
    where the table has it, it tells every item's document, and some document has two items.

    Raises
    ------
    TableError
        If a column is missing or there twice, the table is empty, or a cell that is needed is blank.

    """
    asked = cluster not in (None, AUTO)
    frame = _with_columns(ratings, (*ROW, *by, *([cluster] if cluster and asked else [])))
    if cluster == AUTO:
        cluster = DOCUMENT if DOCUMENT in _names(frame) and DOCUMENT not in by else None
    native = frame.to_native()
    if isinstance(native, pd.DataFrame):
        return CodedTable(native, by, cluster, asked=asked)
    return QueriedTable(frame.lazy(), by, cluster, asked=asked)


def bring_home(
    ratings: IntoFrame, columns: Sequence[str] = ROW, *, also: Sequence[str] = (), first_round: bool = False
) -> pd.DataFrame:
    """Bring some columns into memory, for what goes judgement by judgement.

    A pandas frame is taken as it is; of any other only these columns come, in the order that its engine
    gives the rows.

    Parameters
    ----------
    ratings
        A frame of pandas, polars or Spark, or a DuckDB relation.
    columns, also
        Those that are needed, and those that may be there.
    first_round
        Leave out repeats, where the table has a column ``round`` that tells them.

    Raises
    ------
    TableError
        If a column is missing or there twice.

    """
    frame = _with_columns(ratings, columns)
    names = _names(frame)
    if first_round and "round" in names:
        frame = frame.filter(nw.col("round") == 1)
    native = frame.to_native()
    if isinstance(native, pd.DataFrame):
        return native
    wanted = [*columns, *(name for name in also if name in names and name not in columns)]
    home = frame.lazy().select(*wanted).collect()
    # Text is text, whether the engine hands it over as Arrow's or as Python objects.
    texts = [name for name, kind in home.schema.items() if kind == nw.String]
    return home.to_pandas().astype(dict.fromkeys(texts, "str"))


def _with_columns(ratings: IntoFrame, columns: Sequence[str]) -> "nw.DataFrame[Any] | nw.LazyFrame[Any]":
    """The frame, if it has these columns."""
    try:
        frame = nw.from_native(ratings)
    except DuplicateError as error:
        raise TableError("ratings: two columns have one name; rename one or leave it out") from error
    names = _names(frame)
    missing = [column for column in columns if column not in names]
    if missing:
        found = ", ".join(map(str, names)) or "none"
        raise TableError(f"ratings: no column {', '.join(missing)}; the table has {found}")
    return frame


def _names(frame: "nw.DataFrame[Any] | nw.LazyFrame[Any]") -> list[str]:
    native = frame.to_native()
    return list(native.columns) if isinstance(native, pd.DataFrame) else frame.collect_schema().names()
