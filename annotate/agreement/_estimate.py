"""Coefficients of one group of items from its patterns, with their intervals; also of each category.

Agreement on a category is that on it against all the rest: Krippendorff (2019), Content Analysis, 4th ed., ch. 12, on single categories; Fleiss (1971), Psychological
Bulletin 76, p. 380, for kappa.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from annotate.agreement.analytic import analytic, design_effects
from annotate.agreement.chance import REST
from annotate.agreement.intervals import (
    Limits,
    Measured,
    all_alike,
    bca,
    jackknife,
    log_jackknife,
    percentile,
)
from annotate.agreement.registry import DEFAULT, Coefficient, select
from annotate.agreement.result import Estimate, Settled, settle
from annotate.agreement.two_way import two_way
from annotate.codebook.scale import Scale
from annotate.counts.patterns import NONE, PAIR, Assignments, FloatArray, IntArray, Patterns, alike, assign
from annotate.counts.samples import Samples
from annotate.counts.units import Units
from annotate.sampling import ITEMS, Interval
from annotate.study.ratings import decode_set

SPECIFIC = "specific_agreement"
CELLS = 2**19  # samples x patterns held at a time
_NO_WIDTH = 1e-12


KINDS: dict[str, Callable[[Measured, Interval, np.random.Generator], list[Limits]]] = {
    "percentile": percentile,
    "bca": bca,
    "jackknife": jackknife,
    "log_jackknife": log_jackknife,
    "analytic": analytic,
    "none": lambda measured, *_: [Limits()] * len(measured.names),
}


def estimate(
    patterns: Patterns,
    coefficients: str | Sequence[str] = DEFAULT,
    interval: Interval = Interval(),
    *,
    rng: np.random.Generator | None = None,
    known: Assignments | None = None,
) -> list[Estimate]:
    """Compute coefficients from patterns.

    Parameters
    ----------
    patterns
        Of :func:`~annotate.counts.patterns.from_items`, or counted elsewhere.
    coefficients
        Names, see :data:`~annotate.agreement.registry.COEFFICIENTS`.
    interval
        ``percentile`` or ``bca`` (bootstraps over items), ``jackknife`` (over items), ``analytic`` (Gwet's
        standard errors) or ``none``. All coefficients are computed on the same replicates.
    rng
        Where the replicates come from; a generator with the seed of ``interval`` if none is given.
    known
        Who chose what on the same items, where annotators are drawn; ``patterns`` themselves, if they say it.

    Raises
    ------
    StatisticsError
        If a coefficient is not known, or annotators are to be drawn and it is not known who chose what.

    """
    who = patterns if isinstance(patterns, Assignments) else known
    asked = select(coefficients)
    reasons = {coefficient.name: coefficient.unfit(patterns) for coefficient in asked}
    chosen = [coefficient for coefficient in asked if reasons[coefficient.name] is None]
    whole = _settled(chosen, patterns, patterns.n[None, :].astype(float))
    stream = rng or np.random.default_rng(interval.seed)
    found = {
        coefficient.name: _estimate(coefficient, settled, limits)
        for coefficient, settled, limits in zip(
            chosen, whole, _limits(patterns, chosen, whole, interval, stream, who), strict=True
        )
    }
    return [
        found.get(coefficient.name) or _unfit(coefficient, reasons[coefficient.name]) for coefficient in asked
    ]


def _settled(chosen: Sequence[Coefficient], patterns: Patterns, samples: Samples) -> list[Settled]:
    of = np.asarray(samples) if isinstance(patterns, Assignments) else samples
    items, used = patterns.pairable_items(of), patterns.categories_used(of)
    return [settle(coefficient.compute(patterns, of), items, used) for coefficient in chosen]


def _limits(
    patterns: Patterns,
    chosen: Sequence[Coefficient],
    whole: Sequence[Settled],
    interval: Interval,
    stream: np.random.Generator,
    known: Assignments | None,
) -> list[Limits]:
    """The interval of each coefficient; none for one that is undefined."""
    defined = [place for place, settled in enumerate(whole) if settled.undefined[0] is None]
    found = [Limits()] * len(chosen)
    # One unit has nothing to vary: an interval of no width would pass for certainty.
    units = patterns.units.drawable()
    if not defined or units.number < PAIR or interval.kind == "none":
        return found
    having = [chosen[place] for place in defined]
    measured = Measured(
        names=tuple(coefficient.name for coefficient in having),
        level=patterns.level,
        units=units,
        values=np.array([whole[place].value[0] for place in defined]),
        lowest=np.array(
            [_lowest(*both) for both in zip(having, (whole[place] for place in defined), strict=True)]
        ),
        compute=lambda samples: np.array([one.value for one in _settled(having, patterns, samples)]),
    )
    if interval.resample == ITEMS:
        kind = interval.kind_over(clusters=units.rows is not None)
        alike = observed_alike(having, patterns, [whole[place] for place in defined], units)
        for place, same, limits in zip(defined, alike, KINDS[kind](measured, interval, stream), strict=True):
            found[place] = without_width(limits, whole[place], units, interval, alike=same)
    else:
        settled = [whole[place] for place in defined]
        for place, limits in zip(defined, two_way(measured, settled, having, known, interval), strict=True):
            found[place] = limits
    if units.rows is not None:
        effects = design_effects(measured).tolist()
        for place, effect in zip(defined, effects, strict=True):
            found[place] = replace(found[place], design_effect=effect)
    return found


def _lowest(coefficient: Coefficient, settled: Settled) -> float:
    """The least that a coefficient can be: no agreement at all by the chance agreement that was found, or -1.

    On the scale of ``log(1 - coefficient)`` an interval over two documents would else end at minus millions.
    """
    if not coefficient.chance_corrected:
        return 0.0
    chance = float(settled.expected[0])
    return min(-1.0, -chance / (1 - chance)) if 0 <= chance < 1 else -math.inf


def observed_alike(
    having: Sequence[Coefficient], patterns: Patterns, whole: Sequence[Settled], units: Units
) -> list[bool]:
    """Whether all units have the same observed agreement, for each coefficient.

    Then what is observed varies in no replicate, and an interval would have the width of the expected agreement alone:
    of three items on which two of three annotators agree, AC1 would be known to .04.
    """
    alike = [True] * len(having)
    for _, left in units.without():
        for place, (one, settled) in enumerate(zip(whole, _settled(having, patterns, left), strict=True)):
            moved = np.abs(settled.observed - one.observed[0]) > _NO_WIDTH
            alike[place] &= not moved.any()
        if not any(alike):
            break
    return alike


def without_width(
    limits: Limits, settled: Settled, units: Units, interval: Interval, *, alike: bool
) -> Limits:
    """An interval that has no width, or that of chance alone, because all units are alike, gives place to an exact one."""
    if limits.how is None or (limits.high - limits.low > _NO_WIDTH and not alike):
        return limits
    over = units.over if units.rows is not None else f"{units.number} {units.over}"
    observed, expected = float(settled.observed[0]), float(settled.expected[0])
    return all_alike(observed, expected, units.number, over, interval.confidence, interval.below)


def _unfit(coefficient: Coefficient, reason: str | None) -> Estimate:
    nan = float("nan")
    return Estimate(coefficient.name, nan, nan, nan, nan, nan, None, nan, reason)


def _estimate(coefficient: Coefficient, settled: Settled, limits: Limits) -> Estimate:
    return Estimate(
        coefficient=coefficient.name,
        value=float(settled.value[0]),
        observed=float(settled.observed[0]),
        expected=float(settled.expected[0]),
        ci_low=limits.low,
        ci_high=limits.high,
        interval=limits.how,
        design_effect=limits.design_effect,
        undefined=settled.undefined[0],
        below=limits.below,
    )


def sampled(coefficient: Coefficient, patterns: Patterns, samples: FloatArray) -> Settled:
    """Compute and settle a coefficient on samples (samples x P: items of each pattern in each sample)."""
    return settle(
        coefficient.compute(patterns, samples),
        patterns.pairable_items(samples),
        patterns.categories_used(samples),
    )


def by_category(
    patterns: Patterns,
    coefficients: str | Sequence[str] = ("krippendorff_alpha",),
    interval: Interval = Interval(),
    *,
    categories: Sequence[str] = (),
    rngs: Mapping[str, np.random.Generator] | None = None,
    known: Assignments | None = None,
) -> dict[str, list[Estimate]]:
    """Compute agreement on each category.

    Parameters
    ----------
    patterns
        Of the whole variable.
    coefficients
        Names of coefficients that are corrected for chance, computed on the category against the rest, as
        nominal; those that are not are passed over. Specific agreement always comes first.
    categories
        Which categories, and in what order; all of the variable if none are given. Of a set-valued
        variable the categories are what a set may hold, and an item's rating is in each that it holds.
    interval
        See :func:`~annotate.agreement.estimate`.
    rngs
        Where the replicates of a category come from; a generator with the seed of ``interval`` if it has none.
    known
        See :func:`~annotate.agreement.estimate`.

    Returns
    -------
    dict
        The estimates of each category.

    Raises
    ------
    StatisticsError
        If a coefficient is not known.

    """
    members = _members(patterns)
    chosen = select(coefficients) if coefficients else []  # specific agreement comes in any case
    names = [SPECIFIC, *(one.name for one in chosen if one.chance_corrected)]
    found = {}
    for category in tuple(categories) or tuple(members):
        columns = members.get(category, [])
        who = None if known is None else collapse(known, category, columns)
        found[category] = estimate(
            collapse(patterns, category, columns),
            names,
            interval,
            rng=(rngs or {}).get(category),
            known=who if isinstance(who, Assignments) else None,
        )
    return found


def collapse(patterns: Patterns, category: str, columns: Sequence[int]) -> Patterns:
    """Patterns of a category, in which the ratings of ``columns`` are, against the rest.

    Weights are left behind: two categories have none.
    """
    scale = Scale("nominal", (category, REST))
    inside = np.isin(np.arange(len(patterns.categories)), columns)
    if isinstance(patterns, Assignments):
        place = np.append(np.where(inside, 0, 1), NONE)  # the last, which -1 finds, is for no rating
        codes, row = alike(place[patterns.codes])
        found: Patterns = assign(scale, patterns.annotators, codes, _sums(row, patterns.n))
    else:
        chosen = patterns.counts[:, inside].sum(axis=1)
        counts, row = alike(np.column_stack([chosen, patterns.ratings - chosen]))
        found = Patterns(scale, counts, _sums(row, patterns.n))
    if patterns.clusters is None:
        return found
    return replace(found, clusters=patterns.clusters.merged(row, found.ratings))


def _sums(row: IntArray, n: IntArray) -> IntArray:
    return np.bincount(row, weights=n).astype(np.int64)


def offered(patterns: Patterns) -> tuple[str, ...]:
    """The categories of a variable; of a set-valued one, what its sets hold."""
    return tuple(_members(patterns))


def _members(patterns: Patterns) -> dict[str, list[int]]:
    """The columns in which each category is."""
    members: dict[str, list[int]] = {}
    for column, category in enumerate(patterns.categories):
        for member in decode_set(category) if patterns.level == "set" else (category,):
            members.setdefault(member, []).append(column)
    return members
