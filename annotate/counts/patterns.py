"""Patterns: all that a coefficient needs to know of a group of ratings, also of who chose what.

Items with the same multiset of categories are one pattern. For people who bring counts of their own,
:func:`from_items` makes patterns of an items x categories table.

Patterns of who chose what are for coefficients to which annotators are not interchangeable. For people
who bring ratings of their own, :func:`from_matrix` makes them of an items x annotators table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from annotate.codebook.matrices import Matrix
from annotate.codebook.scale import Level, Scale
from annotate.counts.distance import distance_kernel, weight_kernel
from annotate.counts.kernels import MANY, Counts, Kernel
from annotate.counts.samples import Samples, used
from annotate.counts.units import Units, of_items
from annotate.errors import StatisticsError, counted

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PAIR = 2


@dataclass(frozen=True, eq=False)
class Patterns:
    """How many items got which multiset of categories.

    Parameters
    ----------
    scale
        What was measured. Its categories (K,) are all that the variable offers, or, where nobody declared them,
        all that were used on the variable: not those of one group only.
    counts
        Patterns x categories: how many ratings of the item are in the category. Of many categories, see
        :data:`~annotate.counts.kernels.MANY`, a table with gaps.
    n
        Items with that pattern (P,).
    clusters
        Which of them are drawn together; None where items are drawn.

    """

    scale: Scale
    counts: Counts
    n: IntArray
    clusters: Units | None = None

    def __post_init__(self) -> None:
        """Refuse what are not counts.

        Raises
        ------
        StatisticsError
            If the shapes do not fit, or a count is negative.

        """
        shape = (len(self.n), len(self.categories))
        if self.n.ndim != 1 or self.counts.shape != shape:
            msg = f"patterns: counts have shape {self.counts.shape}, but n and categories ask for {shape}"
            raise StatisticsError(msg)
        cells = self.counts.data if sparse.issparse(self.counts) else self.counts
        if (np.asarray(cells) < 0).any() or (self.n < 0).any():
            raise StatisticsError(
                "patterns: a count is negative; counts are how many ratings or items there are"
            )

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories (K,), in order where the level has one."""
        return self.scale.categories

    @property
    def level(self) -> Level:
        """The level of measurement."""
        return self.scale.level

    @property
    def units(self) -> Units:
        """What is drawn: the clusters, or items."""
        return self.clusters or of_items(self.n, self.ratings)

    @cached_property
    def ratings(self) -> IntArray:
        """Ratings of an item of each pattern (P,)."""
        return np.asarray(self.counts.sum(axis=1), dtype=np.int64)

    @cached_property
    def pairable(self) -> NDArray[np.bool_]:
        """Which patterns have two ratings or more (P,)."""
        return self.ratings >= PAIR

    @cached_property
    def agreeing(self) -> FloatArray:
        """Of all pairs of ratings of an item, the share in the same category (P,); 0 without a pair."""
        counts, ratings = self.counts.astype(float), self.ratings.astype(float)
        pairs = np.where(self.pairable, ratings * (ratings - 1), 1.0)
        same = (counts * counts).sum(axis=1) - ratings
        return np.asarray(same / pairs, dtype=float)

    @cached_property
    def distances(self) -> Kernel:
        """The distances of the scale, unless they follow from the ratings, by ranks."""
        return distance_kernel(self.scale)

    def weighing(self, by_level: Mapping[str, str]) -> Kernel:
        """The weights asked for, or those that go by the level."""
        name = self.scale.weights or by_level[self.level]
        if name not in self._weighing:
            self._weighing[name] = weight_kernel(name, self.level, self.categories)
        return self._weighing[name]

    @cached_property
    def _weighing(self) -> dict[str | Matrix, Kernel]:
        return {}

    def observed(self, samples: Samples, weights: Kernel | None = None) -> FloatArray:
        """Mean agreement of two ratings of an item, over the pairable items of each sample (samples,).

        ``weights`` say how much two categories agree; without them, only the same do. Each item
        counts the same (Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., ch. 4 f.).
        """
        agreeing = self.agreeing
        if weights is not None:
            ratings = self.ratings.astype(float)
            pairs = np.where(self.pairable, ratings * (ratings - 1), 1.0)
            agreeing = (self.within(weights) - ratings) / pairs * self.pairable
        items = self.pairable_items(samples)
        return np.asarray(samples @ agreeing / np.where(items == 0, 1.0, items), dtype=float)

    def within(self, kernel: Kernel) -> FloatArray:
        """The sum of a kernel over all ordered pairs of ratings of an item, each with itself among them (P,)."""
        if kernel not in self._within:
            self._within[kernel] = kernel.within(self.counts)
        return self._within[kernel]

    def between(self, samples: Samples, kernel: Kernel, rows: Literal["paired", "profile"]) -> FloatArray:
        """The sum of a kernel over all pairs from two draws of what the rows hold, in each sample (samples,)."""
        if (kernel, rows) not in self._summed:
            self._summed[kernel, rows] = kernel.summed(getattr(self, rows))
        return kernel.between(samples, self._summed[kernel, rows])

    @cached_property
    def _within(self) -> dict[Kernel, FloatArray]:
        """What was summed already, which is the same on every sample."""
        return {}

    @cached_property
    def _summed(self) -> dict[tuple[Kernel, str], Any]:
        return {}

    def prevalence(self, samples: Samples) -> FloatArray:
        """Mean, over all rated items of each sample, of the share of ratings in a category (samples x K).

        An item with one rating counts as much as one with many (Gwet 2014, ch. 2).
        """
        return np.asarray(samples @ self.profile / self._rated(samples)[:, None], dtype=float)

    @cached_property
    def profile(self) -> Any:
        """The share of an item's ratings in each category (P x K), with gaps where counts have some."""
        ratings = self.ratings.astype(float)
        share = 1 / np.where(ratings == 0, 1.0, ratings)
        if sparse.issparse(self.counts):
            return sparse.csr_array(sparse.diags_array(share) @ self.counts)
        return self.counts / np.where(ratings == 0, 1.0, ratings)[:, None]

    def _rated(self, samples: Samples) -> FloatArray:
        """The rated items of each sample (samples,), or 1."""
        rated = samples @ (self.ratings > 0).astype(float)
        return np.where(rated == 0, 1.0, rated)

    def likely(self, samples: Samples, weights: Kernel) -> FloatArray:
        """The mean weight of two ratings that are drawn by prevalence (samples,)."""
        if sparse.issparse(self.counts):
            return self.between(samples, weights, "profile") / self._rated(samples) ** 2
        prevalence = self.prevalence(samples)
        return weights.form(prevalence, prevalence)

    @cached_property
    def paired(self) -> Any:
        """The counts of patterns with two ratings or more, the others being empty (P x K)."""
        if sparse.issparse(self.counts):
            return sparse.csr_array(sparse.diags_array(self.pairable.astype(float)) @ self.counts)
        return self.counts * self.pairable[:, None].astype(float)

    @property
    def n_items(self) -> int:
        """Items with at least one rating."""
        return int(self.n[self.ratings > 0].sum())

    @property
    def n_pairable_items(self) -> int:
        """Items with two ratings or more."""
        return int(self.n[self.pairable].sum())

    @property
    def n_ratings(self) -> int:
        """All ratings, those of items with one rating among them."""
        return int(self.n @ self.ratings)

    def pairable_items(self, samples: Samples) -> FloatArray:
        """Pairable items in each sample; ``samples`` (samples x P) holds items per pattern."""
        return np.asarray(samples @ self.pairable.astype(float), dtype=float)

    def categories_used(self, samples: Samples) -> IntArray:
        """How many categories occur in the pairable items of each sample (samples,); many may count as two."""
        if sparse.issparse(self.counts):
            found = np.minimum(2, samples @ (np.diff(self.paired.indptr) > 1).astype(float)).astype(np.int64)
            return np.asarray(found if (found > 1).all() else used(samples, self.paired), dtype=np.int64)
        marginals = samples @ self.paired
        return np.asarray(np.count_nonzero(marginals > 0, axis=1), dtype=np.int64)


