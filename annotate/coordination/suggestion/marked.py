"""Ratings that were made with a suggestion in sight."""

import pandas as pd

PREFIX = "annotate-suggest "
"""What the version of every model of ours begins with."""


def without_suggested(ratings: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Leave out the ratings that were made with a suggestion in sight.

    Parameters
    ----------
    ratings
        The ratings table. Its column ``suggested`` names the version of the model whose suggestion the
        annotator had; where there is no such column, nobody had one.

    Returns
    -------
    DataFrame, int
        The other ratings, in their order, and how many were left out.

    """
    if "suggested" not in ratings.columns:
        return ratings, 0
    said = ratings["suggested"]
    seen = said.notna() & (said.astype("str").str.strip() != "")
    return (ratings.loc[~seen], int(seen.sum())) if seen.any() else (ratings, 0)
