"""Two annotators at a time, and one annotator at two times, by the coefficients of many pairs at once.

The coefficients of many pairs at once, from their confusion matrices, each with an interval.

The interval is that of the jackknife over items, Efron & Tibshirani (1993), An Introduction to the
Bootstrap, ch. 11: items in one cell give one value when left out, so it costs no more than there are
cells, and it takes no seed. Where documents are known they are left out whole, as :func:`annotate.agreement.measure`
does it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from annotate.agreement._estimate import sampled
from annotate.agreement.registry import Coefficient, select
from annotate.agreement.rows import Rows, frame
from annotate.codebook.scale import Scale
from annotate.counts.groups import group_columns
from annotate.counts.judgements import Confusions, Judgements, confusions, judgements
from annotate.counts.patterns import FloatArray
from annotate.counts.units import counted
from annotate.sampling import IntArray, Interval, t_quantile

INTERVAL = "jackknife over items, t with n-1 degrees of freedom"
EXACT = "exact (Clopper-Pearson) where all are alike"
PAIRWISE = ("percent_agreement", "cohen_kappa", "krippendorff_alpha")
MOST = 30
"""Of more categories than this there is no interval: leaving out one item of each cell costs the square of
the cells, which are the square of the categories."""
_VALUES = 2**21  # samples x cells held at a time
_NO_WIDTH = 1e-12
_TWO = 2


@dataclass(frozen=True, eq=False)
class Figures:
    """One coefficient of every pair, each an array (pairs,); NaN where ``undefined`` gives a reason.

    ``exact`` says where the limits are those of units that are all alike.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    undefined: NDArray[np.object_]
    exact: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Drawn:
    """What is left out of each pair, one at a time: entries of ``n`` alike items, or clusters.

    ``number`` (pairs,) are the items or clusters of each pair, ``degrees`` (pairs,) the degrees of freedom.
    """

    by_clusters: NDArray[np.bool_]
    number: IntArray
    degrees: FloatArray


def _drawn(confused: Confusions) -> _Drawn:
    """Clusters where a pair has items in two or more of them, otherwise items."""
    items, pairs = confused.n_items, len(confused.pairs)
    by_items = np.maximum(items - 1.0, 1.0)
    found = confused.clusters
    if found is None:
        return _Drawn(np.zeros(pairs, dtype=bool), items, by_items)
    sizes = np.bincount(found.of, found.n, len(found.pair))
    number = np.bincount(found.pair, minlength=pairs)
    squares = np.bincount(found.pair, sizes**2, pairs)
    effective = items.astype(float) ** 2 / np.where(squares > 0, squares, 1.0)
    clustered = number >= _TWO
    degrees = np.where(clustered, np.maximum(effective - 1, 1.0), by_items)
    return _Drawn(clustered, np.where(clustered, number, items).astype(np.int64), degrees)


