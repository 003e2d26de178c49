"""The patterns of every variable of a table of ratings, for the whole table and for each group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement.assignments import Assignments
from annotate.agreement.measure import reduce_table
from annotate.agreement.patterns import Patterns
from annotate.engine import Group, sort_groups

if TYPE_CHECKING:
    from annotate.agreement.registry import Coefficient
    from annotate.codebook import Level


@dataclass(frozen=True, eq=False)
class GroupPatterns:
    """The patterns of one variable in one group.

    ``group`` holds the values of the ``by`` columns, all None for the whole table. ``assignments`` are the
    same items by who chose what, if that was asked for.
    """

    variable: str
    by: tuple[str, ...]
    group: Group
    patterns: Patterns
    assignments: Assignments | None
    n_annotators: int

    def of(self, coefficient: "Coefficient") -> Patterns:
        """The patterns that a coefficient takes."""
        return self.assignments or self.patterns if coefficient.takes == "assignments" else self.patterns

    @property
    def names(self) -> list[list[str]]:
        """Column and value of the group, as a stream of random numbers is named by them."""
        pairs = zip(self.by, self.group, strict=True)
        return [[column, str(value)] for column, value in pairs if value is not None]


def tally_patterns(
    ratings: IntoFrame,
    *,
    by: Sequence[str] = (),
    level: Mapping[str, "Level"],
    categories: Mapping[str, Sequence[str]] | None = None,
    weights: str | None = None,
    set_distance: str = "masi",
    assignments: bool = False,
) -> Iterator[list[GroupPatterns]]:
    """Reduce a table of ratings: a list for each variable, the whole table first, then its groups.

    The variables come in the order of ``level``; ``assignments`` asks for who chose what as well. For what
    else is taken and raised see :func:`~annotate.agreement.measure.measure`.
    """
    given: dict[str, Any] = {"weights": weights, "set_distance": set_distance, "assignments": assignments}
    found = reduce_table(ratings, by=by, level=level, categories=categories, **given)
    for variable, groups in groupby(found, key=itemgetter(0)):
        yield [
            GroupPatterns(variable, tuple(by), tally.group, patterns, assigned, tally.n_annotators)
            for _, tally, patterns, assigned in groups
        ]


def tidy(
    rows: Sequence[tuple[Group, Mapping[str, object]]], by: Sequence[str], columns: Mapping[str, str]
) -> pd.DataFrame:
    """A frame of rows with their groups: source first, other ``by`` columns, then ``columns``.

    Groups come in canonical order, rows of one group as they are given. ``columns`` holds the dtype of
    each column; in one of ``object`` None stays None, which pandas would make NaN of.
    """
    groups = list(dict.fromkeys(group for group, _ in rows))
    rank = {groups[index]: place for place, index in enumerate(sort_groups(groups))}
    ordered = sorted(rows, key=lambda row: rank[row[0]])
    cells = [{"source": None, **dict(zip(by, group, strict=True)), **row} for group, row in ordered]
    dtypes: dict[str, Any] = {
        "source": "object",
        **dict.fromkeys((column for column in by if column != "source"), "object"),
        **columns,
    }
    return pd.DataFrame(
        {column: pd.Series([row[column] for row in cells], dtype=dtype) for column, dtype in dtypes.items()}
    )
