"""Agreement of a table of ratings: every variable, for the whole table and by group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement.assignments import Assignments, assign
from annotate.agreement.by_category import SPECIFIC, by_category, offered
from annotate.agreement.distance import check_set_distance
from annotate.agreement.estimate import check_interval, estimate
from annotate.agreement.patterns import Patterns
from annotate.agreement.registry import COEFFICIENTS, DEFAULT, Coefficient, select
from annotate.agreement.result import Estimate
from annotate.agreement.scale import MisfitError, Scale, check_level, scale
from annotate.agreement.weights import BY_LEVEL, check_weights
from annotate.engine import ROW, Group, RatingsTable, Tally, open_table, sort_groups
from annotate.errors import StatisticsError
from annotate.resampling import generator

if TYPE_CHECKING:
    from annotate.codebook import Level

COUNTS = ("n_items", "n_pairable_items", "n_ratings", "n_annotators")
TEXT = ("category", "variable", "level", "coefficient", "weights", "interval", "undefined")
_MEASURED = [field.name for field in fields(Estimate) if field.name not in ("coefficient", "undefined")]
COLUMNS = ("variable", "level", "coefficient", *_MEASURED, *COUNTS, "undefined")


@dataclass(frozen=True)
class _Plan:
    """What is to be computed of every group of a variable."""

    by: tuple[str, ...]
    chosen: tuple[Coefficient, ...]
    weights: str | None
    set_distance: str
    per_category: bool
    seed: int
    interval: Mapping[str, Any]  # settings of the interval, handed on as they are

    @property
    def extra(self) -> tuple[str, ...]:
        """Columns that stand in the result only where they were asked for."""
        weighs = self.weights or any(one.weights is BY_LEVEL for one in self.chosen)
        return (*(("category",) if self.per_category else ()), *(("weights",) if weighs else ()))

    def names(self, takes: str) -> list[str]:
        """The coefficients that take counts, or assignments."""
        return [one.name for one in self.chosen if one.takes == takes]


def measure(
    ratings: IntoFrame,
    *,
    by: Sequence[str] = (),
    coefficients: str | Sequence[str] = DEFAULT,
    level: Mapping[str, "Level"],
    categories: Mapping[str, Sequence[str]] | None = None,
    weights: str | None = None,
    set_distance: str = "masi",
    per_category: bool = False,
    interval: str = "percentile",
    replicates: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure how well annotators agree.

    Parameters
    ----------
    ratings
        One row a judgement: item, annotator, variable, category, and the columns of ``by``. A frame of
        pandas, polars, Spark, or a DuckDB relation; of the last two only small tables are brought home.
    by
        Columns to group by, such as ``("source",)``. The whole table comes first, with None in them.
    coefficients
        Names, see :data:`~annotate.agreement.registry.COEFFICIENTS`; ``"all"`` for all. One that a variable
        or a group does not fit is undefined there, with the reason.
    level
        The level of measurement of each variable; its order is the order of the variables in the result.
    categories
        The categories that a variable offers, in order; of a set-valued variable, what a set may hold.
        Ordinal variables need them. K of AC1 is their number; without them, the number used in the table.
    weights
        ``identity``, ``linear``, ``quadratic`` or ``ordinal``, for the kappas, Brennan-Prediger and AC2, see
        :mod:`annotate.agreement.weights`; None for identity, and for AC2 what the level asks for.
    set_distance
        How alpha measures between sets: ``masi`` or ``jaccard``.
    per_category
        Whether to add each category against the rest, see :func:`~annotate.agreement.by_category`.
    interval, replicates, confidence, seed
        Of the interval, see :func:`~annotate.agreement.estimate`. The same seed gives the same digits on
        every engine, and a group's digits do not depend on the other groups.

    Returns
    -------
    DataFrame
        One row for each group, variable and coefficient: source (None for the whole table), further
        ``by`` columns, variable, level, coefficient, value, observed, expected (NaN for percent
        agreement, which knows no chance), ci_low, ci_high, interval (what it is, or None), n_items (with
        a rating), n_pairable_items (with two or more), n_ratings, n_annotators, undefined (None, or why
        ``value`` is NaN). Nothing is rounded. With ``per_category`` a column category stands before
        coefficient (None for the whole variable); where something may be weighed, because ``weights``
        are given or AC2 is asked for, a column weights after it (None where weights do not apply).

    Raises
    ------
    TableError
        If a column is missing, a cell is blank or the table is empty.
    StatisticsError
        If a coefficient, a level, weights or another setting is not known, a category is not what was
        declared, a number or a set is none, or an annotator rated an item twice.

    """
    chosen = tuple(select(coefficients))
    check_weights(weights)
    check_set_distance(set_distance)
    check_interval(replicates, confidence, interval)
    if seed < 0:
        raise StatisticsError(f"seed: {seed} is below 0; any whole number from 0 will do")
    by = tuple(dict.fromkeys(by))
    for column in by:
        if column in COLUMNS and column not in ROW:
            raise StatisticsError(f"cannot group by {column}: the result has a column {column}; rename it")
    limits = {"interval": interval, "replicates": replicates, "confidence": confidence}
    plan = _Plan(by, chosen, weights, set_distance, per_category, seed, limits)
    found = reduce_table(
        ratings,
        by=by,
        level=level,
        categories=categories,
        assignments=bool(plan.names("assignments")),
        weights=weights,
        set_distance=set_distance,
    )
    rows: dict[Group, list[dict[str, object]]] = {}
    for variable, tally, patterns, assignments in found:
        declared = tuple((categories or {}).get(variable) or ())
        taken = {"counts": patterns, **({"assignments": assignments} if assignments else {})}
        rows.setdefault(tally.group, []).extend(_rows(plan, variable, declared, tally, taken))
    groups = list(rows)
    return _frame([row for index in sort_groups(groups) for row in rows[groups[index]]], plan)


