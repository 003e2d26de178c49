"""Coders of kinds, such as experts and lay people, or people and a machine: agreement within and between them.

Agreement of one kind is that of any group of annotators. Between two kinds it is the cross-kappa of Wong, Paritosh &
Aroyo (2021, Cross-replication reliability, ACL, pp. 7053-7065): one less the mean distance of two ratings of an item, one
from either kind, over that of any two ratings, one from either kind. Of one coder a kind it is Cohen's kappa, with the
distance of the level for weights.

Whether one kind agrees better than the other is tested on the items that both rated twice or more. Two coefficients of
the same items are correlated, so their difference is tested as one thing: it is linear in the items, as nearly as each
coefficient is, and so a paired t-test (Gwet 2016, Testing the difference of correlated agreement coefficients for
statistical significance, Educational and Psychological Measurement 76, pp. 609-637). Where documents are known, what
their items contribute is summed before it is squared.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement._compare import check_correction, correct
from annotate.agreement._estimate import KINDS, sampled
from annotate.agreement.analytic import scores
from annotate.agreement.intervals import Limits, Measured, degrees, variances
from annotate.agreement.registry import DEFAULT, Coefficient, select
from annotate.agreement.rows import tidy
from annotate.codebook.scale import Scale
from annotate.counts.distance import distances_between
from annotate.counts.groups import GroupPatterns, group_columns, tally_patterns
from annotate.counts.patterns import PAIR, Assignments, assign
from annotate.counts.samples import Samples
from annotate.errors import StatisticsError, TableError
from annotate.frames import read_frame
from annotate.sampling import FloatArray, IntArray, Interval, generator

WITHIN, BETWEEN, DIFFERENCE = "within", "between", "difference"
CROSS = "cross_kappa"
NOT_TWICE = "the two kinds share fewer than two items that both rated twice"
NOT_BOTH = "the two kinds share fewer than two items"
NO_VARIANCE = "the difference does not vary over the items"
_NOTHING = 1e-18  # a variance below this is 0, but for the rounding of derivatives

COLUMNS = {
    **dict.fromkeys(("variable", "level", "comparison", "kind", "other", "coefficient"), "object"),
    **dict.fromkeys(("value", "ci_low", "ci_high"), "float64"),
    "interval": "object",
    **dict.fromkeys(("value_kind", "value_other", "statistic", "p_value", "p_adjusted"), "float64"),
    **dict.fromkeys(("n_items", "n_annotators"), "int64"),
    "undefined": "object",
}


@dataclass(frozen=True, eq=False)
class Kinds:
    """What is asked of one variable in one group, and its items by who chose what."""

    patterns: Assignments
    members: Mapping[str, IntArray]
    interval: Interval
    stream: tuple[object, ...]

    def of(
        self, *kinds: str, where: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None" = None
    ) -> Assignments:
        """The same patterns with the choices of some kinds alone, of all items or of those ``where`` it holds."""
        columns = np.concatenate([self.members[kind] for kind in kinds])
        names = [self.patterns.annotators[column] for column in columns]
        n = self.patterns.n if where is None else self.patterns.n * where
        found = assign(self.patterns.scale, names, self.patterns.codes[:, columns], n)
        if self.patterns.clusters is None:
            return found
        units = replace(self.patterns.clusters, ratings=found.ratings)
        if where is not None and units.rows is not None:
            units = replace(units, rows=units.rows.multiply(where[None, :]).tocsr())
        return replace(found, clusters=units)

    def limits(
        self, patterns: Assignments, name: str, value: float, compute: Callable[[Samples], FloatArray]
    ) -> Limits:
        """The interval of one figure."""
        measured = measured_of(patterns, name, value, compute)
        if measured.units.number < PAIR or self.interval.kind == "none" or math.isnan(value):
            return Limits()
        kind = self.interval.kind_over(clusters=measured.units.rows is not None)
        kind = "jackknife" if kind == "log_jackknife" and name == DIFFERENCE else kind
        return KINDS[kind](measured, self.interval, generator(self.interval.seed, *self.stream, name))[0]


def measured_of(
    patterns: Assignments, name: str, value: float, compute: Callable[[Samples], FloatArray]
) -> Measured:
    """One figure of these patterns, as intervals are made of."""
    return Measured(
        (name,),
        patterns.level,
        patterns.units.drawable(),
        np.array([value]),
        np.array([-np.inf]),
        lambda samples: compute(np.asarray(samples))[None, :],
    )


def kinds(
    ratings: IntoFrame,
    kind_of: Mapping[str, str],
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    coefficients: str | Sequence[str] = DEFAULT,
    correction: str = "holm",
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure agreement within and between kinds of annotators, and test which agree better on the same items.

    Parameters
    ----------
    ratings, scales, by, coefficients, interval
        As for :func:`~annotate.agreement.measure`.
    kind_of
        The kind of each annotator; each has one.
    correction
        Of the p-values over the pairs of kinds, for one variable and coefficient, see :func:`~annotate.agreement.compare`.

    Returns
    -------
    DataFrame
        source (None for the whole table), further ``by`` columns, variable, level, comparison, kind, other (None
        within), coefficient, value, ci_low, ci_high, interval, value_kind and value_other (of a difference: the two
        coefficients, on the shared items), statistic (t), p_value (two-sided), p_adjusted, n_items (that the row rests on),
        n_annotators, undefined.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.agreement.measure`; and if an annotator has no kind, or there is one kind alone.

    """
    asked, columns = select(coefficients), group_columns(by)
    check_correction(correction)
    rows = []
    tallied = tally_patterns(ratings, by=columns, scales=scales, assignments=True, cluster=interval.cluster)
    for groups in tallied:
        for one in groups:
            rows += [(one.group, row) for row in _rows(one, kind_of, asked, correction, interval)]
    return tidy(rows, columns, COLUMNS)


