"""Standard errors by linearisation, as Gwet derives them.

Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5, gives the variance of each
coefficient as the mean square of what one item contributes to it, over n - 1, without a correction for a
finite population. What an item contributes is the derivative of the coefficient with respect to the
weight of that item (the infinitesimal jackknife; Efron & Tibshirani 1993, An Introduction to the Bootstrap,
ch. 21), so one numerical derivative serves every coefficient, whatever its chance model and weights. It
gives his published standard errors to their last digit.

Two things are his. He takes n to be all rated items and adds, for the share of them that can be paired,
a term that the derivative leaves out; Krippendorff's alpha he computes on the items that can be paired
alone, without its correction for few ratings, which the weights here are too large to show. That form, with
one less than the paired items for the degrees of freedom, is that of irrCAC for Python; irrCAC 1.4 for R takes
the degrees of freedom from all items.

Over clusters neither applies: what the items of a cluster contribute is summed, and the sums are squared
(Binder 1983, International Statistical Review 51, pp. 279-292; Cameron & Miller 2015, A practitioner's guide
to cluster-robust inference, Journal of Human Resources 50, pp. 317-372, on the factor G / (G - 1) and t).
"""

import math
from dataclasses import replace

import numpy as np

from annotate.agreement.intervals import (
    Limits,
    Measured,
    around,
    below_by_t,
    degrees,
    degrees_in_words,
    over_units,
    shifted,
    variances,
)
from annotate.counts.units import of_items
from annotate.sampling import FloatArray, Interval

# Whether n, for Gwet, is all rated items (otherwise those with two ratings).
_ALL_ITEMS = {
    "percent_agreement": True,
    "krippendorff_alpha": False,
    "gwet_ac1": True,
    "gwet_ac2": True,
    "cohen_kappa": True,
    "conger_kappa": True,
    "fleiss_kappa": True,
    "scott_pi": True,
    "brennan_prediger": True,
}
_STEP = 1e-5  # of all weight; the error of the derivative goes with its square
_LARGE = 1e7


def influences(measured: Measured) -> FloatArray:
    """The derivative of each coefficient towards each pattern that is present (C x present patterns)."""
    items = measured.n * (measured.ratings > 0)
    share = items / items.sum()
    step = np.minimum(_STEP, share / 2)
    size = _LARGE * float(items.sum())
    more = shifted(measured, size * share, step, size * step)
    less = shifted(measured, size * share, -step, -size * step)
    return np.asarray((more - less) / (2 * step[measured.present]), dtype=float)


def analytic(measured: Measured, interval: Interval, _: np.random.Generator) -> list[Limits]:
    """The interval of each coefficient."""
    if measured.units.rows is not None:
        how = (
            f"analytic over {measured.units.over} (linearised, cluster-robust), {degrees_in_words(measured)}"
        )
        errors = np.sqrt(variances(measured.units, scores(measured)))
        return [
            Limits(
                *around(value, error, degrees(measured), lowest, interval.confidence),
                how,
                below=below_by_t(value, error, degrees(measured), interval.below, log=False),
            )
            for value, error, lowest in zip(
                measured.values.tolist(), errors.tolist(), measured.lowest.tolist(), strict=True
            )
        ]
    found = []
    for name, value, lowest, influence in zip(
        measured.names, measured.values.tolist(), measured.lowest.tolist(), influences(measured), strict=True
    ):
        error, n = standard_error(measured, value, influence, all_items=_ALL_ITEMS.get(name, False))
        if not math.isfinite(error):
            found.append(Limits())
            continue
        form = "Gwet 2014" if name in _ALL_ITEMS else "linearised"
        if name == "krippendorff_alpha":
            form = "linearised" if measured.level == "ordinal" else "Gwet 2014 over the paired items"
        how = f"analytic ({form}), t with n-1 degrees of freedom"
        below = below_by_t(value, error, n - 1, interval.below, log=False)
        found.append(Limits(*around(value, error, n - 1, lowest, interval.confidence), how, below=below))
    return found


def scores(measured: Measured) -> FloatArray:
    """What each unit contributes to each coefficient (C x U): the influences of its items, summed."""
    items = measured.n * (measured.ratings > 0)
    of_pattern = np.zeros((len(measured.names), len(items)))
    of_pattern[:, measured.present] = influences(measured) / items.sum()
    found = measured.units.of_each(of_pattern)
    for (
        stratum
    ) in measured.units.strata:  # strata are drawn apart, so what counts is how units differ in each
        alike = measured.units.n[stratum]
        if len(stratum):
            found[:, stratum] -= (over_units(found[:, stratum], alike) / alike.sum())[:, None]
    return found


def design_effects(measured: Measured) -> FloatArray:
    """How many times the variance by clusters is that by items (C,), both linearised; NaN where items have none.

    Kish (1965), Survey Sampling, ch. 8.
    """
    by_items = replace(measured, units=of_items(measured.n, measured.ratings))
    clustered = variances(measured.units, scores(measured))
    single = variances(by_items.units, scores(by_items))
    return np.asarray(np.where(single > 0, clustered / np.where(single > 0, single, 1.0), np.nan))


def standard_error(
    measured: Measured, value: float, influence: FloatArray, *, all_items: bool
) -> tuple[float, int]:
    """The standard error of a coefficient and the n it rests on; ``influence`` is of the patterns present."""
    items, pairable = measured.n[measured.present], measured.ratings[measured.present] > 1
    rated, paired = int(items.sum()), int(items[pairable].sum())
    if all_items:
        influence = influence + value * (rated / paired * pairable - 1)
        return math.sqrt(influence**2 @ items / (rated * (rated - 1))), rated
    # Among the paired alone the weight of an item, and with it its influence, is less.
    influence = influence[pairable] * paired / rated
    return math.sqrt(influence**2 @ items[pairable] / (paired * (paired - 1))), paired
