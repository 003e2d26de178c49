"""Drawing with replacement, by patterns, and the intervals that come of it.

What looks alike (items with the same ratings, passages with the same shares) is one pattern. To draw
units with replacement is to draw from a multinomial over patterns, so a replicate costs the same
whatever the number of units, and it is exact.

Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13.
"""

import hashlib
import json

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_FEW = 8  # up to so many units a pattern, drawing them one by one is faster than the multinomial
_AT_ONCE = 2**16  # units held while they are drawn one by one: what the processor's cache has room for


def generator(seed: int, *names: object) -> np.random.Generator:
    """A stream of random numbers of its own for each thing that is resampled.

    It follows from the seed and the names (anything that JSON can write) alone, so that one more source
    or variable in a table does not change the digits of the others.
    """
    words = np.frombuffer(hashlib.sha256(json.dumps(names).encode()).digest(), dtype=np.uint32)
    return np.random.default_rng(np.random.SeedSequence([seed, *words.tolist()]))


def draw(n: IntArray, number: int, rng: np.random.Generator) -> IntArray:
    """Draw as many units as there are, with replacement, ``number`` times: (number x P) units a pattern.

    ``n`` (P,) are the units of each pattern.
    """
    units = int(n.sum())
    if units > _FEW * len(n):
        return rng.multinomial(units, n / units, size=number)
    owner = np.repeat(np.arange(len(n)), n)
    found = np.empty((number, len(n)), dtype=np.int64)
    size = max(1, _AT_ONCE // max(1, units))
    for start in range(0, number, size):
        rows = found[start : start + size]
        drawn = owner[rng.integers(0, units, size=(len(rows), units))]
        drawn += np.arange(len(rows))[:, None] * len(n)
        rows[:] = np.bincount(drawn.ravel(), minlength=rows.size).reshape(rows.shape)
    return found


def percentiles(values: FloatArray, confidence: float) -> tuple[float, float]:
    """The middle ``confidence`` of the values that are not NaN; (NaN, NaN) if there are none."""
    defined = values[~np.isnan(values)]
    if not len(defined):
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)
