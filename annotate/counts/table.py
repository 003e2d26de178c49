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

import contextlib
import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import count
from typing import Any, Protocol

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.exceptions import DuplicateError
from narwhals.typing import IntoFrame

from annotate.counts.clusters import DOCUMENT, cluster_column
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
from annotate.study.queried import QueriedRatings


class QueriedTable:
    """A lazy frame of ratings; each question is one query, each answer small.

    Of every variable the items are summed up once, and kept where the engine can keep a table: what follows is
    asked of that table, which has a row for each item and no text but that of groups.
    """

    def __init__(
        self,
        frame: "nw.LazyFrame[Any]",
        by: Sequence[str],
        cluster: str | None = None,
        *,
        asked: bool = False,
        checked: QueriedRatings | None = None,
    ) -> None:
        self._by = list(by)
        further = [*by, *([cluster] if cluster is not None and cluster not in by else [])]
        self._frame = frame.select(*(nw.col(column).cast(nw.String) for column in ROW), *further)
        self._checked = checked
        columns = (*(() if checked is not None else ROW), *by)
        if columns:
            counts = [_is_blank(column).cast(nw.Int64).sum().alias(column) for column in columns]
            blanks = self._fetch(self._frame.select(*counts))
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
        known = self._checked.documents if self._checked is not None and cluster == DOCUMENT else None
        if known or (known is not None and not asked):
            return known
        ends = [nw.col(cluster).min().alias("low"), nw.col(cluster).max().alias("high")]
        blanks = _is_blank(cluster).cast(nw.Int64).sum().alias("blank")
        items = _kept(self._frame.group_by("item").agg(*ends, blanks))
        torn = (nw.col("low") != nw.col("high")).cast(nw.Int64)
        empty, several, items_of_all = (
            int(self._fetch(items.select(one.alias("n")))["n"][0] or 0)
            for one in (nw.col("blank").sum(), torn.sum(), nw.len())
        )
        if not asked:
            clusters = self._fetch(items.select(nw.col("low").n_unique().alias("n")))["n"][0]
            return not empty and not several and int(clusters) < items_of_all
        if empty:
            raise no_cluster(cluster, empty)
        if several:
            name = self._fetch(items.filter(torn == 1).select(nw.col("item").min()))["item"][0]
            found = self._fetch(self._frame.filter(nw.col("item") == name).select(cluster).unique())[cluster]
            raise two_clusters(name, cluster, sorted(map(str, found)))
        return True

    @staticmethod
    def _fetch(query: "nw.LazyFrame[Any]") -> dict[str, list[Any]]:
        return query.collect().to_dict(as_series=False)

    def _of(self, variable: str) -> "nw.LazyFrame[Any]":
        return (
            self._frame
            if list(self._used) == [variable]
            else self._frame.filter(nw.col("variable") == variable)
        )

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
        if self._checked is not None:
            return None
        judgements = self._of(variable).group_by("item", "annotator", *apart).agg(nw.len().alias("n"))
        first = self._fetch(judgements.filter(nw.col("n") > 1).sort("item", "annotator").head(1))
        return (first["item"][0], first["annotator"][0]) if first["item"] else None

    def tallies(self, variable: str, columns: Mapping[str, int], n_categories: int) -> list[Tally]:
        """The whole table first, then each group."""
        if n_categories > MANY:
            return self._at_home(variable).tallies(variable, columns, n_categories)
        rows = self._of(variable)
        guess = _MOST_RATINGS
        while True:
            packing = Packing(n_categories, guess + 1)
            digits = [
                _one_of("category", {text: int(weight[column]) for text, column in columns.items()})
                for weight in packing.weights.T
            ]
            units, most = self._units(rows, digits)
            if most <= guess:
                return self._tallies(rows, units, digits, packing)
            guess = most

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
        units, _ = self._units(rows, digits)
        return choices(self._tallies(rows, units, digits, packing), names)

    def _units(self, rows: "nw.LazyFrame[Any]", digits: Sequence[nw.Expr]) -> tuple["nw.LazyFrame[Any]", int]:
        """A row for each item, its digits summed up, with its group and cluster; and the most ratings of an item.

        The column ``torn`` says that an item lies in several groups.
        """
        names = [f"packed_{n}" for n in range(len(digits))]
        added = rows.with_columns(*(digit.alias(name) for digit, name in zip(digits, names, strict=True)))
        compared = [column for column in self._by if column not in self._of_items]
        ends = [nw.col(column).min().alias(f"low {column}") for column in compared]
        ends += [nw.col(column).max().alias(f"high {column}") for column in compared]
        ends += [_any(column).alias(f"low {column}") for column in self._further if column not in compared]
        items = added.group_by("item").agg(
            *(nw.col(name).sum() for name in names), *ends, nw.len().alias("n")
        )
        torn = reduce(
            lambda one, other: one | other,
            (nw.col(f"low {column}") != nw.col(f"high {column}") for column in compared),
            nw.lit(value=False),
        )
        low = [nw.col(f"low {column}").alias(column) for column in self._further]
        packed = [nw.col(name).cast(nw.Int64) for name in names]
        units = _kept(items.select(*packed, *low, "n", torn.cast(nw.Int64).alias("torn")))
        return units, int(self._fetch(units.select(nw.col("n").max()))["n"][0])

    @property
    def _of_items(self) -> set[str]:
        """The columns that are known to say the same in all rows of an item."""
        known = set() if self._checked is None else {"source"}
        return known | ({self.cluster} if self.cluster is not None else set())

    @property
    def _further(self) -> list[str]:
        return list(dict.fromkeys([*self._by, *([self.cluster] if self.cluster is not None else [])]))

    def _tallies(
        self,
        rows: "nw.LazyFrame[Any]",
        units: "nw.LazyFrame[Any]",
        digits: Sequence[nw.Expr],
        packing: Packing,
    ) -> list[Tally]:
        tallies = self._tally(rows, units, [], packing)
        if not self._by:
            return tallies
        if int(self._fetch(units.select(nw.col("torn").max()))["torn"][0]):
            names = [f"packed_{n}" for n in range(len(digits))]
            sums = rows.with_columns(*(digit.alias(name) for digit, name in zip(digits, names, strict=True)))
            units = sums.group_by("item", *self._further).agg(*(nw.col(name).sum() for name in names))
        return tallies + self._tally(rows, units, self._by, packing)

    def _tally(
        self, rows: "nw.LazyFrame[Any]", units: "nw.LazyFrame[Any]", by: list[str], packing: Packing
    ) -> list[Tally]:
        names = [f"packed_{n}" for n in range(packing.weights.shape[1])]
        of = [self.cluster] if self.cluster is not None and self.cluster not in by else []
        found = units.group_by(*by, *of, *names).agg(nw.len().alias("n")).collect(backend="pyarrow")
        people = self._fetch(rows.select(*by, "annotator").unique().select(*by, "annotator"))
        group_of_people = _keys(people, by, len(people["annotator"]))
        number = {group: index for index, group in enumerate(dict.fromkeys(group_of_people))}
        told = _keys({column: found[column].to_list() for column in by}, by, len(found))
        cluster = None
        if self.cluster is not None:
            cluster = pd.factorize(found[self.cluster].to_pandas())[0].astype(np.int64)
        patterns = PackedPatterns(
            np.fromiter((number[group] for group in told), dtype=np.int64, count=len(told)),
            np.column_stack([found[name].to_numpy() for name in names]).astype(np.int64),
            found["n"].to_numpy().astype(np.int64),
            cluster,
        )
        n_annotators = np.bincount([number[group] for group in group_of_people])
        return split(patterns, packing, list(number) if by else [(None,) * len(self._by)], n_annotators)