def read_kinds(path: Path, column: str | None = None) -> dict[str, str]:
    """Read the kind of each annotator from a table: a column ``annotator``, and one that tells kinds.

    Parameters
    ----------
    path
        ``.csv`` or ``.parquet``.
    column
        Which column tells the kinds; it may be left out where there is one besides ``annotator``.

    Raises
    ------
    TableError
        If a column is missing, an annotator has no kind, or stands in two rows.

    """
    table = read_frame(path)
    others = [str(name) for name in table.columns if name != "annotator"]
    told = column or (others[0] if len(others) == 1 else None)
    if "annotator" not in table.columns or told not in others:
        asked = f"no column {column}" if column else "say which column tells the kinds"
        raise TableError(
            f"{path}: {'no column annotator' if len(others) == len(table.columns) else asked}; "
            f"the table has {', '.join(map(str, table.columns))}"
        )
    names = table["annotator"].astype("str").str.strip()
    said = table[told].astype("str").str.strip()
    empty = names[table[told].isna() | (said == "")]
    if len(empty):
        raise TableError(f"{path}: annotator {empty.iloc[0]} has no {told}; say one for each")
    twice = names[names.duplicated()]
    if len(twice):
        raise TableError(f"{path}: annotator {twice.iloc[0]} stands in two rows; keep one")
    return dict(zip(names.tolist(), said.tolist(), strict=True))


def _rows(
    group: GroupPatterns,
    kind_of: object,
    asked: Sequence[Coefficient],
    correction: str,
    interval: Interval,
) -> list[dict[str, object]]:
    patterns = group.assignments
    if patterns is None:
        raise StatisticsError(f"variable {group.variable}: who chose what is not known")
    if not isinstance(kind_of, Mapping):
        raise StatisticsError(
            f'kind_of: {kind_of!r} does not say what each annotator is; write {{"A1": "expert", "A2": "other"}}'
        )
    lost = [name for name in patterns.annotators if name not in kind_of]
    if lost:
        raise StatisticsError(
            f"annotator {lost[0]} has no kind ({len(lost)} have none); give each annotator one"
        )
    named = sorted({kind_of[name] for name in patterns.annotators})
    members = {
        kind: np.flatnonzero([kind_of[name] == kind for name in patterns.annotators]) for kind in named
    }
    of = Kinds(patterns, members, interval, (group.variable, group.names))
    shared = {"variable": group.variable, "level": patterns.level}
    rows = [shared | row for kind in named for row in _within(of, kind, asked)]
    for kind, other in combinations(named, 2):
        rows.append(shared | _between(of, kind, other))
    differences = [
        shared | _difference(of, kind, other, one) for one in asked for kind, other in combinations(named, 2)
    ]
    for one in asked:
        family = [row for row in differences if row["coefficient"] == one.name]
        p_values = np.array([row["p_value"] for row in family], dtype=float)
        for row, adjusted in zip(family, correct(p_values, correction).tolist(), strict=True):
            row["p_adjusted"] = adjusted
    return rows + differences


def _row(
    comparison: str, kind: str, other: str | None, coefficient: str, **figures: object
) -> dict[str, object]:
    nan = float("nan")
    empty = dict.fromkeys(name for name, of in COLUMNS.items() if of == "float64")
    row: dict[str, object] = {**dict.fromkeys(empty, nan), "interval": None, "undefined": None}
    return row | {
        "comparison": comparison,
        "kind": kind,
        "other": other,
        "coefficient": coefficient,
        **figures,
    }


def _within(of: Kinds, kind: str, asked: Sequence[Coefficient]) -> Iterator[dict[str, object]]:
    from annotate.agreement._estimate import estimate

    patterns = of.of(kind)
    stream = generator(of.interval.seed, *of.stream, kind)
    counts = {"n_items": patterns.n_pairable_items, "n_annotators": len(patterns.annotators)}
    for found in estimate(patterns, [one.name for one in asked], of.interval, rng=stream):
        yield _row(
            WITHIN,
            kind,
            None,
            found.coefficient,
            value=found.value,
            ci_low=found.ci_low,
            ci_high=found.ci_high,
            interval=found.interval,
            undefined=found.undefined,
            **counts,
        )


