"""Results as a frame: one row a finding, with the group that it is of."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

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
