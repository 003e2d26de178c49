"""What an interval is made from: coefficients, and the way to have them for samples of items.

Items or clusters of items are drawn, never pairs of ratings: the pairs of an item are not independent, and
drawing them understates the error (so does the KALPHA macro). See :mod:`annotate.counts.units`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annotate.counts.units import Units
from annotate.sampling import FloatArray, IntArray

_CELLS = 2**16  # samples x patterns held at a time: what stays in the processor's cache
_LEAST = 8  # samples held at a time at least


@dataclass(frozen=True, eq=False)
class Measured:
    """Coefficients (C) of a table of patterns (P), and the way to have them for samples of its items.

    ``units`` are what is drawn, ``values`` (C,) the coefficients and ``lowest`` (C,) the least that they can
    be. ``compute`` takes items of each pattern (samples x P), which need not be whole, and gives the
    coefficients (C x samples), NaN where they are undefined.
    """

    names: tuple[str, ...]
    level: str
    units: Units
    values: FloatArray
    lowest: FloatArray
    compute: Callable[[FloatArray], FloatArray]

    @property
    def n(self) -> IntArray:
        """The items of each pattern (P,)."""
        return self.units.total

    @property
    def ratings(self) -> IntArray:
        """The ratings of an item of each pattern (P,)."""
        return self.units.ratings

    @property
    def present(self) -> IntArray:
        """The patterns of which there are rated items."""
        return np.flatnonzero((self.n > 0) & (self.ratings > 0))


@dataclass(frozen=True)
class Limits:
    """An interval and how it came about; NaN and None where none can be had."""

    low: float = float("nan")
    high: float = float("nan")
    how: str | None = None
    design_effect: float = float("nan")


def shifted(measured: Measured, base: FloatArray, shift: FloatArray, towards: FloatArray) -> FloatArray:
    """The coefficients with the weights moved towards one pattern at a time, (C x present patterns).

    For each pattern that is present the items of all patterns are ``base`` (P,), times 1 less its
    ``shift``, and its own are more by ``towards``. The work goes with the square of the patterns: nothing
    for some hundreds, seconds for some thousands.
    """
    present = measured.present
    size = max(_LEAST, _CELLS // max(1, len(base)))
    chunks = []
    for start in range(0, len(present), size):
        of = present[start : start + size]
        samples = (1 - shift[of])[:, None] * base
        samples[np.arange(len(of)), of] += towards[of]
        chunks.append(measured.compute(samples))
    return np.concatenate(chunks, axis=1)


def over_units(values: FloatArray, n: IntArray) -> FloatArray:
    """Sum what each unit has, (C x U) to (C,), where ``n`` (U,) are the units that are alike.

    Row by row: in a product of matrices the last digits of a row hang on how many rows there are.
    """
    return np.asarray(np.ascontiguousarray(values * n).sum(axis=1), dtype=float)


def variances(units: Units, pulled: FloatArray) -> FloatArray:
    """The sum over strata of ``G / (G - 1)`` times the sum of squares of what each of G units adds, (C x U) to (C,).

    Of the pulls of a jackknife it is the jackknife's variance; of influences summed in clusters it is the
    cluster-robust variance (Binder 1983, International Statistical Review 51, pp. 279-292).
    """
    found = np.zeros(len(pulled))
    for stratum in units.strata:
        alike = units.n[stratum]
        total = int(alike.sum())
        if total > 1:
            found += total / (total - 1) * over_units(pulled[:, stratum] ** 2, alike)
    return found
