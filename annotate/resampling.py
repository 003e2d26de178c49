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

from annotate.multinomial import drawing

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def generator(seed: int, *names: object) -> np.random.Generator:
    """A stream of random numbers of its own for each thing that is resampled.

    It follows from the seed and the names (anything that JSON can write) alone, so that one more source
    or variable in a table does not change the digits of the others.
    """
    words = np.frombuffer(hashlib.sha256(json.dumps(names).encode()).digest(), dtype=np.uint32)
    return np.random.default_rng(np.random.SeedSequence([seed, *words.tolist()]))


def draw(n: IntArray, number: int, rng: np.random.Generator) -> FloatArray:
    """Draw as many units as there are, with replacement, ``number`` times: (number x P) units a pattern.

    ``n`` (P,) are the units of each pattern. Where the samples are drawn in portions, see
    :func:`~annotate.multinomial.drawing`.
    """
    return drawing(n, rng)(number)


def percentiles(values: FloatArray, confidence: float) -> tuple[float, float]:
    """The middle ``confidence`` of the values that are not NaN; (NaN, NaN) if there are none."""
    defined = values[~np.isnan(values)]
    if not len(defined):
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)
