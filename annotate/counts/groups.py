"""The patterns of every variable of a table of ratings, for the whole table and for each group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from narwhals.typing import IntoFrame

from annotate.codebook.scale import Scale
from annotate.counts.assignments import Assignments, assign
from annotate.counts.packing import Clustered
from annotate.counts.patterns import Patterns
from annotate.counts.places import MisfitError, Places, place_texts, scale_of
from annotate.counts.table import ROW, Group, RatingsTable, open_table
from annotate.counts.units import of_clusters
from annotate.errors import StatisticsError


def group_columns(by: str | Sequence[str], *others: str) -> tuple[str, ...]:
    """The columns to group by, each once; one may be given by its name alone.

    Raises
    ------
    StatisticsError
        If a column is one of those that agreement is computed from, or one of ``others``.

    """
    columns = (by,) if isinstance(by, str) else tuple(dict.fromkeys(by))
    for column in columns:
        if column in (*ROW, *others):
            raise StatisticsError(
                f"cannot group by {column}: agreement is between annotators over items, on a variable"
            )
    return columns


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
    by: Sequence[str],
    scales: Mapping[str, Scale],
    assignments: bool = False,
    cluster: str | None = None,
) -> Iterator[list[GroupPatterns]]:
    """Reduce a table of ratings: a list for each variable, the whole table first, then its groups.

    The variables come in the order of ``scales``; ``assignments`` asks for who chose what as well, ``cluster``
    for what is drawn together, see :func:`~annotate.counts.table.open_table`. For what else is taken and raised see :func:`~annotate.agreement.measure`.
    """
    table = open_table(ratings, by, cluster)
    used = table.variables()
    asked = {variable: scale_of(variable, scales) for variable in used}
    for variable in sorted(used, key=list(scales).index):
        placed = place(table, variable, asked[variable], used[variable])
        scale = replace(asked[variable], categories=placed.categories)
        where = (variable, placed.columns, len(placed.categories))
        tallies = table.tallies(*where)
        choices = table.assignments(*where) if assignments else [None] * len(tallies)
        found = []
        for tally, choice in zip(tallies, choices, strict=True):
            patterns = _drawn_by(table.cluster, Patterns(scale, tally.counts, tally.n_items), tally.clusters)
            assigned = None
            if choice is not None:
                who = assign(scale, choice.annotators, choice.codes, choice.n_items)
                assigned = _drawn_by(table.cluster, who, choice.clusters)
            of = (variable, tuple(by), tally.group)
            found.append(GroupPatterns(*of, patterns, assigned, tally.n_annotators))
        yield found


P = TypeVar("P", bound=Patterns)


def _drawn_by(cluster: str | None, patterns: P, found: Clustered | None) -> P:
    """The patterns, with what is drawn together."""
    if cluster is None or found is None:
        return patterns
    units = of_clusters(cluster, found.which, found.pattern, found.n_items, patterns.ratings)
    return replace(patterns, clusters=units)


def place(
    table: RatingsTable, variable: str, scale: Scale, used: Sequence[str], apart: Sequence[str] = ()
) -> Places:
    """Place the categories used, after a look whether the judgements can be counted at all.

    ``apart`` are columns that tell an annotator's judgements of an item apart.

    Raises
    ------
    StatisticsError
        If an annotator rated an item twice, or a category does not fit the scale, with the item.

    """
    twice = table.repeated(variable, apart)
    if twice:
        also = "".join(f" in one {column}" for column in apart)
        msg = (
            f"item {twice[0]}, annotator {twice[1]}, variable {variable}: rated more than once{also}; "
            "agreement takes one rating an annotator and item, so keep one (of several rounds, one round)"
        )
        raise StatisticsError(msg)
    try:
        return place_texts(variable, scale, used)
    except MisfitError as misfit:
        if misfit.category not in used:
            raise StatisticsError(f"variable {variable}: declared category {misfit}") from misfit
        item, annotator = table.locate(variable, misfit.category)
        msg = f"item {item}, annotator {annotator}, variable {variable}: {misfit}"
        raise StatisticsError(msg) from misfit
