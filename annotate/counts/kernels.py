"""Sums over pairs of categories, weighted by how far the two are apart or how much they agree.

A coefficient asks three things of its distances or weights w: of an item, the sum of ``w(c, k)`` over all pairs of
its ratings; of two distributions of categories, the same sum over pairs with one from each; and the mean. With
few categories a table of w (K x K) answers all. Of fifty thousand numbers that table would have 20 GB, and it is
not needed: whether two are the same follows from counts, squared differences from sums and sums of squares,
differences from running sums, and the distance of ratios from exponential sums.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse
from threadpoolctl import ThreadpoolController

from annotate.counts.samples import Samples, squares
from annotate.sampling import FloatArray, IntArray

Counts: TypeAlias = "IntArray | sparse.csr_array"

MANY = 128
"""More categories than this are many: counts of them have gaps, and no table over pairs of them is made."""


@cache
def _pools() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let numpy's products run on one thread: on matrices as small as ours several wait for each other.

    On two busy cores the models of annotators took five times as long with two threads.
    """
    with _pools().limit(limits=1, user_api="blas"):
        yield


class Kernel(ABC):
    """A symmetric function w of two categories, 0 or more."""

    @abstractmethod
    def of(self, first: IntArray, second: IntArray) -> FloatArray:
        """``w`` of each two categories, by their places (n,)."""

    @abstractmethod
    def form(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """The sum of ``p_c w(c, k) q_k`` for two tables (S x K), row by row (S,)."""

    def mean(self, size: int) -> float:
        """The mean over all pairs of ``size`` categories."""
        once = np.ones((1, size))
        return float(self.form(once, once)[0]) / size**2

    def summed(self, rows: Counts) -> Any:
        """What :meth:`between` needs to know of each pattern, of ``rows`` (P x K)."""
        return rows

    def between(self, samples: Samples, summed: Any) -> FloatArray:
        """The sum over all pairs of two ratings in each sample (S,)."""
        marginals = samples @ summed
        return self.form(marginals, marginals)

    def within(self, counts: Counts) -> FloatArray:
        """The sum over all ordered pairs of two ratings of one item, each with itself among them (P,)."""
        rows = sparse.csr_array(counts).astype(float)
        rows.sort_indices()
        place, sizes = rows.indices, np.diff(rows.indptr)
        pattern = np.repeat(np.arange(len(sizes)), sizes)
        found = np.bincount(pattern, rows.data**2 * self.of(place, place), len(sizes))
        for apart in range(1, int(sizes.max(initial=0))):
            one = np.flatnonzero(pattern[apart:] == pattern[:-apart])
            pairs = rows.data[one] * rows.data[one + apart] * self.of(place[one], place[one + apart])
            found += 2 * np.bincount(pattern[one], pairs, len(sizes))
        return np.asarray(found, dtype=float)


@dataclass(frozen=True, eq=False)
class Table(Kernel):
    """The function written out for all pairs (K x K)."""

    values: FloatArray

    def mean(self, size: int) -> float:
        """Of the table."""
        return float(self.values.sum()) / size**2

    def of(self, first: IntArray, second: IntArray) -> FloatArray:
        """Look them up."""
        return self.values[first, second]

    def form(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """Multiply."""
        return np.asarray((first @ self.values * second).sum(axis=1), dtype=float)

    def within(self, counts: Counts) -> FloatArray:
        """Multiply; where counts have gaps, pair by pair."""
        if sparse.issparse(counts):
            return super().within(counts)
        rows = np.asarray(counts, dtype=float)
        return np.asarray((rows @ self.values * rows).sum(axis=1), dtype=float)


@dataclass(frozen=True, eq=False)
class Same(Kernel):
    """1 for the same category, 0 for another; or, with ``other`` 1 and ``same`` 0, the nominal distance."""

    same: float = 1.0
    other: float = 0.0

    def of(self, first: IntArray, second: IntArray) -> FloatArray:
        """Compare."""
        return np.where(first == second, self.same, self.other)

    def form(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """From the counts alone."""
        alike = (first * second).sum(axis=1)
        return np.asarray(
            self.other * first.sum(axis=1) * second.sum(axis=1) + (self.same - self.other) * alike,
            dtype=float,
        )

    def summed(self, rows: Counts) -> Any:
        """The counts, with gaps, and their sums."""
        return sparse.csr_array(rows), np.asarray(rows.sum(axis=1), dtype=float)

    def between(self, samples: Samples, summed: Any) -> FloatArray:
        """From the counts alone."""
        rows, ratings = summed
        alike = (self.same - self.other) * squares(samples, rows)
        return np.asarray(self.other * (samples @ ratings) ** 2 + alike, dtype=float)

    def within(self, counts: Counts) -> FloatArray:
        """From the counts alone."""
        rows = sparse.csr_array(counts).astype(float)
        total, alike = rows.sum(axis=1), rows.power(2).sum(axis=1)
        return np.asarray(self.other * total**2 + (self.same - self.other) * alike, dtype=float)


@dataclass(frozen=True, eq=False)
class Moments(Kernel):
    """``start + slope (x_c - x_k)^2``: over the pairs of m numbers the squares add up to ``2 (m sum x^2 - (sum x)^2)``.

    ``numbers`` (K,) are those of the categories.
    """

    numbers: FloatArray
    start: float = 0.0
    slope: float = 1.0

    @cached_property
    def _sums(self) -> FloatArray:
        """1, the number and its square (K x 3); counted from the middle, so that no digits are lost."""
        centred = self.numbers - np.median(self.numbers)
        return np.column_stack([np.ones_like(centred), centred, centred**2])

    def of(self, first: IntArray, second: IntArray) -> FloatArray:
        """The square of the difference."""
        return self.start + self.slope * (self.numbers[first] - self.numbers[second]) ** 2

    def _combined(self, first: FloatArray, second: FloatArray) -> FloatArray:
        (n, a, aa), (m, b, bb) = first.T, second.T
        return np.asarray(self.start * n * m + self.slope * (n * bb - 2 * a * b + m * aa), dtype=float)

    def form(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """From the moments."""
        return self._combined(first @ self._sums, second @ self._sums)

    def summed(self, rows: Counts) -> Any:
        """The moments of each pattern (P x 3)."""
        return rows @ self._sums

    def between(self, samples: Samples, summed: Any) -> FloatArray:
        """From the moments of each pattern."""
        moments = samples @ summed
        return self._combined(moments, moments)

    def within(self, counts: Counts) -> FloatArray:
        """From the squared deviations from an item's own mean, which are exactly 0 for equal ratings."""
        rows = sparse.csr_array(counts).astype(float)
        pattern = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        numbers, ratings = self.numbers[rows.indices], np.asarray(rows.sum(axis=1), dtype=float)
        first = np.zeros(len(ratings))
        first[pattern] = numbers  # any number of the item: the deviations from it stay small
        beyond = numbers - first[pattern]
        mean = np.bincount(pattern, rows.data * beyond, len(ratings)) / np.where(ratings == 0, 1.0, ratings)
        spread = np.bincount(pattern, rows.data * (beyond - mean[pattern]) ** 2, len(ratings))
        return np.asarray(self.start * ratings**2 + 2 * self.slope * ratings * spread, dtype=float)


@dataclass(frozen=True, eq=False)
class Linear(Kernel):
    """``start + slope |x_c - x_k|``, by running sums along the order.

    ``numbers`` (K,) are those of the categories, from low to high.
    """

    numbers: FloatArray
    start: float = 0.0
    slope: float = 1.0

    def of(self, first: IntArray, second: IntArray) -> FloatArray:
        """The difference."""
        return self.start + self.slope * np.abs(self.numbers[first] - self.numbers[second])

    def form(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """For each step from a number to the next, how many pairs it lies between."""
        steps = np.diff(self.numbers)
        low, below = np.cumsum(first, axis=1), np.cumsum(second, axis=1)
        n, m = low[:, -1:], below[:, -1:]
        crossed = low[:, :-1] * (m - below[:, :-1]) + (n - low[:, :-1]) * below[:, :-1]
        return np.asarray(self.start * n[:, 0] * m[:, 0] + self.slope * (crossed @ steps), dtype=float)


@dataclass(frozen=True, eq=False)
class Sum(Kernel):
    """The sum of some kernels."""

    parts: tuple[Kernel, ...]

    def of(self, first: IntArray, second: IntArray) -> FloatArray:
        """Add up."""
        return np.asarray(sum(part.of(first, second) for part in self.parts), dtype=float)

    def form(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """Add up."""
        return np.asarray(sum(part.form(first, second) for part in self.parts), dtype=float)

    def within(self, counts: Counts) -> FloatArray:
        """Add up."""
        return np.asarray(sum(part.within(counts) for part in self.parts), dtype=float)


_STEP = 0.25  # between nodes; the rule's error goes with exp(-pi^2 / step), which is below 1e-17
_LOW, _HIGH = (
    -19.0,
    4.0,
)  # where, on a logarithmic scale, a function begins and ends that is 0 outside to 1e-16
_NARROW = 0.2  # logarithms this close are multiplied out in powers instead, so that small distances keep their digits
_POWERS = (1.0, -2 / 3, 17 / 45, -62 / 315, 1382 / 14175, -21844 / 467775, 929569 / 42567525)
"""Of the series of ``tanh^2``: its coefficients at the powers 2, 4, 6, ..."""


@dataclass(frozen=True, eq=False)
class Ratios(Kernel):
    """``((a - b) / (a + b))^2`` of numbers not below 0; 0 for two zeros.

    It is ``1 - 4 a b / (a + b)^2``, and ``1 / (a + b)^2`` is the integral of ``t exp(-t (a + b))`` over t from 0 on.
    In the logarithm of t, the trapezoidal rule gives the integral to all digits with a hundred nodes or two, and at
    each node the function is a product of one of a and one of b (Beylkin & Monzon 2010, Approximation by
    exponential sums revisited, Applied and Computational Harmonic Analysis 28, pp. 131-149). Where all numbers lie
    close together, the distance is a series in the squared difference of their logarithms.
    """

    numbers: FloatArray

    @cached_property
    def _logs(self) -> FloatArray:
        """Logarithms from the middle (K,); of a zero it does not count."""
        found: FloatArray = np.log(np.where(self.numbers > 0, self.numbers, 1.0))
        positive = found[self.numbers > 0]
        middle = (positive.max() + positive.min()) / 2 if len(positive) else 0.0
        return np.where(self.numbers > 0, found - middle, 0.0)

    @cached_property
    def _nodes(self) -> FloatArray:
        """What each number adds at each node (K x nodes); the sum of squares is that of ``4 a b / (a + b)^2``."""
        logs = self._logs
        nodes = np.arange(_LOW - logs.max(initial=0.0), _HIGH - logs.min(initial=0.0), _STEP)
        at = np.minimum(
            nodes + logs[:, None], 2 * _HIGH
        )  # beyond, the function is 0 and its exponent no number
        values = 2 * np.sqrt(_STEP) * np.exp(at - np.exp(at))
        return np.asarray(np.where(self.numbers[:, None] > 0, values, 0.0), dtype=float)

    def of(self, first: IntArray, second: IntArray) -> FloatArray:
        """As it is written."""
        a, b = self.numbers[first], self.numbers[second]
        sums = a + b
        return np.asarray(((a - b) / np.where(sums == 0, 1.0, sums)) ** 2, dtype=float)

    def form(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """From what the numbers add at each node."""
        return self._combined(first @ self._features, second @ self._features)

    def summed(self, rows: Counts) -> Any:
        """What the ratings of each pattern add at each node (P x nodes)."""
        return rows @ self._features

    def between(self, samples: Samples, summed: Any) -> FloatArray:
        """From what the ratings of each pattern add at each node."""
        found = samples @ summed
        return self._combined(found, found)

    @cached_property
    def _features(self) -> FloatArray:
        positive = (self.numbers > 0).astype(float)
        if self._is_narrow:
            powers = self._logs[:, None] ** np.arange(2 * len(_POWERS) + 1) * positive[:, None]
            return np.column_stack([1 - positive, powers])
        return np.column_stack([1 - positive, positive, self._nodes])

    @property
    def _is_narrow(self) -> bool:
        return float(np.ptp(self._logs)) <= _NARROW

    def _combined(self, first: FloatArray, second: FloatArray) -> FloatArray:
        zeros, others = first[:, 0], second[:, 0]
        n, m = first[:, 1], second[:, 1]
        apart = zeros * m + n * others
        if not self._is_narrow:
            alike = (first[:, 2:] * second[:, 2:]).sum(axis=1)
            return np.asarray(apart + n * m - alike, dtype=float)
        a, b = first[:, 1:], second[:, 1:]
        for place, coefficient in enumerate(_POWERS, start=1):
            power = 2 * place
            choose = 1.0
            for of in range(power + 1):
                sign = -1.0 if of % 2 else 1.0
                apart = apart + coefficient / 4**place * sign * choose * a[:, of] * b[:, power - of]
                choose *= (power - of) / (of + 1)
        return np.asarray(apart, dtype=float)
