"""Agreement of a table of ratings: every variable, for the whole table and by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement._estimate import SPECIFIC, by_category, estimate, offered
from annotate.agreement.benchmark import benchmark_of, thresholds, with_benchmark
from annotate.agreement.registry import DEFAULT, Coefficient, chosen_cells, chosen_columns, select
from annotate.agreement.result import Estimate
from annotate.agreement.rows import tidy
from annotate.codebook.scale import Scale
from annotate.counts.groups import GroupPatterns, group_columns, tally_patterns
from annotate.counts.kernels import one_thread
from annotate.errors import StatisticsError
from annotate.sampling import ITEMS, Interval, generator

if TYPE_CHECKING:
    from annotate.counts.patterns import Patterns

COUNTS = ("n_items", "n_pairable_items", "n_ratings", "n_annotators")
TEXT = ("category", "variable", "level", "coefficient", "weights", "distance", "interval", "undefined")
CLUSTERED = {"n_clusters": "int64", "design_effect": "float64"}
_BESIDE = ("coefficient", "undefined", "below", *CLUSTERED)
_MEASURED = [field.name for field in fields(Estimate) if field.name not in _BESIDE]
COLUMNS = ("variable", "level", "coefficient", *_MEASURED, *COUNTS, "undefined")


@dataclass(frozen=True)
class _Plan:
    """What is to be computed of every group of a variable."""

    by: tuple[str, ...]
    chosen: tuple[Coefficient, ...]
    scales: Mapping[str, Scale]
    per_category: bool
    interval: Interval

    @property
    def extra(self) -> tuple[str, ...]:
        """Columns that stand in the result only where they were asked for."""
        category = ("category",) if self.per_category else ()
        return (*category, *chosen_columns(self.chosen, self.scales.values()))

    def columns(self, *, clustered: bool) -> dict[str, str]:
        """The columns of the result in their order, with the dtype of each."""
        chances = list(_chances(self.interval.below))
        before = {
            "coefficient": ["category"],
            "value": ["weights", "distance"],
            "n_items": [*chances, *CLUSTERED],
        }
        names = [name for column in COLUMNS for name in (*before.get(column, ()), column)]
        kinds = {**dict.fromkeys(TEXT, "object"), **dict.fromkeys(COUNTS, "int64"), **CLUSTERED}
        wanted = {*COLUMNS, *self.extra, *chances, *(CLUSTERED if clustered else ())}
        return {name: kinds.get(name, "float64") for name in names if name in wanted}

    def names(self, takes: str) -> list[str]:
        """The coefficients that take counts, or assignments."""
        return [one.name for one in self.chosen if one.takes == takes]


def measure(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    coefficients: str | Sequence[str] = DEFAULT,
    per_category: bool = False,
    interval: Interval = Interval(),
    benchmark: str | None = None,
) -> pd.DataFrame:
    """Measure how well annotators agree.

    Parameters
    ----------
    ratings
        One row a judgement: item, annotator, variable, category, and the columns of ``by``. A frame of
        pandas, polars, Spark, or a DuckDB relation; of the last two only small tables are brought home.
    scales
        How each variable is measured; their order is the order of the variables in the result.
    by
        A column, or columns, to group by, such as ``"source"``. The whole table comes first, with None in them.
    coefficients
        Names, see :data:`~annotate.agreement.registry.COEFFICIENTS`; ``"all"`` for all. One that a variable
        or a group does not fit is undefined there, with the reason.
    per_category
        Whether to add each category against the rest, see :func:`~annotate.agreement.by_category`.
    interval
        How sure one wants to be, and what is drawn: documents where they are known, items otherwise; the annotators
        are fixed, unless ``resample`` says to take them as a sample as well.
    benchmark
        A scale of words for coefficients, see :data:`~annotate.agreement.benchmark.BENCHMARKS`: a convention.

    Returns
    -------
    DataFrame
        One row for each group, variable and coefficient: source (None for the whole table), further
        ``by`` columns, variable, level, coefficient, value, observed, expected (NaN for percent
        agreement, which knows no chance), ci_low, ci_high, interval (what it is, or None), n_items (with
        a rating), n_pairable_items (with two or more), n_ratings, n_annotators, undefined (None, or why
        ``value`` is NaN). Nothing is rounded. With ``per_category`` a column category stands before
        coefficient (None for the whole variable); where something may be weighed, because ``weights``
        are given or AC2 is asked for, a column weights after it (None where weights do not apply), and where a distance
        is given a column distance. Where
        clusters are drawn, n_clusters (with an item that can be paired) and design_effect (how many times the
        variance is that over items) stand before n_items; and before them, for each threshold of ``interval.below``, how
        likely the coefficient is to be below it, such as p_below_0.667 (Krippendorff 2019, ch. 12, on what to conclude).
        With a ``benchmark``, also what :func:`~annotate.agreement.benchmark.with_benchmark` adds.

    Raises
    ------
    TableError
        If a column is missing, a cell is blank or the table is empty.
    StatisticsError
        If a coefficient is not known, a variable has no scale, a category is not a declared one, a number or a set is not one, or an annotator rated an item twice.

    """
    chosen = tuple(select(coefficients))
    columns = group_columns(by)
    for column in columns:
        if column in COLUMNS:
            raise StatisticsError(f"cannot group by {column}: the result has a column {column}; rename it")
    ranges = None if benchmark is None else benchmark_of(benchmark)
    drawn = interval if ranges is None else replace(interval, below=thresholds(interval, ranges))
    plan = _Plan(columns, chosen, scales, per_category, drawn)
    tallied = tally_patterns(
        ratings,
        by=columns,
        scales=scales,
        assignments=bool(plan.names("assignments")) or interval.resample != ITEMS,
        cluster=interval.cluster,
    )
    with one_thread():
        rows = [(group.group, row) for groups in tallied for group in groups for row in _rows(plan, group)]
    clustered = any(row["n_clusters"] is not None for _, row in rows)
    found = tidy(rows, columns, plan.columns(clustered=clustered))
    return found if ranges is None else with_benchmark(found, ranges, interval.below)


def _rows(plan: _Plan, group: GroupPatterns) -> list[dict[str, object]]:
    """The rows of a variable in one group: the whole first, then its categories."""
    taken: dict[str, Patterns] = {"counts": group.patterns}
    if group.assignments and plan.names("assignments"):
        taken["assignments"] = group.assignments
    found: dict[str | None, dict[str, Estimate]] = {None: {}}
    for takes, counted in taken.items():
        stream = (plan.interval.seed, group.variable, group.names)
        who = None if plan.interval.resample == ITEMS else group.assignments
        asked = plan.names(takes)
        if asked:
            estimates = estimate(counted, asked, plan.interval, rng=generator(*stream), known=who)
            found[None].update((one.coefficient, one) for one in estimates)
        if plan.per_category:
            names = plan.scales[group.variable].categories or offered(counted)
            rngs = {name: generator(*stream, name) for name in names}
            of_each = by_category(counted, asked, plan.interval, categories=names, rngs=rngs, known=who)
            for category, ones in of_each.items():
                of_category = found.setdefault(category, {})
                for one in ones:
                    of_category.setdefault(one.coefficient, one)  # specific agreement is of counts
    order = [SPECIFIC, *(one.name for one in plan.chosen)]
    return [
        _row(group, category, ones[name], plan.interval.below)
        for category, ones in found.items()
        for name in dict.fromkeys(order)
        if name in ones
    ]


def _chances(below: Sequence[float]) -> list[str]:
    """The columns that tell how likely a coefficient is to be below each threshold."""
    return [f"p_below_{threshold:g}" for threshold in below]


def _row(
    group: GroupPatterns, category: str | None, found: Estimate, below: Sequence[float]
) -> dict[str, object]:
    patterns = group.patterns
    # One category and the rest are nominal.
    scale = patterns.scale if category is None else Scale("nominal")
    return {
        "variable": group.variable,
        "level": scale.level,
        "category": category,
        **vars(found),
        **dict(zip(_chances(below), found.below or (float("nan"),) * len(below), strict=True)),
        **chosen_cells(found.coefficient, scale),
        "n_clusters": None if patterns.clusters is None else patterns.clusters.number,
        "n_items": patterns.n_items,
        "n_pairable_items": patterns.n_pairable_items,
        "n_ratings": patterns.n_ratings,
        "n_annotators": group.n_annotators,
    }
