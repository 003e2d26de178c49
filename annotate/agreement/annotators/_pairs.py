"""Two annotators at a time, and one annotator at two times."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement.annotators.paired import PAIRWISE, columns
from annotate.agreement.registry import select
from annotate.agreement.rows import Rows, frame
from annotate.codebook.scale import Scale
from annotate.counts.confusions import confusions
from annotate.counts.groups import group_columns
from annotate.counts.judgements import Judgements, judgements
from annotate.sampling import IntArray, Interval


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
        :data:`~annotate.agreement.annotators.paired.MOST` categories.
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
