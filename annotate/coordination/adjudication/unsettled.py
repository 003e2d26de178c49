"""Which passages an adjudicator has to look at, and which of their variables are open."""

from collections.abc import Collection, Mapping
from typing import Literal

import pandas as pd

from annotate.consensus import majority

Only = Literal["ties", "disagreements"]


def unsettled(
    ratings: pd.DataFrame, *, only: Only = "disagreements", variables: Collection[str] | None = None
) -> Mapping[str, tuple[str, ...]]:
    """Find the items that are not settled.

    Parameters
    ----------
    ratings
        The ratings table; of an annotator's rounds the first counts.
    only
        ``disagreements``: all on which two annotators differ, also where most are of one mind; ``ties``:
        those on which no category has more votes than any other.
    variables
        Those that bring an item before an adjudicator; None for all.

    Returns
    -------
    Mapping
        From the item to its open variables, sorted: those that are not settled as ``only`` has it and, of
        such an item, those that not all of its annotators answered, as where one saw no claim and was not
        asked on.

    """
    votes = majority(ratings)
    if votes.empty:
        return {}
    votes["at_issue"] = votes["tie"] if only == "ties" else votes["share"] < 1
    asked = votes["at_issue"] & (True if variables is None else votes["variable"].isin(list(variables)))
    people = ratings.groupby("item")["annotator"].nunique()
    partly = votes["n_ratings"] < votes["item"].map(people)
    found = votes.loc[votes["item"].isin(votes.loc[asked, "item"]) & (votes["at_issue"] | partly)]
    return {str(item): tuple(rows) for item, rows in found.groupby("item")["variable"]}