def reduce_table(
    ratings: IntoFrame,
    *,
    by: Sequence[str],
    level: Mapping[str, "Level"],
    categories: Mapping[str, Sequence[str]] | None,
    assignments: bool,
    **given: Any,
) -> Iterator[tuple[str, Tally, Patterns, Assignments | None]]:
    """Reduce a table of ratings: variable by variable, the whole table first, then its groups.

    The variables come in the order of ``level``; ``assignments`` asks for who chose what as well, and
    ``given`` are the weights and the distance of sets. What the table is refused for, :func:`measure` says.
    """
    for column in by:
        if column in ROW:
            raise StatisticsError(
                f"cannot group by {column}: agreement is between annotators over items, on a variable"
            )
    table = open_table(ratings, by)
    used = table.variables()
    levels = {variable: check_level(variable, level.get(variable)) for variable in used}
    for variable in sorted(used, key=list(level).index):
        own, declared = levels[variable], tuple((categories or {}).get(variable) or ())
        placed = _place(table, variable, own, used[variable], declared)
        where = (variable, placed.columns, len(placed.categories))
        tallies = table.tallies(*where)
        choices = table.assignments(*where) if assignments else [None] * len(tallies)
        for tally, choice in zip(tallies, choices, strict=True):
            patterns = Patterns(placed.categories, tally.counts, tally.n_items, own, **given)
            assigned = None
            if choice is not None:
                who = (choice.annotators, choice.codes, choice.n_items)
                assigned = assign(placed.categories, *who, own, **given)
            yield variable, tally, patterns, assigned


def _rows(
    plan: _Plan, variable: str, declared: Sequence[str], tally: Tally, patterns: Mapping[str, Patterns]
) -> list[dict[str, object]]:
    """The rows of a variable in one group: the whole first, then its categories."""
    group = [
        [column, str(value)] for column, value in zip(plan.by, tally.group, strict=True) if value is not None
    ]
    found: dict[str | None, dict[str, Estimate]] = {None: {}}
    for takes, counted in patterns.items():
        rng = generator(plan.seed, variable, group)
        estimates = estimate(counted, plan.names(takes), rng=rng, **plan.interval)
        found[None].update((one.coefficient, one) for one in estimates)
        if plan.per_category:
            names = tuple(declared) or offered(counted)
            rngs = {name: generator(plan.seed, variable, group, name) for name in names}
            of_each = by_category(counted, plan.names(takes), categories=names, rngs=rngs, **plan.interval)
            for category, ones in of_each.items():
                of_category = found.setdefault(category, {})
                for one in ones:
                    of_category.setdefault(one.coefficient, one)  # specific agreement is of counts
    order = [SPECIFIC, *(one.name for one in plan.chosen)]
    return [
        _row(plan, variable, tally, patterns["counts"], category, ones[name])
        for category, ones in found.items()
        for name in dict.fromkeys(order)
        if name in ones
    ]


def _place(
    table: RatingsTable, variable: str, level: "Level", used: Sequence[str], declared: Sequence[str]
) -> Scale:
    """Place the categories used, after a look whether the judgements can be counted at all."""
    twice = table.repeated(variable)
    if twice:
        msg = (
            f"item {twice[0]}, annotator {twice[1]}, variable {variable}: rated more than once; "
            "agreement takes one rating an annotator and item, so keep one (of several rounds, one round)"
        )
        raise StatisticsError(msg)
    try:
        return scale(variable, level, used, declared)
    except MisfitError as misfit:
        if misfit.category not in used:
            raise StatisticsError(f"variable {variable}: declared category {misfit}") from misfit
        item, annotator = table.locate(variable, misfit.category)
        msg = f"item {item}, annotator {annotator}, variable {variable}: {misfit}"
        raise StatisticsError(msg) from misfit


def _row(
    plan: _Plan, variable: str, tally: Tally, patterns: Patterns, category: str | None, found: Estimate
) -> dict[str, object]:
    level = patterns.level if category is None else "nominal"  # one category and the rest
    weights = plan.weights if category is None else None
    weighed = (
        COEFFICIENTS[found.coefficient].weighs_with(level, weights)
        if found.coefficient in COEFFICIENTS
        else None
    )
    return {
        "source": None,
        **dict(zip(plan.by, tally.group, strict=True)),
        "variable": variable,
        "level": level,
        "category": category,
        **vars(found),
        "weights": weighed,
        "n_items": patterns.n_items,
        "n_pairable_items": patterns.n_pairable_items,
        "n_ratings": patterns.n_ratings,
        "n_annotators": tally.n_annotators,
    }


def _frame(rows: list[dict[str, object]], plan: _Plan) -> pd.DataFrame:
    """A frame in which None stays None: pandas would make NaN of it in a column of text."""
    groups = ["source", *(column for column in plan.by if column != "source")]
    before = {"coefficient": "category", "value": "weights"}
    columns = [
        name
        for column in COLUMNS
        for name in (before.get(column), column)
        if name and (name in COLUMNS or name in plan.extra)
    ]
    data: dict[str, Any] = {}
    index = pd.RangeIndex(len(rows))
    for column in (*groups, *columns):
        kept = column in groups or column in TEXT
        values = np.empty(len(rows), dtype=object if kept else "int64" if column in COUNTS else "float64")
        values[:] = [row[column] for row in rows]
        data[column] = pd.Series(values, index, dtype=object, copy=False) if kept else values
    return pd.DataFrame(data, index, copy=False)
