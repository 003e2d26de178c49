"""Where annotators differ, passage by passage and category by category.

Only first rounds count: a repeat tells how steady one annotator is, not how two agree.

Shares of disagreement are those of Krippendorff's alpha, ``1 - D_o / D_e``, with the distance that the
level of measurement asks for; see :func:`annotate.agreement.chance.krippendorff_alpha`.
"""

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from annotate.codebook.scale import Scale
from annotate.counts.distance import kernel_between
from annotate.counts.judgements import Judgements, judgements, met
from annotate.counts.kernels import MANY, Kernel
from annotate.counts.patterns import FloatArray, IntArray
from annotate.counts.table import bring_home

COLUMNS = ("item", "source", "disagreement", "variable", "agreeing_pairs", "n_ratings")
CONTRIBUTION_COLUMNS = ("item", "source", "variable", "level", "n_ratings", "contribution", "share", "alpha_lost", "choices")  # fmt: skip
CONFUSION_COLUMNS = (
    *("variable", "level", "category_a", "category_b", "distance", "n_pairs"),
    *("observed", "expected", "ratio", "share", "expected_share"),
)


def disagreements(ratings: IntoFrame, variables: Sequence[str] = ()) -> pd.DataFrame:
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
    first = bring_home(ratings, ("item", "source", "variable", "category"), first_round=True)
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


def contributions(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    top: int | None = None,
) -> pd.DataFrame:
    """Find the items that lower agreement most.

    Parameters
    ----------
    ratings
        The ratings table; without a column source, the result has None there.
    scales
        As :func:`~annotate.agreement.measure` takes them.
    top
        How many items to list of each variable; all if None.

    Returns
    -------
    DataFrame
        One row for each variable and item on which two annotators differ, by variable, those that weigh
        most first and of equals by item: item, source, variable, level, n_ratings (of the item),
        contribution (to the observed disagreement ``D_o`` of alpha, to which those of all items add up),
        share (of ``D_o``; all add up to 1), alpha_lost (``contribution / D_e``; all add up to 1 - alpha),
        choices (what each annotator chose, a JSON object by annotator).

    Raises
    ------
    TableError
        If a column is missing, a cell is blank or the table is empty.
    StatisticsError
        If a variable has no scale, a category is not a declared one, a number or a set is not one, or an
        annotator rated an item twice in the first round.

    """
    first = bring_home(ratings, also=("source", "round"), first_round=True)
    frames = []
    for judged in judgements(first, scales=scales):
        sizes = np.bincount(judged.unit)
        paired = sizes[judged.unit] > 1
        marginals = np.bincount(judged.category[paired], minlength=len(judged.categories)).astype(float)
        distances = kernel_between(judged.scale, marginals)
        apart = np.zeros(len(sizes))
        for one, other in met(judged.unit, judged.annotator):
            far = distances.of(judged.category[one], judged.category[other])
            apart += np.bincount(judged.unit[one], far, len(sizes))
        found = _contributions(judged, sizes, apart, marginals, distances)
        found = found if top is None else found.head(top)
        frames.append(found.assign(choices=_choices(judged, found["unit"].to_numpy(dtype=np.int64))))
    found = pd.concat(frames, ignore_index=True)
    found["source"] = pd.Series([None] * len(found), dtype=object)
    if "source" in first.columns:
        sources = first["source"].set_axis(first["item"].astype("str"))
        found["source"] = found["item"].map(sources[~sources.index.duplicated()]).astype(object)
    return found[list(CONTRIBUTION_COLUMNS)]


def confusions(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
) -> pd.DataFrame:
    """Find the categories that are confused with each other.

    Parameters and errors are those of :func:`contributions`.

    Returns
    -------
    DataFrame
        One row for each variable and unordered pair of categories, both used on items with two ratings or
        more (of more than :data:`~annotate.counts.kernels.MANY` categories, those that were confused), by variable, those
        with the largest share first and of equals in the order of the
        categories: variable, level, category_a, category_b, distance (in [0, 1], as the level has it),
        n_pairs (pairs of ratings of one item, one in each), observed (the same, where a pair counts
        ``1 / (m - 1)`` on an item with m ratings: the entry of the coincidence matrix), expected (that
        entry by chance), ratio (``observed / expected``: above 1, they are confused more than by chance),
        share (of the observed disagreement ``D_o``: observed x distance, over all pairs) and
        expected_share (of ``D_e``, likewise). Krippendorff (2011), Computing Krippendorff's
        alpha-reliability, pp. 2-6.

    """
    frames = []
    for judged in judgements(bring_home(ratings, also=("round",), first_round=True), scales=scales):
        size = len(judged.categories)
        cells, pairs, observed = _confused(judged)
        paired = np.bincount(judged.unit)[judged.unit] > 1
        marginals = np.bincount(judged.category[paired], minlength=size).astype(float)
        if size <= MANY:  # all pairs of categories that were used; of many only those that were confused
            every = np.flatnonzero(np.triu(np.outer(marginals > 0, marginals > 0), 1))
            place = np.searchsorted(every, cells)
            pairs, observed = (_summed(place, told, len(every)) for told in (pairs, observed))
            cells = every
        one, other = np.divmod(cells, size)
        distances, others = kernel_between(judged.scale, marginals), max(marginals.sum() - 1, 1)
        far, expected = distances.of(one, other), marginals[one] * marginals[other] / others
        names = np.array(judged.categories, dtype=object)
        found = pd.DataFrame({"category_a": names[one], "category_b": names[other], "distance": far})
        found["n_pairs"], found["observed"], found["expected"] = pairs.astype(np.int64), observed, expected
        found["ratio"] = found["observed"] / found["expected"]
        found["share"] = _shares(observed * far)
        whole = None
        if size > MANY:
            whole = float(distances.form(marginals[None], marginals[None])[0]) / 2 / others
        found["expected_share"] = _shares(expected * far, whole)
        order = np.argsort(-found["share"].fillna(0.0).round(12).to_numpy(), kind="stable")
        frames.append(found.iloc[order].assign(variable=judged.variable, level=judged.level))
    return pd.concat(frames, ignore_index=True)[list(CONFUSION_COLUMNS)]


