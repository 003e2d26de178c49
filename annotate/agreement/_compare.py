"""Differences in agreement between groups of a table of ratings, each group against the rest.

The p-values of several tests are corrected for there being several.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement._cautions import caution
from annotate.agreement.permutation import Comparison, compare_patterns
from annotate.agreement.registry import DEFAULT, Coefficient, chosen_cells, chosen_columns, select
from annotate.agreement.rows import tidy
from annotate.codebook.scale import Scale
from annotate.counts.clusters import DOCUMENT
from annotate.counts.groups import GroupPatterns, group_columns, tally_patterns
from annotate.counts.patterns import FloatArray
from annotate.errors import StatisticsError, counted
from annotate.sampling import AUTO, Interval, generator

if TYPE_CHECKING:
    from annotate.counts.table import Group

COLUMNS = {
    **dict.fromkeys(("variable", "level", "coefficient"), "object"),
    **dict.fromkeys(("value", "rest", "difference", "statistic", "p_value", "p_adjusted"), "float64"),
    **dict.fromkeys(("n_permutations", "n_undefined", "n_pairable_items", "n_pairable_rest"), "int64"),
    "caution": "object",
    "undefined": "object",
}
CLUSTERED = dict.fromkeys(("n_clusters", "n_clusters_rest"), "Int64")
_TWO = 2


def compare(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = "source",
    coefficients: str | Sequence[str] = DEFAULT,
    permutations: int = 1999,
    studentised: bool = True,
    correction: str = "holm",
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Test, for each group, whether agreement in it differs from agreement in the rest.

    The test is that of :mod:`annotate.agreement.permutation`.

    Parameters
    ----------
    ratings, scales, coefficients
        As for :func:`~annotate.agreement.measure`.
    by
        The column, or columns, that make the groups. Each item must be in one group.
    permutations
        How many to draw. No ``p_value`` is below ``1 / (permutations + 1)``, and with m groups none that
        Holm has adjusted is below ``m / (permutations + 1)``: many groups need many permutations.
    studentised
        Permute the difference over its standard error, which holds the level where group and rest differ
        in prevalence; or the bare difference, which is many times faster.
    correction
        Over the groups of one variable and coefficient: ``holm`` or ``benjamini_hochberg``. Two groups
        are one test, seen from both sides, and count once.
    interval
        Its seed, and what is moved as a whole: documents where they are known, items otherwise.

    Returns
    -------
    DataFrame
        One row for each group, variable and coefficient: source (None unless grouped by it), further
        ``by`` columns, variable, level, coefficient, value (in the group), rest (in all others together),
        difference, statistic (what was permuted), p_value, p_adjusted, n_permutations (that the p-value rests on), n_undefined
        (permutations left out), n_pairable_items, n_pairable_rest, where clusters are moved n_clusters and
        n_clusters_rest (with an item that can be paired) at the end, weights and distance behind coefficient as
        :func:`~annotate.agreement.measure` has them, caution (against the
        group's numbers, or None), undefined (None, or why ``p_value`` is NaN). Nothing is rounded.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.agreement.measure`; and if there is nothing to group by, an item is in
        two groups, or the permutations or the correction make no sense.

    """
    asked, columns = select(coefficients), group_columns(by)
    _check(columns, permutations)
    interval.with_annotators_fixed()
    check_correction(correction)
    who = any(one.takes == "assignments" for one in asked)
    rows: list[tuple[Group, dict[str, object]]] = []
    # between documents, items are all that can be moved
    cluster = None if interval.cluster == AUTO and DOCUMENT in columns else interval.cluster
    tallied = tally_patterns(ratings, by=columns, scales=scales, assignments=who, cluster=cluster)
    for whole, *groups in tallied:
        _check_disjoint(whole, groups)
        found = _compared(groups, asked, permutations, studentised, interval.seed)
        adjusted = _adjusted(found, correction)
        for one, comparisons, p_adjusted in zip(groups, found, adjusted, strict=True):
            n_pairable = one.patterns.n_pairable_items
            shared = {
                "variable": one.variable,
                "level": one.patterns.level,
                "n_pairable_items": n_pairable,
                "caution": caution(one.patterns).text,
                "n_pairable_rest": whole.patterns.n_pairable_items - n_pairable,
            }
            of_all, own = whole.patterns.clusters, one.patterns.clusters
            if of_all is not None and own is not None:
                shared |= {"n_clusters": own.number, "n_clusters_rest": of_all.number - own.number}
            rows += [
                (
                    one.group,
                    {
                        **shared,
                        **asdict(comparison),
                        **chosen_cells(comparison.coefficient, one.patterns.scale),
                        "p_adjusted": float(p),
                    },
                )
                for comparison, p in zip(comparisons, p_adjusted, strict=True)
            ]
    drawn = CLUSTERED if any("n_clusters" in row for _, row in rows) else {}
    return tidy(rows, columns, with_chosen({**COLUMNS, **drawn}, asked, scales))


