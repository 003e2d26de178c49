"""Reduce a table of ratings to patterns: in memory, or by group-bys in Narwhals that the frame's own engine runs.

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

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, Protocol

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.exceptions import DuplicateError
from narwhals.typing import IntoFrame

from annotate.counts.clusters import cluster_column
from annotate.counts.coded import CodedTable
from annotate.counts.kernels import MANY
from annotate.counts.packing import (
    ROW,
    Choices,
    Group,
    PackedPatterns,
    Packing,
    Tally,
    blank,
    choices,
    no_cluster,
    no_rows,
    sort_groups,
    split,
    two_clusters,
)
from annotate.errors import TableError
from annotate.sampling import AUTO


class QueriedTable:
    """A lazy frame of ratings; each question is one query, each answer small."""

    def __init__(
        self,
        frame: "nw.LazyFrame[Any]",
        by: Sequence[str],
        cluster: str | None = None,
        *,
        asked: bool = False,
    ) -> None:
        self._by = list(by)
        further = [*by, *([cluster] if cluster is not None and cluster not in by else [])]
        self._frame = frame.select(*(nw.col(column).cast(nw.String) for column in ROW), *further)
        columns = (*ROW, *by)
        blanks = self._fetch(
            self._frame.select(*(_is_blank(column).cast(nw.Int64).sum().alias(column) for column in columns))
        )
        for column in columns:
            if int(blanks[column][0] or 0):
                raise blank(column, int(blanks[column][0]))
        self._used: dict[str, list[str]] = {}
        pairs = self._fetch(self._frame.group_by("variable", "category").agg(nw.len().alias("n")))
        for variable, category in sorted(zip(pairs["variable"], pairs["category"], strict=True)):
            self._used.setdefault(variable, []).append(category)
        if not self._used:
            raise no_rows()
        self.cluster = cluster if cluster is not None and self._tells(cluster, asked=asked) else None

    def _tells(self, cluster: str, *, asked: bool) -> bool:
        """Whether a column tells which items are drawn together; where it was asked for, it has to."""
        empty = int(
            self._fetch(self._frame.select(_is_blank(cluster).cast(nw.Int64).sum().alias("n")))["n"][0]
        )
        pairs = self._frame.select("item", cluster).unique()
        twice = pairs.group_by("item").agg(nw.len().alias("n")).filter(nw.col("n") > 1).sort("item").head(1)
        torn = self._fetch(twice)["item"]
        if not asked:
            sizes = pairs.group_by(cluster).agg(nw.len().alias("n")).select(nw.col("n").max())
            return not empty and not torn and int(self._fetch(sizes)["n"][0]) > 1
        if empty:
            raise no_cluster(cluster, empty)
        if torn:
            found = self._fetch(pairs.filter(nw.col("item") == torn[0]).select(cluster))[cluster]
            raise two_clusters(torn[0], cluster, sorted(map(str, found)))
        return True

    @staticmethod
    def _fetch(query: "nw.LazyFrame[Any]") -> dict[str, list[Any]]:
        return query.collect().to_dict(as_series=False)

    def _of(self, variable: str) -> "nw.LazyFrame[Any]":
        return self._frame.filter(nw.col("variable") == variable)

    def _at_home(self, variable: str) -> CodedTable:
        """The rows of a variable, in memory: of many categories patterns are hardly fewer than ratings."""
        extra = [self.cluster] if self.cluster is not None and self.cluster not in self._by else []
        home = bring_home(self._of(variable).to_native(), [*ROW, *self._by, *extra])
        return CodedTable(home, self._by, self.cluster, asked=True)

    def variables(self) -> dict[str, list[str]]:
        """Each variable with the categories used, both sorted."""
        return self._used

    def locate(self, variable: str, category: str) -> tuple[str, str]:
        """Item and annotator of a rating, the first by name."""
        rows = self._of(variable).filter(nw.col("category") == category).select("item", "annotator")
        first = self._fetch(rows.sort("item", "annotator").head(1))
        return first["item"][0], first["annotator"][0]

    def repeated(self, variable: str, apart: Sequence[str] = ()) -> tuple[str, str] | None:
        """Item and annotator of a judgement that was made twice, or None."""
        judgements = self._of(variable).group_by("item", "annotator", *apart).agg(nw.len().alias("n"))
        first = self._fetch(judgements.filter(nw.col("n") > 1).sort("item", "annotator").head(1))
        return (first["item"][0], first["annotator"][0]) if first["item"] else None

    def tallies(self, variable: str, columns: Mapping[str, int], n_categories: int) -> list[Tally]:
        """The whole table first, then each group."""
        if n_categories > MANY:
            return self._at_home(variable).tallies(variable, columns, n_categories)
        rows = self._of(variable)
        sizes = rows.group_by("item").agg(nw.len().alias("n")).select(nw.col("n").max())
        packing = Packing(n_categories, int(self._fetch(sizes)["n"][0]) + 1)
        digits = [
            _one_of("category", {text: int(weight[column]) for text, column in columns.items()})
            for weight in packing.weights.T
        ]
        return self._tallies(rows, digits, packing)

    def assignments(self, variable: str, columns: Mapping[str, int], n_categories: int) -> list[Choices]:
        """The whole table first, then each group; an annotator's choice is a digit."""
        if n_categories > MANY:
            return self._at_home(variable).assignments(variable, columns, n_categories)
        rows = self._of(variable)
        names = sorted(self._fetch(rows.select("annotator").unique())["annotator"])
        packing = Packing(len(names), n_categories + 1)
        choice = _one_of("category", {text: column + 1 for text, column in columns.items()})
        digits = [
            _one_of("annotator", dict(zip(names, weight.tolist(), strict=True))) * choice
            for weight in packing.weights.T
        ]
        return choices(self._tallies(rows, digits, packing), names)

    def _tallies(self, rows: "nw.LazyFrame[Any]", digits: Sequence[nw.Expr], packing: Packing) -> list[Tally]:
        rows = rows.with_columns(*(digit.alias(f"packed_{n}") for n, digit in enumerate(digits)))
        tallies = self._tally(rows, [], packing)
        return tallies + (self._tally(rows, self._by, packing) if self._by else [])

    def _tally(self, rows: "nw.LazyFrame[Any]", by: list[str], packing: Packing) -> list[Tally]:
        names = [f"packed_{n}" for n in range(packing.weights.shape[1])]
        of = [self.cluster] if self.cluster is not None and self.cluster not in by else []
        items = rows.group_by("item", *by, *of).agg(*(nw.col(name).sum() for name in names))
        found = self._fetch(items.group_by(*by, *of, *names).agg(nw.len().alias("n")))
        people = self._fetch(rows.select(*by, "annotator").unique().select(*by, "annotator"))
        group_of_people = _keys(people, by, len(people["annotator"]))
        number = {group: index for index, group in enumerate(dict.fromkeys(group_of_people))}
        patterns = PackedPatterns(
            np.array([number[group] for group in _keys(found, by, len(found["n"]))], dtype=np.int64),
            np.column_stack([found[name] for name in names]).astype(np.int64),
            np.array(found["n"], dtype=np.int64),
            None
            if self.cluster is None
            else np.unique(np.array(found[self.cluster], dtype=object).astype(str), return_inverse=True)[1],
        )
        n_annotators = np.bincount([number[group] for group in group_of_people])
        return split(patterns, packing, list(number) if by else [(None,) * len(self._by)], n_annotators)