def _between(of: Kinds, kind: str, other: str) -> dict[str, object]:
    first, second = of.of(kind), of.of(other)
    both = (first.ratings > 0) & (second.ratings > 0)
    patterns = of.of(kind, other, where=both)
    people = len(patterns.annotators)
    items = int(patterns.n.sum())
    if items < PAIR:
        return _row(BETWEEN, kind, other, CROSS, n_items=items, n_annotators=people, undefined=NOT_BOTH)
    compute = cross(first, second, both)
    value = float(compute(patterns.n[None, :].astype(float))[0])
    undefined = "only one category was used" if math.isnan(value) else None
    limits = of.limits(patterns, CROSS, value, compute)
    return _row(
        BETWEEN,
        kind,
        other,
        CROSS,
        value=value,
        ci_low=limits.low,
        ci_high=limits.high,
        interval=limits.how,
        n_items=items,
        n_annotators=people,
        undefined=undefined,
    )


def cross(
    first: Assignments, second: Assignments, both: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"
) -> Callable[[Samples], FloatArray]:
    """The cross-kappa of two kinds on samples of the patterns that ``both`` rated (P,)."""
    here, there = (np.asarray(_dense(one.counts), dtype=float) for one in (first, second))
    distances = distances_between(first.scale, (first.n * both) @ (here + there))
    pairs = np.where(both, first.ratings * second.ratings, 1).astype(float)
    apart = (here @ distances * there).sum(axis=1) / pairs * both
    here, there = here * both[:, None], there * both[:, None]

    def compute(samples: Samples) -> FloatArray:
        items = samples @ both.astype(float)
        one, two = samples @ here, samples @ there
        chance = (one @ distances * two).sum(axis=1) / np.maximum(one.sum(axis=1) * two.sum(axis=1), 1e-300)
        observed = samples @ apart / np.maximum(items, 1e-300)
        return np.asarray(
            np.where(chance > 0, 1 - observed / np.where(chance > 0, chance, 1.0), np.nan), dtype=float
        )

    return compute


def distances_of(patterns: Assignments, n: IntArray) -> FloatArray:
    """The distances (K x K) of the level; ``n`` (P,) are the items that ordinal ones go by."""
    return distances_between(patterns.scale, n @ _dense(patterns.counts))


def _dense(counts: Any) -> Any:
    return counts.toarray() if hasattr(counts, "toarray") else counts


def _difference(of: Kinds, kind: str, other: str, coefficient: Coefficient) -> dict[str, object]:
    twice = (of.of(kind).ratings >= PAIR) & (of.of(other).ratings >= PAIR)
    first, second = of.of(kind, where=twice), of.of(other, where=twice)
    people, items = len(first.annotators) + len(second.annotators), first.n_pairable_items
    row = _row(DIFFERENCE, kind, other, coefficient.name, n_items=items, n_annotators=people)
    unfit = coefficient.unfit(first) or coefficient.unfit(second)
    if unfit or items < PAIR:
        return row | {"undefined": unfit or NOT_TWICE}

    def compute(samples: Samples) -> FloatArray:
        here, there = (sampled(coefficient, one, np.asarray(samples)).value for one in (first, second))
        return np.asarray(here - there, dtype=float)

    alike = first.n[None, :].astype(float)
    settled = [sampled(coefficient, one, alike) for one in (first, second)]
    values = [float(one.value[0]) for one in settled]
    undefined = settled[0].undefined[0] or settled[1].undefined[0]
    if undefined is not None:
        return row | {"undefined": undefined}
    value = values[0] - values[1]
    measured = measured_of(first, DIFFERENCE, value, compute)
    limits = of.limits(first, DIFFERENCE, value, compute)
    row |= {
        "value": value,
        "ci_low": limits.low,
        "ci_high": limits.high,
        "interval": limits.how,
        "value_kind": values[0],
        "value_other": values[1],
    }
    statistic, p_value = paired(measured)
    if math.isnan(p_value):
        return row | {"undefined": NO_VARIANCE}
    return row | {"statistic": statistic, "p_value": p_value}


def paired(measured: Measured) -> tuple[float, float]:
    """Gwet's t of a difference and its two-sided p-value; NaN where nothing varies.

    The linear part of alpha is taken without its correction for few ratings, which Gwet keeps: of N ratings his standard
    error is ``1 - 1 / N`` times this one.
    """
    from scipy.special import stdtr

    variance = float(variances(measured.units, scores(measured))[0])
    if not variance > _NOTHING:
        return float("nan"), float("nan")
    statistic = float(np.squeeze(measured.values)) / math.sqrt(variance)
    freedom = degrees(measured)
    return statistic, float(2 * stdtr(freedom, -abs(statistic)))
