"""A table in memory: factorised codes, counted by numpy."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from annotate.counts.clusters import clusters_of_codes
from annotate.counts.kernels import MANY
from annotate.counts.packing import (
    ROW,
    Choices,
    Group,
    IntArray,
    PackedPatterns,
    Packing,
    Tally,
    blank,
    choices,
    listed,
    no_group,
    no_rows,
    split,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MANY = 50_000  # rows from which columns are factorised side by side; Arrow lets other threads run
_FEW = 200  # texts up to which a loop looks at them faster than Arrow
_CLOSE = 4  # counting pays while there are at most so many codes a row


class CodedTable:
    """A pandas frame of ratings, each column factorised once."""

    def __init__(
        self, frame: pd.DataFrame, by: Sequence[str], cluster: str | None = None, *, asked: bool = False
    ) -> None:
        if frame.empty:
            raise no_rows()
        self._codes: dict[str, IntArray] = {}
        self._values: dict[str, pd.Index[Any]] = {}
        columns = [frame[column] for column in dict.fromkeys((*ROW, *by))]
        for cells, (codes, values) in zip(columns, _side_by_side(columns), strict=True):
            self._codes[str(cells.name)], self._values[str(cells.name)] = codes, values
        self._group: IntArray = np.zeros(len(frame), dtype=np.int64)
        for column in by:
            self._group = _combine(self._group, self._codes[column])
        row = _a_row_of_each(self._group)
        self._groups: list[Group] = list(
            zip(*(self._values[c][self._codes[c][row]].tolist() for c in by), strict=True)
        )
        self._whole: Group = (None,) * len(by)
        self._cluster_of: IntArray | None = None
        if cluster is not None:
            told = clusters_of_codes(self._codes["item"], self._values["item"], frame[cluster], asked=asked)
            self._cluster_of = None if told is None else told[0]
        self.cluster = cluster if self._cluster_of is not None else None

    def clusters(self, variable: str) -> IntArray | None:
        """The number of the cluster of each row of a variable; None where items are drawn."""
        return None if self._cluster_of is None else self._cluster_of[self._codes["item"][self._of(variable)]]

    def _of(self, variable: str) -> "IntArray | slice":
        if len(self._values["variable"]) == 1:
            return slice(None)
        return np.flatnonzero(self._codes["variable"] == self._values["variable"].get_loc(variable))

    def variables(self) -> dict[str, list[str]]:
        """Each variable with the categories used, both sorted."""
        size = len(self._values["category"])
        if len(self._values["variable"]) == 1:
            return {self._values["variable"][0]: sorted(self._values["category"])}
        pairs = _distinct(self._codes["variable"] * size + self._codes["category"])
        used: dict[str, list[str]] = {variable: [] for variable in sorted(self._values["variable"])}
        for variable, category in zip(
            self._values["variable"][pairs // size], self._values["category"][pairs % size], strict=True
        ):
            used[variable].append(category)
        return {variable: sorted(categories) for variable, categories in used.items()}

    def locate(self, variable: str, category: str) -> tuple[str, str]:
        """Item and annotator of a rating, the first by name."""
        of = self._codes["variable"] == self._values["variable"].get_loc(variable)
        return self._first(of & (self._codes["category"] == self._values["category"].get_loc(category)))

    def repeated(self, variable: str, apart: Sequence[str] = ()) -> tuple[str, str] | None:
        """Item and annotator of a judgement that was made twice, or None."""
        rows = self._of(variable)
        judgements = self._codes["item"][rows]
        for column in ("annotator", *apart):
            judgements = judgements * len(self._values[column]) + self._codes[column][rows]
        if _are_distinct(judgements):
            return None
        twice = np.arange(len(self._group))[rows][pd.Series(judgements).duplicated().to_numpy()]
        return self._first(twice)

    def rows(self, variable: str, column: str) -> tuple[IntArray, "pd.Index[Any]"]:
        """The codes of a column in the rows of a variable, and the values that they stand for."""
        return self._codes[column][self._of(variable)], self._values[column]

    def _first(self, rows: "NDArray[Any]") -> tuple[str, str]:
        items = self._values["item"][self._codes["item"][rows]]
        return min(zip(items, self._values["annotator"][self._codes["annotator"][rows]], strict=True))

    def tallies(self, variable: str, columns: Mapping[str, int], n_categories: int) -> list[Tally]:
        """The whole table first, then each group."""
        rows = self._of(variable)
        most = int(np.bincount(self._codes["item"][rows]).max())
        category = self._columns(rows, columns)
        if n_categories > MANY:
            slots = Packing(most, n_categories + 1)

            def in_order(unit: IntArray) -> list[IntArray]:
                place = _place_in(unit, category)
                return [weight[place] * (category + 1) for weight in slots.weights.T]

            return listed(self._tally(rows, slots, in_order), n_categories)
        packing = Packing(n_categories, most + 1)
        digits = [weight[category] for weight in packing.weights.T]
        return self._tally(rows, packing, lambda _: digits)

    def assignments(self, variable: str, columns: Mapping[str, int], n_categories: int) -> list[Choices]:
        """The whole table first, then each group; an annotator's choice is a digit."""
        rows = self._of(variable)
        found = _distinct(self._codes["annotator"][rows])
        names = self._values["annotator"][found]
        order = np.argsort(names.to_numpy(dtype=object), kind="stable")
        place = np.empty(int(found.max()) + 1, dtype=np.int64)
        place[found[order]] = np.arange(len(found))
        packing = Packing(len(found), n_categories + 1)
        annotator, choice = place[self._codes["annotator"][rows]], self._columns(rows, columns) + 1
        digits = [weight[annotator] * choice for weight in packing.weights.T]
        return choices(self._tally(rows, packing, lambda _: digits), names[order].tolist())

    def _columns(self, rows: "IntArray | slice", columns: Mapping[str, int]) -> IntArray:
        """The column of each row's category."""
        place = np.array([columns.get(text, -1) for text in self._values["category"]], dtype=np.int64)
        return place[self._codes["category"][rows]]

    def _tally(
        self, rows: "IntArray | slice", packing: Packing, digits: Callable[[IntArray], list[IntArray]]
    ) -> list[Tally]:
        """Sum the digits of each item, and count the items with the same sums.

        ``digits`` are what each row adds to each packed column, as the unit of each row has it.
        """
        item, annotator = self._codes["item"][rows], self._codes["annotator"][rows]
        own = digits(item)
        whole = _count(item, np.zeros(int(item.max()) + 1, dtype=np.int64), own, self._cluster_of)
        tallies = split(whole, packing, [self._whole], np.array([len(_distinct(annotator))]))
        if self._groups:
            of = self._group[rows]
            unit, group_of, item_of = _units(item, of)
            cluster_of = None if self._cluster_of is None else self._cluster_of[item_of]
            patterns = _count(unit, group_of, own if unit is item else digits(unit), cluster_of)
            tallies += split(patterns, packing, self._groups, _people(of, annotator))
        return tallies


