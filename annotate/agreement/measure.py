"""Agreement of a table of ratings: every variable, for the whole table and by group."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement.estimate import check_interval, estimate
from annotate.agreement.patterns import Patterns
from annotate.agreement.registry import COEFFICIENTS, select
from annotate.agreement.result import Estimate
from annotate.agreement.scale import MisfitError, Scale, check_level, scale
from annotate.engine import ROW, Group, RatingsTable, Tally, open_table, sort_groups
from annotate.errors import StatisticsError
from annotate.resampling import generator

if TYPE_CHECKING:
    from annotate.codebook import Level

COUNTS = ("n_items", "n_pairable_items", "n_ratings", "n_annotators")
TEXT = ("variable", "level", "coefficient", "interval", "undefined")
_MEASURED = [field.name for field in fields(Estimate) if field.name not in ("coefficient", "undefined")]
COLUMNS = ("variable", "level", "coefficient", *_MEASURED, *COUNTS, "undefined")


def measure(
    ratings: IntoFrame,
    *,
    by: Sequence[str] = (),
    coefficients: Sequence[str] = tuple(COEFFICIENTS),
    level: Mapping[str, "Level"],
    categories: Mapping[str, Sequence[str]] | None = None,
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
        Names, see :data:`~annotate.agreement.registry.COEFFICIENTS`.
    level
        The level of measurement of each variable; its order is the order of the variables in the result.
    categories
        The categories that a variable offers, in order; of a set-valued variable, what a set may hold.
        Ordinal variables need them. K of AC1 is their number; without them, the number used in the table.
    replicates, confidence, seed
        Of the bootstrap over items, see :mod:`annotate.agreement.intervals`. The same seed gives the same
        digits on every engine, and a group's digits do not depend on the other groups.

    Returns
    -------
    DataFrame
        One row for each group, variable and coefficient: source (None for the whole table), further
        ``by`` columns, variable, level, coefficient, value, observed, expected (NaN for percent
        agreement, which knows no chance), ci_low, ci_high, interval (what it is, or None), n_items (with
        a rating), n_pairable_items (with two or more), n_ratings, n_annotators, undefined (None, or why
        ``value`` is NaN). Nothing is rounded.

    Raises
    ------
    TableError
        If a column is missing, a cell is blank or the table is empty.
    StatisticsError
        If a coefficient or a level is not known, a category is not what was declared, a number or a set
        is none, or an annotator rated an item twice.

    """
    select(coefficients)
    check_interval(replicates, confidence)
    if seed < 0:
        raise StatisticsError(f"seed: {seed} is below 0; any whole number from 0 will do")
    by = tuple(dict.fromkeys(by))
    for column in by:
        if column in ROW:
            raise StatisticsError(
                f"cannot group by {column}: agreement is between annotators over items, on a variable"
            )
        if column in COLUMNS:
            raise StatisticsError(f"cannot group by {column}: the result has a column {column}; rename it")
    table = open_table(ratings, by)
    used = table.variables()
    levels = {variable: check_level(variable, level.get(variable)) for variable in used}
    rows: dict[Group, list[dict[str, object]]] = {}
    for variable in sorted(used, key=list(level).index):
        declared = tuple((categories or {}).get(variable) or ())
        placed = _place(table, variable, levels[variable], used[variable], declared)
        for tally in table.tallies(variable, placed.columns, len(placed.categories)):
            patterns = Patterns(placed.categories, tally.counts, tally.n_items, levels[variable])
            group = [
                [column, str(value)]
                for column, value in zip(by, tally.group, strict=True)
                if value is not None
            ]
            rng = generator(seed, variable, group)
            found = estimate(patterns, coefficients, replicates=replicates, confidence=confidence, rng=rng)
            rows.setdefault(tally.group, []).extend(_row(by, variable, tally, patterns, one) for one in found)
    groups = list(rows)
    return _frame([row for index in sort_groups(groups) for row in rows[groups[index]]], by)


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
    by: Sequence[str], variable: str, tally: Tally, patterns: Patterns, found: Estimate
) -> dict[str, object]:
    return {
        "source": None,
        **dict(zip(by, tally.group, strict=True)),
        "variable": variable,
        "level": patterns.level,
        **asdict(found),
        "n_items": patterns.n_items,
        "n_pairable_items": patterns.n_pairable_items,
        "n_ratings": patterns.n_ratings,
        "n_annotators": tally.n_annotators,
    }


def _frame(rows: list[dict[str, object]], by: Sequence[str]) -> pd.DataFrame:
    """A frame in which None stays None: pandas would make NaN of it in a column of text."""
    groups = ["source", *(column for column in by if column != "source")]
    data: dict[str, pd.Series[Any]] = {}
    for column in (*groups, *COLUMNS):
        values = [row[column] for row in rows]
        kept = column in groups or column in TEXT
        data[column] = pd.Series(values, dtype=object if kept else "int64" if column in COUNTS else "float64")
    return pd.DataFrame(data)
