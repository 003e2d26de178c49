"""Annotators as a sample: how far a coefficient would move with other annotators, and with other items as well.

By default annotators are fixed: an interval says how far a value may move with other items, or documents, coded by
the same people. Whoever publishes a scheme for others to use asks about other people too. Each annotator is then
left out in turn, with all of their ratings (jackknife), which gives a variance of its own; with ``both`` it is added
to that of leaving out items or documents. The two overlap in what a person does to an item, which is counted twice,
so the sum errs to the wide side. That the variance over subjects and raters has a part of each: Gwet (2014),
Handbook of Inter-Rater Reliability, 4th ed., ch. 5. The degrees of freedom of a sum are those of Satterthwaite
(1946), An approximate distribution of estimates of variance components, Biometrics Bulletin 2, pp. 110-114.

Few annotators tell little of others: the interval holds from three on, and is then so wide that it says little.
Bootstraps that draw annotators and items, with the weights of Owen & Eckles (2012), Bootstrapping data arrays of
arbitrary order, Annals of Applied Statistics 6, pp. 895-927, were tried, and hold only from about twenty annotators
on: a pair of ratings has two annotators, and of few people there are few pairs (docs/coverage.md).
"""

import math
from collections.abc import Sequence

import numpy as np

from annotate.agreement.intervals import (
    Limits,
    Measured,
    all_alike,
    around,
    around_log,
    below_by_t,
    degrees,
    pulls,
    variances,
)
from annotate.agreement.registry import Coefficient
from annotate.agreement.result import Settled, settle
from annotate.counts.patterns import NONE, Assignments, assign
from annotate.counts.units import counted
from annotate.errors import StatisticsError
from annotate.sampling import FloatArray, Interval

FEWEST = 3
"""Annotators below which leaving one out leaves nobody to agree with."""
_NO_WIDTH = 1e-12


def two_way(
    measured: Measured,
    whole: Sequence[Settled],
    chosen: Sequence[Coefficient],
    known: Assignments | None,
    interval: Interval,
) -> list[Limits]:
    """The interval of each coefficient; none where it is undefined without some annotator, item or document.

    Parameters
    ----------
    measured
        The coefficients, with the units that ``both`` leaves out as well.
    whole, chosen
        Of the coefficients, what they are and which.
    known
        Who chose what.
    interval
        ``annotators`` or ``both``.

    Raises
    ------
    StatisticsError
        If it is not known who chose what.

    """
    if known is None:
        raise StatisticsError(
            f"resample: {interval.resample} needs to know who chose what; these patterns do not say it"
        )
    people = len(known.annotators)
    if people < FEWEST:
        return [Limits(how=f"none over {people} annotators, of {FEWEST} that it needs")] * len(chosen)
    left = without_each(known, chosen)
    of_people = (people - 1) / people * ((left - left.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    both = interval.resample == "both"
    of_units = variances(measured.units, pulls(measured)) if both else np.zeros(len(chosen))
    over = counted(people, "annotator")
    number = people // 2  # pairs of annotators of whom none is in two
    if both:
        over = f"{over} and {measured.units.over}"
        number = min(number, measured.units.number)
    log = interval.kind != "jackknife"
    place, scale = (around_log, " on the scale log(1 - coefficient)") if log else (around, "")
    found = []
    for at, settled in enumerate(whole):
        value, lowest = float(measured.values[at]), float(measured.lowest[at])
        variance = float(of_people[at] + of_units[at])
        if not math.isfinite(variance):
            found.append(Limits())
            continue
        if variance <= _NO_WIDTH**2:
            observed, expected = float(settled.observed[0]), float(settled.expected[0])
            alike = "pairs of annotators, nobody in two" if number == people // 2 else measured.units.over
            found.append(
                all_alike(
                    observed, expected, number, f"{number} {alike}", interval.confidence, interval.below
                )
            )
            continue
        parts = of_people[at] ** 2 / (people - 1) + of_units[at] ** 2 / degrees(measured)
        freedom = max(1.0, variance**2 / float(parts))
        how = f"jackknife over {over}{scale}, t with {freedom:.3g} degrees of freedom"
        error = math.sqrt(variance)
        below = below_by_t(value, error, freedom, interval.below, log=log)
        found.append(Limits(*place(value, error, freedom, lowest, interval.confidence), how, below=below))
    return found


def without_each(known: Assignments, chosen: Sequence[Coefficient]) -> FloatArray:
    """The coefficients without each annotator (C x A); NaN where they are undefined."""
    found = np.full((len(chosen), len(known.annotators)), np.nan)
    for place in range(len(known.annotators)):
        codes = np.delete(known.codes, place, axis=1)
        rated = (codes != NONE).any(axis=1)
        names = [name for at, name in enumerate(known.annotators) if at != place]
        left = assign(known.scale, names, codes[rated], known.n[rated])
        items = left.n[None, :].astype(float)
        for row, coefficient in enumerate(chosen):
            if coefficient.unfit(left) is None:
                settled = settle(
                    coefficient.compute(left, items), left.pairable_items(items), left.categories_used(items)
                )
                found[row, place] = settled.value[0]
    return found
