"""Frames of results, group by group, as :func:`~annotate.agreement.measure` orders them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from annotate.counts.judgements import Judgements
from annotate.counts.patterns import IntArray
from annotate.counts.table import Group, sort_groups


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
