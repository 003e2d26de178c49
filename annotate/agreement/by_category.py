"""Agreement on each category: it against all the rest.

Krippendorff (2019), Content Analysis, 4th ed., ch. 12, on single categories; Fleiss (1971), Psychological
Bulletin 76, p. 380, for kappa.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annotate.agreement._estimate import estimate
from annotate.agreement.registry import select
from annotate.agreement.result import Estimate
from annotate.agreement.specific import REST
from annotate.counts.assignments import NONE, Assignments, assign
from annotate.counts.patterns import IntArray, Patterns
from annotate.study.ratings import decode_set

SPECIFIC = "specific_agreement"


def by_category(
    patterns: Patterns,
    coefficients: str | Sequence[str] = ("krippendorff_alpha",),
    *,
    categories: Sequence[str] = (),
    rngs: Mapping[str, np.random.Generator] | None = None,
    **settings: Any,
) -> dict[str, list[Estimate]]:
    """Compute agreement on each category.

    Parameters
    ----------
    patterns
        Of the whole variable.
    coefficients
        Names of coefficients that are corrected for chance, computed on the category against the rest, as
        nominal; those that are not are passed over. Specific agreement always comes first.
    categories
        Which categories, and in what order; all of the variable if none are given. Of a set-valued
        variable the categories are what a set may hold, and an item's rating is in each that it holds.
    rngs
        Where the replicates of a category come from; a generator with seed 0 if it has none.
    settings
        Of the interval, see :func:`~annotate.agreement.estimate`.

    Returns
    -------
    dict
        The estimates of each category.

    Raises
    ------
    StatisticsError
        If a coefficient is not known, or the interval makes no sense.

    """
    members = _members(patterns)
    names = [SPECIFIC, *(one.name for one in select(coefficients) if one.chance_corrected)]
    return {
        category: estimate(
            collapse(patterns, category, members.get(category, [])),
            names,
            rng=(rngs or {}).get(category),
            **settings,
        )
        for category in tuple(categories) or tuple(members)
    }


def collapse(patterns: Patterns, category: str, columns: Sequence[int]) -> Patterns:
    """Patterns of a category, in which the ratings of ``columns`` are, against the rest.

    Weights are left behind: two categories have none.
    """
    names = (category, REST)
    inside = np.isin(np.arange(len(patterns.categories)), columns)
    if isinstance(patterns, Assignments):
        place = np.append(np.where(inside, 0, 1), NONE)  # the last, which -1 finds, is for no rating
        codes, n = _merge(place[patterns.codes], patterns.n)
        return assign(names, patterns.annotators, codes, n, "nominal")
    chosen = patterns.counts[:, inside].sum(axis=1)
    counts, n = _merge(np.column_stack([chosen, patterns.ratings - chosen]), patterns.n)
    return Patterns(names, counts, n, "nominal")


def _merge(rows: IntArray, n: IntArray) -> tuple[IntArray, IntArray]:
    """Like rows once, in canonical order, and the items of each."""
    found, row = np.unique(rows, axis=0, return_inverse=True)
    return found.astype(np.int64), np.bincount(row.ravel(), weights=n, minlength=len(found)).astype(np.int64)


def offered(patterns: Patterns) -> tuple[str, ...]:
    """The categories of a variable; of a set-valued one, what its sets hold."""
    return tuple(_members(patterns))


def _members(patterns: Patterns) -> dict[str, list[int]]:
    """The columns in which each category is."""
    members: dict[str, list[int]] = {}
    for column, category in enumerate(patterns.categories):
        for member in decode_set(category) if patterns.level == "set" else (category,):
            members.setdefault(member, []).append(column)
    return members
