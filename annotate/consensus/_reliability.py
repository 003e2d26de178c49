"""How reliable each annotator is by a model, and how frequent each category, with how sure that is.

The interval is a jackknife over documents where they are known, over items otherwise: each is left out in turn, the model
is fitted to the rest from where it stands, and the spread of what comes of it is the error (Wolter 2007, Introduction to
Variance Estimation, 2nd ed., ch. 4). Probabilities are on the scale of the logit. In simulations it holds better than a
bootstrap over documents (docs/coverage.md), and it costs a fit for each document, for a hundred groups of them at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from annotate.consensus._cautions import DAWID_SKENE, FEW, FEW_RATINGS_HERE
from annotate.consensus._fits import Fit
from annotate.consensus._models import MODELS
from annotate.consensus._votes import said
from annotate.consensus.em import climb
from annotate.counts.folds import Folds, folds, limits
from annotate.counts.shares import FEW as FEW_DOCUMENTS
from annotate.counts.shares import FEWEST, ONE
from annotate.counts.units import counted
from annotate.sampling import FloatArray, Interval, wilson

ACCURACY, ERROR_RATE, PREVALENCE = "accuracy", "error rate", "prevalence"
NEVER_MET = "the annotator rated no item of this category"
_EDGE, _NO_WIDTH = 1e-6, 1e-9
_TOLERANCE, _STEPS = 1e-9, 500
_TWO = 2
_KINDS = {
    **dict.fromkeys(("value", "n_ratings", "ci_low", "ci_high"), "float64"),
    **dict.fromkeys(("variable", "figure"), "str"),
}


@dataclass(frozen=True, eq=False)
class Figures:
    """What is estimated, one after the other: of whom (a place among annotators, -1 of the categories), and the names."""

    who: tuple[int, ...]
    named: tuple[tuple[str, str | None, str | None], ...]
    value: FloatArray
    n_ratings: FloatArray


def annotators(fits: Sequence[Fit], interval: Interval = Interval()) -> pd.DataFrame:
    """Say how reliable each annotator is.

    Parameters
    ----------
    fits
        Of :func:`~annotate.consensus.fitted`, which was told what is drawn together.
    interval
        Its confidence, and ``none`` for no intervals, which take a fit for each document.

    Returns
    -------
    DataFrame
        For each variable and member (of sets; None otherwise) first one row a category whose figure is ``prevalence``,
        how frequent true_category is by the model; annotator is None. Then for each annotator one row whose figure is
        ``accuracy``: the share of the annotator's ratings that are the true category, each item's true
        category taken with its posterior; true_category and category are None. Of mace then one of figure
        ``competence``, how often they know and do not guess, of glad ``ability``. Of dawid-skene one of figure
        ``error rate`` for each true_category and each category that may be chosen: value, the probability
        of choosing it (where both are the same, of the right choice). n_ratings is how many ratings the
        value rests on, as expected; undefined the reason for NaN, or None; ci_low, ci_high and interval (what they are,
        or None), n_clusters where documents are known; caution keys of
        :data:`~annotate.consensus._cautions.MEANINGS`, joined by ``; ``, or None.

    """
    found = pd.concat([_annotators(fit, interval) for fit in fits], ignore_index=True)
    clustered = any(fit.clusters is not None for fit in fits)
    return found if clustered else found.drop(columns="n_clusters")


def _annotators(fit: Fit, interval: Interval) -> pd.DataFrame:
    one = figures_of(fit)
    nothing = np.isnan(one.value)
    low, high, how, n_clusters, why = _limits(fit, one, interval)
    few = np.array(one.n_ratings < FEW) & ~nothing
    caution = [
        "; ".join(filter(None, [FEW_RATINGS_HERE if f else None, w])) for f, w in zip(few, why, strict=True)
    ]
    figure, true, chosen = (np.array(column, dtype=object) for column in zip(*one.named, strict=True))
    people = np.array([*fit.annotators, None], dtype=object)
    data: dict[str, object] = {
        "variable": fit.variable,
        "member": fit.member,
        "annotator": people[np.array(one.who)],
        "figure": figure,
        "true_category": true,
        "category": chosen,
        "value": one.value,
        "n_ratings": one.n_ratings,
        "undefined": said(nothing, NEVER_MET),
        "ci_low": low,
        "ci_high": high,
        "interval": how,
        "n_clusters": n_clusters,
        "caution": [text or None for text in caution],
    }
    return pd.DataFrame(data, dtype=object).astype(_KINDS)


def figures_of(fit: Fit) -> Figures:
    """Everything that a model says of categories and annotators."""
    people, size = len(fit.annotators), len(fit.categories)
    met = fit.counts.sum(axis=2)
    rated = met.sum(axis=1, keepdims=True)
    right = np.trace(fit.counts, axis1=1, axis2=2)[:, None]
    more = fit.figures
    named: list[tuple[str, str | None, str | None]] = [(name, None, None) for name in (ACCURACY, *more)]
    accuracy = np.divide(right, rated, out=np.full(rated.shape, np.nan), where=rated > 0)
    values, numbers = [accuracy, *(one[:, None] for one in more.values())], [rated] * (1 + len(more))
    if fit.method == DAWID_SKENE:
        named += [(ERROR_RATE, true, chosen) for true in fit.categories for chosen in fit.categories]
        values.append(fit.error_rates.reshape(people, -1))
        numbers.append(met.repeat(size, axis=1))
    of_categories = [(PREVALENCE, category, None) for category in fit.categories]
    share = fit.climb.expected.posterior @ fit.responses.n / fit.responses.n.sum()
    return Figures(
        (*(-1,) * size, *np.repeat(np.arange(people), len(named)).tolist()),
        (*of_categories, *named * people),
        np.concatenate([share, np.hstack(values).ravel()]),
        np.concatenate([met.sum(axis=0), np.hstack(numbers).ravel()]),
    )


def _limits(
    fit: Fit, one: Figures, interval: Interval
) -> tuple[FloatArray, FloatArray, list[str | None], list[int | None], list[str | None]]:
    """The ends, what they are, how many documents there are, and what speaks against them, of each figure."""
    size = len(one.value)
    low, high = np.full(size, np.nan), np.full(size, np.nan)
    how: list[str | None] = [None] * size
    why: list[str | None] = [None] * size
    cluster, by = fit.clusters or (None, None)
    drawn = folds(fit.items, cluster, by, interval.seed)
    n_clusters = [drawn.n_clusters] * size
    if interval.kind == "none" or drawn.number < _TWO or len(fit.categories) < _TWO:
        return low, high, how, n_clusters, why
    left = np.array([_without(fit, drawn, part) for part in range(drawn.number)])
    errors = drawn.errors(left, one.value)
    pattern, cells = fit.responses.answers
    weights = {-1: drawn.sums(np.ones(len(fit.items)))}
    for who in range(len(fit.annotators)):
        rated = np.bincount(pattern[cells // len(fit.categories) == who], minlength=len(fit.responses.n))
        weights[who] = drawn.sums(rated[fit.responses.pattern])
    reach = {who: drawn.reach(of, interval.confidence) for who, of in weights.items()}
    parts = {who: int((of > 0).sum()) for who, of in weights.items()}
    for place, (who, value) in enumerate(zip(one.who, one.value.tolist(), strict=True)):
        probability = one.named[place][0] != "ability"
        if np.isnan(value):
            continue
        if probability and (not _EDGE < value < 1 - _EDGE or errors[place] <= _NO_WIDTH):
            number = max(1, min(parts[who], int(one.n_ratings[place])))
            low[place], high[place] = wilson(value, number, interval.confidence)
            how[place] = f"Wilson over {counted(number, by or 'item')}, at the edge"
        elif np.isfinite(errors[place]) and parts[who] > 1:
            scale = "logit" if probability else None
            low[place], high[place] = limits(value, float(errors[place]), reach[who], scale)
            how[place] = f"jackknife over {drawn.over}{' on the logit scale' if probability else ''}"
        if how[place]:
            effective = float(weights[who].sum()) ** 2 / float((weights[who] ** 2).sum())
            why[place] = (
                ONE
                if drawn.one_document
                else FEW_DOCUMENTS
                if drawn.clustered and effective < FEWEST
                else None
            )
    return low, high, how, n_clusters, why


def _without(fit: Fit, drawn: Folds, part: int) -> FloatArray:
    """The figures without one part of the items, from where the fit stands."""
    found = fit.responses
    gone = np.bincount(found.pattern[drawn.of == part], minlength=len(found.n))
    rest = replace(found, n=found.n - gone)
    end = climb(MODELS[fit.method], rest, fit.climb.expected.posterior, tolerance=_TOLERANCE, most=_STEPS)
    return figures_of(replace(fit, responses=rest, climb=end)).value
