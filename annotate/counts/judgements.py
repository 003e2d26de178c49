"""Who judged what, in memory and as codes, for what patterns cannot tell: annotators, items, rounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from annotate.codebook.scale import Level, Scale
from annotate.counts.groups import group_columns
from annotate.counts.packing import blank, no_rows
from annotate.counts.patterns import IntArray
from annotate.counts.places import MisfitError, place_texts, scale_of
from annotate.counts.table import ROW, Group, sort_groups
from annotate.errors import StatisticsError, TableError

Coded = dict[str, tuple[IntArray, "pd.Index[Any]"]]


@dataclass(frozen=True, eq=False)
class Judgements:
    """The judgements on one variable, one place of each array a judgement.

    ``item``, ``annotator`` and ``category`` hold places in ``items``, ``annotators`` and the categories of ``scale``;
    ``unit`` numbers the items within their groups, and ``group`` holds places in ``groups``. ``repeat``
    holds places in ``repeats``, the values of the column that tells repeated judgements apart, if one was
    asked for.
    """

    variable: str
    scale: Scale
    items: "pd.Index[Any]"
    annotators: "pd.Index[Any]"
    groups: tuple[Group, ...]
    repeats: "pd.Index[Any]"
    item: IntArray
    annotator: IntArray
    category: IntArray
    unit: IntArray
    group: IntArray
    repeat: IntArray

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories, those that were used or all that the variable offers."""
        return self.scale.categories

    @property
    def level(self) -> Level:
        """The level of measurement."""
        return self.scale.level


def judgements(
    ratings: pd.DataFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    repeat: str | None = None,
) -> Iterator[Judgements]:
    """Read a table of ratings as :func:`~annotate.agreement.measure` does.

    Yields the judgements of each variable, in the order of ``scales``: those of the whole table, as the
    one group whose values are all None, and then, if there is a ``by``, the same in their groups. Names
    of annotators and values of ``repeat`` are sorted, so the order of the rows is of no matter.

    Raises
    ------
    TableError
        If a column is missing, a cell is blank or the table is empty.
    StatisticsError
        If a variable has no scale, a category is not what was declared, a number or a set is none, or an
        annotator rated an item twice (with the same value of ``repeat``).

    """
    columns = group_columns(by, *([repeat] if repeat else []))
    coded = _code(ratings, [*ROW, *columns, *([repeat] if repeat else [])])
    variable, names = coded["variable"]
    asked = {name: scale_of(name, scales) for name in sorted(names)}
    for name in sorted(names, key=list(scales).index):
        rows = np.flatnonzero(variable == names.get_loc(name))
        mine = {column: (codes[rows], values) for column, (codes, values) in coded.items()}
        _once_each(name, mine, repeat)
        whole = _read(name, asked[name], mine, repeat)
        yield _grouped(whole, mine, [], len(columns))
        if columns:
            yield _grouped(whole, mine, columns, len(columns))


