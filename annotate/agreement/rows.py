"""Results as a frame, group by group: from one finding after the other, or from whole columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from annotate.counts.judgements import Judgements
from annotate.counts.patterns import IntArray
from annotate.counts.table import Group, sort_groups


def tidy(
    rows: Sequence[tuple[Group, Mapping[str, object]]], by: Sequence[str], columns: Mapping[str, Any]
) -> pd.DataFrame:
    """A frame of rows with their groups: source first, other ``by`` columns, then ``columns``.

    Groups come in canonical order, rows of one group as they are given. ``columns`` holds the dtype of
    each column; in one of ``object`` None stays None.
    """
    groups = list(dict.fromkeys(group for group, _ in rows))
    rank = {groups[index]: place for place, index in enumerate(sort_groups(groups))}
    ordered = sorted(rows, key=lambda row: rank[row[0]])
    cells = [{"source": None, **dict(zip(by, group, strict=True)), **row} for group, row in ordered]
    index = pd.RangeIndex(len(cells))
    data: dict[str, Any] = {}
    for column in ("source", *(name for name in by if name != "source"), *columns):
        values, dtype = [row[column] for row in cells], columns.get(column, "object")
        if dtype == "object":
            data[column] = pd.Series(
                np.fromiter(values, dtype=object, count=len(values)), index, dtype=object
            )
        else:
            data[column] = pd.array(values, dtype=dtype)
    return pd.DataFrame(data, index, copy=False)


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a result: the group of each (a place in ``judged.groups``), and its columns."""

    judged: Judgements
    group: IntArray
    columns: Mapping[str, object]


def frame(parts: Sequence[Rows], by: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
    """Put the parts below each other: the whole table first, then each group; None stays None.

    The columns are source, further ``by`` columns, variable, level and ``names``. Within a group the
    parts keep their order, and so do the rows of a part.
    """
    groups: list[Group] = list(dict.fromkeys(group for part in parts for group in part.judged.groups))
    order = sort_groups(groups)
    rank = {groups[index]: place for place, index in enumerate(order)}
    place = np.concatenate(
        [np.array([rank[group] for group in part.judged.groups])[part.group] for part in parts]
    ).astype(np.int64)
    rows = np.argsort(place, kind="stable")
    data: dict[str, pd.Series[Any]] = {"source": pd.Series([None] * len(rows), dtype=object)}
    for number, column in enumerate(by):
        values = np.empty(len(groups), dtype=object)
        values[:] = [groups[index][number] for index in order]
        data[column] = pd.Series(values[place[rows]], dtype=object)
    for column in ("variable", "level"):
        told = [np.full(len(part.group), getattr(part.judged, column), dtype=object) for part in parts]
        data[column] = pd.Series(np.concatenate(told)[rows], dtype=object)
    for name in names:
        found = [np.asarray(part.columns[name]) for part in parts]
        text = found[0].dtype == np.dtype(object)  # in which pandas would make NaN of None
        data[name] = pd.Series(np.concatenate(found)[rows], dtype=object if text else None)
    return pd.DataFrame(data)
