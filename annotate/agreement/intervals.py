"""Samples of items, for the percentile bootstrap, exact by patterns.

Items are the units drawn, never pairs of ratings: the pairs of an item are not independent, and drawing
them understates the error (so does the KALPHA macro).

Items with two ratings or more and items with one are drawn apart, each as many as there are. How many
items get a second rating is the plan of a study, not a chance finding; and so a replicate always has
something to pair, and items with one rating leave the interval of alpha untouched to the last digit,
while they take their part in the prevalence that AC1 rests on.

Field & Welsh (2007), Journal of the Royal Statistical Society B 69, pp. 369-390, for units with several
observations each.
"""

from collections.abc import Iterator

import numpy as np

from annotate.resampling import FloatArray, IntArray, draw

_CELLS = 2**19  # replicates x patterns held at a time


def resamples(n: IntArray, ratings: IntArray, number: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Draw ``number`` samples, in chunks (samples x P) of items per pattern.

    ``n`` (P,) are the items of each pattern and ``ratings`` (P,) the ratings of such an item. The chunks
    do not change what is drawn.
    """
    strata = [np.flatnonzero((n > 0) & (ratings > 1)), np.flatnonzero((n > 0) & (ratings == 1))]
    streams = rng.spawn(len(strata))
    size = max(1, _CELLS // max(1, len(n)))
    for start in range(0, number, size):
        samples = np.zeros((min(size, number - start), len(n)))
        for members, stream in zip(strata, streams, strict=True):
            if len(members):
                samples[:, members] = draw(n[members], len(samples), stream)
        yield samples