def _keys(found: Mapping[str, list[Any]], by: Sequence[str], n_rows: int) -> list[Group]:
    return list(zip(*(found[column] for column in by), strict=True)) if by else [()] * n_rows


def _is_blank(column: str) -> nw.Expr:
    expression = nw.col(column)
    return expression.is_null() | (expression.cast(nw.String).str.strip_chars().fill_null("") == "")


def _one_of(column: str, values: Mapping[str, int]) -> nw.Expr:
    """The number that stands for a text of the column, 0 for one that has none."""
    branches = [(text, value) for text, value in values.items() if value]

    def branch(rest: nw.Expr, case: tuple[str, int]) -> nw.Expr:
        return nw.when(nw.col(column) == case[0]).then(nw.lit(case[1])).otherwise(rest)

    step: Callable[[nw.Expr, tuple[str, int]], nw.Expr] = branch
    return reduce(step, branches, nw.lit(0)).cast(nw.Int64)


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
    frame = _with_columns(ratings, (*ROW, *by))
    cluster = cluster_column(cluster, _names(frame), by)
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
        raise TableError(
            f"ratings: no column {', '.join(name or repr(name) for name in missing)}; the table has {found}"
        )
    return frame


def _names(frame: "nw.DataFrame[Any] | nw.LazyFrame[Any]") -> list[str]:
    native = frame.to_native()
    return list(native.columns) if isinstance(native, pd.DataFrame) else frame.collect_schema().names()
