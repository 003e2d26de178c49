"""The patterns of every variable of a table of ratings, for the whole table and for each group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from narwhals.typing import IntoFrame

from annotate.counts.assignments import Assignments, assign
from annotate.counts.patterns import Patterns
from annotate.counts.places import MisfitError, Places, check_level, place_texts
from annotate.counts.table import ROW, Group, RatingsTable, open_table
from annotate.errors import StatisticsError

if TYPE_CHECKING:
    from annotate.codebook.read import Level


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

    def of(self, takes: str) -> Patterns:
        """The patterns that a coefficient takes: counts, or assignments."""
        return self.assignments or self.patterns if takes == "assignments" else self.patterns

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
    else is taken and raised see :func:`~annotate.agreement.measure`.
    """
    for column in by:
        if column in ROW:
            raise StatisticsError(
                f"cannot group by {column}: agreement is between annotators over items, on a variable"
            )
    given: dict[str, Any] = {"weights": weights, "set_distance": set_distance}
    table = open_table(ratings, by)
    used = table.variables()
    levels = {variable: check_level(variable, level.get(variable)) for variable in used}
    for variable in sorted(used, key=list(level).index):
        own, declared = levels[variable], tuple((categories or {}).get(variable) or ())
        placed = _place(table, variable, own, used[variable], declared)
        where = (variable, placed.columns, len(placed.categories))
        tallies = table.tallies(*where)
        choices = table.assignments(*where) if assignments else [None] * len(tallies)
        found = []
        for tally, choice in zip(tallies, choices, strict=True):
            patterns = Patterns(placed.categories, tally.counts, tally.n_items, own, **given)
            assigned = None
            if choice is not None:
                who = (choice.annotators, choice.codes, choice.n_items)
                assigned = assign(placed.categories, *who, own, **given)
            of = (variable, tuple(by), tally.group)
            found.append(GroupPatterns(*of, patterns, assigned, tally.n_annotators))
        yield found


def _place(
    table: RatingsTable, variable: str, level: "Level", used: Sequence[str], declared: Sequence[str]
) -> Places:
    """Place the categories used, after a look whether the judgements can be counted at all."""
    twice = table.repeated(variable)
    if twice:
        msg = (
            f"item {twice[0]}, annotator {twice[1]}, variable {variable}: rated more than once; "
            "agreement takes one rating an annotator and item, so keep one (of several rounds, one round)"
        )
        raise StatisticsError(msg)
    try:
        return place_texts(variable, level, used, declared)
    except MisfitError as misfit:
        if misfit.category not in used:
            raise StatisticsError(f"variable {variable}: declared category {misfit}") from misfit
        item, annotator = table.locate(variable, misfit.category)
        msg = f"item {item}, annotator {annotator}, variable {variable}: {misfit}"
        raise StatisticsError(msg) from misfit
