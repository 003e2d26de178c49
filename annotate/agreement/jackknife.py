"""The jackknife over items or clusters: how much the table depends on each of them.

Hughes (2022), Toward improved inference for Krippendorff's alpha agreement coefficient, arXiv:2210.13265,
who finds its intervals better than the bootstrap's on few items. Efron & Tibshirani (1993), An
Introduction to the Bootstrap, ch. 11. Over clusters: Bell & McCaffrey (2002), Bias reduction in standard
errors for linear regression with multi-stage samples, Survey Methodology 28, pp. 169-181.

Leaving out any of some alike units leaves the same table, so there is one to compute for each, and the
result is exact. Units with single ratings alone are a stratum of their own, as in the bootstrap.

On the scale of ``log(1 - coefficient)`` the interval is never above 1, and it is longer downwards, as few
clusters make it. In simulations it holds from five clusters on, where the others do not: see docs/coverage.md.
"""

import math
from collections.abc import Callable

import numpy as np

from annotate.agreement.intervals import Limits, Measured, over_units, variances
from annotate.sampling import FloatArray, Interval, t_quantile


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
    reach = min(t_quantile((1 + confidence) / 2, degrees) * error / rest, 700.0)  # beyond, exp is no number
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
        Limits(*place(value, math.sqrt(variance), degrees(measured), lowest, interval.confidence), how)
        if math.isfinite(variance)
        else Limits()
        for value, variance, lowest in zip(
            measured.values.tolist(), found.tolist(), measured.lowest.tolist(), strict=True
        )
    ]
