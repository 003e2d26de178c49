"""Whether annotators put items in the same order: the mean of Spearman's correlations, and Kendall's W.

Both look at ranks alone. An annotator who rates everything a step higher than another agrees perfectly here and not for
alpha, so these stand beside a coefficient of agreement, not in its place. Ratings of one category share their mean rank.

Spearman (1904), American Journal of Psychology 15, pp. 72-101, over pairs of annotators as in Kendall (1948), Rank
Correlation Methods, ch. 6. W: Kendall & Babington Smith (1939), Annals of Mathematical Statistics 10, pp. 275-287; with
ties, and its chi-square, Siegel & Castellan (1988), Nonparametric Statistics, 2nd ed., ch. 9.7. Where every annotator
rated every item without ties, the mean correlation is ``(m W - 1) / (m - 1)`` with m annotators.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement._estimate import KINDS
from annotate.agreement.intervals import Limits, Measured, all_alike
from annotate.agreement.result import NOTHING_PAIRABLE
from annotate.agreement.rows import tidy
from annotate.codebook.scale import Scale
from annotate.counts.distance import UNORDERED
from annotate.counts.groups import GroupPatterns, group_columns, tally_patterns
from annotate.counts.patterns import NONE, PAIR, Assignments, FloatArray, IntArray
from annotate.counts.samples import Samples
from annotate.sampling import Interval, generator

if TYPE_CHECKING:
    from annotate.counts.table import Group

COEFFICIENTS = ("spearman", "kendall_w")
NO_ORDER = "ranks need an order of the categories; say the level ordinal, interval or ratio"
FEW_SHARED = f"no two annotators rated {PAIR + 1} items together"
ONE_RANK = "in every pair an annotator used one category only"
FEW_COMPLETE = f"fewer than {PAIR + 1} items are rated by every annotator"
ALL_TIED = "every annotator used one category only"
_SHARED = PAIR + 1  # items at least: the ranks of two always agree or are reversed
_NO_WIDTH = 1e-12

COLUMNS = {
    **dict.fromkeys(("variable", "level", "coefficient"), "object"),
    **dict.fromkeys(("value", "ci_low", "ci_high"), "float64"),
    "interval": "object",
    "chi_square": "float64",
    "df": "Int64",
    "p_value": "float64",
    **dict.fromkeys(("n_items", "n_annotators", "n_pairs"), "int64"),
    "undefined": "object",
}


def concordance(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure whether annotators rank items alike, of every variable whose categories have an order.

    Parameters
    ----------
    ratings, scales, by, interval
        As for :func:`~annotate.agreement.measure`; the annotators are fixed.

    Returns
    -------
    DataFrame
        Two rows for each group and variable, ``spearman`` and ``kendall_w``: source (None for the whole table), further
        ``by`` columns, variable, level, coefficient, value, ci_low, ci_high, interval, chi_square, df and p_value (of W:
        whether annotators rank at random, by chi-square, which is for seven items and more), n_items, n_annotators,
        n_pairs (of Spearman's; 0 for W), undefined. Spearman's is the mean over the pairs of annotators who rated three items together, on
        these items, and n_items are those with two ratings or more; a pair in which one used a single category is left
        out, and not in n_pairs. W is over the items that every annotator rated.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.agreement.measure`.

    """
    interval = interval.with_annotators_fixed()
    columns = group_columns(by)
    rows: list[tuple[Group, dict[str, object]]] = []
    for groups in tally_patterns(
        ratings, by=columns, scales=scales, assignments=True, cluster=interval.cluster
    ):
        for one in groups:
            rows += [(one.group, row) for row in _rows(one, interval)]
    return tidy(rows, columns, COLUMNS)


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Who chose what, and which pairs of annotators met often enough."""

    patterns: Assignments
    pairs: tuple[tuple[int, int], ...]
    complete: IntArray  # patterns that every annotator rated

    def spearman(self, samples: FloatArray) -> FloatArray:
        """The mean correlation over the pairs that have one in a sample (S,), NaN where none has."""
        total, number = self._over_pairs(samples)
        return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan), dtype=float)

    def n_told(self, whole: FloatArray) -> int:
        """How many pairs have a correlation in the whole table."""
        return int(self._over_pairs(whole)[1][0])

    def _over_pairs(self, samples: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The sum of the correlations over pairs, and how many there are (S,)."""
        total, number = np.zeros(len(samples)), np.zeros(len(samples))
        for pair in self.pairs:
            codes = self.patterns.codes[:, pair]
            both = np.flatnonzero((codes != NONE).all(axis=1))
            one, other = (self._ranks(codes[both, side], samples[:, both]) for side in (0, 1))
            drawn = samples[:, both]
            spread = (drawn * one**2).sum(axis=1) * (drawn * other**2).sum(axis=1)
            shared = (drawn * one * other).sum(axis=1)
            total += np.where(spread > 0, shared / np.sqrt(np.where(spread > 0, spread, 1.0)), 0.0)
            number += spread > 0
        return total, number

    def kendall_w(self, samples: FloatArray) -> FloatArray:
        """W with ties (S,), NaN where nobody tells items apart.

        The sum of squared rank sums over the most that it can be, m times the sum of all squared ranks from their mean.
        """
        drawn, codes = samples[:, self.complete], self.patterns.codes[self.complete]
        together, alone = np.zeros_like(drawn), np.zeros(len(samples))
        for chosen in codes.T:
            ranks = self._ranks(chosen, drawn)
            together += ranks
            alone += (drawn * ranks**2).sum(axis=1)
        most = codes.shape[1] * alone
        found = (drawn * together**2).sum(axis=1)
        return np.asarray(np.where(most > 0, found / np.where(most > 0, most, 1.0), np.nan), dtype=float)

    def _ranks(self, chosen: IntArray, samples: FloatArray) -> FloatArray:
        """Mid-ranks less their mean, of each pattern (S x P)."""
        used, place = np.unique(chosen, return_inverse=True)
        counts = samples @ (place[:, None] == np.arange(len(used))).astype(float)
        middle = np.cumsum(counts, axis=1) - counts / 2 - counts.sum(axis=1, keepdims=True) / 2
        return np.asarray(middle[:, place], dtype=float)