def with_chosen(
    columns: Mapping[str, str], asked: Sequence[Coefficient], scales: Mapping[str, Scale]
) -> dict[str, str]:
    """The columns of a result, with weights and distance behind the coefficient, where they were chosen."""
    extra = dict.fromkeys(chosen_columns(asked, scales.values()), "object")
    found: dict[str, str] = {}
    for name, kind in columns.items():
        found |= {name: kind, **(extra if name == "coefficient" else {})}
    return found


def _compared(
    groups: Sequence[GroupPatterns],
    asked: Sequence[Coefficient],
    permutations: int,
    studentised: bool,
    seed: int,
) -> list[list[Comparison]]:
    """The comparisons of each group in the order asked for, whatever kind of patterns each takes."""
    found: list[dict[str, Comparison]] = [{} for _ in groups]
    for takes in dict.fromkeys(one.takes for one in asked):
        chosen = [one for one in asked if one.takes == takes]
        streams = [generator(seed, "permutation", one.variable, one.names) for one in groups]
        patterns = [one.of(chosen[0].takes) for one in groups]
        compared = compare_patterns(patterns, chosen, permutations, streams, studentised=studentised)
        for of_group, comparisons in zip(found, compared, strict=True):
            of_group.update({one.coefficient: one for one in comparisons})
    return [[of_group[one.name] for one in asked] for of_group in found]


def _check(by: Sequence[str], permutations: int) -> None:
    if not by:
        raise StatisticsError("nothing to compare: say which column makes the groups, such as source")
    if permutations < 1:
        raise StatisticsError(f"permutations: {permutations} is below 1; 1999 is usual")


def _check_disjoint(whole: GroupPatterns, groups: Sequence[GroupPatterns]) -> None:
    parts = sum(group.patterns.n_items for group in groups)
    if parts != whole.patterns.n_items:
        msg = (
            f"variable {whole.variable}: cannot compare by {', '.join(whole.by)}: "
            f"some of {counted(whole.patterns.n_items, 'item')} are in several groups; the test moves whole items, so each must be in one group (coders of "
            "kinds who rated the same items are compared by annotate annotators kinds)"
        )
        raise StatisticsError(msg)
    if whole.patterns.clusters is None:
        return
    clusters = sum(int(group.patterns.units.n.sum()) for group in groups)
    if clusters != int(whole.patterns.units.n.sum()):
        cluster = whole.patterns.clusters.cluster
        msg = (
            f"variable {whole.variable}: cannot compare by {', '.join(whole.by)}: some values of {cluster} are in "
            "several groups; they are moved whole, so give each to one group, or move items with --cluster none"
        )
        raise StatisticsError(msg)


def _adjusted(found: Sequence[Sequence[Comparison]], correction: str) -> FloatArray:
    """P-values (groups x coefficients), corrected over the groups."""
    p_values = np.array([[one.p_value for one in comparisons] for comparisons in found], dtype=float)
    if len(found) == _TWO:
        return p_values
    columns = [correct(column, correction) for column in p_values.T]
    return np.column_stack(columns) if columns else p_values


def holm(p_values: FloatArray) -> FloatArray:
    """Hold the chance of even one false finding, however the tests depend on each other.

    The i-th smallest of m is multiplied by ``m - i + 1``, and none may fall below a smaller one's. Holm
    (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics
    6, pp. 65-70.
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return adjusted


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """Hold the expected share of false findings among the findings.

    The i-th smallest of m is multiplied by ``m / i``, and none may exceed a larger one's. It asks that
    the tests are independent or positively dependent. Benjamini & Hochberg (1995), Controlling the false
    discovery rate, Journal of the Royal Statistical Society B 57, pp. 289-300.
    """
    order = np.argsort(p_values, kind="stable")[::-1]
    factors = len(p_values) / np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.minimum.accumulate(p_values[order] * factors), 1.0)
    return adjusted


CORRECTIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "holm": holm,
    "benjamini_hochberg": benjamini_hochberg,
}


def check_correction(correction: str) -> None:
    """Refuse a correction that is not known, with those there are."""
    if correction not in CORRECTIONS:
        raise StatisticsError(f"correction {correction!r} is not known; there are {', '.join(CORRECTIONS)}")


def correct(p_values: FloatArray, correction: str) -> FloatArray:
    """Correct p-values (tests,) of one family; those that are NaN stay so and are not tests.

    Raises
    ------
    StatisticsError
        If the correction is not known.

    """
    check_correction(correction)
    adjusted = np.full(len(p_values), np.nan)
    tests = ~np.isnan(p_values)
    adjusted[tests] = CORRECTIONS[correction](p_values[tests])
    return adjusted
