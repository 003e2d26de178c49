"""Is agreement in a group different from agreement in the rest? A permutation test over items, or whole clusters.

If the group an item is in had nothing to do with how it was rated, any items might as well be the
group's. The difference of a coefficient between the group and the rest is therefore computed again and
again with the group's items drawn from all items, as many as it has. It depends on the draw only through
how many items of each pattern fall to the group, and that number is multivariate hypergeometric: so a
permutation of the items is drawn exactly, whatever their number.

Items with two ratings or more and items with one are drawn apart, as many of each as the group has (see
:mod:`annotate.counts.units`). Items are what is permuted, never ratings: those of one item are not
independent. Nor are the passages of a document: where documents are known they are permuted whole (blocks that
are exchangeable: Pesarin & Salmaso 2010, Permutation Tests for Complex Data, ch. 1), with the cluster-robust
standard error. Of very few units there are so few permutations that none can be rare (3 documents against 3: no p-value
below .1), and the test is undefined. From 3 against 4 on it holds its level, on the safe side (docs/coverage.md).

Of group and rest that are rated alike, in prevalence as in agreement, the test is exact. Sources mostly
differ in prevalence, though, and the bare difference of two alphas or kappas then varies more, or less,
than permutations show, so that it is found significant too often (or too rarely) even if the coefficient is
the same. The remedy is to permute the difference over its standard error: still exact where all is alike,
and right in large groups where only the coefficient is. In small and skewed groups it errs less, not never:
read it with :func:`annotate.agreement.cautions`.

Chung & Romano (2013), Exact and asymptotically robust permutation tests, Annals of Statistics 41, pp.
484-507; Phipson & Smyth (2010), Permutation p-values should never be zero, Statistical Applications in
Genetics and Molecular Biology 9, article 39.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from scipy import sparse

from annotate.agreement._estimate import CELLS, sampled
from annotate.agreement.influence import Influence, influence
from annotate.agreement.registry import Coefficient
from annotate.counts.patterns import (
    NONE,
    Assignments,
    FloatArray,
    IntArray,
    Patterns,
    alike,
    alike_with_gaps,
    assign,
)
from annotate.counts.units import Units, counted, together
from annotate.errors import StatisticsError

NO_REST = "there is no other group"
LEVEL = 0.05
"""Where no permutation could give a p-value as low as this, there is no test: it could only ever say "not significant"."""
NO_LOW_P = "no p-value is below"
"""What the reason says where that is so."""
IN_GROUP, IN_REST = "in the group, ", "in the rest, "
_TIE = 1e-7  # of itself: statistics closer than this are equal, but for the order of addition
_NO_ERROR = 1e-9  # a standard error below this is 0, but for the rounding of derivatives
_TWO = 2


@dataclass(frozen=True)
class Comparison:
    """One coefficient of a group against the rest.

    ``difference`` is ``value - rest``, ``statistic`` what was permuted: the difference, over its standard
    error if that was asked for. ``p_value`` is two-sided and rests on ``n_permutations``; further
    ``n_undefined`` permutations had no difference, because the coefficient was undefined on one side, and
    are left out. ``undefined`` is the reason for a ``p_value`` of NaN.
    """

    coefficient: str
    value: float
    rest: float
    difference: float
    statistic: float
    p_value: float
    n_permutations: int
    n_undefined: int
    undefined: str | None


def compare_patterns(
    groups: Sequence[Patterns],
    coefficients: Sequence[Coefficient],
    permutations: int,
    streams: Sequence[np.random.Generator],
    *,
    studentised: bool = True,
) -> list[list[Comparison]]:
    """Compare each group of one variable with the rest: a list for each group, by coefficient.

    Two groups are one test, seen from either side: the second list mirrors the first.

    Parameters
    ----------
    groups
        Patterns of disjoint items, over the same categories.
    coefficients, permutations
        What to compute, and on how many draws; all coefficients are computed on the same ones.
    streams
        A generator for each group, so that a group's draws do not depend on how many others there are.
    studentised
        Permute the difference over its standard error, not the bare difference.

    Raises
    ------
    StatisticsError
        If the groups are not over the same categories at the same level.

    """
    whole, n = align(groups)
    errors = [influence(one, whole) if studentised else None for one in coefficients]
    if len(groups) == _TWO:
        first = _against_rest(whole, n[0], coefficients, errors, permutations, streams[0])
        return [first, [_mirrored(one) for one in first]]
    return [
        _against_rest(whole, items, coefficients, errors, permutations, stream)
        for items, stream in zip(n, streams, strict=True)
    ]


def align(groups: Sequence[Patterns]) -> tuple[Patterns, IntArray]:
    """All groups together, and the units of each (groups x U) by those of the whole: items, or clusters.

    Raises
    ------
    StatisticsError
        If the groups are not over the same categories at the same level.

    """
    first = groups[0]
    scales = {one.scale for one in groups}
    if len(scales) != 1:
        raise StatisticsError(
            f"patterns: {len(groups)} groups with {len(scales)} sets of categories, levels or weights; "
            "groups to be compared are of one variable"
        )
    annotators = tuple(sorted({name for one in groups for name in getattr(one, "annotators", ())}))
    if annotators:
        rows, place = alike(np.concatenate([_codes(one, annotators) for one in groups]))
    elif sparse.issparse(first.counts):
        rows, place = alike_with_gaps(sparse.vstack([one.counts for one in groups]))
    else:
        rows, place = alike(np.concatenate([one.counts for one in groups]))
    total = np.bincount(place, weights=np.concatenate([one.n for one in groups])).astype(np.int64)
    if annotators:
        whole: Patterns = assign(first.scale, annotators, rows, total)
    else:
        whole = replace(first, counts=rows, n=total, clusters=None)
    ends = np.cumsum([len(one.n) for one in groups])[:-1]
    units, n = together([one.units for one in groups], np.split(place, ends), whole.ratings)
    return whole if first.clusters is None else replace(whole, clusters=units), n


def _codes(patterns: Patterns, annotators: Sequence[str]) -> IntArray:
    """The codes of patterns (P x A), with a column for each of these annotators."""
    if not isinstance(patterns, Assignments):
        raise StatisticsError("patterns: some groups know who chose what and some do not")
    codes = np.full((len(patterns.n), len(annotators)), NONE, dtype=np.int64)
    codes[:, [annotators.index(name) for name in patterns.annotators]] = patterns.codes
    return codes


def permuted(
    whole: Patterns, n: IntArray, permutations: int, stream: np.random.Generator
) -> Iterator[FloatArray]:
    """Draw the group's units from all units, in chunks (samples x U) of units of each row.

    ``n`` (U,) are the units of the group by those of the whole. The chunks do not change what is
    drawn, and units with single ratings alone do not change how the others are drawn.
    """
    drawn = [(members, int(n[members].sum())) for members in whole.units.strata]
    streams = stream.spawn(len(drawn))
    size = max(1, CELLS // len(n))
    for start in range(0, permutations, size):
        samples = np.zeros((min(size, permutations - start), len(n)))
        for (members, items), own in zip(drawn, streams, strict=True):
            if items:
                samples[:, members] = own.multivariate_hypergeometric(
                    whole.units.n[members], items, size=len(samples), method="marginals"
                )
        yield samples


def statistics(
    coefficient: Coefficient, whole: Patterns, samples: FloatArray, errors: Influence | None = None
) -> FloatArray:
    """The difference between each sample (samples x U) and the rest of the whole, NaN if undefined.

    Over its standard error, if there is an influence to have it from. Without a standard error a difference of 0 stays 0 and any
    other is infinite.
    """
    units = whole.units
    rest = units.n - samples
    if errors is None:
        here, there = (sampled(coefficient, whole, units.items(part)).value for part in (samples, rest))
        return np.asarray(here - there, dtype=float)
    value, variance = errors.values_and_variances(samples)
    value_of_rest, variance_of_rest = errors.values_and_variances(rest)
    difference, error = value - value_of_rest, np.sqrt(variance + variance_of_rest)
    certain = error < _NO_ERROR
    found = difference / np.where(certain, 1.0, error)
    same = np.abs(difference) < _NO_ERROR
    found[certain] = np.where(same, 0.0, np.copysign(np.inf, difference))[certain]
    found[np.isnan(difference)] = np.nan
    return np.asarray(found, dtype=float)


def p_value(statistic: float, draws: FloatArray) -> float:
    """Share of the draws as far from 0 as the statistic, with what was observed counted as one.

    Draws that are NaN are left out. The rest is still an exact reference: what was observed is one of
    the permutations that have a statistic, each of which is as likely as the other.
    """
    defined = draws[~np.isnan(draws)]
    extreme = np.count_nonzero(np.abs(defined) >= abs(statistic) * (1 - _TIE))
    return float((1 + extreme) / (1 + len(defined)))


def _against_rest(
    whole: Patterns,
    n: IntArray,
    coefficients: Sequence[Coefficient],
    errors: Sequence[Influence | None],
    permutations: int,
    stream: np.random.Generator,
) -> list[Comparison]:
    found = [_observed(one, whole, n) for one in coefficients]
    too_few = _too_few(whole.units, n)
    found = [replace(one, undefined=one.undefined or too_few) for one in found]
    tested = [place for place, one in enumerate(found) if one.undefined is None]
    drawn: dict[int, list[FloatArray]] = {place: [] for place in tested}
    if tested:
        observed = n[None, :].astype(float)
        for samples in chain([observed], permuted(whole, n, permutations, stream)):
            for place in tested:
                drawn[place].append(statistics(coefficients[place], whole, samples, errors[place]))
    for place in tested:
        first, *draws = drawn[place]
        found[place] = _tested(found[place], float(first[0]), np.concatenate(draws))
    return found


def _too_few(units: Units, n: IntArray) -> str | None:
    """Why no p-value can be low, where that is so: there are so few ways to deal the units to group and rest.

    Each way is as likely as the other under no difference, so none is below one over their number, or two, where group and
    rest are as large as each other, and change places.
    """
    group = int(n[units.strata[0]].sum())
    rest = units.number - group
    ways = math.comb(units.number, group)
    least = (1 + (group == rest)) / ways
    if units.rows is None or least <= LEVEL or not group or not rest:
        return None
    what = counted(2, units.cluster or "item").removeprefix("2 ")
    return f"with {group} and {rest} {what} {NO_LOW_P} {least:.2g}"


def _observed(coefficient: Coefficient, whole: Patterns, n: IntArray) -> Comparison:
    """The difference, before it is tested."""
    nan = float("nan")
    unfit = coefficient.unfit(whole)
    if unfit:
        return Comparison(coefficient.name, nan, nan, nan, nan, nan, 0, 0, unfit)
    values: list[float] = []
    reasons: list[str | None] = []
    of_group = np.rint(whole.units.items(n[None, :].astype(float))[0]).astype(np.int64)
    for items, where in ((of_group, IN_GROUP), (whole.n - of_group, IN_REST)):
        part = replace(whole, n=items, clusters=None)
        if not items.any():
            values.append(nan)
            reasons.append(NO_REST)
            continue
        settled = sampled(coefficient, part, items[None, :].astype(float))
        values.append(float(settled.value[0]))
        reason = settled.undefined[0]
        reasons.append(f"{where}{reason}" if reason else None)
    return Comparison(
        coefficient=coefficient.name,
        value=values[0],
        rest=values[1],
        difference=values[0] - values[1],
        statistic=nan,
        p_value=nan,
        n_permutations=0,
        n_undefined=0,
        undefined=NO_REST if NO_REST in reasons else reasons[0] or reasons[1],
    )


def _tested(observed: Comparison, statistic: float, draws: FloatArray) -> Comparison:
    left_out = int(np.isnan(draws).sum())
    return replace(
        observed,
        statistic=statistic,
        p_value=p_value(statistic, draws),
        n_permutations=len(draws) - left_out,
        n_undefined=left_out,
    )


def _mirrored(one: Comparison) -> Comparison:
    """The same test, seen from the other of two groups."""
    undefined = one.undefined
    if undefined and undefined.startswith(IN_GROUP):
        undefined = IN_REST + undefined.removeprefix(IN_GROUP)
    elif undefined and undefined.startswith(IN_REST):
        undefined = IN_GROUP + undefined.removeprefix(IN_REST)
    return replace(
        one,
        value=one.rest,
        rest=one.value,
        difference=-one.difference,
        statistic=-one.statistic,
        undefined=undefined,
    )