def _rows(group: GroupPatterns, interval: Interval) -> list[dict[str, object]]:
    patterns = group.assignments
    assert patterns is not None  # noqa: S101 (asked for above)
    rated = (patterns.codes != NONE).astype(np.int64)
    shared = rated.T @ (rated * patterns.n[:, None])
    people = len(patterns.annotators)
    pairs = tuple([pair for pair in combinations(range(people), 2) if shared[pair] >= _SHARED])
    ranked = _Ranked(patterns, pairs, np.flatnonzero(rated.all(axis=1)))
    n_complete = int(patterns.n[ranked.complete].sum())
    whole = patterns.n[None, :].astype(float)
    has_order = patterns.level not in UNORDERED
    reasons: dict[str, str | None] = dict.fromkeys(COEFFICIENTS, None if has_order else NO_ORDER)
    if has_order:
        nobody = NOTHING_PAIRABLE if patterns.n_pairable_items == 0 else None
        reasons["spearman"] = nobody or (None if pairs else FEW_SHARED)
        reasons["kendall_w"] = nobody or (None if n_complete >= _SHARED else FEW_COMPLETE)
    values = dict.fromkeys(COEFFICIENTS, math.nan)
    for name, tied in (("spearman", ONE_RANK), ("kendall_w", ALL_TIED)):
        if reasons[name] is None:
            values[name] = float(getattr(ranked, name)(whole)[0])
            reasons[name] = tied if math.isnan(values[name]) else None
    limits = _limits(ranked, values, interval, generator(interval.seed, group.variable, group.names))
    n_items = {"spearman": patterns.n_pairable_items, "kendall_w": n_complete}
    return [
        {
            "variable": group.variable,
            "level": patterns.level,
            "coefficient": name,
            "value": values[name],
            "ci_low": limits[name].low,
            "ci_high": limits[name].high,
            "interval": limits[name].how,
            **(_tested(values[name], people, n_complete) if name == "kendall_w" else _tested(math.nan, 0, 0)),
            "n_items": n_items[name],
            "n_annotators": people,
            "n_pairs": ranked.n_told(whole) if name == "spearman" and has_order else 0,
            "undefined": reasons[name],
        }
        for name in COEFFICIENTS
    ]


def _tested(value: float, people: int, items: int) -> dict[str, object]:
    """The chi-square of W, with one degree of freedom less than items."""
    from scipy.special import chdtrc

    if math.isnan(value):
        return {"chi_square": math.nan, "df": None, "p_value": math.nan}
    statistic = people * (items - 1) * value
    return {"chi_square": statistic, "df": items - 1, "p_value": float(chdtrc(items - 1, statistic))}


def _limits(
    ranked: _Ranked, values: Mapping[str, float], interval: Interval, rng: np.random.Generator
) -> dict[str, Limits]:
    """The interval of each coefficient that is defined."""
    found = dict.fromkeys(COEFFICIENTS, Limits())
    defined = [name for name in COEFFICIENTS if not math.isnan(values[name])]
    units = ranked.patterns.units.drawable()
    if not defined or units.number < PAIR or interval.kind == "none":
        return found

    def compute(samples: Samples) -> FloatArray:
        drawn = np.asarray(samples, dtype=float)
        return np.array([getattr(ranked, name)(drawn) for name in defined])

    measured = Measured(
        names=tuple(defined),
        level=ranked.patterns.level,
        units=units,
        values=np.array([values[name] for name in defined]),
        lowest=np.array([{"spearman": -1.0, "kendall_w": 0.0}[name] for name in defined]),
        compute=compute,
    )
    kind = interval.kind_over(clusters=units.rows is not None)
    over = units.over if units.rows is not None else f"{units.number} {units.over}"
    for name, limits in zip(defined, KINDS[kind](measured, interval, rng), strict=True):
        flat = limits.how is not None and limits.high - limits.low <= _NO_WIDTH
        found[name] = (
            all_alike(values[name], 0.0, units.number, over, interval.confidence) if flat else limits
        )
    return found