def _confused(judged: Judgements) -> tuple[IntArray, FloatArray, FloatArray]:
    """The pairs of different categories that some unit has, as ``first * categories + second``, in order.

    With how many pairs of ratings are in each, and the sum of what they weigh: ``1 / (m - 1)`` on a unit of m ratings.
    """
    sizes, size = np.bincount(judged.unit), len(judged.categories)
    found: list[tuple[IntArray, FloatArray, FloatArray]] = [
        (np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    ]
    for one, other in met(judged.unit, judged.annotator):
        first, second = judged.category[one], judged.category[other]
        differ = np.flatnonzero(first != second)
        cell = (np.minimum(first, second) * size + np.maximum(first, second))[differ]
        cells, place = np.unique(cell, return_inverse=True)
        weight = 1 / (sizes[judged.unit[one[differ]]] - 1)
        ones = np.ones(len(place))
        found.append((cells, _summed(place, ones, len(cells)), _summed(place, weight, len(cells))))
    every, pairs, weights = (np.concatenate(parts) for parts in zip(*found, strict=True))
    cells, place = np.unique(every, return_inverse=True)
    pairs, weights = (_summed(place, told, len(cells)) for told in (pairs, weights))
    return cells.astype(np.int64), pairs, weights


def _summed(place: IntArray, weights: FloatArray, size: int) -> FloatArray:
    return np.asarray(np.bincount(place, weights, size), dtype=float)


def _shares(parts: FloatArray, whole: float | None = None) -> FloatArray:
    """What each part is of all of them, or of the ``whole``; NaN where there is nothing to share."""
    whole = float(parts.sum()) if whole is None else whole
    return parts / whole if whole > 0 else np.full(len(parts), np.nan)


def _contributions(
    judged: Judgements, sizes: IntArray, apart: FloatArray, marginals: FloatArray, distances: Kernel
) -> pd.DataFrame:
    """The units that contribute, most first; ``apart`` (units,) are their sums of distances over pairs."""
    total = marginals.sum()
    between = float(distances.form(marginals[None], marginals[None])[0]) / max(total * (total - 1), 1)
    unit = np.flatnonzero(apart > 0)
    item = np.zeros(len(sizes), dtype=np.int64)
    item[judged.unit] = judged.item
    contribution = 2 * apart[unit] / (sizes[unit] - 1) / max(total, 1)
    found = pd.DataFrame({"unit": unit, "item": judged.items[item[unit]].astype(object)})
    found["variable"], found["level"], found["n_ratings"] = judged.variable, judged.level, sizes[unit]
    found["contribution"], found["share"] = contribution, _shares(contribution)
    found["alpha_lost"] = contribution / (between or 1.0)
    # Equal sums that were added up in another order may differ in the last digits.
    found["rank"] = -found["share"].round(12)
    return found.sort_values(["rank", "item"], kind="stable").drop(columns="rank")


def _choices(judged: Judgements, units: IntArray) -> NDArray[np.object_]:
    """What each annotator chose on each of these units, as a JSON object."""
    place = np.full(int(judged.unit.max()) + 1, -1, dtype=np.int64)
    place[units] = np.arange(len(units))
    rows = np.flatnonzero(place[judged.unit] >= 0)
    rows = rows[np.lexsort((judged.annotator[rows], place[judged.unit[rows]]))]
    of = place[judged.unit[rows]]
    who = np.array([f"{json.dumps(name, ensure_ascii=False)}: " for name in judged.annotators], dtype=object)
    is_set = judged.level == "set"  # a set is written as JSON in the table already
    what = np.array(
        [name if is_set else json.dumps(name, ensure_ascii=False) for name in judged.categories], dtype=object
    )
    names, chosen = (
        pa.array(words, pa.large_string()).take(pa.array(codes[rows]))
        for words, codes in ((who, judged.annotator), (what, judged.category))
    )
    nothing, comma = pa.scalar("", pa.large_string()), pa.scalar(", ", pa.large_string())
    # pyarrow makes these two functions when it is imported
    told = pc.binary_join_element_wise(names, chosen, nothing)  # type: ignore[attr-defined]
    ends = np.searchsorted(of, np.arange(len(units) + 1))
    joined = pc.binary_join(pa.LargeListArray.from_arrays(pa.array(ends), told), comma)  # type: ignore[attr-defined]
    return np.array([f"{{{text}}}" for text in joined.to_pylist()], dtype=object)
