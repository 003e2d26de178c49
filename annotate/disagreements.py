"""Where annotators differ, passage by passage, and what they mostly chose, which agreement is read with.

Only first rounds count: a repeat tells how steady one annotator is, not how two agree.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

COLUMNS = ("item", "source", "disagreement", "variable", "agreeing_pairs", "n_ratings")
PREVALENCE_COLUMNS = ("source", "variable", "category", "share", "n_ratings")


def disagreements(ratings: pd.DataFrame, variables: Sequence[str] = ()) -> pd.DataFrame:
    """List the judgements on which the annotators of a passage differ.

    Parameters
    ----------
    ratings
        The ratings table. Two answers agree if they are the same text, whatever the level.
    variables
        The order of the variables inside a passage; default: as they come in the ratings.

    Returns
    -------
    DataFrame
        One row an item and variable on which two annotators differ: item, source, disagreement (of the
        item: 1 minus the mean share of agreeing pairs over all variables with two ratings or more),
        variable, agreeing_pairs (share, below 1), n_ratings. Items with most disagreement come first;
        of equals, those on which more variables are rated, then by item.

    """
    first = ratings.loc[ratings["round"] == 1] if "round" in ratings.columns else ratings
    if first.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    counts = (
        first.groupby(["item", "source", "variable", "category"], sort=False)
        .size()
        .rename("count")
        .reset_index()
    )
    counts["pairs"] = counts["count"] * (counts["count"] - 1)
    sums = counts.groupby(["item", "source", "variable"], sort=False)[["count", "pairs"]].sum().reset_index()
    sums = sums.loc[sums["count"] > 1].rename(columns={"count": "n_ratings"})
    sums["agreeing_pairs"] = sums["pairs"] / (sums["n_ratings"] * (sums["n_ratings"] - 1))
    of_item = sums.groupby("item")["agreeing_pairs"].agg(["mean", "size"])
    if sums.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    sums["disagreement"] = 1.0 - sums["item"].map(of_item["mean"])
    sums["rated"] = sums["item"].map(of_item["size"])
    order = {name: place for place, name in enumerate([*variables, *first["variable"].unique()][::-1])}
    sums["place"] = -sums["variable"].map(order)
    differing = sums.loc[sums["agreeing_pairs"] < 1]
    ranked = differing.sort_values(
        ["disagreement", "rated", "item", "place"], ascending=[False, False, True, True], kind="stable"
    )
    return ranked[list(COLUMNS)].reset_index(drop=True)


def prevalence(ratings: pd.DataFrame, categories: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """Find the category chosen most often, for each source and for all together (source None, first).

    Parameters
    ----------
    ratings
        The ratings table.
    categories
        The categories of each variable in order: of two that are equal the first one is given.

    Returns
    -------
    DataFrame
        One row a source and variable: source, variable, category, share (of the ratings of that source
        on that variable), n_ratings.

    """
    first = ratings.loc[ratings["round"] == 1] if "round" in ratings.columns else ratings
    frames = []
    for by in ([], ["source"]):
        counts = first.groupby([*by, "variable", "category"]).size().rename("count").reset_index()
        totals = counts.groupby([*by, "variable"])["count"].transform("sum")
        counts["share"], counts["n_ratings"] = counts["count"] / totals, totals
        counts["place"] = _places(counts, categories or {})
        best = counts.sort_values(
            ["count", "place", "category"], ascending=[False, True, True], kind="stable"
        )
        best = best.drop_duplicates([*by, "variable"]).sort_values([*by, "variable"])
        names = best["source"].tolist() if by else [None] * len(best)
        best["source"] = pd.Series(names, index=best.index, dtype=object)
        frames.append(best[list(PREVALENCE_COLUMNS)])
    return pd.concat(frames, ignore_index=True)


def _places(counts: pd.DataFrame, categories: Mapping[str, Sequence[str]]) -> "pd.Series[float]":
    """The place of each category in its variable's order; behind all others where it has none."""
    places = {(name, category): i for name, order in categories.items() for i, category in enumerate(order)}
    pairs = zip(counts["variable"], counts["category"], strict=True)
    return pd.Series([float(places.get(pair, np.inf)) for pair in pairs], index=counts.index, dtype="float64")