def _side_by_side(columns: Sequence["pd.Series[Any]"]) -> list[tuple[IntArray, "pd.Index[Any]"]]:
    if len(columns[0]) < _MANY:
        return [_factorised(cells) for cells in columns]
    with ThreadPoolExecutor(len(columns)) as workers:
        return list(workers.map(_factorised, columns))


def _factorised(cells: "pd.Series[Any]") -> tuple[IntArray, "pd.Index[Any]"]:
    """Codes of a column's cells, and the values that they stand for; those of a row as text."""
    column = str(cells.name)
    if column in ROW and cells.dtype != "str":
        cells = cells.astype("str")
    try:
        codes, values = pd.factorize(cells)
    except TypeError as error:
        raise no_group(column) from error
    nothing = _nothing(values if column in ROW else values.astype("str"))
    if len(nothing) or codes.min() < 0:  # -1 is a cell without a value
        raise blank(column, int(np.isin(codes, [-1, *nothing]).sum()))
    return codes.astype(np.int64, copy=False), values


def _nothing(texts: "pd.Index[Any]") -> IntArray:
    """Which texts hold nothing but white space."""
    if len(texts) <= _FEW:
        return np.flatnonzero([not text.strip() for text in texts.tolist()])
    return np.flatnonzero(texts.str.isspace() | (texts == ""))


def _combine(first: IntArray, second: IntArray) -> IntArray:
    """One code for each pair of codes, from 0 without gaps."""
    codes, _ = pd.factorize(first * (int(second.max()) + 1) + second)
    return codes.astype(np.int64, copy=False)


def _distinct(codes: IntArray) -> IntArray:
    """The codes that occur, each once; by counting where the codes are close together."""
    return np.flatnonzero(np.bincount(codes)) if _are_close(codes) else np.asarray(pd.unique(codes))


def _are_distinct(codes: IntArray) -> bool:
    """Whether no code occurs twice."""
    return bool(np.bincount(codes).max() == 1) if _are_close(codes) else len(pd.unique(codes)) == len(codes)


def _are_close(codes: IntArray) -> bool:
    return int(codes.max()) < _CLOSE * len(codes)


def _a_row_of_each(codes: IntArray) -> IntArray:
    """A row in which each code occurs; the codes have no gaps."""
    row = np.empty(int(codes.max()) + 1, dtype=np.int64)
    row[codes] = np.arange(len(codes))
    return row


def _place_in(unit: IntArray, category: IntArray) -> IntArray:
    """Which of its unit's rows a row is, in the order of their categories, from 0."""
    order = np.lexsort((category, unit))
    ends = np.cumsum(np.bincount(unit))
    place = np.empty(len(unit), dtype=np.int64)
    place[order] = np.arange(len(unit)) - np.append(0, ends)[unit[order]]
    return place


def _units(item: IntArray, group: IntArray) -> tuple[IntArray, IntArray, "IntArray | slice"]:
    """Number the items within their groups: the unit of each row, the group of each unit, the item of each."""
    group_of = np.zeros(int(item.max()) + 1, dtype=np.int64)
    group_of[item] = group
    if np.array_equal(group_of[item], group):  # no item lies in two groups, so the item is the unit
        return item, group_of, slice(len(group_of))
    unit = _combine(item, group)
    row = _a_row_of_each(unit)
    return unit, group[row], item[row]


def _count(
    unit: IntArray, group_of: IntArray, digits: Sequence[IntArray], cluster_of: IntArray | None = None
) -> PackedPatterns:
    """The patterns of each group; ``digits`` are what each row adds to each packed column.

    With ``cluster_of``, the cluster of each unit, those of each cluster within a group.
    """
    packed = np.column_stack([np.bincount(unit, weights=digit) for digit in digits]).astype(np.int64)
    rated = packed.any(axis=1)  # a unit of another variable has no rating here
    packed, pattern = packed[rated], group_of[rated]
    if cluster_of is not None:
        cluster_of = cluster_of[np.flatnonzero(rated)]
        pattern = _combine(pattern, cluster_of)
    for column in packed.T:
        pattern = _combine(pattern, pd.factorize(column)[0])
    row = _a_row_of_each(pattern)
    clusters = None if cluster_of is None else cluster_of[row]
    return PackedPatterns(group_of[rated][row], packed[row], np.bincount(pattern), clusters)


def _people(group: IntArray, annotator: IntArray) -> IntArray:
    """How many annotators each group has."""
    size = int(annotator.max()) + 1
    return np.bincount(_distinct(group * size + annotator) // size)
