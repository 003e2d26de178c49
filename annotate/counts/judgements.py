"""Who judged what, in memory and as codes; and confusion matrices of many pairs of annotators, or of rounds, at once.

A pair is two annotators, or two rounds of one, on the items of both. Each pair is a sample of the
same cells (a category of the one, a category of the other), as a replicate of a bootstrap is a sample of the
same patterns; so the coefficients of all pairs are computed in one go.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.codebook.scale import Level, Scale
from annotate.counts.clusters import DOCUMENT, cluster_column
from annotate.counts.coded import CodedTable
from annotate.counts.groups import group_columns, place, scale_of
from annotate.counts.patterns import Assignments, FloatArray, IntArray, assign
from annotate.counts.table import ROW, Group, bring_home, sort_groups
from annotate.sampling import AUTO

Coded = tuple[IntArray, "pd.Index[Any]"]


@dataclass(frozen=True, eq=False)
class Judgements:
    """The judgements on one variable, one place of each array a judgement.

    ``item``, ``annotator`` and ``category`` hold places in ``items``, ``annotators`` and the categories of ``scale``;
    ``unit`` numbers the items within their groups, and ``group`` holds places in ``groups``. ``repeat``
    holds places in ``repeats``, the values of the column that tells repeated judgements apart, if one was
    asked for. ``cluster`` numbers what the items are drawn together with, told by the column ``clustered_by``; both
    are None where items are drawn.
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
    cluster: IntArray | None = None
    clustered_by: str | None = None

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
    cluster: str | None = None,
) -> Iterator[Judgements]:
    """Read a table of ratings as :func:`~annotate.agreement.measure` does.

    Yields the judgements of each variable, in the order of ``scales``: those of the whole table, as the
    one group whose values are all None, and then, if there is a ``by``, the same in their groups. Names
    of annotators and values of ``repeat`` are sorted, so the order of the rows is of no matter. ``cluster`` is the
    column whose values are drawn together, see :func:`~annotate.counts.table.open_table`.

    Raises
    ------
    TableError
        If a column is missing, a cell is blank or the table is empty.
    StatisticsError
        If a variable has no scale, a category is not a declared one, a number or a set is not one, or an
        annotator rated an item twice (with the same value of ``repeat``).

    """
    apart = (repeat,) if repeat else ()
    columns = group_columns(by, *apart)
    also = [] if cluster is None else [DOCUMENT if cluster == AUTO else cluster]
    home = bring_home(ratings, (*ROW, *columns, *apart), also=also)
    told = cluster_column(cluster, list(home.columns))
    table = CodedTable(home, (*columns, *apart), told, asked=cluster not in (None, AUTO))
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
            cluster=table.clusters(variable),
            clustered_by=table.cluster,
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


@dataclass(frozen=True, eq=False)
class PairClusters:
    """The entries of confusion matrices by the clusters that the items are in.

    ``pair`` (C,) is the pair that each cluster has items of, sorted: a cluster comes once for each pair. Of the
    entries, ``of`` is the place of that cluster, ``cell`` the cell, and ``n`` how many items there are.
    """

    pair: IntArray
    of: IntArray
    cell: IntArray
    n: IntArray


@dataclass(frozen=True, eq=False)
class Confusions:
    """The confusion matrices of pairs, without their empty cells.

    Parameters
    ----------
    scale
        Of :class:`~annotate.counts.patterns.Patterns`.
    pairs
        Pairs x 3: the group, the first and the second member, sorted.
    cells
        Cells x 2: the category of the first and of the second member; every cell that any pair has.
    pair, cell, n
        The entries, sorted by pair: so many items of that pair are in that cell.
    clusters
        The same entries for each cluster, where clusters are drawn.

    """

    scale: Scale
    pairs: IntArray
    cells: IntArray
    pair: IntArray
    cell: IntArray
    n: IntArray
    clusters: "PairClusters | None" = None

    @cached_property
    def patterns(self) -> Assignments:
        """The cells as patterns of who chose what, with the items of all pairs together."""
        n = np.bincount(self.cell, self.n, len(self.cells)).astype(np.int64)
        return assign(self.scale, ("first", "second"), self.cells, n)

    @cached_property
    def n_items(self) -> IntArray:
        """Items of each pair, those that both rated."""
        return np.bincount(self.pair, self.n, len(self.pairs)).astype(np.int64)

    def samples(self, start: int, end: int) -> FloatArray:
        """Items in each cell, for the pairs from ``start`` to before ``end`` (pairs x cells)."""
        low, high = np.searchsorted(self.pair, [start, end])
        dense = np.zeros((end - start, len(self.cells)))
        dense[self.pair[low:high] - start, self.cell[low:high]] = self.n[low:high]
        return dense


def confusions(
    unit: IntArray,
    member: IntArray,
    group: IntArray,
    category: IntArray,
    *,
    scale: Scale,
    also: IntArray | None = None,
    cluster: IntArray | None = None,
) -> Confusions:
    """Set the judgements of each unit side by side.

    Parameters
    ----------
    unit, member, group, category
        Of each judgement. A unit lies in one group and has one judgement by a member.
    scale
        Of :class:`~annotate.counts.patterns.Patterns`.
    also
        Pairs (n x 3) to be listed even if they have no unit in common.
    cluster
        Of each judgement, where clusters are drawn.

    """
    members, size = int(member.max(initial=0)) + 1, len(scale.categories)
    counts: pd.Series[int] = pd.Series(dtype="int64")
    by, none = ["pair", "cluster", "cell"], np.zeros(len(unit), dtype=np.int64)
    for first, second in met(unit, member):
        keys = {
            "pair": (group[first] * members + member[first]) * members + member[second],
            "cluster": none[first] if cluster is None else cluster[first],
            "cell": category[first] * size + category[second],
        }
        counts = _added(counts, pd.DataFrame(keys).groupby(by).size())
    whole = counts.rename_axis(by).sort_index().rename("n").reset_index() if len(counts) else None
    found = whole
    if whole is not None and cluster is not None:
        found = whole.groupby(["pair", "cell"])["n"].sum().reset_index()
    pair = _integers(found, "pair")
    rows = np.column_stack([pair // members**2, pair // members % members, pair % members])
    pairs = np.unique(rows if also is None else np.concatenate([rows, also]), axis=0)
    known = (pairs[:, 0] * members + pairs[:, 1]) * members + pairs[:, 2]
    cells, cell = np.unique(_integers(found, "cell"), return_inverse=True)
    clusters = None
    if cluster is not None:
        of_cluster = np.searchsorted(known, _integers(whole, "pair"))
        names = _integers(whole, "cluster")
        new = (np.diff(of_cluster, prepend=-1) != 0) | (np.diff(names, prepend=-1) != 0)
        place = np.searchsorted(cells, _integers(whole, "cell"))
        clusters = PairClusters(of_cluster[new], np.cumsum(new) - 1, place, _integers(whole, "n"))
    return Confusions(
        scale,
        pairs,
        np.column_stack([cells // size, cells % size]),
        np.searchsorted(known, pair),
        cell.astype(np.int64),
        _integers(found, "n"),
        clusters,
    )


def _added(counts: "pd.Series[int]", more: "pd.Series[int]") -> "pd.Series[int]":
    return more if counts.empty else counts.add(more, fill_value=0).astype("int64")


def _integers(found: pd.DataFrame | None, column: str) -> IntArray:
    return np.zeros(0, dtype=np.int64) if found is None else found[column].to_numpy(dtype=np.int64)