def counts_of(pattern: IntArray, category: IntArray, n_patterns: int, n_categories: int) -> Counts:
    """Count the ratings in each category (patterns x categories), of the pattern and category of each (n,)."""
    if n_categories > MANY:
        ones = np.ones(len(pattern), dtype=np.int64)
        table = sparse.csr_array((ones, (pattern, category)), shape=(n_patterns, n_categories))
        table.sum_duplicates()
        return table
    cells = np.bincount(pattern * n_categories + category, minlength=n_patterns * n_categories)
    return np.asarray(cells.reshape(n_patterns, n_categories), dtype=np.int64)


def alike(rows: IntArray) -> tuple[IntArray, IntArray]:
    """Like rows once, in canonical order, and the place that each has gone to."""
    found, row = np.unique(rows, axis=0, return_inverse=True)
    return found.astype(np.int64), row.ravel()


def alike_with_gaps(rows: "sparse.csr_array") -> "tuple[sparse.csr_array, IntArray]":
    """The same for counts of many categories; their order is that of the categories of an item."""
    table = sparse.csr_array(rows)
    table.sort_indices()
    slots = np.zeros((table.shape[0], 2 * int(np.diff(table.indptr).max(initial=0))), dtype=np.int64)
    row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    slot = 2 * (np.arange(len(row)) - table.indptr[row])
    slots[row, slot], slots[row, slot + 1] = table.indices + 1, table.data
    _, where, place = np.unique(slots, axis=0, return_index=True, return_inverse=True)
    return sparse.csr_array(table[where]), place.ravel()


