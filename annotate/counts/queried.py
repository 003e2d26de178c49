"""A table anywhere else: group-bys in Narwhals, run by the frame's own engine."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import narwhals as nw
import numpy as np

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
    split,
    two_clusters,
)


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
