"""Two annotators at a time, and one annotator at two times, by the coefficients of many pairs at once.

The coefficients of many pairs at once, from their confusion matrices, each with an interval.

The interval is that of the jackknife over items, Efron & Tibshirani (1993), An Introduction to the
Bootstrap, ch. 11: items in one cell give one value when left out, so it costs no more than there are
cells, and it takes no seed.
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
from annotate.sampling import IntArray, Interval, t_quantile

INTERVAL = "jackknife over items, t with n-1 degrees of freedom"
PAIRWISE = ("percent_agreement", "cohen_kappa", "krippendorff_alpha")
MOST = 30
"""Of more categories than this there is no interval: leaving out one item of each cell costs the square of
the cells, which are the square of the categories."""
_VALUES = 2**21  # samples x cells held at a time


@dataclass(frozen=True, eq=False)
class Figures:
    """One coefficient of every pair, each an array (pairs,); NaN where ``undefined`` gives a reason."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    undefined: NDArray[np.object_]


def figures(confused: Confusions, coefficient: Coefficient, confidence: float) -> Figures:
    """A coefficient of every pair, with its interval."""
    number, unfit = len(confused.pairs), coefficient.unfit(confused.patterns)
    value, undefined = np.full(number, np.nan), np.full(number, unfit, dtype=object)
    if unfit:
        return Figures(value, value, value, undefined)
    size = max(1, _VALUES // max(1, len(confused.cells)))
    for start in range(0, number, size):
        end = min(start + size, number)
        settled = sampled(coefficient, confused.patterns, confused.samples(start, end))
        value[start:end], undefined[start:end] = settled.value, settled.undefined
    error = _jackknife(confused, coefficient) if _few(confused) else np.full(number, np.nan)
    degrees, of = np.unique(np.maximum(confused.n_items - 1, 1), return_inverse=True)
    reach = np.array([t_quantile((1 + confidence) / 2, int(number)) for number in degrees])[of] * error
    lowest = -1.0 if coefficient.chance_corrected else 0.0
    return Figures(value, np.maximum(value - reach, lowest), np.minimum(value + reach, 1.0), undefined)


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


def _few(confused: Confusions) -> bool:
    """Whether there are so few categories that an interval can be had."""
    return len(confused.scale.categories) <= MOST


def columns(
    confused: Confusions, coefficients: Sequence[Coefficient], confidence: float
) -> dict[str, object]:
    """The columns of a frame of pairs, from the number of items on; see :func:`figures`."""
    data: dict[str, object] = {"n_items": confused.n_items}
    limited = np.zeros(len(confused.pairs), dtype=bool)
    for coefficient in coefficients:
        name, found = coefficient.name, figures(confused, coefficient, confidence)
        data[name], data[f"{name}_ci_low"], data[f"{name}_ci_high"] = found.value, found.low, found.high
        data[f"{name}_undefined"] = found.undefined
        limited |= ~np.isnan(found.low)
    told = np.full(len(limited), None if _few(confused) else f"none above {MOST} categories", dtype=object)
    told[limited] = INTERVAL
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
        Its confidence; the kind is always the jackknife. There is no interval for a variable of more than
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
        the value is NaN); interval (what the limits are, or None).

    Raises
    ------
    TableError
        If a column is missing, a cell is blank or the table is empty.
    StatisticsError
        If a coefficient is not known, a variable has no scale, a category is not what was declared, a number or a set
        is none, or an annotator rated an item twice.

    """
    chosen, grouping = select(coefficients), group_columns(by)
    confidence, parts = interval.over_items().confidence, []
    for judged in judgements(ratings, scales=scales, by=grouping):
        confused = confusions(
            judged.unit,
            judged.annotator,
            judged.group,
            judged.category,
            scale=judged.scale,
            also=_everybody(judged) if strangers else None,
        )
        group, first, second = confused.pairs.T
        who = {"annotator_a": judged.annotators[first], "annotator_b": judged.annotators[second]}
        parts.append(Rows(judged, group, {**who, **columns(confused, chosen, confidence)}))
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
    confidence, parts = interval.over_items().confidence, []
    for judged in judgements(ratings, scales=scales, by=grouping, repeat="round"):
        people = len(judged.annotators)
        confused = confusions(
            judged.unit * people + judged.annotator,
            judged.repeat,
            judged.group * people + judged.annotator,
            judged.category,
            scale=judged.scale,
        )
        whose, first, second = confused.pairs.T
        who = {
            "annotator": judged.annotators[whose % people],
            "round_a": judged.repeats[first],
            "round_b": judged.repeats[second],
        }
        parts.append(Rows(judged, whose // people, {**who, **columns(confused, chosen, confidence)}))
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
