"""What an interval is made from: samples of items, and how they are drawn. Exact, by patterns.

Items are the units drawn, never pairs of ratings: the pairs of an item are not independent, and drawing
them understates the error (so does the KALPHA macro).

Items with two ratings or more and items with one are drawn apart, each as many as there are. How many
items get a second rating is the plan of a study, not a chance finding; and so a replicate always has
something to pair, and items with one rating leave the interval of alpha untouched to the last digit,
while they take their part in the prevalence that AC1 rests on.

Field & Welsh (2007), Journal of the Royal Statistical Society B 69, pp. 369-390, for units with several
observations each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from annotate.sampling import FloatArray, IntArray, drawing

_CELLS = 2**16  # samples x patterns held at a time: what stays in the processor's cache
_LEAST = 8  # samples held at a time at least


@dataclass(frozen=True, eq=False)
class Measured:
    """Coefficients (C) of a table of patterns (P), and the way to have them for samples of its items.

    ``n`` (P,) are the items of each pattern, ``ratings`` (P,) the ratings of such an item, ``values`` (C,)
    the coefficients and ``lowest`` (C,) the least that they can be. ``compute`` takes
    items of each pattern (samples x P), which need not be whole, and gives the coefficients (C x samples),
    NaN where they are undefined.
    """

    names: tuple[str, ...]
    level: str
    n: IntArray
    ratings: IntArray
    values: FloatArray
    lowest: FloatArray
    compute: Callable[[FloatArray], FloatArray]

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


def strata(n: IntArray, ratings: IntArray) -> list[IntArray]:
    """The patterns of items with two ratings or more, and those of items with one."""
    return [np.flatnonzero((n > 0) & (ratings > 1)), np.flatnonzero((n > 0) & (ratings == 1))]


def resamples(n: IntArray, ratings: IntArray, number: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Draw ``number`` samples, in chunks (samples x P) of items per pattern.

    ``n`` (P,) are the items of each pattern and ``ratings`` (P,) the ratings of such an item. The chunks
    do not change what is drawn.
    """
    members = strata(n, ratings)
    streams = rng.spawn(len(members))
    drawn = [
        (stratum, drawing(n[stratum], stream))
        for stratum, stream in zip(members, streams, strict=True)
        if len(stratum)
    ]
    size = max(_LEAST, _CELLS // max(1, len(n)))
    for start in range(0, number, size):
        count = min(size, number - start)
        if len(drawn) == 1 and len(drawn[0][0]) == len(n):
            yield drawn[0][1](count)
            continue
        samples = np.zeros((len(n), count))
        for stratum, draw in drawn:
            samples[stratum] = draw(count).T
        yield samples.T


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


def over_items(values: FloatArray, n: IntArray) -> FloatArray:
    """Sum what each item has, (C x P) to (C,), where ``n`` (P,) are the items of each pattern.

    Row by row: in a product of matrices the last digits of a row hang on how many rows there are.
    """
    return np.asarray(np.ascontiguousarray(values * n).sum(axis=1), dtype=float)
