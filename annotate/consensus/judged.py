"""The judgements on each variable, as codes, with all rounds of an annotator."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from annotate.counts.judgements import Judgements, judgements
from annotate.errors import StatisticsError
from annotate.sampling import IntArray
from annotate.study.ratings import decode_set, encode_set

if TYPE_CHECKING:
    from annotate.codebook.read import Level


def judged(
    ratings: pd.DataFrame,
    *,
    level: Mapping[str, "Level"],
    categories: Mapping[str, Sequence[str]] | None,
    variables: Sequence[str] | None,
) -> Iterator[Judgements]:
    """Read a table of ratings as agreement does, with a column ``round`` if it has one.

    An ordinal variable whose order is not known is read as a nominal one: consensus is about the same
    category or another.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.counts.judgements.judgements`; and if one of ``variables`` is not
        in the table.

    """
    declared = categories or {}
    levels: dict[str, Level] = {
        name: "nominal" if one == "ordinal" and not declared.get(name) else one for name, one in level.items()
    }
    if variables is not None and "variable" in ratings.columns:
        there = ratings["variable"].astype("str")
        missing = sorted(set(variables) - set(there.unique()))
        if missing:
            known = ", ".join(sorted(there.unique())) or "none"
            raise StatisticsError(f"variable {', '.join(missing)} is not in the ratings; they have {known}")
        ratings = ratings.loc[there.isin(list(variables))]
    repeat = "round" if "round" in ratings.columns else None
    yield from judgements(ratings, level=levels, categories=categories, repeat=repeat)


def item_names(one: Judgements) -> "pd.Index[Any]":
    """The item of each unit."""
    item = np.empty(int(one.unit.max()) + 1, dtype=np.int64)
    item[one.unit] = one.item
    return one.items[item]


def first_round(one: Judgements) -> IntArray:
    """The judgements that are the first of an annotator on an item, as places."""
    order = np.lexsort((one.repeat, one.annotator, one.unit))
    change = np.diff(one.unit[order], prepend=-1) | np.diff(one.annotator[order], prepend=-1)
    return np.sort(order[np.flatnonzero(change)])


def members(one: Judgements, declared: Sequence[str]) -> tuple[str, ...]:
    """The categories that sets hold, in order."""
    used = (one.categories[place] for place in np.unique(one.category))
    return decode_set(encode_set((member for text in used for member in decode_set(text)), declared))
