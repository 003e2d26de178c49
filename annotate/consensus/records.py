"""Records of what was decided: one an item and variable, ties kept as ties."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from annotate.sampling import FloatArray, IntArray
from annotate.study.ratings import encode_set

FIRST = ("item", "variable", "category")
LAST = ("n_ratings", "tie", "tied")


def records(
    items: "pd.Index[str]",
    variable: str,
    names: Sequence[str],
    leading: tuple[IntArray, IntArray],
    n_ratings: IntArray,
    measure: Mapping[str, FloatArray],
) -> pd.DataFrame:
    """One record an item.

    Parameters
    ----------
    items, variable
        Of the records.
    names
        The categories, in order.
    leading
        The place of an item and of a category that is ahead there, sorted; each item has one or, in a
        tie, several.
    n_ratings, measure
        Of each item, a number and what says how far ahead the leading category is, by the column's name.

    """
    item, category = leading
    ahead = np.bincount(item, minlength=len(items))
    tie = ahead > 1
    place = np.cumsum(ahead) - ahead
    named = np.array([*names, None], dtype=object)
    decided = named[category[place]]
    decided[tie] = None
    tied = np.full(len(items), None, dtype=object)
    of = np.flatnonzero(tie)
    told: dict[tuple[int, ...], str] = {}
    for one, start, number in zip(of.tolist(), place[of].tolist(), ahead[of].tolist(), strict=True):
        codes = tuple(category[start : start + number].tolist())
        if codes not in told:
            told[codes] = encode_set([names[code] for code in codes], names)
        tied[one] = told[codes]
    data: dict[str, object] = {
        "item": items,
        "variable": pd.Series(variable, index=range(len(items)), dtype="str"),
        "category": pd.Series(decided, dtype=object),
        **measure,
        "n_ratings": n_ratings,
        "tie": tie,
        "tied": pd.Series(tied, dtype=object),
    }
    return pd.DataFrame(data)


def joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The records of several variables as one frame, sorted by item and variable."""
    whole = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    return whole.sort_values(["item", "variable"], kind="stable", ignore_index=True)


def said(applies: NDArray[np.bool_], words: str) -> "pd.Series[str]":
    """A column that says the words where they apply, and None elsewhere."""
    column = np.full(len(applies), None, dtype=object)
    column[applies] = words
    return pd.Series(column, dtype=object)
