"""The percentile bootstrap over items.

Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13.
"""

import numpy as np

from annotate.agreement.intervals import Limits, Measured, Settings, resamples
from annotate.sampling import FloatArray, percentiles


def replicate(measured: Measured, settings: Settings) -> FloatArray:
    """Every coefficient on the same samples of items (C x replicates)."""
    samples = resamples(measured.n, measured.ratings, settings.replicates, settings.rng)
    chunks = [measured.compute(chunk) for chunk in samples]
    return np.concatenate([np.empty((len(measured.names), 0)), *chunks], axis=1)


def words(kind: str, replicates: FloatArray) -> str:
    """What the interval is; undefined replicates (NaN) are counted."""
    left_out = int(np.isnan(replicates).sum())
    counted = f", {left_out} undefined left out" if left_out else ""
    return f"{kind} bootstrap over items, {len(replicates)} replicates{counted}"


def percentile(measured: Measured, settings: Settings) -> list[Limits]:
    """The middle of the replicates of each coefficient."""
    if not settings.replicates:
        return [Limits()] * len(measured.names)
    return [
        Limits(*percentiles(replicates, settings.confidence), words("percentile", replicates))
        for replicates in replicate(measured, settings)
    ]
