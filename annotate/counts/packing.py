"""Patterns as integers, and the tallies and choices that they are unpacked into."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from annotate.counts.kernels import Counts
from annotate.errors import TableError, counted

IntArray = NDArray[np.int64]
Group = tuple[object, ...]

ROW = ("item", "annotator", "variable", "category")
_BITS = 53  # a packed sum must be exact in a float64 too, which is what numpy.bincount adds in


@dataclass(frozen=True, eq=False)
class Tally:
    """What one group of a variable comes down to.

    ``group`` holds the values of the ``by`` columns, all ``None`` for the whole table; ``counts``
    (patterns x categories) and ``n_items`` (patterns) are in canonical order, lexicographic by counts; of many
    categories, with gaps, lexicographic by the categories of an item.
    ``clusters`` says, where it was asked for, in which cluster how many of the items are.
    """

    group: Group
    counts: Counts
    n_items: IntArray
    n_annotators: int
    clusters: "Clustered | None" = None


@dataclass(frozen=True, eq=False)
class Clustered:
    """A row for each cluster and pattern that has items in it: their numbers, and how many items."""

    which: IntArray
    pattern: IntArray
    n_items: IntArray


@dataclass(frozen=True, eq=False)
class Choices:
    """Who chose what in one group of a variable, items that got the same choices counted together.

    ``codes`` (patterns x annotators) holds the column of the category that each annotator chose, -1 where
    there is no rating; ``n_items`` (patterns) how many items there are. ``annotators`` are those with a
    rating in the group, by name; patterns are in canonical order, lexicographic by codes.
    """

    group: Group
    annotators: tuple[str, ...]
    codes: IntArray
    n_items: IntArray
    clusters: Clustered | None = None


@dataclass(frozen=True)
class Packing:
    """How digits share integers: below ``base``, one for each of ``n_categories`` categories.

    A digit counts the ratings in its category; where it matters who chose what there is one for each
    annotator instead, 0 for no rating and from 1 for the category.
    """

    n_categories: int
    base: int

    @cached_property
    def width(self) -> int:
        """How many categories fit one integer."""
        width = 1
        while width < self.n_categories and self.base ** (width + 1) <= 2**_BITS:
            width += 1
        return width

    @cached_property
    def weights(self) -> IntArray:
        """Weight of each category (rows) in each packed column; the first category weighs most."""
        columns = -(-self.n_categories // self.width)
        weights = np.zeros((self.n_categories, columns), dtype=np.int64)
        for category in range(self.n_categories):
            weights[category, category // self.width] = self.base ** (self.width - 1 - category % self.width)
        return weights

    def unpack(self, packed: IntArray) -> IntArray:
        """Counts (rows x categories) of packed sums (rows x columns)."""
        counts = np.empty((len(packed), self.n_categories), dtype=np.int64)
        for category, weight in enumerate(self.weights.max(axis=1)):
            counts[:, category] = packed[:, category // self.width] // weight % self.base
        return counts


@dataclass(frozen=True, eq=False)
class PackedPatterns:
    """Rows of group number, packed sums (rows x packed columns) and number of items, in any order.

    With the number of the ``cluster``, a row is a pattern within a cluster.
    """

    group: IntArray
    packed: IntArray
    n_items: IntArray
    cluster: IntArray | None = None


def split(
    patterns: PackedPatterns, packing: Packing, groups: Sequence[Group], n_annotators: IntArray
) -> list[Tally]:
    """Cut packed patterns into a tally a group, groups and patterns in canonical order.

    ``groups`` and ``n_annotators`` go by group number. A group without patterns has no tally.
    """
    order = sort_groups(groups)
    rank = np.empty(len(groups), dtype=np.int64)
    rank[order] = np.arange(len(groups))
    rows = np.lexsort((*patterns.packed.T[::-1], rank[patterns.group]))
    of, packed, n_items = rank[patterns.group][rows], patterns.packed[rows], patterns.n_items[rows]
    head: IntArray = np.arange(len(rows))
    if patterns.cluster is not None:  # a pattern has a row for each cluster that it is in
        new = np.append(True, (np.diff(of) != 0) | (np.diff(packed, axis=0) != 0).any(axis=1))
        head, pattern = np.flatnonzero(new), np.cumsum(new) - 1
    counts, total = packing.unpack(packed[head]), np.add.reduceat(n_items, head)
    ends = np.searchsorted(of[head], np.arange(len(groups) + 1))
    tallies = []
    for index, start, end in zip(order, ends[:-1], ends[1:], strict=True):
        if end == start:
            continue
        clusters = None
        if patterns.cluster is not None:
            low, high = np.searchsorted(pattern, (start, end))
            clusters = Clustered(
                patterns.cluster[rows[low:high]], pattern[low:high] - start, n_items[low:high]
            )
        people = int(n_annotators[index])
        tallies.append(Tally(groups[index], counts[start:end], total[start:end], people, clusters))
    return tallies


def listed(tallies: Sequence[Tally], n_categories: int) -> list[Tally]:
    """Read tallies whose digits list an item's categories, from 1, as counts (patterns x categories) with gaps."""
    found = []
    for tally in tallies:
        slots = np.asarray(tally.counts)
        pattern, slot = np.nonzero(slots)
        ones = np.ones(len(pattern), dtype=np.int64)
        counts = sparse.csr_array(
            (ones, (pattern, slots[pattern, slot] - 1)), shape=(len(slots), n_categories)
        )
        counts.sum_duplicates()
        found.append(replace(tally, counts=counts))
    return found


def choices(tallies: Sequence[Tally], annotators: Sequence[str]) -> list[Choices]:
    """Read tallies whose digits are annotators' choices; who has none in a group is left out of it."""
    found = []
    for tally in tallies:
        digits = np.asarray(tally.counts)
        active = np.flatnonzero(digits.any(axis=0))
        names = tuple(annotators[place] for place in active)
        found.append(Choices(tally.group, names, digits[:, active] - 1, tally.n_items, tally.clusters))
    return found


def _rank(value: object) -> tuple[int, float, str]:
    if value is None:
        return (0, 0.0, "")
    return (1, float(value), "") if isinstance(value, (int, float)) else (2, 0.0, str(value))


def sort_groups(groups: Sequence[Group]) -> list[int]:
    """The order of groups: the whole table first, numbers by size, text by the alphabet."""
    return sorted(range(len(groups)), key=lambda index: [_rank(value) for value in groups[index]])


def blank(column: str, count: int) -> TableError:
    """The error to raise where cells that are needed are blank."""
    return TableError(
        f"ratings: column {column} is blank in {counted(count, 'row')}; a missing judgement is an absent row"
    )


def no_rows() -> TableError:
    """The error to raise where the table has no rows."""
    return TableError("ratings: the table is empty; it needs one row for each judgement")


def no_cluster(column: str, count: int) -> TableError:
    """The error to raise where it is not known of some rows what they are drawn together with."""
    return TableError(
        f"ratings: column {column} is blank in {counted(count, 'row')}, so it does not tell which items are drawn together; "
        "fill it in, or draw items with --cluster none"
    )


def two_clusters(item: str, column: str, values: Sequence[object]) -> TableError:
    """The error to raise where an item is in two clusters."""
    told = " and ".join(map(str, values))
    return TableError(
        f"item {item}: column {column} says {told}; an item is drawn with one cluster only, so give it one, "
        "or draw items with --cluster none"
    )


def no_group(column: str) -> TableError:
    """The error to raise where the cells of a column cannot be told apart."""
    return TableError(f"ratings: column {column} holds lists; group by a column of text or numbers")