def figures(confused: Confusions, coefficient: Coefficient, interval: Interval) -> Figures:
    """A coefficient of every pair, with its interval."""
    number, unfit = len(confused.pairs), coefficient.unfit(confused.patterns)
    nothing = np.full(number, np.nan)
    value, undefined = nothing.copy(), np.full(number, unfit, dtype=object)
    observed, expected = nothing.copy(), nothing.copy()
    if unfit:
        return Figures(value, value, value, undefined, np.zeros(number, dtype=bool))
    size = max(1, _VALUES // max(1, len(confused.cells)))
    for start in range(0, number, size):
        end = min(start + size, number)
        settled = sampled(coefficient, confused.patterns, confused.samples(start, end))
        value[start:end], undefined[start:end] = settled.value, settled.undefined
        observed[start:end], expected[start:end] = settled.observed, settled.expected
    drawn, lowest = _drawn(confused), -1.0 if coefficient.chance_corrected else 0.0
    error: FloatArray = nothing
    if _few(confused):
        error = _jackknife(confused, coefficient)
        if drawn.by_clusters.any():
            error = np.where(drawn.by_clusters, _over_clusters(confused, coefficient, drawn), error)
    degrees, of = np.unique(drawn.degrees, return_inverse=True)
    tail = (1 + interval.confidence) / 2
    reach = np.array([t_quantile(tail, one) for one in degrees.tolist()])[of] * error
    low: FloatArray = value - reach
    high: FloatArray = value + reach
    on_log = drawn.by_clusters & (value < 1) & (interval.kind != "jackknife")
    rest = np.where(on_log, 1 - value, 1.0)
    factor = np.exp(np.minimum(np.where(on_log, reach, 0.0) / rest, 700.0))  # beyond, exp is not a number
    low, high = np.where(on_log, 1 - rest * factor, low), np.where(on_log, 1 - rest / factor, high)
    exact = np.isfinite(error) & (high - low <= _NO_WIDTH)
    share = ((1 - interval.confidence) / 2) ** (1 / np.maximum(drawn.number, 1))
    chance = np.nan_to_num(expected)
    off = np.where(chance < 1, 1 - chance, 1.0)
    low = np.where(exact, (observed * share - chance) / off, low)
    high = np.where(exact, (1 - (1 - observed) * share - chance) / off, high)
    return Figures(value, np.maximum(low, lowest), np.minimum(high, 1.0), undefined, exact)


def _jackknife(confused: Confusions, coefficient: Coefficient) -> FloatArray:
    """Standard error of each pair; NaN with fewer than two items, or where it is undefined without one."""
    left_out = np.empty(len(confused.cell))
    size = max(1, _VALUES // max(1, len(confused.cells)))
    for start in range(0, len(left_out), size):
        pair, cell = confused.pair[start : start + size], confused.cell[start : start + size]
        samples = confused.samples(int(pair[0]), int(pair[-1]) + 1)[pair - pair[0]]
        samples[np.arange(len(cell)), cell] -= 1
        left_out[start : start + size] = sampled(coefficient, confused.patterns, samples).value
    items, number = confused.n_items.astype(float), len(confused.pairs)
    mean = np.bincount(confused.pair, confused.n * left_out, number) / np.maximum(items, 1)
    squares = np.bincount(confused.pair, confused.n * (left_out - mean[confused.pair]) ** 2, number)
    return np.where(items > 1, np.sqrt((items - 1) / np.maximum(items, 1) * squares), np.nan)


def _over_clusters(confused: Confusions, coefficient: Coefficient, drawn: _Drawn) -> FloatArray:
    """The same, leaving out one cluster after the other of each pair that has two or more."""
    found = confused.clusters
    if found is None:
        return np.full(len(confused.pairs), np.nan)
    left_out = np.zeros(len(found.pair))
    taken = np.flatnonzero(drawn.by_clusters[found.pair])
    starts = np.searchsorted(found.of, np.arange(len(found.pair) + 1))
    size = max(1, _VALUES // max(1, len(confused.cells)))
    for start in range(0, len(taken), size):
        of = taken[start : start + size]
        pair = found.pair[of]
        samples = confused.samples(int(pair[0]), int(pair[-1]) + 1)[pair - pair[0]]
        rows = np.repeat(np.arange(len(of)), starts[of + 1] - starts[of])
        entries = np.concatenate([np.arange(starts[one], starts[one + 1]) for one in of.tolist()])
        np.subtract.at(samples, (rows, found.cell[entries]), found.n[entries])
        left_out[of] = sampled(coefficient, confused.patterns, samples).value
    pairs = len(confused.pairs)
    number = np.bincount(found.pair, minlength=pairs)
    mean = np.bincount(found.pair, left_out, pairs) / np.maximum(number, 1)
    squares = np.bincount(found.pair, (left_out - mean[found.pair]) ** 2, pairs)
    return np.asarray(np.sqrt((number - 1) / np.maximum(number, 1) * squares), dtype=float)


def _few(confused: Confusions) -> bool:
    """Whether there are few enough categories for an interval."""
    return len(confused.scale.categories) <= MOST


def columns(
    confused: Confusions, coefficients: Sequence[Coefficient], interval: Interval, clustered_by: str | None
) -> dict[str, object]:
    """The columns of a frame of pairs, from the number of items on; see :func:`figures`."""
    data: dict[str, object] = {"n_items": confused.n_items}
    drawn, pairs = _drawn(confused), len(confused.pairs)
    limited, exact = np.zeros(pairs, dtype=bool), np.zeros(pairs, dtype=bool)
    for coefficient in coefficients:
        name, found = coefficient.name, figures(confused, coefficient, interval)
        data[name], data[f"{name}_ci_low"], data[f"{name}_ci_high"] = found.value, found.low, found.high
        data[f"{name}_undefined"] = found.undefined
        limited |= ~np.isnan(found.low)
        exact |= found.exact
    told = np.full(pairs, None if _few(confused) else f"none above {MOST} categories", dtype=object)
    told[limited] = INTERVAL
    if clustered_by is not None and confused.clusters is not None:
        data["n_clusters"] = np.bincount(confused.clusters.pair, minlength=pairs)
        scale = "" if interval.kind == "jackknife" else " on the scale log(1 - coefficient)"
        noun = counted(_TWO, clustered_by).removeprefix(f"{_TWO} ")
        told[limited & drawn.by_clusters] = f"jackknife over {noun}{scale}, t by their effective number"
        told[limited & ~drawn.by_clusters] = INTERVAL.replace("items", f"items of {counted(1, clustered_by)}")
    told[limited & exact] = [f"{one}; {EXACT}" for one in told[limited & exact]]
    data["interval"] = told
    return data


def pairs(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    coefficients: str | Sequence[str] = PAIRWISE,
    strangers: bool = True,
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure the agreement of every two annotators, on the items that both rated.

    Parameters
    ----------
    ratings
        One row a judgement: item, annotator, variable, category, and the columns of ``by``, in any frame that
        :func:`~annotate.agreement.measure` takes.
    scales, by
        As :func:`~annotate.agreement.measure` takes them.
    coefficients
        Names, see :data:`~annotate.agreement.registry.COEFFICIENTS`, or ``"all"``. Each is computed as if
        there were no others than the two and no items but those that both rated.
    interval
        Its confidence, and what is left out: documents where they are known, on the scale of
        ``log(1 - coefficient)`` unless the kind is ``jackknife``; items otherwise. The kind is always a jackknife,
        and exact where all are alike. There is no interval for a variable of more than
        :data:`~annotate.agreement.annotators._pairs.MOST` categories.
    strangers
        Whether pairs without an item in common have a row too: n_items 0, and undefined. They are most
        of the pairs where there are thousands of annotators.

    Returns
    -------
    DataFrame
        One row for each group, variable and unordered pair, by name: source (None for the whole table),
        further ``by`` columns, variable, level, annotator_a, annotator_b, n_items (rated by both); of
        each coefficient its name (the value), name_ci_low, name_ci_high, name_undefined (None, or why
        the value is NaN); interval (what the limits are, or None). Where clusters are drawn, n_clusters (with an
        item of both) stands before interval.

    Raises
    ------
    TableError
        If a column is missing, a cell is blank or the table is empty.
    StatisticsError
        If a coefficient is not known, a variable has no scale, a category is not what was declared, a number or a set
        is not one, or an annotator rated an item twice.

    """
    chosen, grouping = select(coefficients), group_columns(by)
    parts: list[Rows] = []
    interval.with_annotators_fixed()
    for judged in judgements(ratings, scales=scales, by=grouping, cluster=interval.cluster):
        confused = confusions(
            judged.unit,
            judged.annotator,
            judged.group,
            judged.category,
            scale=judged.scale,
            also=_everybody(judged) if strangers else None,
            cluster=judged.cluster,
        )
        group, first, second = confused.pairs.T
        who = {"annotator_a": judged.annotators[first], "annotator_b": judged.annotators[second]}
        parts.append(Rows(judged, group, {**who, **columns(confused, chosen, interval, judged.clustered_by)}))
    return frame(parts, grouping, list(parts[0].columns))


def rounds(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    coefficients: str | Sequence[str] = PAIRWISE,
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure how well each annotator agrees with themselves, on items that they rated in two rounds.

    The table has a column ``round``; parameters and errors are those of :func:`pairs`.

    Returns
    -------
    DataFrame
        One row for each group, variable, annotator and two rounds with an item in common: source, further
        ``by`` columns, variable, level, annotator, round_a, round_b, n_items (rated in both), and the
        columns of the coefficients and ``interval`` as :func:`pairs` has them. No row for those who
        rated nothing twice.

    """
    chosen, grouping = select(coefficients), group_columns(by)
    parts: list[Rows] = []
    interval.with_annotators_fixed()
    for judged in judgements(ratings, scales=scales, by=grouping, repeat="round", cluster=interval.cluster):
        people = len(judged.annotators)
        confused = confusions(
            judged.unit * people + judged.annotator,
            judged.repeat,
            judged.group * people + judged.annotator,
            judged.category,
            scale=judged.scale,
            cluster=judged.cluster,
        )
        whose, first, second = confused.pairs.T
        who = {
            "annotator": judged.annotators[whose % people],
            "round_a": judged.repeats[first],
            "round_b": judged.repeats[second],
        }
        parts.append(
            Rows(judged, whose // people, {**who, **columns(confused, chosen, interval, judged.clustered_by)})
        )
    return frame(parts, grouping, list(parts[0].columns))


def _everybody(judged: Judgements) -> IntArray:
    """All pairs (n x 3) of those who rated something in a group."""
    people, groups = len(judged.annotators), len(judged.groups)
    present = np.unique(judged.group * people + judged.annotator)
    starts = np.searchsorted(present, np.arange(1, groups) * people)
    listed = []
    for group, who in enumerate(np.split(present % people, starts)):
        first, second = np.triu_indices(len(who), 1)
        listed.append(np.column_stack([np.full(len(first), group), who[first], who[second]]))
    return np.concatenate(listed)
