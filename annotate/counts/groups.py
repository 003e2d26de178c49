"""The patterns of every variable of a table of ratings, for the whole table and for each group, in its categories.

The text in the table becomes the categories of a variable as its level of measurement asks.
Nothing is guessed from what was observed: level and order are those of the scale.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from narwhals.typing import IntoFrame

from annotate.codebook.scale import LEVELS, Scale
from annotate.counts.packing import Clustered
from annotate.counts.patterns import Assignments, Patterns, assign
from annotate.counts.table import ROW, Group, RatingsTable, open_table
from annotate.counts.units import of_clusters
from annotate.errors import StatisticsError, TableError
from annotate.study.queried import QueriedRatings
from annotate.study.ratings import decode_set, encode_set

# As people write numbers: float() would also read 1_0 as ten, and the digits of other scripts.
_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")


@dataclass(frozen=True)
class Places:
    """The categories of a variable, in order, and the place of each text that stands for one.

    Several texts may stand for one category: ``3`` and ``3.0`` are one number.
    """

    categories: tuple[str, ...]
    columns: dict[str, int]


class MisfitError(Exception):
    """A text that is not a category of the variable; who wrote it where is for the caller to say."""

    def __init__(self, category: str, why: str) -> None:
        super().__init__(f"{category!r} {why}")
        self.category = category


def scale_of(variable: str, scales: Mapping[str, Scale]) -> Scale:
    """The scale of a variable.

    Raises
    ------
    StatisticsError
        If it has none.

    """
    scale = scales.get(variable)
    if scale is None:
        known = "|".join(LEVELS)
        raise StatisticsError(
            f"level of measurement of variable {variable} is not known; say --level {variable}={known}, "
            f"in Python level={{'{variable}': 'nominal'}} or another of these"
        )
    if not isinstance(scale, Scale):
        raise StatisticsError(f"variable {variable}: {scale!r} is not a scale; write Scale({scale!r})")
    return scale


def place_texts(variable: str, scale: Scale, used: Collection[str]) -> Places:
    """Place the texts that were used.

    Raises
    ------
    StatisticsError
        If an ordinal variable has no declared order.
    MisfitError
        If a text is outside the declared categories, or not what the level asks for.

    """
    level, declared = scale.level, scale.categories
    if level in ("interval", "ratio"):
        return _numbers(used, declared, level)
    if level == "set":
        return _sets(used, declared)
    if level == "ordinal" and not declared:
        msg = (
            f"variable {variable} is ordinal and the order of its categories is not known; "
            f"declare them from low to high, with --order {variable}=A,B,C, "
            f"in Python order={{'{variable}': ['A', 'B', 'C']}}, or in the label config"
        )
        raise StatisticsError(msg)
    categories = declared or tuple(sorted(used))
    _within(used, categories, categories)
    return Places(categories, {category: place for place, category in enumerate(categories)})


def _within(used: Collection[str], allowed: Collection[str], shown: Sequence[str]) -> None:
    known = set(allowed)
    for category in sorted(used):
        if category not in known:
            raise MisfitError(category, f"is not one of the declared categories {', '.join(shown)}")


def _numbers(used: Collection[str], declared: Sequence[str], level: str) -> Places:
    values = {text: _number(text, level) for text in sorted(used)}
    offered = {_number(text, level): text for text in reversed(declared)}
    if offered:
        _within(used, [text for text, value in values.items() if value in offered], declared)
    names = offered or {value: text for text, value in reversed(values.items())}
    ordered = sorted(names)
    place = {value: column for column, value in enumerate(ordered)}
    return Places(
        tuple(names[value] for value in ordered), {text: place[value] for text, value in values.items()}
    )


def _number(text: str, level: str) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise MisfitError(text, f"is not a number, and level {level} needs one")
    if level == "ratio" and value < 0:
        raise MisfitError(text, "is below 0, which level ratio does not allow; say interval")
    return value


def _sets(used: Collection[str], declared: Sequence[str]) -> Places:
    names: dict[str, str] = {}
    for text in sorted(used):
        try:
            members = decode_set(text)
        except TableError as error:
            raise MisfitError(
                text, 'is not a set; a set is written as a JSON array, such as ["a","b"]'
            ) from error
        for member in members:
            if declared and member not in declared:
                raise MisfitError(
                    text, f"holds {member}, which is not declared; declared are {', '.join(declared)}"
                )
        names[text] = encode_set(members, declared)
    place = {name: column for column, name in enumerate(sorted(set(names.values())))}
    return Places(tuple(place), {text: place[name] for text, name in names.items()})


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
    Of ratings in a database the answer is kept, for the next one who asks the same.
    """
    if not isinstance(ratings, QueriedRatings):
        yield from _tallied(ratings, by, scales, cluster, assignments=assignments)
        return
    asked = (tuple(by), tuple(scales.items()), cluster)
    if (asked, True) not in ratings.counted and (asked, assignments) not in ratings.counted:
        found = list(_tallied(ratings, by, scales, cluster, assignments=assignments))
        ratings.counted[asked, assignments] = found
    yield from ratings.counted.get((asked, True)) or ratings.counted[asked, assignments]


def _tallied(
    ratings: IntoFrame,
    by: Sequence[str],
    scales: Mapping[str, Scale],
    cluster: str | None,
    *,
    assignments: bool,
) -> Iterator[list[GroupPatterns]]:
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
