"""What an interval is made from, exact by patterns: samples of items, the jackknife, and the bootstrap.

Items or clusters of items are drawn, never pairs of ratings: the pairs of an item are not independent, and
drawing them understates the error (so does the KALPHA macro). See :mod:`annotate.counts.units`.

The jackknife over items or clusters: how much the table depends on each of them.

Hughes (2022), Toward improved inference for Krippendorff's alpha agreement coefficient, arXiv:2210.13265,
who finds its intervals better than the bootstrap's on few items. Efron & Tibshirani (1993), An
Introduction to the Bootstrap, ch. 11. Over clusters: Bell & McCaffrey (2002), Bias reduction in standard
errors for linear regression with multi-stage samples, Survey Methodology 28, pp. 169-181.

Leaving out any of some alike units leaves the same table, so there is one to compute for each, and the
result is exact. Units with single ratings alone are a stratum of their own, as in the bootstrap.

On the scale of ``log(1 - coefficient)`` the interval is never above 1, and it is longer downwards, as few
clusters make it. In simulations it holds from five clusters on, where the others do not: see docs/coverage.md.

The bootstrap over items or clusters: its percentiles, or corrected for bias and accelerated (BCa).

Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13 and 14.3; for BCa, Efron (1987), Better
bootstrap confidence intervals, Journal of the American Statistical Association 82, pp. 171-185, and, with
strata, Davison & Hinkley (1997), Bootstrap Methods and their Application, ch. 5.3.2.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from annotate.counts.samples import MANY_PATTERNS, Moved, Samples, one_each, portions
from annotate.counts.units import Units
from annotate.sampling import FloatArray, IntArray, Interval, percentiles, t_quantile

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
    compute: Callable[[Samples], FloatArray]

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
    """An interval and how it came about; NaN and None where there cannot be one."""

    low: float = float("nan")
    high: float = float("nan")
    how: str | None = None
    design_effect: float = float("nan")
    below: tuple[float, ...] = ()


def below_by_t(
    value: float, error: float, degrees: float, thresholds: Sequence[float], *, log: bool
) -> tuple[float, ...]:
    """How likely the coefficient is to be below each threshold, by the t that its interval rests on."""
    from scipy.special import stdtr

    if error <= 0 or (log and value >= 1):
        return tuple(float(value < threshold) for threshold in thresholds)
    apart = (
        [math.log((1 - value) / (1 - threshold)) * (1 - value) / error for threshold in thresholds]
        if log
        else [(threshold - value) / error for threshold in thresholds]
    )
    return tuple(float(stdtr(degrees, one)) for one in apart)


def below_by_replicates(replicates: FloatArray, thresholds: Sequence[float]) -> tuple[float, ...]:
    """The share of the replicates below each threshold; those on it count by half (NaN are left out)."""
    defined = replicates[~np.isnan(replicates)]
    if not len(defined):
        return (float("nan"),) * len(thresholds)
    return tuple(
        float(((defined < one - _SAME).mean() + (defined <= one + _SAME).mean()) / 2) for one in thresholds
    )


def all_alike(
    observed: float,
    expected: float,
    number: int,
    over: str,
    confidence: float,
    thresholds: Sequence[float] = (),
) -> Limits:
    """The exact interval where all units have the same observed agreement, at the expected agreement found.

    Of G units that all have the value c between 0 and 1, whatever their distribution, the mean is no lower than
    ``c q`` and no higher than ``1 - (1 - c) q`` with q the G-th root of half of what the confidence leaves; with
    c = 1 this is Clopper & Pearson (1934), Biometrika 26, pp. 404-413. ``expected`` is NaN without a chance model.
    """
    chance = 0.0 if math.isnan(expected) else expected
    q = ((1 - confidence) / 2) ** (1 / number)
    low, high = observed * q, 1 - (1 - observed) * q
    how = f"exact (Clopper-Pearson) over {over}, which are all alike"
    shares = [(chance + one * (1 - chance)) / observed if observed > 0 else 1.0 for one in thresholds]
    below = tuple(max(0.0, min(share, 1.0)) ** number for share in shares)
    return Limits(max(-1.0, (low - chance) / (1 - chance)), (high - chance) / (1 - chance), how, below=below)


def shifted(measured: Measured, base: FloatArray, shift: FloatArray, towards: FloatArray) -> FloatArray:
    """The coefficients with the weights moved towards one pattern at a time, (C x present patterns).

    For each pattern that is present the items of all patterns are ``base`` (P,), times 1 less its
    ``shift``, and its own are more by ``towards``. The work goes with the square of the patterns: nothing
    for some hundreds, seconds for some thousands.
    """
    present = measured.present
    size = max(_LEAST, _CELLS // max(1, len(base)))
    if len(base) >= MANY_PATTERNS:
        moved = (
            Moved(base, 1 - shift[of], one_each(of, towards[of], len(base)))
            for of in portions(present, len(base))
        )
        return np.concatenate([measured.compute(samples) for samples in moved], axis=1)
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


def pulls(measured: Measured) -> FloatArray:
    """How far a unit of each row moves each coefficient (C x U), NaN where leaving it out leaves none.

    Of the n units of a stratum, this is (n - 1) / n times the mean of the n values with one unit left out,
    less the value without this unit; 0 for a row without units that are rated.
    """
    units = measured.units
    values = np.zeros((len(measured.names), len(units.n)))
    for of, left in units.without():
        values[:, of] = measured.compute(left)
    found = np.zeros_like(values)
    for stratum in units.strata:
        alike = units.n[stratum]
        total = int(alike.sum())
        if total > 1:
            mean = (over_units(values[:, stratum], alike) / total)[:, None]
            found[:, stratum] = (total - 1) / total * (mean - values[:, stratum])
        elif total:
            found[:, stratum] = 0.0
    return found


def degrees(measured: Measured) -> float:
    """Degrees of freedom: one less than the units, or of clusters that differ in size, than Kish's effective number.

    Carter, Schnepel & Steigerwald (2017), Asymptotic behavior of a t-test robust to cluster heterogeneity, Review
    of Economics and Statistics 99, pp. 698-709, on an effective number of clusters in this role.
    """
    return max(1.0, measured.units.effective - 1)


def around(
    value: float, error: float, degrees: float, lowest: float, confidence: float
) -> tuple[float, float]:
    """The value, more and less by its error times a quantile of t, within what the coefficient can be."""
    reach = t_quantile((1 + confidence) / 2, degrees) * error
    return max(lowest, value - reach), min(1.0, value + reach)


def around_log(
    value: float, error: float, degrees: float, lowest: float, confidence: float
) -> tuple[float, float]:
    """An interval for ``log(1 - value)``, brought back; its error by the delta method."""
    rest = 1 - value
    if rest <= 0:
        return 1.0, 1.0
    reach = min(
        t_quantile((1 + confidence) / 2, degrees) * error / rest, 700.0
    )  # beyond, exp is not a number
    return max(lowest, 1 - rest * math.exp(reach)), 1 - rest * math.exp(-reach)


def degrees_in_words(measured: Measured) -> str:
    """What the quantile of t rests on."""
    found = degrees(measured)
    if measured.units.rows is None:
        return "t with n-1 degrees of freedom"
    return f"t with {found:.3g} degrees of freedom"


def jackknife(measured: Measured, interval: Interval, _: np.random.Generator) -> list[Limits]:
    """The interval of each coefficient: none where the value hangs on one unit and is undefined without."""
    return _limits(measured, interval, around, "")


def log_jackknife(measured: Measured, interval: Interval, _: np.random.Generator) -> list[Limits]:
    """The same on the scale of ``log(1 - coefficient)``."""
    return _limits(measured, interval, around_log, " on the scale log(1 - coefficient)")


def _limits(
    measured: Measured,
    interval: Interval,
    place: Callable[[float, float, float, float, float], tuple[float, float]],
    scale: str,
) -> list[Limits]:
    found = variances(measured.units, pulls(measured))
    how = f"jackknife over {measured.units.over}{scale}, {degrees_in_words(measured)}"
    return [
        Limits(
            *place(value, math.sqrt(variance), degrees(measured), lowest, interval.confidence),
            how,
            below=below_by_t(
                value, math.sqrt(variance), degrees(measured), interval.below, log=place is around_log
            ),
        )
        if math.isfinite(variance)
        else Limits()
        for value, variance, lowest in zip(
            measured.values.tolist(), found.tolist(), measured.lowest.tolist(), strict=True
        )
    ]


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


def undefined_share(how: object) -> float:
    """The share of the replicates that an interval has left out as undefined, by what it says of itself.

    >>> undefined_share("percentile bootstrap over items, 400 replicates, 30 undefined left out")
    0.075
    """
    found = re.search(r"([0-9]+) replicates, ([0-9]+) undefined left out", str(how))
    return int(found[2]) / int(found[1]) if found else 0.0


def percentile(measured: Measured, interval: Interval, rng: np.random.Generator) -> list[Limits]:
    """The middle of the replicates of each coefficient."""
    if not interval.replicates:
        return [Limits()] * len(measured.names)
    return [
        Limits(
            *percentiles(replicates, interval.confidence),
            words("percentile", measured.units.over, replicates),
            below=below_by_replicates(replicates, interval.below),
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
        below = tuple(
            uncorrected(share, bias(value, defined), pull)
            for share in below_by_replicates(replicates, interval.below)
        )
        how = words("BCa", measured.units.over, replicates)
        found.append(Limits(float(low), float(high), how, below=below))
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


def uncorrected(share: float, bias: float, acceleration: float) -> float:
    """The confidence at which a BCa limit cuts off this share of the replicates: :func:`levels` turned round."""
    if not 0 < share < 1:
        return share
    moved = _NORMAL.inv_cdf(share) - bias
    return _NORMAL.cdf(moved / (1 + acceleration * moved) - bias)


def levels(bias: float, acceleration: float, confidence: float) -> tuple[float, float]:
    """Which shares of the replicates the two limits cut off."""
    found = []
    for tail in ((1 - confidence) / 2, (1 + confidence) / 2):
        moved = bias + _NORMAL.inv_cdf(tail)
        room = 1 - acceleration * moved
        found.append(_NORMAL.cdf(bias + moved / room) if room > 0 else float(moved > 0))
    return found[0], found[1]