_MOST_RATINGS = 15
"""Ratings of an item that are reckoned with at first; an item with more is counted in a second go."""
_kept_tables = count(1)


def _any(column: str) -> nw.Expr:
    """The value of a column that says the same in all rows of an item."""
    return nw.col(column).any_value()


def _kept(query: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """The answer of a query, kept where it was computed, so that it is not computed again for each question."""
    if query.implementation.is_duckdb():
        relation, name = query.to_native(), f"annotate_kept_{next(_kept_tables)}"
        relation.query(name, f"CREATE TEMP TABLE {name}_rows AS FROM {name}")
        kept: nw.LazyFrame[Any] = nw.from_native(relation.query(name, f"FROM {name}_rows")).lazy()
        weakref.finalize(kept, _dropped, relation, f"{name}_rows")
        return kept
    if query.implementation.is_pyspark():
        cached: nw.LazyFrame[Any] = nw.from_native(query.to_native().cache())
        return cached
    return query.collect().lazy()


def _dropped(relation: Any, name: str) -> None:
    """Give the room of a kept table back; a connection that was closed has done so."""
    with contextlib.suppress(duckdb.Error):
        relation.query("kept", f"DROP TABLE IF EXISTS {name}")


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
    checked = ratings if isinstance(ratings, QueriedRatings) else None
    frame = _with_columns(ratings, (*ROW, *by))
    cluster = cluster_column(cluster, _names(frame))
    native = frame.to_native()
    if isinstance(native, pd.DataFrame):
        return CodedTable(native, by, cluster, asked=asked)
    return QueriedTable(frame.lazy(), by, cluster, asked=asked, checked=checked)


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
        frame = nw.from_native(ratings.relation if isinstance(ratings, QueriedRatings) else ratings)
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
