"""What is drawn together when uncertainty is computed: items, or clusters of items such as documents.

Items of one text resemble each other, so that ten documents of thirty passages tell less than three hundred
passages from anywhere. Where clusters are known they are the units, whole: a cluster comes with all its items.

Both have one shape. A unit is a row of items of each pattern; alike units are one row, with how many there are.
Of items that is the identity: a pattern is a row. Rows are in an order that follows from their content alone, so
that neither the names of clusters nor the engine that counted them change what is drawn.

Units with an item that can be paired and units without are strata, each drawn as often as there are. How many
items get a second rating is the plan of a study, not a chance finding; and so a replicate always has something to
pair, and units with single ratings alone leave the interval of alpha untouched to the last digit, while they take
their part in the prevalence that AC1 rests on. For units with several observations each, drawn whole: Field &
Welsh (2007), Bootstrapping clustered data, Journal of the Royal Statistical Society B 69, pp. 369-390.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from annotate.counts.samples import MANY_PATTERNS, Moved, Samples, one_each, portions
from annotate.sampling import STRIP, FloatArray, IntArray, drawing, equal_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CELLS = 2**16  # samples x patterns held at a time: what stays in the processor's cache
_LEAST = 8  # samples held at a time at least
_MANY = 2**12  # clusters from which on they are drawn in blocks, where few are alike
_ALONE = 4  # clusters a row up to which each is drawn by itself
_DENSE = 2**14  # rows x patterns up to which a table without gaps is multiplied faster


@dataclass(frozen=True, eq=False)
class Units:
    """Rows (U x P) of items of each pattern, and how many units (U,) are like that.

    ``cluster`` is the column that told the clusters, None where nothing did. ``rows`` is None where items are
    the units: each pattern is a row of its own. ``ratings`` (P,) are those of an item of each pattern.
    """

    ratings: IntArray
    n: IntArray
    rows: "sparse.csr_array | None" = None
    cluster: str | None = None

    @cached_property
    def strata(self) -> list[IntArray]:
        """The rows of units with an item that can be paired, and of those without."""
        paired, rated = self.of_each(self.ratings > 1) > 0, self.of_each(self.ratings > 0) > 0
        return [np.flatnonzero((self.n > 0) & paired), np.flatnonzero((self.n > 0) & rated & ~paired)]

    @property
    def present(self) -> IntArray:
        """The rows of which there are units with a rating."""
        return np.sort(np.concatenate(self.strata))

    @cached_property
    def total(self) -> IntArray:
        """Items of each pattern in all units (P,)."""
        return self.n if self.rows is None else np.asarray(self.n @ self.rows, dtype=np.int64)

    @property
    def number(self) -> int:
        """Units with an item that can be paired."""
        return int(self.n[self.strata[0]].sum())

    @cached_property
    def effective(self) -> float:
        """How many units of one size tell as much: ``(sum m)^2 / sum m^2`` of m pairable items in each.

        Kish (1965), Survey Sampling, on unequal weights. Where sizes are equal it is the number of units.
        """
        if self.rows is None:
            return float(self.number)
        sizes, n = self.of_each(self.ratings > 1), self.n.astype(float)
        squares = float(n @ sizes**2)
        return float(n @ sizes) ** 2 / squares if squares else 0.0

    @property
    def over(self) -> str:
        """What is drawn, in words: ``items``, ``24 documents``, or ``items of 1 document``."""
        if self.rows is None:
            return "items" if self.cluster is None else f"items of {counted(1, self.cluster)}"
        return counted(self.number, self.cluster or "")

    def drawable(self) -> "Units":
        """These, or the items of a single cluster: that one shows nothing of how clusters differ."""
        if self.rows is None or self.number > 1:
            return self
        return Units(self.ratings, self.total, None, self.cluster)

    def of_each(self, of_pattern: "FloatArray | NDArray[np.bool_]") -> FloatArray:
        """Sum what each item has, by pattern (P,) or (C x P), in each unit (U,) or (C x U)."""
        values = np.asarray(of_pattern, dtype=float)
        return values if self.rows is None else np.asarray((self.rows @ values.T).T, dtype=float)

    def items(self, samples: FloatArray) -> FloatArray:
        """The items of each pattern (samples x P) in samples of units (samples x U)."""
        return samples if self.rows is None else np.asarray(samples @ self.rows, dtype=float)

    def without(self) -> Iterator[tuple[IntArray, Samples]]:
        """Leave out one unit of each present row: the rows, and the items that are left (rows x P), in chunks."""
        total, present = self.total.astype(float), self.present
        if len(total) >= MANY_PATTERNS:
            for of in portions(present, len(total)):
                yield of, Moved(total, np.ones(len(of)), -1.0 * self._rows(of))
            return
        size = max(_LEAST, _CELLS // max(1, len(total)))
        for start in range(0, len(present), size):
            of = present[start : start + size]
            if self.rows is None:
                left = np.repeat(total[None, :], len(of), axis=0)
                left[np.arange(len(of)), of] -= 1
            else:
                left = total - self.rows[of].toarray()
            yield of, left

    def _rows(self, of: IntArray) -> "sparse.csr_array":
        """The items of each pattern in one unit of some rows."""
        if self.rows is not None:
            return self.rows[of]
        return one_each(of, np.ones(len(of)), len(self.ratings))

    def resamples(
        self, number: int, rng: np.random.Generator, cells: int | None = None
    ) -> Iterator[FloatArray]:
        """Draw ``number`` samples, in chunks (samples x P) of items of each pattern.

        The chunks do not change what is drawn.
        """
        plain = self._plain
        streams = rng.spawn(len(self.strata))
        drawn = []
        many: list[_Many] = []
        for stratum, stream in zip(self.strata, streams, strict=True):
            if (
                not plain
                and self.rows is not None
                and _MANY <= int(self.n[stratum].sum()) <= _ALONE * len(stratum)
            ):
                many.append(_Many(self.rows[np.repeat(stratum, self.n[stratum])], stream))
            elif len(stratum):
                drawn.append((stratum, self._rows_of(stratum), drawing(self.n[stratum], stream)))
        width = max([len(self.ratings), *(len(one) for one, _, _ in drawn if not plain)])
        size = max(_LEAST, (cells or _CELLS) // max(1, width))
        for start in range(0, number, size):
            count = min(size, number - start)
            if plain and len(drawn) == 1 and len(drawn[0][0]) == len(self.n):
                yield drawn[0][2](count)
                continue
            samples = np.zeros((len(self.ratings), count))
            for stratum, rows, draw in drawn:
                if rows is None:
                    samples[stratum] = draw(count).T
                else:
                    samples += rows.T @ draw(count).T
            for one in many:
                samples += one.draw(count)
            yield samples.T

    @property
    def _plain(self) -> bool:
        """Whether a row is a pattern: of items, and of clusters that have one item each."""
        if self.rows is None:
            return True
        places = np.arange(len(self.ratings))
        return (
            self.rows.nnz == len(self.n) == len(places)
            and bool((self.rows.data == 1).all())
            and np.array_equal(self.rows.indices, places)
        )

    def _rows_of(self, stratum: IntArray) -> "sparse.csr_array | FloatArray | None":
        if self.rows is None or self._plain:
            return None
        rows = self.rows[stratum]
        return rows.toarray() if len(stratum) * len(self.ratings) <= _DENSE else rows

    def merged(self, pattern: IntArray, ratings: IntArray) -> "Units":
        """The same clusters where patterns have become one another: ``pattern`` (P,) is the new place of each."""
        if self.rows is None:
            n = np.bincount(pattern, weights=self.n, minlength=len(ratings)).astype(np.int64)
            return Units(ratings, n)
        table = self.rows.tocoo()
        rows = sparse.csr_array(
            (table.data, (table.row, pattern[table.col])), shape=(len(self.n), len(ratings))
        )
        return Units(ratings, self.n, rows, self.cluster)


class _Many:
    """Samples of many clusters, each of which is a unit of its own, as items of each pattern."""

    def __init__(self, rows: "sparse.csr_array", rng: np.random.Generator) -> None:
        # Whole numbers below 2^24 are exact in 32 bits; a sample rarely has twice the items, and never ten times.
        exact = np.float32 if rows.sum(axis=0).max() * 10 < 2**24 else np.float64
        self._strips = [
            (start, sparse.csr_array(rows[start : start + STRIP].T, dtype=exact))
            for start in range(0, rows.shape[0], STRIP)
        ]
        self._blocks = equal_blocks(rows.shape[0], rng)
        self._exact = exact
        self._waiting: FloatArray = np.empty((rows.shape[1], 0))

    def draw(self, number: int) -> FloatArray:
        """Draw so many samples (P x number); what is drawn beyond them waits for the next call."""
        found = np.empty((len(self._waiting), number))
        done = 0
        while done < number:
            if not self._waiting.size:
                self._waiting = self._block()
            taken = self._waiting[:, : number - done]
            found[:, done : done + taken.shape[1]] = taken
            self._waiting = self._waiting[:, taken.shape[1] :]
            done += taken.shape[1]
        return found

    def _block(self) -> FloatArray:
        drawn = next(self._blocks)
        total = np.zeros((len(self._waiting), drawn.shape[1]), dtype=self._exact)
        for start, strip in self._strips:
            total += strip @ drawn[start : start + STRIP].astype(self._exact)
        return total.astype(float)


def together(
    groups: Sequence[Units], places: Sequence[IntArray], ratings: IntArray
) -> tuple[Units, IntArray]:
    """The units of several groups, and how many of each row a group has (groups x U).

    Parameters
    ----------
    groups
        Units of disjoint items, all of items or all of one kind of cluster.
    places
        Where each pattern of a group is among the patterns of all (P of the group,).
    ratings
        Of an item of each pattern of all (P,).

    """
    moved = [units.merged(place, ratings) for units, place in zip(groups, places, strict=True)]
    cluster = moved[0].cluster
    if cluster is None:
        n = np.array([units.n for units in moved])
        return Units(ratings, n.sum(axis=0)), n
    table = sparse.csr_array(sparse.vstack([units.rows for units in moved]))
    table.sum_duplicates()
    which = np.repeat(np.arange(table.shape[0], dtype=np.int64), np.diff(table.indptr))
    rows, place = _alike(which, table.indices.astype(np.int64), table.data.astype(np.int64), len(ratings))
    n = np.zeros((len(moved), rows.shape[0]), dtype=np.int64)
    owner = np.repeat(np.arange(len(moved)), [len(units.n) for units in moved])
    np.add.at(n, (owner, place), np.concatenate([units.n for units in moved]))
    return Units(ratings, n.sum(axis=0), rows, cluster), n


def counted(number: int, noun: str) -> str:
    """So many of what a column names.

    >>> counted(1, "document"), counted(24, "document"), counted(3, "outlet_id")
    ('1 document', '24 documents', '3 values of outlet_id')
    """
    plural = f"{noun}s" if noun.isalpha() and not noun.endswith("s") else ""
    if not plural:
        return f"{number} value{'' if number == 1 else 's'} of {noun}"
    return f"{number} {noun if number == 1 else plural}"


def of_items(n: IntArray, ratings: IntArray) -> Units:
    """Each item is a unit; ``n`` (P,) are the items of each pattern."""
    return Units(ratings, n)


def of_clusters(
    cluster: str, which: IntArray, pattern: IntArray, n_items: IntArray, ratings: IntArray
) -> Units:
    """Each cluster is a unit, of a table with a row for each cluster and pattern that has items in it.

    Parameters
    ----------
    cluster
        The column that tells the clusters.
    which, pattern, n_items
        The number of the cluster, of the pattern, and how many items there are (rows,); in any order.
    ratings
        Of an item of each pattern (P,).

    """
    rows, place = _alike(which, pattern, n_items, len(ratings))
    return Units(ratings, np.bincount(place).astype(np.int64), rows, cluster)


def _alike(
    which: IntArray, pattern: IntArray, n_items: IntArray, n_patterns: int
) -> "tuple[sparse.csr_array, IntArray]":
    """Like rows once, in the order of their content, and the place that each has gone to; nothing is hashed."""
    order = np.lexsort((pattern, which))
    which, pattern, n_items = which[order], pattern[order], n_items[order]
    start = np.flatnonzero(np.diff(which, prepend=-1))
    ends = np.append(start[1:], len(which))
    place = _ranked(start, ends - start, pattern * (int(n_items.max()) + 1) + n_items)
    first = np.empty(int(place.max()) + 1, dtype=np.int64)
    first[place] = np.arange(len(start))
    size = (ends - start)[first]
    bounds = np.append(0, np.cumsum(size))
    take = np.repeat(start[first] - bounds[:-1], size) + np.arange(bounds[-1])
    shape = (len(first), n_patterns)
    return sparse.csr_array((n_items[take].astype(float), pattern[take], bounds), shape=shape), place


def _ranked(start: IntArray, size: IntArray, entry: IntArray) -> IntArray:
    """The place of each row among the distinct ones (U,), by its first entry, then its second and so on.

    Of two of which one begins as the other, the shorter comes first. Only rows that are still alike are looked at
    again, so that it takes little more than to sort the first entries.
    """
    rank: IntArray = np.zeros(len(size), dtype=np.int64)
    tied: IntArray = np.arange(len(size))
    step = 0
    while len(tied):
        key = np.where(size[tied] > step, entry[np.minimum(start[tied] + step, len(entry) - 1)], -1)
        order = np.lexsort((key, rank[tied]))
        tied, key = tied[order], key[order]
        old = rank[tied]
        block = np.diff(old, prepend=-1) != 0
        new = block | (np.diff(key, prepend=key[0]) != 0)
        head, of = np.flatnonzero(new), np.cumsum(new) - 1
        rank[tied] = old + head[of] - np.flatnonzero(block)[np.cumsum(block) - 1]
        tied = tied[(np.bincount(of)[of] > 1) & (key >= 0)]
        step += 1
    return np.unique(rank, return_inverse=True)[1].astype(np.int64)
