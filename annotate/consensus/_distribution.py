"""What annotators chose on an item, as a distribution and not as one label: soft labels, and how far they are apart.

Where a passage can be read in two ways, the share of each choice says more than the label that is ahead, and a model may
learn from the shares. Uma, Fornaciari, Hovy, Paun, Plank & Poesio (2021), Learning from disagreement: a survey, Journal of
Artificial Intelligence Research 72, pp. 1385-1470: soft labels by standard normalisation (the shares of the choices) and by
the softmax function of their counts.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.codebook.scale import Scale
from annotate.consensus._cautions import ONE_RATING
from annotate.consensus._votes import first_round, item_names, judged, said
from annotate.counts.judgements import Judgements

COLUMNS = ("item", "variable", "category", "n", "share", "softmax", "n_ratings", "entropy", "normalised_entropy", "caution")  # fmt: skip
_BESIDE = ("n_ratings", "entropy", "normalised_entropy", "caution")


def distribution(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    variables: Sequence[str] | None = None,
    wide: bool = False,
) -> pd.DataFrame:
    """Count what annotators chose on each item and variable.

    Parameters
    ----------
    ratings, scales, variables
        As of :func:`~annotate.consensus.fitted`. An annotator has one vote, that of the first round in which they rated
        the item; a set is one category.
    wide
        One row an item and variable with a column for the share of each category, instead of one row a category.

    Returns
    -------
    DataFrame
        One row for each item, variable and category that somebody chose, sorted by item and variable, categories in the
        order of the codebook: item, variable, category, n (who chose it), share (of those who rated the item), softmax
        (``exp(n)`` over the sum of that over all categories of the variable), n_ratings, entropy (of the shares, in bits),
        normalised_entropy (over that of categories that are chosen evenly; from 0, all agree, to 1; NaN where the variable has one
        category), caution (``one rating`` where there is nothing to be apart from, or None). With ``wide`` item,
        variable, a column for each category, named as it is (0 where nobody chose it, NaN where the variable does not
        have it), and the last four.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.consensus.fitted`.

    """
    parts = [
        _counted(one, _offered(one, scales[one.variable]))
        for one in judged(ratings, scales=scales, variables=variables)
    ]
    if not wide:
        chosen = [part.loc[part["n"] > 0] for part in parts]
        found = pd.concat(chosen, ignore_index=True)
        return found.sort_values(["item", "variable"], kind="stable", ignore_index=True)[list(COLUMNS)]
    tables = []
    for part in parts:
        shares = part.pivot_table("share", "item", "category", sort=False, observed=False)
        beside = part.drop_duplicates("item").set_index("item")[["variable", *_BESIDE]]
        tables.append(beside[["variable"]].join(shares).join(beside[list(_BESIDE)]).reset_index())
    names = dict.fromkeys(name for table in tables for name in table.columns if name not in _BESIDE)
    found = pd.concat(tables, ignore_index=True)[[*names, *_BESIDE]]
    return found.sort_values(["item", "variable"], kind="stable", ignore_index=True)


def _offered(one: Judgements, scale: Scale) -> tuple[str, ...]:
    """The categories that may be chosen: the declared ones, those that were used if none are."""
    if one.level == "set" or not scale.categories:
        used = np.unique(one.category)
        return tuple(one.categories[place] for place in used)
    return one.categories


def _counted(one: Judgements, offered: Sequence[str]) -> pd.DataFrame:
    """Every category of every item of a variable."""
    first, names = first_round(one), item_names(one)
    place = np.array([offered.index(name) if name in offered else -1 for name in one.categories])
    size = len(offered)
    cells = one.unit[first] * size + place[one.category[first]]
    n = np.bincount(cells, minlength=len(names) * size).reshape(len(names), size)
    ratings = n.sum(axis=1)
    share = n / ratings[:, None]
    entropy = -np.where(n > 0, share * np.log2(np.where(n > 0, share, 1.0)), 0.0).sum(axis=1) + 0.0
    softmax = np.exp(n - n.max(axis=1, keepdims=True).astype(float))
    softmax /= softmax.sum(axis=1, keepdims=True)
    most = np.log2(size) if size > 1 else np.nan
    of_item = {
        "n_ratings": ratings,
        "entropy": entropy,
        "normalised_entropy": entropy / most,
    }
    data: dict[str, object] = {
        "item": np.repeat(names, size),
        "variable": one.variable,
        "category": np.tile(np.array(offered, dtype=object), len(names)),
        "n": n.ravel(),
        "share": share.ravel(),
        "softmax": softmax.ravel(),
        **{name: np.repeat(values, size) for name, values in of_item.items()},
    }
    caution = pd.Series(np.repeat(said(ratings == 1, ONE_RATING).to_numpy(), size), dtype=object)
    return pd.DataFrame({**data, "caution": caution})
