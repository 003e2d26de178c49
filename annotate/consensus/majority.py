"""Majority vote: the category that more annotators chose than any other; ties stay ties."""

import numpy as np
import pandas as pd

from annotate.consensus.records import FIRST, LAST, joined, records
from annotate.sampling import IntArray

COLUMNS = (*FIRST, "share", *LAST)


def majority(ratings: pd.DataFrame) -> pd.DataFrame:
    """Take the category that most annotators chose, for each item and variable.

    Parameters
    ----------
    ratings
        The ratings table. An annotator has one vote, the one of the first round in which they rated the
        item. A set is one category, so two sets are the same choice if they are the same text.

    Returns
    -------
    DataFrame
        One row an item and variable, sorted by both: item, variable, category (None where two are
        ahead), share (of the votes, for the category that is ahead or each of those that are), n_ratings,
        tie (bool), tied (the categories that are ahead, as a JSON array; None if it is no tie).

    """
    if ratings.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    parts = []
    for variable, rows in first_rounds(ratings).groupby("variable", sort=True):
        item, items = pd.factorize(rows["item"])
        category, names = pd.factorize(rows["category"], sort=True)
        parts.append(votes(pd.Index(items), str(variable), tuple(names), item, category))
    return joined(parts)


def first_rounds(ratings: pd.DataFrame) -> pd.DataFrame:
    """The ratings of the first round in which an annotator rated an item on a variable."""
    if "round" not in ratings.columns or (ratings["round"] == 1).all():
        return ratings
    of = [ratings[column] for column in ("item", "annotator", "variable")]
    return ratings.loc[ratings["round"] == ratings["round"].groupby(of).transform("min")]


def votes(
    items: "pd.Index[str]", variable: str, names: tuple[str, ...], item: IntArray, category: IntArray
) -> pd.DataFrame:
    """Count the votes of a variable: places in ``items`` and ``names``, one each a vote.

    The frame is that of :func:`majority`, in the order of ``items``.
    """
    cells, number = np.unique(item * len(names) + category, return_counts=True)
    of = cells // len(names)
    most = np.maximum.reduceat(number, np.flatnonzero(np.diff(of, prepend=-1)))
    ahead = number == most[of]
    cast = np.bincount(item, minlength=len(items))
    leading = (of[ahead], cells[ahead] % len(names))
    return records(items, variable, names, leading, cast, {"share": most / cast})
