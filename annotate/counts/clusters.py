"""Which items are drawn together, where the rows are at hand: the cluster of each item, told by a column."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from annotate.counts.packing import IntArray, no_cluster, no_group, two_clusters
from annotate.errors import TableError
from annotate.sampling import AUTO

if TYPE_CHECKING:
    from numpy.typing import NDArray

DOCUMENT = "document"


def cluster_column(cluster: str | None, columns: Collection[str]) -> str | None:
    """The column that tells clusters in a table with these columns; None for items.

    ``auto`` is ``document`` where the table has it.

    Raises
    ------
    TableError
        If the table has no such column.

    """
    if cluster == AUTO:
        return DOCUMENT if DOCUMENT in columns else None
    if cluster is not None and cluster not in columns:
        found = ", ".join(map(str, columns)) or "none"
        raise TableError(f"ratings: no column {cluster}; the table has {found}")
    return cluster


def clusters_of_codes(
    item: IntArray, items: "pd.Index[Any]", cells: "pd.Series[Any]", *, asked: bool
) -> tuple[IntArray, int] | None:
    """The cluster of each item, as a number, and how many there are; None where nobody asked and the column tells none.

    Parameters
    ----------
    item, items
        The code of each row's item, and what the codes stand for.
    cells
        What the column says in each row.
    asked
        Whether it was asked for; otherwise it tells none where a cell is blank, an item has two clusters, or
        none has two items.

    Raises
    ------
    TableError
        If it was asked for and a cell is blank, or an item is in two clusters.

    """
    try:
        codes, values = pd.factorize(cells)
    except TypeError as error:
        raise no_group(str(cells.name)) from error
    blank: NDArray[np.bool_] = np.append(values.astype("str").str.strip() == "", True)[codes]
    of_item = np.zeros(int(item.max(initial=-1)) + 1, dtype=np.int64)
    of_item[item] = codes
    elsewhere = of_item[item] != codes
    if not asked and (blank.any() or elsewhere.any() or len(values) == len(of_item)):
        return None
    if blank.any():
        raise no_cluster(str(cells.name), int(blank.sum()))
    if elsewhere.any():
        name = min(items[item[elsewhere]])
        rows = item == items.get_loc(name)
        raise two_clusters(name, str(cells.name), sorted(map(str, values[np.unique(codes[rows])])))
    return of_item, len(values)


def clusters_of(frame: pd.DataFrame, cluster: str | None) -> "pd.Series[int] | None":
    """The cluster of each item of a table, a number by item, named as its column; None where items are drawn.

    Raises
    ------
    TableError
        If a column that was asked for is missing, blank somewhere, or has an item in two clusters.

    """
    column = cluster_column(cluster, list(frame.columns))
    if column is None or frame.empty:
        return None
    item, items = pd.factorize(frame["item"].astype("str"))
    found = clusters_of_codes(
        item.astype(np.int64), pd.Index(items), frame[column], asked=cluster not in (None, AUTO)
    )
    return None if found is None else pd.Series(found[0], index=pd.Index(items, name="item"), name=column)
