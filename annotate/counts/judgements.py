"""Who judged what, in memory and as codes, for what patterns cannot tell: annotators, items, rounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.codebook.scale import Level, Scale
from annotate.counts.coded import CodedTable
from annotate.counts.groups import group_columns, place
from annotate.counts.patterns import IntArray
from annotate.counts.places import scale_of
from annotate.counts.table import ROW, Group, bring_home, sort_groups

Coded = tuple[IntArray, "pd.Index[Any]"]


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
    ratings: IntoFrame,
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
    apart = (repeat,) if repeat else ()
    columns = group_columns(by, *apart)
    table = CodedTable(bring_home(ratings, (*ROW, *columns, *apart)), (*columns, *apart))
    used = table.variables()
    asked = {variable: scale_of(variable, scales) for variable in used}
    for variable in sorted(used, key=list(scales).index):
        placed = place(table, variable, asked[variable], used[variable], apart)
        item, items = table.rows(variable, "item")
        annotator, annotators = _by_size(*table.rows(variable, "annotator"))
        category, texts = table.rows(variable, "category")
        column = np.array([placed.columns.get(text, -1) for text in texts], dtype=np.int64)
        none = np.zeros(len(item), dtype=np.int64)
        number, repeats = (
            _by_size(*table.rows(variable, repeat)) if repeat else (none, pd.Index([None], dtype=object))
        )
        whole = Judgements(
            variable=variable,
            scale=replace(asked[variable], categories=placed.categories),
            items=items,
            annotators=annotators,
            groups=(),
            repeats=repeats,
            item=item,
            annotator=annotator,
            category=column[category],
            unit=none,
            group=none,
            repeat=number,
        )
        yield _grouped(whole, {}, len(columns))
        if columns:
            yield _grouped(whole, {name: table.rows(variable, name) for name in columns}, len(columns))


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


def _by_size(codes: IntArray, values: "pd.Index[Any]") -> tuple[IntArray, "pd.Index[Any]"]:
    """Only the values that occur, sorted as groups are: numbers by size, text by the alphabet."""
    occurring, codes = np.unique(codes, return_inverse=True)
    found = values[occurring]
    order = np.array(sort_groups([(value,) for value in found.tolist()]), dtype=np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[codes], found[order]


def _grouped(whole: Judgements, by: Mapping[str, Coded], width: int) -> Judgements:
    """The same judgements in groups; without a ``by``, in the one group that is the whole table."""
    group: IntArray = np.zeros(len(whole.item), dtype=np.int64)
    for codes, values in by.values():
        group = pd.factorize(group * len(values) + codes)[0].astype(np.int64, copy=False)
    numbers, row = np.unique(group, return_index=True)
    told = [values[codes[row]].tolist() for codes, values in by.values()]
    groups: list[Group] = list(zip(*told, strict=True)) if by else [(None,) * width]
    order = sort_groups(groups)
    rank = np.empty(len(numbers), dtype=np.int64)
    rank[order] = np.arange(len(numbers))
    group = rank[group]
    unit = pd.factorize(whole.item * len(groups) + group)[0].astype(np.int64, copy=False)
    return replace(whole, groups=tuple(groups[index] for index in order), unit=unit, group=group)