def met(unit: IntArray, member: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Find all pairs of judgements of one unit, each once: the places of the two, the lower member first.

    They come in portions, first the neighbours (by member) within a unit, then those two apart, and so
    on, so that no more is held than there are judgements.
    """
    order = np.argsort(unit * (int(member.max(initial=0)) + 1) + member, kind="stable")
    sorted_unit = unit[order]
    first: IntArray = np.arange(len(order), dtype=np.int64)
    for apart in count(1):
        first = first[first < len(order) - apart]
        first = first[sorted_unit[first] == sorted_unit[first + apart]]
        if not len(first):
            return
        yield order[first], order[first + apart]


def _code(ratings: pd.DataFrame, columns: Sequence[str]) -> Coded:
    missing = [column for column in columns if column not in ratings.columns]
    if missing:
        found = ", ".join(map(str, ratings.columns)) or "none"
        raise TableError(f"ratings: no column {', '.join(missing)}; the table has {found}")
    if ratings.empty:
        raise no_rows()
    coded: Coded = {}
    for column in columns:
        cells = ratings[column].astype("str") if column in ROW else ratings[column]
        codes, values = pd.factorize(cells)
        nothing = np.append(values.astype("str").str.strip() == "", True)  # the last place is that of code -1
        empty = nothing[codes]
        if empty.any():
            raise blank(column, int(empty.sum()))
        coded[column] = codes.astype(np.int64, copy=False), values
    return coded


def _once_each(variable: str, coded: Coded, repeat: str | None) -> None:
    """Refuse two judgements of an item by one annotator."""
    (item, items), (annotator, annotators) = coded["item"], coded["annotator"]
    key = item * len(annotators) + annotator
    if repeat:
        key = key * len(coded[repeat][1]) + coded[repeat][0]
    twice = pd.Series(key).duplicated().to_numpy()
    if twice.any():
        who = min(zip(items[item[twice]], annotators[annotator[twice]], strict=True))
        also = f" in one {repeat}" if repeat else ""
        raise StatisticsError(
            f"item {who[0]}, annotator {who[1]}, variable {variable}: rated more than once{also}; "
            "agreement takes one rating an annotator and item, so keep one (of several rounds, one round)"
        )


def _read(variable: str, scale: Scale, coded: Coded, repeat: str | None) -> Judgements:
    category, texts = coded["category"]
    used = texts[np.unique(category)]
    try:
        placed = place_texts(variable, scale, used.tolist())
    except MisfitError as misfit:
        if misfit.category not in used:
            raise StatisticsError(f"variable {variable}: declared category {misfit}") from misfit
        (item, items), (annotator, annotators) = coded["item"], coded["annotator"]
        of = category == texts.get_loc(misfit.category)
        who = min(zip(items[item[of]], annotators[annotator[of]], strict=True))
        raise StatisticsError(f"item {who[0]}, annotator {who[1]}, variable {variable}: {misfit}") from misfit
    place = np.array([placed.columns.get(text, -1) for text in texts], dtype=np.int64)
    none = np.zeros(len(category), dtype=np.int64)
    number, repeats = _by_size(*coded[repeat]) if repeat else (none, pd.Index([None], dtype=object))
    annotator, annotators = _by_size(*coded["annotator"])
    return Judgements(
        variable=variable,
        scale=replace(scale, categories=placed.categories),
        items=coded["item"][1],
        annotators=annotators,
        groups=(),
        repeats=repeats,
        item=coded["item"][0],
        annotator=annotator,
        category=place[category],
        unit=none,
        group=none,
        repeat=number,
    )


def _by_size(codes: IntArray, values: "pd.Index[Any]") -> tuple[IntArray, "pd.Index[Any]"]:
    """Only the values that occur, sorted as groups are: numbers by size, text by the alphabet."""
    occurring, codes = np.unique(codes, return_inverse=True)
    found = values[occurring]
    order = np.array(sort_groups([(value,) for value in found.tolist()]), dtype=np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[codes], found[order]


def _grouped(whole: Judgements, coded: Coded, by: Sequence[str], width: int) -> Judgements:
    """The same judgements in groups; without ``by``, in the one group that is the whole table."""
    group: IntArray = np.zeros(len(whole.item), dtype=np.int64)
    for column in by:
        codes, values = coded[column]
        group = pd.factorize(group * len(values) + codes)[0].astype(np.int64, copy=False)
    numbers, row = np.unique(group, return_index=True)
    told = [coded[column][1][coded[column][0][row]].tolist() for column in by]
    groups: list[Group] = list(zip(*told, strict=True)) if by else [(None,) * width]
    order = sort_groups(groups)
    rank = np.empty(len(numbers), dtype=np.int64)
    rank[order] = np.arange(len(numbers))
    group = rank[group]
    unit = pd.factorize(whole.item * len(groups) + group)[0].astype(np.int64, copy=False)
    return replace(whole, groups=tuple(groups[index] for index in order), unit=unit, group=group)
