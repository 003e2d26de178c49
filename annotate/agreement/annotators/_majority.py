"""Each annotator against most of the others: how often they chose the same."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement.rows import Rows, frame
from annotate.codebook.scale import Scale
from annotate.counts.groups import group_columns
from annotate.counts.judgements import Judgements, judgements
from annotate.counts.patterns import IntArray
from annotate.counts.shares import shares_of_each
from annotate.sampling import Interval

COLUMNS = (
    "annotator",
    "n_items",
    "n_alone",
    "n_tied",
    "n_majority",
    "n_agreeing",
    "value",
    "undefined",
)
NO_MAJORITY = "no item on which the others have a majority"


def majority(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure how often each annotator chose what most of the others chose.

    The majority of the others is the category that more of them chose than any other, without this
    annotator's own choice; if there is one other, it is what that one chose. Where two categories are
    ahead it is a tie, which counts neither as agreement nor as disagreement. Two choices are the same
    category or not, whatever the level. Parameters are those of
    :func:`~annotate.agreement.measure`, and so is what is raised; of the interval its confidence and what is drawn count.

    Returns
    -------
    DataFrame
        One row for each group, variable and annotator, by name: source (None for the whole table),
        further ``by`` columns, variable, level, annotator, n_items (rated by them), which are n_alone
        (nobody else rated) + n_tied + n_majority, n_agreeing (of n_majority), value
        (``n_agreeing / n_majority``), undefined (None, or why the value is NaN), ci_low, ci_high and interval (by a
        jackknife over documents on the scale of the logit, Wilson's over items; see :mod:`annotate.counts.shares`), n_clusters
        where documents are drawn, and caution (against the interval, or None). What the others chose is taken as it is.

    """
    parts, columns = [], group_columns(by)
    interval.with_annotators_fixed()
    clustered = False
    for judged in judgements(ratings, scales=scales, by=columns, cluster=interval.cluster):
        standing = _standing(judged)
        people = len(judged.annotators)
        key = judged.group * people + judged.annotator
        present, place = np.unique(key, return_inverse=True)
        alone, tied, agreeing = (
            np.bincount(place, standing == kind, len(present)).astype(np.int64)
            for kind in (_ALONE, _TIED, _AGREEING)
        )
        items = np.bincount(place)
        decided = items - alone - tied
        undefined = np.full(len(present), None, dtype=object)
        undefined[decided == 0] = NO_MAJORITY
        found: dict[str, object] = {
            "annotator": judged.annotators[present % people],
            "n_items": items,
            "n_alone": alone,
            "n_tied": tied,
            "n_majority": decided,
            "n_agreeing": agreeing,
            "value": np.where(decided > 0, agreeing / np.maximum(decided, 1), np.nan),
            "undefined": undefined,
        }
        told = (standing == _AGREEING) | (standing == _DIFFERING)
        shares = shares_of_each(
            place[told],
            standing[told] == _AGREEING,
            len(present),
            None if judged.cluster is None else judged.cluster[told],
            judged.clustered_by,
            interval.confidence,
        ).columns()
        clustered |= judged.cluster is not None
        parts.append(Rows(judged, present // people, {**found, "n_clusters": decided, **shares}))
    beside = ("ci_low", "ci_high", "interval", *(("n_clusters",) if clustered else ()), "caution")
    return frame(parts, columns, (*COLUMNS, *beside))


_ALONE, _TIED, _AGREEING, _DIFFERING = range(4)


def _standing(judged: Judgements) -> IntArray:
    """How each judgement stands to those of the others on its unit."""
    size = len(judged.categories)
    keys, cell, own = np.unique(judged.unit * size + judged.category, return_inverse=True, return_counts=True)
    unit = keys // size
    order = np.lexsort((-own, unit))  # within a unit, the categories with most ratings first
    start = np.searchsorted(unit[order], unit[order])
    rank = np.empty(len(keys), dtype=np.int64)
    rank[order] = np.arange(len(keys)) - start
    best = np.zeros((int(unit.max()) + 1, 3), dtype=np.int64)
    for place in range(3):
        of = np.flatnonzero(rank == place)
        best[unit[of], place] = own[of]
    first, second, third = best[unit].T
    # Of the other categories: the ratings of the one that is ahead, and of the one behind it.
    ahead = np.where(rank == 0, second, first)
    behind = np.where(rank <= 1, third, second)
    others = own - 1  # who chose the same
    standing = np.full(len(keys), _DIFFERING)
    standing[(others == ahead) | ((others < ahead) & (ahead == behind))] = _TIED
    standing[(others == 0) & (ahead == 0)] = _ALONE
    standing[others > ahead] = _AGREEING
    return np.asarray(standing[cell], dtype=np.int64)
