"""The bootstrap over items or clusters: its percentiles, or corrected for bias and accelerated (BCa).

Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13 and 14.3; for BCa, Efron (1987), Better
bootstrap confidence intervals, Journal of the American Statistical Association 82, pp. 171-185, and, with
strata, Davison & Hinkley (1997), Bootstrap Methods and their Application, ch. 5.3.2.
"""

import math
from statistics import NormalDist

import numpy as np

from annotate.agreement.intervals import Limits, Measured, over_units
from annotate.agreement.jackknife import pulls
from annotate.sampling import FloatArray, IntArray, Interval, percentiles

_NORMAL = NormalDist()
_SAME = 1e-12  # two values that differ by less do so by rounding


def replicate(measured: Measured, interval: Interval, rng: np.random.Generator) -> FloatArray:
    """Every coefficient on the same samples of units (C x replicates)."""
    samples = measured.units.resamples(interval.replicates, rng)
    chunks = [measured.compute(chunk) for chunk in samples]
    return np.concatenate([np.empty((len(measured.names), 0)), *chunks], axis=1)


def words(kind: str, over: str, replicates: FloatArray) -> str:
    """What the interval is; undefined replicates (NaN) are counted."""
    left_out = int(np.isnan(replicates).sum())
    counted = f", {left_out} undefined left out" if left_out else ""
    return f"{kind} bootstrap over {over}, {len(replicates)} replicates{counted}"


def percentile(measured: Measured, interval: Interval, rng: np.random.Generator) -> list[Limits]:
    """The middle of the replicates of each coefficient."""
    if not interval.replicates:
        return [Limits()] * len(measured.names)
    return [
        Limits(
            *percentiles(replicates, interval.confidence),
            words("percentile", measured.units.over, replicates),
        )
        for replicates in replicate(measured, interval, rng)
    ]


def bca(measured: Measured, interval: Interval, rng: np.random.Generator) -> list[Limits]:
    """The interval of each coefficient: none where the value hangs on one unit and is undefined without."""
    if not interval.replicates:
        return [Limits()] * len(measured.names)
    found = []
    accelerations = acceleration(pulls(measured), measured.units.n)
    for value, replicates, pull in zip(
        measured.values.tolist(), replicate(measured, interval, rng), accelerations.tolist(), strict=True
    ):
        defined = replicates[~np.isnan(replicates)]
        if math.isnan(pull) or not len(defined):
            found.append(Limits())
            continue
        shares = levels(bias(value, defined), pull, interval.confidence)
        low, high = np.quantile(defined, shares)
        found.append(Limits(float(low), float(high), words("BCa", measured.units.over, replicates)))
    return found


def bias(value: float, replicates: FloatArray) -> float:
    """How far the value is from the middle of the replicates, in normal deviations.

    Few items make few values, and many replicates are the same as the value: half of them count as below
    it. Where all are on one side, half a replicate is on the other.
    """
    same = np.abs(replicates - value) <= _SAME
    below = np.count_nonzero(~same & (replicates < value)) + np.count_nonzero(same) / 2
    return _NORMAL.inv_cdf(min(max(below, 0.5), len(replicates) - 0.5) / len(replicates))


def acceleration(pulled: FloatArray, n: IntArray) -> FloatArray:
    """The skewness of what the units do to each coefficient (C,), over 6; 0 where they do nothing."""
    squares, cubes = over_units(pulled**2, n), over_units(pulled**3, n)
    return np.asarray(cubes / (6 * np.where(squares == 0, 1.0, squares) ** 1.5), dtype=float)


def levels(bias: float, acceleration: float, confidence: float) -> tuple[float, float]:
    """Which shares of the replicates the two limits cut off."""
    found = []
    for tail in ((1 - confidence) / 2, (1 + confidence) / 2):
        moved = bias + _NORMAL.inv_cdf(tail)
        room = 1 - acceleration * moved
        found.append(_NORMAL.cdf(bias + moved / room) if room > 0 else float(moved > 0))
    return found[0], found[1]