def from_items(counts: ArrayLike, scale: Scale) -> Patterns:
    """Make patterns of a table of counts, items x categories (how many annotators chose each).

    >>> from_items([[2, 0], [1, 1], [2, 0]], Scale("nominal", ("yes", "no"))).n.tolist()
    [1, 2]

    Raises
    ------
    StatisticsError
        If the table is not whole numbers, items x categories.

    """
    table = np.asarray(counts)
    if table.ndim != 2 or not np.array_equal(table, table.astype(np.int64)):  # noqa: PLR2004
        msg = f"counts: a table of whole numbers is needed, items x categories, not {table.dtype} of shape {table.shape}"
        raise StatisticsError(msg)
    patterns, n = np.unique(table.astype(np.int64), axis=0, return_counts=True)
    counts = sparse.csr_array(patterns) if patterns.shape[1] > MANY else patterns
    return Patterns(scale, counts, n.astype(np.int64))


NONE = -1
NOMINAL = Scale("nominal")


@dataclass(frozen=True, eq=False, kw_only=True)
class Assignments(Patterns):
    """How many items got which choices from whom. Whatever takes patterns takes these too.

    Items with the same choices of the same annotators are one pattern; ``counts`` follows from ``codes``.

    Parameters
    ----------
    annotators
        The annotators (A,) with a rating.
    codes
        Patterns x annotators: the place of the category chosen in ``categories``, -1 for no rating.

    """

    annotators: tuple[str, ...]
    codes: IntArray

    def __post_init__(self) -> None:
        """Refuse what are not codes.

        Raises
        ------
        StatisticsError
            If the shapes do not fit, or a code is not a place of a category.

        """
        super().__post_init__()
        shape = (len(self.n), len(self.annotators))
        if self.codes.shape != shape:
            msg = f"patterns: codes have shape {self.codes.shape}, but n and annotators ask for {shape}"
            raise StatisticsError(msg)


def assign(scale: Scale, annotators: Sequence[str], codes: IntArray, n: IntArray) -> Assignments:
    """Make patterns of codes, see :class:`Assignments`.

    Raises
    ------
    StatisticsError
        If the shapes do not fit, or a code is not a place of a category.

    """
    n_categories = len(scale.categories)
    if codes.size and not NONE <= codes.min() <= codes.max() < n_categories:
        raise StatisticsError(
            f"codes: {codes.min()} to {codes.max()} are not places among {counted(n_categories, 'category', 'categories')}; -1 stands for no rating"
        )
    pattern, annotator = np.nonzero(codes != NONE)
    counts = counts_of(pattern, codes[pattern, annotator], len(codes), n_categories)
    return Assignments(scale, counts, n, annotators=tuple(annotators), codes=codes)


def from_matrix(ratings: Sequence[Sequence[str | None]], scale: Scale = NOMINAL) -> Assignments:
    """Make patterns of a table, items x annotators, of category or None.

    Where the scale has no categories, they are what was used, by the alphabet.

    >>> from_matrix([["yes", "no"], ["yes", None], ["yes", "no"]]).n.tolist()
    [1, 2]

    Raises
    ------
    StatisticsError
        If items differ in length, a category was not declared, or an ordinal variable has no order.

    """
    used = sorted({one for one in chain.from_iterable(ratings) if one is not None})
    offered = scale.categories or tuple(used)
    outside = [one for one in used if one not in offered]
    if outside or len({len(item) for item in ratings}) != 1:
        why = f"{outside[0]!r} is not one of {', '.join(offered)}" if outside else "items differ in length"
        raise StatisticsError(f"ratings: {why}; a table is needed, items x annotators")
    if scale.level == "ordinal" and not scale.categories:
        raise StatisticsError("categories: an ordinal variable needs them in order, from low to high")
    place: dict[str | None, int] = {None: NONE, **{name: column for column, name in enumerate(offered)}}
    codes, n = np.unique(
        np.array([[place[one] for one in item] for item in ratings], dtype=np.int64),
        axis=0,
        return_counts=True,
    )
    names = [f"annotator {number + 1}" for number in range(codes.shape[1])]
    return assign(replace(scale, categories=offered), names, codes, n.astype(np.int64))
